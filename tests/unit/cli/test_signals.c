/* The first signal asks to stop and disturbs nothing, the second ends the process. */
#include "full_pipe.h"
#include "nd_test.h"
#include "signals.h"

#include <errno.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

START_TEST(the_first_signal_leaves_the_interrupted_code_its_errno)
{
    int kept = dup(STDERR_FILENO);
    signals_install("stopping\n");
    ck_assert(!atomic_load(signals_stop()));
    (void)close(STDERR_FILENO); /* the hint cannot be written */
    errno = ENOENT;
    (void)raise(SIGTERM);
    int found = errno;
    (void)dup2(kept, STDERR_FILENO);
    (void)close(kept);
    ck_assert_int_eq(found, ENOENT);
    ck_assert(atomic_load(signals_stop()));
    ck_assert_int_eq(signals_received(), SIGTERM);
}
END_TEST

START_TEST(the_second_ends_the_process)
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        signals_install("");
        (void)raise(SIGTERM);
        (void)raise(SIGINT);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 128 + SIGINT);
}
END_TEST

static int be_told(void)
{
    signals_install("stopping\n");
    (void)raise(SIGTERM);
    return atomic_load(signals_stop()) ? 7 : 1;
}

START_TEST(a_terminal_that_hangs_does_not_keep_it_from_stopping)
{
    ck_assert_int_eq(full_pipe_status(be_told), 7);
}
END_TEST

ND_TEST_MAIN("cli/signals", the_first_signal_leaves_the_interrupted_code_its_errno,
             the_second_ends_the_process, a_terminal_that_hangs_does_not_keep_it_from_stopping)
