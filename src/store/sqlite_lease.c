/* Taking and releasing a run, and the commits of who holds it. */
#include "sqlite.h"
#include "ballast.h"
#include "nightdesk/base/lock.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include "rules.h"

#include <string.h>

/* A helper that a dead worker was just starting shares its lock until it is executed. */
#define HELPER_STARTS_MS 1000

/* ---- holds ---- */

static struct hold *hold_new(struct sqlite_store *s, int fd)
{
    struct hold *hold = ND_NEW(struct hold);
    hold->fd = fd;
    (void)pthread_mutex_lock(&s->mutex);
    hold->next = s->holds;
    s->holds = hold;
    (void)pthread_mutex_unlock(&s->mutex);
    return hold;
}

static void hold_end(struct sqlite_store *s, const struct hold *hold)
{
    (void)pthread_mutex_lock(&s->mutex);
    struct hold **at = &s->holds;
    while (*at && *at != hold) at = &(*at)->next;
    struct hold *found = *at;
    if (found) *at = found->next;
    (void)pthread_mutex_unlock(&s->mutex);
    if (found) nd_lock_release(found->fd);
    nd_free(found);
}

void nd_sqlite_holds_end(struct sqlite_store *s)
{
    while (s->holds) hold_end(s, s->holds);
}

/* ---- leases ---- */

/* Books every open reservation as unknown; *open_microusd is what they sum to. */
static enum nd_rc book_open(struct conn *conn, const struct run_row *run, int64_t *open_microusd,
                            struct nd_error *err)
{
    struct nd_reserve *open = NULL;
    size_t count = 0, cap = 0;
    struct nd_stmt *stmt = NULL;
    bool row = false;
    enum nd_rc rc = nd_conn_stmt(conn, SQL_RESERVES, &stmt, err);
    if (rc != ND_OK) return rc;
    nd_stmt_bind_int(stmt, 1, run->no);
    while (rc == ND_OK && (rc = nd_stmt_step(stmt, &row, err)) == ND_OK && row) {
        ND_GROW(open, count, cap);
        rc = nd_row_reserve(stmt, run->meta.run_id, &open[count], err);
        if (rc == ND_OK && open[count].state == ND_RESERVE_OPEN) count++;
    }
    nd_stmt_reset(stmt);
    *open_microusd = 0;
    for (size_t i = 0; rc == ND_OK && i < count; i++) {
        *open_microusd += open[i].amount_microusd;
        open[i].state = ND_RESERVE_UNKNOWN;
        rc = nd_row_reserve_put(conn, run->meta.run_id, run->no, &open[i], err);
    }
    nd_free(open);
    return rc;
}

static enum nd_rc take_over(struct conn *conn, const char *run_id, const char *commit_id,
                            struct nd_meta *meta, struct nd_error *err)
{
    struct run_row row;
    int64_t open_microusd = 0;
    enum nd_rc rc = nd_row_run(conn, run_id, &row, err);
    if (rc == ND_OK) rc = book_open(conn, &row, &open_microusd, err);
    if (rc == ND_OK) rc = nd_rules_take(&row.meta, open_microusd, commit_id, err);
    if (rc == ND_OK) rc = nd_row_run_set(conn, &row, err);
    if (rc == ND_OK) *meta = row.meta;
    return rc;
}

/* Locks the run's file. A run that does not exist gets none. */
static enum nd_rc lock_run(struct sqlite_store *s, const char *run_id, int *fd, struct nd_error *err)
{
    struct nd_meta meta;
    enum nd_rc rc = s->base.ops->meta(&s->base, run_id, &meta, err);
    if (rc != ND_OK) return rc;
    char *path = nd_path_join(s->locks, run_id);
    rc = nd_lock_take(path, HELPER_STARTS_MS, fd, err);
    nd_free(path);
    if (rc == ND_RETRY) (void)nd_while(err, "another worker holds run '%s'", run_id);
    return rc;
}

