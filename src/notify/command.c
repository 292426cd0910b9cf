#include "nightdesk/base/alloc.h"
#include "nightdesk/base/host.h"
#include "nightdesk/notify/notify.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOOK_MS 20

struct command {
    struct nd_notifier base;
    char *line;
};

/* The event on an unnamed file, so that a command that does not read cannot block us. */
static enum nd_rc event_file(const struct nd_json *event, int *fd, struct nd_error *err)
{
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    nd_json_print(event, &text);
    nd_bytes_add_char(&text, '\n');
    int file = open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
    bool ok =
        file >= 0 && write(file, text.data, text.len) == (ssize_t)text.len && lseek(file, 0, SEEK_SET) == 0;
    nd_bytes_release(&text);
    if (!ok) {
        if (file >= 0) close(file);
        return nd_fail(err, ND_RETRY, "the event could not be written for the command: %s", strerror(errno));
    }
    *fd = file;
    return ND_OK;
}

static char *setting(const char *name, const char *otherwise)
{
    const char *value = getenv(name);
    return nd_sprintf("%s=%s", name, value ? value : otherwise);
}

static enum nd_rc start(const struct command *c, const struct nd_json *event, int input, pid_t *pid,
                        struct nd_error *err)
{
    const char *id = nd_json_get_str(event, "event_id");
    char *env[] = {setting("PATH", "/usr/bin:/bin"), setting("HOME", "/"), setting("LANG", "C.UTF-8"),
                   nd_sprintf("NIGHTDESK_EVENT_ID=%s", id ? id : ""), NULL};
    char shell[] = "sh", flag[] = "-c";
    char *argv[] = {shell, flag, c->line, NULL};
    posix_spawn_file_actions_t files;
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
    posix_spawn_file_actions_adddup2(&files, STDERR_FILENO, STDOUT_FILENO); /* our stdout carries data */
    int failed = posix_spawn(pid, "/bin/sh", &files, NULL, argv, env);
    posix_spawn_file_actions_destroy(&files);
    for (char **e = env; *e; e++) nd_free(*e);
    if (failed) return nd_fail(err, ND_RETRY, "the command could not be started: %s", strerror(failed));
    return ND_OK;
}

static enum nd_rc wait_for(pid_t pid, struct nd_error *err)
{
    const struct nd_host *host = nd_host_posix();
    int64_t end = host->monotonic_ms(host->ctx) + ND_NOTIFY_COMMAND_MS;
    int status = 0;
    for (;;) {
        pid_t done = waitpid(pid, &status, WNOHANG);
        if (done == pid) break;
        if (done < 0 && errno != EINTR)
            return nd_fail(err, ND_RETRY, "the command was lost: %s", strerror(errno));
        if (host->monotonic_ms(host->ctx) >= end) {
            kill(pid, SIGKILL);
            waitpid(pid, &status, 0);
            return nd_fail(err, ND_RETRY, "the command took longer than %d s", ND_NOTIFY_COMMAND_MS / 1000);
        }
        host->sleep_ms(host->ctx, LOOK_MS);
    }
    if (WIFEXITED(status) && WEXITSTATUS(status) == 0) return ND_OK;
    return nd_fail(err, ND_RETRY, "the command ended with %s %d", WIFEXITED(status) ? "status" : "signal",
                   WIFEXITED(status) ? WEXITSTATUS(status) : WTERMSIG(status));
}

static enum nd_rc command_send(struct nd_notifier *n, const struct nd_json *event, struct nd_error *err)
{
    const struct command *c = (const struct command *)n;
    int input = -1;
    pid_t pid = 0;
    enum nd_rc rc = event_file(event, &input, err);
    if (rc == ND_OK) rc = start(c, event, input, &pid, err);
    if (input >= 0) close(input);
    if (rc == ND_OK) rc = wait_for(pid, err);
    return rc == ND_OK ? rc : nd_while(err, "while notifying through '%.80s'", c->line);
}

static void command_close(struct nd_notifier *n)
{
    nd_free(((struct command *)n)->line);
    nd_free(n);
}

static const struct nd_notifier_ops command_ops = {"command", command_send, command_close};

enum nd_rc nd_notify_command(struct nd_notifier **out, const char *line, struct nd_error *err)
{
    if (nd_view_trim(nd_view_of(line)).len == 0)
        return nd_fail(err, ND_BAD_INPUT, "the notification command is empty");
    struct command *c = ND_NEW(struct command);
    c->base.ops = &command_ops;
    c->line = nd_strdup(line);
    *out = &c->base;
    return ND_OK;
}
