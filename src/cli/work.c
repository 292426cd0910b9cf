#include "work.h"
#include "chosen.h"
#include "chosen_kbs.h"
#include "chosen_web.h"
#include "folder.h"
#include "hosts.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include "paste.h"
#include "place.h"
#include "result.h"
#include "signals.h"
#include <limits.h>
#include <string.h>
#include <unistd.h>

struct nd_json *work_report_json(const struct nd_artefact *report)
{
    for (size_t i = 0; i < report->file_count; i++) {
        if (strcmp(report->files[i].name, "report.json") != 0) continue;
        struct nd_json *json = NULL;
        return nd_json_parse(&json, nd_bytes_view(&report->files[i].bytes), NULL) == ND_OK ? json : NULL;
    }
    return NULL;
}

static void add_model_hosts(const struct cli *cli, const struct nd_request *request, struct nd_json *hosts)
{
    struct chosen_models models;
    if (chosen_find(&models, cli, request, NULL) != ND_OK) {
        chosen_release(&models);
        return; /* opening it will say why */
    }
    for (size_t i = 0; i < CHOSEN_ROLES; i++) {
        struct nd_view host = nd_model_host(&models.v[i].config);
        if (!models.v[i].is || hosts_have(hosts, host)) continue;
        hosts_add(
            hosts, host,
            request->local.n > 0
                ? "the topic, questions, drafts, titles and passages of your documents but those marked "
                  "--local"
                : "the topic, questions, drafts, titles and passages of your documents");
    }
    if (models.guardrail.name)
        hosts_add(hosts, nd_url_host(nd_view_of(models.guardrail.base_url)),
                  "for the guardrail: the topic, the model's sentences with their quotes and titles, none of "
                  "documents marked --local or --confidential");
    chosen_release(&models);
}

void work_add_hosts(const struct cli *cli, const struct nd_request *request, struct nd_json *hosts)
{
    const char *url = setting_text(&cli->settings, OPT_NOTIFY_URL);
    add_model_hosts(cli, request, hosts);
    chosen_web_hosts(cli, request, hosts);
    chosen_kbs_hosts(request, hosts);
    if (url)
        hosts_add(hosts, nd_url_host(nd_view_of(url)),
                  "when the run waits, stops or ends: run id, outcome, reason, cost");
}

void work_say_hosts(const struct cli *cli, const struct nd_request *request, enum style style)
{
    struct nd_json *hosts = nd_json_array();
    work_add_hosts(cli, request, hosts);
    ND_JSON_EACH(row, hosts)
    {
        screen_say(&cli->screen, style, "%s receives %s", nd_json_get_str(row, "host"),
                   nd_json_get_str(row, "receives"));
    }
    nd_json_free(hosts);
}

/* The run's files from the store into the folder; *report is what result_say wants. */
static enum nd_rc deliver(struct wiring *w, const char *run_id, const char *out, struct nd_json **report,
                          struct nd_error *err)
{
    struct nd_artefact files = {0};
    struct nd_json *ledger = NULL;
    enum nd_rc rc = nd_engine_report(&w->engine, run_id, &files, err);
    if (rc == ND_OK) *report = work_report_json(&files);
    if (rc == ND_OK && out) rc = nd_engine_ledger(&w->engine, run_id, &ledger, err);
    if (rc == ND_OK && out) rc = folder_write(out, run_id, &files, ledger, err);
    nd_json_free(ledger);
    nd_artefact_release(&files);
    return rc;
}

/* After an outcome: report, open gate, result. */
static enum nd_exit conclude(struct wiring *w, const struct work *work, const struct nd_meta *meta,
                             const char *out, int64_t elapsed_ms)
{
    struct cli *cli = work->cli;
    struct nd_json *report = NULL;
    struct nd_gate gate = {.shown = NULL};
    bool has_report = *meta->report || *meta->partial;
    enum nd_rc rc = has_report ? deliver(w, work->run_id, out, &report, &cli->err) : ND_OK;
    struct result result = {
        .meta = meta,
        .topic = work->request->topic,
        .out = rc == ND_OK && has_report ? out : NULL,
        .report = report,
        .failed_inputs_max_percent = work->request->limits.max_failed_inputs_percent,
        .signal = signals_received(),
        .elapsed_ms = elapsed_ms,
    };
    result_look(&result, w, &gate);
    if (result.gate) gate_say(cli, w->engine.pipeline, &gate);
    result_say(cli, &result);
    cli->result = result_json(cli, &result);
    if (result.out && !cli->screen.json) screen_data(&cli->screen, STYLE_PLAIN, "%s/report.html", result.out);
    enum nd_exit status = rc == ND_OK ? result_exit(&result) : nd_exit_of_rc(rc);
    if (status == ND_EXIT_USAGE) status = ND_EXIT_FAILED; /* something was started: the run has ended */
    if (rc != ND_OK) {
        cli->out_again = false;
        paste_hint(cli, "the report is kept", &cmd_resume, "%s --out DIR", work->run_id);
    }
    nd_gate_release(&gate);
    nd_json_free(report);
    return status;
}

