#include "nightdesk/base/alloc.h"
#include "nightdesk/base/host.h"
#include "within.h"
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOOK_MS 20

struct command {
    struct nd_notifier base;
    char *line;
    int64_t limit_ms;
};

/* The event in memory that reads like a file, so that a command that does not read cannot block us. */
static enum nd_rc event_file(const struct nd_json *event, int *fd, struct nd_error *err)
{
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    nd_json_print(event, &text);
    nd_bytes_add_char(&text, '\n');
    int file = memfd_create("event", MFD_CLOEXEC);
    bool ok =
        file >= 0 && write(file, text.data, text.len) == (ssize_t)text.len && lseek(file, 0, SEEK_SET) == 0;
    nd_bytes_release(&text);
    if (!ok) {
        if (file >= 0) close(file);
        return nd_fail(err, ND_RETRY, "the event could not be handed over: %s", strerrorname_np(errno));
    }
    *fd = file;
    return ND_OK;
}

static char *setting(const char *name, const char *otherwise)
{
    const char *value = getenv(name);
    return nd_sprintf("%s=%s", name, value ? value : otherwise);
}

/* A process group of its own (so that all of it can be killed), default signals, no descriptor but the first
 * three. */
static int spawn(char *line, char **env, int input, pid_t *pid)
{
    char shell[] = "sh", flag[] = "-c";
    char *argv[] = {shell, flag, line, NULL};
    sigset_t all, none;
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    sigfillset(&all);
    sigemptyset(&none);
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO); /* our stdout carries data */
    posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);
    posix_spawnattr_init(&how);
    posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    posix_spawnattr_setsigdefault(&how, &all);
    posix_spawnattr_setsigmask(&how, &none);
    int failed = posix_spawn(pid, "/bin/sh", &files, &how, argv, env);
    posix_spawnattr_destroy(&how);
    posix_spawn_file_actions_destroy(&files);
    return failed;
}

static enum nd_rc start(const struct command *c, const struct nd_json *event, int input, pid_t *pid,
                        struct nd_error *err)
{
    const char *id = nd_json_get_str(event, "event_id");
    char *env[] = {setting("PATH", "/usr/bin:/bin"), setting("HOME", "/"), setting("LANG", "C.UTF-8"),
                   nd_sprintf("NIGHTDESK_EVENT_ID=%s", id ? id : ""), NULL};
    int failed = spawn(c->line, env, input, pid);
    for (char **e = env; *e; e++) nd_free(*e);
    if (failed)
        return nd_fail(err, ND_RETRY, "the command could not be started: %s", strerrorname_np(failed));
    return ND_OK;
}

static void kill_group(pid_t pid)
{
    int status;
    kill(-pid, SIGKILL);
    while (waitpid(pid, &status, 0) < 0 && errno == EINTR) continue;
}

/* Reaps the shell; ND_RETRY when its time is over. */
static enum nd_rc reap(pid_t pid, int64_t limit_ms, int *status, struct nd_error *err)
{
    const struct nd_host *host = nd_host_posix();
    int64_t end_ms = host->monotonic_ms(host->ctx) + limit_ms;
    for (;;) {
        pid_t done = waitpid(pid, status, WNOHANG);
        if (done == pid) return ND_OK;
        if (done < 0 && errno != EINTR)
            return nd_fail(err, ND_RETRY, "the command was lost: %s", strerrorname_np(errno));
        if (host->monotonic_ms(host->ctx) >= end_ms) {
            kill_group(pid);
            return nd_fail(err, ND_RETRY, "the command took longer than %lld ms and was killed",
                           (long long)limit_ms);
        }
        host->sleep_ms(host->ctx, LOOK_MS);
    }
}

static enum nd_rc command_send(struct nd_notifier *n, const struct nd_json *event, struct nd_error *err)
{
    const struct command *c = (const struct command *)n;
    int input = -1, status = 0;
    pid_t pid = 0;
    enum nd_rc rc = event_file(event, &input, err);
    if (rc == ND_OK) rc = start(c, event, input, &pid, err);
    if (input >= 0) close(input);
    if (rc == ND_OK) rc = reap(pid, c->limit_ms, &status, err);
    if (rc == ND_OK && WIFSIGNALED(status))
        rc = nd_fail(err, ND_RETRY, "the command was killed by signal %d", WTERMSIG(status));
    else if (rc == ND_OK && WEXITSTATUS(status) != 0)
        rc = nd_fail(err, ND_RETRY, "the command ended with status %d", WEXITSTATUS(status));
    return rc == ND_OK ? rc : nd_while(err, "while notifying through '%.80s'", c->line);
}

static void command_close(struct nd_notifier *n)
{
    nd_free(((struct command *)n)->line);
    nd_free(n);
}

static const struct nd_notifier_ops command_ops = {"command", command_send, command_close};

enum nd_rc notify_command_within(struct nd_notifier **out, const char *line, int64_t limit_ms,
                                 struct nd_error *err)
{
    if (nd_view_trim(nd_view_of(line)).len == 0)
        return nd_fail(err, ND_BAD_INPUT, "the notification command is empty");
    struct command *c = ND_NEW(struct command);
    c->base.ops = &command_ops;
    c->line = nd_strdup(line);
    c->limit_ms = limit_ms;
    *out = &c->base;
    return ND_OK;
}

enum nd_rc nd_notify_command(struct nd_notifier **out, const char *line, struct nd_error *err)
{
    return notify_command_within(out, line, ND_NOTIFY_COMMAND_MS, err);
}
