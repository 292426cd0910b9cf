#include "batch_plan.h"
#include "batch_results.h"
#include "batch_work.h"
#include "cloud.h"
#include "cloud_inputs.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/core/money.h"
#include "nightdesk/core/say.h"
#include "paste.h"
#include "signals.h"
#include <string.h>

/* "3", or "10%" of the items */
static enum nd_rc tolerated_of(const char *text, size_t items, int64_t *out, struct nd_error *err)
{
    struct nd_view v = nd_view_of(text);
    bool percent = nd_view_ends(v, "%");
    if (percent) v.len--;
    if (!nd_view_int(v, out) || *out < 0 || *out > (percent ? 100 : BATCH_ITEMS_MAX)) {
        return nd_fail(
            err, ND_BAD_INPUT,
            "'--tolerated-failures' is '%.60s', wanted a number up to %d or a percentage, like 10%%", text,
            BATCH_ITEMS_MAX);
    }
    if (percent) *out = *out * (int64_t)items / 100;
    return ND_OK;
}

/* Every line that is wrong, and the error that ends the call. */
static enum nd_rc say_faults(struct cli *cli, const struct manifest *m, struct nd_error *err)
{
    size_t n = nd_json_len(m->faults);
    if (n == 0) return ND_OK;
    ND_JSON_EACH(row, m->faults)
    {
        screen_say(&cli->screen, STYLE_BAD, "line %lld: %s", (long long)nd_json_get_int(row, "line", 0),
                   nd_json_get_str(row, "error"));
    }
    cli->result = nd_json_object();
    nd_json_set_str(cli->result, "schema", "nightdesk.error/1");
    nd_json_set(cli->result, "lines", nd_json_copy(m->faults));
    return nd_fail(err, ND_BAD_INPUT, "the manifest '%.120s' has %zu %s wrong: nothing was started",
                   cli_arg(cli, 0), n, nd_plural(NULL, (int64_t)n, "line that is", "lines that are"));
}

/* ---- working on it ---- */

static void hint_again(struct cli *cli, const char *label)
{
    struct nd_bytes word = ND_BYTES(ND_BYTES_MAX);
    char *manifest = path_from_anywhere(cli_arg(cli, 0));
    paste_word(&word, manifest);
    paste_hint(cli, label, &cmd_batch, "%s", word.data);
    nd_free(manifest);
    nd_bytes_release(&word);
}

/* Nothing is left to be done now: the files, what people see, the status. */
static enum nd_exit conclude(struct batch *b)
{
    struct cli *cli = b->cli;
    bool final = results_final(b);
    struct nd_json *results = results_json(b, &cli->err);
    enum nd_rc rc = results ? results_write(b, results, &cli->err) : cli->err.rc;
    if (rc == ND_OK && final) rc = batch_end(b, &cli->err);
    if (rc != ND_OK) {
        nd_json_free(results);
        hint_again(cli, "what was done is kept; go on with");
        return nd_exit_of_rc(rc);
    }
    results_say(b, results);
    enum nd_exit status = results_exit(results);
    nd_json_set_str(results, "folder", b->out);
    cli->result = results;
    if (!cli->screen.json) screen_data(&cli->screen, STYLE_PLAIN, "%s/results.json", b->out);
    if (!final) hint_again(cli, "when people have decided, or to try again");
    return status;
}

static enum nd_exit work(struct wiring *w, struct cli *cli, const struct manifest *m, int64_t max_total,
                         int64_t tolerated)
{
    struct batch b = {
        .cli = cli, .w = w, .manifest = m, .max_total_microusd = max_total, .tolerated = tolerated};
    char total[ND_MONEY_BYTES];
    enum nd_exit status = ND_EXIT_OK;
    signals_install("\nnightdesk: stopping in order, reports at work record their answers; once more ends at "
                    "once\n");
    enum nd_rc rc = batch_open(&b, &cli->err);
    if (rc == ND_OK) {
        nd_money_format(max_total, total);
        screen_say(&cli->screen, STYLE_BOLD, "batch %s: %zu items, at most %s in all, results in %s", b.id,
                   b.n, total, b.out);
        rc = batch_work(&b, &cli->err);
        if (rc == ND_OK) status = conclude(&b);
        if (rc != ND_OK) hint_again(cli, "what was done is kept; go on with");
    }
    if (rc == ND_STOPPED) {
        nd_error_clear(&cli->err);
        status = (enum nd_exit)(128 + signals_received());
    } else if (rc != ND_OK) {
        status = nd_exit_of_rc(rc);
    }
    batch_close(&b);
    return status;
}

