#include "command.h"
#include "decide.h"
#include "machine.h"
#include "nightdesk/core/money.h"
#include "paste.h"
#include "result.h"
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
static enum nd_rc raise_limits(struct wiring *w, const struct cli *cli, const char *run_id,
                               const struct nd_control *control, struct nd_error *err)
{
    struct nd_gate gate = {.shown = NULL};
    enum nd_rc rc = nd_engine_gate(&w->engine, run_id, &gate, err);
    bool open = rc == ND_OK;
    bool none = rc == ND_NOT_FOUND || rc == ND_CONFLICT; /* or it was decided already */
    if (!open && !none) return rc;
    nd_error_clear(err);
    bool at_ceiling = open && (strcmp(gate.gate, "budget") == 0 || strcmp(gate.gate, "limit") == 0);
    if (at_ceiling) {
        struct nd_json *decision = nd_json_object();
        nd_json_set_str(decision, "decision", "raise");
        decide_sign(cli, decision);
        rc = nd_engine_decide(&w->engine, run_id, &gate, decision, control, err);
        nd_json_free(decision);
    } else {
        rc = w->store->ops->control_put(w->store, run_id, control, err);
    }
    nd_gate_release(&gate);
    return rc;
}

/* ---- where a state machine works ---- */

/* What holds for the work of a process says nothing to the containers there. */
static void say_unused(const struct cli *cli)
{
    static const enum option_id here[] = {
        OPT_PRICE,     OPT_READ_PRICE,  OPT_FALLBACK_PRICE, OPT_NOTIFY_COMMAND, OPT_NOTIFY_URL,
        OPT_OUT,       OPT_SEARCH_URL,  OPT_ALLOW_HOST,     OPT_OFFLINE,        OPT_LANES,
        OPT_MAX_STEPS, OPT_MAX_SECONDS, OPT_READER};
    for (size_t i = 0; i < sizeof here / sizeof *here; i++) {
        if (cli->settings.v[here[i]].origin == FROM_COMMAND_LINE)
            screen_say(&cli->screen, STYLE_WARN, "'--%s' says nothing to a state machine: it is ignored",
                       options[here[i]].name);
    }
}

static enum nd_rc start_next(const struct wiring *w, struct cli *cli, const char *run_id,
                             const struct machine_look *look)
{
    enum nd_rc rc = machine_start(w, run_id, look, &cli->err);
    if (rc != ND_OK) return rc;
    screen_say(&cli->screen, STYLE_GOOD, "the state machine goes on with run %s in a new execution", run_id);
    paste_hint(cli, "next", &cmd_watch, "%s", run_id);
    return ND_OK;
}

/* Wakes the execution that waits, leaves alone the one that works, starts another after one that ended. */
static enum nd_rc go_on_there(const struct wiring *w, struct cli *cli, const char *run_id)
{
    struct decided decided;
    struct machine_look look = {.error = NULL};
    bool woken = false;
    enum nd_rc rc = decided_last(w, run_id, &decided, &cli->err);
    if (rc == ND_OK && decided.decision)
        rc = machine_wake(w, run_id, decided.gate, decided.n, &woken, &cli->err);
    if (rc == ND_OK && !woken) rc = machine_look(w, run_id, &look, &cli->err);
    if (rc == ND_OK && !woken && look.state != MACHINE_RUNS) {
        rc = start_next(w, cli, run_id, &look);
    } else if (rc == ND_OK) {
        screen_say(&cli->screen, STYLE_GOOD, "the state machine %s run %s",
                   woken ? "goes on with" : "works already on", run_id);
        paste_hint(cli, "next", &cmd_watch, "%s", run_id);
    }
    machine_look_release(&look);
    decided_release(&decided);
    return rc;
}

static bool is_over(const struct nd_meta *meta)
{
    return meta->outcome == ND_REJECTED || meta->outcome == ND_CANCELLED ||
           (meta->outcome == ND_COMPLETED && meta->phase >= ND_PHASES);
}

static enum nd_exit resume_there(struct wiring *w, struct cli *cli, const struct nd_request *request)
{
    const char *run_id = cli_arg(cli, 0);
    struct nd_meta meta;
    struct nd_gate gate = {.shown = NULL};
    enum nd_rc rc = w->store->ops->meta(w->store, run_id, &meta, &cli->err);
    if (rc != ND_OK) return nd_exit_of_rc(rc);
    say_unused(cli);
    struct result result = {.meta = &meta, .topic = request->topic};
    result_look(&result, w, &gate);
    enum nd_exit status = result_exit(&result);
    if (result.gate || is_over(&meta)) {
        result_say(cli, &result); /* a person decides first, or there is nothing to do */
    } else {
        rc = go_on_there(w, cli, run_id);
        status = nd_exit_of_rc(rc);
    }
    cli->result = result_json(cli, &result);
    nd_gate_release(&gate);
    return status;
}

static enum nd_exit resume_run(struct cli *cli)
{
    const char *run_id = cli_arg(cli, 0);
    struct wiring w;
    struct nd_request *request = NULL;
    struct nd_control control;
    enum nd_rc rc = wiring_open(&w, cli, STORE_EXISTING, &cli->err);
    if (rc == ND_OK) rc = wiring_request(&w, run_id, &request, &cli->err);
    if (rc == ND_OK) rc = work_check_fault(&w, cli, run_id);
    if (rc == ND_OK && raises(&cli->settings, &control))
        rc = raise_limits(&w, cli, run_id, &control, &cli->err);
    if (rc == ND_OK && w.stack.machine) {
        enum nd_exit there = resume_there(&w, cli, request);
        wiring_close(&w);
        nd_request_free(request);
        return there;
    }
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

static const enum option_id uses[] = {OPTIONS_OF_WORK,      OPTIONS_OF_ONE_RUN,       OPT_RAISE_BUDGET,
                                      OPT_RAISE_TOOL_CALLS, OPT_RAISE_RUN_TOOL_CALLS, OPT_RAISE_LANE_STEPS,
                                      OPT_RAISE_TIME,       OPTIONS_OF_STORE,         OPTIONS_OF_ALL};

const struct command cmd_resume = {
    .name = "resume",
    .args = "RUN",
    .summary = "go on with a run exactly where it was",
    .about =
        "Nothing that was paid for is paid for again, but a call whose answer was lost. New limits "
        "count from the start of "
        "the run, what is used already included. A run that is complete only writes its report again.\n\n"
        "With a state machine in AWS (--stack, --machine) it is told to go on: woken when it waits, started "
        "anew when its execution has ended.",
    .examples = examples,
    .uses = uses,
    .args_min = 1,
    .args_max = 1,
    .run = resume_run,
};
