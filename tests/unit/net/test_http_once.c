/* A request is sent once: what the server counts is what was asked for. */
#include "net_rig.h"
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

static enum nd_server_end echo(void *ctx, int fd, const struct nd_server_request *r)
{
    (void)ctx;
    char *body = nd_view_dup(r->body);
    nd_server_answer(fd, 200, "text/plain", body);
    nd_free(body);
    return ND_SERVER_KEEP;
}

/* Answers the first request of a connection and dies at the second, having read it whole. */
struct death {
    enum nd_server_end how;
    struct nd_server *listener; /* stops listening first; NULL: goes on */
    atomic_uint deaths;
};

static enum nd_server_end die_at_the_second(void *ctx, int fd, const struct nd_server_request *r)
{
    struct death *death = ctx;
    if (r->on_connection != 2) return echo(NULL, fd, r);
    atomic_fetch_add(&death->deaths, 1);
    if (death->listener) nd_server_deaf(death->listener);
    return death->how;
}

/* libcurl opens another connection by itself, finds that it cannot rewind the body, and gives up. */
START_TEST(a_kept_connection_that_dies_unanswered_is_not_a_second_bill)
{
    enum nd_server_end ends[] = {ND_SERVER_CLOSE, ND_SERVER_RESET};
    struct nd_error err = {0};
    for (size_t i = 0; i < 2; i++) {
        struct death death = {.how = ends[i]};
        struct rig rig = rig_open(die_at_the_second, &death);
        struct nd_http_answer answer;
        rig_post(&rig, "first", ND_OK, &answer, &err);
        nd_http_answer_release(&answer);
        rig_post(&rig, "second", ND_UNKNOWN, &answer, &err);
        ck_assert_uint_eq(death.deaths, 1);                   /* it was re-used: the case is the one meant */
        ck_assert_uint_eq(nd_server_requests(rig.server), 2); /* bills = calls */
        rig_close(&rig);
    }
}
END_TEST

/* The connection that libcurl opens by itself is refused: still the first one carried the whole request. */
START_TEST(a_refusal_after_a_death_does_not_make_it_unsent)
{
    struct death death = {.how = ND_SERVER_CLOSE};
    struct rig rig = rig_open(die_at_the_second, &death);
    struct nd_error err = {0};
    struct nd_http_answer answer;
    death.listener = rig.server;
    rig_post(&rig, "first", ND_OK, &answer, &err);
    nd_http_answer_release(&answer);
    rig_post(&rig, "second", ND_UNKNOWN, &answer, &err);
    ck_assert_uint_eq(death.deaths, 1);
    rig_post(&rig, "third", ND_RETRY, &answer, &err);
    ck_assert_uint_eq(nd_server_requests(rig.server), 2);
    rig_close(&rig);
}
END_TEST

START_TEST(many_calls_on_dying_connections_are_billed_once_each)
{
    struct death death = {.how = ND_SERVER_CLOSE};
    struct rig rig = rig_open(die_at_the_second, &death);
    struct nd_error err = {0};
    struct nd_http_answer answer;
    for (int i = 0; i < 20; i++) {
        rig_post(&rig, "pay", i % 2 ? ND_UNKNOWN : ND_OK, &answer, &err);
        nd_http_answer_release(&answer);
    }
    ck_assert_uint_eq(death.deaths, 10);
    ck_assert_uint_eq(nd_server_requests(rig.server), 20);
    rig_close(&rig);
}
END_TEST

START_TEST(a_request_without_a_body_travels_alone)
{
    struct death death = {.how = ND_SERVER_CLOSE};
    struct rig rig = rig_open(die_at_the_second, &death);
    struct nd_error err = {0};
    struct nd_http_answer answer;
    struct nd_http_request get = {.method = "GET", .url = nd_server_url(rig.server)};
    struct nd_http_request empty_post = {.method = "POST", .url = nd_server_url(rig.server)};
    for (int i = 0; i < 3; i++) {
        nd_ck_ok(nd_http_send(rig.http, &get, NULL, &answer, &err), &err);
        nd_http_answer_release(&answer);
        nd_ck_ok(nd_http_send(rig.http, &empty_post, NULL, &answer, &err), &err);
        nd_http_answer_release(&answer);
    }
    ck_assert_uint_eq(nd_server_requests(rig.server), 6);
    ck_assert_uint_eq(nd_server_connections(rig.server), 6);
    rig_close(&rig);
}
END_TEST

