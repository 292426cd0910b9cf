/** The surroundings of a quote on its page. */
#ifndef ND_REPORT_CONTEXT_H
#define ND_REPORT_CONTEXT_H

#include "doc.h"

#define CONTEXT_BYTES 320 /* at most, on each side */

struct context {
    struct nd_view before, after;
    bool cut_before, cut_after; /* the page goes on beyond it */
};

/** The quote must lie within its page (nd_quote_check). */
struct context context_of(const struct doc_quote *q);
/**
 * Appends page text as HTML: a line that was full runs on into the next one, a short line (heading, list
 * item, listing) keeps its end.
 */
void put_context(struct nd_view text, struct nd_bytes *out);

#endif
