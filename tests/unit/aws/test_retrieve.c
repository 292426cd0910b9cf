/* Retrieve of Bedrock's knowledge bases: where it goes, when it is repeated, and what each refusal is. */
#include "aws_rig.h"
#include "nightdesk/aws/bedrock.h"
#include "nightdesk/base/alloc.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

/** Says the first answer `times`, then the second. */
struct script {
    const char *first, *then;
    unsigned times;
    char head[4096], body[256];
};

static enum nd_server_end play(void *ctx, int fd, const struct nd_server_request *r)
{
    struct script *s = ctx;
    (void)snprintf(s->head, sizeof s->head, "%s", r->head);
    (void)snprintf(s->body, sizeof s->body, "%.*s", (int)r->body.len, (const char *)r->body.data);
    nd_server_say(fd, "%s", r->number <= s->times ? s->first : s->then);
    return ND_SERVER_KEEP;
}

static char *answer(int status, const char *type, const char *body)
{
    return nd_sprintf("HTTP/1.1 %d X\r\nContent-Length: %zu\r\n%s%s%s\r\n%s", status, strlen(body),
                      type ? "x-amzn-ErrorType: " : "", type ? type : "", type ? "\r\n" : "", body);
}

static struct rig keyed_rig(struct script *script)
{
    rig_env_set("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
    rig_env_set("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    return rig_open(play, script);
}

static enum nd_rc retrieve(struct rig *rig, struct nd_json **out, struct nd_error *err)
{
    nd_error_clear(err);
    return nd_bedrock_retrieve(rig->aws, "ABCDE12345", ND_VIEW("{\"retrievalQuery\":{\"text\":\"x\"}}"), NULL,
                               out, err);
}

START_TEST(it_is_asked_again_while_it_is_busy)
{
    static const int statuses[] = {429, 500, 502, 503, 409};
    char *good = answer(200, NULL, "{\"retrievalResults\":[]}");
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        char *busy = answer(statuses[i], NULL, "{\"message\":\"busy\"}");
        struct script script = {.first = busy, .then = good, .times = 2};
        struct rig rig = keyed_rig(&script);
        struct nd_json *json = NULL;
        struct nd_error err = {0};
        nd_ck_ok(retrieve(&rig, &json, &err), &err);
        ck_assert_int_eq(nd_json_kind(nd_json_get(json, "retrievalResults")), ND_JSON_ARRAY);
        ck_assert_uint_eq(nd_server_requests(rig.server), 3);
        ck_assert_ptr_nonnull(strstr(script.head, "POST /knowledgebases/ABCDE12345/retrieve HTTP/1.1"));
        ck_assert_ptr_nonnull(strstr(rig_header(script.head, "authorization"),
                                     "/us-east-1/bedrock/aws4_request, SignedHeaders="));
        ck_assert_str_eq(rig_header(script.head, "content-type"), "application/json");
        ck_assert_str_eq(script.body, "{\"retrievalQuery\":{\"text\":\"x\"}}");
        nd_json_free(json);
        rig_close(&rig);
        nd_free(busy);
    }
    nd_free(good);
}
END_TEST

START_TEST(refusals_say_what_they_are)
{
    static const struct {
        int status;
        const char *type, *body;
        enum nd_rc rc;
        unsigned asked;
        const char *note;
    } rows[] = {
        {404, "ResourceNotFoundException", "{\"message\":\"no such base\"}", ND_CONFIG, 1,
         "it answers with status 404, ResourceNotFoundException: no such base"},
        {404, NULL, "{}", ND_CONFIG, 1, "it answers with status 404"},
        {403, "AccessDeniedException:http://x/", "{\"message\":\"not you\"}", ND_CONFIG, 1,
         "status 403, AccessDeniedException: not you"},
        {400, "ValidationException", "{\"message\":\"no vector base\"}", ND_BAD_INPUT, 1,
         "status 400, ValidationException: no vector base"},
        {400, "ServiceQuotaExceededException", "{}", ND_BAD_INPUT, 1, "ServiceQuotaExceededException"},
        {424, "DependencyFailedException", "{\"message\":\"asleep\"}", ND_BAD_INPUT, 1,
         "status 424, DependencyFailedException: asleep"},
        {429, "ThrottlingException", "{}", ND_RETRY, 3, "status 429, ThrottlingException"},
        {500, "InternalServerException", "{}", ND_RETRY, 3, "status 500"},
        {502, "BadGatewayException", "<html>", ND_RETRY, 3, "status 502"},
        {200, NULL, "[1]", ND_RETRY, 3, "status 200: the answer is no JSON object"},
        {200, NULL, "{\"a\":\"\xff\"}", ND_RETRY, 3, "status 200: the answer is no JSON object"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text = answer(rows[i].status, rows[i].type, rows[i].body);
        struct script script = {.then = text};
        struct rig rig = keyed_rig(&script);
        struct nd_json *json = NULL;
        struct nd_error err = {0};
        nd_ck_rc(retrieve(&rig, &json, &err), rows[i].rc, &err);
        ck_assert_ptr_null(json);
        nd_ck_note(&err, rows[i].note);
        ck_assert_ptr_null(strstr(err.note[0], "127.0.0.1")); /* a report may show it */
        ck_assert_uint_eq(nd_server_requests(rig.server), rows[i].asked);
        rig_close(&rig);
        nd_free(text);
    }
}
END_TEST

START_TEST(an_answer_has_a_limit)
{
    char *big = nd_calloc(1, ND_BEDROCK_RETRIEVE_MAX_BYTES + 10);
    memset(big, 'x', ND_BEDROCK_RETRIEVE_MAX_BYTES + 2);
    char *text = answer(200, NULL, big);
    struct script script = {.then = text};
    struct rig rig = keyed_rig(&script);
    struct nd_json *json = NULL;
    struct nd_error err = {0};
    nd_ck_rc(retrieve(&rig, &json, &err), ND_OVER_LIMIT, &err);
    ck_assert_uint_eq(nd_server_requests(rig.server), 1);
    rig_close(&rig);
    nd_free(text);
    nd_free(big);
}
END_TEST

START_TEST(nothing_leaves_after_a_stop)
{
    struct script script = {.then = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"};
    struct rig rig = keyed_rig(&script);
    struct nd_json *json = NULL;
    struct nd_error err = {0};
    atomic_bool stop = true;
    nd_ck_rc(nd_bedrock_retrieve(rig.aws, "ABCDE12345", ND_VIEW("{}"), &stop, &json, &err), ND_STOPPED, &err);
    ck_assert_uint_eq(nd_server_requests(rig.server), 0);
    rig_close(&rig);
}
END_TEST

START_TEST(where_it_is)
{
    char *url = NULL;
    struct nd_error err = {0};
    rig_env_set("AWS_CONFIG_FILE", "/dev/null");
    rig_env_set("AWS_SHARED_CREDENTIALS_FILE", "/dev/null");
    rig_env_set("AWS_REGION", "us-east-1");
    nd_ck_ok(nd_bedrock_kb_url(rig_env, "eu-west-1", &url, &err), &err);
    ck_assert_str_eq(url, "https://bedrock-agent-runtime.eu-west-1.amazonaws.com");
    nd_free(url);
    rig_env_set("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "http://127.0.0.1:1"); /* the models' */
    nd_ck_ok(nd_bedrock_kb_url(rig_env, NULL, &url, &err), &err);
    ck_assert_str_eq(url, "https://bedrock-agent-runtime.us-east-1.amazonaws.com");
    nd_free(url);
    rig_env_set("AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME", "http://127.0.0.1:8080/k/");
    nd_ck_ok(nd_bedrock_kb_url(rig_env, "eu-west-1", &url, &err), &err);
    ck_assert_str_eq(url, "http://127.0.0.1:8080/k");
    nd_free(url);
}
END_TEST

ND_TEST_MAIN("aws/retrieve", it_is_asked_again_while_it_is_busy, refusals_say_what_they_are,
             an_answer_has_a_limit, nothing_leaves_after_a_stop, where_it_is)
