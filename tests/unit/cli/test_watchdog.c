#include "full_pipe.h"
#include "nd_test.h"
#include "nightdesk/core/outcome.h"
#include "watchdog.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { SHORT_MS = 300, LONG_MS = 60000, STILL_ALIVE = 7 };

static void rest(long ms)
{
    const struct timespec t = {.tv_sec = ms / 1000, .tv_nsec = ms % 1000 * 1000000};
    (void)nanosleep(&t, NULL);
}

/* What a child under such a watchdog ends with when it works for three times SHORT_MS, being fed or not;
 * *said is what it wrote to stderr. */
static int status_of(struct watchdog_config config, bool fed, char said[256])
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        (void)dup2(ends[1], STDERR_FILENO);
        config.host = nd_host_posix();
        struct watchdog *dog = watchdog_start(&config);
        for (int i = 0; i < 9 && dog; i++) {
            rest(SHORT_MS / 3);
            if (fed) watchdog_fed(dog);
        }
        watchdog_end(dog);
        _exit(STILL_ALIVE);
    }
    (void)close(ends[1]);
    ssize_t got = read(ends[0], said, 255);
    said[got > 0 ? got : 0] = '\0';
    (void)close(ends[0]);
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    return WEXITSTATUS(status);
}

START_TEST(a_process_that_gets_nowhere_is_ended)
{
    static const atomic_bool go_on;
    char said[256];
    struct watchdog_config config = {.idle_ms = SHORT_MS, .stop = &go_on, .grace_ms = LONG_MS};
    ck_assert_int_eq(status_of(config, false, said), ND_EXIT_TRY_AGAIN);
    ck_assert_ptr_nonnull(strstr(said, "nothing new became durable"));
    config.idle_ms = LONG_MS;
    ck_assert_int_eq(status_of(config, false, said), STILL_ALIVE);
    config.idle_ms = 2 * SHORT_MS;
    ck_assert_int_eq(status_of(config, true, said), STILL_ALIVE);
    ck_assert_str_eq(said, "");
}
END_TEST

START_TEST(stopping_takes_as_long_as_it_may_and_no_longer)
{
    static const atomic_bool go_on, stop = true;
    char said[256];
    struct watchdog_config config = {.stop = &stop, .grace_ms = SHORT_MS};
    ck_assert_int_eq(status_of(config, true, said), ND_EXIT_TRY_AGAIN);
    ck_assert_ptr_nonnull(strstr(said, "told to stop"));
    config.grace_ms = LONG_MS;
    ck_assert_int_eq(status_of(config, true, said), STILL_ALIVE);
    config = (struct watchdog_config){.stop = &go_on, .stop_ms = SHORT_MS / 3, .grace_ms = SHORT_MS / 3};
    ck_assert_int_eq(status_of(config, true, said), ND_EXIT_TRY_AGAIN);
    config.stop_ms = 0;
    ck_assert_int_eq(status_of(config, true, said), STILL_ALIVE);
}
END_TEST

START_TEST(time_asleep_does_not_count)
{
    static const atomic_bool go_on;
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        struct watchdog_config config = {
            .host = nd_host_posix(), .idle_ms = 5 * SHORT_MS, .stop = &go_on, .grace_ms = LONG_MS};
        struct watchdog *dog = watchdog_start(&config);
        for (int i = 0; i < 9; i++) rest(SHORT_MS / 3);
        watchdog_end(dog);
        _exit(STILL_ALIVE);
    }
    rest(SHORT_MS);
    ck_assert_int_eq(kill(child, SIGSTOP), 0);
    rest(10 * SHORT_MS);
    ck_assert_int_eq(kill(child, SIGCONT), 0);
    int status = 0;
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), STILL_ALIVE);
}
END_TEST

static int hang(void)
{
    static const atomic_bool go_on;
    struct watchdog_config config = {
        .host = nd_host_posix(), .idle_ms = SHORT_MS, .stop = &go_on, .grace_ms = LONG_MS};
    struct watchdog *dog = watchdog_start(&config);
    rest(LONG_MS);
    watchdog_end(dog);
    return STILL_ALIVE;
}

/* Maybe the process hangs because of that. */
START_TEST(a_log_that_hangs_does_not_keep_it_from_ending)
{
    ck_assert_int_eq(full_pipe_status(hang), ND_EXIT_TRY_AGAIN);
}
END_TEST

ND_TEST_MAIN("cli/watchdog", time_asleep_does_not_count, a_process_that_gets_nowhere_is_ended,
             stopping_takes_as_long_as_it_may_and_no_longer, a_log_that_hangs_does_not_keep_it_from_ending)
