/** What listing and reading share. */
#ifndef ND_DOCUMENT_INPUTS_H
#define ND_DOCUMENT_INPUTS_H

#include "nightdesk/document/document.h"

/** The path that opens the file; caller frees. */
char *nd_input_path(const struct nd_request *request, const struct nd_input *input);
/** True when the folder holds a report of ours, whole or half-written. */
bool nd_is_report_folder(const char *path);
/** True when one of the patterns matches the path. */
bool nd_glob_match_any(const struct nd_strings *patterns, const char *path);

#endif
