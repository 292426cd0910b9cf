/* Holds, stopping, closing. */
#include "net_rig.h"
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>
#include <unistd.h>

static enum nd_server_end ok(void *ctx, int fd, const struct nd_server_request *r)
{
    (void)ctx, (void)r;
    nd_server_answer(fd, 200, "text/plain", "ok");
    return ND_SERVER_KEEP;
}

static enum nd_server_end hang(void *ctx, int fd, const struct nd_server_request *r)
{
    (void)ctx, (void)fd, (void)r;
    return ND_SERVER_HANG;
}

static enum nd_server_end ok_later(void *ctx, int fd, const struct nd_server_request *r)
{
    const struct nd_host *host = nd_host_posix();
    host->sleep_ms(host->ctx, 300);
    return ok(ctx, fd, r);
}

struct call {
    struct rig *rig;
    const atomic_bool *stop;
    pthread_t thread;
    enum nd_rc rc;
    int64_t took_ms;
};

static void *make_call(void *ctx)
{
    struct call *call = ctx;
    struct nd_http_request request = {
        .method = "POST", .url = nd_server_url(call->rig->server), .body = ND_VIEW("pay"), .total_ms = 30000};
    struct nd_http_answer answer;
    int64_t start = rig_now();
    call->rc = nd_http_send(call->rig->http, &request, call->stop, &answer, NULL);
    call->took_ms = rig_now() - start;
    if (call->rc == ND_OK) nd_http_answer_release(&answer);
    return NULL;
}

static void start_call(struct call *call, struct rig *rig, const atomic_bool *stop)
{
    *call = (struct call){.rig = rig, .stop = stop};
    ck_assert_int_eq(pthread_create(&call->thread, NULL, make_call, call), 0);
}

static void nap(int64_t ms)
{
    const struct nd_host *host = nd_host_posix();
    host->sleep_ms(host->ctx, ms);
}

static void wait_for_requests(struct rig *rig, unsigned n)
{
    for (int i = 0; i < 500 && nd_server_requests(rig->server) < n; i++) nap(10);
    ck_assert_uint_eq(nd_server_requests(rig->server), n);
}

START_TEST(a_hold_is_for_all_lanes_and_for_that_host_alone)
{
    struct rig rig = rig_open(ok, NULL), other = rig_open(ok, NULL);
    struct call calls[4];
    nd_http_hold(rig.http, nd_server_url(rig.server), 500);
    for (int i = 0; i < 4; i++) start_call(&calls[i], &rig, NULL);
    struct nd_http *keep = other.http;
    other.http = rig.http; /* the same transport, another port */
    struct call free_call;
    start_call(&free_call, &other, NULL);
    pthread_join(free_call.thread, NULL);
    ck_assert_int_eq(free_call.rc, ND_OK);
    ck_assert_int_lt(free_call.took_ms, 450);
    ck_assert_uint_eq(nd_server_requests(rig.server), 0);
    for (int i = 0; i < 4; i++) {
        pthread_join(calls[i].thread, NULL);
        ck_assert_int_eq(calls[i].rc, ND_OK);
        ck_assert_int_ge(calls[i].took_ms, 400);
    }
    other.http = keep;
    rig_close(&other);
    rig_close(&rig);
}
END_TEST

START_TEST(stop_ends_a_wait_and_nothing_was_sent)
{
    struct rig rig = rig_open(ok, NULL);
    atomic_bool stop = false;
    struct call call;
    nd_http_hold(rig.http, nd_server_url(rig.server), 60000);
    start_call(&call, &rig, &stop);
    nap(100);
    atomic_store(&stop, true);
    pthread_join(call.thread, NULL);
    ck_assert_int_eq(call.rc, ND_STOPPED);
    ck_assert_int_lt(call.took_ms, 5000);
    ck_assert_uint_eq(nd_server_connections(rig.server), 0);
    rig_close(&rig);
}
END_TEST

