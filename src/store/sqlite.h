/**
 * The embedded store inside. Every operation takes a connection from a pool, so that reads (also those of a
 * visitor in the middle of a walk) never wait for each other; writes of this process take turns at one mutex,
 * those of other processes wait in SQLite.
 */
#ifndef STORE_SQLITE_H
#define STORE_SQLITE_H

#include "nightdesk/base/db.h"
#include "nightdesk/base/hash.h"
#include "nightdesk/base/host.h"
#include "nightdesk/core/store.h"

#include <pthread.h>
#include <stdatomic.h>

#define ND_SQLITE_INLINE_MAX ((size_t)64 << 10)
#define ND_SQLITE_PAGE_BYTES 2048
#define ND_SQLITE_CHECKPOINT_PAGES 2000

enum sql {
    SQL_BEGIN_READ,
    SQL_BEGIN,
    SQL_COMMIT,
    SQL_ROLLBACK,
    SQL_RUN_NO,
    SQL_RUN,
    SQL_RUN_ADD,
    SQL_RUN_SET,
    SQL_RUN_LIST,
    SQL_RUN_DROP,
    SQL_REQUEST,
    SQL_REQUEST_ADD,
    SQL_REQUEST_DROP,
    SQL_RECORDS,
    SQL_RECORD_ADD,
    SQL_RECORD_DROP,
    SQL_RESERVES,
    SQL_RESERVE_COUNT,
    SQL_RESERVE_PUT,
    SQL_RESERVE_RELEASE,
    SQL_RESERVE_DROP,
    SQL_APPROVALS,
    SQL_APPROVAL,
    SQL_APPROVAL_ADD,
    SQL_APPROVAL_DECIDE,
    SQL_APPROVAL_DROP,
    SQL_CONTROL,
    SQL_CONTROL_PUT,
    SQL_CONTROL_DROP,
    SQL_REF,
    SQL_REF_ADD,
    SQL_REF_ORPHANS,
    SQL_REF_DROP,
    SQL_REF_DROP_GONE,
    SQL_NAME,
    SQL_NAME_ADD,
    SQL_NAME_DROP,
    SQL_COUNT
};

struct conn {
    struct nd_db *db;
    struct nd_stmt *stmt[SQL_COUNT]; /* made when first used */
    bool unflushed;                  /* its commits are not flushed just now */
    struct conn *next;
};

/** A worker's hold on a run. */
struct hold {
    int fd;
    struct hold *next;
};

struct sqlite_store {
    struct nd_store base;
    const struct nd_host *host;
    char *folder, *db_path, *locks, *objects, *ballast;
    pthread_mutex_t mutex; /* of the pool and the holds */
    struct conn *idle;
    size_t idle_count;
    struct hold *holds;
    pthread_mutex_t writer; /* held during a write */
    atomic_bool poisoned;   /* a flush failed: nothing is written any more */
};

/* ---- connections ---- */
enum nd_rc nd_conn_take(struct sqlite_store *s, struct conn **out, struct nd_error *err);
void nd_conn_give(struct sqlite_store *s, struct conn *conn);
/** The statement, ready to bind. Reset it when done with its rows. */
enum nd_rc nd_conn_stmt(struct conn *conn, enum sql which, struct nd_stmt **out, struct nd_error *err);
/** Runs a statement that has no rows and resets it. */
enum nd_rc nd_conn_run(struct nd_stmt *stmt, struct nd_error *err);

/* ---- reads that need one snapshot for several statements ---- */
enum nd_rc nd_read_begin(struct sqlite_store *s, struct conn **out, struct nd_error *err);
void nd_read_end(struct sqlite_store *s, struct conn *conn);

/* ---- writes: begin, statements, end; end commits when rc is ND_OK, undoes otherwise, and gives what came of
 * it ---- */
enum nd_rc nd_write_begin(struct sqlite_store *s, struct conn **out, struct nd_error *err);
/**
 * The same for what only matters to something committed later. It is not flushed by itself: the log keeps the
 * order of commits, so it is on disk whenever a later one is.
 */
enum nd_rc nd_write_begin_unflushed(struct sqlite_store *s, struct conn **out, struct nd_error *err);
enum nd_rc nd_write_end(struct sqlite_store *s, struct conn *conn, enum nd_rc rc, struct nd_error *err);

/** Adds to ND_BROKEN what a person can do about it; gives rc back. */
enum nd_rc nd_sqlite_tell(struct sqlite_store *s, const char *run_id, enum nd_rc rc, struct nd_error *err);

/* ---- schema ---- */
/** Makes the tables in an empty file, or checks that they are ours and not newer. */
enum nd_rc nd_sqlite_schema_check(struct nd_db *db, const char *folder, struct nd_error *err);
/** What each connection is set to. */
enum nd_rc nd_schema_settings(struct nd_db *db, struct nd_error *err);
extern const char *const nd_schema_sql[SQL_COUNT];

/* ---- rows ---- */
/** Copies a column that must be a text shorter than size; false otherwise. */
bool nd_row_text(struct nd_stmt *stmt, int column, char *out, size_t size);
/** A column that must be within [0, max]; false otherwise. */
bool nd_row_number(struct nd_stmt *stmt, int column, unsigned max, unsigned *out);
/** Ends the seal and compares it with the column. */
bool nd_row_sealed(struct nd_stmt *stmt, int column, struct nd_sha256 *seal);
/**
 * A run's row. The tally says how many rows the run has in other tables: a damaged index may hide some
 * without SQLite noticing.
 */
