#include "editor.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include "screen.h"
#include <errno.h>
#include <signal.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum nd_rc editor_begin(char *const *environment, const char *name, struct nd_view text, char **path,
                        struct nd_error *err)
{
    const char *folder = environment_get(environment, "TMPDIR");
    char *file = nd_sprintf("%s/nightdesk-%s-XXXXXX.txt", folder && *folder ? folder : "/tmp", name);
    int fd = mkstemps(file, 4);
    if (fd < 0) {
        enum nd_rc rc = nd_fail(err, ND_BAD_INPUT, "'%.150s' cannot be made: %s", file, strerror(errno));
        nd_free(file);
        return rc;
    }
    (void)close(fd);
    enum nd_rc rc = nd_file_write(file, text, err);
    if (rc == ND_OK) {
        *path = file;
    } else {
        (void)unlink(file);
        nd_free(file);
    }
    return rc;
}

/* The editor owns the terminal: Ctrl-C is its own business until it ends. */
static int spawn_and_wait(const char *editor, const char *path, char *const *environment)
{
    char *command = nd_sprintf("%s \"$1\"", editor);
    char shell[] = "/bin/sh", flag[] = "-c", name[] = "nightdesk";
    char *file = nd_strdup(path);
    char *argv[] = {shell, flag, command, name, file, NULL};
    struct sigaction ignore = {.sa_handler = SIG_IGN}, before;
    sigaction(SIGINT, &ignore, &before);
    posix_spawnattr_t attributes;
    sigset_t normal;
    sigemptyset(&normal);
    sigaddset(&normal, SIGINT);
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setsigdefault(&attributes, &normal);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGDEF);
    pid_t child = 0;
    int status = -1;
    if (posix_spawn(&child, shell, NULL, &attributes, argv, environment) == 0) {
        while (waitpid(child, &status, 0) < 0 && errno == EINTR) continue;
    }
    posix_spawnattr_destroy(&attributes);
    sigaction(SIGINT, &before, NULL);
    nd_free(file);
    nd_free(command);
    return status;
}

enum nd_rc editor_edit(char *const *environment, const char *path, struct nd_bytes *out, struct nd_error *err)
{
    const char *visual = environment_get(environment, "VISUAL"),
               *editor = environment_get(environment, "EDITOR");
    const char *chosen = visual && *visual ? visual : editor && *editor ? editor : "vi";
    int status = spawn_and_wait(chosen, path, environment);
    if (status != 0) {
        return nd_fail(err, ND_BAD_INPUT,
                       "the editor '%.80s' did not end well (status %d): nothing is decided; set $EDITOR",
                       chosen, status >= 0 && WIFEXITED(status) ? WEXITSTATUS(status) : -1);
    }
    return nd_file_read(path, out, err);
}
