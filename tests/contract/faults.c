#include "faults.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define OURS __attribute__((visibility("default")))

struct faults faults;

void faults_set(enum fault kind, int at, int error)
{
    faults = (struct faults){.kind = kind, .at = at, .error = error};
}

static void effect(void)
{
    if (faults.kind == FAULT_DEATH && faults.effects == faults.at) _exit(9);
    faults.effects++;
}

static bool fails(enum fault kind, int number)
{
    bool now = faults.kind == kind && number == faults.at;
    if (now) {
        faults.hit = true;
        errno = faults.error;
    }
    return now;
}

static bool write_fails(void)
{
    effect();
    if (faults.kind == FAULT_FULL) {
        faults.hit = true;
        errno = ENOSPC;
        return true;
    }
    return fails(FAULT_WRITE, faults.writes++);
}

OURS ssize_t write(int fd, const void *data, size_t len)
{
    if (fd > 2 && write_fails()) return -1;
    return syscall(SYS_write, fd, data, len);
}

OURS ssize_t pwrite64(int fd, const void *data, size_t len, off64_t at)
{
    if (write_fails()) return -1;
    return syscall(SYS_pwrite64, fd, data, len, at);
}

OURS int posix_fallocate(int fd, off_t at, off_t len)
{
    if (write_fails()) return errno;
    return syscall(SYS_fallocate, fd, 0, at, len) == 0 ? 0 : errno;
}

OURS int fsync(int fd)
{
    effect();
    if (fails(FAULT_FLUSH, faults.flushes++)) return -1;
    return (int)syscall(SYS_fsync, fd);
}

OURS int fdatasync(int fd)
{
    effect();
    if (fails(FAULT_FLUSH, faults.flushes++)) return -1;
    return (int)syscall(SYS_fdatasync, fd);
}

OURS int ftruncate64(int fd, off64_t len)
{
    effect();
    return (int)syscall(SYS_ftruncate, fd, len);
}

OURS int unlink(const char *path)
{
    const char *name = strrchr(path, '/');
    effect();
    if (faults.kind == FAULT_FULL && name && strcmp(name, "/ballast") == 0) faults.kind = FAULT_NONE;
    return (int)syscall(SYS_unlink, path);
}

OURS int rename(const char *from, const char *to)
{
    effect();
    return (int)syscall(SYS_rename, from, to);
}

OURS int mkdir(const char *path, mode_t mode)
{
    effect();
    return (int)syscall(SYS_mkdir, path, mode);
}
