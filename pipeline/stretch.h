/**
 * Stretches: neighbouring units of one document. What a model wants to quote is brought to whole sentences
 * that stand in the documents, or refused with the reason; what is printed is never its own wording.
 */
#ifndef PIPELINE_STRETCH_H
#define PIPELINE_STRETCH_H

#include "writer_extractive.h"

#define ND_STRETCH_WORDS 100 /* of one sentence; several have ND_QUOTE_WORDS together */
#define ND_QUOTED_LEAST 3    /* words of a quote that is looked for */
#define ND_NEAREST_SHARE 0.6 /* of a paraphrase's terms that the sentence it is aligned to must hold */

struct nd_stretch {
    uint32_t unit, count; /* the first, how many */
};

/** The units that a place covers, wholly or partly; false: none of the collection. */
bool nd_stretch_of(const struct nd_collection *c, const struct nd_parts *parts, struct nd_stretch *out);
/** All units of the pages that a stretch stands on, or a screen of them around it where a page is longer. */
struct nd_stretch nd_stretch_around(const struct nd_collection *c, struct nd_stretch s);
/** What keeps a stretch from being quoted, "has 140 words, a quote has at most 60"; NULL: nothing. Caller
 * frees.
 */
char *nd_stretch_problem(const struct nd_collection *c, struct nd_stretch s,
                         const struct nd_strings *forbidden);
/** The stretch as a candidate (candidate.h), with the full score for its title and rank. Caller frees. */
struct nd_json *nd_stretch_json(const struct nd_collection *c, struct nd_stretch s);

/**
 * The first units within `area` that hold the quote's words one after another; case, marks, white space,
 * ligatures and line-end hyphens aside. false: none, or fewer than ND_QUOTED_LEAST words.
 */
bool nd_stretch_holding(const struct nd_collection *c, struct nd_stretch area, struct nd_view quote,
                        struct nd_stretch *out);
/** The sentence within `area` that holds most of the words' terms: which share of them, 0: none. */
double nd_stretch_nearest(const struct nd_collection *c, struct nd_stretch area, struct nd_view words,
                          struct nd_stretch *out);

#endif
