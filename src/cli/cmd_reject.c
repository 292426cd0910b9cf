#include "command.h"
#include "decide.h"
#include "work.h"

static const char *word_of(const struct cli *cli)
{
    return setting_flag(&cli->settings, OPT_REVISE) ? "revise" : "reject";
}

static bool fits(const struct cli *cli, const struct nd_json *decision)
{
    return decide_is(decision, word_of(cli), setting_text(&cli->settings, OPT_WHY));
}

static enum nd_exit reject_run(struct cli *cli)
{
    struct decide d;
    const char *why = setting_text(&cli->settings, OPT_WHY);
    if (!why) {
        (void)nd_fail(&cli->err, ND_BAD_INPUT, "'reject' needs a reason: --why TEXT");
        return ND_EXIT_USAGE;
    }
    bool revise = setting_flag(&cli->settings, OPT_REVISE);
    enum nd_rc rc = decide_open(&d, cli);
    bool taken = false;
    if (rc == ND_CONFLICT) {
        rc = decide_again(&d, cli, fits, &taken);
    } else if (rc == ND_OK) {
        struct nd_json *more = nd_json_object();
        nd_json_set_str(more, "why", why);
        rc = decide_send(&d, cli, word_of(cli), more, fits, &taken);
    }
    if (rc == ND_OK && !revise && !taken) { /* nobody else ends it */
        struct nd_meta meta;
        rc = work_settle(&d.w, cli, cli_arg(cli, 0), &meta);
        cli_hint(cli, NULL);
    }
    decide_close(&d);
    return nd_exit_of_rc(rc);
}

static const char *const examples[] = {
    "ask for another version",
    "nightdesk reject RUN --revise --why \"too much on tapes, nothing on restores\"", "end the run",
    "nightdesk reject RUN --why \"wrong documents\"", NULL};

static const enum option_id uses[] = {OPT_REVISE, OPT_WHY, OPTIONS_OF_STORE, OPTIONS_OF_ALL};

const struct command cmd_reject = {
    .name = "reject",
    .args = "RUN",
    .summary = "reject what a run waits with, or send it back for another version",
    .about = "Without --revise the run ends as rejected, with your reason in the receipt. With --revise the "
             "phase makes another "
             "version when the run goes on with 'nightdesk resume RUN'; this is possible a limited number of "
             "times.",
    .examples = examples,
    .uses = uses,
    .args_min = 1,
    .args_max = 1,
    .run = reject_run,
};
