/* Where keys come from, and when they are fetched anew. */
#include "aws_rig.h"
#include "credentials.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

/* A container endpoint: each answer's keys are numbered and live for `life_ms`. */
struct endpoint {
    int64_t life_ms;
    atomic_int fail; /* so many times with status 500 */
    char authorization[100], path[100];
    const char *body; /* said instead */
};

static enum nd_server_end hand_out(void *ctx, int fd, const struct nd_server_request *r)
{
    struct endpoint *e = ctx;
    (void)snprintf(e->authorization, sizeof e->authorization, "%s", rig_header(r->head, "authorization"));
    (void)snprintf(e->path, sizeof e->path, "%.*s", (int)strcspn(r->head + 4, " "), r->head + 4);
    if (atomic_load(&e->fail) > 0) {
        atomic_fetch_sub(&e->fail, 1);
        nd_server_answer(fd, 500, "text/plain", "no");
        return ND_SERVER_KEEP;
    }
    char time[ND_TIME_BYTES];
    nd_time_format(atomic_load(&rig_clock.now_ms) + e->life_ms, time);
    char *body = e->body
                     ? nd_strdup(e->body)
                     : nd_sprintf("{\"RoleArn\":\"r\",\"AccessKeyId\":\"AK%u\",\"SecretAccessKey\":\"SK%u\","
                                  "\"Token\":\"T+/%u==\",\"Expiration\":\"%s\"}",
                                  r->number, r->number, r->number, time);
    nd_server_answer(fd, 200, "application/json", body);
    nd_free(body);
    return ND_SERVER_KEEP;
}

struct keys_rig {
    struct nd_http *http;
    struct nd_server *server;
    struct nd_credentials *c;
    struct nd_error err;
};

static struct keys_rig keys_rig(struct endpoint *endpoint)
{
    struct keys_rig rig = {.server = nd_server_start(hand_out, endpoint)};
    nd_ck_ok(nd_http_open(&rig.http, &rig.err), &rig.err);
    const struct nd_aws_config config = {
        .http = rig.http, .host = rig_host(), .env = rig_env, .container_origin = nd_server_url(rig.server)};
    rig.c = nd_credentials_open(&config);
    return rig;
}

static void keys_rig_close(struct keys_rig *rig)
{
    nd_credentials_close(rig->c);
    nd_http_close(rig->http);
    nd_server_stop(rig->server);
}

static void ck_keys(struct keys_rig *rig, const char *access, const char *secret, const char *token,
                    const char *source)
{
    struct nd_aws_keys keys;
    nd_error_clear(&rig->err);
    nd_ck_ok(nd_credentials_get(rig->c, &keys, &rig->err), &rig->err);
    ck_assert_str_eq(keys.access, access);
    ck_assert_str_eq(keys.secret, secret);
    ck_assert_str_eq(keys.token ? keys.token : "", token);
    ck_assert_str_eq(keys.source, source);
    nd_aws_keys_release(&keys);
}

static void ck_none(struct keys_rig *rig, enum nd_rc rc, const char *note)
{
    struct nd_aws_keys keys;
    nd_error_clear(&rig->err);
    nd_ck_rc(nd_credentials_get(rig->c, &keys, &rig->err), rc, &rig->err);
    nd_ck_note(&rig->err, note);
}

static void write_profile(const char *text)
{
    struct nd_error err = {0};
    nd_ck_ok(nd_file_mkdirs(nd_test_path(".aws"), &err), &err);
    nd_ck_ok(nd_file_write(nd_test_path(".aws/credentials"), nd_view_of(text), &err), &err);
    rig_env_set("HOME", nd_test_dir());
}

START_TEST(the_environment_comes_first)
{
    struct endpoint e = {.life_ms = 3600000};
    struct keys_rig rig = keys_rig(&e);
    write_profile("[default]\naws_access_key_id = PK\naws_secret_access_key = PS\n");
    rig_env_set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/1");
    rig_env_set("AWS_ACCESS_KEY_ID", "EK");
    ck_none(&rig, ND_CONFIG, "AWS_SECRET_ACCESS_KEY is not");
    rig_env_set("AWS_SECRET_ACCESS_KEY", "ES");
    ck_keys(&rig, "EK", "ES", "", "environment");
    ck_assert_uint_eq(nd_server_requests(rig.server), 0);
    keys_rig_close(&rig);
}
END_TEST

