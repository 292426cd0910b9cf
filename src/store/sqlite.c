#include "sqlite.h"
#include "nightdesk/base/lock.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include "nightdesk/store/store.h"
#include "rules.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define DATABASE_MIN_BYTES 512 /* SQLite takes a shorter file for a new one */
#define TABLES_WAIT_MS 10000   /* for another process that makes or checks the tables */
#define IDLE_MAX 8             /* connections kept open for the next one who asks */

/* ---- connections ---- */

static void conn_close(struct conn *conn)
{
    if (!conn) return;
    for (size_t i = 0; i < SQL_COUNT; i++) nd_stmt_close(conn->stmt[i]);
    nd_db_close(conn->db);
    nd_free(conn);
}

static enum nd_rc conn_open(struct sqlite_store *s, struct conn **out, struct nd_error *err)
{
    struct conn *conn = ND_NEW(struct conn);
    enum nd_rc rc = nd_db_open(&conn->db, s->db_path, ND_DB_EXISTING, err);
    if (rc == ND_OK) rc = nd_schema_settings(conn->db, err);
    if (rc == ND_OK) {
        *out = conn;
    } else {
        conn_close(conn);
    }
    return rc;
}

enum nd_rc nd_conn_take(struct sqlite_store *s, struct conn **out, struct nd_error *err)
{
    (void)pthread_mutex_lock(&s->mutex);
    struct conn *conn = s->idle;
    if (conn) {
        s->idle = conn->next;
        s->idle_count--;
    }
    (void)pthread_mutex_unlock(&s->mutex);
    if (!conn) return conn_open(s, out, err);
    *out = conn;
    return ND_OK;
}

void nd_conn_give(struct sqlite_store *s, struct conn *conn)
{
    if (!conn) return;
    (void)pthread_mutex_lock(&s->mutex);
    bool keep = s->idle_count < IDLE_MAX && !atomic_load(&s->poisoned);
    if (keep) {
        conn->next = s->idle;
        s->idle = conn;
        s->idle_count++;
    }
    (void)pthread_mutex_unlock(&s->mutex);
    if (!keep) conn_close(conn);
}

enum nd_rc nd_conn_stmt(struct conn *conn, enum sql which, struct nd_stmt **out, struct nd_error *err)
{
    if (!conn->stmt[which]) {
        enum nd_rc rc = nd_db_prepare(conn->db, &conn->stmt[which], nd_schema_sql[which], err);
        if (rc != ND_OK) return rc;
    }
    *out = conn->stmt[which];
    return ND_OK;
}

enum nd_rc nd_conn_run(struct nd_stmt *stmt, struct nd_error *err)
{
    bool row = false;
    enum nd_rc rc = nd_stmt_step(stmt, &row, err);
    nd_stmt_reset(stmt);
    return rc;
}

static enum nd_rc run_plain(struct conn *conn, enum sql which, struct nd_error *err)
{
    struct nd_stmt *stmt = NULL;
    enum nd_rc rc = nd_conn_stmt(conn, which, &stmt, err);
    return rc == ND_OK ? nd_conn_run(stmt, err) : rc;
}

/* ---- snapshots ---- */

enum nd_rc nd_read_begin(struct sqlite_store *s, struct conn **out, struct nd_error *err)
{
    struct conn *conn = NULL;
    enum nd_rc rc = nd_conn_take(s, &conn, err);
    if (rc == ND_OK) rc = run_plain(conn, SQL_BEGIN_READ, err);
    if (rc == ND_OK) {
        *out = conn;
    } else {
        nd_conn_give(s, conn);
    }
    return rc;
}

void nd_read_end(struct sqlite_store *s, struct conn *conn)
{
    if (conn) (void)run_plain(conn, SQL_COMMIT, NULL);
    nd_conn_give(s, conn);
}

/* ---- writes ---- */