static enum nd_server_end close_politely(void *ctx, int fd, const struct nd_server_request *r)
{
    (void)ctx, (void)r;
    nd_server_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    return ND_SERVER_CLOSE;
}

START_TEST(a_connection_that_the_server_closed_meanwhile_is_not_used)
{
    struct rig rig = rig_open(close_politely, NULL);
    struct nd_error err = {0};
    struct nd_http_answer answer;
    const struct nd_host *host = nd_host_posix();
    for (int i = 0; i < 5; i++) {
        rig_post(&rig, "pay", ND_OK, &answer, &err);
        nd_http_answer_release(&answer);
        host->sleep_ms(host->ctx, 30); /* the end of the connection arrives */
    }
    ck_assert_uint_eq(nd_server_requests(rig.server), 5);
    rig_close(&rig);
}
END_TEST

static enum nd_server_end say_and_close(void *ctx, int fd, const struct nd_server_request *r)
{
    (void)r;
    nd_server_write(fd, nd_view_of(ctx));
    return ND_SERVER_CLOSE;
}

START_TEST(expectation_failed_is_not_a_second_try)
{
    char text[] = "HTTP/1.1 417 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n";
    struct rig rig = rig_open(say_and_close, text);
    struct nd_error err = {0};
    struct nd_http_answer answer;
    rig_post(&rig, "pay", ND_OK, &answer, &err);
    nd_http_answer_release(&answer);
    ck_assert_uint_eq(nd_server_requests(rig.server), 1);
    rig_close(&rig);
}
END_TEST

START_TEST(the_environment_names_no_proxy)
{
    char *dead = nd_sprintf("http://127.0.0.1:%d", nd_server_free_port());
    static const char *const names[] = {"http_proxy", "https_proxy", "all_proxy", "HTTP_PROXY", "ALL_PROXY"};
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        ck_assert_int_eq(setenv(names[i], dead, 1), 0);
    struct rig rig = rig_open(echo, NULL);
    struct nd_error err = {0};
    struct nd_http_answer answer;
    rig_post(&rig, "x", ND_OK, &answer, &err);
    nd_http_answer_release(&answer);
    rig_close(&rig);
    nd_free(dead);
}
END_TEST

#define LANES 32
#define CALLS 8

struct lane {
    struct rig *rig;
    pthread_t thread;
    int number, right;
};

static void *run_lane(void *ctx)
{
    struct lane *lane = ctx;
    for (int i = 0; i < CALLS; i++) {
        char *body = nd_sprintf("lane %d call %d", lane->number, i);
        struct nd_http_request request = {.method = "POST",
                                          .url = nd_server_url(lane->rig->server),
                                          .body = nd_view_of(body),
                                          .total_ms = 30000};
        struct nd_http_answer answer;
        if (nd_http_send(lane->rig->http, &request, NULL, &answer, NULL) == ND_OK) {
            lane->right += nd_view_is(nd_bytes_view(&answer.body), body);
            nd_http_answer_release(&answer);
        }
        nd_free(body);
    }
    return NULL;
}

static enum nd_server_end echo_late(void *ctx, int fd, const struct nd_server_request *r)
{
    const struct nd_host *host = nd_host_posix();
    host->sleep_ms(host->ctx, 5 + r->number % 7);
    return echo(ctx, fd, r);
}

START_TEST(each_lane_gets_its_own_answers)
{
    struct rig rig = rig_open(echo_late, NULL);
    struct lane lanes[LANES];
    for (int i = 0; i < LANES; i++) {
        lanes[i] = (struct lane){.rig = &rig, .number = i};
        ck_assert_int_eq(pthread_create(&lanes[i].thread, NULL, run_lane, &lanes[i]), 0);
    }
    for (int i = 0; i < LANES; i++) {
        pthread_join(lanes[i].thread, NULL);
        ck_assert_int_eq(lanes[i].right, CALLS);
    }
    ck_assert_uint_eq(nd_server_requests(rig.server), LANES * CALLS);
    ck_assert_uint_le(nd_server_connections(rig.server), LANES * CALLS);
    rig_close(&rig);
}
END_TEST

ND_TEST_MAIN("net/http_once", a_kept_connection_that_dies_unanswered_is_not_a_second_bill,
             a_refusal_after_a_death_does_not_make_it_unsent,
             many_calls_on_dying_connections_are_billed_once_each, a_request_without_a_body_travels_alone,
             a_connection_that_the_server_closed_meanwhile_is_not_used,
             expectation_failed_is_not_a_second_try, the_environment_names_no_proxy,
             each_lane_gets_its_own_answers)
