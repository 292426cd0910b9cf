#include "nightdesk/base/db.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"

#include <sqlite3.h>
#include <string.h>

#define LOCK_WAIT_MS 10000

struct nd_db {
    sqlite3 *handle;
};

struct nd_stmt {
    sqlite3_stmt *handle;
    struct nd_db *db;
    int bind_answer; /* the first failed bind, told by the next step */
};

/* Whether a write reached the disk is open after most input/output errors; reading ones changed nothing. */
static enum nd_rc rc_of_io(int answer)
{
    switch (answer) {
    case SQLITE_IOERR_NOMEM:
        nd_no_memory();
    case SQLITE_IOERR_READ:
    case SQLITE_IOERR_SHORT_READ:
    case SQLITE_IOERR_FSTAT:
    case SQLITE_IOERR_ACCESS:
    case SQLITE_IOERR_CORRUPTFS:
    case SQLITE_IOERR_DATA:
        return ND_BROKEN;
    case SQLITE_IOERR_LOCK:
    case SQLITE_IOERR_RDLOCK:
    case SQLITE_IOERR_CHECKRESERVEDLOCK:
        return ND_RETRY;
    default:
        return ND_UNKNOWN;
    }
}

static enum nd_rc rc_of(int answer)
{
    switch (answer & 0xFF) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return ND_OK;
    case SQLITE_NOMEM:
        nd_no_memory();
    case SQLITE_IOERR:
        return rc_of_io(answer);
    case SQLITE_FULL:
        return ND_FULL;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_PROTOCOL:
        return ND_RETRY;
    case SQLITE_INTERRUPT:
        return ND_STOPPED;
    case SQLITE_CONSTRAINT:
        return ND_CONFLICT;
    case SQLITE_TOOBIG:
        return ND_OVER_LIMIT;
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
    case SQLITE_READONLY:
        return ND_BAD_INPUT;
    default:
        return ND_BROKEN;
    }
}

/* A file that cannot be opened may be in order: this process or this machine has no room for it just now. */
static enum nd_rc rc_of_open(sqlite3 *handle, enum nd_rc otherwise)
{
    enum nd_rc rc = nd_rc_of_errno(sqlite3_system_errno(handle));
    return rc == ND_RETRY || rc == ND_FULL ? rc : otherwise;
}

static enum nd_rc fail(const struct nd_db *db, int answer, const char *doing, struct nd_error *err)
{
    const char *message = db->handle ? sqlite3_errmsg(db->handle) : sqlite3_errstr(answer);
    enum nd_rc rc = rc_of(answer);
    if ((answer & 0xFF) == SQLITE_CANTOPEN && db->handle) rc = rc_of_open(db->handle, rc);
    return nd_fail(err, rc, "%s: %s (sqlite %d)", doing, message, answer);
}

/* A relative path gets "./" so that a name like "file:x?mode=memory" stays a name. */
static char *plain_path(const char *path)
{
    if (path[0] == '/' || strcmp(path, ":memory:") == 0) return nd_strdup(path);
    return nd_path_join(".", path);
}

