/* What comes back: whole answers, torn ones, too large ones, none at all. */
#include "net_rig.h"
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static enum nd_server_end echo(void *ctx, int fd, const struct nd_server_request *r)
{
    (void)ctx;
    char *body = nd_view_dup(r->body);
    nd_server_answer(fd, 200, "text/plain; charset=utf-8", body);
    nd_free(body);
    return ND_SERVER_KEEP;
}

/* ctx: the bytes to say, after which the connection ends */
static enum nd_server_end say_and_close(void *ctx, int fd, const struct nd_server_request *r)
{
    (void)r;
    nd_server_write(fd, nd_view_of(ctx));
    return ND_SERVER_CLOSE;
}

static enum nd_server_end end_as_told(void *ctx, int fd, const struct nd_server_request *r)
{
    (void)fd, (void)r;
    return *(enum nd_server_end *)ctx;
}

START_TEST(body_and_headers_arrive_whole)
{
    struct rig rig = rig_open(echo, NULL);
    struct nd_error err = {0};
    struct nd_bytes big = ND_BYTES(ND_BYTES_MAX);
    while (big.len < 3 * ND_MIB) nd_bytes_addf(&big, "%zu;", big.len);
    struct nd_http_answer answer;
    rig_post(&rig, big.data, ND_OK, &answer, &err);
    ck_assert_int_eq(answer.status, 200);
    ck_assert(nd_view_eq(nd_bytes_view(&answer.body), nd_bytes_view(&big)));
    ck_assert_str_eq(answer.content_type, "text/plain; charset=utf-8");
    ck_assert_int_eq(answer.retry_after_ms, -1);
    nd_http_answer_release(&answer);
    nd_bytes_release(&big);
    rig_close(&rig);
}
END_TEST

static enum nd_server_end tell_head(void *ctx, int fd, const struct nd_server_request *r)
{
    (void)ctx;
    nd_server_answer(fd, 200, "text/plain", r->head);
    return ND_SERVER_KEEP;
}

START_TEST(method_path_and_headers_are_sent_as_given)
{
    struct rig rig = rig_open(tell_head, NULL);
    struct nd_error err = {0};
    struct nd_http_answer answer;
    char *url = nd_sprintf("%s/v1/chat?x=1", nd_server_url(rig.server));
    const char *headers[] = {"Authorization: Bearer abc", "X-Thing: 1", NULL};
    struct nd_http_request get = {.method = "GET", .url = url, .headers = headers};
    nd_ck_ok(nd_http_send(rig.http, &get, NULL, &answer, &err), &err);
    const char *head = nd_bytes_view(&answer.body).data;
    ck_assert_ptr_eq(strstr(head, "GET /v1/chat?x=1 HTTP/1.1\r\n"), head);
    ck_assert_ptr_nonnull(strstr(head, "\r\nAuthorization: Bearer abc\r\n"));
    ck_assert_ptr_nonnull(strstr(head, "\r\nX-Thing: 1\r\n"));
    ck_assert_ptr_null(strstr(head, "Expect"));
    ck_assert_ptr_null(strstr(head, "Cookie"));
    nd_http_answer_release(&answer);
    nd_free(url);
    rig_close(&rig);
}
END_TEST

START_TEST(every_status_is_an_answer)
{
    static const int statuses[] = {200, 201, 204, 301, 302, 304, 307, 400, 401, 407, 417, 429, 500, 503, 599};
    struct nd_error err = {0};
    for (size_t i = 0; i < sizeof statuses / sizeof statuses[0]; i++) {
        bool bodiless = statuses[i] == 204 || statuses[i] == 304;
        char *text = nd_sprintf("HTTP/1.1 %d X\r\nLocation: http://127.0.0.1:1/\r\n"
                                "WWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: %d\r\n\r\n%s",
                                statuses[i], bodiless ? 0 : 2, bodiless ? "" : "ok");
        struct rig rig = rig_open(say_and_close, text);
        struct nd_http_answer answer;
        rig_post(&rig, "x", ND_OK, &answer, &err);
        ck_assert_int_eq(answer.status, statuses[i]);
        nd_ck_view(nd_bytes_view(&answer.body), bodiless ? "" : "ok");
        nd_http_answer_release(&answer);
        ck_assert_uint_eq(nd_server_requests(rig.server), 1); /* no redirect, no second try with a password */
        rig_close(&rig);
        nd_free(text);
    }
}
END_TEST

