#include "command.h"
#include "help.h"
#include "nightdesk/core/suggest.h"
#include <string.h>

static void print(const struct cli *cli, struct nd_bytes *text)
{
    (void)fwrite(text->data, 1, text->len, cli->screen.out);
    nd_bytes_release(text);
}

static enum nd_exit help_run(struct cli *cli)
{
    struct nd_bytes text = ND_BYTES(ND_MIB);
    const char *name = cli_arg(cli, 0);
    const struct command *command = name ? command_named(name) : NULL;
    bool man = setting_flag(&cli->settings, OPT_MAN);
    if (setting_text(&cli->settings, OPT_COMPLETION)) {
        completion_bash(&text);
    } else if (man && name && strcmp(name, "nightdesk.conf") == 0) {
        man_conf(&text);
    } else if (name && !command) {
        struct nd_suggestion near = nd_suggestion_for(name);
        for (const struct command *const *c = commands; *c; c++) nd_suggest(&near, (*c)->name);
        (void)nd_fail(&cli->err, ND_BAD_INPUT, "'%.60s' is not a command%s%s%s", name,
                      near.best ? "; did you mean '" : "", near.best ? near.best : "", near.best ? "'?" : "");
        return ND_EXIT_USAGE;
    } else if (man) {
        man_page(command, &text);
    } else if (command) {
        help_command(command, &text);
    } else {
        help_overview(&text);
    }
    print(cli, &text);
    return ND_EXIT_OK;
}

static const char *const examples[] = {"all commands, exit statuses and where settings come from",
                                       "nightdesk help",
                                       "one command",
                                       "nightdesk help run",
                                       "completion for this shell",
                                       "source <(nightdesk help --completion bash)",
                                       NULL};

static const enum option_id uses[] = {OPT_MAN, OPT_COMPLETION, OPTIONS_OF_ALL};

const struct command cmd_help = {
    .name = "help",
    .args = "[COMMAND]",
    .summary = "explain a command, print man pages or the completion script",
    .about = "",
    .examples = examples,
    .uses = uses,
    .args_max = 1,
    .run = help_run,
};
