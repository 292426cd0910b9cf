#include "choice.h"
#include "nightdesk/base/alloc.h"
#include <string.h>

#define W_NEW 0.9     /* against what is like a chosen quote */
#define W_TITLE 1.0   /* of answering the title, for the quote that opens a section */
#define W_RANK 1.0    /* and of standing in one of the best passages */
#define HELD_MOST 0.9 /* share of a quote's terms that a chosen quote may have */
#define HELD_LEAST 6  /* terms: fewer stand in a longer quote by chance */
#define SHARE_FROM 8  /* quotes, before shares mean anything */

/* ---- loading ---- */

static enum nd_rc offer_load(struct nd_offer *o, const struct nd_json *json, struct nd_error *err)
{
    const struct nd_json *seed = nd_json_get(json, "seed");
    *o = (struct nd_offer){.json = json,
                           .text = nd_json_view(nd_json_get(json, "text")),
                           .seed_text = nd_json_view(nd_json_get(seed, "text"))};
    enum nd_rc rc = nd_parts_parse(&o->parts, nd_json_get(json, "parts"), err);
    if (rc == ND_OK) rc = nd_parts_parse(&o->seed, nd_json_get(seed, "parts"), err);
    if (rc == ND_OK && (o->text.len == 0 || o->seed_text.len == 0))
        rc = nd_fail(err, ND_BROKEN, "a candidate has no text");
    if (rc != ND_OK) return rc;
    o->words = (unsigned)nd_json_get_int(json, "words", 0);
    o->seed_words = (unsigned)nd_json_get_int(seed, "words", 0);
    o->passage = nd_json_get_int(json, "passage", -1);
    o->score = (double)nd_json_get_int(json, "score", 0);
    o->title = (double)nd_json_get_int(json, "title", 0) / 1e6;
    o->rank = (double)nd_json_get_int(json, "rank", 0) / 1e6;
    o->salience = (double)nd_json_get_int(json, "salience", 0) / 1e6;
    o->alone = nd_json_get_bool(seed, "alone", false);
    o->spare = nd_json_get_bool(json, "spare", false);
    nd_termset_of(&o->terms, o->text, nd_json_get_str(json, "lang"));
    return ND_OK;
}

enum nd_rc nd_pool_load(struct nd_pool *out, const struct nd_json *candidates, struct nd_error *err)
{
    size_t n = nd_json_len(candidates);
    *out = (struct nd_pool){
        .weight = 1, .v = ND_ARRAY(struct nd_offer, n + 1), .chosen = ND_ARRAY(size_t, n + 1)};
    double best = 0;
    ND_JSON_EACH(json, candidates)
    {
        enum nd_rc rc = offer_load(&out->v[out->n], json, err);
        if (rc != ND_OK) {
            nd_pool_release(out);
            return rc;
        }
        if (out->v[out->n].score > best) best = out->v[out->n].score;
        out->n++;
    }
    for (size_t i = 0; i < out->n; i++) out->v[i].score = best > 0 ? out->v[i].score / best : 0;
    return ND_OK;
}

void nd_pool_release(struct nd_pool *pool)
{
    for (size_t i = 0; i < pool->n; i++) nd_termset_release(&pool->v[i].terms);
    nd_free(pool->v);
    nd_free(pool->chosen);
    *pool = (struct nd_pool){0};
}

/* ---- choosing ---- */

struct choice {
    struct nd_pool *pools;
    size_t n, quotes, words;
    struct nd_choice_limits limits;
    size_t *of_source; /* quotes by number of source */
    size_t sources;
};

static size_t source_of(const struct nd_offer *o)
{
    return o->parts.v[0].source;
}

/* Is its place free, whole or (seed_only) for the sentence alone? */
static bool place_free(const struct choice *c, struct nd_offer *o)
{
    bool whole = true, seed = o->alone;
    for (size_t p = 0; p < c->n && (whole || seed); p++) {
        for (size_t i = 0; i < c->pools[p].given; i++) {
            const struct nd_offer *taken = &c->pools[p].v[c->pools[p].chosen[i]];
            const struct nd_parts *parts = taken->seed_only ? &taken->seed : &taken->parts;
            whole = whole && !nd_parts_overlap(&o->parts, parts);
            seed = seed && !nd_parts_overlap(&o->seed, parts);
        }
    }
    o->seed_only = !whole && seed;
    return whole || seed;
}

/* May it still be printed? */
static bool usable(const struct choice *c, struct nd_offer *o)
{
    return !o->used && !o->spare && o->likest <= ND_SAME_JACCARD && place_free(c, o) &&
           c->words + (o->seed_only ? o->seed_words : o->words) <= c->limits.words;
}

static bool crowded(const struct choice *c, size_t source, size_t more)
{
    size_t total = c->quotes + more;
    return total >= SHARE_FROM && (c->of_source[source] + more) * 100 > total * ND_SHARE_PERCENT;
}

static double worth(const struct nd_offer *o, bool opener)
{
    return o->score - W_NEW * o->likest + (opener ? W_TITLE * o->title + W_RANK * o->rank : 0);
}

