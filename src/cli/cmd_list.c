#include "command.h"
#include "nightdesk/core/money.h"
#include "result.h"
#include "wiring.h"
#include <string.h>

struct listing {
    struct cli *cli;
    struct wiring *w;
    const char *outcome; /* only these; NULL: all */
    struct nd_json *runs;
    size_t shown;
};

enum { RUN_COLUMNS = 24, OUTCOME_COLUMNS = 28, COST_COLUMNS = 10 };

static void add_row(struct listing *l, const struct result *result)
{
    const struct nd_meta *meta = result->meta;
    char started[ND_TIME_BYTES], cost[ND_MONEY_BYTES], what[64];
    nd_time_format(meta->started_ms, started);
    nd_money_format(meta->ledger.spent_microusd, cost);
    const char *phase = meta->phase < ND_PHASES ? nd_pipeline()->phases[meta->phase]->name : "";
    (void)snprintf(what, sizeof what, "%s%s%s", phase, *phase ? " " : "",
                   result->decided ? "decided" : nd_outcome_word(meta->outcome));
    struct nd_bytes line = ND_BYTES(4096);
    text_fit(&line, nd_view_of(meta->run_id), RUN_COLUMNS, true);
    nd_bytes_addf(&line, "  %.16s  ", started);
    text_fit(&line, nd_view_of(what), OUTCOME_COLUMNS, true);
    nd_bytes_addf(&line, "  %*s  ", COST_COLUMNS, cost);
    text_fit(&line, nd_view_of(result->topic), 60, false);
    screen_data(&l->cli->screen, STYLE_PLAIN, "%s", line.data);
    nd_bytes_release(&line);
}

static enum nd_rc visit(void *ctx, const struct nd_meta *meta, struct nd_error *err)
{
    struct listing *l = ctx;
    if (l->outcome && strcmp(l->outcome, nd_outcome_word(meta->outcome)) != 0) return ND_OK;
    struct nd_request *request = NULL;
    if (wiring_request(l->w, meta->run_id, &request, err) != ND_OK) nd_error_clear(err);
    struct nd_gate gate = {.shown = NULL};
    struct result result = {.meta = meta, .topic = request ? request->topic : "(request cannot be read)"};
    result_look(&result, l->w, &gate);
    l->shown++;
    if (l->cli->screen.json) {
        nd_json_add(l->runs, result_json(l->cli, &result));
    } else {
        add_row(l, &result);
    }
    nd_gate_release(&gate);
    nd_request_free(request);
    return ND_OK;
}

static enum nd_exit list_run(struct cli *cli)
{
    struct wiring w;
    struct nd_json *runs = nd_json_array();
    struct listing l = {
        .cli = cli, .w = &w, .outcome = setting_text(&cli->settings, OPT_OUTCOME), .runs = runs};
    enum nd_rc rc = wiring_open(&w, cli, STORE_EXISTING, &cli->err);
    if (rc == ND_OK) rc = w.store->ops->list(w.store, visit, &l, &cli->err);
    if (rc == ND_NOT_FOUND) { /* no store yet: no runs */
        nd_error_clear(&cli->err);
        rc = ND_OK;
    }
    if (rc == ND_OK && l.shown == 0) screen_say(&cli->screen, STYLE_DIM, "no runs");
    cli->result = nd_json_object();
    nd_json_set_str(cli->result, "schema", "nightdesk.runs/1");
    nd_json_set(cli->result, "runs", runs);
    wiring_close(&w);
    return nd_exit_of_rc(rc);
}

static const char *const examples[] = {"all runs, newest first", "nightdesk list", "those that wait for you",
                                       "nightdesk list --outcome awaiting_approval", NULL};

static const enum option_id uses[] = {OPTIONS_OF_STORE, OPT_OUTCOME, OPTIONS_OF_ALL};

const struct command cmd_list = {
    .name = "list",
    .args = "",
    .summary = "list the runs of the store, newest first",
    .about = "",
    .examples = examples,
    .uses = uses,
    .run = list_run,
};
