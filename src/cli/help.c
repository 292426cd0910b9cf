#include "help.h"
#include <string.h>

enum { HELP_WIDTH = 92, NAME_WIDTH = 28 };

const struct option_group option_groups[] = {
    {OPT_DOCS, "What is asked"},
    {OPT_MODEL, "Who writes, and what it may cost"},
    {OPT_APPROVE, "Who decides, who is told"},
    {OPT_RUN_ID, "This run"},
    {OPT_RAISE_BUDGET, "Options"},
    {OPT_JSON, "Output"},
    {OPTION_COUNT, NULL},
};

const struct exit_meaning exit_meanings[] = {
    {ND_EXIT_OK, "completed"},
    {ND_EXIT_FAILED, "failed; the message says why"},
    {ND_EXIT_USAGE, "the command line, the request or an input is wrong; nothing was started"},
    {ND_EXIT_BUDGET, "stopped at the budget; what was found is kept"},
    {ND_EXIT_LIMIT, "stopped at another limit; what was found is kept"},
    {ND_EXIT_WAITING, "waiting for a person: approve, reject or answer"},
    {ND_EXIT_ENDED, "rejected, cancelled or expired"},
    {ND_EXIT_INPUTS_FAILED, "completed, but more inputs failed than --max-failed-inputs allows"},
    {ND_EXIT_LOST_LEASE, "another worker took the run over"},
    {ND_EXIT_TRY_AGAIN, "try again: a temporary fault, a full disk, or stopped in order by --max-steps"},
    {ND_EXIT_CONFIG, "configuration is wrong, or the run was made by a newer version"},
    {ND_EXIT_INTERRUPTED, "interrupted by Ctrl-C, checkpointed"},
    {ND_EXIT_TERMINATED, "terminated, checkpointed"},
    {ND_EXIT_OK, NULL},
};

const struct variable environment_variables[] = {
    {"NIGHTDESK_…",
     "every long option that is not for one call alone: --max-tool-calls is NIGHTDESK_MAX_TOOL_CALLS"},
    {"XDG_DATA_HOME", "runs are kept in $XDG_DATA_HOME/nightdesk"},
    {"XDG_CONFIG_HOME", "your settings are read from $XDG_CONFIG_HOME/nightdesk/config"},
    {"VISUAL, EDITOR", "what approve --edit opens"},
    {"OPENAI_API_KEY, OPENAI_BASE_URL", "key and address for --model openai:NAME"},
    {"ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL", "the same for --model anthropic:NAME"},
    {"AWS_BEARER_TOKEN_BEDROCK", "key for --model bedrock:NAME; without it AWS credentials sign"},
    {"NO_COLOR, CLICOLOR_FORCE, TERM", "when colours are used"},
    {NULL, NULL},
};

bool command_takes(const struct command *command, enum option_id id)
{
    const enum option_id *use = command->uses;
    while (*use != OPTION_COUNT && *use != id) use++;
    return *use == id && id != OPTION_COUNT;
}

/* Appends text with lines broken at HELP_WIDTH; lines after the first begin with `indent` spaces. */
static void wrapped(struct nd_bytes *out, const char *text, size_t column, size_t indent)
{
    while (*text) {
        size_t len = strcspn(text, " \n");
        if (column > indent && column + 1 + len > HELP_WIDTH) {
            nd_bytes_addf(out, "\n%*s", (int)indent, "");
            column = indent;
        } else if (column > indent) {
            nd_bytes_add_char(out, ' ');
            column++;
        }
        nd_bytes_add(out, text, len);
        column += len;
        text += len;
        if (text[0] == '\n' && text[1] == '\n') {
            nd_bytes_addf(out, "\n\n%*s", (int)indent, "");
            column = indent;
            text++;
        }
        if (*text) text++;
    }
    nd_bytes_add_char(out, '\n');
}

static void option_line(const struct option *o, struct nd_bytes *out)
{
    struct nd_bytes name = ND_BYTES(256);
    if (o->letter) nd_bytes_addf(&name, "-%c, ", o->letter);
    nd_bytes_addf(&name, "--%s%s%s", o->name, o->value ? " " : "", o->value ? o->value : "");
    nd_bytes_addf(out, "  %-*s", NAME_WIDTH - 2, name.data);
    if (name.len + 3 > NAME_WIDTH) nd_bytes_addf(out, "\n%*s", NAME_WIDTH, "");

    struct nd_bytes help = ND_BYTES(1024);
    nd_bytes_add_str(&help, o->help);
    if (o->words) {
        nd_bytes_add_str(&help, ":");
        for (size_t i = 0; o->words[i]; i++) nd_bytes_addf(&help, "%s %s", i ? "," : "", o->words[i]);
    }
    if (o->fallback) nd_bytes_addf(&help, " (default %s)", o->fallback);
    if (o->flags & OPTION_MANY) nd_bytes_add_str(&help, "; may be repeated");
    wrapped(out, help.data, NAME_WIDTH, NAME_WIDTH);
    nd_bytes_release(&help);
    nd_bytes_release(&name);
}

static void option_lines(const struct command *command, struct nd_bytes *out)
{
    for (const struct option_group *g = option_groups; g->title; g++) {
        bool titled = false;
        for (enum option_id id = g->first; id < g[1].first; id++) {
            if (!command_takes(command, id)) continue;
            if (!titled) nd_bytes_addf(out, "\n%s:\n", g->title);
            titled = true;
            option_line(&options[id], out);
        }
    }
}

void help_command(const struct command *command, struct nd_bytes *out)
{
    nd_bytes_addf(out, "nightdesk %s:", command->name);
    wrapped(out, command->summary, strlen(command->name) + 11, 0);
    nd_bytes_add_str(out, "\nExamples:\n");
    for (const char *const *e = command->examples; *e; e += 2)
        nd_bytes_addf(out, "  # %s\n  %s\n", e[0], e[1]);
    nd_bytes_addf(out, "\nUsage: nightdesk %s%s%s [OPTION]...\n", command->name, *command->args ? " " : "",
                  command->args);
    if (*command->about) {
        nd_bytes_add_char(out, '\n');
        wrapped(out, command->about, 0, 0);
    }
    option_lines(command, out);
}

void help_overview(struct nd_bytes *out)
{
    nd_bytes_add_str(out,
                     "nightdesk: cited research reports from your documents, never lost, never over budget\n"
                     "\nExamples:\n"
                     "  # a report from a folder, on this machine, free\n"
                     "  nightdesk run \"How are backups kept safe?\" --docs papers/\n"
                     "  # the same after a crash, a reboot or Ctrl-C\n"
                     "  nightdesk resume RUN\n"
                     "  # check every quote of a finished report, offline\n"
                     "  nightdesk verify nightdesk-RUN\n"
                     "\nUsage: nightdesk COMMAND [ARGUMENT]... [OPTION]...\n\nCommands:\n");
    for (const struct command *const *c = commands; *c; c++) {
        nd_bytes_addf(out, "  %-10s ", (*c)->name);
        wrapped(out, (*c)->summary, 13, 13);
    }
    nd_bytes_add_str(out, "\nExit status:\n");
    for (const struct exit_meaning *e = exit_meanings; e->meaning; e++) {
        nd_bytes_addf(out, "  %-4d ", (int)e->status);
        wrapped(out, e->meaning, 7, 7);
    }
    nd_bytes_add_str(
        out,
        "\n'nightdesk COMMAND --help' explains a command. Settings: flags, then NIGHTDESK_… variables, then\n"
        "./nightdesk.conf, then $XDG_CONFIG_HOME/nightdesk/config; 'nightdesk doctor' shows them.\n");
}
