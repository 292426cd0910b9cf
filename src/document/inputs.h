/** What listing and reading share. */
#ifndef ND_DOCUMENT_INPUTS_H
#define ND_DOCUMENT_INPUTS_H

#include "nightdesk/document/document.h"

/** The path that opens the file; caller frees. */
char *nd_input_path(const struct nd_request *request, const struct nd_input *input);
/** True when the folder holds a report of ours, whole or half-written. */
bool nd_is_report_folder(const char *path);

/**
 * The list that {"schema", "sha256"} names, as JSON (caller frees). ND_BAD_INPUT it is named wrongly, does
 * not lie there or is another · else what the origin failed with
 */
enum nd_rc nd_inputs_fetch(struct nd_json **out, const struct nd_json *named, const struct nd_origin *origin,
                           struct nd_error *err);

/**
 * A document of request->listing as a file without a name, checked: *fd to be closed, or *why (caller frees)
 * why it cannot be read and *fd -1.
 * @return what the origin failed with, when trying again may help · ND_CONFIG there is no origin
 */
enum nd_rc nd_input_fetch(const struct nd_origin *origin, const struct nd_input *input, int *fd, char **why,
                          struct nd_error *err);

#endif