/* Does anything printed come from its passage? */
static bool passage_used(const struct choice *c, const struct nd_offer *o)
{
    for (size_t p = 0; p < c->n; p++) {
        for (size_t k = 0; k < c->pools[p].given; k++) {
            const struct nd_offer *taken = &c->pools[p].v[c->pools[p].chosen[k]];
            if (taken->passage == o->passage && source_of(taken) == source_of(o)) return true;
        }
    }
    return false;
}

/* The best offer of the pool, SIZE_MAX: none. fresh: of an unused passage of a source that has not too many
 * yet. */
static size_t best_of(const struct choice *c, struct nd_pool *pool, bool fresh)
{
    size_t best = SIZE_MAX;
    bool opener = pool->given == 0;
    for (size_t i = 0; i < pool->n; i++) {
        struct nd_offer *o = &pool->v[i];
        if (!usable(c, o) || (fresh && (crowded(c, source_of(o), 1) || passage_used(c, o)))) continue;
        if (best == SIZE_MAX || worth(o, opener) > worth(&pool->v[best], opener)) best = i;
    }
    return best;
}

static void note_likeness(struct choice *c, const struct nd_offer *taken)
{
    for (size_t p = 0; p < c->n; p++) {
        for (size_t i = 0; i < c->pools[p].n; i++) {
            struct nd_offer *o = &c->pools[p].v[i];
            double like = nd_termset_jaccard(&o->terms, &taken->terms);
            bool held = nd_termset_within(&o->terms, &taken->terms) > HELD_MOST;
            if (held && o->terms.n >= HELD_LEAST) like = 1;
            if (like > o->likest) o->likest = like;
        }
    }
}

static void take(struct choice *c, struct nd_pool *pool, size_t i)
{
    struct nd_offer *o = &pool->v[i];
    o->used = true;
    pool->chosen[pool->given++] = i;
    c->quotes++;
    c->words += o->seed_only ? o->seed_words : o->words;
    c->of_source[source_of(o)]++;
    note_likeness(c, o);
}

/* The pool whose turn it is: least served for its weight, among those not dry. */
static size_t next_pool(const struct choice *c, const bool *dry)
{
    size_t next = SIZE_MAX;
    double least = 0;
    for (size_t p = 0; p < c->n; p++) {
        double served = ((double)c->pools[p].given + 1) / c->pools[p].weight;
        if (dry[p] || (next != SIZE_MAX && served >= least)) continue;
        next = p;
        least = served;
    }
    return next;
}

static void give_back(struct choice *c, struct nd_pool *pool, size_t k)
{
    const struct nd_offer *o = &pool->v[pool->chosen[k]];
    c->of_source[source_of(o)]--;
    c->quotes--;
    c->words -= o->seed_only ? o->seed_words : o->words;
    memmove(&pool->chosen[k], &pool->chosen[k + 1], (pool->given - k - 1) * sizeof *pool->chosen);
    pool->given--;
}

/* A quote of a crowded source and what could stand in its place. */
struct swap {
    struct nd_pool *pool;
    size_t k, other;
    double loss;
};

/* The swap that costs least; openers stay. */
static bool find_swap(const struct choice *c, struct swap *best)
{
    bool found = false;
    for (size_t p = 0; p < c->n; p++) {
        struct nd_pool *pool = &c->pools[p];
        bool any = false;
        for (size_t k = 1; k < pool->given; k++)
            any = any || crowded(c, source_of(&pool->v[pool->chosen[k]]), 0);
        size_t other = any ? best_of(c, pool, true) : SIZE_MAX;
        for (size_t k = 1; k < pool->given && other != SIZE_MAX; k++) {
            const struct nd_offer *old = &pool->v[pool->chosen[k]];
            double loss = old->score - worth(&pool->v[other], false);
            if (!crowded(c, source_of(old), 0) || (found && loss >= best->loss)) continue;
            *best = (struct swap){pool, k, other, loss};
            found = true;
        }
    }
    return found;
}

/* Puts quotes of other sources in the place of the weakest of a source that has too many. */
static void spread(struct choice *c)
{
    struct swap swap;
    for (size_t tries = 0; tries < c->limits.quotes && find_swap(c, &swap); tries++) {
        give_back(c, swap.pool, swap.k);
        take(c, swap.pool, swap.other);
    }
}

void nd_choose(struct nd_pool *pools, size_t n, struct nd_choice_limits limits)
{
    struct choice c = {.pools = pools, .n = n, .limits = limits};
    for (size_t p = 0; p < n; p++) {
        for (size_t i = 0; i < pools[p].n; i++) {
            if (source_of(&pools[p].v[i]) > c.sources) c.sources = source_of(&pools[p].v[i]);
        }
    }
    c.of_source = ND_ARRAY(size_t, c.sources + 1);
    bool *dry = ND_ARRAY(bool, n + 1);
    while (c.quotes < limits.quotes) {
        size_t p = next_pool(&c, dry);
        if (p == SIZE_MAX) break;
        size_t i = best_of(&c, &pools[p], false);
        if (i == SIZE_MAX)
            dry[p] = true;
        else
            take(&c, &pools[p], i);
    }
    spread(&c);
    nd_free(dry);
    nd_free(c.of_source);
}