START_TEST(a_stopped_caller_sends_nothing)
{
    struct rig rig = rig_open(ok, NULL);
    atomic_bool stop = true;
    struct call call;
    start_call(&call, &rig, &stop);
    pthread_join(call.thread, NULL);
    ck_assert_int_eq(call.rc, ND_STOPPED);
    ck_assert_uint_eq(nd_server_connections(rig.server), 0);
    rig_close(&rig);
}
END_TEST

START_TEST(an_answer_in_flight_is_awaited_although_asked_to_stop)
{
    struct rig rig = rig_open(ok_later, NULL);
    atomic_bool stop = false;
    struct call call;
    start_call(&call, &rig, &stop);
    wait_for_requests(&rig, 1);
    atomic_store(&stop, true);
    pthread_join(call.thread, NULL);
    ck_assert_int_eq(call.rc, ND_OK);
    rig_close(&rig);
}
END_TEST

START_TEST(closing_gives_up_what_is_in_flight)
{
    struct rig rig = rig_open(hang, NULL);
    struct call in_flight[3], held;
    for (int i = 0; i < 3; i++) start_call(&in_flight[i], &rig, NULL);
    wait_for_requests(&rig, 3);
    nd_http_hold(rig.http, nd_server_url(rig.server), 60000);
    start_call(&held, &rig, NULL);
    nap(50);
    int64_t start = rig_now();
    nd_http_close(rig.http);
    ck_assert_int_lt(rig_now() - start, 5000);
    for (int i = 0; i < 3; i++) {
        pthread_join(in_flight[i].thread, NULL);
        ck_assert_int_eq(in_flight[i].rc, ND_UNKNOWN);
    }
    pthread_join(held.thread, NULL);
    ck_assert_int_eq(held.rc, ND_RETRY); /* nothing of it was sent */
    ck_assert_uint_eq(nd_server_requests(rig.server), 3);
    nd_server_stop(rig.server);
}
END_TEST

START_TEST(open_and_close_many_times)
{
    struct nd_error err = {0};
    for (int i = 0; i < 50; i++) {
        struct nd_http *http;
        nd_ck_ok(nd_http_open(&http, &err), &err);
        nd_http_close(http);
    }
    nd_http_close(NULL);
}
END_TEST

/* The child's part: a call that has to wait, of which it tells. Ends with 7 when it was given up unsent. */
static int wait_for_a_host(int tell)
{
    struct rig rig = rig_open(ok, NULL);
    struct call call;
    nd_http_hold(rig.http, nd_server_url(rig.server), 20000);
    start_call(&call, &rig, NULL);
    nap(500);
    ck_assert_int_eq(write(tell, "w", 1), 1);
    pthread_join(call.thread, NULL);
    return call.rc == ND_RETRY && nd_server_requests(rig.server) == 0 ? 7 : 1;
}

/* What held when it began to wait may hold no more: a lease, above all. */
START_TEST(a_paid_call_that_slept_while_it_waited_is_not_sent)
{
    int status = 0, told[2];
    char waits;
    ck_assert_int_eq(pipe(told), 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) _exit(wait_for_a_host(told[1]));
    ck_assert_int_eq(read(told[0], &waits, 1), 1);
    ck_assert_int_eq(kill(child, SIGSTOP), 0);
    nap(5000);
    ck_assert_int_eq(kill(child, SIGCONT), 0);
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status));
    ck_assert_int_eq(WEXITSTATUS(status), 7);
}
END_TEST

ND_TEST_MAIN("net/http_waits", a_hold_is_for_all_lanes_and_for_that_host_alone,
             stop_ends_a_wait_and_nothing_was_sent, a_stopped_caller_sends_nothing,
             an_answer_in_flight_is_awaited_although_asked_to_stop, closing_gives_up_what_is_in_flight,
             open_and_close_many_times, a_paid_call_that_slept_while_it_waited_is_not_sent)
