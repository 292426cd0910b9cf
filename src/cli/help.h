/** Help, man pages and shell completion, all made from the tables of commands and options. */
#ifndef NIGHTDESK_CLI_HELP_H
#define NIGHTDESK_CLI_HELP_H

#include "command.h"

/** A heading for the options from `first` on. */
struct option_group {
    enum option_id first;
    const char *title;
};
extern const struct option_group option_groups[]; /* in order of ids, ended by OPTION_COUNT */

struct exit_meaning {
    enum nd_exit status;
    const char *meaning;
};
extern const struct exit_meaning exit_meanings[]; /* ended by a NULL meaning */

struct variable {
    const char *name, *meaning;
};
extern const struct variable environment_variables[]; /* ended by a NULL name */

void help_overview(struct nd_bytes *out);
void help_command(const struct command *command, struct nd_bytes *out);
/** mdoc(7). command NULL: nightdesk(1). */
void man_page(const struct command *command, struct nd_bytes *out);
/** nightdesk.conf(5). */
void man_conf(struct nd_bytes *out);
void completion_bash(struct nd_bytes *out);
bool command_takes(const struct command *command, enum option_id id);

#endif
