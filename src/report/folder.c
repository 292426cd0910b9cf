#include "folder.h"

#include "nightdesk/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PARTS_MAX 4
#define PART_BYTES 128
#define CHUNK_BYTES ((size_t)64 << 10)

enum nd_rc folder_open(struct folder *folder, const char *path, struct nd_error *err)
{
    folder->fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (folder->fd >= 0) return ND_OK;
    return nd_fail(err, nd_rc_of_errno(errno), "cannot open the folder '%.160s': %s", path,
                   strerrordesc_np(errno));
}

void folder_close(struct folder *folder)
{
    if (folder->fd >= 0) close(folder->fd);
    folder->fd = -1;
}

bool folder_name_ok(const char *name)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-";
    for (unsigned parts = 1; parts <= PARTS_MAX; parts++) {
        size_t len = strspn(name, allowed);
        if (len == 0 || len >= PART_BYTES || name[0] == '.') return false;
        if (name[len] == '\0') return true;
        if (name[len] != '/') return false;
        name += len + 1;
    }
    return false;
}

/* Opens part by part, so that no part can be a link out of the folder. -1 with errno. */
static int open_parts(int fd, const char *name)
{
    int at = fd;
    for (;;) {
        char part[PART_BYTES];
        size_t len = strcspn(name, "/");
        bool last = name[len] == '\0';
        memcpy(part, name, len);
        part[len] = '\0';
        int next =
            openat(at, part, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC | (last ? 0 : O_DIRECTORY));
        int e = errno;
        if (at != fd) close(at);
        errno = e;
        if (next < 0 || last) return next;
        at = next;
        name += len + 1;
    }
}

static enum nd_rc read_all(int fd, const char *name, struct nd_bytes *out, struct nd_error *err)
{
    for (;;) {
        char *to = nd_bytes_room(out, CHUNK_BYTES);
        if (!to) break;
        ssize_t got = TEMP_FAILURE_RETRY(read(fd, to, CHUNK_BYTES));
        if (got < 0)
            return nd_fail(err, nd_rc_of_errno(errno), "cannot read '%.160s': %s", name,
                           strerrordesc_np(errno));
        out->len += (size_t)got;
        out->data[out->len] = '\0';
        if (got == 0) return ND_OK;
    }
    return nd_fail(err, ND_OVER_LIMIT, "'%.160s' is larger than the limit of %zu bytes", name, out->max);
}

enum nd_rc folder_read(const struct folder *folder, const char *name, struct nd_bytes *out,
                       struct nd_error *err)
{
    struct stat info;
    if (!folder_name_ok(name))
        return nd_fail(err, ND_BAD_INPUT, "'%.160s' is no name that a report's file has", name);
    int fd = open_parts(folder->fd, name);
    if (fd < 0) {
        bool link = errno == ELOOP || errno == ENOTDIR;
        return nd_fail(err, link ? ND_BAD_INPUT : nd_rc_of_errno(errno), "cannot open '%.160s': %s", name,
                       strerrordesc_np(errno));
    }
    enum nd_rc rc = fstat(fd, &info) == 0 && S_ISREG(info.st_mode)
                        ? read_all(fd, name, out, err)
                        : nd_fail(err, ND_BAD_INPUT, "'%.160s' is no plain file", name);
    close(fd);
    return rc;
}
