#include "nightdesk/base/file.h"
#include "nightdesk/base/alloc.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define READ_BYTES ((size_t)64 << 10)

enum nd_rc nd_rc_of_errno(int e)
{
    switch (e) {
    case ENOENT:
    case ENOTDIR:
        return ND_NOT_FOUND;
    case ENOSPC:
    case EDQUOT:
        return ND_FULL;
    case EINTR:
    case EAGAIN:
    case EMFILE:
    case ENFILE:
        return ND_RETRY;
    case EACCES:
    case EPERM:
    case EROFS:
    case EISDIR:
    case EEXIST:
    case ENOTEMPTY:
    case ELOOP:
    case ENAMETOOLONG:
    case EINVAL:
    case EXDEV:
    case EBUSY:
    case ETXTBSY:
    case EFBIG:
    case ENXIO:
    case EOPNOTSUPP:
        return ND_BAD_INPUT;
    default:
        return ND_BROKEN;
    }
}

static enum nd_rc fail(struct nd_error *err, const char *doing, const char *path)
{
    int e = errno;
    const char *name = strerrorname_np(e);
    const char *meaning = strerrordesc_np(e);
    return nd_fail(err, nd_rc_of_errno(e), "cannot %s '%.160s': %s, %s", doing, path, name ? name : "errno",
                   meaning ? meaning : "unknown error");
}

/* True when all is read; false with errno set, or with out->over. */
static bool read_all(int fd, size_t hint, struct nd_bytes *out)
{
    for (;;) {
        char one = 0;
        size_t left = out->max - out->len;
        size_t size = hint > READ_BYTES ? hint : READ_BYTES;
        if (size > left) size = left;
        char *to = left ? nd_bytes_room(out, size) : &one;
        if (!to) return false;
        ssize_t got = TEMP_FAILURE_RETRY(read(fd, to, left ? size : 1));
        if (got <= 0) return got == 0;
        if (!left) {
            out->over = true;
            return false;
        }
        out->len += (size_t)got;
        out->data[out->len] = '\0';
        hint = 0;
    }
}

enum nd_rc nd_file_read(const char *path, struct nd_bytes *out, struct nd_error *err)
{
    if (out->over || out->len > out->max)
        return nd_fail(err, ND_OVER_LIMIT, "no room to read '%.160s'", path);
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
    if (fd < 0) return fail(err, "open", path);
    struct stat info = {0};
    size_t hint =
        fstat(fd, &info) == 0 && S_ISREG(info.st_mode) && info.st_size > 0 ? (size_t)info.st_size + 1 : 0;
    size_t before = out->len;
    enum nd_rc rc = ND_OK;
    if (!read_all(fd, hint, out)) {
        rc = out->over ? nd_fail(err, ND_OVER_LIMIT, "'%.160s' is larger than the limit of %zu bytes", path,
                                 out->max - before)
                       : fail(err, "read", path);
        out->len = before;
        if (out->data) out->data[before] = '\0';
    }
    close(fd);
    return rc;
}

static bool write_all(int fd, struct nd_view data)
{
    while (data.len) {
        ssize_t done = write(fd, data.data, data.len);
        if (done < 0 && errno == EINTR) continue;
        if (done < 0) return false;
        data = nd_view_sub(data, (size_t)done, data.len);
    }
    return true;
}

static char *folder_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash) return nd_strdup(".");
    return slash == path ? nd_strdup("/") : nd_strndup(path, (size_t)(slash - path));
}