enum nd_rc nd_sqlite_lease_take(struct nd_store *store, const char *run_id, struct nd_lease *out,
                                struct nd_meta *meta, struct nd_error *err)
{
    struct sqlite_store *s = (struct sqlite_store *)store;
    char commit_id[33];
    struct conn *conn = NULL;
    struct nd_meta taken;
    int fd = -1;
    enum nd_rc rc = nd_rules_run_id(run_id, err);
    if (rc == ND_OK) rc = nd_random_id(s->host, commit_id, err);
    if (rc == ND_OK) rc = lock_run(s, run_id, &fd, err);
    if (rc == ND_OK) rc = nd_ballast_make(s->ballast, err);
    if (rc == ND_OK) rc = nd_write_begin(s, &conn, err);
    if (rc == ND_OK) rc = nd_write_end(s, conn, take_over(conn, run_id, commit_id, &taken, err), err);
    if (rc != ND_OK) {
        nd_lock_release(fd);
        return nd_sqlite_tell(s, run_id, rc, err);
    }
    *meta = taken;
    *out = (struct nd_lease){.fence = taken.fence, .handle = hold_new(s, fd)};
    memcpy(out->run_id, taken.run_id, sizeof out->run_id);
    return ND_OK;
}

void nd_sqlite_lease_release(struct nd_store *store, struct nd_lease *lease)
{
    if (lease->handle) hold_end((struct sqlite_store *)store, lease->handle);
    lease->handle = NULL;
}

/* ---- commits ---- */

static enum nd_rc release_reserve(struct conn *conn, int64_t no, const char *id, struct nd_error *err)
{
    struct nd_stmt *stmt = NULL;
    enum nd_rc rc = nd_conn_stmt(conn, SQL_RESERVE_RELEASE, &stmt, err);
    if (rc != ND_OK) return rc;
    nd_stmt_bind_int(stmt, 1, no);
    nd_stmt_bind_text(stmt, 2, nd_view_of(id));
    return nd_conn_run(stmt, err);
}

static enum nd_rc put_entries(struct conn *conn, struct run_row *row, const struct nd_commit *c,
                              struct nd_error *err)
{
    const char *run_id = c->meta->run_id;
    int64_t no = row->no;
    enum nd_rc rc = ND_OK;
    for (size_t i = 0; rc == ND_OK && i < c->record_count; i++) {
        rc = nd_row_record_add(conn, run_id, no, &c->records[i], err);
        row->tally[c->records[i].phase]++;
    }
    for (size_t i = 0; rc == ND_OK && i < c->reserve_count; i++)
        rc = nd_row_reserve_put(conn, run_id, no, &c->reserves[i], err);
    for (size_t i = 0; rc == ND_OK && i < c->released_count; i++)
        rc = release_reserve(conn, no, c->released[i], err);
    for (size_t i = 0; rc == ND_OK && i < c->approval_count; i++)
        rc = nd_row_approval_add(conn, run_id, no, &c->approvals[i], err);
    row->tally[TALLY_APPROVALS] += (int64_t)c->approval_count;
    if (rc == ND_OK && c->reserve_count + c->released_count > 0)
        rc = nd_row_reserve_count(conn, no, &row->tally[TALLY_RESERVES], err);
    row->meta = *c->meta;
    return rc == ND_OK ? nd_row_run_set(conn, row, err) : rc;
}

/* *done: it stands already, nothing is to be written. */
static enum nd_rc apply(struct conn *conn, const struct nd_commit *c, bool *done, struct nd_error *err)
{
    struct run_row row;
    enum nd_rc rc = nd_row_run(conn, c->meta->run_id, &row, err);
    if (rc == ND_NOT_FOUND) {
        nd_error_clear(err);
        return nd_fail(err, ND_LOST_LEASE, "run '%s' is gone", c->meta->run_id);
    }
    if (rc != ND_OK) return rc;
    switch (nd_rules_condition(&row.meta, c->meta)) {
    case ND_CONDITION_HOLDS:
        return put_entries(conn, &row, c, err);
    case ND_CONDITION_DONE:
        *done = true;
        return ND_OK;
    case ND_CONDITION_LOST:
        break;
    }
    return nd_rules_lost(&row.meta, c->meta, err);
}

enum nd_rc nd_sqlite_commit(struct nd_store *store, const struct nd_lease *lease,
                            const struct nd_commit *commit, struct nd_error *err)
{
    struct sqlite_store *s = (struct sqlite_store *)store;
    struct conn *conn = NULL;
    bool done = false;
    enum nd_rc rc = nd_rules_commit(lease, commit, ND_SQLITE_INLINE_MAX, err);
    if (rc == ND_OK) rc = nd_write_begin(s, &conn, err);
    if (rc == ND_OK) rc = nd_write_end(s, conn, apply(conn, commit, &done, err), err);
    if (rc == ND_FULL) nd_ballast_drop(s->ballast);
    return nd_sqlite_tell(s, lease->run_id, rc, err);
}
