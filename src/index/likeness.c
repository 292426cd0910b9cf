#include "rank.h"
#include "store.h"

#include "nightdesk/index/search.h"

#include "nightdesk/base/alloc.h"

#include <math.h>

/* ---- sentence scores ---- */

int64_t nd_unit_score(const struct nd_query *q, uint32_t unit)
{
    const struct nd_collection *c = q->collection;
    if (unit >= c->unit_count) return 0;
    struct nd_vector v = nd_vectors_row(&c->unit_terms, unit);
    double length = 0;
    double sum = 0;
    for (size_t k = 0; k < v.n; k++) length += v.v[k].tf;
    for (size_t i = 0; i < q->term_count; i++) {
        uint32_t tf = nd_vector_tf(v, q->terms[i].term);
        if (tf)
            sum += q->terms[i].weight * nd_bm25(c->idf[q->terms[i].term], tf, length, c->unit_length, 0.4);
    }
    return llround(sum * 1e6);
}

/* ---- likeness of units ---- */

static double weight_of(const struct nd_collection *c, struct nd_posting p)
{
    return c->exact[p.term] ? 0 : p.tf * c->idf[p.term];
}

static double norm_of(const struct nd_collection *c, struct nd_vector v)
{
    double sum = 0;
    for (size_t i = 0; i < v.n; i++) sum += weight_of(c, v.v[i]) * weight_of(c, v.v[i]);
    return sqrt(sum);
}

struct nd_centroid {
    const struct nd_collection *c;
    double *weight; /* by term */
    double norm;
};

struct nd_centroid *nd_centroid_of(const struct nd_collection *c, const uint32_t *units, size_t n)
{
    struct nd_centroid *centroid = ND_NEW(struct nd_centroid);
    centroid->c = c;
    centroid->weight = ND_ARRAY(double, c->terms.n);
    for (size_t i = 0; i < n; i++) {
        if (units[i] >= c->unit_count) continue;
        struct nd_vector v = nd_vectors_row(&c->unit_terms, units[i]);
        double norm = norm_of(c, v);
        for (size_t k = 0; norm > 0 && k < v.n; k++)
            centroid->weight[v.v[k].term] += weight_of(c, v.v[k]) / norm;
    }
    double sum = 0;
    for (size_t t = 0; t < c->terms.n; t++) sum += centroid->weight[t] * centroid->weight[t];
    centroid->norm = sqrt(sum);
    return centroid;
}

double nd_centroid_cosine(const struct nd_centroid *centroid, uint32_t unit)
{
    const struct nd_collection *c = centroid->c;
    if (unit >= c->unit_count || centroid->norm <= 0) return 0;
    struct nd_vector v = nd_vectors_row(&c->unit_terms, unit);
    double norm = norm_of(c, v);
    double dot = 0;
    for (size_t k = 0; k < v.n; k++) dot += weight_of(c, v.v[k]) * centroid->weight[v.v[k].term];
    return norm > 0 ? dot / norm / centroid->norm : 0;
}

void nd_centroid_free(struct nd_centroid *centroid)
{
    if (!centroid) return;
    nd_free(centroid->weight);
    nd_free(centroid);
}

/* What two units have in common, and what each has, exact forms left out. */
struct overlap {
    double dot;
    size_t common, left, right;
};

static struct overlap overlap_of(const struct nd_collection *c, struct nd_vector a, struct nd_vector b)
{
    struct overlap o = {0};
    for (size_t i = 0; i < a.n; i++) o.left += !c->exact[a.v[i].term];
    for (size_t i = 0; i < b.n; i++) o.right += !c->exact[b.v[i].term];
    for (size_t i = 0, j = 0; i < a.n && j < b.n;) {
        if (a.v[i].term == b.v[j].term && !c->exact[a.v[i].term]) {
            o.common++;
            o.dot += weight_of(c, a.v[i]) * weight_of(c, b.v[j]);
        }
        uint32_t left = a.v[i].term;
        uint32_t right = b.v[j].term;
        if (left <= right) i++;
        if (right <= left) j++;
    }
    return o;
}

double nd_units_cosine(const struct nd_collection *c, uint32_t a, uint32_t b)
{
    if (a >= c->unit_count || b >= c->unit_count) return 0;
    struct nd_vector left = nd_vectors_row(&c->unit_terms, a);
    struct nd_vector right = nd_vectors_row(&c->unit_terms, b);
    double norms = norm_of(c, left) * norm_of(c, right);
    return norms > 0 ? overlap_of(c, left, right).dot / norms : 0;
}

double nd_units_jaccard(const struct nd_collection *c, uint32_t a, uint32_t b)
{
    if (a >= c->unit_count || b >= c->unit_count) return 0;
    struct overlap o = overlap_of(c, nd_vectors_row(&c->unit_terms, a), nd_vectors_row(&c->unit_terms, b));
    size_t all = o.left + o.right - o.common;
    return all ? (double)o.common / (double)all : 0;
}
