/**
 * The values of a command's options: command line > NIGHTDESK_… environment > ./nightdesk.conf >
 * $XDG_CONFIG_HOME/nightdesk/config > default. Every value is checked when it is set and remembers where it
 * came from.
 */
#ifndef NIGHTDESK_CLI_SETTINGS_H
#define NIGHTDESK_CLI_SETTINGS_H

#include "nightdesk/core/request.h"
#include "option.h"

enum origin { FROM_DEFAULT, FROM_USER_FILE, FROM_PROJECT_FILE, FROM_ENVIRONMENT, FROM_COMMAND_LINE };

struct setting {
    bool taken; /* by this command, on its command line */
    bool read;  /* from files and the environment */
    enum origin origin;
    char where[160]; /* "--budget", "NIGHTDESK_BUDGET", "./nightdesk.conf:3"; "" for a default */
    struct nd_strings values;
};
struct settings {
    const char *command;      /* for messages; borrowed */
    char *const *environment; /* borrowed; NULL until settings_from_environment */
    struct setting v[OPTION_COUNT];
    struct nd_strings args;   /* what is not an option */
    struct nd_strings unused; /* a line for each NIGHTDESK_ variable that looks like a setting and is none */
};

/** @param uses  ids that the command takes, ended by OPTION_COUNT */
void settings_init(struct settings *s, const char *command, const enum option_id *uses);
/** Has all settings read from files and the environment, not the command's alone. */
void settings_read_all(struct settings *s);
void settings_release(struct settings *s);

/** argv after the command's name. ND_BAD_INPUT names the option, what was found and what was wanted. */
enum nd_rc settings_from_args(struct settings *s, int argc, char *const *argv, struct nd_error *err);
/** environ: NIGHTDESK_LONG_OPTION; several values of one option stand on lines of their own. ND_CONFIG.
 * Variables of that form that set nothing fill s->unused. */
enum nd_rc settings_from_environment(struct settings *s, char *const *environment, struct nd_error *err);
/**
 * A file of lines "option = value" and "# comment"; options of other commands are fine. A file that is absent
 * is fine.
 * @param where  FROM_USER_FILE or FROM_PROJECT_FILE; the latter may not set what runs a program or names who
 * is told, and must belong to this user or root
 * @return ND_CONFIG names file and line
 */
enum nd_rc settings_from_file(struct settings *s, const char *path, enum origin where, struct nd_error *err);

/** The last value, or the default, or NULL. */
const char *setting_text(const struct settings *s, enum option_id id);
const struct nd_strings *setting_texts(const struct settings *s, enum option_id id); /* no default */
bool setting_flag(const struct settings *s, enum option_id id);
/** OPTION_NUMBER, OPTION_PERCENT, OPTION_MONEY (micro-dollars), OPTION_TIME (ms); `otherwise` when there is
 * no value. */
int64_t setting_number(const struct settings *s, enum option_id id, int64_t otherwise);
/** Was it set anywhere but in the table of defaults? */
bool setting_given(const struct settings *s, enum option_id id);
const char *origin_word(enum origin origin);

#endif
