#include "option.h"
#include <stddef.h>

static const char *const lengths[] = {"short", "standard", "long", NULL};
static const char *const citations[] = {"numeric", "author-date", NULL};
static const char *const outputs[] = {"html", "markdown", "json", "bibtex", NULL};
static const char *const safeties[] = {"flag", "mask", "block", NULL};
static const char *const gates[] = {"plan", "outline", "final", NULL};
static const char *const progresses[] = {"auto", "tty", "plain", "json", "none", NULL};
static const char *const colors[] = {"auto", "always", "never", NULL};
static const char *const levels[] = {"error", "warn", "info", "debug", NULL};
static const char *const phases[] = {"research", "draft", "synthesize", "fact-check", NULL};
static const char *const shells[] = {"bash", NULL};
static const char *const outcomes[] = {
    "running",       "completed", "yielded",   "awaiting_approval", "awaiting_answer", "budget_exceeded",
    "limit_reached", "rejected",  "cancelled", "expired",           "failed",          NULL};

enum { CALLS_MAX = 100000, YEAR_S = 31622400 };

#define TEXT(name_, value_, help_)                                                                           \
    {                                                                                                        \
        .name = (name_), .kind = OPTION_TEXT, .value = (value_), .help = (help_)                             \
    }
#define TEXTS(name_, value_, help_)                                                                          \
    {                                                                                                        \
        .name = (name_), .kind = OPTION_TEXT, .flags = OPTION_MANY, .value = (value_), .help = (help_)       \
    }
#define FLAG_HERE(name_, help_)                                                                              \
    {                                                                                                        \
        .name = (name_), .kind = OPTION_FLAG, .flags = OPTION_HERE, .help = (help_)                          \
    }
#define COUNT(name_, flags_, min_, max_, fallback_, help_)                                                   \
    {                                                                                                        \
        .name = (name_), .kind = OPTION_NUMBER, .flags = (flags_), .value = "N", .min = (min_),              \
        .max = (max_), .fallback = (fallback_), .help = (help_)                                              \
    }

