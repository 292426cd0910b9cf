/* Every system call of a durable write fails once, in turn. The calls below stand in for libc's. */
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { NO_CALL, FSYNC_FILE, FSYNC_FOLDER, WRITE, SHORT_WRITE, RENAME };

static int failing;
static int failing_errno;

static bool fails(int call)
{
    if (call != failing) return false;
    errno = failing_errno;
    return true;
}

int fsync(int fd)
{
    struct stat info;
    bool folder = fstat(fd, &info) == 0 && S_ISDIR(info.st_mode);
    return fails(folder ? FSYNC_FOLDER : FSYNC_FILE) ? -1 : (int)syscall(SYS_fsync, fd);
}

ssize_t write(int fd, const void *data, size_t len)
{
    if (fails(WRITE)) return -1;
    if (failing == SHORT_WRITE && len > 3) len = 3; /* as a pipe or a signal may cut it */
    return (ssize_t)syscall(SYS_write, fd, data, len);
}

int rename(const char *from, const char *to)
{
    return fails(RENAME) ? -1 : (int)syscall(SYS_rename, from, to);
}

static size_t files_in(const char *path)
{
    size_t n = 0;
    DIR *folder = opendir(path);
    ck_assert_ptr_nonnull(folder);
    while (readdir(folder)) n++;
    closedir(folder);
    return n - 2; /* "." and ".." */
}

START_TEST(a_failed_write_leaves_the_old_file_and_nothing_else)
{
    static const struct {
        int call, number;
        enum nd_rc rc;
        const char *note, *content;
    } rows[] = {
        {WRITE, ENOSPC, ND_FULL, "ENOSPC, No space left on device", "old"},
        {WRITE, EDQUOT, ND_FULL, "EDQUOT", "old"},
        {WRITE, EIO, ND_BROKEN, "EIO", "old"},
        {FSYNC_FILE, EIO, ND_BROKEN, "EIO", "old"},
        {FSYNC_FILE, ENOSPC, ND_FULL, "ENOSPC", "old"},
        {RENAME, EACCES, ND_BAD_INPUT, "EACCES", "old"},
        {RENAME, ENOSPC, ND_FULL, "ENOSPC", "old"},
        {FSYNC_FOLDER, EIO, ND_UNKNOWN, "EIO", "the new content"},
    };
    const char *path = nd_test_path("file");
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct nd_error err = {0};
        failing = NO_CALL;
        nd_ck_ok(nd_file_write(path, ND_VIEW("old"), &err), &err);
        failing = rows[i].call;
        failing_errno = rows[i].number;
        enum nd_rc rc = nd_file_write(path, ND_VIEW("the new content"), &err);
        failing = NO_CALL;
        nd_ck_rc(rc, rows[i].rc, &err);
        ck_assert_int_eq(err.rc, rows[i].rc);
        nd_ck_note(&err, rows[i].note);
        nd_ck_note(&err, "/file'");
        char *content = nd_test_read(path);
        ck_assert_str_eq(content, rows[i].content);
        nd_free(content);
        ck_assert_uint_eq(files_in(nd_test_dir()), 1);
    }
}
END_TEST

START_TEST(short_writes_are_continued)
{
    struct nd_error err = {0};
    const char *path = nd_test_path("file");
    failing = SHORT_WRITE;
    enum nd_rc rc = nd_file_write(path, ND_VIEW("the new content"), &err);
    failing = NO_CALL;
    nd_ck_ok(rc, &err);
    char *content = nd_test_read(path);
    ck_assert_str_eq(content, "the new content");
    nd_free(content);
}
END_TEST

START_TEST(a_folder_that_may_not_last_is_told)
{
    struct nd_error err = {0};
    const char *path = nd_test_path("a/b");
    failing = FSYNC_FOLDER;
    failing_errno = EIO;
    enum nd_rc rc = nd_file_mkdirs(path, &err);
    failing = NO_CALL;
    nd_ck_rc(rc, ND_BROKEN, &err);
    nd_ck_note(&err, "cannot sync");
}
END_TEST

ND_TEST_MAIN("base/file_faults", a_failed_write_leaves_the_old_file_and_nothing_else,
             short_writes_are_continued, a_folder_that_may_not_last_is_told)
