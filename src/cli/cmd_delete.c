#include "command.h"
#include "machine.h"
#include "paste.h"
#include "wiring.h"
#include "nightdesk/core/say.h"

/* An execution that works or waits would find nothing where its run was. */
static enum nd_rc check_machine(const struct wiring *w, struct cli *cli, const char *run_id)
{
    struct machine_look look;
    enum nd_rc rc = machine_look(w, run_id, &look, &cli->err);
    if (rc == ND_OK && look.state == MACHINE_RUNS) {
        rc = nd_fail(&cli->err, ND_BAD_INPUT,
                     "the state machine works on run '%s', or waits with it: cancel it first", run_id);
        paste_hint(cli, "next", &cmd_cancel, "%s", run_id);
    }
    machine_look_release(&look);
    return rc;
}

static enum nd_exit delete_run(struct cli *cli)
{
    const char *run_id = cli_arg(cli, 0);
    const struct screen *s = &cli->screen;
    struct wiring w;
    struct nd_meta meta = {.format = 0};
    enum nd_rc rc = wiring_open(&w, cli, STORE_EXISTING, &cli->err);
    if (rc == ND_OK) rc = w.store->ops->meta(w.store, run_id, &meta, &cli->err);
    bool broken = rc == ND_BROKEN; /* deleting it is what mends the store */
    if (broken) {
        nd_error_clear(&cli->err);
        rc = ND_OK;
    }
    if (rc == ND_OK) rc = check_machine(&w, cli, run_id);
    bool ask = !setting_flag(&cli->settings, OPT_YES);
    if (rc == ND_OK && ask && !(s->in_tty && s->err_tty)) {
        rc = nd_fail(&cli->err, ND_BAD_INPUT, "nobody can be asked here: say --yes to delete run '%s'",
                     run_id);
    } else if (rc == ND_OK && ask &&
               !screen_ask(s, "Delete run %s (%s, %lld %s)? What it recorded cannot be brought back.", run_id,
                           broken ? "damaged" : nd_outcome_word(meta.outcome), (long long)meta.ledger.steps,
                           nd_plural(NULL, meta.ledger.steps, "step", "steps"))) {
        rc = nd_fail(&cli->err, ND_STOPPED, "nothing is deleted");
    }
    if (rc == ND_OK) rc = w.store->ops->remove(w.store, run_id, &cli->err);
    if (rc == ND_OK)
        screen_say(s, STYLE_PLAIN, "run %s is deleted; folders with its reports are yours and stay", run_id);
    wiring_close(&w);
    return rc == ND_STOPPED ? ND_EXIT_FAILED : nd_exit_of_rc(rc);
}

static const char *const examples[] = {"delete a run and what only it needs", "nightdesk delete RUN",
                                       "in a script", "nightdesk delete RUN --yes", NULL};

static const enum option_id uses[] = {OPT_YES, OPTIONS_OF_STORE, OPTIONS_OF_ALL};

const struct command cmd_delete = {
    .name = "delete",
    .args = "RUN",
    .summary = "delete a run from the store",
    .about = "Records and page texts that no other run uses are removed. Reports that were written to "
             "folders stay.",
    .examples = examples,
    .uses = uses,
    .args_min = 1,
    .args_max = 1,
    .run = delete_run,
};
