/* What others than the lease holder write: decisions, control, removal. */
#include "sqlite.h"
#include "nightdesk/base/lock.h"
#include "ballast.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include "rules.h"

#include <string.h>
#include <unistd.h>

static enum nd_rc merge_control(struct conn *conn, const char *run_id, int64_t no,
                                const struct nd_control *more, struct nd_error *err)
{
    struct nd_control control = ND_CONTROL_NONE;
    enum nd_rc rc = nd_row_control(conn, run_id, no, &control, err);
    if (rc != ND_OK) return rc;
    nd_rules_merge(&control, more);
    return nd_row_control_put(conn, run_id, no, &control, err);
}

enum nd_rc nd_sqlite_control_get(struct nd_store *store, const char *run_id, struct nd_control *out,
                                 struct nd_error *err)
{
    struct sqlite_store *s = (struct sqlite_store *)store;
    struct conn *conn = NULL;
    int64_t no = 0;
    enum nd_rc rc = nd_conn_take(s, &conn, err);
    if (rc == ND_OK) rc = nd_row_run_no(conn, run_id, &no, err);
    if (rc == ND_OK) rc = nd_row_control(conn, run_id, no, out, err);
    nd_conn_give(s, conn);
    return nd_sqlite_tell(s, run_id, rc, err);
}

enum nd_rc nd_sqlite_control_put(struct nd_store *store, const char *run_id, const struct nd_control *c,
                                 struct nd_error *err)
{
    struct sqlite_store *s = (struct sqlite_store *)store;
    struct conn *conn = NULL;
    int64_t no = 0;
    enum nd_rc rc = nd_write_begin(s, &conn, err);
    if (rc != ND_OK) return rc;
    rc = nd_row_run_no(conn, run_id, &no, err);
    if (rc == ND_OK) rc = merge_control(conn, run_id, no, c, err);
    return nd_sqlite_tell(s, run_id, nd_write_end(s, conn, rc, err), err);
}

/* ---- decisions ---- */

struct decision {
    const char *run_id, *gate, *shown_sha256;
    unsigned n;
    struct nd_view text;
    const struct nd_control *control;
};

/* With the statement at the approval's row: what it says is borrowed from that row. */
static enum nd_rc decide_row(struct conn *conn, int64_t no, struct nd_stmt *stmt, const struct decision *d,
                             struct nd_error *err)
{
    struct nd_approval approval;
    bool again = false;
    enum nd_rc rc = nd_row_approval(stmt, d->run_id, &approval, err);
    if (rc == ND_OK) rc = nd_rules_decide(&approval, d->shown_sha256, d->text, &again, err);
    if (rc != ND_OK || again) return rc;
    approval.decision = d->text;
    rc = nd_row_approval_decide(conn, d->run_id, no, &approval, err);
    if (rc == ND_OK && d->control) rc = merge_control(conn, d->run_id, no, d->control, err);
    return rc;
}

static enum nd_rc decide(struct conn *conn, const struct decision *d, struct nd_error *err)
{
    struct nd_stmt *stmt = NULL;
    int64_t no = 0;
    bool row = false;
    enum nd_rc rc = nd_row_run_no(conn, d->run_id, &no, err);
    if (rc == ND_OK) rc = nd_conn_stmt(conn, SQL_APPROVAL, &stmt, err);
    if (rc != ND_OK) return rc;
    nd_stmt_bind_int(stmt, 1, no);
    nd_stmt_bind_text(stmt, 2, nd_view_of(d->gate));
    nd_stmt_bind_int(stmt, 3, d->n);
    rc = nd_stmt_step(stmt, &row, err);
    if (rc == ND_OK && !row)
        rc = nd_fail(err, ND_NOT_FOUND, "run '%s' has no gate '%.31s' %u", d->run_id, d->gate, d->n);
    if (rc == ND_OK) rc = decide_row(conn, no, stmt, d, err);
    nd_stmt_reset(stmt);
    return rc;
}

enum nd_rc nd_sqlite_decide(struct nd_store *store, const char *run_id, const char *gate, unsigned n,
                            const char *shown_sha256, struct nd_view decision,
                            const struct nd_control *control, struct nd_error *err)
{
    struct sqlite_store *s = (struct sqlite_store *)store;
    const struct decision d = {run_id, gate, shown_sha256, n, decision, control};
    struct conn *conn = NULL;
    enum nd_rc rc = nd_write_begin(s, &conn, err);
    if (rc == ND_OK) rc = nd_write_end(s, conn, decide(conn, &d, err), err);
    return nd_sqlite_tell(s, run_id, rc, err);
}

/* ---- removal ---- */

static enum nd_rc drop_rows(struct conn *conn, const char *run_id, struct nd_error *err)
{
    static const enum sql drops[] = {SQL_RECORD_DROP,  SQL_RESERVE_DROP, SQL_APPROVAL_DROP,
                                     SQL_CONTROL_DROP, SQL_REQUEST_DROP, SQL_RUN_DROP};
    int64_t no = 0;
    enum nd_rc rc = nd_row_run_no(conn, run_id, &no, err);
    for (size_t i = 0; rc == ND_OK && i < sizeof drops / sizeof *drops; i++) {
        struct nd_stmt *stmt = NULL;
        rc = nd_conn_stmt(conn, drops[i], &stmt, err);
        if (rc != ND_OK) break;
        nd_stmt_bind_int(stmt, 1, no);
        rc = nd_conn_run(stmt, err);
    }
    return rc;
}

static enum nd_rc remove_rows(struct sqlite_store *s, const char *run_id, struct nd_error *err)
{
    struct conn *conn = NULL;
    enum nd_rc rc = nd_write_begin(s, &conn, err);
    return rc == ND_OK ? nd_write_end(s, conn, drop_rows(conn, run_id, err), err) : rc;
}

enum nd_rc nd_sqlite_remove(struct nd_store *store, const char *run_id, struct nd_error *err)
{
    struct sqlite_store *s = (struct sqlite_store *)store;
    struct conn *conn = NULL;
    int64_t no = 0;
    int fd = -1;
    enum nd_rc rc = nd_rules_run_id(run_id, err);
    if (rc == ND_OK) rc = nd_conn_take(s, &conn, err);
    if (rc == ND_OK) rc = nd_row_run_no(conn, run_id, &no, err);
    nd_conn_give(s, conn);
    if (rc != ND_OK) return rc;
    char *lock = nd_path_join(s->locks, run_id);
    rc = nd_lock_take(lock, 0, &fd, err);
    if (rc == ND_RETRY) (void)nd_while(err, "a worker holds run '%s'", run_id);
    if (rc == ND_OK) rc = remove_rows(s, run_id, err);
    if (rc == ND_FULL) { /* who makes room must not fail for want of it */
        nd_ballast_drop(s->ballast);
        nd_error_clear(err);
        rc = remove_rows(s, run_id, err);
    }
    if (rc == ND_OK) rc = nd_sqlite_sweep(s, err);
    if (rc == ND_OK) (void)unlink(lock);
    nd_lock_release(fd);
    nd_free(lock);
    return rc;
}