START_TEST(torn_and_broken_answers_are_unknown)
{
    static const char *const torn[] = {
        "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\nhello\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\nhello",
        "HTTP/1.1 200 OK\r\nContent-Le",
        "HTTP/1.1 200",
        "{\"no\":\"status line\"}", /* HTTP/0.9 */
        "SSH-2.0-OpenSSH_9.2\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "",
    };
    struct nd_error err = {0};
    for (size_t i = 0; i < sizeof torn / sizeof torn[0]; i++) {
        char *text = nd_strdup(torn[i]);
        struct rig rig = rig_open(say_and_close, text);
        struct nd_http_answer answer;
        nd_error_clear(&err);
        struct nd_http_request request = {
            .method = "POST", .url = nd_server_url(rig.server), .body = ND_VIEW("pay")};
        enum nd_rc rc = nd_http_send(rig.http, &request, NULL, &answer, &err);
        ck_assert_msg(rc == ND_UNKNOWN, "'%s' gave %s", torn[i], nd_rc_word(rc));
        ck_assert_ptr_null(answer.body.data);
        ck_assert_uint_eq(nd_server_requests(rig.server), 1);
        rig_close(&rig);
        nd_free(text);
    }
}
END_TEST

START_TEST(an_interim_answer_is_not_the_answer)
{
    char text[] = "HTTP/1.1 100 Continue\r\nRetry-After: 9\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n"
                  "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
    struct rig rig = rig_open(say_and_close, text);
    struct nd_error err = {0};
    struct nd_http_answer answer;
    rig_post(&rig, "x", ND_OK, &answer, &err);
    nd_ck_view(nd_bytes_view(&answer.body), "ok");
    nd_http_answer_release(&answer);
    rig_close(&rig);
}
END_TEST

START_TEST(resets_closes_and_silence_after_sending_are_unknown)
{
    enum nd_server_end ends[] = {ND_SERVER_RESET, ND_SERVER_CLOSE, ND_SERVER_HANG};
    struct nd_error err = {0};
    for (size_t i = 0; i < 3; i++) {
        struct rig rig = rig_open(end_as_told, &ends[i]);
        struct nd_http_request request = {
            .method = "POST", .url = nd_server_url(rig.server), .body = ND_VIEW("pay"), .total_ms = 400};
        struct nd_http_answer answer;
        int64_t start = rig_now();
        nd_error_clear(&err);
        nd_ck_rc(nd_http_send(rig.http, &request, NULL, &answer, &err), ND_UNKNOWN, &err);
        ck_assert_int_lt(rig_now() - start, 5000);
        rig_close(&rig);
    }
}
END_TEST

START_TEST(a_connection_reset_before_reading_is_unknown)
{
    struct rig rig = rig_open(echo, NULL);
    struct nd_error err = {0};
    struct nd_http_answer answer;
    nd_server_reset_all(rig.server);
    struct nd_http_request request = {
        .method = "POST", .url = nd_server_url(rig.server), .body = ND_VIEW("pay")};
    enum nd_rc rc = nd_http_send(rig.http, &request, NULL, &answer, &err);
    /* the reset may come before the first byte left: then nothing was sent */
    ck_assert_msg(rc == ND_UNKNOWN || rc == ND_RETRY, "%s", nd_test_chain(rc, &err));
    ck_assert_uint_eq(nd_server_requests(rig.server), 0);
    rig_close(&rig);
}
END_TEST

START_TEST(nothing_is_sent_where_nobody_listens)
{
    struct rig rig = rig_open(echo, NULL);
    struct nd_error err = {0};
    struct nd_http_answer answer;
    char *closed = nd_sprintf("http://127.0.0.1:%d/", nd_server_free_port());
    char *no_tls = nd_sprintf("https://%s/", nd_server_url(rig.server) + strlen("http://"));
    const char *urls[] = {closed, no_tls, "http://no-such-host.invalid/"};
    for (size_t i = 0; i < 3; i++) {
        struct nd_http_request request = {
            .method = "POST", .url = urls[i], .body = ND_VIEW("pay"), .total_ms = 1500};
        nd_error_clear(&err);
        nd_ck_rc(nd_http_send(rig.http, &request, NULL, &answer, &err), ND_RETRY, &err);
        nd_ck_note(&err, urls[i]);
    }
    ck_assert_uint_eq(nd_server_requests(rig.server), 0);
    nd_free(closed);
    nd_free(no_tls);
    rig_close(&rig);
}
END_TEST

