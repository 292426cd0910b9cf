#include "command.h"
#include "machine.h"
#include "result.h"
#include "work.h"

static bool has_ended(const struct nd_meta *meta)
{
    return nd_exit_of_outcome(meta->outcome) == ND_EXIT_ENDED || meta->phase >= ND_PHASES;
}

/* The gate that the run waits at, if it waits at one. */
static enum nd_rc find_gate(const struct wiring *w, const char *run_id, struct nd_gate *gate,
                            struct nd_error *err)
{
    enum nd_rc rc = nd_engine_gate(&w->engine, run_id, gate, err);
    if (rc != ND_NOT_FOUND && rc != ND_CONFLICT) return rc;
    nd_error_clear(err);
    return ND_OK;
}

/* The state machine that waits at the gate ends the run. Since the cancel stands no machine begins to wait,
 * so the token that is found is the last; when it wakes nobody, this process writes the ending. */
static enum nd_rc settle(struct wiring *w, struct cli *cli, const char *run_id, const struct nd_gate *gate,
                         struct nd_meta *meta)
{
    bool woken = false;
    if (*gate->gate) (void)machine_wake(w, run_id, gate->gate, gate->n, &woken, NULL);
    if (woken) {
        screen_say(&cli->screen, STYLE_PLAIN, "the state machine that waits with run %s ends it", run_id);
        return ND_OK;
    }
    return work_settle(w, cli, run_id, meta);
}

static enum nd_exit cancel_run(struct cli *cli)
{
    const char *run_id = cli_arg(cli, 0);
    struct wiring w;
    struct nd_meta meta = {.format = 0};
    struct nd_control cancel = ND_CONTROL_NONE;
    cancel.cancel = true;
    struct nd_gate gate = {.shown = NULL};
    enum nd_rc rc = wiring_open(&w, cli, STORE_EXISTING, &cli->err);
    if (rc == ND_OK) rc = machine_run(&w, run_id, &meta, &cli->err);
    if (rc == ND_OK && !has_ended(&meta)) {
        rc = w.store->ops->control_put(w.store, run_id, &cancel, &cli->err);
        if (rc == ND_OK) rc = find_gate(&w, run_id, &gate, &cli->err);
        if (rc == ND_OK) rc = settle(&w, cli, run_id, &gate, &meta);
    } else if (rc == ND_OK) {
        screen_say(&cli->screen, STYLE_WARN, "run %s has ended already", run_id);
    }
    if (rc == ND_OK) {
        struct result result = {.meta = &meta};
        result_say(cli, &result);
        cli->result = result_json(cli, &result);
        cli_hint(cli, NULL);
    }
    nd_gate_release(&gate);
    wiring_close(&w);
    return nd_exit_of_rc(rc);
}

static const char *const examples[] = {"stop a run for good", "nightdesk cancel RUN", NULL};

static const enum option_id uses[] = {OPTIONS_OF_STORE, OPTIONS_OF_ALL};

const struct command cmd_cancel = {
    .name = "cancel",
    .args = "RUN",
    .summary = "end a run for good; what was found is kept",
    .about = "A run that is being worked on stops after the calls in flight; one that waits for a person "
             "ends at once. To stop "
             "for now and go on later, press Ctrl-C instead.",
    .examples = examples,
    .uses = uses,
    .args_min = 1,
    .args_max = 1,
    .run = cancel_run,
};
