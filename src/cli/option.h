/**
 * Options: one table feeds the parser, the environment, the configuration files, --help, the man pages and
 * the shell completion. A new option is a line in enum option_id, a row in option_table.c and its id in the
 * commands that take it.
 */
#ifndef NIGHTDESK_CLI_OPTION_H
#define NIGHTDESK_CLI_OPTION_H

#include <stdint.h>

enum option_kind {
    OPTION_FLAG,    /* alone, or =true / =false */
    OPTION_TEXT,    /* not empty */
    OPTION_PATH,    /* the same; completed as a file name */
    OPTION_WORD,    /* one of words */
    OPTION_WORDS,   /* some of words, separated by commas */
    OPTION_NUMBER,  /* whole, min-max */
    OPTION_MONEY,   /* dollars with at most 6 decimals */
    OPTION_PERCENT, /* "10%" or "10" */
    OPTION_TIME,    /* RFC 3339 */
};

enum {
    OPTION_MANY = 1,    /* may be given several times */
    OPTION_HERE = 2,    /* on the command line only: it says what this one call does */
    OPTION_STAYS = 8,   /* a command that goes on with the same run needs it again */
    OPTION_TRUSTED = 4, /* not from ./nightdesk.conf: it runs a program or names who is told */
};

struct option {
    const char *name; /* without the dashes */
    enum option_kind kind;
    unsigned flags;
    const char *value;    /* what the value is called in the help; NULL for flags */
    const char *help;     /* one sentence, lower case, no full stop */
    const char *fallback; /* the default as text; NULL: none */
    const char *const *words;
    int64_t min, max;
    char letter; /* "-h"; 0: none */
};

enum option_id {
    /* what is asked */
    OPT_DOCS,
    OPT_INCLUDE,
    OPT_EXCLUDE,
    OPT_LOCAL,
    OPT_CONFIDENTIAL,
    OPT_QUESTION,
    OPT_MUST_COVER,
    OPT_FORBID,
    OPT_SUB_TOPICS,
    OPT_LENGTH,
    OPT_LANGUAGE,
    OPT_AUDIENCE,
    OPT_TONE,
    OPT_HOUSE_STYLE,
    OPT_CITATION_STYLE,
    OPT_OUTPUT,
    OPT_SEARCH,
    OPT_SEARCH_URL,
    OPT_URL,
    OPT_ALLOW_HOST,
    OPT_KB,
    OPT_SINCE,
    OPT_SAFETY,
    OPT_REQUEST,
    /* who writes, and what it may cost */
    OPT_MODEL,
    OPT_PRICE,
    OPT_READ_MODEL,
    OPT_READ_PRICE,
    OPT_FALLBACK_MODEL,
    OPT_FALLBACK_PRICE,
    OPT_GUARDRAIL,
    OPT_CONTEXT,
    OPT_MODEL_TRAITS,
    OPT_BUDGET,
    OPT_MAX_TOOL_CALLS,
    OPT_MAX_RUN_TOOL_CALLS,
    OPT_MAX_LANE_STEPS,
    OPT_MAX_TIME,
    OPT_MAX_FAILED_INPUTS,
    /* who decides, who is told */
    OPT_APPROVE,
    OPT_ASK,
    OPT_NOTIFY_COMMAND,
    OPT_NOTIFY_URL,
    /* this run, this process */
    OPT_RUN_ID,
    OPT_STARTED_AT,
    OPT_OUT,
    OPT_DRY_RUN,
    OPT_OFFLINE,
    OPT_LANES,
    OPT_MAX_STEPS,
    OPT_MAX_SECONDS,
    OPT_WATCHDOG,
    OPT_GATE_WAIT,
    OPT_READER,
    OPT_STORE,
    OPT_STACK,
    OPT_MACHINE,
    /* of single commands */
    OPT_RAISE_BUDGET,
    OPT_RAISE_TOOL_CALLS,
    OPT_RAISE_RUN_TOOL_CALLS,
    OPT_RAISE_LANE_STEPS,
    OPT_RAISE_TIME,
    OPT_CHECK,
    OPT_PLAN,
    OPT_MAX_TOTAL,
    OPT_CONCURRENCY,
    OPT_TOLERATED_FAILURES,
    OPT_SCHEDULED_TIME,
    OPT_BATCH_OUT,
    OPT_RUN,
    OPT_PHASE,
    OPT_OUTCOME,
    OPT_EDIT,
    OPT_REVISE,
    OPT_WHY,
    OPT_YES,
    OPT_WATCH,
    OPT_SUBMIT_DRY_RUN,
    OPT_DOWNLOAD_OUT,
    OPT_PRESIGN,
    OPT_EXPIRES,
    OPT_VERIFY_DOCS,
    OPT_REPLAY_OUT,
    OPT_KB_BEDROCK,
    OPT_KB_REGION,
    OPT_MAN,
    OPT_COMPLETION,
    /* of all commands */
    OPT_JSON,
    OPT_PROGRESS,
    OPT_COLOR,
    OPT_LOG_LEVEL,
    OPT_HELP,
    OPTION_COUNT
};

/** Indexed by enum option_id. Two rows may have the same name when no command takes both. */
extern const struct option options[OPTION_COUNT];

#endif
