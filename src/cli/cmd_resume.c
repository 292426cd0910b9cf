#include "command.h"
#include "nightdesk/core/money.h"
#include "paste.h"
#include "work.h"
#include <string.h>

/* What the command line raises; false when it raises nothing. */
static bool raises(const struct settings *s, struct nd_control *out)
{
    *out = ND_CONTROL_NONE;
    out->ceiling_microusd = setting_number(s, OPT_RAISE_BUDGET, -1);
    out->tool_calls_per_lane = setting_number(s, OPT_RAISE_TOOL_CALLS, -1);
    out->tool_calls_per_run = setting_number(s, OPT_RAISE_RUN_TOOL_CALLS, -1);
    out->steps_per_lane = setting_number(s, OPT_RAISE_LANE_STEPS, -1);
    int64_t seconds = setting_number(s, OPT_RAISE_TIME, -1);
    out->wall_max_ms = seconds < 0 ? -1 : seconds * 1000;
    return out->ceiling_microusd >= 0 || out->tool_calls_per_lane >= 0 || out->tool_calls_per_run >= 0 ||
           out->steps_per_lane >= 0 || out->wall_max_ms >= 0;
}

/* A stop at a ceiling is a gate: raising it is the decision, in one transaction with the new ceiling. */
static enum nd_rc raise_limits(struct wiring *w, const char *run_id, const struct nd_control *control,
                               struct nd_error *err)
{
    struct nd_gate gate = {.shown = NULL};
    struct nd_error none = {0};
    bool open = nd_engine_gate(&w->engine, run_id, &gate, &none) == ND_OK;
    bool at_ceiling = open && (strcmp(gate.gate, "budget") == 0 || strcmp(gate.gate, "limit") == 0);
    enum nd_rc rc = ND_OK;
    if (at_ceiling) {
        struct nd_json *decision = nd_json_object();
        nd_json_set_str(decision, "decision", "raise");
        rc = nd_engine_decide(&w->engine, run_id, &gate, decision, control, err);
        nd_json_free(decision);
    } else {
        rc = w->store->ops->control_put(w->store, run_id, control, err);
    }
    nd_gate_release(&gate);
    return rc;
}

static enum nd_exit resume_run(struct cli *cli)
{
    const char *run_id = cli_arg(cli, 0);
    struct wiring w;
    struct nd_request *request = NULL;
    struct nd_control control;
    enum nd_rc rc = wiring_open(&w, cli, STORE_EXISTING, &cli->err);
    if (rc == ND_OK) rc = wiring_request(&w, run_id, &request, &cli->err);
    if (rc == ND_OK && raises(&cli->settings, &control)) rc = raise_limits(&w, run_id, &control, &cli->err);
    struct work work = {.cli = cli, .run_id = run_id, .request = request, .phase = WORK_ALL_PHASES};
    enum nd_exit status = rc == ND_OK ? work_on(&w, &work) : nd_exit_of_rc(rc);
    if (rc == ND_NOT_FOUND) paste_hint(cli, "next", &cmd_list, "%s", "");
    wiring_close(&w);
    nd_request_free(request);
    return status;
}

static const char *const examples[] = {"go on after a crash, Ctrl-C, or a decision",
                                       "nightdesk resume RUN",
                                       "go on after a stop at the budget",
                                       "nightdesk resume RUN --budget 10",
                                       "write the finished report again, to another folder",
                                       "nightdesk resume RUN --out elsewhere",
                                       NULL};

static const enum option_id uses[] = {OPT_RAISE_BUDGET,
                                      OPT_RAISE_TOOL_CALLS,
                                      OPT_RAISE_RUN_TOOL_CALLS,
                                      OPT_RAISE_LANE_STEPS,
                                      OPT_RAISE_TIME,
                                      OPT_PRICE,
                                      OPT_NOTIFY_COMMAND,
                                      OPT_NOTIFY_URL,
                                      OPT_OUT,
                                      OPT_OFFLINE,
                                      OPT_LANES,
                                      OPT_MAX_STEPS,
                                      OPT_MAX_SECONDS,
                                      OPT_READER,
                                      OPT_STORE,
                                      OPT_PROGRESS,
                                      OPTIONS_OF_ALL};

const struct command cmd_resume = {
    .name = "resume",
    .args = "RUN",
    .summary = "go on with a run exactly where it was",
    .about = "Nothing that was paid for is paid for again, but a call whose answer was lost. New limits "
             "count from the start of "
             "the run, what is used already included. A run that is complete only writes its report again.",
    .examples = examples,
    .uses = uses,
    .args_min = 1,
    .args_max = 1,
    .run = resume_run,
};