START_TEST(the_profile_comes_second)
{
    struct endpoint e = {.life_ms = 3600000};
    struct keys_rig rig = keys_rig(&e);
    write_profile(
        "[default]\naws_access_key_id = PK\naws_secret_access_key = PS\n[work]\naws_access_key_id=WK\n"
        "aws_secret_access_key=WS/+\naws_session_token=WT=\n");
    rig_env_set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/1");
    rig_env_set("AWS_ACCESS_KEY_ID", "");
    ck_keys(&rig, "PK", "PS", "", "profile 'default'");
    nd_credentials_close(rig.c);
    const struct nd_aws_config config = {.http = rig.http, .host = rig_host(), .env = rig_env};
    rig.c = nd_credentials_open(&config);
    rig_env_set("AWS_PROFILE", "work");
    ck_keys(&rig, "WK", "WS/+", "WT=", "profile 'work'");
    keys_rig_close(&rig);
}
END_TEST

START_TEST(a_profile_without_keys_says_what_it_has)
{
    struct endpoint e = {0};
    struct keys_rig rig = keys_rig(&e);
    write_profile("[default]\nrole_arn = arn:aws:iam::1:role/r\nsource_profile = x\n");
    ck_none(&rig, ND_CONFIG, "gets its keys by role_arn, which nightdesk does not");
    write_profile("[default]\naws_access_key_id = PK\n");
    ck_none(&rig, ND_CONFIG, "has no aws_secret_access_key");
    write_profile("[default]\naws_access_key_id = P K\naws_secret_access_key = x\n");
    ck_none(&rig, ND_CONFIG, "hold a space");
    write_profile("[default]\n");
    ck_none(&rig, ND_CONFIG, "no AWS credentials");
    keys_rig_close(&rig);
}
END_TEST

START_TEST(the_container_is_asked_with_its_token)
{
    struct endpoint e = {.life_ms = 3600000};
    struct keys_rig rig = keys_rig(&e);
    rig_env_set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/v2/credentials/1");
    rig_env_set("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://203.0.113.1/");
    rig_env_set("AWS_CONTAINER_AUTHORIZATION_TOKEN", "given");
    ck_keys(&rig, "AK1", "SK1", "T+/1==", "container");
    ck_assert_str_eq(e.path, "/v2/credentials/1");
    ck_assert_str_eq(e.authorization, "given");
    ck_keys(&rig, "AK1", "SK1", "T+/1==", "container"); /* kept */
    ck_assert_uint_eq(nd_server_requests(rig.server), 1);
    keys_rig_close(&rig);
}
END_TEST

START_TEST(the_token_file_is_read_for_every_fetch)
{
    struct endpoint e = {.life_ms = ND_CREDENTIALS_AHEAD_MS + 1000};
    struct keys_rig rig = keys_rig(&e);
    char *url = nd_sprintf("%s/full", nd_server_url(rig.server));
    rig_env_set("AWS_CONTAINER_CREDENTIALS_FULL_URI", url);
    rig_env_set("AWS_CONTAINER_AUTHORIZATION_TOKEN", "not this");
    rig_env_set("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", nd_test_path("token"));
    ck_none(&rig, ND_CONFIG, "AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE");
    nd_ck_ok(nd_file_write(nd_test_path("token"), ND_VIEW("first\n"), &rig.err), &rig.err);
    ck_keys(&rig, "AK1", "SK1", "T+/1==", "container");
    ck_assert_str_eq(e.authorization, "first");
    nd_ck_ok(nd_file_write(nd_test_path("token"), ND_VIEW("second"), &rig.err), &rig.err);
    atomic_fetch_add(&rig_clock.now_ms, 2000); /* less than the advance is left */
    ck_keys(&rig, "AK2", "SK2", "T+/2==", "container");
    ck_assert_str_eq(e.authorization, "second");
    nd_ck_ok(nd_file_write(nd_test_path("token"), ND_VIEW("a\r\nX-Evil: 1"), &rig.err), &rig.err);
    atomic_fetch_add(&rig_clock.now_ms, 3600000);
    ck_none(&rig, ND_CONFIG, "holds a character that no header may");
    nd_free(url);
    keys_rig_close(&rig);
}
END_TEST

START_TEST(a_failing_endpoint_is_asked_three_times)
{
    struct endpoint e = {.life_ms = 3600000, .fail = 2};
    struct keys_rig rig = keys_rig(&e);
    rig_env_set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "x");
    ck_keys(&rig, "AK3", "SK3", "T+/3==", "container");
    ck_assert_int_eq(atomic_load(&rig_clock.slept_ms), 2000);
    keys_rig_close(&rig);
    rig = keys_rig(&e);
    atomic_store(&e.fail, 3);
    ck_none(&rig, ND_RETRY, "answers with status 500");
    ck_assert_uint_eq(nd_server_requests(rig.server), 3);
    static const char *const bad[] = {
        "", "{}", "{\"AccessKeyId\":\"a\",\"SecretAccessKey\":7}",
        "{\"AccessKeyId\":\"a b\",\"SecretAccessKey\":\"s\"}",
        "{\"AccessKeyId\":\"a\",\"SecretAccessKey\":\"s\",\"Expiration\":\"soon\"}"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        e.body = bad[i];
        ck_none(&rig, ND_RETRY, "holds no AccessKeyId, SecretAccessKey and Expiration");
    }
    keys_rig_close(&rig);
}
END_TEST

