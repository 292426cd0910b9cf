#include "command.h"

static enum nd_exit version_run(struct cli *cli)
{
    if (cli->screen.json) {
        cli->result = nd_json_object();
        nd_json_set_str(cli->result, "schema", "nightdesk.version/1");
        nd_json_set_str(cli->result, "version", ND_PROGRAM_VERSION);
    } else {
        screen_data(&cli->screen, STYLE_PLAIN, "nightdesk %s", ND_PROGRAM_VERSION);
    }
    return ND_EXIT_OK;
}

static const char *const examples[] = {"which nightdesk is this", "nightdesk version", NULL};
static const enum option_id uses[] = {OPTIONS_OF_ALL};

const struct command cmd_version = {
    .name = "version",
    .args = "",
    .summary = "print the version",
    .about = "",
    .examples = examples,
    .uses = uses,
    .run = version_run,
};
