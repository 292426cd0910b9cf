#include "store.h"

#include "nightdesk/index/search.h"

#include "nightdesk/base/alloc.h"

#include <stdlib.h>

/* Terms in fewer passages are chance, in more than this share of them common property. */
#define DF_MIN 4
#define DF_MAX_SHARE 0.08

static int heaviest_first(const void *a, const void *b)
{
    const struct nd_weighted_term *left = a;
    const struct nd_weighted_term *right = b;
    if (left->weight > right->weight) return -1;
    if (left->weight < right->weight) return 1;
    return left->term < right->term ? -1 : left->term > right->term;
}

static bool in_query(const struct nd_query *q, uint32_t term)
{
    for (size_t i = 0; i < q->term_count; i++) {
        if (q->terms[i].term == term) return true;
    }
    return false;
}

static bool has_digit(const char *text)
{
    for (; *text; text++) {
        if (*text >= '0' && *text <= '9') return true;
    }
    return false;
}

static bool expands(const struct nd_query *q, uint32_t term)
{
    const struct nd_collection *c = q->collection;
    uint32_t df = c->passage_df[term];
    if (c->exact[term] || df < DF_MIN || df > DF_MAX_SHARE * (double)c->passage_count) return false;
    const char *text = nd_term_text(c, term);
    return text[1] != '\0' && !has_digit(text) && !in_query(q, term);
}

size_t nd_expand(const struct nd_query *q, const struct nd_hits *hits, size_t passages,
                 struct nd_weighted_term *out, size_t max)
{
    const struct nd_collection *c = q->collection;
    size_t used = hits->n < passages ? hits->n : passages;
    double *mass = ND_ARRAY(double, c->terms.n);
    struct nd_weighted_term *found = NULL;
    size_t n = 0;
    size_t cap = 0;
    for (size_t i = 0; i < used; i++) {
        struct nd_vector v = nd_vectors_row(&c->passage_terms, hits->v[i].passage);
        double share = (double)hits->v[i].score / (double)hits->v[0].score;
        double length = 0;
        for (size_t k = 0; k < v.n; k++) length += v.v[k].tf;
        for (size_t k = 0; k < v.n; k++) mass[v.v[k].term] += share * v.v[k].tf / length;
    }
    for (uint32_t t = 0; t < c->terms.n; t++) {
        if (mass[t] <= 0 || !expands(q, t)) continue;
        ND_GROW(found, n, cap);
        found[n++] = (struct nd_weighted_term){t, mass[t] * c->idf[t]};
    }
    if (n) qsort(found, n, sizeof *found, heaviest_first);
    if (n > max) n = max;
    for (size_t i = 0; i < n; i++)
        out[i] = (struct nd_weighted_term){found[i].term, found[i].weight / found[0].weight};
    nd_free(found);
    nd_free(mass);
    return n;
}
