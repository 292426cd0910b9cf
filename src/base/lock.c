#include "nightdesk/base/lock.h"
#include "nightdesk/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

enum nd_rc nd_lock_take(const char *path, bool wait, int *fd, struct nd_error *err)
{
    for (;;) {
        int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY, 0600);
        if (file < 0) return fail("open", path, err);
        struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
        if (TEMP_FAILURE_RETRY(fcntl(file, wait ? F_OFD_SETLKW : F_OFD_SETLK, &whole)) != 0) {
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