const struct option options[OPTION_COUNT] = {
    [OPT_DOCS] = {.name = "docs",
                  .kind = OPTION_PATH,
                  .flags = OPTION_MANY,
                  .value = "PATH",
                  .help = "a file or folder to read; '-' takes paths from standard input, one a line"},
    [OPT_INCLUDE] = TEXTS("include", "GLOB", "read only files whose path below --docs matches"),
    [OPT_EXCLUDE] = TEXTS("exclude", "GLOB", "leave out files whose path below --docs matches"),
    [OPT_LOCAL] = TEXTS("local", "GLOB", "documents that never leave this machine, whatever the model"),
    [OPT_CONFIDENTIAL] = TEXTS("confidential", "GLOB", "documents to label as confidential in the report"),
    [OPT_QUESTION] = TEXTS("question", "TEXT", "a question that the report must answer; each gets a section"),
    [OPT_MUST_COVER] =
        TEXTS("must-cover", "TEXT", "a point that must be covered; named as a gap when nothing is found"),
    [OPT_FORBID] = TEXTS("forbid", "TEXT", "a term that must not be used in the report's own words"),
    [OPT_SUB_TOPICS] =
        COUNT("sub-topics", 0, 1, 40, "10", "how many sub-topics to plan when you give no outline"),
    [OPT_LENGTH] = {.name = "length",
                    .kind = OPTION_WORD,
                    .value = "LENGTH",
                    .words = lengths,
                    .fallback = "standard",
                    .help = "how long the report is"},
    [OPT_LANGUAGE] = {.name = "language",
                      .kind = OPTION_TEXT,
                      .value = "TAG",
                      .fallback = "en",
                      .help = "language of the report, like en or de-AT"},
    [OPT_AUDIENCE] = TEXT("audience", "TEXT", "who will read it"),
    [OPT_TONE] = TEXT("tone", "TEXT", "how it should sound"),
    [OPT_HOUSE_STYLE] = TEXT("house-style", "TEXT", "rules of style to follow"),
    [OPT_CITATION_STYLE] = {.name = "citation-style",
                            .kind = OPTION_WORD,
                            .value = "STYLE",
                            .words = citations,
                            .help = "how sources are cited"},
    [OPT_OUTPUT] = {.name = "output",
                    .kind = OPTION_WORDS,
                    .flags = OPTION_MANY,
                    .value = "FORM",
                    .words = outputs,
                    .help = "forms of the report, separated by commas; all when not given"},
    [OPT_SEARCH] = TEXT("search", "NAME", "search the web with this provider"),
    [OPT_URL] = TEXTS("url", "URL|@FILE", "a page to read, or a file with one address a line"),
    [OPT_KB] = TEXTS("kb", "NAME", "read the documents of a knowledge base too (nightdesk kb)"),
    [OPT_SAFETY] = {.name = "safety",
                    .kind = OPTION_WORD,
                    .value = "HOW",
                    .words = safeties,
                    .fallback = "flag",
                    .help = "what is done about personal data, forbidden terms and confidential text; "
                            "secrets are always masked"},
    [OPT_REQUEST] =
        {.name = "request",
         .kind = OPTION_PATH,
         .flags = OPTION_HERE,
         .value = "FILE",
         .help =
             "read the request from a JSON file ('phase' also from s3://BUCKET/KEY); options on the command "
             "line replace its members"},
    [OPT_MODEL] = {.name = "model",
                   .kind = OPTION_TEXT,
                   .value = "NAME",
                   .fallback = "extractive",
                   .help = "who writes: extractive (quotes only, no model, free) or PROVIDER:MODEL"},
    [OPT_PRICE] = {.name = "price",
                   .kind = OPTION_TEXT,
                   .flags = OPTION_TRUSTED | OPTION_STAYS,
                   .value = "IN,OUT",
                   .help =
                       "dollars per million tokens of input and output, for a model without a known price"},
    [OPT_BUDGET] = {.name = "budget",
                    .kind = OPTION_MONEY,
                    .value = "USD",
                    .fallback = "5.00",
                    .help = "the most that the run may cost, in US dollars"},
    [OPT_MAX_TOOL_CALLS] =
        COUNT("max-tool-calls", 0, 0, CALLS_MAX, "20", "tool calls that one lane may make"),
    [OPT_MAX_RUN_TOOL_CALLS] =
        COUNT("max-run-tool-calls", 0, 0, CALLS_MAX, "200", "tool calls that the run may make"),
    [OPT_MAX_LANE_STEPS] = COUNT("max-lane-steps", 0, 1, 1000, "60", "steps that one lane may take"),
    [OPT_MAX_TIME] = {.name = "max-time",
                      .kind = OPTION_NUMBER,
                      .value = "SECONDS",
                      .max = YEAR_S,
                      .fallback = "0",
                      .help = "working time of the whole run; 0 is no limit"},
    [OPT_MAX_FAILED_INPUTS] = {.name = "max-failed-inputs",
                               .kind = OPTION_PERCENT,
                               .value = "PERCENT",
                               .max = 100,
                               .fallback = "10%",
                               .help = "when more inputs fail, a completed run exits with status 7"},
    [OPT_APPROVE] = {.name = "approve",
                     .kind = OPTION_WORDS,
                     .flags = OPTION_MANY,
                     .value = "GATES",
                     .words = gates,
                     .help = "wait for a person at these gates, separated by commas"},
    [OPT_ASK] = {.name = "ask",
                 .kind = OPTION_FLAG,
                 .help = "ask when nothing is found for a sub-topic that you named"},
    [OPT_NOTIFY_COMMAND] =
        {.name = "notify-command",
         .kind = OPTION_TEXT,
         .flags = OPTION_TRUSTED,
         .value = "COMMAND",
         .help = "run this when the run waits, stops or ends; the event is JSON on its standard input"},
    [OPT_NOTIFY_URL] = {.name = "notify-url",
                        .kind = OPTION_TEXT,
                        .flags = OPTION_TRUSTED,
                        .value = "URL",
                        .help = "post the event to this address when the run waits, stops or ends"},
    [OPT_RUN_ID] =
        {.name = "run-id",
         .kind = OPTION_TEXT,
         .flags = OPTION_HERE,
         .value = "ID",
         .help = "name of the run: 1-64 of [0-9A-Za-z_-]; an existing run with the same request goes on"},
    [OPT_STARTED_AT] = {.name = "started-at",
                        .kind = OPTION_TIME,
                        .flags = OPTION_HERE,
                        .value = "TIME",
                        .help =
                            "the date that the report bears, like 2026-11-24T06:00:00Z; now when not given"},
    [OPT_OUT] = {.name = "out",
                 .kind = OPTION_PATH,
                 .value = "DIR",
                 .help = "folder for the report (./nightdesk-RUN, and then the same again, when not given); "
                         "another run's is never overwritten"},
    [OPT_DRY_RUN] =
        FLAG_HERE("dry-run", "show the plan, the cost and who would receive what; spend and keep nothing"),
    [OPT_OFFLINE] = {.name = "offline",
                     .kind = OPTION_FLAG,
                     .flags = OPTION_STAYS,
                     .help = "refuse whatever would open a connection"},
    [OPT_LANES] = COUNT("lanes", 0, 1, 1024, "10", "lanes that work side by side"),
    [OPT_MAX_STEPS] = COUNT("max-steps", 0, 1, 1000000, NULL, "stop in order after so many new steps"),
    [OPT_MAX_SECONDS] = {.name = "max-seconds",
                         .kind = OPTION_NUMBER,
                         .value = "SECONDS",
                         .min = 1,
                         .max = YEAR_S,
                         .help = "stop in order after so long"},
    [OPT_WATCHDOG] =
        {.name = "watchdog",
         .kind = OPTION_NUMBER,
         .flags = OPTION_HERE,
         .value = "SECONDS",
         .min = 1,
         .max = YEAR_S,
         .help = "end with status 75 when so long nothing new became durable (when not given: half of "
                 "--max-seconds, at least 60; without that never)"},
    [OPT_GATE_WAIT] = {.name = "gate-wait",
                       .kind = OPTION_NUMBER,
                       .flags = OPTION_HERE,
                       .value = "SECONDS",
                       .min = 1,
                       .max = YEAR_S,
                       .help = "how long a question that is asked now stays open (7 days when not given)"},
    [OPT_READER] = {.name = "reader",
                    .kind = OPTION_PATH,
                    .flags = OPTION_TRUSTED | OPTION_STAYS,
                    .value = "FILE",
                    .help = "the program that opens documents (default: nightdesk-read, beside this one)"},
    [OPT_STORE] = {.name = "store",
                   .kind = OPTION_PATH,
                   .flags = OPTION_STAYS,
                   .value = "DIR",
                   .help = "where runs are kept: a folder, or aws://TABLE/BUCKET (default "
                           "$XDG_DATA_HOME/nightdesk, ~/.local/share/nightdesk)"},
    [OPT_STACK] = {.name = "stack",
                   .kind = OPTION_TEXT,
                   .flags = OPTION_STAYS,
                   .value = "NAME",
                   .help = "the stack in AWS whose runs are meant, as 'make deploy' noted it in "
                           "$XDG_CONFIG_HOME/nightdesk/stacks/NAME.json"},
    [OPT_MACHINE] = {.name = "machine",
                     .kind = OPTION_TEXT,
                     .flags = OPTION_STAYS,
                     .value = "ARN",
                     .help = "the state machine that works on the runs of a store in AWS; --stack knows it"},
    [OPT_RAISE_BUDGET] = {.name = "budget",
                          .kind = OPTION_MONEY,
                          .flags = OPTION_HERE,
                          .value = "USD",
                          .help = "set a new ceiling for the whole run, what is spent included"},
    [OPT_RAISE_TOOL_CALLS] =
        COUNT("max-tool-calls", OPTION_HERE, 0, CALLS_MAX, NULL, "tool calls that one lane may make"),
    [OPT_RAISE_RUN_TOOL_CALLS] = COUNT("max-run-tool-calls", OPTION_HERE, 0, CALLS_MAX, NULL,
                                       "tool calls that the run may make, in all"),
    [OPT_RAISE_LANE_STEPS] =
        COUNT("max-lane-steps", OPTION_HERE, 1, 1000, NULL, "steps that one lane may take"),
    [OPT_RAISE_TIME] = {.name = "max-time",
                        .kind = OPTION_NUMBER,
                        .flags = OPTION_HERE,
                        .value = "SECONDS",
                        .max = YEAR_S,
                        .help = "working time of the whole run; 0 is no limit"},
    [OPT_RUN] = {.name = "run",
                 .kind = OPTION_TEXT,
                 .flags = OPTION_HERE,
                 .value = "ID",
                 .help = "the run to work on"},
    [OPT_PHASE] = {.name = "phase",
                   .kind = OPTION_WORD,
                   .flags = OPTION_HERE,
                   .value = "NAME",
                   .words = phases,
                   .help = "the phase to work on"},
    [OPT_OUTCOME] = {.name = "outcome",
                     .kind = OPTION_WORD,
                     .flags = OPTION_HERE,
                     .value = "OUTCOME",
                     .words = outcomes,
                     .help = "only runs with this outcome"},
    [OPT_EDIT] = FLAG_HERE("edit", "open what is shown in $EDITOR and approve what you leave there"),
    [OPT_REVISE] = FLAG_HERE("revise", "ask for another version instead of ending the run"),
    [OPT_WHY] = {.name = "why",
                 .kind = OPTION_TEXT,
                 .flags = OPTION_HERE,
                 .value = "TEXT",
                 .help = "the reason: it is recorded, and a model that revises reads it"},
    [OPT_YES] = FLAG_HERE("yes", "do not ask"),
    [OPT_VERIFY_DOCS] = {.name = "docs",
                         .kind = OPTION_PATH,
                         .flags = OPTION_HERE | OPTION_MANY,
                         .value = "PATH",
                         .help = "read the original documents again, from the same roots in the same order"},
    [OPT_REPLAY_OUT] = {.name = "out",
                        .kind = OPTION_PATH,
                        .flags = OPTION_HERE,
                        .value = "DIR",
                        .help = "folder for the rebuilt report"},
    [OPT_MAN] = FLAG_HERE("man", "print the man page instead"),
    [OPT_COMPLETION] = {.name = "completion",
                        .kind = OPTION_WORD,
                        .flags = OPTION_HERE,
                        .value = "SHELL",
                        .words = shells,
                        .help = "print the completion script for a shell"},
    [OPT_JSON] = {.name = "json",
                  .kind = OPTION_FLAG,
                  .help = "the last line on standard output is one JSON object; everything for people goes "
                          "to standard error"},
    [OPT_PROGRESS] = {.name = "progress",
                      .kind = OPTION_WORD,
                      .value = "HOW",
                      .words = progresses,
                      .fallback = "auto",
                      .help = "how to show what is going on"},
    [OPT_COLOR] = {.name = "color",
                   .kind = OPTION_WORD,
                   .value = "WHEN",
                   .words = colors,
                   .fallback = "auto",
                   .help = "when to use colours; NO_COLOR, CLICOLOR_FORCE and TERM=dumb are obeyed"},
    [OPT_LOG_LEVEL] = {.name = "log-level",
                       .kind = OPTION_WORD,
                       .value = "LEVEL",
                       .words = levels,
                       .fallback = "warn",
                       .help = "how much the program's log says"},
    [OPT_HELP] =
        {.name = "help", .kind = OPTION_FLAG, .flags = OPTION_HERE, .letter = 'h', .help = "show this help"},
};
