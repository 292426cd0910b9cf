/* The clients of S3, Step Functions and SNS against servers that check every signature, and with a wrong
 * secret. */
#include "rig.h"
#include "nightdesk/aws/dynamodb.h"
#include "nightdesk/aws/s3.h"
#include "nightdesk/aws/sns.h"
#include "nightdesk/aws/stepfunctions.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/hash.h"
#include "nightdesk/base/json.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct nd_http *http;
static char place[24];
static struct nd_json *wrong_keys; /* a key that is known, with a secret that is not its own */

static const char *wrong_env(const char *name)
{
    if (strcmp(name, "AWS_ACCESS_KEY_ID") == 0) return nd_json_get_str(wrong_keys, "AccessKeyId");
    if (strcmp(name, "AWS_SECRET_ACCESS_KEY") == 0) return "not/the+secret";
    if (strcmp(name, "AWS_SESSION_TOKEN") == 0) return nd_json_get_str(wrong_keys, "Token");
    return getenv(name);
}

static void get_wrong_keys(void)
{
    const char *authorization = nd_sprintf("Authorization: %s", getenv("AWS_CONTAINER_AUTHORIZATION_TOKEN"));
    const char *headers[] = {authorization, NULL};
    struct nd_http_answer answer;
    struct nd_error err = {0};
    struct nd_http_request request = {
        .method = "GET", .url = getenv("AWS_CONTAINER_CREDENTIALS_FULL_URI"), .headers = headers};
    nd_ck_ok(nd_http_send(http, &request, NULL, &answer, &err), &err);
    nd_ck_ok(nd_json_parse(&wrong_keys, nd_bytes_view(&answer.body), &err), &err);
    nd_http_answer_release(&answer);
    nd_free((void *)(uintptr_t)authorization);
}

/* A client, and a table and a bucket of this test alone. */
static struct nd_aws *client(bool wrong)
{
    struct nd_error err = {0};
    struct nd_aws *aws = NULL;
    char hash[ND_SHA256_HEX], path[64];
    if (!http) {
        nd_ck_ok(nd_http_open(&http, &err), &err);
        nd_sha256_hex(nd_view_of(nd_test_dir()), hash);
        (void)snprintf(place, sizeof place, "nd-%.16s", hash);
        (void)snprintf(path, sizeof path, "place/%s/%s", place, place);
        rig_proxy("PUT", path, "", NULL);
    }
    if (wrong) get_wrong_keys();
    const struct nd_aws_config config = {
        .http = http, .host = nd_host_posix(), .env = wrong ? wrong_env : NULL};
    nd_ck_ok(nd_aws_open(&aws, &config, &err), &err);
    return aws;
}

static char *arn_of(const char *what)
{
    struct nd_bytes out = ND_BYTES(300);
    rig_proxy("GET", what, "", &out);
    return nd_bytes_take(&out, NULL);
}

static const struct nd_s3_condition always = {false, NULL}, if_absent = {true, NULL};

static enum nd_rc put(struct nd_aws *aws, const char *key, const char *body,
                      const struct nd_s3_condition *condition, struct nd_error *err)
{
    nd_error_clear(err);
    return nd_s3_put(aws, place, key, nd_view_of(body), "text/plain", condition, err);
}

static enum nd_rc note_entry(void *ctx, const struct nd_s3_entry *entry, struct nd_error *err)
{
    (void)err;
    nd_bytes_addf(ctx, "%s=%lld%s\n", entry->key, (long long)entry->size_bytes, entry->version ? "v" : "");
    return ND_OK;
}

