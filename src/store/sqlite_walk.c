/*
 * Walks. Each has a connection and a snapshot of its own for as long as it lasts, so a visitor may use the
 * store. What is visited is counted against the run's tally: rows that a damaged index hides are noticed at
 * the end of the walk.
 */
#include "sqlite.h"
#include "rules.h"

#include <limits.h>

struct walk {
    struct sqlite_store *store;
    const char *run_id;
    struct conn *conn;
    struct run_row run;
    struct nd_stmt *stmt;
    int64_t visited;
};

/* Readies a statement whose first parameter is the run's number. */
static enum nd_rc walk_begin(struct walk *w, struct nd_store *store, const char *run_id, enum sql which,
                             struct nd_error *err)
{
    *w = (struct walk){.store = (struct sqlite_store *)store, .run_id = run_id};
    enum nd_rc rc = nd_read_begin(w->store, &w->conn, err);
    if (rc == ND_OK) rc = nd_row_run(w->conn, run_id, &w->run, err);
    if (rc == ND_OK) rc = nd_conn_stmt(w->conn, which, &w->stmt, err);
    if (rc == ND_OK) nd_stmt_bind_int(w->stmt, 1, w->run.no);
    return nd_sqlite_tell(w->store, run_id, rc, err);
}

static enum nd_rc walk_next(struct walk *w, bool *row, struct nd_error *err)
{
    enum nd_rc rc = nd_stmt_step(w->stmt, row, err);
    if (rc == ND_OK && *row) w->visited++;
    return nd_sqlite_tell(w->store, w->run_id, rc, err);
}

/* @param wanted  rows that there should have been; negative when that is not known */
static enum nd_rc walk_end(struct walk *w, int64_t wanted, enum nd_rc rc, struct nd_error *err)
{
    if (w->stmt) nd_stmt_reset(w->stmt);
    nd_read_end(w->store, w->conn);
    if (rc != ND_OK || wanted < 0 || wanted == w->visited) return rc;
    rc = nd_fail(err, ND_BROKEN, "%lld of %lld rows of run '%s' were found", (long long)w->visited,
                 (long long)wanted, w->run_id);
    return nd_sqlite_tell(w->store, w->run_id, rc, err);
}

/* ---- records ---- */

static enum nd_rc read_record(struct walk *w, struct nd_record *record, struct nd_error *err)
{
    struct nd_record before = *record;
    enum nd_rc rc = nd_row_record(w->stmt, w->run_id, record, err);
    if (rc == ND_OK && w->visited > 1 && nd_rules_record_order(&before, record) >= 0)
        rc = nd_fail(err, ND_BROKEN, "the records of run '%s' are out of order", w->run_id);
    return nd_sqlite_tell(w->store, w->run_id, rc, err);
}

static int64_t records_wanted(const struct walk *w, int phase, const char *lane)
{
    int64_t all = 0;
    if (lane) return -1;
    if (phase >= ND_PHASES) return 0;
    if (phase >= 0) return w->run.tally[phase];
    for (size_t i = 0; i < ND_PHASES; i++) all += w->run.tally[i];
    return all;
}

enum nd_rc nd_sqlite_records(struct nd_store *store, const char *run_id, int phase, const char *lane,
                             nd_visit_record *visit, void *ctx, struct nd_error *err)
{
    struct walk w;
    struct nd_record record = {0};
    bool row = false;
    enum nd_rc rc = walk_begin(&w, store, run_id, SQL_RECORDS, err);
    if (rc == ND_OK) {
        nd_stmt_bind_int(w.stmt, 2, phase < 0 ? 0 : phase);
        nd_stmt_bind_int(w.stmt, 3, phase < 0 ? INT_MAX : phase);
        if (lane) nd_stmt_bind_text(w.stmt, 4, nd_view_of(lane));
    }
    while (rc == ND_OK && (rc = walk_next(&w, &row, err)) == ND_OK && row) {
        rc = read_record(&w, &record, err);
        if (rc == ND_OK) rc = visit(ctx, &record, err);
    }
    return walk_end(&w, rc == ND_OK ? records_wanted(&w, phase, lane) : -1, rc, err);
}

/* ---- the others ---- */

enum nd_rc nd_sqlite_reserves(struct nd_store *store, const char *run_id, nd_visit_reserve *visit, void *ctx,
                              struct nd_error *err)
{
    struct walk w;
    struct nd_reserve reserve;
    bool row = false;
    enum nd_rc rc = walk_begin(&w, store, run_id, SQL_RESERVES, err);
    while (rc == ND_OK && (rc = walk_next(&w, &row, err)) == ND_OK && row) {
        rc = nd_sqlite_tell(w.store, run_id, nd_row_reserve(w.stmt, run_id, &reserve, err), err);
        if (rc == ND_OK) rc = visit(ctx, &reserve, err);
    }
    return walk_end(&w, rc == ND_OK ? w.run.tally[TALLY_RESERVES] : -1, rc, err);
}

enum nd_rc nd_sqlite_approvals(struct nd_store *store, const char *run_id, nd_visit_approval *visit,
                               void *ctx, struct nd_error *err)
{
    struct walk w;
    struct nd_approval approval;
    bool row = false;
    enum nd_rc rc = walk_begin(&w, store, run_id, SQL_APPROVALS, err);
    while (rc == ND_OK && (rc = walk_next(&w, &row, err)) == ND_OK && row) {
        rc = nd_sqlite_tell(w.store, run_id, nd_row_approval(w.stmt, run_id, &approval, err), err);
        if (rc == ND_OK) rc = visit(ctx, &approval, err);
    }
    return walk_end(&w, rc == ND_OK ? w.run.tally[TALLY_APPROVALS] : -1, rc, err);
}

#define UNREAD_MAX 100 /* a damaged table may lead in circles */

/* Heads that could not be read hide no other run; the first reason is told when all were visited. */
struct unread {
    unsigned count;
    struct nd_error why;
};

static enum nd_rc list_row(struct sqlite_store *s, struct nd_stmt *stmt, nd_visit_meta *visit, void *ctx,
                           struct unread *unread, struct nd_error *err)
{
    struct run_row run;
    struct nd_error why = {0};
    enum nd_rc rc = nd_row_run_read(stmt, &run, &why);
    if (rc == ND_OK) return visit(ctx, &run.meta, err);
    if (unread->count++ == 0) {
        (void)nd_sqlite_tell(s, "RUN", rc, &why);
        unread->why = why;
    }
    return ND_OK;
}

enum nd_rc nd_sqlite_list(struct nd_store *store, nd_visit_meta *visit, void *ctx, struct nd_error *err)
{
    struct sqlite_store *s = (struct sqlite_store *)store;
    struct conn *conn = NULL;
    struct nd_stmt *stmt = NULL;
    struct unread unread = {0};
    bool row = false;
    enum nd_rc rc = nd_conn_take(s, &conn, err);
    if (rc == ND_OK) rc = nd_conn_stmt(conn, SQL_RUN_LIST, &stmt, err);
    while (rc == ND_OK && unread.count < UNREAD_MAX && (rc = nd_stmt_step(stmt, &row, err)) == ND_OK && row)
        rc = list_row(s, stmt, visit, ctx, &unread, err);
    if (stmt) nd_stmt_reset(stmt);
    nd_conn_give(s, conn);
    if (rc != ND_OK || unread.count == 0) return rc;
    if (err) *err = unread.why;
    return unread.why.rc;
}
