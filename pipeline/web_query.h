/** What may leave the machine: a search's words, or a statement, held against what is private. */
#ifndef PIPELINE_WEB_QUERY_H
#define PIPELINE_WEB_QUERY_H

#include "nightdesk/core/phase.h"

#define ND_PRIVATE_SPAN_BYTES 24  /* so much text of a private document in a row is a piece of it */
#define ND_LEAVING_MAX_BYTES 1024 /* of what can be checked; more is taken for a leak */
#define ND_PRIVATE_WORD_BYTES 6   /* and so long a word with a digit: a number, a code, a name of a thing */
#define ND_QUERY_LEAKS "the query holds text of a source that must not leave this machine, and was not sent"

/** The query as it is sent: on one line, cut to the limits of core/web.h. "" when nothing is left. Caller
 * frees.
 */
char *nd_query_cut(const char *query);
/**
 * Does the query hold a piece of a source labelled local or confidential: ND_PRIVATE_SPAN_BYTES of its words
 * in a row, or a long word with a digit that no open source holds? What the user's own request says is no
 * piece. Words alone count: neither case nor signs nor white space, and a word that a line's end breaks is
 * one word. Of pages and passages those count that the lane has.
 * @return ND_OK *leaks is set · what nd_library_pages may give
 */
enum nd_rc nd_query_leaks(const struct nd_scene *scene, const char *query, bool *leaks, struct nd_error *err);

#endif