START_TEST(an_object_is_put_under_conditions)
{
    struct nd_aws *aws = client(false);
    struct nd_error err = {0};
    struct nd_s3_object object;
    struct nd_bytes out = ND_BYTES(100), small = ND_BYTES(3);
    nd_ck_ok(put(aws, "a/b.txt", "one", &if_absent, &err), &err);
    nd_ck_rc(put(aws, "a/b.txt", "two", &if_absent, &err), ND_CONFLICT, &err);
    nd_error_clear(&err);
    nd_ck_ok(nd_s3_head(aws, place, "a/b.txt", &object, &err), &err);
    ck_assert_int_eq(object.size_bytes, 3);
    const struct nd_s3_condition same = {false, object.etag},
                                 other = {false, "\"0123456789abcdef0123456789abcdef\""};
    nd_ck_rc(put(aws, "a/b.txt", "three", &other, &err), ND_CONFLICT, &err);
    nd_ck_ok(put(aws, "a/b.txt", "three", &same, &err), &err);
    nd_ck_ok(nd_s3_get(aws, place, "a/b.txt", &out, &err), &err);
    nd_ck_view(nd_bytes_view(&out), "three");
    nd_ck_rc(nd_s3_get(aws, place, "a/b.txt", &small, &err), ND_OVER_LIMIT, &err);
    nd_error_clear(&err);
    nd_ck_rc(nd_s3_get(aws, place, "a/none", &out, &err), ND_NOT_FOUND, &err);
    nd_error_clear(&err);
    nd_ck_rc(nd_s3_head(aws, place, "a/none", &object, &err), ND_NOT_FOUND, &err);
    nd_error_clear(&err);
    nd_ck_rc(nd_s3_get(aws, "no-such-bucket-here", "a", &out, &err), ND_CONFIG, &err);
    nd_error_clear(&err);
    nd_ck_rc(nd_s3_get(aws, place, "", &out, &err), ND_BAD_INPUT, &err);
    nd_bytes_release(&out);
    nd_bytes_release(&small);
    nd_aws_close(aws);
}
END_TEST

START_TEST(keys_of_any_kind_are_listed_and_deleted)
{
    static const char *const keys[] = {"k/a b+c&d=e.txt", "k/<x>'\"~*!().txt", "k/\xc3\xa9\xe2\x82\xac.txt",
                                       "k/plain", "k/%2F..%20"};
    struct nd_aws *aws = client(false);
    struct nd_error err = {0};
    struct nd_bytes seen = ND_BYTES(4000);
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        struct nd_bytes out = ND_BYTES(100);
        nd_ck_ok(put(aws, keys[i], "x", &always, &err), &err);
        nd_ck_ok(put(aws, keys[i], keys[i], &always, &err), &err);
        nd_ck_ok(nd_s3_get(aws, place, keys[i], &out, &err), &err);
        nd_ck_view(nd_bytes_view(&out), keys[i]);
        nd_bytes_release(&out);
    }
    nd_ck_ok(put(aws, "other", "stays", &always, &err), &err);
    nd_ck_ok(nd_s3_delete(aws, place, "k/plain", NULL, &err), &err);
    nd_ck_ok(nd_s3_delete(aws, place, "k/never", NULL, &err), &err);
    nd_ck_ok(nd_s3_list(aws, place, "k/", note_entry, &seen, &err), &err);
    nd_ck_view(nd_bytes_view(&seen), "k/%2F..%20=10\nk/<x>'\"~*!().txt=16\nk/a b+c&d=e.txt=15\n"
                                     "k/\xc3\xa9\xe2\x82\xac.txt=11\n");
    nd_ck_ok(nd_s3_delete_all(aws, place, "k/", &err), &err);
    nd_bytes_clear(&seen);
    nd_ck_ok(nd_s3_versions(aws, place, "k/", note_entry, &seen, &err), &err);
    nd_ck_view(nd_bytes_view(&seen), "");
    nd_ck_ok(nd_s3_list(aws, place, "", note_entry, &seen, &err), &err);
    nd_ck_view(nd_bytes_view(&seen), "other=5\n");
    nd_bytes_release(&seen);
    nd_aws_close(aws);
}
END_TEST

static enum nd_rc count_entry(void *ctx, const struct nd_s3_entry *entry, struct nd_error *err)
{
    (void)entry;
    (void)err;
    ++*(unsigned *)ctx;
    return ND_OK;
}