enum tally {
    TALLY_APPROVALS = ND_PHASES,
    TALLY_RESERVES,
    TALLY_COUNT
}; /* before them: records of each phase */
struct run_row {
    int64_t no;
    struct nd_meta meta;
    int64_t tally[TALLY_COUNT];
};
/** The number alone; the rest of the row is not looked at. ND_NOT_FOUND */
enum nd_rc nd_row_run_no(struct conn *conn, const char *run_id, int64_t *no, struct nd_error *err);
enum nd_rc nd_row_run(struct conn *conn, const char *run_id, struct run_row *out, struct nd_error *err);
/** The row that the statement is at (SQL_RUN, SQL_RUN_LIST). */
enum nd_rc nd_row_run_read(struct nd_stmt *stmt, struct run_row *out, struct nd_error *err);
enum nd_rc nd_row_run_set(struct conn *conn, const struct run_row *row, struct nd_error *err);
/** ND_CONFLICT when the run id is taken. */
enum nd_rc nd_row_run_add(struct conn *conn, const struct nd_meta *meta, int64_t *no, struct nd_error *err);
enum nd_rc nd_row_request_add(struct conn *conn, const char *run_id, int64_t no, struct nd_view request,
                              struct nd_error *err);
enum nd_rc nd_row_request(struct conn *conn, const char *run_id, int64_t no, struct nd_bytes *out,
                          struct nd_error *err);
enum nd_rc nd_row_record_add(struct conn *conn, const char *run_id, int64_t no, const struct nd_record *r,
                             struct nd_error *err);
enum nd_rc nd_row_record(struct nd_stmt *stmt, const char *run_id, struct nd_record *out,
                         struct nd_error *err);
enum nd_rc nd_row_reserve_put(struct conn *conn, const char *run_id, int64_t no, const struct nd_reserve *r,
                              struct nd_error *err);
enum nd_rc nd_row_reserve(struct nd_stmt *stmt, const char *run_id, struct nd_reserve *out,
                          struct nd_error *err);
enum nd_rc nd_row_reserve_count(struct conn *conn, int64_t no, int64_t *out, struct nd_error *err);
enum nd_rc nd_row_approval_add(struct conn *conn, const char *run_id, int64_t no, const struct nd_approval *a,
                               struct nd_error *err);
enum nd_rc nd_row_approval_decide(struct conn *conn, const char *run_id, int64_t no,
                                  const struct nd_approval *a, struct nd_error *err);
enum nd_rc nd_row_approval(struct nd_stmt *stmt, const char *run_id, struct nd_approval *out,
                           struct nd_error *err);
enum nd_rc nd_row_control(struct conn *conn, const char *run_id, int64_t no, struct nd_control *out,
                          struct nd_error *err);
enum nd_rc nd_row_control_put(struct conn *conn, const char *run_id, int64_t no, const struct nd_control *c,
                              struct nd_error *err);

/* ---- the parts of the table that lie in other files ---- */
enum nd_rc nd_sqlite_lease_take(struct nd_store *s, const char *run_id, struct nd_lease *out,
                                struct nd_meta *meta, struct nd_error *err);
void nd_sqlite_lease_release(struct nd_store *s, struct nd_lease *lease);
void nd_sqlite_holds_end(struct sqlite_store *s);
enum nd_rc nd_sqlite_commit(struct nd_store *s, const struct nd_lease *lease, const struct nd_commit *commit,
                            struct nd_error *err);
enum nd_rc nd_sqlite_records(struct nd_store *s, const char *run_id, int phase, const char *lane,
                             nd_visit_record *visit, void *ctx, struct nd_error *err);
enum nd_rc nd_sqlite_reserves(struct nd_store *s, const char *run_id, nd_visit_reserve *visit, void *ctx,
                              struct nd_error *err);
enum nd_rc nd_sqlite_approvals(struct nd_store *s, const char *run_id, nd_visit_approval *visit, void *ctx,
                               struct nd_error *err);
enum nd_rc nd_sqlite_list(struct nd_store *s, nd_visit_meta *visit, void *ctx, struct nd_error *err);
enum nd_rc nd_sqlite_decide(struct nd_store *s, const char *run_id, const char *gate, unsigned n,
                            const char *shown_sha256, struct nd_view decision,
                            const struct nd_control *control, struct nd_error *err);
enum nd_rc nd_sqlite_control_get(struct nd_store *s, const char *run_id, struct nd_control *out,
                                 struct nd_error *err);
enum nd_rc nd_sqlite_control_put(struct nd_store *s, const char *run_id, const struct nd_control *c,
                                 struct nd_error *err);
enum nd_rc nd_sqlite_remove(struct nd_store *s, const char *run_id, struct nd_error *err);
enum nd_rc nd_sqlite_objects(struct nd_store *s, const char *run_id, struct nd_objects **out,
                             struct nd_error *err);
/** Deletes the objects that no run names any more. */
enum nd_rc nd_sqlite_sweep(struct sqlite_store *s, struct nd_error *err);

#endif
