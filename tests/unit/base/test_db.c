#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/db.h"
#include "nightdesk/base/file.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

/* These stand in for libc's, also for the library: a sync can be made to fail. */
static int sync_errno;

static int sync_or_fail(long call, int fd)
{
    if (!sync_errno) return (int)syscall(call, fd);
    errno = sync_errno;
    return -1;
}

__attribute__((visibility("default"))) int fsync(int fd)
{
    return sync_or_fail(SYS_fsync, fd);
}

__attribute__((visibility("default"))) int fdatasync(int fd)
{
    return sync_or_fail(SYS_fdatasync, fd);
}

static struct nd_db *opened(const char *path, enum nd_db_open how)
{
    struct nd_db *db = NULL;
    struct nd_error err = {0};
    nd_ck_ok(nd_db_open(&db, path, how, &err), &err);
    return db;
}

static void run(struct nd_db *db, const char *sql)
{
    struct nd_error err = {0};
    nd_ck_ok(nd_db_exec(db, sql, &err), &err);
}

static struct nd_stmt *prepared(struct nd_db *db, const char *sql)
{
    struct nd_stmt *s = NULL;
    struct nd_error err = {0};
    nd_ck_ok(nd_db_prepare(db, &s, sql, &err), &err);
    return s;
}

static bool stepped(struct nd_stmt *s)
{
    bool row = false;
    struct nd_error err = {0};
    nd_ck_ok(nd_stmt_step(s, &row, &err), &err);
    return row;
}

START_TEST(values_of_all_kinds_come_back)
{
    struct nd_db *db = opened(":memory:", ND_DB_CREATE);
    run(db, "CREATE TABLE t (i, d, s, b, n); CREATE INDEX x ON t (i);");
    struct nd_stmt *put = prepared(db, "INSERT INTO t VALUES (?, ?, ?, ?, ?)");
    for (int64_t i = 0; i < 2; i++) {
        nd_stmt_bind_int(put, 1, INT64_MIN + i);
        nd_stmt_bind_num(put, 2, 0.1);
        nd_stmt_bind_text(put, 3, i ? ND_VIEW("h\xC3\xA9") : (struct nd_view){NULL, 0});
        nd_stmt_bind_blob(put, 4, i ? (struct nd_view){"\0\xFF\0", 3} : (struct nd_view){NULL, 0});
        nd_stmt_bind_null(put, 5);
        ck_assert(!stepped(put));
        ck_assert_int_eq(nd_db_changes(db), 1);
        nd_stmt_reset(put);
    }
    struct nd_stmt *get = prepared(db, "SELECT * FROM t ORDER BY i DESC; ");
    ck_assert(stepped(get));
    ck_assert_int_eq(nd_stmt_int(get, 0), INT64_MIN + 1);
    ck_assert(nd_stmt_num(get, 1) == 0.1);
    nd_ck_view(nd_stmt_view(get, 2), "h\xC3\xA9");
    ck_assert(nd_view_eq(nd_stmt_view(get, 3), (struct nd_view){"\0\xFF\0", 3}));
    ck_assert(nd_stmt_null(get, 4));
    ck_assert(!nd_stmt_null(get, 3));
    nd_ck_view(nd_stmt_view(get, 4), "");
    ck_assert(stepped(get));
    ck_assert(!nd_stmt_null(get, 2));
    ck_assert(!nd_stmt_null(get, 3));
    nd_ck_view(nd_stmt_view(get, 2), "");
    nd_ck_view(nd_stmt_view(get, 3), "");
    nd_ck_view(nd_stmt_view(get, 0), "-9223372036854775808");
    ck_assert(!stepped(get));
    nd_stmt_close(get);
    nd_stmt_close(put);
    nd_stmt_close(NULL);
    nd_db_close(db);
    nd_db_close(NULL);
}
END_TEST

START_TEST(a_reset_clears_the_bindings)
{
    struct nd_db *db = opened(":memory:", ND_DB_CREATE);
    struct nd_stmt *s = prepared(db, "SELECT ?");
    nd_stmt_bind_int(s, 1, 7);
    ck_assert(stepped(s));
    nd_stmt_reset(s);
    ck_assert(stepped(s));
    ck_assert(nd_stmt_null(s, 0));
    nd_stmt_close(s);
    nd_db_close(db);
}
END_TEST