START_TEST(more_than_one_page_is_walked)
{
    enum { KEYS = 1005 };
    struct nd_aws *aws = client(false);
    struct nd_error err = {0};
    unsigned count = 0;
    for (int i = 0; i < KEYS; i++) {
        char key[24];
        (void)snprintf(key, sizeof key, "p/%05d", i);
        nd_ck_ok(put(aws, key, "", &always, &err), &err);
    }
    nd_ck_ok(nd_s3_list(aws, place, "p/", count_entry, &count, &err), &err);
    ck_assert_uint_eq(count, KEYS);
    nd_ck_ok(nd_s3_delete_all(aws, place, "p/", &err), &err);
    count = 0;
    nd_ck_ok(nd_s3_versions(aws, place, "", count_entry, &count, &err), &err);
    ck_assert_uint_eq(count, 0);
    nd_aws_close(aws);
}
END_TEST

START_TEST(a_presigned_address_needs_no_keys)
{
    struct nd_aws *aws = client(false);
    struct nd_error err = {0};
    struct nd_http_answer answer;
    int64_t expires_s = 900;
    char *url = NULL;
    nd_ck_ok(put(aws, "r 1.pdf", "a report", &always, &err), &err);
    nd_ck_ok(nd_s3_presign(aws, place, "r 1.pdf", "report.pdf", &expires_s, &url, &err), &err);
    ck_assert_int_eq(expires_s, 900);
    struct nd_http_request request = {.method = "GET", .url = url};
    nd_ck_ok(nd_http_send(http, &request, NULL, &answer, &err), &err);
    ck_assert_int_eq(answer.status, 200);
    nd_ck_view(nd_bytes_view(&answer.body), "a report");
    nd_http_answer_release(&answer);
    nd_free(url);
    expires_s = 7 * 86400; /* longer than the role's keys live */
    nd_ck_ok(nd_s3_presign(aws, place, "r 1.pdf", NULL, &expires_s, &url, &err), &err);
    ck_assert_int_lt(expires_s, 12 * 3600);
    nd_free(url);
    nd_ck_rc(nd_s3_presign(aws, place, "k", "a\"b", &expires_s, &url, &err), ND_BAD_INPUT, &err);
    nd_aws_close(aws);
}
END_TEST

START_TEST(an_execution_is_started_once)
{
    struct nd_aws *aws = client(false);
    struct nd_error err = {0};
    struct nd_sfn_execution execution;
    char arn[ND_SFN_ARN_BYTES], again[ND_SFN_ARN_BYTES];
    char *machine = arn_of("machine");
    nd_ck_ok(nd_sfn_start(aws, machine, place, ND_VIEW("{\"a\":1}"), arn, &err), &err);
    nd_ck_ok(nd_sfn_start(aws, machine, place, ND_VIEW("{\"a\":1}"), again, &err), &err);
    ck_assert_str_eq(arn, again);
    nd_ck_rc(nd_sfn_start(aws, machine, place, ND_VIEW("{\"a\":2}"), again, &err), ND_CONFLICT, &err);
    nd_error_clear(&err);
    nd_ck_ok(nd_sfn_describe(aws, arn, &execution, &err), &err);
    ck_assert_int_eq(execution.status, ND_SFN_RUNNING);
    nd_sfn_execution_release(&execution);
    nd_ck_ok(nd_sfn_stop(aws, arn, "Cancelled", "by a person", &err), &err);
    nd_ck_ok(nd_sfn_describe(aws, arn, &execution, &err), &err);
    ck_assert_int_eq(execution.status, ND_SFN_ABORTED);
    nd_sfn_execution_release(&execution);
    nd_ck_rc(nd_sfn_start(aws, machine, "bad name", ND_VIEW("{}"), again, &err), ND_BAD_INPUT, &err);
    nd_error_clear(&err);
    char *absent = nd_sprintf("%s-absent", arn);
    nd_ck_rc(nd_sfn_describe(aws, absent, &execution, &err), ND_NOT_FOUND, &err);
    nd_free(absent);
    nd_free(machine);
    nd_aws_close(aws);
}
END_TEST

