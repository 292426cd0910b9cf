#include "rank.h"
#include "store.h"

#include "nightdesk/index/search.h"

#include "nightdesk/base/alloc.h"

#include <math.h>
#include <stdlib.h>

#define K1 1.2

double nd_bm25(double idf, double tf, double length, double mean, double b)
{
    return idf * tf * (K1 + 1) / (tf + K1 * (1 - b + b * length / mean));
}

static int best_first(const void *a, const void *b)
{
    const struct nd_hit *left = a;
    const struct nd_hit *right = b;
    if (left->score != right->score) return left->score > right->score ? -1 : 1;
    return left->passage < right->passage ? -1 : left->passage > right->passage;
}

static enum nd_rc add_term(const struct nd_query *q, const struct nd_query_term *t, struct nd_columns columns,
                           double *sum, struct nd_error *err)
{
    const struct nd_collection *c = q->collection;
    struct nd_fts_scores scores = {0};
    if (t->term == ND_NONE) return ND_OK;
    enum nd_rc rc = nd_fts_find(c->fts, t->term, nd_strmap_at(&c->terms, t->term), &scores, err);
    for (size_t i = 0; i < scores.n; i++) {
        const struct nd_fts_score *s = &scores.v[i];
        sum[s->passage] +=
            t->weight * (columns.body * s->body + columns.section * s->section + columns.name * s->name);
    }
    return rc;
}

enum nd_rc nd_search(const struct nd_query *q, struct nd_columns columns, size_t top, struct nd_hits *out,
                     struct nd_error *err)
{
    const struct nd_collection *c = q->collection;
    double *sum = ND_ARRAY(double, c->passage_count);
    enum nd_rc rc = ND_OK;
    for (size_t i = 0; i < q->term_count && rc == ND_OK; i++)
        rc = add_term(q, &q->terms[i], columns, sum, err);
    if (rc == ND_OK) {
        struct nd_hits hits = {0};
        size_t cap = 0;
        for (uint32_t p = 0; p < c->passage_count; p++) {
            int64_t score = llround(sum[p]);
            if (score <= 0) continue;
            ND_GROW(hits.v, hits.n, cap);
            hits.v[hits.n++] = (struct nd_hit){p, score};
        }
        if (hits.n) qsort(hits.v, hits.n, sizeof *hits.v, best_first);
        if (hits.n > top) hits.n = top;
        *out = hits;
    }
    nd_free(sum);
    return rc;
}

void nd_hits_release(struct nd_hits *hits)
{
    nd_free(hits->v);
    *hits = (struct nd_hits){0};
}

/* ---- documents ---- */

#define DOCUMENT_HITS 300
#define DOCUMENT_BEST 5

static void scale_to_one(double *v, size_t n)
{
    double max = 0;
    for (size_t i = 0; i < n; i++) max = v[i] > max ? v[i] : max;
    for (size_t i = 0; max > 0 && i < n; i++) v[i] /= max;
}

/* Mean of each document's best passages among the first hits. */
static void by_passages(const struct nd_collection *c, const struct nd_hits *hits, double *score)
{
    uint32_t *taken = ND_ARRAY(uint32_t, c->document_count);
    for (size_t i = 0; i < hits->n; i++) {
        uint32_t d = c->passages[hits->v[i].passage].document;
        if (taken[d] == DOCUMENT_BEST) continue;
        taken[d]++;
        score[d] += (double)hits->v[i].score / DOCUMENT_BEST;
    }
    nd_free(taken);
    scale_to_one(score, c->document_count);
}

static void by_documents(const struct nd_query *q, double *score)
{
    const struct nd_collection *c = q->collection;
    for (size_t i = 0; i < q->term_count; i++) {
        uint32_t term = q->terms[i].term;
        if (term == ND_NONE) continue;
        double idf = nd_idf(c->document_count, c->document_df[term]);
        struct nd_vector in = nd_vectors_row(&c->term_documents, term);
        for (size_t k = 0; k < in.n; k++) {
            uint32_t d = in.v[k].term;
            score[d] +=
                q->terms[i].weight * nd_bm25(idf, in.v[k].tf, c->document_terms[d], c->document_length, 0.75);
        }
    }
    scale_to_one(score, c->document_count);
}

static void by_names(const struct nd_query *q, double *score)
{
    const struct nd_collection *c = q->collection;
    double mean = c->name_terms.rows ? (double)c->name_terms.n / (double)c->name_terms.rows : 1;
    for (size_t d = 0; d < c->document_count; d++) {
        struct nd_vector name = nd_vectors_row(&c->name_terms, d);
        for (size_t i = 0; i < q->term_count; i++) {
            uint32_t tf = nd_vector_tf(name, q->terms[i].term);
            if (tf)
                score[d] += q->terms[i].weight *
                            nd_bm25(nd_term_idf(c, q->terms[i].term), tf, (double)name.n, mean, 0.3);
        }
    }
    scale_to_one(score, c->document_count);
}

enum nd_rc nd_search_documents(const struct nd_query *q, double *score, struct nd_error *err)
{
    const struct nd_collection *c = q->collection;
    size_t n = c->document_count;
    struct nd_hits hits = {0};
    enum nd_rc rc = nd_search(q, ND_COLUMNS, DOCUMENT_HITS, &hits, err);
    if (rc != ND_OK) return rc;
    double *parts = ND_ARRAY(double, n * 3);
    by_passages(c, &hits, parts);
    by_documents(q, parts + n);
    by_names(q, parts + 2 * n);
    for (size_t d = 0; d < n; d++) score[d] = 0.5 * parts[d] + 0.3 * parts[n + d] + 0.3 * parts[2 * n + d];
    scale_to_one(score, n);
    nd_free(parts);
    nd_hits_release(&hits);
    return ND_OK;
}

/* ---- sections ---- */

#define SECTION_BEST 4
#define SECTION_SHARE 0.15

static int best_section_first(const void *a, const void *b)
{
    const struct nd_section_hit *left = a;
    const struct nd_section_hit *right = b;
    if (left->value > right->value) return -1;
    if (left->value < right->value) return 1;
    return left->section < right->section ? -1 : left->section > right->section;
}

size_t nd_hits_sections(const struct nd_collection *c, const struct nd_hits *hits, struct nd_section_hit *out,
                        size_t max)
{
    struct nd_section_hit *found = ND_ARRAY(struct nd_section_hit, c->section_count);
    uint32_t *taken = ND_ARRAY(uint32_t, c->section_count);
    size_t n = 0;
    for (uint32_t i = 0; i < c->section_count; i++) found[i].section = i;
    for (size_t i = 0; i < hits->n; i++) { /* best first: the first one of a section is its best */
        uint32_t s = c->passages[hits->v[i].passage].section;
        if (s == ND_NONE || taken[s] == SECTION_BEST) continue;
        double score = (double)hits->v[i].score;
        found[s].value += (taken[s] == 0 ? 1 + SECTION_SHARE : SECTION_SHARE) * score;
        taken[s]++;
    }
    for (size_t i = 0; i < c->section_count; i++) {
        if (found[i].value > 0) found[n++] = found[i];
    }
    if (n) qsort(found, n, sizeof *found, best_section_first);
    if (n > max) n = max;
    for (size_t i = 0; i < n; i++)
        out[i] = (struct nd_section_hit){found[i].section, found[i].value / found[0].value};
    nd_free(found);
    nd_free(taken);
    return n;
}
