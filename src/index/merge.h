/** From what was made of each document by itself to one collection: numbers moved, terms numbered anew,
 * weights. */
#ifndef NIGHTDESK_INDEX_MERGE_H
#define NIGHTDESK_INDEX_MERGE_H

#include "store.h"
#include "terms.h"

/** What the threads make of one document. */
struct nd_job {
    struct nd_analysis analysis;
    struct nd_vocabulary *words;
    struct nd_doc_terms terms;
};

/** Units, passages and sections of all documents side by side; takes the sections' strings. */
void nd_merge_layouts(struct nd_collection *c, struct nd_job *jobs);
/** One numbering of terms, by document and first appearance; releases the documents' own. */
void nd_merge_terms(struct nd_collection *c, struct nd_job *jobs);
/** The documents' languages, the one of most documents first: its words of grammar are left out of queries.
 */
void nd_list_languages(struct nd_collection *c);
/** Document frequencies, inverted lists, idf, mean lengths. */
void nd_weigh(struct nd_collection *c);

#endif