START_TEST(mistakes_are_broken_and_name_the_sql)
{
    struct nd_db *db = opened(":memory:", ND_DB_CREATE);
    struct nd_stmt *s = NULL;
    struct nd_error err = {0};
    bool row = false;
    nd_ck_rc(nd_db_exec(db, "SELEKT", &err), ND_BROKEN, &err);
    nd_ck_note(&err, "SELEKT");
    nd_ck_rc(nd_db_prepare(db, &s, "SELECT * FROM none", &err), ND_BROKEN, &err);
    nd_ck_note(&err, "none");
    nd_ck_rc(nd_db_prepare(db, &s, "SELECT 1; SELECT 2", &err), ND_BROKEN, &err);
    nd_ck_rc(nd_db_prepare(db, &s, " ", &err), ND_BROKEN, &err);
    s = prepared(db, "SELECT ?");
    nd_stmt_bind_int(s, 2, 7);
    nd_ck_rc(nd_stmt_step(s, &row, &err), ND_BROKEN, &err);
    nd_ck_note(&err, "could not be bound");
    nd_stmt_reset(s);
    ck_assert(stepped(s));
    nd_stmt_close(s);
    nd_db_close(db);
}
END_TEST

START_TEST(a_broken_constraint_is_a_conflict)
{
    struct nd_db *db = opened(":memory:", ND_DB_CREATE);
    struct nd_error err = {0};
    bool row = false;
    run(db, "CREATE TABLE t (k PRIMARY KEY); INSERT INTO t VALUES ('a')");
    struct nd_stmt *s = prepared(db, "INSERT INTO t VALUES ('a')");
    nd_ck_rc(nd_stmt_step(s, &row, &err), ND_CONFLICT, &err);
    nd_ck_note(&err, "INSERT INTO t");
    nd_stmt_close(s);
    nd_db_close(db);
}
END_TEST

START_TEST(databases_that_cannot_be_opened_say_why)
{
    struct nd_db *db = NULL;
    struct nd_error err = {0};
    const char *text = nd_test_path("text");
    nd_ck_ok(nd_file_write(text, ND_VIEW("this is certainly no database, it is a text of many bytes"), &err),
             &err);
    nd_ck_rc(nd_db_open(&db, text, ND_DB_EXISTING, &err), ND_BROKEN, &err);
    nd_ck_note(&err, "/text'");
    nd_ck_rc(nd_db_open(&db, text, ND_DB_CREATE, &err), ND_BROKEN, &err);
    nd_ck_rc(nd_db_open(&db, nd_test_path("none"), ND_DB_EXISTING, &err), ND_NOT_FOUND, &err);
    nd_ck_note(&err, "/none'");
    nd_ck_rc(nd_db_open(&db, nd_test_path("none"), ND_DB_READONLY, &err), ND_NOT_FOUND, &err);
    ck_assert(!nd_file_exists(nd_test_path("none")));
    nd_ck_rc(nd_db_open(&db, nd_test_path("no/folder"), ND_DB_CREATE, &err), ND_BAD_INPUT, &err);
    nd_ck_rc(nd_db_open(&db, nd_test_dir(), ND_DB_EXISTING, &err), ND_BAD_INPUT, &err);
    nd_ck_rc(nd_db_open(&db, "", ND_DB_CREATE, &err), ND_BAD_INPUT, &err);
    nd_ck_rc(nd_db_open(&db, NULL, ND_DB_CREATE, &err), ND_BAD_INPUT, &err);
    ck_assert_ptr_null(db);
}
END_TEST

START_TEST(a_name_that_looks_like_an_address_is_a_name)
{
    ck_assert_int_eq(chdir(nd_test_dir()), 0);
    struct nd_db *db = opened("file:x?mode=memory", ND_DB_CREATE);
    run(db, "CREATE TABLE t (a)");
    nd_db_close(db);
    ck_assert(nd_file_exists(nd_test_path("file:x?mode=memory")));
}
END_TEST

START_TEST(a_read_only_database_refuses_writes)
{
    const char *path = nd_test_path("db");
    struct nd_error err = {0};
    struct nd_db *db = opened(path, ND_DB_CREATE);
    run(db, "CREATE TABLE t (a)");
    nd_db_close(db);
    db = opened(path, ND_DB_READONLY);
    nd_ck_rc(nd_db_exec(db, "INSERT INTO t VALUES (1)", &err), ND_BAD_INPUT, &err);
    nd_ck_note(&err, "readonly");
    nd_db_close(db);
}
END_TEST

