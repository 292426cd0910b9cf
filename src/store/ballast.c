#include "ballast.h"
#include "nightdesk/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum nd_rc nd_ballast_make(const char *path, struct nd_error *err)
{
    struct stat info = {0};
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    int e = fd < 0 || fstat(fd, &info) != 0 ? errno : 0;
    /* blocks, not size: a file with holes holds no space */
    if (e == 0 && (int64_t)info.st_blocks * 512 < ND_BALLAST_BYTES)
        e = posix_fallocate(fd, 0, ND_BALLAST_BYTES);
    if (fd >= 0) close(fd);
    if (e == 0) return ND_OK;
    nd_ballast_drop(path); /* a part of it would hold space that nobody can count on */
    return nd_fail(err, nd_rc_of_errno(e), "cannot set %d bytes of space aside in '%.160s': %s",
                   ND_BALLAST_BYTES, path, strerrordesc_np(e));
}

void nd_ballast_drop(const char *path)
{
    (void)unlink(path);
}
