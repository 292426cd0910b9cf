#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static mode_t mode_of(const char *path)
{
    struct stat info;
    ck_assert_int_eq(stat(path, &info), 0);
    return info.st_mode & 07777;
}

START_TEST(what_is_written_is_read_back)
{
    static const size_t sizes[] = {0, 1, 65535, 65536, 65537, 300000};
    struct nd_error err = {0};
    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        const char *path = nd_test_path("file");
        char *data = nd_calloc(sizes[i] + 1, 1);
        memset(data, 'x', sizes[i]);
        struct nd_bytes exact = ND_BYTES(sizes[i]);
        struct nd_bytes short_by_one = ND_BYTES(sizes[i] ? sizes[i] - 1 : 0);
        nd_ck_ok(nd_file_write(path, (struct nd_view){data, sizes[i]}, &err), &err);
        nd_ck_ok(nd_file_read(path, &exact, &err), &err);
        ck_assert(nd_view_is(nd_bytes_view(&exact), data));
        if (sizes[i]) {
            nd_ck_rc(nd_file_read(path, &short_by_one, &err), ND_OVER_LIMIT, &err);
            nd_ck_note(&err, "larger than the limit");
            ck_assert_uint_eq(short_by_one.len, 0);
        }
        ck_assert_uint_eq(mode_of(path), 0600);
        nd_bytes_release(&exact);
        nd_bytes_release(&short_by_one);
        nd_free(data);
    }
}
END_TEST

START_TEST(reading_appends_and_keeps_what_was_there)
{
    struct nd_error err = {0};
    const char *path = nd_test_path("file");
    struct nd_bytes b = ND_BYTES(6);
    nd_ck_ok(nd_file_write(path, ND_VIEW("abc"), &err), &err);
    nd_bytes_add_str(&b, ">");
    nd_ck_ok(nd_file_read(path, &b, &err), &err);
    nd_ck_view(nd_bytes_view(&b), ">abc");
    nd_ck_rc(nd_file_read(path, &b, &err), ND_OVER_LIMIT, &err);
    nd_ck_view(nd_bytes_view(&b), ">abc");
    ck_assert(b.over);
    nd_ck_rc(nd_file_read(path, &b, &err), ND_OVER_LIMIT, &err);
    nd_bytes_release(&b);
}
END_TEST

START_TEST(endless_devices_stop_at_the_ceiling)
{
    struct nd_error err = {0};
    struct nd_bytes b = ND_BYTES(ND_MIB);
    nd_ck_rc(nd_file_read("/dev/zero", &b, &err), ND_OVER_LIMIT, &err);
    ck_assert_uint_eq(b.len, 0);
    nd_bytes_release(&b);
}
END_TEST

START_TEST(failures_name_the_path_and_the_reason)
{
    struct nd_error err = {0};
    struct nd_bytes b = ND_BYTES(ND_MIB);
    nd_ck_rc(nd_file_read(nd_test_path("none"), &b, &err), ND_NOT_FOUND, &err);
    nd_ck_note(&err, "/none': ENOENT, No such file or directory");
    nd_ck_rc(nd_file_read(nd_test_dir(), &b, &err), ND_BAD_INPUT, &err);
    nd_ck_note(&err, "EISDIR");
    nd_ck_rc(nd_file_write(nd_test_path("none/file"), ND_VIEW("x"), &err), ND_NOT_FOUND, &err);
    nd_ck_rc(nd_file_write(nd_test_dir(), ND_VIEW("x"), &err), ND_BAD_INPUT, &err);
    nd_ck_rc(nd_file_fsync_dir(nd_test_path("none"), &err), ND_NOT_FOUND, &err);
    char long_name[300];
    memset(long_name, 'n', sizeof long_name - 1);
    long_name[sizeof long_name - 1] = '\0';
    nd_ck_rc(nd_file_write(nd_test_path(long_name), ND_VIEW("x"), &err), ND_BAD_INPUT, &err);
    nd_ck_note(&err, "ENAMETOOLONG");
    nd_bytes_release(&b);
}
END_TEST

/* Nobody in particular: root may read everything. */
static void become_nobody(void)
{
    if (geteuid() == 0) ck_assert_int_eq(seteuid(65534), 0);
}

START_TEST(denied_files_are_bad_input)
{
    struct nd_error err = {0};
    struct nd_bytes b = ND_BYTES(ND_MIB);
    const char *path = nd_test_path("locked/file");
    const char *other = nd_test_path("locked/other");
    const char *folder = nd_test_path("locked");
    nd_ck_ok(nd_file_mkdirs(folder, &err), &err);
    nd_ck_ok(nd_file_write(path, ND_VIEW("secret"), &err), &err);
    ck_assert_int_eq(chmod(nd_test_dir(), 0755), 0);
    ck_assert_int_eq(chmod(folder, 0555), 0);
    ck_assert_int_eq(chmod(path, 0), 0);
    uid_t me = geteuid();
    become_nobody();
    nd_ck_rc(nd_file_read(path, &b, &err), ND_BAD_INPUT, &err);
    nd_ck_note(&err, "EACCES, Permission denied");
    nd_ck_rc(nd_file_write(other, ND_VIEW("x"), &err), ND_BAD_INPUT, &err);
    nd_ck_note(&err, "EACCES");
    nd_ck_rc(nd_file_mkdirs(other, &err), ND_BAD_INPUT, &err);
    nd_ck_rc(nd_file_remove_tree(folder, &err), ND_BAD_INPUT, &err);
    nd_ck_note(&err, "EACCES");
    ck_assert_int_eq(seteuid(me), 0);
    ck_assert_int_eq(chmod(folder, 0700), 0);
    nd_bytes_release(&b);
}
END_TEST