START_TEST(a_connection_that_never_opens_is_not_reached)
{
    struct rig rig = rig_open(echo, NULL);
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t len = sizeof at;
    int full = socket(AF_INET, SOCK_STREAM, 0), waiting[3];
    ck_assert(bind(full, (struct sockaddr *)&at, len) == 0 && listen(full, 0) == 0);
    ck_assert_int_eq(getsockname(full, (struct sockaddr *)&at, &len), 0);
    for (int i = 0; i < 3; i++) { /* fills the queue that nobody accepts from */
        waiting[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
        (void)connect(waiting[i], (struct sockaddr *)&at, len);
    }
    char *url = nd_sprintf("http://127.0.0.1:%d/", ntohs(at.sin_port));
    struct nd_http_request request = {.method = "POST", .url = url, .body = ND_VIEW("pay"), .total_ms = 300};
    struct nd_http_answer answer;
    struct nd_error err = {0};
    nd_ck_rc(nd_http_send(rig.http, &request, NULL, &answer, &err), ND_RETRY, &err);
    for (int i = 0; i < 3; i++) close(waiting[i]);
    close(full);
    nd_free(url);
    rig_close(&rig);
}
END_TEST

static enum nd_server_end flood(void *ctx, int fd, const struct nd_server_request *r)
{
    const char *kind = ctx;
    static char line[8192];
    memset(line, 'x', sizeof line - 1);
    (void)r;
    if (strcmp(kind, "length") == 0)
        nd_server_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n");
    if (strcmp(kind, "chunked") == 0)
        nd_server_say(fd, "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
    if (strcmp(kind, "until close") == 0) nd_server_say(fd, "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n");
    if (strcmp(kind, "headers") == 0) nd_server_say(fd, "HTTP/1.1 200 OK\r\n");
    for (int i = 0; i < 400; i++) {
        if (strcmp(kind, "chunked") == 0)
            nd_server_say(fd, "%zx\r\n%s\r\n", sizeof line - 1, line);
        else if (strcmp(kind, "headers") == 0)
            nd_server_say(fd, "X-%d: %s\r\n", i, line);
        else if (strcmp(kind, "interim") == 0)
            nd_server_say(fd, "HTTP/1.1 103 Hints\r\nLink: %s\r\n\r\n", line);
        else
            nd_server_say(fd, "%s", line);
    }
    return ND_SERVER_CLOSE;
}

START_TEST(too_large_bodies_and_headers_end_the_exchange)
{
    static const char *const kinds[] = {"length", "chunked", "until close", "headers", "interim"};
    struct nd_error err = {0};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        char *kind = nd_strdup(kinds[i]);
        struct rig rig = rig_open(flood, kind);
        struct nd_http_request request = {.method = "POST",
                                          .url = nd_server_url(rig.server),
                                          .body = ND_VIEW("pay"),
                                          .total_ms = 20000,
                                          .max_body_bytes = 100000};
        struct nd_http_answer answer;
        nd_error_clear(&err);
        nd_ck_rc(nd_http_send(rig.http, &request, NULL, &answer, &err), ND_UNKNOWN, &err);
        nd_ck_note(&err, i < 3 ? "more than 100000 bytes" : "more than 65536 bytes of headers");
        rig_close(&rig);
        nd_free(kind);
    }
}
END_TEST

START_TEST(a_body_of_exactly_the_ceiling_is_fine)
{
    struct rig rig = rig_open(echo, NULL);
    struct nd_http_request request = {
        .method = "POST", .url = nd_server_url(rig.server), .body = ND_VIEW("12345"), .max_body_bytes = 5};
    struct nd_http_answer answer;
    struct nd_error err = {0};
    nd_ck_ok(nd_http_send(rig.http, &request, NULL, &answer, &err), &err);
    nd_ck_view(nd_bytes_view(&answer.body), "12345");
    nd_http_answer_release(&answer);
    request.max_body_bytes = 4;
    nd_ck_rc(nd_http_send(rig.http, &request, NULL, &answer, &err), ND_UNKNOWN, &err);
    rig_close(&rig);
}
END_TEST

static enum nd_server_end slowly(void *ctx, int fd, const struct nd_server_request *r)
{
    (void)ctx, (void)r;
    const struct nd_host *host = nd_host_posix();
    nd_server_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n");
    for (int i = 0; i < 10; i++) {
        host->sleep_ms(host->ctx, 40);
        nd_server_say(fd, "%d", i);
    }
    return ND_SERVER_KEEP;
}

START_TEST(a_slow_answer_is_awaited_within_the_time)
{
    struct rig rig = rig_open(slowly, NULL);
    struct nd_error err = {0};
    struct nd_http_answer answer;
    rig_post(&rig, "x", ND_OK, &answer, &err);
    nd_ck_view(nd_bytes_view(&answer.body), "0123456789");
    nd_http_answer_release(&answer);
    struct nd_http_request request = {
        .method = "POST", .url = nd_server_url(rig.server), .body = ND_VIEW("pay"), .total_ms = 150};
    nd_ck_rc(nd_http_send(rig.http, &request, NULL, &answer, &err), ND_UNKNOWN, &err);
    rig_close(&rig);
}
END_TEST

static enum nd_server_end falls_silent(void *ctx, int fd, const struct nd_server_request *r)
{
    (void)ctx, (void)r;
    nd_server_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n01234");
    return ND_SERVER_HANG;
}

/* An answer that comes drop by drop may take its time, one that falls silent may not. */
START_TEST(silence_ends_an_answer_before_its_time)
{
    struct nd_error err = {0};
    struct nd_http_answer answer;
    struct rig rig = rig_open(slowly, NULL);
    struct nd_http_request request = {.method = "POST",
                                      .url = nd_server_url(rig.server),
                                      .body = ND_VIEW("pay"),
                                      .total_ms = 60000,
                                      .idle_ms = 1000};
    nd_ck_ok(nd_http_send(rig.http, &request, NULL, &answer, &err), &err);
    nd_http_answer_release(&answer);
    rig_close(&rig);
    rig = rig_open(falls_silent, NULL);
    request.url = nd_server_url(rig.server);
    const struct nd_host *host = nd_host_posix();
    int64_t began_ms = host->monotonic_ms(host->ctx);
    nd_ck_rc(nd_http_send(rig.http, &request, NULL, &answer, &err), ND_UNKNOWN, &err);
    ck_assert_int_lt(host->monotonic_ms(host->ctx) - began_ms, 30000);
    ck_assert_uint_eq(nd_server_requests(rig.server), 1);
    rig_close(&rig);
}
END_TEST

START_TEST(retry_after_in_seconds_or_as_a_date)
{
    static const struct {
        const char *value;
        int64_t least_ms, most_ms;
    } rows[] = {{"7", 7000, 7000},
                {"0", -1, -1},
                {"-3", -1, -1},
                {"3600", ND_HTTP_WAIT_MAX_MS, ND_HTTP_WAIT_MAX_MS},
                {"99999999999999999999999", -1, -1},
                {"soon", -1, -1},
                {"", -1, -1},
                {"Fri, 31 Dec 1999 23:59:59 GMT", -1, -1},
                {"Fri, 31 Dec 2100 23:59:59 GMT", ND_HTTP_WAIT_MAX_MS, ND_HTTP_WAIT_MAX_MS}};
    struct nd_error err = {0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *text =
            nd_sprintf("HTTP/1.1 429 Slow\r\nretry-after: %s\r\nContent-Length: 0\r\n\r\n", rows[i].value);
        struct rig rig = rig_open(say_and_close, text);
        struct nd_http_answer answer;
        rig_post(&rig, "x", ND_OK, &answer, &err);
        ck_assert_msg(answer.retry_after_ms >= rows[i].least_ms && answer.retry_after_ms <= rows[i].most_ms,
                      "'%s' gave %lld", rows[i].value, (long long)answer.retry_after_ms);
        nd_http_answer_release(&answer);
        rig_close(&rig);
        nd_free(text);
    }
}
END_TEST

START_TEST(bad_requests_never_leave)
{
    struct rig rig = rig_open(echo, NULL);
    const char *injected[] = {"X-A: b\r\nX-B: c", NULL}, *nameless[] = {"nothing", NULL};
    const char *url = nd_server_url(rig.server);
    const struct nd_http_request bad[] = {{.method = "POST", .url = "file:///etc/passwd"},
                                          {.method = "POST", .url = "http://u:p@127.0.0.1/"},
                                          {.method = "PATCH", .url = url},
                                          {.method = "GET", .url = url, .body = ND_VIEW("x")},
                                          {.method = "POST", .url = url, .headers = injected},
                                          {.method = "POST", .url = url, .headers = nameless}};
    struct nd_http_answer answer;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct nd_error err = {0};
        nd_ck_rc(nd_http_send(rig.http, &bad[i], NULL, &answer, &err), ND_BAD_INPUT, &err);
    }
    ck_assert_uint_eq(nd_server_connections(rig.server), 0);
    rig_close(&rig);
}
END_TEST

ND_TEST_MAIN("net/http_answers", body_and_headers_arrive_whole, method_path_and_headers_are_sent_as_given,
             every_status_is_an_answer, torn_and_broken_answers_are_unknown,
             an_interim_answer_is_not_the_answer, resets_closes_and_silence_after_sending_are_unknown,
             a_connection_reset_before_reading_is_unknown, nothing_is_sent_where_nobody_listens,
             a_connection_that_never_opens_is_not_reached, too_large_bodies_and_headers_end_the_exchange,
             a_body_of_exactly_the_ceiling_is_fine, a_slow_answer_is_awaited_within_the_time,
             silence_ends_an_answer_before_its_time, retry_after_in_seconds_or_as_a_date,
             bad_requests_never_leave)