START_TEST(old_keys_serve_while_new_ones_cannot_be_had)
{
    struct endpoint e = {.life_ms = 3600000};
    struct keys_rig rig = keys_rig(&e);
    rig_env_set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x");
    ck_keys(&rig, "AK1", "SK1", "T+/1==", "container");
    atomic_fetch_add(&rig_clock.now_ms, 3600000 - ND_CREDENTIALS_AHEAD_MS + 1000);
    atomic_store(&e.fail, 3);
    ck_keys(&rig, "AK1", "SK1", "T+/1==", "container");
    ck_assert_uint_eq(nd_server_requests(rig.server), 4);
    ck_keys(&rig, "AK1", "SK1", "T+/1==", "container"); /* not asked again at once */
    ck_assert_uint_eq(nd_server_requests(rig.server), 4);
    atomic_fetch_add(&rig_clock.now_ms, ND_CREDENTIALS_CALM_MS);
    ck_keys(&rig, "AK5", "SK5", "T+/5==", "container");
    atomic_fetch_add(&rig_clock.now_ms, 3600000);
    atomic_store(&e.fail, 3);
    ck_none(&rig, ND_RETRY, "answers with status 500"); /* they have ended */
    keys_rig_close(&rig);
}
END_TEST

START_TEST(refused_keys_are_fetched_anew)
{
    struct endpoint e = {.life_ms = 3600000};
    struct keys_rig rig = keys_rig(&e);
    struct nd_aws_keys keys;
    rig_env_set("AWS_CONTAINER_CREDENTIALS_RELATIVE_URI", "/x");
    nd_ck_ok(nd_credentials_get(rig.c, &keys, &rig.err), &rig.err);
    ck_assert(nd_credentials_refuse(rig.c, &keys));
    ck_assert(nd_credentials_refuse(rig.c, &keys)); /* others are there already */
    ck_assert_uint_eq(nd_server_requests(rig.server), 2);
    ck_keys(&rig, "AK2", "SK2", "T+/2==", "container");
    nd_aws_keys_release(&keys);
    keys_rig_close(&rig);

    rig = keys_rig(&e);
    rig_env_set("AWS_ACCESS_KEY_ID", "EK");
    rig_env_set("AWS_SECRET_ACCESS_KEY", "ES");
    nd_ck_ok(nd_credentials_get(rig.c, &keys, &rig.err), &rig.err);
    ck_assert(!nd_credentials_refuse(rig.c, &keys)); /* the environment has no others */
    nd_aws_keys_release(&keys);
    keys_rig_close(&rig);
}
END_TEST

START_TEST(a_token_goes_to_no_stranger)
{
    static const char *const fine[] = {
        "https://example.com/x",  "http://127.0.0.1:1/x",     "http://localhost/x",      "http://[::1]/x",
        "http://169.254.170.2/x", "http://169.254.170.23/v1", "http://[fd00:ec2::23]/v1"};
    static const char *const bad[] = {"http://example.com/x",
                                      "http://169.254.170.2.evil.example/",
                                      "http://10.0.0.1/",
                                      "http://169.254.169.254/latest",
                                      "ftp://localhost/",
                                      "http://127.0.0.1@evil/",
                                      ""};
    for (size_t i = 0; i < sizeof fine / sizeof fine[0]; i++)
        ck_assert_msg(nd_container_allowed(fine[i]), "%s", fine[i]);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(!nd_container_allowed(bad[i]), "%s", bad[i]);
    struct endpoint e = {0};
    struct keys_rig rig = keys_rig(&e);
    rig_env_set("AWS_CONTAINER_CREDENTIALS_FULL_URI", "http://203.0.113.1/");
    ck_none(&rig, ND_CONFIG, "wanted https, this machine");
    keys_rig_close(&rig);
}
END_TEST

ND_TEST_MAIN("aws/credentials", the_environment_comes_first, the_profile_comes_second,
             a_profile_without_keys_says_what_it_has, the_container_is_asked_with_its_token,
             the_token_file_is_read_for_every_fetch, a_failing_endpoint_is_asked_three_times,
             old_keys_serve_while_new_ones_cannot_be_had, refused_keys_are_fetched_anew,
             a_token_goes_to_no_stranger)
