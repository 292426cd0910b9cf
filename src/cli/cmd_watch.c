#include "command.h"
#include "follow.h"

static enum nd_exit watch_run(struct cli *cli)
{
    struct wiring w;
    enum nd_rc rc = wiring_open(&w, cli, STORE_EXISTING, &cli->err);
    enum nd_exit status = rc == ND_OK ? follow_run(&w, cli, cli_arg(cli, 0)) : nd_exit_of_rc(rc);
    wiring_close(&w);
    return status;
}

static const char *const examples[] = {"follow a run that another process works on", "nightdesk watch RUN",
                                       "wait for the end in a script",
                                       "nightdesk watch RUN --progress none --json", NULL};

static const enum option_id uses[] = {OPTIONS_OF_STORE, OPT_PROGRESS, OPTIONS_OF_ALL};

const struct command cmd_watch = {
    .name = "watch",
    .args = "RUN",
    .summary = "follow a run until it ends or waits",
    .about = "The exit status is that of the run's outcome. Ctrl-C ends the watching, not the run.",
    .examples = examples,
    .uses = uses,
    .args_min = 1,
    .args_max = 1,
    .run = watch_run,
};
