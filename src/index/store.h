/** What a collection holds inside. */
#ifndef NIGHTDESK_INDEX_STORE_H
#define NIGHTDESK_INDEX_STORE_H

#include "fts.h"
#include "strmap.h"
#include "vectors.h"
#include "vocabulary.h"

#include "nightdesk/index/collection.h"

/* Languages of a query's stems as bits; beyond the 30th they share one. */
#define ND_LANG_NONE (UINT32_C(1) << 31)
static inline uint32_t nd_lang_bit(size_t i)
{
    return UINT32_C(1) << (i < 30 ? i : 30);
}

struct nd_collection {
    const struct nd_sources *sources;
    struct nd_bytes *blobs; /* owned page texts, one for each document; NULL when they are borrowed */
    size_t blob_count;
    struct nd_pages *pages; /* of each document */
    struct nd_document *documents;
    size_t document_count;
    struct nd_unit *units;
    size_t unit_count;
    struct nd_passage *passages;
    size_t passage_count;
    struct nd_section *sections;
    size_t section_count;
    struct nd_vocabulary *vocabulary;
    const char **langs; /* of the documents, each once, the one of most documents first */
    size_t lang_count;

    struct nd_strmap terms; /* exact forms start with '=' */
    bool *exact;
    uint32_t *passage_df, *document_df;
    struct nd_vectors unit_terms, passage_terms, section_terms, name_terms;
    struct nd_vectors term_documents; /* for each term the documents and how often it stands in each */
    uint32_t *document_terms;         /* how many terms each document has */
    double unit_length, passage_length, document_length; /* means, in terms */
    double *idf;                                         /* over passages, by term */
    double idf_max;

    struct nd_fts *fts;
};

/** idf = log(1 + (n - df + .5) / (df + .5)), rounded to millionths so that no last bit of log() can matter.
 */
double nd_idf(size_t rows, uint32_t df);

#endif
