/* A request that may be paid for leaves once, whatever comes back; the caller reads every whole answer. */
#include "aws_rig.h"
#include "nightdesk/aws/bedrock.h"
#include "nightdesk/base/alloc.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

/** Says the first answer once and then the second. */
struct script {
    const char *answers[2];
    atomic_uint at;
    char path[256], dates[2][32], authorization[512];
};

static enum nd_server_end play(void *ctx, int fd, const struct nd_server_request *r)
{
    struct script *s = ctx;
    unsigned at = atomic_fetch_add(&s->at, 1);
    const char *end = strstr(r->head, " HTTP/1.1");
    (void)snprintf(s->path, sizeof s->path, "%.*s", (int)(end - r->head), r->head);
    if (at < 2) (void)snprintf(s->dates[at], sizeof s->dates[at], "%s", rig_header(r->head, "x-amz-date"));
    (void)snprintf(s->authorization, sizeof s->authorization, "%s", rig_header(r->head, "authorization"));
    const char *answer = s->answers[at > 0 && s->answers[1] ? 1 : 0];
    nd_server_say(fd, "%s", answer);
    return strstr(answer, "Content-Length: 99") ? ND_SERVER_RESET : ND_SERVER_KEEP;
}

static struct rig keyed_rig(struct script *script)
{
    rig_env_set("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
    rig_env_set("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    rig_env_set("AWS_MAX_ATTEMPTS", "5"); /* says nothing here */
    return rig_open(play, script);
}

static enum nd_rc post(struct rig *rig, const atomic_bool *stop, struct nd_http_answer *answer,
                       struct nd_error *err)
{
    char *path = nd_bedrock_path("us.maker.model-1:0", "converse");
    const struct nd_bedrock_post request = {
        .path = path, .body = ND_VIEW("{}"), .total_ms = 5000, .stop = stop};
    nd_error_clear(err);
    enum nd_rc rc = nd_bedrock_post(rig->aws, &request, answer, err);
    nd_free(path);
    return rc;
}

START_TEST(every_whole_answer_is_read_by_the_caller_and_asked_for_once)
{
    static const int statuses[] = {200, 400, 403, 404, 408, 424, 429, 500, 503};
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        char *text =
            nd_sprintf("HTTP/1.1 %d X\r\nContent-Length: 17\r\nRetry-After: 3\r\n\r\n{\"message\":\"why\"}",
                       statuses[i]);
        struct script script = {.answers = {text}};
        struct rig rig = keyed_rig(&script);
        struct nd_http_answer answer;
        struct nd_error err = {0};
        nd_ck_ok(post(&rig, NULL, &answer, &err), &err);
        ck_assert_int_eq(answer.status, statuses[i]);
        ck_assert_int_eq(answer.retry_after_ms, 3000);
        nd_ck_view(nd_bytes_view(&answer.body), "{\"message\":\"why\"}");
        ck_assert_uint_eq(nd_server_requests(rig.server), 1);
        ck_assert_str_eq(script.path, "POST /model/us.maker.model-1%3A0/converse");
        ck_assert_ptr_nonnull(
            strstr(script.authorization, "/us-east-1/bedrock/aws4_request, SignedHeaders="));
        nd_http_answer_release(&answer);
        rig_close(&rig);
        nd_free(text);
    }
}
END_TEST

START_TEST(a_torn_answer_is_unknown_and_not_asked_for_again)
{
    struct script script = {.answers = {"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"}};
    struct rig rig = keyed_rig(&script);
    struct nd_http_answer answer;
    struct nd_error err = {0};
    nd_ck_rc(post(&rig, NULL, &answer, &err), ND_UNKNOWN, &err);
    ck_assert_uint_eq(nd_server_requests(rig.server), 1);
    rig_close(&rig);
}
END_TEST

START_TEST(nothing_leaves_where_nobody_listens_or_after_a_stop)
{
    struct script script = {.answers = {"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"}};
    struct rig rig = keyed_rig(&script);
    struct nd_http_answer answer;
    struct nd_error err = {0};
    atomic_bool stop = true;
    nd_ck_rc(post(&rig, &stop, &answer, &err), ND_STOPPED, &err);
    nd_server_deaf(rig.server);
    nd_ck_rc(post(&rig, NULL, &answer, &err), ND_RETRY, &err);
    ck_assert_uint_eq(nd_server_requests(rig.server), 0);
    rig_close(&rig);
}
END_TEST

#define SKEWED                                                                                               \
    "HTTP/1.1 403 X\r\nDate: Fri, 02 Jan 2026 05:04:05 GMT\r\nx-amzn-ErrorType: "                            \
    "InvalidSignatureException\r\n"                                                                          \
    "Content-Length: 2\r\n\r\n{}"

START_TEST(a_wrong_clock_is_set_right_and_it_is_sent_once_more)
{
    struct script script = {.answers = {SKEWED, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"}};
    struct rig rig = keyed_rig(&script);
    struct nd_http_answer answer;
    struct nd_error err = {0};
    nd_ck_ok(post(&rig, NULL, &answer, &err), &err);
    ck_assert_int_eq(answer.status, 200);
    ck_assert_uint_eq(nd_server_requests(rig.server), 2);
    ck_assert_str_eq(script.dates[0], "20260102T030405Z");
    ck_assert_str_eq(script.dates[1], "20260102T050405Z");
    nd_http_answer_release(&answer);
    rig_close(&rig);
}
END_TEST

START_TEST(a_wrong_secret_is_an_answer_like_others)
{
    struct script script = {.answers = {"HTTP/1.1 403 X\r\nx-amzn-ErrorType: "
                                        "UnrecognizedClientException:x\r\nContent-Length: 2\r\n\r\n{}"}};
    struct rig rig = keyed_rig(&script);
    struct nd_http_answer answer;
    struct nd_error err = {0};
    nd_ck_ok(post(&rig, NULL, &answer, &err), &err);
    ck_assert_int_eq(answer.status, 403);
    ck_assert_uint_eq(err.notes, 0);
    nd_http_answer_release(&answer);
    rig_close(&rig);
}
END_TEST

START_TEST(where_it_is)
{
    char *url = NULL;
    struct nd_error err = {0};
    rig_env_set("AWS_CONFIG_FILE", "/dev/null");
    rig_env_set("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    nd_ck_rc(nd_bedrock_url(rig_env, &url, &err), ND_CONFIG, &err);
    rig_env_set("AWS_REGION", "eu-west-1");
    nd_ck_ok(nd_bedrock_url(rig_env, &url, &err), &err);
    ck_assert_str_eq(url, "https://bedrock-runtime.eu-west-1.amazonaws.com");
    nd_free(url);
    rig_env_set("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "http://127.0.0.1:8080/b/");
    nd_ck_ok(nd_bedrock_url(rig_env, &url, &err), &err);
    ck_assert_str_eq(url, "http://127.0.0.1:8080/b");
    nd_free(url);
}
END_TEST

ND_TEST_MAIN("aws/bedrock", every_whole_answer_is_read_by_the_caller_and_asked_for_once,
             a_torn_answer_is_unknown_and_not_asked_for_again,
             nothing_leaves_where_nobody_listens_or_after_a_stop,
             a_wrong_clock_is_set_right_and_it_is_sent_once_more, a_wrong_secret_is_an_answer_like_others,
             where_it_is)
