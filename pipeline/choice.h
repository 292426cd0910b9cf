/**
 * Which quotes the sub-topics print together. Each sub-topic brings its candidates; the choice opens every
 * section with what best answers its title, goes round the sub-topics by weight, prefers what says something
 * new, never takes two that say the same or share a sentence, and keeps any one source from speaking for the
 * others.
 */
#ifndef PIPELINE_CHOICE_H
#define PIPELINE_CHOICE_H

#include "evidence.h"

/* Of the quotes from one source, while another has something for the same sub-topic. */
#define ND_SHARE_PERCENT 40
#define ND_SAME_JACCARD 0.8 /* above it two quotes say the same */

struct nd_offer {
    const struct nd_json *json; /* the candidate, borrowed */
    struct nd_parts parts, seed;
    struct nd_view text, seed_text; /* borrowed */
    unsigned words, seed_words;
    int64_t passage; /* of the collection */
    double score, title, salience, rank;
    bool alone;              /* the seed reads well on its own */
    bool spare;              /* a writer passed it over: it is not chosen, but kept among the spares */
    struct nd_termset terms; /* of text */
    double likest;           /* Jaccard with the likest chosen quote */
    bool used, seed_only;    /* chosen; as the seed alone, since its neighbours were taken */
};

struct nd_pool {
    double weight; /* how many quotes it should get, against the others */
    struct nd_offer *v;
    size_t n;
    size_t *chosen; /* indices in v, in the order of choice: the first opens the section */
    size_t given;
};

/** Candidates of an observation of `find` (NULL: none); weight 1. ND_BROKEN: not as the tool makes them. */
enum nd_rc nd_pool_load(struct nd_pool *out, const struct nd_json *candidates, struct nd_error *err);
void nd_pool_release(struct nd_pool *pool);

struct nd_choice_limits {
    size_t quotes, words;
};
void nd_choose(struct nd_pool *pools, size_t n, struct nd_choice_limits limits);

#endif
