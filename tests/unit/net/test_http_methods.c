/* Methods beside POST, what an answer's headers say, and connections that are used again. */
#include "net_rig.h"
#include <string.h>

/* Says the request line and the length of what came. */
static enum nd_server_end mirror(void *ctx, int fd, const struct nd_server_request *r)
{
    (void)ctx;
    bool head = strncmp(r->head, "HEAD ", 5) == 0;
    int line = (int)strcspn(r->head, "\r");
    char *body = nd_sprintf("%.*s|%zu|%u", line, r->head, r->body.len, r->on_connection);
    nd_server_say(
        fd,
        "HTTP/1.1 100 Continue\r\nX-Early: 1\r\n\r\n"
        "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nX-One:  first \r\nx-one: second\r\nETag: \"e:1\"\r\n"
        "Date: Tue, 24 Nov 2026 06:00:00 GMT\r\nX-Empty:\r\n\r\n%s",
        strlen(body), head ? "" : body);
    nd_free(body);
    return ND_SERVER_KEEP;
}

static void send_it(struct rig *rig, const char *method, const char *path, const char *body, bool harmless,
                    enum nd_rc wanted, struct nd_http_answer *answer)
{
    struct nd_error err = {0};
    char *url = nd_sprintf("%s%s", nd_server_url(rig->server), path);
    struct nd_http_request request = {.method = method,
                                      .url = url,
                                      .body = nd_view_of(body),
                                      .total_ms = 20000,
                                      .max_body_bytes = 100,
                                      .harmless = harmless};
    nd_ck_rc(nd_http_send(rig->http, &request, NULL, answer, &err), wanted, &err);
    nd_free(url);
}

START_TEST(each_method_arrives_with_its_body)
{
    static const struct {
        const char *method, *path, *body, *wanted;
    } sent[] = {
        {"GET", "/a/../b/./c", "", "GET /a/../b/./c HTTP/1.1|0|1"},
        {"PUT", "/k%2B1", "hello", "PUT /k%2B1 HTTP/1.1|5|1"},
        {"PUT", "/empty", "", "PUT /empty HTTP/1.1|0|1"},
        {"DELETE", "/k?versionId=3", "", "DELETE /k?versionId=3 HTTP/1.1|0|1"},
        {"HEAD", "/k", "", ""},
        {"POST", "/", "x", "POST / HTTP/1.1|1|1"},
    };
    for (size_t i = 0; i < sizeof sent / sizeof sent[0]; i++) {
        struct rig rig = rig_open(mirror, NULL);
        struct nd_http_answer answer;
        send_it(&rig, sent[i].method, sent[i].path, sent[i].body, false, ND_OK, &answer);
        ck_assert_int_eq(answer.status, 200);
        nd_ck_view(nd_bytes_view(&answer.body), sent[i].wanted);
        nd_http_answer_release(&answer);
        rig_close(&rig);
    }
}
END_TEST

START_TEST(a_body_needs_a_method_that_has_one)
{
    struct rig rig = rig_open(mirror, NULL);
    struct nd_http_answer answer;
    send_it(&rig, "DELETE", "/", "x", false, ND_BAD_INPUT, &answer);
    send_it(&rig, "HEAD", "/", "x", false, ND_BAD_INPUT, &answer);
    send_it(&rig, "PATCH", "/", "", false, ND_BAD_INPUT, &answer);
    ck_assert_uint_eq(nd_server_requests(rig.server), 0);
    rig_close(&rig);
}
END_TEST

START_TEST(headers_are_found_by_name)
{
    struct rig rig = rig_open(mirror, NULL);
    struct nd_http_answer answer;
    int64_t ms = 0;
    send_it(&rig, "GET", "/", "", true, ND_OK, &answer);
    nd_ck_view(nd_http_header(&answer, "x-ONE"), "first");
    nd_ck_view(nd_http_header(&answer, "etag"), "\"e:1\"");
    nd_ck_view(nd_http_header(&answer, "x-empty"), "");
    nd_ck_view(nd_http_header(&answer, "x-on"), "");
    nd_ck_view(nd_http_header(&answer, "x-early"), "");
    ck_assert(nd_http_date(nd_http_header(&answer, "date"), &ms));
    ck_assert_int_eq(ms, 1795500000000);
    ck_assert(!nd_http_date(ND_VIEW("yesterday at noon"), &ms));
    ck_assert(!nd_http_date(ND_VIEW(""), &ms));
    nd_http_answer_release(&answer);
    rig_close(&rig);
}
END_TEST

START_TEST(harmless_requests_share_a_connection)
{
    struct rig rig = rig_open(mirror, NULL);
    for (int i = 0; i < 6; i++) {
        struct nd_http_answer answer;
        send_it(&rig, "GET", "/", "", i < 3, ND_OK, &answer);
        nd_http_answer_release(&answer);
    }
    ck_assert_uint_eq(nd_server_requests(rig.server), 6);
    ck_assert_uint_eq(nd_server_connections(rig.server), 4); /* one for the first three */
    rig_close(&rig);
}
END_TEST

START_TEST(a_body_that_is_too_large_is_told_apart)
{
    struct rig rig = rig_open(mirror, NULL);
    struct nd_http_answer answer;
    char path[200];
    memset(path, 'x', sizeof path);
    path[0] = '/';
    path[sizeof path - 1] = '\0';
    send_it(&rig, "GET", path, "", true, ND_UNKNOWN, &answer);
    ck_assert(answer.too_large);
    send_it(&rig, "GET", "/", "", true, ND_OK, &answer);
    ck_assert(!answer.too_large);
    nd_http_answer_release(&answer);
    rig_close(&rig);
}
END_TEST

ND_TEST_MAIN("net/http_methods", each_method_arrives_with_its_body, a_body_needs_a_method_that_has_one,
             headers_are_found_by_name, harmless_requests_share_a_connection,
             a_body_that_is_too_large_is_told_apart)
