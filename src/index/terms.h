/** The terms of one analysed document, numbered within it. */
#ifndef NIGHTDESK_INDEX_TERMS_H
#define NIGHTDESK_INDEX_TERMS_H

#include "analysis.h"
#include "strmap.h"
#include "vectors.h"

#include "nightdesk/index/words.h"

struct nd_doc_terms {
    struct nd_strmap terms;     /* in order of first appearance */
    struct nd_vectors units;    /* one row for each unit; empty for kinds that are not indexed */
    struct nd_vectors passages; /* sums of their units */
    struct nd_vectors sections; /* of their paths */
    struct nd_vectors name;     /* one row: title and file name */
};

/** Appends a unit of the document on one line. */
void nd_unit_text(const struct nd_view *pages, const struct nd_unit *unit,
                  const struct nd_vocabulary *vocabulary, struct nd_bytes *out);
void nd_doc_terms_make(struct nd_doc_terms *t, const struct nd_analysis *a, const char *name,
                       const struct nd_vocabulary *vocabulary);
void nd_doc_terms_release(struct nd_doc_terms *t);

#endif
