#include "full_pipe.h"
#include "nd_test.h"
#include "nightdesk/base/host.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WAIT_MS = 5000, LOOK_MS = 20 };

static void fill(int fd)
{
    const char block[4096] = {0};
    ck_assert_int_eq(fcntl(fd, F_SETFL, O_NONBLOCK), 0);
    while (write(fd, block, sizeof block) > 0) continue;
    while (write(fd, block, 1) > 0) continue;
    ck_assert_int_eq(fcntl(fd, F_SETFL, 0), 0);
}

int full_pipe_status(int (*body)(void))
{
    const struct nd_host *host = nd_host_posix();
    int ends[2], status = 0;
    ck_assert_int_eq(pipe(ends), 0);
    fill(ends[1]);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        (void)dup2(ends[1], STDERR_FILENO);
        _exit(body());
    }
    pid_t ended = 0;
    for (int64_t ms = 0; ended == 0 && ms < WAIT_MS; ms += LOOK_MS) {
        host->sleep_ms(host->ctx, LOOK_MS);
        ended = waitpid(child, &status, WNOHANG);
    }
    if (ended == 0) {
        (void)kill(child, SIGKILL);
        (void)waitpid(child, &status, 0);
    }
    (void)close(ends[0]);
    (void)close(ends[1]);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}
