/* One place that signs, sends and repeats: what the server sees, and what becomes of each kind of answer. */
#include "aws_rig.h"
#include "nightdesk/aws/dynamodb.h"
#include "nightdesk/aws/s3.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/hash.h"
#include "request.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

/** Answers in order; the last one again and again. An answer of NULL tears the connection. */
struct script {
    const char *answers[8];
    atomic_uint at;
    char last_head[4096];
    char security_token[8][64];
    bool with_crc;
};

#define OK_ITEM "HTTP/1.1 200 OK\r\n\r\n{\"Item\":{\"pk\":{\"S\":\"a\"}}}"
#define ERROR(status, code)                                                                                  \
    "HTTP/1.1 " #status " X\r\n\r\n{\"__type\":\"com.amazonaws#" code "\",\"message\":\"said\"}"

static enum nd_server_end play(void *ctx, int fd, const struct nd_server_request *r)
{
    struct script *s = ctx;
    unsigned at = atomic_fetch_add(&s->at, 1), last = 0;
    while (last + 1 < 8 && s->answers[last + 1]) last++;
    (void)snprintf(s->last_head, sizeof s->last_head, "%s", r->head);
    if (at < 8) (void)snprintf(s->security_token[at], 64, "%s", rig_header(r->head, "x-amz-security-token"));
    const char *answer = s->answers[at < last ? at : last];
    if (strcmp(answer, "tear") == 0) {
        nd_server_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{");
        return ND_SERVER_RESET;
    }
    const char *body = strstr(answer, "\r\n\r\n") + 4;
    nd_server_say(fd, "%.*s\r\nContent-Length: %zu\r\n", (int)(body - answer - 4), answer, strlen(body));
    if (s->with_crc) nd_server_say(fd, "x-amz-crc32: %u\r\n", nd_crc32(nd_view_of(body)));
    nd_server_say(fd, "\r\n%s", body);
    return ND_SERVER_KEEP;
}

static struct rig keyed_rig(struct script *script)
{
    if (!rig_env("AWS_ACCESS_KEY_ID")) {
        rig_env_set("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
        rig_env_set("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    }
    return rig_open(play, script);
}

static enum nd_rc get_item(struct rig *rig, struct nd_error *err)
{
    struct nd_json *key = nd_json_object(), *item = NULL;
    nd_item_set_str(key, "pk", "a");
    nd_error_clear(err);
    enum nd_rc rc = nd_dynamodb_get(rig->aws, "t", key, &item, err);
    nd_json_free(key);
    nd_json_free(item);
    return rc;
}

static enum nd_rc put_item(struct rig *rig, struct nd_json **stands, struct nd_error *err)
{
    struct nd_json *item = nd_json_object();
    nd_item_set_str(item, "pk", "a");
    const struct nd_dynamodb_write write = {
        .kind = ND_DYNAMODB_PUT, .item = item, .when = "attribute_not_exists(pk)"};
    nd_error_clear(err);
    enum nd_rc rc = nd_dynamodb_write(rig->aws, "t", &write, stands, err);
    nd_json_free(item);
    return rc;
}

START_TEST(what_is_signed_is_what_is_sent)
{
    struct script script = {.answers = {OK_ITEM}};
    struct rig rig = keyed_rig(&script);
    struct nd_error err = {0};
    rig_env_set("AWS_SESSION_TOKEN", "T/+=");
    nd_ck_ok(get_item(&rig, &err), &err);
    ck_assert_str_eq(rig_header(script.last_head, "x-amz-date"), "20260102T030405Z");
    ck_assert_str_eq(rig_header(script.last_head, "x-amz-security-token"), "T/+=");
    ck_assert_str_eq(rig_header(script.last_head, "x-amz-target"), "DynamoDB_20120810.GetItem");
    ck_assert_str_eq(rig_header(script.last_head, "content-type"), "application/x-amz-json-1.0");
    ck_assert_ptr_nonnull(
        strstr(rig_header(script.last_head, "authorization"),
               "Credential=AKIDEXAMPLE/20260102/us-east-1/dynamodb/aws4_request, SignedHeaders="
               "content-type;host;x-amz-date;x-amz-security-token;x-amz-target, Signature="));
    ck_assert_ptr_nonnull(strstr(nd_server_url(rig.server), rig_header(script.last_head, "host")));
    rig_close(&rig);
}
END_TEST

/* ---- what is tried again ---- */

struct trial {
    const char *name;
    const char *answers[8];
    enum nd_rc read, write; /* of a GetItem, which is harmless twice, and of a PutItem, which is sent once */
    unsigned reads, writes; /* requests that the server saw */
};

static const struct trial trials[] = {
    {"throttled, then fine", {ERROR(400, "ThrottlingException"), OK_ITEM}, ND_OK, ND_OK, 2, 2},
    {"throttled for ever", {ERROR(400, "ProvisionedThroughputExceededException")}, ND_RETRY, ND_RETRY, 4, 4},
    {"429", {"HTTP/1.1 429 X\r\n\r\n"}, ND_RETRY, ND_RETRY, 4, 4},
    {"a conflict with a transaction",
     {ERROR(400, "TransactionConflictException"), OK_ITEM},
     ND_OK,
     ND_OK,
     2,
     2},
    {"500, then fine", {ERROR(500, "InternalServerError"), OK_ITEM}, ND_OK, ND_UNKNOWN, 2, 1},
    {"503 for ever", {"HTTP/1.1 503 X\r\n\r\n<html>busy</html>"}, ND_RETRY, ND_UNKNOWN, 4, 1},
    {"torn, then fine", {"tear", OK_ITEM}, ND_OK, ND_UNKNOWN, 2, 1},
    {"torn for ever", {"tear"}, ND_RETRY, ND_UNKNOWN, 4, 1},
    {"refused as such", {ERROR(400, "ValidationException")}, ND_BAD_INPUT, ND_BAD_INPUT, 1, 1},
    {"not allowed", {ERROR(400, "AccessDeniedException")}, ND_CONFIG, ND_CONFIG, 1, 1},
    {"no table", {ERROR(400, "ResourceNotFoundException")}, ND_CONFIG, ND_CONFIG, 1, 1},
    {"a redirect", {"HTTP/1.1 307 X\r\nLocation: http://203.0.113.1/\r\n\r\n"}, ND_CONFIG, ND_CONFIG, 1, 1},
    {"an XML error of a gateway",
     {"HTTP/1.1 403 "
      "X\r\n\r\n<ErrorResponse><Error><Code>AccessDenied</Code><Message>no</Message></Error></"
      "ErrorResponse>"},
     ND_CONFIG,
     ND_CONFIG,
     1,
     1},
    {"no JSON", {"HTTP/1.1 200 OK\r\n\r\nhello"}, ND_RETRY, ND_UNKNOWN, 4, 1},
    {"JSON that is no object", {"HTTP/1.1 200 OK\r\n\r\n[1]"}, ND_RETRY, ND_UNKNOWN, 4, 1},
    {"broken UTF-8",
     {"HTTP/1.1 200 OK\r\n\r\n{\"Item\":{\"pk\":{\"S\":\"\xff\"}}}"},
     ND_RETRY,
     ND_UNKNOWN,
     4,
     1},
    {"nothing", {"HTTP/1.1 200 OK\r\n\r\n"}, ND_RETRY, ND_UNKNOWN, 4, 1},
    {"another item, then fine",
     {"HTTP/1.1 200 OK\r\n\r\n{\"Item\":{\"pk\":{\"S\":\"b\"}}}", OK_ITEM},
     ND_OK,
     ND_OK,
     2,
     1},
    {"an error inside of an answer, then fine",
     {"HTTP/1.1 200 OK\r\n\r\n{\"__type\":\"a#ThrottlingException\"}", OK_ITEM},
     ND_OK,
     ND_OK,
     2,
     2},
    {"a wrong checksum, then fine",
     {"HTTP/1.1 200 OK\r\nx-amz-crc32: 1\r\n\r\n{\"Item\":{\"pk\":{\"S\":\"a\"}}}", OK_ITEM},
     ND_OK,
     ND_UNKNOWN,
     2,
     1},
    {"a checksum that is no number",
     {"HTTP/1.1 200 OK\r\nx-amz-crc32: one\r\n\r\n{}", OK_ITEM},
     ND_OK,
     ND_UNKNOWN,
     2,
     1},
};

START_TEST(each_fault_has_its_result)
{
    for (size_t i = 0; i < sizeof trials / sizeof trials[0]; i++) {
        const struct trial *t = &trials[i];
        struct script script = {.at = 0};
        struct nd_error err = {0};
        memcpy(script.answers, t->answers, sizeof script.answers);
        struct rig rig = keyed_rig(&script);
        enum nd_rc rc = get_item(&rig, &err);
        ck_assert_msg(rc == t->read, "%s: a read gives %s", t->name, nd_test_chain(rc, &err));
        ck_assert_msg(nd_server_requests(rig.server) == t->reads, "%s: %u reads", t->name,
                      nd_server_requests(rig.server));
        rig_close(&rig);
        atomic_store(&script.at, 0);
        rig = keyed_rig(&script);
        rc = put_item(&rig, NULL, &err);
        ck_assert_msg(rc == t->write, "%s: a write gives %s", t->name, nd_test_chain(rc, &err));
        ck_assert_msg(nd_server_requests(rig.server) == t->writes, "%s: %u writes", t->name,
                      nd_server_requests(rig.server));
        rig_close(&rig);
    }
}
END_TEST

START_TEST(an_unreachable_service_has_done_nothing)
{
    struct script script = {.answers = {OK_ITEM}};
    struct rig rig = keyed_rig(&script);
    struct nd_error err = {0};
    char *url = nd_sprintf("http://127.0.0.1:%d", nd_server_free_port());
    rig_env_set("AWS_ENDPOINT_URL", url);
    nd_ck_rc(put_item(&rig, NULL, &err), ND_RETRY, &err);
    nd_ck_note(&err, "was not reached");
    nd_free(url);
    rig_close(&rig);
}
END_TEST

START_TEST(attempts_follow_the_environment)
{
    struct script script = {.answers = {"tear"}};
    struct rig rig = keyed_rig(&script);
    struct nd_error err = {0};
    rig_env_set("AWS_MAX_ATTEMPTS", "2");
    nd_ck_rc(get_item(&rig, &err), ND_RETRY, &err);
    ck_assert_uint_eq(nd_server_requests(rig.server), 2);
    rig_close(&rig);
}
END_TEST

START_TEST(what_the_answer_asks_for_is_waited)
{
    struct script script = {
        .answers = {"HTTP/1.1 400 X\r\nx-amz-retry-after: 1700\r\n\r\n{\"__type\":\"SlowDown\"}",
                    "HTTP/1.1 503 X\r\nRetry-After: 3\r\n\r\n", OK_ITEM}};
    struct rig rig = keyed_rig(&script);
    struct nd_error err = {0};
    nd_ck_ok(get_item(&rig, &err), &err);
    ck_assert_int_eq(atomic_load(&rig_clock.slept_ms), 1700 + 3000);
    rig_close(&rig);
}
END_TEST

START_TEST(a_process_in_trouble_stops_repeating)
{
    struct script script = {.answers = {"tear"}};
    struct rig rig = keyed_rig(&script);
    struct nd_error err = {0};
    for (int i = 0; i < 20; i++) nd_ck_rc(get_item(&rig, &err), ND_RETRY, &err);
    ck_assert_uint_eq(nd_server_requests(rig.server), 20 + ND_RETRY_QUOTA / ND_RETRY_COST);
    rig_close(&rig);
}
END_TEST

/* ---- keys and clocks ---- */

START_TEST(expired_keys_are_replaced_once)
{
    static const char keys[] =
        "HTTP/1.1 200 OK\r\n\r\n{\"AccessKeyId\":\"A\",\"SecretAccessKey\":\"S\",\"Token\":\"T%d\","
        "\"Expiration\":\"2026-01-02T09:00:00Z\"}";
    char *first = nd_sprintf(keys, 1), *second = nd_sprintf(keys, 2);
    struct script script = {.answers = {first, ERROR(400, "ExpiredTokenException"), second, OK_ITEM}};
    struct nd_error err = {0};
    rig_env_set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/keys");
    struct rig rig = rig_open(play, &script);
    nd_ck_ok(get_item(&rig, &err), &err);
    ck_assert_str_eq(script.security_token[1], "T1");
    ck_assert_str_eq(script.security_token[3], "T2");
    rig_close(&rig);
    struct script for_ever = {
        .answers = {first, ERROR(400, "ExpiredTokenException"), second, ERROR(400, "ExpiredTokenException")}};
    rig = rig_open(play, &for_ever);
    nd_ck_rc(get_item(&rig, &err), ND_CONFIG, &err);
    nd_ck_note(&err, "ExpiredTokenException");
    ck_assert_uint_eq(nd_server_requests(rig.server), 4);
    rig_close(&rig);
    nd_free(first);
    nd_free(second);
}
END_TEST

START_TEST(a_wrong_clock_is_put_right_by_theirs)
{
    static const char skewed[] = "HTTP/1.1 403 X\r\nDate: Fri, 02 Jan 2026 05:04:05 GMT\r\n\r\n"
                                 "<Error><Code>RequestTimeTooSkewed</Code><Message>m</Message></Error>";
    struct script script = {.answers = {skewed, OK_ITEM}};
    struct rig rig = keyed_rig(&script);
    struct nd_error err = {0};
    nd_ck_ok(get_item(&rig, &err), &err);
    ck_assert_uint_eq(nd_server_requests(rig.server), 2);
    ck_assert_str_eq(rig_header(script.last_head, "x-amz-date"), "20260102T050405Z");
    nd_ck_ok(get_item(&rig, &err), &err); /* it is kept */
    ck_assert_uint_eq(nd_server_requests(rig.server), 3);
    rig_close(&rig);
    struct script for_ever = {.answers = {skewed}};
    rig = keyed_rig(&for_ever);
    nd_ck_rc(get_item(&rig, &err), ND_CONFIG, &err);
    ck_assert_uint_eq(nd_server_requests(rig.server), 2);
    rig_close(&rig);
}
END_TEST

START_TEST(a_fine_answer_tells_the_time_too)
{
    struct script script = {.answers = {"HTTP/1.1 200 OK\r\nDate: Fri, 02 Jan 2026 03:10:05 GMT\r\n\r\n"
                                        "{\"Item\":{\"pk\":{\"S\":\"a\"}}}"}};
    struct rig rig = keyed_rig(&script);
    struct nd_error err = {0};
    nd_ck_ok(get_item(&rig, &err), &err);
    ck_assert_str_eq(rig_header(script.last_head, "x-amz-date"), "20260102T030405Z");
    nd_ck_ok(get_item(&rig, &err), &err);
    ck_assert_str_eq(rig_header(script.last_head, "x-amz-date"), "20260102T031005Z");
    rig_close(&rig);
}
END_TEST

/* ---- messages ---- */

START_TEST(messages_are_printable_and_bounded)
{
    struct script script = {
        .answers = {"HTTP/1.1 400 X\r\n\r\n{\"__type\":\"a#Weird:http://x\",\"Message\":\"\\u001b[31m"
                    "red\\u202e and \\n so on\"}"}};
    struct rig rig = keyed_rig(&script);
    struct nd_error err = {0};
    nd_ck_rc(get_item(&rig, &err), ND_BAD_INPUT, &err);
    nd_ck_note(&err, "Weird: ?[31mred? and   so on");
    rig_close(&rig);
}
END_TEST

static enum nd_server_end say_nothing(void *ctx, int fd, const struct nd_server_request *r)
{
    (void)ctx, (void)fd, (void)r;
    return ND_SERVER_HANG;
}

/* What a large object may take in all is minutes; nobody waits so long for a server that accepts and is mute.
 */
START_TEST(a_mute_server_is_given_up_long_before_the_time_of_a_large_object)
{
    const struct nd_s3_condition always = {.if_absent = false};
    struct nd_bytes object = ND_BYTES((size_t)64 << 20);
    struct nd_error err = {0};
    struct script unused = {.answers = {NULL}};
    struct rig rig = keyed_rig(&unused), mute = rig_open(say_nothing, NULL);
    rig_env_set("AWS_MAX_ATTEMPTS", "1");
    struct nd_aws *aws = NULL;
    const struct nd_aws_config config = {
        .http = mute.http, .host = rig_host(), .env = rig_env, .idle_ms = 1000};
    nd_ck_ok(nd_aws_open(&aws, &config, &err), &err);
    nd_ck_rc(nd_s3_get(aws, "bkt", "k", &object, &err), ND_RETRY, &err);
    nd_error_clear(&err);
    nd_ck_rc(nd_s3_put(aws, "bkt", "k", ND_VIEW("x"), "text/plain", &always, &err), ND_UNKNOWN, &err);
    ck_assert_uint_eq(nd_server_requests(mute.server), 2);
    nd_aws_close(aws);
    rig_close(&mute);
    rig_close(&rig);
}
END_TEST

ND_TEST_MAIN("aws/request", what_is_signed_is_what_is_sent, each_fault_has_its_result,
             an_unreachable_service_has_done_nothing, attempts_follow_the_environment,
             what_the_answer_asks_for_is_waited, a_process_in_trouble_stops_repeating,
             expired_keys_are_replaced_once, a_wrong_clock_is_put_right_by_theirs,
             a_fine_answer_tells_the_time_too, messages_are_printable_and_bounded,
             a_mute_server_is_given_up_long_before_the_time_of_a_large_object)
