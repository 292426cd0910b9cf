#include "merge.h"

#include "nightdesk/base/alloc.h"

#include <math.h>
#include <string.h>

double nd_idf(size_t rows, uint32_t df)
{
    double n = (double)rows;
    return (double)llround(log(1.0 + (n - df + 0.5) / (df + 0.5)) * 1e6) / 1e6;
}

/* How often each term stands in each document, as one inverted list for each term. */
static void invert(struct nd_collection *c)
{
    size_t terms = c->terms.n;
    struct nd_vectors by_document = {0};
    struct nd_posting *row = NULL;
    size_t cap = 0;
    for (size_t d = 0; d < c->document_count; d++) {
        size_t n = 0;
        const struct nd_document *document = &c->documents[d];
        for (uint32_t p = document->passage; p < document->passage + document->passage_count; p++) {
            struct nd_vector v = nd_vectors_row(&c->passage_terms, p);
            for (size_t k = 0; k < v.n; k++) {
                ND_GROW(row, n, cap);
                row[n++] = v.v[k];
                c->passage_df[v.v[k].term]++;
                c->document_terms[d] += v.v[k].tf;
            }
        }
        nd_vectors_add(&by_document, row, n);
    }
    nd_free(row);
    for (size_t i = 0; i < by_document.n; i++) c->document_df[by_document.v[i].term]++;
    struct nd_vectors *out = &c->term_documents;
    out->rows = terms;
    out->n = by_document.n;
    out->v = ND_ARRAY(struct nd_posting, by_document.n);
    out->start = ND_ARRAY(size_t, terms + 2);
    for (size_t i = 0; i < terms; i++) out->start[i + 2] = out->start[i + 1] + c->document_df[i];
    for (uint32_t d = 0; d < c->document_count; d++) {
        struct nd_vector v = nd_vectors_row(&by_document, d);
        for (size_t k = 0; k < v.n; k++)
            out->v[out->start[v.v[k].term + 1]++] = (struct nd_posting){d, v.v[k].tf};
    }
    nd_vectors_release(&by_document);
}

void nd_list_languages(struct nd_collection *c)
{
    size_t *times = ND_ARRAY(size_t, c->document_count + 1);
    c->langs = nd_realloc(c->langs, c->document_count + 1, sizeof *c->langs);
    for (size_t d = 0; d < c->document_count; d++) {
        const char *lang = c->documents[d].lang;
        size_t i = 0;
        if (!lang) continue;
        while (i < c->lang_count && strcmp(c->langs[i], lang) != 0) i++;
        if (i == c->lang_count) c->langs[c->lang_count++] = lang;
        times[i]++;
        if (times[i] <= times[0]) continue;
        size_t more = times[i];
        times[i] = times[0];
        times[0] = more;
        c->langs[i] = c->langs[0];
        c->langs[0] = lang;
    }
    nd_free(times);
}

static double mean_length(const struct nd_vectors *vectors, bool used_only)
{
    double sum = 0;
    size_t rows = 0;
    for (size_t i = 0; i < vectors->n; i++) sum += vectors->v[i].tf;
    for (size_t i = 0; i < vectors->rows; i++) rows += !used_only || nd_vectors_row(vectors, i).n > 0;
    return rows ? sum / (double)rows : 1;
}

void nd_weigh(struct nd_collection *c)
{
    size_t terms = c->terms.n;
    c->exact = ND_ARRAY(bool, terms);
    c->passage_df = ND_ARRAY(uint32_t, terms);
    c->document_df = ND_ARRAY(uint32_t, terms);
    c->document_terms = ND_ARRAY(uint32_t, c->document_count);
    c->idf = ND_ARRAY(double, terms);
    invert(c);
    c->idf_max = nd_idf(c->passage_count, 0);
    for (uint32_t i = 0; i < terms; i++) {
        c->exact[i] = nd_view_starts(nd_strmap_at(&c->terms, i), "=");
        c->idf[i] = nd_idf(c->passage_count, c->passage_df[i]);
    }
    c->unit_length = mean_length(&c->unit_terms, true);
    c->passage_length = mean_length(&c->passage_terms, false);
    double all = 0;
    for (size_t d = 0; d < c->document_count; d++) all += c->document_terms[d];
    c->document_length = c->document_count && all > 0 ? all / (double)c->document_count : 1;
}