START_TEST(a_lock_of_another_says_retry)
{
    const char *path = nd_test_path("db");
    struct nd_error err = {0};
    struct nd_db *mine = opened(path, ND_DB_CREATE);
    run(mine, "CREATE TABLE t (a)");
    struct nd_db *other = opened(path, ND_DB_EXISTING);
    run(mine, "BEGIN EXCLUSIVE");
    run(other, "PRAGMA busy_timeout = 20");
    nd_ck_rc(nd_db_exec(other, "INSERT INTO t VALUES (1)", &err), ND_RETRY, &err);
    run(mine, "COMMIT");
    run(other, "INSERT INTO t VALUES (1)");
    nd_db_close(other);
    nd_db_close(mine);
}
END_TEST

START_TEST(a_full_disk_says_full)
{
    struct nd_db *db = opened(nd_test_path("db"), ND_DB_CREATE);
    struct nd_error err = {0};
    run(db, "PRAGMA max_page_count = 4; CREATE TABLE t (a)");
    nd_ck_rc(nd_db_exec(db, "INSERT INTO t VALUES (zeroblob(100000))", &err), ND_FULL, &err);
    nd_db_close(db);
}
END_TEST

START_TEST(a_failed_sync_leaves_it_unknown)
{
    static const char *const modes[] = {"PRAGMA journal_mode = DELETE", "PRAGMA journal_mode = WAL"};
    for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++) {
        struct nd_db *db = opened(nd_test_path(i ? "wal" : "rollback"), ND_DB_CREATE);
        struct nd_error err = {0};
        run(db, modes[i]);
        run(db, "PRAGMA synchronous = FULL; CREATE TABLE t (a)");
        sync_errno = EIO;
        enum nd_rc rc = nd_db_exec(db, "INSERT INTO t VALUES (1)", &err);
        sync_errno = 0;
        nd_ck_rc(rc, ND_UNKNOWN, &err);
        nd_db_close(db);
    }
}
END_TEST

START_TEST(damaged_pages_are_found)
{
    const char *path = nd_test_path("db");
    struct nd_error err = {0};
    struct nd_bytes file = ND_BYTES(ND_MIB);
    struct nd_db *db = opened(path, ND_DB_CREATE);
    run(db, "CREATE TABLE t (a); INSERT INTO t VALUES (zeroblob(20000))");
    nd_db_close(db);
    nd_ck_ok(nd_file_read(path, &file, &err), &err);
    memset(file.data + 4096, 0xFF, 4096);
    nd_ck_ok(nd_file_write(path, nd_bytes_view(&file), &err), &err);
    nd_bytes_release(&file);
    db = opened(path, ND_DB_EXISTING);
    struct nd_stmt *s = prepared(db, "SELECT a FROM t");
    bool row = false;
    nd_ck_rc(nd_stmt_step(s, &row, &err), ND_BROKEN, &err);
    nd_stmt_close(s);
    nd_db_close(db);
}
END_TEST

/* The machine is short of something for now: that is no fault of the path. */
START_TEST(no_descriptors_says_retry)
{
    const char *path = nd_test_path("many.db");
    struct nd_error err = {0};
    struct rlimit before, none;
    struct nd_db *db = opened(path, ND_DB_CREATE), *other = NULL;
    run(db, "PRAGMA journal_mode=WAL; CREATE TABLE t (a)");
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    none = before;
    none.rlim_cur = 1;
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &none), 0);
    enum nd_rc rc = nd_db_open(&other, path, ND_DB_EXISTING, &err);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
    nd_ck_rc(rc, ND_RETRY, &err);
    nd_db_close(db);
}
END_TEST

ND_TEST_MAIN("base/db", values_of_all_kinds_come_back, a_reset_clears_the_bindings,
             mistakes_are_broken_and_name_the_sql, a_broken_constraint_is_a_conflict,
             databases_that_cannot_be_opened_say_why, a_name_that_looks_like_an_address_is_a_name,
             a_read_only_database_refuses_writes, a_lock_of_another_says_retry, a_full_disk_says_full,
             a_failed_sync_leaves_it_unknown, damaged_pages_are_found, no_descriptors_says_retry)
