/**
 * A preloaded wrapper that counts the effects of a whole process with one atomic counter and kills it
 * (SIGKILL) at the n-th, before or after the call takes effect. Not part of the product.
 *
 *   NIGHTDESK_KILL_AT=N        kill at effect N, counted from 1 (absent: only count)
 *   NIGHTDESK_KILL_WHEN=after  let the call take effect first
 *   NIGHTDESK_KILL_ONLY=name   count only this call ("fsync")
 *   NIGHTDESK_KILL_COMMAND=name  only in processes whose first argument this is ("batch", and not its
 * children) NIGHTDESK_KILL_ONCE=FILE     only the first process that gets there dies: it makes this file
 *   NIGHTDESK_KILL_COUNT=FILE  at the end, the count is written there
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long counter;
static long kill_at;
static int kill_after;
static const char *only;
static const char *once;
static const char *count_file;
static pid_t owner;

/* The process's first argument is this word. */
static int is_command(const char *word)
{
    char line[4096] = "";
    FILE *f = fopen("/proc/self/cmdline", "r");
    size_t len = f ? fread(line, 1, sizeof line - 1, f) : 0;
    if (f) fclose(f);
    const char *first = memchr(line, '\0', len);
    return first && strcmp(first + 1, word) == 0;
}

__attribute__((constructor)) static void setup(void)
{
    const char *command = getenv("NIGHTDESK_KILL_COMMAND");
    if (command && !is_command(command)) return;
    const char *at = getenv("NIGHTDESK_KILL_AT");
    const char *when = getenv("NIGHTDESK_KILL_WHEN");
    kill_at = at ? strtol(at, NULL, 10) : 0;
    kill_after = when && strcmp(when, "after") == 0;
    only = getenv("NIGHTDESK_KILL_ONLY");
    once = getenv("NIGHTDESK_KILL_ONCE");
    count_file = getenv("NIGHTDESK_KILL_COUNT");
    owner = getpid();
}

__attribute__((destructor)) static void teardown(void)
{
    if (!count_file || getpid() != owner) return;
    FILE *f = fopen(count_file, "w");
    if (!f) return;
    fprintf(f, "%ld\n", atomic_load(&counter));
    fclose(f);
}

static void *real(const char *name)
{
    return dlsym(RTLD_NEXT, name);
}

/* True when this call is the one to die at. */
static int reached(const char *name)
{
    if (only && strcmp(only, name) != 0) return 0;
    if (atomic_fetch_add(&counter, 1) + 1 != kill_at) return 0;
    return !once || open(once, O_CREAT | O_EXCL | O_CLOEXEC, 0600) >= 0;
}

static void die(void)
{
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

#define WRAP(type, name, params, args)                                                                       \
    type name params                                                                                         \
    {                                                                                                        \
        type(*call) params = (type(*) params)real(#name);                                                    \
        int mine = reached(#name);                                                                           \
        if (mine && !kill_after) die();                                                                      \
        type result = call args;                                                                             \
        if (mine) die();                                                                                     \
        return result;                                                                                       \
    }

WRAP(ssize_t, write, (int fd, const void *data, size_t len), (fd, data, len))
WRAP(ssize_t, pwrite, (int fd, const void *data, size_t len, off_t at), (fd, data, len, at))
WRAP(ssize_t, pwrite64, (int fd, const void *data, size_t len, off64_t at), (fd, data, len, at))
WRAP(ssize_t, writev, (int fd, const struct iovec *v, int n), (fd, v, n))
WRAP(int, fsync, (int fd), (fd))
WRAP(int, fdatasync, (int fd), (fd))
WRAP(int, ftruncate, (int fd, off_t len), (fd, len))
WRAP(int, ftruncate64, (int fd, off64_t len), (fd, len))
WRAP(int, rename, (const char *from, const char *to), (from, to))
WRAP(int, link, (const char *from, const char *to), (from, to))
WRAP(int, unlink, (const char *path), (path))
WRAP(int, mkdir, (const char *path, mode_t mode), (path, mode))
WRAP(int, rmdir, (const char *path), (path))
WRAP(int, connect, (int fd, const struct sockaddr *to, socklen_t len), (fd, to, len))
WRAP(ssize_t, send, (int fd, const void *data, size_t len, int flags), (fd, data, len, flags))
WRAP(ssize_t, sendto,
     (int fd, const void *data, size_t len, int flags, const struct sockaddr *to, socklen_t to_len),
     (fd, data, len, flags, to, to_len))
WRAP(ssize_t, recv, (int fd, void *data, size_t len, int flags), (fd, data, len, flags))
WRAP(ssize_t, recvfrom,
     (int fd, void *data, size_t len, int flags, struct sockaddr *from, socklen_t *from_len),
     (fd, data, len, flags, from, from_len))
