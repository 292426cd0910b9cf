#include "batch_results.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include "nightdesk/base/text.h"
#include "nightdesk/core/money.h"
#include "result.h"
#include "work.h"
#include <string.h>

enum { OUTCOME_COLUMNS = 17, COST_COLUMNS = 12, ID_COLUMNS_MIN = 4 };

/* ---- one item ---- */

static const char *word_of(const struct job *job)
{
    if (job->refused) return job->refused;
    if (job->why) return "failed";
    return job->made ? nd_outcome_word(job->meta.outcome) : "not_started";
}

static enum nd_exit status_of(const struct job *job, const struct nd_json *report)
{
    if (job->refused) return strcmp(job->refused, JOB_OVER_TOTAL) == 0 ? ND_EXIT_BUDGET : ND_EXIT_FAILED;
    if (job->why) return job->status == ND_EXIT_OK ? ND_EXIT_FAILED : job->status;
    if (!job->made) return ND_EXIT_TRY_AGAIN;
    const struct result result = {.meta = &job->meta,
                                  .report = report,
                                  .failed_inputs_max_percent =
                                      job->item->request->limits.max_failed_inputs_percent};
    return result_exit(&result);
}

static struct nd_json *report_of(const struct batch *b, const struct job *job)
{
    struct nd_artefact files = {0};
    struct nd_json *report = NULL;
    bool has = job->made && (*job->meta.report || *job->meta.partial);
    if (has && nd_engine_report(&b->w->engine, job->run_id, &files, NULL) == ND_OK)
        report = work_report_json(&files);
    nd_artefact_release(&files);
    return report;
}

static void add_row(const struct batch *b, const struct job *job, struct nd_json *items)
{
    struct nd_json *row = nd_json_add(items, nd_json_object()), *report = report_of(b, job);
    const char *reason = job->why ? job->why : job->made ? job->meta.reason : "";
    bool folder = report && nd_file_is_dir(job->out);
    nd_json_set_str(row, "id", job->item->id);
    nd_json_set_str(row, "run_id", job->run_id);
    nd_json_set_str(row, "outcome", word_of(job));
    nd_json_set_int(row, "used_microusd", job_used(job));
    nd_json_set_bool(row, "quiet", job->made && job->meta.quiet);
    nd_json_set_int(row, "ceiling_microusd",
                    job->made ? job->meta.ledger.ceiling_microusd
                              : job->item->request->limits.budget_microusd);
    nd_json_set_str(row, "reason", *reason ? reason : NULL);
    nd_json_set_str(row, "out", folder ? job->run_id : NULL);
    nd_json_set(row, "receipt", report ? nd_json_copy(nd_json_get(report, "receipt")) : nd_json_null());
    nd_json_set_int(row, "exit_status", status_of(job, report));
    nd_json_free(report);
}

struct nd_json *results_json(const struct batch *b, struct nd_error *err)
{
    int64_t used = 0, reserved = 0;
    char time[ND_TIME_BYTES];
    if (batch_counted(b, &used, &reserved, err) != ND_OK) return NULL;
    struct nd_json *json = nd_json_object();
    nd_time_format(b->scheduled_ms, time);
    nd_json_set_str(json, "schema", "nightdesk.batch-results/1");
    nd_json_set_str(json, "batch", b->id);
    nd_json_set_str(json, "scheduled_time", time);
    nd_json_set_int(json, "max_total_microusd", b->max_total_microusd);
    nd_json_set_int(json, "used_microusd", used);
    nd_json_set_int(json, "reserved_microusd", reserved);
    struct nd_json *items = nd_json_set(json, "items", nd_json_array());
    for (size_t i = 0; i < b->n; i++) add_row(b, &b->jobs[i], items);
    return json;
}

/* ---- for people ---- */

static unsigned id_columns(const struct nd_json *items)
{
    unsigned widest = ID_COLUMNS_MIN;
    ND_JSON_EACH(row, items)
    {
        unsigned columns = text_columns(nd_view_of(nd_json_get_str(row, "id")));
        if (columns > widest) widest = columns;
    }
    return widest;
}

static void line_of(const struct nd_json *row, unsigned columns, struct nd_bytes *out)
{
    char cost[ND_MONEY_BYTES];
    const char *reason = nd_json_get_str(row, "reason"), *folder = nd_json_get_str(row, "out");
    nd_money_format(nd_json_get_int(row, "used_microusd", 0), cost);
    text_fit(out, nd_view_of(nd_json_get_str(row, "id")), columns, true);
    nd_bytes_add_str(out, "  ");
    text_fit(out, nd_view_of(nd_json_get_str(row, "outcome")), OUTCOME_COLUMNS, true);
    nd_bytes_addf(out, "  %*s", COST_COLUMNS, cost);
    if (folder) nd_bytes_addf(out, "  %s/report.html", folder);
    if (reason) nd_bytes_add_str(out, "  ");
    nd_text_printable(nd_view_of(reason), out);
    if (nd_json_get_int(row, "exit_status", 0) == ND_EXIT_INPUTS_FAILED) {
        const struct nd_json *receipt = nd_json_get(row, "receipt");
        nd_bytes_addf(out, "  %lld of %lld inputs failed", (long long)nd_json_get_int(receipt, "failed", 0),
                      (long long)nd_json_get_int(receipt, "inputs", 0));
    }
}

