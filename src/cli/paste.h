/**
 * Commands that can be pasted into any shell, in any folder: called as this program was called, with those of
 * this call's options that a command for the same run needs again (OPTION_STAYS), quoted where a shell wants
 * it.
 */
#ifndef NIGHTDESK_CLI_PASTE_H
#define NIGHTDESK_CLI_PASTE_H

#include "command.h"

/** "nightdesk resume RUN --budget 4 --store DIR"; fmt gives what follows the command's name. Caller frees. */
char *paste_command(const struct cli *cli, const struct command *command, const char *fmt, ...)
    ND_PRINTF(3, 4);
/** Sets cli->hint: the label, then the command. */
void paste_hint(struct cli *cli, const char *label, const struct command *command, const char *fmt, ...)
    ND_PRINTF(4, 5);
/** One word of a shell command, quoted when it must be. */
void paste_word(struct nd_bytes *out, const char *word);
/** The path as it is from any folder; caller frees. An address (with "://") stays what it is. */
char *path_from_anywhere(const char *path);

#endif
