/* Where an embedded store cannot be opened, and what is said then. */
#include "rig.h"
#include "nightdesk/base/db.h"
#include "nightdesk/base/file.h"
#include "nightdesk/store/store.h"

#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static enum nd_rc try_open(const char *folder, bool create, struct nd_error *err)
{
    struct nd_store *store = NULL;
    memset(err, 0, sizeof *err);
    enum nd_rc rc = nd_store_sqlite_open(&store, folder, create, nd_host_posix(), err);
    nd_store_close(store);
    return rc;
}

static void run_sql(const char *sql)
{
    struct nd_db *db = NULL;
    struct nd_error err = {0};
    nd_ck_ok(nd_db_open(&db, nd_test_path("store/nightdesk.db"), ND_DB_EXISTING, &err), &err);
    nd_ck_ok(nd_db_exec(db, sql, &err), &err);
    nd_db_close(db);
}

START_TEST(a_store_is_made_only_when_asked)
{
    struct nd_error err;
    const char *folder = nd_test_path("a/b/store");
    nd_ck_rc(try_open(folder, false, &err), ND_NOT_FOUND, &err);
    nd_ck_note(&err, "there is no store in");
    ck_assert(!nd_file_exists(nd_test_path("a")));
    nd_ck_ok(try_open(folder, true, &err), &err);
    nd_ck_ok(try_open(folder, false, &err), &err);
    nd_ck_ok(try_open(folder, true, &err), &err);
}
END_TEST

START_TEST(a_newer_layout_is_refused)
{
    struct nd_error err;
    nd_ck_ok(try_open(rig_folder(), true, &err), &err);
    run_sql("PRAGMA user_version=2");
    nd_ck_rc(try_open(rig_folder(), true, &err), ND_VERSION, &err);
    nd_ck_note(&err, "has layout 2, this nightdesk reads up to 1");
}
END_TEST

START_TEST(what_is_not_a_store_is_refused)
{
    struct nd_error err;
    const char *path = nd_test_path("store/nightdesk.db");
    nd_ck_ok(try_open(rig_folder(), true, &err), &err);
    run_sql("PRAGMA application_id=7");
    nd_ck_rc(try_open(rig_folder(), true, &err), ND_BROKEN, &err);
    nd_ck_note(&err, "is a database of another program");
    nd_ck_note(&err, "choose another with --store");
    nd_ck_ok(nd_file_write(path, ND_VIEW("no database"), &err), &err);
    nd_ck_rc(try_open(rig_folder(), true, &err), ND_BROKEN, &err);
    nd_ck_note(&err, "was cut off: it has 11 bytes");
    char text[2000];
    memset(text, 'x', sizeof text);
    nd_ck_ok(nd_file_write(path, (struct nd_view){text, sizeof text}, &err), &err);
    nd_ck_rc(try_open(rig_folder(), true, &err), ND_BROKEN, &err);
    nd_ck_note(&err, "put back a copy of it");
}
END_TEST

START_TEST(a_file_in_the_way_is_named)
{
    struct nd_error err;
    nd_ck_ok(nd_file_write(rig_folder(), ND_VIEW("a file"), &err), &err);
    nd_ck_rc(try_open(rig_folder(), true, &err), ND_BAD_INPUT, &err);
    nd_ck_note(&err, rig_folder());
}
END_TEST

/* Runs in a child that is not root, for whom every folder can be written. */
static int open_unprivileged(bool create)
{
    if (geteuid() == 0 && (setgid(65534) != 0 || setuid(65534) != 0)) return 100;
    struct nd_error err;
    enum nd_rc rc = try_open(rig_folder(), create, &err);
    return rc == ND_BAD_INPUT && nd_test_has_note(&err, rig_folder()) ? 0 : 1;
}

static int child_opens(bool create)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) _exit(open_unprivileged(create));
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

START_TEST(a_read_only_folder_is_named)
{
    struct nd_error err;
    nd_ck_ok(nd_file_mkdirs(rig_folder(), &err), &err);
    ck_assert_int_eq(chmod(nd_test_dir(), 0755), 0);
    ck_assert_int_eq(chmod(rig_folder(), 0555), 0);
    ck_assert_int_eq(child_opens(true), 0); /* a new one */
    ck_assert_int_eq(chmod(rig_folder(), 0755), 0);
    nd_ck_ok(try_open(rig_folder(), true, &err), &err);
    ck_assert_int_eq(chmod(rig_folder(), 0555), 0);
    ck_assert_int_eq(child_opens(false), 0); /* one that is there */
    ck_assert_int_eq(chmod(rig_folder(), 0755), 0);
}
END_TEST

ND_TEST_MAIN("contract/places", a_store_is_made_only_when_asked, a_newer_layout_is_refused,
             what_is_not_a_store_is_refused, a_file_in_the_way_is_named, a_read_only_folder_is_named)
