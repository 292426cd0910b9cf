#include "child.h"
#include "frame.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include "nightdesk/base/host.h"
#include "nightdesk/document/page_text.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { POLL_MS = 100, END_POLL_MS = 2, ARGUMENTS_MAX = 8 };

struct talk {
    struct nd_child_reply *reply;
    struct nd_bytes in; /* what came and is not a whole frame yet */
    bool greeted, done, nonsense;
    int64_t began_ms, page_ms;
};

static int64_t now_ms(void)
{
    const struct nd_host *host = nd_host_posix();
    return host->monotonic_ms(host->ctx);
}

bool nd_stop_now(const struct nd_stop *stop)
{
    return (stop->asked && atomic_load(stop->asked)) || (stop->failed && atomic_load(stop->failed));
}

void nd_child_reply_release(struct nd_child_reply *reply)
{
    nd_bytes_release(&reply->blob);
    nd_bytes_release(&reply->record);
    *reply = (struct nd_child_reply){0};
}

/* ---- the child process ---- */

static void list_arguments(const char **argv, char last[16], const char *reader,
                           const struct nd_child_orders *orders)
{
    size_t n = 0;
    argv[n++] = reader;
    if (*orders->hint) {
        argv[n++] = "--hint";
        argv[n++] = orders->hint;
    }
    if (orders->skip) {
        argv[n++] = "--skip";
        argv[n++] = orders->skip;
    }
    if (orders->last != UINT32_MAX) {
        (void)snprintf(last, 16, "%u", orders->last);
        argv[n++] = "--last";
        argv[n++] = last;
    }
    if (orders->no_outline) argv[n++] = "--no-outline";
    argv[n] = NULL;
}

/* The document on standard input, the pipe on standard output, nothing else; a group of its own, so that
 * Ctrl-C reaches nightdesk alone; no environment. */
static int spawn(pid_t *child, const char **argv, int document, int pipe_end)
{
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    sigset_t none, all;
    char *environment[] = {NULL};
    int e = posix_spawn_file_actions_init(&files);
    if (e) return e;
    e = posix_spawnattr_init(&how);
    if (!e) {
        (void)sigemptyset(&none);
        (void)sigfillset(&all);
        (void)posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK |
                                                 POSIX_SPAWN_SETSIGDEF);
        (void)posix_spawnattr_setsigmask(&how, &none);
        (void)posix_spawnattr_setsigdefault(&how, &all);
        e = posix_spawn_file_actions_adddup2(&files, document, STDIN_FILENO);
        if (!e) e = posix_spawn_file_actions_adddup2(&files, pipe_end, STDOUT_FILENO);
#ifndef ND_SANITIZED
        if (!e) e = posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
#endif
        if (!e) e = posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
        if (!e)
            e = posix_spawn(child, argv[0], &files, &how, (char **)(uintptr_t)argv,
                            environment); /* it does not write there */
        (void)posix_spawnattr_destroy(&how);
    }
    (void)posix_spawn_file_actions_destroy(&files);
    return e;
}

/* ---- what it says ---- */

static uint32_t number_at(const char *at)
{
    uint32_t n = 0;
    for (unsigned i = 4; i-- > 0;) n = n << 8 | (unsigned char)at[i];
    return n;
}

static void take_page(struct talk *t, struct nd_view text)
{
    struct nd_child_reply *r = t->reply;
    bool fine = r->received < r->pages && nd_page_text_clean(text) &&
                nd_view_find(text, ND_VIEW("\f"), 0) == SIZE_MAX;
    nd_bytes_add_view(&r->blob, text);
    nd_bytes_add_char(&r->blob, '\f');
    t->nonsense = !fine || r->blob.over;
    r->received++;
    t->page_ms = now_ms();
}

static void take_frame(struct talk *t, char type, struct nd_view body)
{
    struct nd_child_reply *r = t->reply;
    if (type == ND_FRAME_COUNT && r->pages == 0 && body.len == 4) {
        r->pages = number_at(body.data);
        t->nonsense = r->pages == 0 || r->pages > ND_READ_PAGES_MAX;
        t->page_ms = now_ms();
    } else if (type == ND_FRAME_PAGE) {
        take_page(t, body);
    } else if (type == ND_FRAME_RECORD && r->received == r->pages) {
        nd_bytes_add_view(&r->record, body);
        t->done = true;
    } else {
        t->nonsense = true;
    }
}

static size_t frame_limit(char type)
{
    return type == ND_FRAME_PAGE     ? ND_READ_PAGE_MAX_BYTES
           : type == ND_FRAME_RECORD ? ND_READ_RECORD_MAX_BYTES
                                     : 4;
}

/* Takes whole frames off what came. */
static void listen(struct talk *t)
{
    struct nd_view left = nd_bytes_view(&t->in);
    size_t magic = sizeof ND_FRAME_MAGIC - 1;
    if (!t->greeted && left.len >= magic) {
        t->greeted = true;
        t->nonsense = !nd_view_starts(left, ND_FRAME_MAGIC);
        left = nd_view_sub(left, magic, left.len);
    }
    while (t->greeted && !t->nonsense && !t->done && left.len >= ND_FRAME_HEAD_BYTES) {
        size_t len = number_at(left.data + 1);
        if (len > frame_limit(left.data[0])) t->nonsense = true;
        if (t->nonsense || left.len - ND_FRAME_HEAD_BYTES < len) break;
        take_frame(t, left.data[0], nd_view_sub(left, ND_FRAME_HEAD_BYTES, ND_FRAME_HEAD_BYTES + len));
        left = nd_view_sub(left, ND_FRAME_HEAD_BYTES + len, left.len);
    }
    size_t kept = left.len;
    if (kept > 0) memmove(t->in.data, left.data, kept);
    t->in.len = kept;
}