static enum nd_rc flush_commits(struct conn *conn, bool flush, struct nd_error *err)
{
    if (conn->unflushed == !flush) return ND_OK;
    enum nd_rc rc =
        nd_db_exec(conn->db, flush ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL", err);
    if (rc == ND_OK) conn->unflushed = !flush;
    return rc;
}

static enum nd_rc write_begin(struct sqlite_store *s, bool flush, struct conn **out, struct nd_error *err)
{
    struct conn *conn = NULL;
    (void)pthread_mutex_lock(&s->writer);
    enum nd_rc rc = nd_conn_take(s, &conn, err);
    if (rc == ND_OK && atomic_load(&s->poisoned))
        rc = nd_fail(err, ND_UNKNOWN, "an earlier write to store '%.160s' could not be flushed", s->folder);
    if (rc == ND_OK) rc = flush_commits(conn, flush, err);
    if (rc == ND_OK) rc = run_plain(conn, SQL_BEGIN, err);
    if (rc == ND_OK) {
        *out = conn;
        return ND_OK;
    }
    nd_conn_give(s, conn);
    (void)pthread_mutex_unlock(&s->writer);
    return rc;
}

enum nd_rc nd_write_begin(struct sqlite_store *s, struct conn **out, struct nd_error *err)
{
    return write_begin(s, true, out, err);
}

enum nd_rc nd_write_begin_unflushed(struct sqlite_store *s, struct conn **out, struct nd_error *err)
{
    return write_begin(s, false, out, err);
}

enum nd_rc nd_write_end(struct sqlite_store *s, struct conn *conn, enum nd_rc rc, struct nd_error *err)
{
    if (rc == ND_OK) rc = run_plain(conn, SQL_COMMIT, err);
    if (rc != ND_OK)
        (void)run_plain(conn, SQL_ROLLBACK, NULL); /* after some failures SQLite has done it already */
    if (rc == ND_UNKNOWN) atomic_store(&s->poisoned, true);
    nd_conn_give(s, conn);
    (void)pthread_mutex_unlock(&s->writer);
    return rc;
}

enum nd_rc nd_sqlite_tell(struct sqlite_store *s, const char *run_id, enum nd_rc rc, struct nd_error *err)
{
    if (rc == ND_BROKEN) {
        (void)nd_while(
            err,
            "store '%.100s' is damaged: put back a copy of it, or remove the run with 'nightdesk delete"
            " %.64s'",
            s->folder, run_id);
    }
    return rc;
}

/* ---- runs ---- */

static enum nd_rc add_run(struct conn *conn, const struct nd_meta *meta, struct nd_view request,
                          struct nd_error *err)
{
    int64_t no = 0;
    enum nd_rc rc = nd_row_run_add(conn, meta, &no, err);
    if (rc == ND_OK) rc = nd_row_request_add(conn, meta->run_id, no, request, err);
    if (rc == ND_OK) rc = nd_row_control_put(conn, meta->run_id, no, &ND_CONTROL_NONE, err);
    return rc;
}

static enum nd_rc sqlite_create(struct nd_store *store, const struct nd_meta *meta, struct nd_view request,
                                struct nd_error *err)
{
    struct sqlite_store *s = (struct sqlite_store *)store;
    struct conn *conn = NULL;
    enum nd_rc rc = nd_rules_create(meta, request, err);
    if (rc == ND_OK) rc = nd_write_begin(s, &conn, err);
    if (rc == ND_OK) rc = nd_write_end(s, conn, add_run(conn, meta, request, err), err);
    return rc;
}

static enum nd_rc sqlite_meta(struct nd_store *store, const char *run_id, struct nd_meta *out,
                              struct nd_error *err)
{
    struct sqlite_store *s = (struct sqlite_store *)store;
    struct conn *conn = NULL;
    struct run_row row;
    enum nd_rc rc = nd_conn_take(s, &conn, err);
    if (rc == ND_OK) rc = nd_row_run(conn, run_id, &row, err);
    nd_conn_give(s, conn);
    if (rc == ND_OK) *out = row.meta;
    return nd_sqlite_tell(s, run_id, rc, err);
}

static enum nd_rc sqlite_request(struct nd_store *store, const char *run_id, struct nd_bytes *out,
                                 struct nd_error *err)
{
    struct sqlite_store *s = (struct sqlite_store *)store;
    struct conn *conn = NULL;
    int64_t no = 0;
    enum nd_rc rc = nd_conn_take(s, &conn, err);
    if (rc == ND_OK) rc = nd_row_run_no(conn, run_id, &no, err);
    if (rc == ND_OK) rc = nd_row_request(conn, run_id, no, out, err);
    nd_conn_give(s, conn);
    return nd_sqlite_tell(s, run_id, rc, err);
}

/* ---- opening and closing ---- */

static void sqlite_close(struct nd_store *store)
{
    struct sqlite_store *s = (struct sqlite_store *)store;
    nd_sqlite_holds_end(s);
    while (s->idle) {
        struct conn *conn = s->idle;
        s->idle = conn->next;
        conn_close(conn);
    }
    (void)pthread_mutex_destroy(&s->mutex);
    (void)pthread_mutex_destroy(&s->writer);
    nd_free(s->folder);
    nd_free(s->db_path);
    nd_free(s->locks);
    nd_free(s->objects);
    nd_free(s->ballast);
    nd_free(s);
}

static const struct nd_store_ops sqlite_ops = {
    .name = "sqlite",
    .inline_max = ND_SQLITE_INLINE_MAX,
    .create = sqlite_create,
    .meta = sqlite_meta,
    .request = sqlite_request,
    .lease_take = nd_sqlite_lease_take,
    .lease_release = nd_sqlite_lease_release,
    .commit = nd_sqlite_commit,
    .records = nd_sqlite_records,
    .reserves = nd_sqlite_reserves,
    .approvals = nd_sqlite_approvals,
    .decide = nd_sqlite_decide,
    .control_get = nd_sqlite_control_get,
    .control_put = nd_sqlite_control_put,
    .list = nd_sqlite_list,
    .remove = nd_sqlite_remove,
    .objects = nd_sqlite_objects,
    .close = sqlite_close,
};

static struct sqlite_store *new_store(const char *folder, const struct nd_host *host)
{
    struct sqlite_store *s = ND_NEW(struct sqlite_store);
    s->base.ops = &sqlite_ops;
    s->host = host;
    s->folder = nd_strdup(folder);
    s->db_path = nd_path_join(folder, "nightdesk.db");
    s->locks = nd_path_join(folder, "locks");
    s->objects = nd_path_join(folder, "objects");
    s->ballast = nd_path_join(folder, "ballast");
    (void)pthread_mutex_init(&s->mutex, NULL);
    (void)pthread_mutex_init(&s->writer, NULL);
    atomic_init(&s->poisoned, false);
    return s;
}

static enum nd_rc check_folder(struct sqlite_store *s, bool create, struct nd_error *err)
{
    enum nd_rc rc = ND_OK;
    struct stat info = {0};
    bool there = stat(s->db_path, &info) == 0 && info.st_size > 0;
    if (there && info.st_size < DATABASE_MIN_BYTES) {
        return nd_fail(err, ND_BROKEN, "'%.160s' was cut off: it has %lld bytes", s->db_path,
                       (long long)info.st_size);
    }
    if (create) {
        rc = nd_file_mkdirs(s->folder, err);
    } else if (!there) {
        rc = nd_fail(err, ND_NOT_FOUND, "there is no store in '%.200s'", s->folder);
    }
    if (rc == ND_OK && access(s->folder, R_OK | W_OK | X_OK) != 0)
        rc = nd_fail(err, ND_BAD_INPUT, "the folder of the store, '%.160s', cannot be written", s->folder);
    if (rc == ND_OK) rc = nd_file_mkdirs(s->locks, err);
    if (rc == ND_OK) rc = nd_file_mkdirs(s->objects, err);
    return rc;
}

/* One process at a time makes or checks the tables: changing the journal mode of a new file is not a
 * transaction. */
static enum nd_rc check_database(struct sqlite_store *s, bool create, struct nd_error *err)
{
    struct nd_db *db = NULL;
    char *path = nd_path_join(s->locks, ".tables");
    int lock = -1;
    enum nd_rc rc = nd_lock_take(path, TABLES_WAIT_MS, &lock, err);
    if (rc == ND_OK) rc = nd_db_open(&db, s->db_path, create ? ND_DB_CREATE : ND_DB_EXISTING, err);
    if (rc == ND_OK) rc = nd_schema_settings(db, err);
    if (rc == ND_OK) rc = nd_sqlite_schema_check(db, s->folder, err);
    nd_db_close(db);
    if (rc == ND_OK && create) rc = nd_file_fsync_dir(s->folder, err);
    nd_lock_release(lock);
    nd_free(path);
    return rc;
}

enum nd_rc nd_store_sqlite_open(struct nd_store **out, const char *folder, bool create,
                                const struct nd_host *host, struct nd_error *err)
{
    struct sqlite_store *s = new_store(folder, host);
    enum nd_rc rc = check_folder(s, create, err);
    if (rc == ND_OK) rc = check_database(s, create, err);
    if (rc == ND_OK) {
        *out = &s->base;
        return ND_OK;
    }
    if (rc == ND_BROKEN)
        (void)nd_while(err,
                       "store '%.100s' cannot be used: put back a copy of it, or choose another with --store",
                       folder);
    sqlite_close(&s->base);
    return rc;
}