static enum nd_rc open_store(struct wiring *w, const struct cli *cli, bool check, struct nd_error *err)
{
    bool there = cloud_is_object(cli_arg(cli, 0)) || setting_text(&cli->settings, OPT_PLAN);
    if (setting_text(&cli->settings, OPT_PLAN) && !check)
        return nd_fail(err, ND_BAD_INPUT, "'--plan' goes with --check: it starts nothing");
    enum nd_rc rc = wiring_open(w, cli, check && !there ? STORE_IN_MEMORY : STORE_CREATE, err);
    if (rc == ND_OK && w->aws && !check) {
        rc = nd_fail(err, ND_BAD_INPUT,
                     "with a store in AWS the batch machine makes the reports, and 'batch' only checks a "
                     "manifest: --check, or --store DIR for this machine");
    }
    return rc;
}

static enum nd_exit batch_run(struct cli *cli)
{
    const struct settings *s = &cli->settings;
    bool check = setting_flag(s, OPT_CHECK);
    int64_t max_total = setting_number(s, OPT_MAX_TOTAL, -1), tolerated = 0;
    struct manifest manifest = {.v = NULL};
    struct wiring w;
    enum nd_exit status = ND_EXIT_OK;
    enum nd_rc rc = open_store(&w, cli, check, &cli->err);
    if (rc == ND_OK) rc = manifest_read(&manifest, &w, cli, cli_arg(cli, 0), max_total, &cli->err);
    if (rc == ND_OK) rc = say_faults(cli, &manifest, &cli->err);
    if (rc == ND_OK)
        rc = tolerated_of(setting_text(s, OPT_TOLERATED_FAILURES), manifest.n, &tolerated, &cli->err);
    if (max_total < 0) max_total = manifest.ceilings_microusd;
    if (rc == ND_OK && check) {
        status = plan_make(&w, cli, &manifest, max_total);
    } else if (rc == ND_OK) {
        status = work(&w, cli, &manifest, max_total, tolerated);
    } else {
        status = nd_exit_of_rc(rc);
    }
    manifest_release(&manifest);
    wiring_close(&w);
    return status;
}

static const char *const examples[] = {
    "check every line, and see what it may cost",
    "nightdesk batch nightly.jsonl --check",
    "make the reports, two side by side, for at most 20 dollars in all",
    "nightdesk batch nightly.jsonl --max-total 20 --concurrency 2 --out results/",
    "every night from cron: twice in the same minute starts nothing twice",
    "nightdesk batch nightly.jsonl --max-total 20 --scheduled-time \"$(date -u +%FT%H:%M:00Z)\"",
    NULL};

static const enum option_id uses[] = {
    OPTIONS_OF_WORK,    OPT_CHECK,     OPT_PLAN,  OPT_MAX_TOTAL, OPT_CONCURRENCY, OPT_TOLERATED_FAILURES,
    OPT_SCHEDULED_TIME, OPT_BATCH_OUT, OPT_STORE, OPT_STACK,     OPTIONS_OF_ALL};

const struct command cmd_batch = {
    .name = "batch",
    .args = "MANIFEST",
    .summary = "write many reports from one manifest, under one total",
    .about =
        "A manifest is a file of JSON lines, one report each: {\"id\": \"backups\", \"request\": {\"topic\": "
        "\"How are backups kept safe?\", \"documents\": {\"roots\": [\"papers/\"]}}}. A request has the form "
        "of 'nightdesk run --request' and is taken as it is; folders count from the manifest. All lines are "
        "checked before anything is started.\n\n"
        "Each report is a run of its own, named ID-yyyymmddThhmmss after the scheduled time. Before it "
        "begins "
        "its ceiling is reserved from --max-total; what it did not use is given back at its end. Killed or "
        "interrupted, the same command goes on: finished reports are not made again, nothing is paid for "
        "twice. A report that fails or waits for a person is named in the results, and the rest goes on.\n\n"
        "results.json and results.txt are written to --out at the end. The exit status is that of the worst "
        "item: 1 one failed, 3 one stopped at its budget or was not started because the total was reached, 4 "
        "at a limit, 5 one waits for a person, 6 one was rejected, cancelled or expired, 7 of one too "
        "many inputs failed.\n\n"
        "In AWS the batch machine makes the reports of a manifest in S3; it starts with 'batch "
        "s3://BUCKET/KEY --check --plan s3://BUCKET/KEY'.",
    .examples = examples,
    .uses = uses,
    .args_min = 1,
    .args_max = 1,
    .run = batch_run,
};