enum nd_rc nd_file_write(const char *path, struct nd_view data, struct nd_error *err)
{
    char *temporary = nd_sprintf("%s.XXXXXX.tmp", path);
    char *folder = NULL;
    enum nd_rc rc = ND_OK;
    int fd = mkostemps(temporary, 4, O_CLOEXEC);
    if (fd < 0) {
        rc = fail(err, "create a file for", path);
        goto out;
    }
    bool written = write_all(fd, data) && fsync(fd) == 0;
    if (!written) rc = fail(err, "write", path);
    if (close(fd) != 0 && rc == ND_OK) rc = fail(err, "write", path);
    if (rc == ND_OK && rename(temporary, path) != 0) rc = fail(err, "rename to", path);
    if (rc != ND_OK) {
        (void)unlink(temporary);
        goto out;
    }
    folder = folder_of(path);
    if (nd_file_fsync_dir(folder, err) != ND_OK) {
        (void)nd_while(err, "while writing '%.160s'", path);
        rc = ND_UNKNOWN; /* renamed, but a power cut may undo it */
        if (err) err->rc = rc;
    }
out:
    nd_free(folder);
    nd_free(temporary);
    return rc;
}

enum nd_rc nd_file_fsync_dir(const char *path, struct nd_error *err)
{
    int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0) return fail(err, "open", path);
    enum nd_rc rc = fsync(fd) == 0 ? ND_OK : fail(err, "sync", path);
    close(fd);
    return rc;
}

/* Makes one folder whose parent is there, and makes it last. */
static enum nd_rc make_one(const char *path, mode_t mode, struct nd_error *err)
{
    if (mkdir(path, mode) != 0) {
        int e = errno;
        if (nd_file_is_dir(path)) return ND_OK; /* another process was faster */
        errno = e;
        return fail(err, "make the folder", path);
    }
    char *parent = folder_of(path);
    enum nd_rc rc = nd_file_fsync_dir(parent, err);
    nd_free(parent);
    return rc;
}

static enum nd_rc make_all(const char *path, mode_t mode, struct nd_error *err)
{
    if (!*path) return nd_fail(err, ND_BAD_INPUT, "the name of a folder is empty");
    char *part = nd_strdup(path);
    enum nd_rc rc = ND_OK;
    for (char *at = part + 1; rc == ND_OK; at++) {
        if (*at != '/' && *at != '\0') continue;
        bool last = *at == '\0';
        *at = '\0';
        if (!nd_file_is_dir(part)) rc = make_one(part, mode, err);
        if (last) break;
        *at = '/';
    }
    nd_free(part);
    return rc;
}

enum nd_rc nd_file_mkdirs(const char *path, struct nd_error *err)
{
    return make_all(path, 0700, err);
}

enum nd_rc nd_file_mkdirs_shared(const char *path, struct nd_error *err)
{
    return make_all(path, 0777, err);
}

bool nd_file_exists(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0;
}

bool nd_file_is_dir(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && S_ISDIR(info.st_mode);
}

static bool remove_below(int parent, const char *name);

static bool empty_folder(DIR *folder)
{
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(folder);
        if (!entry) return errno == 0;
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0) continue;
        if (!remove_below(dirfd(folder), entry->d_name)) return false;
    }
}

static bool remove_below(int parent, const char *name)
{
    if (unlinkat(parent, name, 0) == 0 || errno == ENOENT) return true;
    if (errno != EISDIR && errno != EPERM) return false;
    int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    DIR *folder = fd < 0 ? NULL : fdopendir(fd);
    if (!folder) {
        int e = errno;
        if (fd >= 0) close(fd);
        errno = e;
        return false;
    }
    bool emptied = empty_folder(folder);
    int e = errno;
    closedir(folder);
    errno = e;
    return emptied && (unlinkat(parent, name, AT_REMOVEDIR) == 0 || errno == ENOENT);
}

enum nd_rc nd_file_remove_tree(const char *path, struct nd_error *err)
{
    return remove_below(AT_FDCWD, path) ? ND_OK : fail(err, "remove", path);
}

char *nd_path_join(const char *a, const char *b)
{
    size_t len = strlen(a);
    bool slash = len == 0 || a[len - 1] == '/';
    return nd_sprintf("%s%s%s", a, slash ? "" : "/", b);
}