static enum nd_exit without_outcome(const struct work *work)
{
    struct cli *cli = work->cli;
    enum nd_rc rc = cli->err.rc;
    (void)nd_while(&cli->err, "while working on run '%s'", work->run_id);
    if (rc != ND_VERSION && rc != ND_BROKEN) {
        paste_hint(cli, "what was done is kept; go on with", &cmd_resume, "%s", work->run_id);
    }
    return signals_received() ? (enum nd_exit)(128 + signals_received()) : nd_exit_of_rc(rc);
}

/* Only the report is to be written again: nothing is opened, nobody is asked. */
static bool is_complete(const struct wiring *w, const char *run_id)
{
    struct nd_meta meta = {.format = 0};
    return w->store->ops->meta(w->store, run_id, &meta, NULL) == ND_OK && meta.outcome == ND_COMPLETED &&
           meta.phase >= ND_PHASES;
}

enum nd_exit work_on(struct wiring *w, const struct work *work)
{
    struct cli *cli = work->cli;
    struct nd_meta meta = {.format = 0};
    char *out = NULL;
    bool complete = is_complete(w, work->run_id);
    enum nd_rc rc = place_choose(w, cli, work->run_id, work->quiet_folder, &out, &cli->err);
    if (rc == ND_OK) rc = wiring_for_work(w, cli, complete ? NULL : work->request, &cli->err);
    if (rc == ND_OK && out) rc = folder_check(out, work->run_id, &cli->err);
    /* before the run is there: from then on somebody may know it, and stop it */
    signals_install(
        "\nnightdesk: stopping in order, answers in flight are recorded; once more ends at once\n");
    if (rc == ND_OK && work->create) {
        rc = nd_engine_create(&w->engine, work->run_id, work->request, work->started_ms, &cli->err);
        if (rc == ND_CONFLICT) {
            nd_error_clear(&cli->err);
            rc = nd_fail(&cli->err, ND_CONFLICT,
                         "run '%s' exists with another request; choose another --run-id", work->run_id);
        }
    }
    if (rc == ND_OK && out && !complete) rc = place_keep(w, cli, work->run_id, out, &cli->err);
    if (rc != ND_OK) {
        nd_free(out);
        return nd_exit_of_rc(rc);
    }
    if (!complete) work_say_hosts(cli, work->request, STYLE_DIM);
    int64_t began_ms = cli->host->monotonic_ms(cli->host->ctx);
    w->progress = progress_open(setting_text(&cli->settings, OPT_PROGRESS), &cli->screen, cli->host,
                                cli->environment, w->engine.pipeline, work->run_id);
    rc = nd_engine_work(&w->engine, work->run_id, work->phase, &meta, &cli->err);
    progress_close(w->progress);
    w->progress = NULL;
    int64_t elapsed_ms = cli->host->monotonic_ms(cli->host->ctx) - began_ms;
    enum nd_exit status = rc == ND_OK ? conclude(w, work, &meta, out, elapsed_ms) : without_outcome(work);
    nd_free(out);
    return status;
}

static bool said_what_it_costs(const struct cli *cli)
{
    static const enum option_id words[] = {OPT_RAISE_BUDGET, OPT_PRICE, OPT_READ_PRICE, OPT_FALLBACK_PRICE};
    bool said = false;
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        said = said || cli->settings.v[words[i]].origin == FROM_COMMAND_LINE;
    return said && cli->command == &cmd_resume;
}

enum nd_rc work_check_fault(const struct wiring *w, struct cli *cli, const char *run_id)
{
    struct nd_meta meta = {.format = 0};
    if (w->store->ops->meta(w->store, run_id, &meta, NULL) != ND_OK || meta.outcome != ND_FAILED)
        return ND_OK;
    if (strncmp(meta.reason, "price_fault", strlen("price_fault")) != 0 || said_what_it_costs(cli))
        return ND_OK;
    paste_hint(cli, "go on with", &cmd_resume, "%s --price IN,OUT", run_id);
    return nd_fail(
        &cli->err, ND_BAD_INPUT,
        "run '%s' ended because a call cost more than it could by the known price (%.120s): say what "
        "the model costs (--price), or name the ceiling again (--budget)",
        run_id, meta.reason);
}

/* It has ended, or who works on it will look at CONTROL once more. */
static bool ends_by_itself(const struct nd_meta *meta)
{
    return meta->outcome == ND_RUNNING || meta->outcome == ND_COMPLETED ||
           nd_exit_of_outcome(meta->outcome) == ND_EXIT_ENDED;
}

enum nd_rc work_settle(struct wiring *w, struct cli *cli, const char *run_id, struct nd_meta *meta)
{
    enum nd_rc rc = nd_engine_work(&w->engine, run_id, WORK_ALL_PHASES, meta, &cli->err);
    if (rc != ND_RETRY) return rc;
    struct nd_error why = cli->err;
    nd_error_clear(&cli->err);
    rc = w->store->ops->meta(w->store, run_id, meta, &cli->err);
    if (rc != ND_OK) return rc;
    if (!ends_by_itself(meta)) {
        cli->err = why;
        cli_hint(cli, "that run %s is to end is recorded; the same command again ends it", run_id);
        return ND_RETRY;
    }
    screen_say(&cli->screen, STYLE_PLAIN,
               "the process that works on run %s ends it after the calls in flight", run_id);
    return ND_OK;
}
