/* Walks: each has a connection of its own for as long as it lasts, so a visitor may use the store. */
#include "sqlite.h"

#include <limits.h>

enum nd_rc nd_sqlite_records(struct nd_store *store, const char *run_id, int phase, const char *lane,
                             nd_visit_record *visit, void *ctx, struct nd_error *err)
{
    struct sqlite_store *s = (struct sqlite_store *)store;
    struct conn *conn = NULL;
    struct nd_stmt *stmt = NULL;
    struct nd_record record;
    int64_t no = 0;
    bool row = false;
    enum nd_rc rc = nd_conn_take(s, &conn, err);
    if (rc == ND_OK) rc = nd_row_run(conn, run_id, &no, NULL, err);
    if (rc == ND_OK) rc = nd_conn_stmt(conn, SQL_RECORDS, &stmt, err);
    if (rc == ND_OK) {
        nd_stmt_bind_int(stmt, 1, no);
        nd_stmt_bind_int(stmt, 2, phase < 0 ? 0 : phase);
        nd_stmt_bind_int(stmt, 3, phase < 0 ? INT_MAX : phase);
        if (lane) nd_stmt_bind_text(stmt, 4, nd_view_of(lane));
        while (rc == ND_OK && (rc = nd_stmt_step(stmt, &row, err)) == ND_OK && row) {
            rc = nd_sqlite_tell(s, run_id, nd_row_record(stmt, run_id, &record, err), err);
            if (rc == ND_OK) rc = visit(ctx, &record, err);
        }
        nd_stmt_reset(stmt);
    }
    nd_conn_give(s, conn);
    return rc;
}

/* Takes a connection and readies a statement whose one parameter is the run's number. */
static enum nd_rc walk_begin(struct sqlite_store *s, const char *run_id, enum sql which, struct conn **conn,
                             struct nd_stmt **stmt, struct nd_error *err)
{
    int64_t no = 0;
    enum nd_rc rc = nd_conn_take(s, conn, err);
    if (rc == ND_OK) rc = nd_row_run(*conn, run_id, &no, NULL, err);
    if (rc == ND_OK) rc = nd_conn_stmt(*conn, which, stmt, err);
    if (rc == ND_OK) nd_stmt_bind_int(*stmt, 1, no);
    return rc;
}

static void walk_end(struct sqlite_store *s, struct conn *conn, struct nd_stmt *stmt)
{
    if (stmt) nd_stmt_reset(stmt);
    nd_conn_give(s, conn);
}

enum nd_rc nd_sqlite_reserves(struct nd_store *store, const char *run_id, nd_visit_reserve *visit, void *ctx,
                              struct nd_error *err)
{
    struct sqlite_store *s = (struct sqlite_store *)store;
    struct conn *conn = NULL;
    struct nd_stmt *stmt = NULL;
    struct nd_reserve reserve;
    bool row = false;
    enum nd_rc rc = walk_begin(s, run_id, SQL_RESERVES, &conn, &stmt, err);
    while (rc == ND_OK && (rc = nd_stmt_step(stmt, &row, err)) == ND_OK && row) {
        rc = nd_sqlite_tell(s, run_id, nd_row_reserve(stmt, run_id, &reserve, err), err);
        if (rc == ND_OK) rc = visit(ctx, &reserve, err);
    }
    walk_end(s, conn, stmt);
    return rc;
}

enum nd_rc nd_sqlite_approvals(struct nd_store *store, const char *run_id, nd_visit_approval *visit,
                               void *ctx, struct nd_error *err)
{
    struct sqlite_store *s = (struct sqlite_store *)store;
    struct conn *conn = NULL;
    struct nd_stmt *stmt = NULL;
    struct nd_approval approval;
    bool row = false;
    enum nd_rc rc = walk_begin(s, run_id, SQL_APPROVALS, &conn, &stmt, err);
    while (rc == ND_OK && (rc = nd_stmt_step(stmt, &row, err)) == ND_OK && row) {
        rc = nd_sqlite_tell(s, run_id, nd_row_approval(stmt, run_id, &approval, err), err);
        if (rc == ND_OK) rc = visit(ctx, &approval, err);
    }
    walk_end(s, conn, stmt);
    return rc;
}

enum nd_rc nd_sqlite_list(struct nd_store *store, nd_visit_meta *visit, void *ctx, struct nd_error *err)
{
    struct sqlite_store *s = (struct sqlite_store *)store;
    struct conn *conn = NULL;
    struct nd_stmt *stmt = NULL;
    struct nd_meta meta;
    bool row = false;
    enum nd_rc rc = nd_conn_take(s, &conn, err);
    if (rc == ND_OK) rc = nd_conn_stmt(conn, SQL_RUN_LIST, &stmt, err);
    while (rc == ND_OK && (rc = nd_stmt_step(stmt, &row, err)) == ND_OK && row) {
        rc = nd_sqlite_tell(s, "RUN", nd_row_meta(stmt, 0, &meta, err), err);
        if (rc == ND_OK) rc = visit(ctx, &meta, err);
    }
    walk_end(s, conn, stmt);
    return rc;
}
