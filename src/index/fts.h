/**
 * The full-text table: one row for each passage, in SQLite FTS5, with columns body, section and name. It is
 * asked for one term at a time; the answers are kept, so a term is looked up once however many queries use
 * it.
 */
#ifndef NIGHTDESK_INDEX_FTS_H
#define NIGHTDESK_INDEX_FTS_H

#include "nightdesk/base/db.h"

struct nd_fts;

/** BM25 of one term in one passage, for each column by itself, in millionths. */
struct nd_fts_score {
    uint32_t passage;
    int32_t body, section, name;
};
struct nd_fts_scores {
    struct nd_fts_score *v; /* by passage; owned by the table */
    size_t n;
};

enum nd_rc nd_fts_open(struct nd_fts **out, struct nd_error *err);
/** Terms are separated by spaces; rows are added in the order of the passages. */
enum nd_rc nd_fts_add(struct nd_fts *fts, struct nd_view body, struct nd_view section, struct nd_view name,
                      struct nd_error *err);
/** After the last row. */
enum nd_rc nd_fts_ready(struct nd_fts *fts, size_t terms, struct nd_error *err);
/** The passages that hold the term (its text and number). From any thread; the answer lives as long as the
 * table. */
enum nd_rc nd_fts_find(struct nd_fts *fts, uint32_t number, struct nd_view term, struct nd_fts_scores *out,
                       struct nd_error *err);
void nd_fts_close(struct nd_fts *fts);

#endif
