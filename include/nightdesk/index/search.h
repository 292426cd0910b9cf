/**
 * Queries, ranking and relevance. Scores are whole numbers (millionths) made from FTS5's bm25() of one term
 * at a time, added in the query's order, so that the same collection and query give the same ranking on every
 * machine; ties go to the earlier passage.
 */
#ifndef NIGHTDESK_INDEX_SEARCH_H
#define NIGHTDESK_INDEX_SEARCH_H

#include "nightdesk/index/collection.h"

/* ---- queries ---- */

/** One term of a query. A word of the query gives one stem per language of the collection, and its exact
 * form. */
struct nd_query_term {
    uint32_t term; /* the collection's number of it; ND_NONE: in no passage */
    uint32_t word; /* index in words */
    double weight;
    bool exact;
    uint32_t langs; /* whose stem it is: bit i for the collection's i-th language, bit 31 for a word left as
                       it stands */
};
struct nd_query_word {
    char *text; /* lower case, as it was asked */
    double weight, idf;
};
struct nd_query {
    const struct nd_collection *collection;
    struct nd_query_term *terms;
    size_t term_count, term_cap;
    struct nd_query_word *words;
    size_t word_count, word_cap;
};
void nd_query_init(struct nd_query *q, const struct nd_collection *c);
/**
 * Adds the content words of text with that weight (stop words are left out); exact forms get weight * exact
 * (0.7 is the measured choice, 0 leaves them out). A word that is already there keeps the greater weight.
 */
void nd_query_add(struct nd_query *q, struct nd_view text, double weight, double exact);
/** Adds one term of the collection by number, as expansion gives it; it is no word of the query (coverage
 * ignores it). */
void nd_query_add_term(struct nd_query *q, uint32_t term, double weight);
void nd_query_copy(struct nd_query *to, const struct nd_query *from); /* to: released or zero */
void nd_query_release(struct nd_query *q);

/* ---- passages ---- */

/** What a column counts: recipe body 1, section .3, name .3. */
struct nd_columns {
    double body, section, name;
};
#define ND_COLUMNS ((struct nd_columns){1.0, 0.3, 0.3})

struct nd_hit {
    uint32_t passage;
    int64_t score; /* millionths, > 0 */
};
struct nd_hits {
    struct nd_hit *v; /* best first */
    size_t n;
};
/** The best `top` passages (SIZE_MAX: all with a score). ND_BROKEN: the index failed. */
enum nd_rc nd_search(const struct nd_query *q, struct nd_columns columns, size_t top, struct nd_hits *out,
                     struct nd_error *err);
void nd_hits_release(struct nd_hits *hits);

/**
 * How much each document is about the query, 0..1 with the best at 1 (all 0 when nothing matches); score has
 * one place per document. Mean of its 5 best passages among the first 300 (.5), BM25 of whole documents (.3),
 * of names (.3).
 */
enum nd_rc nd_search_documents(const struct nd_query *q, double *score, struct nd_error *err);

/** Sections by the passages found in them: value = best + .15 * sum of the best four, scaled so that the
 * first is 1. */
struct nd_section_hit {
    uint32_t section;
    double value;
};
/** Best first, at most max; returns how many. Passages before any heading are left out. */
size_t nd_hits_sections(const struct nd_collection *c, const struct nd_hits *hits, struct nd_section_hit *out,
                        size_t max);

/* ---- terms ---- */
const char *nd_term_text(const struct nd_collection *c, uint32_t term);
/** The term's number by its text ("integr", "=integrity"), ND_NONE when it is not there. */
uint32_t nd_term_find(const struct nd_collection *c, struct nd_view text);
uint32_t nd_term_passages(const struct nd_collection *c, uint32_t term);  /* df over passages */
uint32_t nd_term_documents(const struct nd_collection *c, uint32_t term); /* df over documents */
double nd_term_idf(const struct nd_collection *c, uint32_t term); /* over passages; ND_NONE: the greatest */
bool nd_passage_has(const struct nd_collection *c, uint32_t passage,
                    uint32_t term); /* body, section or name */
bool nd_unit_has(const struct nd_collection *c, uint32_t unit, uint32_t term);

struct nd_weighted_term {
    uint32_t term;
    double weight;
};
/**
 * RM3: terms that the first `passages` hits share: sum(score share * tf / length) * idf, in more than 3 and
 * fewer than 8 % of the passages, no numbers, no exact forms, none of the query's own. Best first, the first
 * has weight 1; returns how many (at most max).
 */
size_t nd_expand(const struct nd_query *q, const struct nd_hits *hits, size_t passages,
                 struct nd_weighted_term *out, size_t max);

/* ---- sentences ---- */

/** BM25 of one unit (k1 1.2, b .4, idf over passages), in millionths. */
int64_t nd_unit_score(const struct nd_query *q, uint32_t unit);
/** The mean direction of the units' tf * idf vectors. */
struct nd_centroid;
struct nd_centroid *nd_centroid_of(const struct nd_collection *c, const uint32_t *units, size_t n);
double nd_centroid_cosine(const struct nd_centroid *centroid, uint32_t unit); /* 0..1 */
void nd_centroid_free(struct nd_centroid *centroid);
double nd_units_cosine(const struct nd_collection *c, uint32_t a,
                       uint32_t b); /* 0..1, tf * idf, no exact forms */
double nd_units_jaccard(const struct nd_collection *c, uint32_t a,
                        uint32_t b); /* of term sets, no exact forms */

/* ---- the relevance floor ---- */

/**
 * Which share of the query's own words a passage (with its section path and document name) holds, each word
 * counted by idf * weight; a word in no passage at all counts as the rarest there can be. 0..1; 0 for a query
 * without words.
 */
double nd_passage_cover(const struct nd_query *q, uint32_t passage);
/** The same for all of a document's text. */
double nd_document_cover(const struct nd_query *q, uint32_t document);
/** The same for one unit, its own words only. */
double nd_unit_cover(const struct nd_query *q, uint32_t unit);
/**
 * The floor: a passage speaks of the query when it holds at least this share. When the best hits of a query
 * all lie below it there is nothing solid: say so and print nothing. Measured over 62 documents on system
 * administration and statistics: 12 subjects that none of them treats ("tea farming", "wine tasting in
 * Burgundy") reach 0.46, but for one whose every other word is there (0.65); 21 subjects that they treat
 * reach 0.63 to 1.
 */
#define ND_COVER_FLOOR 0.5

#endif
