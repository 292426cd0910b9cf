/* Locks on files: of whoever holds them, and while their file is there. */
#include "nd_test.h"
#include "nightdesk/base/host.h"
#include "nightdesk/base/lock.h"

#include <pthread.h>
#include <unistd.h>

static int64_t now_ms(void)
{
    return nd_host_posix()->monotonic_ms(nd_host_posix()->ctx);
}

static int taken(const char *path, int64_t wait_ms)
{
    struct nd_error err = {0};
    int fd = -1;
    nd_ck_ok(nd_lock_take(path, wait_ms, &fd, &err), &err);
    return fd;
}

START_TEST(a_lock_that_is_held_is_waited_for_and_not_for_ever)
{
    const char *path = nd_test_path("lock");
    struct nd_error err = {0};
    int held = taken(path, 0), fd = -1;
    nd_ck_rc(nd_lock_take(path, 0, &fd, &err), ND_RETRY, &err);
    nd_ck_note(&err, "another process holds");
    nd_error_clear(&err);
    int64_t began_ms = now_ms();
    nd_ck_rc(nd_lock_take(path, 200, &fd, &err), ND_RETRY, &err);
    ck_assert_int_ge(now_ms() - began_ms, 200);
    nd_lock_release(held);
    nd_lock_release(taken(path, 0));
}
END_TEST

static void *let_go_later(void *fd)
{
    nd_host_posix()->sleep_ms(nd_host_posix()->ctx, 100);
    nd_lock_release(*(int *)fd);
    return NULL;
}

START_TEST(a_lock_that_comes_free_is_taken)
{
    const char *path = nd_test_path("lock");
    int held = taken(path, 0);
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, let_go_later, &held), 0);
    nd_lock_release(taken(path, 30000));
    (void)pthread_join(thread, NULL);
}
END_TEST

/* Who removes a run removes its lock's file while holding it. */
START_TEST(a_lock_on_a_file_that_is_gone_is_none)
{
    const char *path = nd_test_path("lock");
    struct nd_error err = {0};
    int removed = taken(path, 0), fd = -1;
    ck_assert_int_eq(unlink(path), 0);
    int held = taken(path, 0);
    nd_ck_rc(nd_lock_take(path, 0, &fd, &err), ND_RETRY, &err);
    nd_lock_release(removed);
    nd_lock_release(held);
}
END_TEST

ND_TEST_MAIN("base/lock", a_lock_that_is_held_is_waited_for_and_not_for_ever, a_lock_that_comes_free_is_taken,
             a_lock_on_a_file_that_is_gone_is_none)