START_TEST(folders_are_made_with_their_parents)
{
    struct nd_error err = {0};
    const char *deep = nd_test_path("a//b/c/");
    nd_ck_ok(nd_file_mkdirs(deep, &err), &err);
    nd_ck_ok(nd_file_mkdirs(deep, &err), &err);
    ck_assert(nd_file_is_dir(deep));
    ck_assert_uint_eq(mode_of(nd_test_path("a/b")), 0700);
    nd_ck_ok(nd_file_mkdirs("/", &err), &err);
    nd_ck_rc(nd_file_mkdirs("", &err), ND_BAD_INPUT, &err);
    const char *file = nd_test_path("a/file");
    nd_ck_ok(nd_file_write(file, ND_VIEW("x"), &err), &err);
    ck_assert(nd_file_exists(file));
    ck_assert(!nd_file_is_dir(file));
    nd_ck_rc(nd_file_mkdirs(file, &err), ND_BAD_INPUT, &err);
    nd_ck_note(&err, "EEXIST");
    ck_assert_int_eq(chdir(nd_test_dir()), 0);
    nd_ck_ok(nd_file_mkdirs("rel/ative", &err), &err);
    ck_assert(nd_file_is_dir(nd_test_path("rel/ative")));
    nd_ck_ok(nd_file_write("plain", ND_VIEW("x"), &err), &err);
    ck_assert(nd_file_exists(nd_test_path("plain")));
}
END_TEST

START_TEST(trees_are_removed_without_following_links)
{
    struct nd_error err = {0};
    const char *tree = nd_test_path("tree");
    const char *kept = nd_test_path("kept");
    const char *kept_file = nd_test_path("kept/file");
    nd_ck_ok(nd_file_mkdirs(nd_test_path("tree/x/y"), &err), &err);
    nd_ck_ok(nd_file_mkdirs(kept, &err), &err);
    nd_ck_ok(nd_file_write(nd_test_path("tree/x/file"), ND_VIEW("x"), &err), &err);
    nd_ck_ok(nd_file_write(kept_file, ND_VIEW("x"), &err), &err);
    ck_assert_int_eq(symlink(kept, nd_test_path("tree/x/link")), 0);
    ck_assert_int_eq(symlink("/none", nd_test_path("tree/dangling")), 0);
    nd_ck_ok(nd_file_remove_tree(tree, &err), &err);
    ck_assert(!nd_file_exists(tree));
    ck_assert(nd_file_exists(kept_file));
    nd_ck_ok(nd_file_remove_tree(tree, &err), &err);
    const char *link = nd_test_path("link");
    ck_assert_int_eq(symlink(kept, link), 0);
    nd_ck_ok(nd_file_remove_tree(link, &err), &err);
    ck_assert(!nd_file_exists(link));
    ck_assert(nd_file_exists(kept_file));
}
END_TEST

START_TEST(paths_are_joined_with_one_slash)
{
    static const char *const rows[][3] = {
        {"a", "b", "a/b"}, {"a/", "b", "a/b"}, {"/", "b", "/b"}, {"", "b", "b"}, {"a", "b/c", "a/b/c"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *joined = nd_path_join(rows[i][0], rows[i][1]);
        ck_assert_str_eq(joined, rows[i][2]);
        nd_free(joined);
    }
}
END_TEST

START_TEST(errno_says_what_to_do)
{
    ck_assert_int_eq(nd_rc_of_errno(ENOENT), ND_NOT_FOUND);
    ck_assert_int_eq(nd_rc_of_errno(ENOSPC), ND_FULL);
    ck_assert_int_eq(nd_rc_of_errno(EDQUOT), ND_FULL);
    ck_assert_int_eq(nd_rc_of_errno(EACCES), ND_BAD_INPUT);
    ck_assert_int_eq(nd_rc_of_errno(EROFS), ND_BAD_INPUT);
    ck_assert_int_eq(nd_rc_of_errno(EMFILE), ND_RETRY);
    ck_assert_int_eq(nd_rc_of_errno(EIO), ND_BROKEN);
    ck_assert_int_eq(nd_rc_of_errno(-1), ND_BROKEN);
}
END_TEST

ND_TEST_MAIN("base/file", what_is_written_is_read_back, reading_appends_and_keeps_what_was_there,
             endless_devices_stop_at_the_ceiling, failures_name_the_path_and_the_reason,
             denied_files_are_bad_input, folders_are_made_with_their_parents,
             trees_are_removed_without_following_links, paths_are_joined_with_one_slash,
             errno_says_what_to_do)