static void summary_of(const struct nd_json *results, struct nd_bytes *out)
{
    char used[ND_MONEY_BYTES], reserved[ND_MONEY_BYTES], total[ND_MONEY_BYTES];
    size_t completed = 0, n = 0;
    ND_JSON_EACH(row, nd_json_get(results, "items"))
    {
        n++;
        completed += strcmp(nd_json_get_str(row, "outcome"), nd_outcome_word(ND_COMPLETED)) == 0;
    }
    int64_t open = nd_json_get_int(results, "reserved_microusd", 0);
    nd_money_format(nd_json_get_int(results, "used_microusd", 0), used);
    nd_money_format(open, reserved);
    nd_money_format(nd_json_get_int(results, "max_total_microusd", 0), total);
    nd_bytes_addf(out, "batch %s: %zu of %zu completed, %s of %s used%s%s%s",
                  nd_json_get_str(results, "batch"), completed, n, used, total, open > 0 ? ", " : "",
                  open > 0 ? reserved : "", open > 0 ? " reserved" : "");
}

static void table_of(const struct nd_json *results, struct nd_bytes *out)
{
    const struct nd_json *items = nd_json_get(results, "items");
    unsigned columns = id_columns(items);
    summary_of(results, out);
    nd_bytes_add_str(out, "\n\n");
    ND_JSON_EACH(row, items)
    {
        line_of(row, columns, out);
        nd_bytes_add_char(out, '\n');
    }
}

/* What a person can do about a report that waits. */
static void say_next(const struct batch *b, const struct job *job)
{
    struct nd_gate gate = {.shown = NULL};
    if (!job->made || !nd_outcome_waits(job->meta.outcome)) return;
    struct result result = {.meta = &job->meta, .topic = job->item->request->topic};
    result_look(&result, b->w, &gate);
    struct nd_json *json = result_json(b->cli, &result);
    const char *next = nd_json_get_str(json, "next");
    if (next) screen_say(&b->cli->screen, STYLE_BOLD, "%s: %s", job->item->id, next);
    nd_json_free(json);
    nd_gate_release(&gate);
}

void results_say(const struct batch *b, const struct nd_json *results)
{
    const struct nd_json *items = nd_json_get(results, "items");
    unsigned columns = id_columns(items);
    struct nd_bytes line = ND_BYTES(ND_MIB);
    ND_JSON_EACH(row, items)
    {
        bool good = nd_json_get_int(row, "exit_status", 1) == ND_EXIT_OK;
        nd_bytes_clear(&line);
        line_of(row, columns, &line);
        screen_say(&b->cli->screen, good ? STYLE_PLAIN : STYLE_WARN, "%s", line.data);
    }
    for (size_t i = 0; i < b->n; i++) say_next(b, &b->jobs[i]);
    nd_bytes_clear(&line);
    summary_of(results, &line);
    screen_say(&b->cli->screen, STYLE_BOLD, "%s", line.data);
    nd_bytes_release(&line);
}

/* ---- the files ---- */

static enum nd_rc write_file(const struct batch *b, const char *name, const struct nd_bytes *text,
                             struct nd_error *err)
{
    char *path = nd_path_join(b->out, name);
    enum nd_rc rc = nd_file_write(path, nd_bytes_view(text), err);
    if (rc != ND_OK) (void)nd_while(err, "while writing '%.180s'", path);
    nd_free(path);
    return rc;
}

enum nd_rc results_write(const struct batch *b, const struct nd_json *results, struct nd_error *err)
{
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    table_of(results, &text);
    enum nd_rc rc = write_file(b, "results.txt", &text, err);
    nd_bytes_clear(&text);
    nd_json_print_pretty(results, &text);
    if (rc == ND_OK) rc = write_file(b, "results.json", &text, err);
    nd_bytes_release(&text);
    return rc;
}

/* ---- the end ---- */

enum nd_exit results_exit(const struct nd_json *results)
{
    static const enum nd_exit order[] = {ND_EXIT_TRY_AGAIN,     ND_EXIT_FAILED,  ND_EXIT_BUDGET,
                                         ND_EXIT_LIMIT,         ND_EXIT_WAITING, ND_EXIT_ENDED,
                                         ND_EXIT_INPUTS_FAILED, ND_EXIT_OK};
    size_t worst = sizeof order / sizeof *order - 1;
    ND_JSON_EACH(row, nd_json_get(results, "items"))
    {
        int64_t status = nd_json_get_int(row, "exit_status", ND_EXIT_FAILED);
        size_t at = 0;
        while (at < sizeof order / sizeof *order && (int64_t)order[at] != status) at++;
        if (at == sizeof order / sizeof *order) at = 1; /* usage, configuration: it failed */
        if (at < worst) worst = at;
    }
    return order[worst];
}

bool results_final(const struct batch *b)
{
    for (size_t i = 0; i < b->n; i++) {
        const struct job *job = &b->jobs[i];
        if (job->why || (job->made && !job_settled(&job->meta))) return false;
    }
    return true;
}