START_TEST(a_message_is_published)
{
    struct nd_aws *aws = client(false);
    struct nd_error err = {0};
    char *topic = arn_of("topic"), *absent = nd_sprintf("%s-absent", topic);
    nd_ck_ok(nd_sns_publish(aws, topic, "Run r\xc3\xa9sum\xc3\xa9\nis done",
                            ND_VIEW("hi there & good+bye \xe2\x82\xac"), &err),
             &err);
    nd_ck_rc(nd_sns_publish(aws, topic, NULL, ND_VIEW(""), &err), ND_BAD_INPUT, &err);
    nd_error_clear(&err);
    nd_ck_rc(nd_sns_publish(aws, absent, NULL, ND_VIEW("x"), &err), ND_CONFIG, &err);
    nd_free(topic);
    nd_free(absent);
    nd_aws_close(aws);
}
END_TEST

static void ck_presigned_opens_nothing(struct nd_aws *aws)
{
    struct nd_error err = {0};
    struct nd_http_answer answer;
    int64_t expires_s = 900;
    char *url = NULL;
    nd_ck_ok(nd_s3_presign(aws, place, "k", NULL, &expires_s, &url, &err), &err);
    struct nd_http_request request = {.method = "GET", .url = url};
    nd_ck_ok(nd_http_send(http, &request, NULL, &answer, &err), &err);
    ck_assert_int_eq(answer.status, 403);
    nd_http_answer_release(&answer);
    nd_free(url);
}

START_TEST(a_wrong_secret_opens_nothing)
{
    struct nd_aws *aws = client(true);
    struct nd_error err = {0};
    struct nd_s3_object object;
    struct nd_bytes out = ND_BYTES(100);
    struct nd_json *key = nd_json_object(), *item = NULL;
    struct nd_sfn_execution execution;
    char arn[ND_SFN_ARN_BYTES];
    char *machine = arn_of("machine"), *topic = arn_of("topic");
    nd_item_set_str(key, "pk", "a");
    nd_item_set_str(key, "sk", "b");
    const struct nd_dynamodb_write write = {.kind = ND_DYNAMODB_PUT, .item = key};
    struct nd_dynamodb_refusal refusal = {0};
    const enum nd_rc results[] = {
        put(aws, "k", "x", &if_absent, &err),
        nd_s3_get(aws, place, "k", &out, &err),
        nd_s3_head(aws, place, "k", &object, &err),
        nd_s3_list(aws, place, "k", note_entry, &out, &err),
        nd_s3_versions(aws, place, "k", note_entry, &out, &err),
        nd_s3_delete(aws, place, "k", NULL, &err),
        nd_s3_delete_all(aws, place, "k", &err),
        nd_dynamodb_get(aws, place, key, &item, &err),
        nd_dynamodb_write(aws, place, &write, NULL, &err),
        nd_dynamodb_transact(aws, place, &write, 1, "token", &refusal, &err),
        nd_sfn_start(aws, machine, "n", ND_VIEW("{}"), arn, &err),
        nd_sfn_describe(aws, machine, &execution, &err),
        nd_sfn_stop(aws, machine, NULL, NULL, &err),
        nd_sfn_task_success(aws, "token", ND_VIEW("{}"), &err),
        nd_sfn_task_failure(aws, "token", "E", "c", &err),
        nd_sns_publish(aws, topic, NULL, ND_VIEW("x"), &err),
    };
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++)
        ck_assert_msg(results[i] == ND_CONFIG, "call %zu gave %s", i, nd_rc_word(results[i]));
    ck_presigned_opens_nothing(aws);
    nd_json_free(key);
    nd_json_free(wrong_keys);
    nd_free(machine);
    nd_free(topic);
    nd_bytes_release(&out);
    nd_aws_close(aws);
}
END_TEST

ND_TEST_MAIN("contract/aws_clients", an_object_is_put_under_conditions,
             keys_of_any_kind_are_listed_and_deleted, more_than_one_page_is_walked,
             a_presigned_address_needs_no_keys, an_execution_is_started_once, a_message_is_published,
             a_wrong_secret_opens_nothing)
