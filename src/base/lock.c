#include "nightdesk/base/lock.h"
#include "nightdesk/base/file.h"
#include "nightdesk/base/host.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LOOK_MS 10

static enum nd_rc fail(const char *doing, const char *path, struct nd_error *err)
{
    int e = errno;
    if (e == EAGAIN || e == EACCES) {
        if (strcmp(doing, "lock") == 0) return nd_fail(err, ND_RETRY, "another process holds '%.160s'", path);
    }
    return nd_fail(err, nd_rc_of_errno(e), "cannot %s '%.160s': %s", doing, path, strerrordesc_np(e));
}

/* Whoever removes a run removes its lock file while holding it; a lock on a file that is no longer there is
 * none. */
static bool still_there(int fd, const char *path)
{
    struct stat held = {0}, named = {0};
    return fstat(fd, &held) == 0 && lstat(path, &named) == 0 && held.st_ino == named.st_ino &&
           held.st_dev == named.st_dev;
}

/* Looked at again and again: a wait in the kernel has no end when the holder is stopped. */
static bool lock_whole(int file, int64_t end_ms)
{
    const struct nd_host *host = nd_host_posix();
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    while (TEMP_FAILURE_RETRY(fcntl(file, F_OFD_SETLK, &whole)) != 0) {
        int e = errno;
        bool held = e == EAGAIN || e == EACCES;
        if (!held || host->monotonic_ms(host->ctx) >= end_ms) {
            errno = e;
            return false;
        }
        host->sleep_ms(host->ctx, LOOK_MS);
    }
    return true;
}

enum nd_rc nd_lock_take(const char *path, int64_t wait_ms, int *fd, struct nd_error *err)
{
    const struct nd_host *host = nd_host_posix();
    int64_t end_ms = host->monotonic_ms(host->ctx) + wait_ms;
    for (;;) {
        int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
        if (file < 0) return fail("open", path, err);
        if (!lock_whole(file, end_ms)) {
            enum nd_rc rc = fail("lock", path, err);
            close(file);
            return rc;
        }
        if (still_there(file, path)) {
            *fd = file;
            return ND_OK;
        }
        close(file);
    }
}

void nd_lock_release(int fd)
{
    if (fd >= 0) close(fd);
}