static int open_handle(struct nd_db *db, const char *path, enum nd_db_open how)
{
    static const int flags[] = {
        [ND_DB_CREATE] = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
        [ND_DB_EXISTING] = SQLITE_OPEN_READWRITE,
        [ND_DB_READONLY] = SQLITE_OPEN_READONLY,
    };
    char *plain = plain_path(path);
    int answer = sqlite3_open_v2(plain, &db->handle, flags[how], NULL);
    nd_free(plain);
    if (!db->handle) nd_no_memory();
    (void)sqlite3_extended_result_codes(db->handle, 1);
    if (answer != SQLITE_OK) return answer;
    (void)sqlite3_busy_timeout(db->handle, LOCK_WAIT_MS);
    /* a file from elsewhere must not run code of its own, nor may a statement damage the file format */
    (void)sqlite3_db_config(db->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    (void)sqlite3_db_config(db->handle, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
    return sqlite3_exec(db->handle, "PRAGMA schema_version", NULL, NULL, NULL); /* reads the file's header */
}

enum nd_rc nd_db_open(struct nd_db **out, const char *path, enum nd_db_open how, struct nd_error *err)
{
    if (!path || !*path) return nd_fail(err, ND_BAD_INPUT, "the path of a database is empty");
    struct nd_db *db = ND_NEW(struct nd_db);
    int answer = open_handle(db, path, how);
    if (answer == SQLITE_OK) {
        *out = db;
        return ND_OK;
    }
    enum nd_rc rc;
    if ((answer & 0xFF) == SQLITE_CANTOPEN && how != ND_DB_CREATE && !nd_file_exists(path)) {
        rc = nd_fail(err, ND_NOT_FOUND, "there is no database '%.160s'", path);
    } else {
        rc = fail(db, answer, "opening a database", err);
        (void)nd_while(err, "while opening '%.160s'", path);
    }
    nd_db_close(db);
    return rc;
}

void nd_db_close(struct nd_db *db)
{
    if (!db) return;
    (void)sqlite3_close_v2(db->handle);
    nd_free(db);
}

enum nd_rc nd_db_exec(struct nd_db *db, const char *sql, struct nd_error *err)
{
    int answer = sqlite3_exec(db->handle, sql, NULL, NULL, NULL);
    return answer == SQLITE_OK ? ND_OK : fail(db, answer, "running SQL", err);
}

enum nd_rc nd_db_prepare(struct nd_db *db, struct nd_stmt **out, const char *sql, struct nd_error *err)
{
    sqlite3_stmt *handle = NULL;
    const char *rest = NULL;
    int answer = sqlite3_prepare_v3(db->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &handle, &rest);
    if (answer != SQLITE_OK) return fail(db, answer, "preparing SQL", err);
    if (!handle || nd_view_trim(nd_view_of(rest)).len) {
        (void)sqlite3_finalize(handle);
        return nd_fail(err, ND_BROKEN, "one SQL statement is wanted, found '%.120s'", sql);
    }
    struct nd_stmt *s = ND_NEW(struct nd_stmt);
    s->handle = handle;
    s->db = db;
    *out = s;
    return ND_OK;
}

void nd_stmt_close(struct nd_stmt *s)
{
    if (!s) return;
    (void)sqlite3_finalize(s->handle);
    nd_free(s);
}

static void note_bind(struct nd_stmt *s, int answer)
{
    if (s->bind_answer == SQLITE_OK) s->bind_answer = answer;
}

void nd_stmt_bind_int(struct nd_stmt *s, int at, int64_t value)
{
    note_bind(s, sqlite3_bind_int64(s->handle, at, value));
}

void nd_stmt_bind_num(struct nd_stmt *s, int at, double value)
{
    note_bind(s, sqlite3_bind_double(s->handle, at, value));
}

/* A NULL pointer would bind NULL, but an empty view is empty bytes. */
static const char *never_null(struct nd_view v)
{
    return v.data ? v.data : "";
}

void nd_stmt_bind_text(struct nd_stmt *s, int at, struct nd_view text)
{
    note_bind(s, sqlite3_bind_text64(s->handle, at, never_null(text), text.len, SQLITE_STATIC, SQLITE_UTF8));
}

void nd_stmt_bind_blob(struct nd_stmt *s, int at, struct nd_view bytes)
{
    note_bind(s, sqlite3_bind_blob64(s->handle, at, never_null(bytes), bytes.len, SQLITE_STATIC));
}

void nd_stmt_bind_null(struct nd_stmt *s, int at)
{
    note_bind(s, sqlite3_bind_null(s->handle, at));
}

enum nd_rc nd_stmt_step(struct nd_stmt *s, bool *row, struct nd_error *err)
{
    if (s->bind_answer != SQLITE_OK) {
        return nd_fail(err, rc_of(s->bind_answer), "a value could not be bound in '%.120s': %s",
                       sqlite3_sql(s->handle), sqlite3_errstr(s->bind_answer));
    }
    int answer = sqlite3_step(s->handle);
    if (answer == SQLITE_ROW || answer == SQLITE_DONE) {
        *row = answer == SQLITE_ROW;
        return ND_OK;
    }
    enum nd_rc rc = fail(s->db, answer, "running a statement", err);
    (void)nd_while(err, "while running '%.160s'", sqlite3_sql(s->handle));
    (void)sqlite3_reset(s->handle);
    return rc;
}

void nd_stmt_reset(struct nd_stmt *s)
{
    (void)sqlite3_reset(s->handle); /* repeats the answer of the last step, which was told then */
    (void)sqlite3_clear_bindings(s->handle);
    s->bind_answer = SQLITE_OK;
}

int64_t nd_stmt_int(struct nd_stmt *s, int column)
{
    return sqlite3_column_int64(s->handle, column);
}

double nd_stmt_num(struct nd_stmt *s, int column)
{
    return sqlite3_column_double(s->handle, column);
}

struct nd_view nd_stmt_view(struct nd_stmt *s, int column)
{
    bool blob = sqlite3_column_type(s->handle, column) == SQLITE_BLOB;
    const void *data =
        blob ? sqlite3_column_blob(s->handle, column) : (const void *)sqlite3_column_text(s->handle, column);
    int len = sqlite3_column_bytes(s->handle, column);
    if (!data && sqlite3_errcode(s->db->handle) == SQLITE_NOMEM) nd_no_memory();
    if (!data || len < 0) return (struct nd_view){"", 0};
    return (struct nd_view){data, (size_t)len};
}

bool nd_stmt_null(struct nd_stmt *s, int column)
{
    return sqlite3_column_type(s->handle, column) == SQLITE_NULL;
}

int64_t nd_db_changes(struct nd_db *db)
{
    return sqlite3_changes64(db->handle);
}
