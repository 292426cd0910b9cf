/** The best sentences for a query among those that are tried: best first, ties to the earlier. */
#ifndef PIPELINE_UNIT_HITS_H
#define PIPELINE_UNIT_HITS_H

#include "nightdesk/base/json.h"
#include "nightdesk/index/search.h"

#define ND_UNIT_HITS 10

struct nd_unit_hits {
    struct {
        uint32_t unit;
        int64_t score;
    } v[ND_UNIT_HITS];
    size_t n;
};
void nd_unit_hits_try(struct nd_unit_hits *hits, const struct nd_query *q, uint32_t unit);
/** [{"parts", "text", "shown"?, "section"}…]. Caller frees. */
struct nd_json *nd_unit_hits_json(const struct nd_unit_hits *hits, const struct nd_collection *c);
/** Is a unit part of the text, and no furniture of a page? */
bool nd_unit_is_shown(const struct nd_collection *c, uint32_t unit);
/** One of them: a unit as a snippet. Caller frees. */
struct nd_json *nd_unit_item(const struct nd_collection *c, uint32_t unit);

#endif
