/** A text in the user's editor, as git commit does it. */
#ifndef NIGHTDESK_CLI_EDITOR_H
#define NIGHTDESK_CLI_EDITOR_H

#include "nightdesk/base/bytes.h"
#include "nightdesk/base/error.h"

/** Writes text to a new private file whose name begins with nightdesk-NAME. *path: nd_free it. */
enum nd_rc editor_begin(char *const *environment, const char *name, struct nd_view text, char **path,
                        struct nd_error *err);
/**
 * Opens it in $VISUAL, $EDITOR or vi, waits, and appends what was saved to out.
 * @return ND_BAD_INPUT the editor cannot be started or did not end well: nothing is to be done
 */
enum nd_rc editor_edit(char *const *environment, const char *path, struct nd_bytes *out,
                       struct nd_error *err);

#endif
