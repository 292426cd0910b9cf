/**
 * Commands: one file and one row each. `nightdesk NAME …` finds the row, reads its options and calls run;
 * help, man pages and completion walk the same rows.
 */
#ifndef NIGHTDESK_CLI_COMMAND_H
#define NIGHTDESK_CLI_COMMAND_H

#include "nightdesk/base/host.h"
#include "nightdesk/core/outcome.h"
#include "screen.h"
#include "settings.h"

/** What a command gets. */
struct cli {
    const struct nd_host *host;
    const char *program; /* as it was called: what a command that can be pasted begins with */
    const struct command *command;
    struct settings settings;
    struct screen screen;
    char *const *environment;
    struct nd_error err;    /* why the command failed; printed once, by who called run */
    char *hint;             /* a command that would help, printed last; NULL for none */
    bool out_again;         /* --out is not where the run's report goes by itself: printed commands name it */
    struct nd_json *result; /* what --json prints as the last line; NULL: the outcome alone */
};

struct command {
    const char *name;
    const char *args;    /* "RUN [QUESTION] TEXT"; "" for none */
    const char *summary; /* one line, lower case, no full stop */
    const char *about;   /* paragraphs for --help and the man page, separated by blank lines */
    /** Pairs: what it does, the command line; ended by NULL. */
    const char *const *examples;
    const enum option_id *uses; /* ended by OPTION_COUNT */
    bool reads_all;             /* all settings of files and the environment, whoever takes them */
    unsigned args_min, args_max;
    /**
     * @return the exit status. With cli->err set (any rc but ND_OK) the chain is printed and the status is
     * that of its rc, or what is returned when that is not ND_EXIT_OK.
     */
    enum nd_exit (*run)(struct cli *cli);
};

/** All commands, in the order of the help; ended by NULL. */
extern const struct command *const commands[];

extern const struct command cmd_run, cmd_submit, cmd_download, cmd_phase, cmd_resume, cmd_status, cmd_list,
    cmd_watch, cmd_approve, cmd_reject, cmd_answer, cmd_cancel, cmd_delete, cmd_verify, cmd_replay, cmd_batch,
    cmd_kb, cmd_models, cmd_doctor, cmd_version, cmd_help;

/** The i-th argument; the parser has checked that there are args_min. NULL beyond the last. */
const char *cli_arg(const struct cli *cli, size_t i);
/** The row of that name, or NULL. */
const struct command *command_named(const char *name);

/** Sets cli->hint in place of the one before; fmt NULL: none. */
void cli_hint(struct cli *cli, const char *fmt, ...) ND_PRINTF(2, 3);
/** $XDG_CONFIG_HOME/nightdesk/config; NULL without a home. Caller frees. */
char *cli_config_path(char *const *environment);

/** The whole program: everything but the process's entry. */
int cli_main(int argc, char *const *argv, char *const *environment, const struct nd_host *host);

/* Lists of options that several commands take, for their `uses`. */
/** What makes a request, wherever it is worked on. */
#define OPTIONS_OF_REQUEST                                                                                   \
    OPT_DOCS, OPT_INCLUDE, OPT_EXCLUDE, OPT_LOCAL, OPT_CONFIDENTIAL, OPT_QUESTION, OPT_MUST_COVER,           \
        OPT_FORBID, OPT_SUB_TOPICS, OPT_LENGTH, OPT_LANGUAGE, OPT_AUDIENCE, OPT_TONE, OPT_HOUSE_STYLE,       \
        OPT_CITATION_STYLE, OPT_OUTPUT, OPT_SEARCH, OPT_URL, OPT_KB, OPT_SAFETY, OPT_REQUEST, OPT_MODEL,     \
        OPT_READ_MODEL, OPT_FALLBACK_MODEL, OPT_GUARDRAIL, OPT_CONTEXT, OPT_BUDGET, OPT_MAX_TOOL_CALLS,      \
        OPT_MAX_RUN_TOOL_CALLS, OPT_MAX_LANE_STEPS, OPT_MAX_TIME, OPT_MAX_FAILED_INPUTS, OPT_APPROVE,        \
        OPT_ASK, OPT_RUN_ID, OPT_STARTED_AT
/** What no request may say: of every command that works on runs itself. */
#define OPTIONS_OF_WORK                                                                                      \
    OPT_SEARCH_URL, OPT_ALLOW_HOST, OPT_PRICE, OPT_READ_PRICE, OPT_FALLBACK_PRICE, OPT_MODEL_TRAITS,         \
        OPT_NOTIFY_COMMAND, OPT_NOTIFY_URL, OPT_OFFLINE, OPT_LANES, OPT_READER
/** How far one call goes, and where its report lies. */
#define OPTIONS_OF_ONE_RUN OPT_OUT, OPT_MAX_STEPS, OPT_MAX_SECONDS, OPT_PROGRESS
/** Where the runs are: of every command that opens the store. */
#define OPTIONS_OF_STORE OPT_STORE, OPT_STACK, OPT_MACHINE
/** Options of every command, for the end of a `uses` list. */
#define OPTIONS_OF_ALL OPT_JSON, OPT_COLOR, OPT_LOG_LEVEL, OPT_HELP, OPTION_COUNT

#endif
