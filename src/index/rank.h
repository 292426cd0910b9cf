/** The one BM25 formula (k1 = 1.2) for what is ranked outside FTS5: sentences, documents, names. */
#ifndef NIGHTDESK_INDEX_RANK_H
#define NIGHTDESK_INDEX_RANK_H

double nd_bm25(double idf, double tf, double length, double mean, double b);

#endif