/* ---- watching it ---- */

static int64_t wall_limit_ms(uint32_t pages)
{
    return (int64_t)ND_READ_CPU_SECONDS(pages) * ND_READ_WALL_PERCENT * 10;
}

/* Reads until the record is whole, the pipe ends, or something is wrong. False: stopped. */
static bool converse(struct talk *t, int fd, const struct nd_stop *stop)
{
    for (;;) {
        struct pollfd one = {.fd = fd, .events = POLLIN};
        if (nd_stop_now(stop)) return false;
        int ready = poll(&one, 1, POLL_MS);
        if (now_ms() - t->began_ms > wall_limit_ms(t->reply->pages)) {
            t->reply->end = ND_CHILD_TOO_SLOW;
            return true;
        }
        if (ready <= 0) continue;
        char *room = nd_bytes_room(&t->in, 1 << 16);
        ssize_t got = room ? read(fd, room, 1 << 16) : -1;
        if (got == 0) return true;
        if (got < 0 && errno == EINTR) continue;
        t->nonsense = got < 0;
        if (got > 0) t->in.len += (size_t)got;
        if (got > 0) listen(t);
        if (t->nonsense) t->reply->end = ND_CHILD_NONSENSE;
        if (t->done) t->reply->end = ND_CHILD_DONE;
        if (t->nonsense || t->done) return true;
    }
}

/* The pipe has ended without a record: the child is ending, or has closed its output to hide. */
static void await_end(struct talk *t, pid_t child)
{
    const struct nd_host *host = nd_host_posix();
    siginfo_t info = {0};
    while (now_ms() - t->began_ms <= wall_limit_ms(t->reply->pages)) {
        info.si_pid = 0;
        if (waitid(P_PID, (id_t)child, &info, WEXITED | WNOHANG | WNOWAIT) == 0 && info.si_pid == child) {
            t->reply->end = info.si_code == CLD_EXITED ? ND_CHILD_EXITED : ND_CHILD_SIGNALED;
            t->reply->code = info.si_status;
            return;
        }
        host->sleep_ms(host->ctx, END_POLL_MS);
    }
    t->reply->end = ND_CHILD_TOO_SLOW;
}

static enum nd_rc watch(struct nd_child_reply *reply, pid_t child, int fd, const struct nd_stop *stop,
                        struct nd_error *err)
{
    struct talk t = {.reply = reply, .began_ms = now_ms(), .page_ms = now_ms()};
    t.in = ND_BYTES(ND_READ_RECORD_MAX_BYTES + ND_READ_PAGE_MAX_BYTES);
    reply->end = ND_CHILD_EXITED;
    bool stopped = !converse(&t, fd, stop);
    if (!stopped && reply->end == ND_CHILD_EXITED) await_end(&t, child);
    (void)kill(child, SIGKILL); /* it is of no use any more, whether it has ended or not */
    while (waitpid(child, NULL, 0) < 0 && errno == EINTR) {
    }
    reply->spent_ms = now_ms() - t.began_ms;
    reply->last_page_ms = now_ms() - t.page_ms;
    nd_bytes_release(&t.in);
    if (stopped) return nd_fail(err, ND_STOPPED, "stopped while reading documents");
    bool unlimited = !t.greeted && reply->end == ND_CHILD_EXITED && reply->code == ND_READ_EXIT_LIMITS;
    return unlimited
               ? nd_fail(err, ND_CONFIG,
                         "the reader cannot confine itself here: it may not set its own limits, which are"
                         " %d open files, %zu MB and %u s of processor time (see ulimit -H)",
                         ND_READ_OPEN_FILES, ND_READ_ADDRESS_BYTES >> 20,
                         (unsigned)ND_READ_CPU_SECONDS(ND_READ_PAGES_MAX))
               : ND_OK;
}

/* What there is too little of for now: processes, memory, descriptors. */
static enum nd_rc rc_of_start(int e)
{
    return e == ENOMEM || nd_rc_of_errno(e) == ND_RETRY ? ND_RETRY : ND_CONFIG;
}

enum nd_rc nd_child_read(struct nd_child_reply *reply, const char *reader, int fd,
                         const struct nd_child_orders *orders, const struct nd_stop *stop,
                         struct nd_error *err)
{
    int ends[2];
    char last[16];
    const char *argv[ARGUMENTS_MAX];
    pid_t child = 0;
    *reply = (struct nd_child_reply){.blob = ND_BYTES(ND_PAGE_TEXT_MAX_BYTES),
                                     .record = ND_BYTES(ND_READ_RECORD_MAX_BYTES)};
    list_arguments(argv, last, reader, orders);
    if (pipe2(ends, O_CLOEXEC) != 0)
        return nd_fail(err, rc_of_start(errno), "no pipe to a reader: %s", strerrordesc_np(errno));
    int e = spawn(&child, argv, fd, ends[1]);
    (void)close(ends[1]);
    enum nd_rc rc =
        e ? nd_fail(err, rc_of_start(e), "the reader '%s' cannot be started: %s", reader, strerrordesc_np(e))
          : watch(reply, child, ends[0], stop, err);
    (void)close(ends[0]);
    return rc;
}
