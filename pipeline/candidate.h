/** Quotes on offer: from units of the collection to what `find` and `note` record
 * (docs/reference/formats.md). */
#ifndef PIPELINE_CANDIDATE_H
#define PIPELINE_CANDIDATE_H

#include "writer_extractive.h"

/** Where the units first..last stand: neighbours on one page, the last of which may go on on the next. */
void nd_units_parts(const struct nd_collection *c, uint32_t first, uint32_t last, struct nd_parts *out);
/** How a unit is quoted on one line: a sentence across a page break is two quotes, so a blank joins its
 * halves. Caller frees. */
char *nd_unit_quoted(const struct nd_collection *c, uint32_t unit);
/** Is a word cut by a page break? Then its halves cannot be shown as what they are. */
bool nd_unit_cut_by_page(const struct nd_collection *c, const struct nd_unit *unit);

/** {"parts", "text", "shown"?}. Caller frees. */
struct nd_json *nd_quote_json(const struct nd_collection *c, const struct nd_parts *parts, const char *text);
/** A candidate of `find`. Caller frees. */
struct nd_json *nd_candidate_json(const struct nd_collection *c, const struct nd_candidate *cand);

#endif
