/* What comes back: good answers, error answers, hostile ones. */
#include "model_rig.h"

struct reply {
    int status;
    const char *headers, *body;
    size_t body_len; /* 0: up to its NUL */
};

static enum nd_server_end say(void *ctx, int fd, const struct nd_server_request *r)
{
    const struct reply *reply = ctx;
    size_t len = reply->body_len ? reply->body_len : strlen(reply->body);
    (void)r;
    nd_server_say(fd, "HTTP/1.1 %d Status\r\n%sContent-Length: %zu\r\n\r\n", reply->status,
                  reply->headers ? reply->headers : "", len);
    nd_server_write(fd, (struct nd_view){reply->body, len});
    return ND_SERVER_KEEP;
}

/* Asks a server that says this; the caller closes the rig. */
static struct rig answered(struct reply *reply, enum nd_rc wanted, struct nd_error *err)
{
    struct rig rig = rig_open(say, reply);
    rig_ask(&rig, wanted, err);
    ck_assert_uint_eq(nd_server_requests(rig.server), 1);
    return rig;
}

#define USAGE "\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":20,\"total_tokens\":120}"
#define CONTENT(text) "{\"choices\":[{\"message\":{\"content\":" text "}}]," USAGE "}"

START_TEST(a_good_answer)
{
    struct nd_error err = {0};
    struct reply reply = {
        200, NULL,
        "{\"id\":\"x\",\"model\":\"tiny-2026\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
        "\"content\":\"{\\\"a\\\":1}\"},\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":100,"
        "\"completion_tokens\":20,\"total_tokens\":120,\"prompt_tokens_details\":{\"cached_tokens\":40}},"
        "\"timings\":{\"x\":1.5}}",
        0};
    struct rig rig = answered(&reply, ND_OK, &err);
    ck_assert_str_eq(nd_json_get_str(rig.observation, "text"), "{\"a\":1}");
    ck_assert_str_eq(nd_json_get_str(rig.observation, "stop"), "end");
    ck_assert_str_eq(nd_json_get_str(rig.observation, "model"), "tiny-2026");
    const struct nd_json *usage = nd_json_get(rig.observation, "usage");
    ck_assert_int_eq(nd_json_get_int(usage, "input", -1), 100);
    ck_assert_int_eq(nd_json_get_int(usage, "output", -1), 20);
    ck_assert_int_eq(nd_json_get_int(usage, "cached", -1), 40);
    ck_assert_int_eq(rig.cost_microusd, 100 * 2 + 20 * 10);
    rig_close(&rig);
}
END_TEST

START_TEST(why_it_stopped)
{
    static const struct {
        const char *choice, *stop, *text;
    } rows[] = {{"{\"message\":{\"content\":\"x\"},\"finish_reason\":\"length\"}", "length", "x"},
                {"{\"message\":{\"content\":\"x\"},\"finish_reason\":\"content_filter\"}", "filter", "x"},
                {"{\"message\":{\"content\":null,\"refusal\":\"I will not\"},\"finish_reason\":\"stop\"}",
                 "filter", ""},
                {"{\"message\":{\"content\":\"x\",\"refusal\":null},\"finish_reason\":\"stop\"}", "end", "x"},
                {"{\"message\":{\"content\":\"x\"},\"finish_reason\":null}", "end", "x"},
                {"{\"message\":{\"content\":\"x\"},\"finish_reason\":7}", "end", "x"},
                {"{\"message\":{}}", "end", ""},
                {"{\"message\":{\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"image\"},{"
                 "\"text\":\"b\"}]}}",
                 "end", "ab"}};
    struct nd_error err = {0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *body = nd_sprintf("{\"choices\":[%s]," USAGE "}", rows[i].choice);
        struct reply reply = {200, NULL, body, 0};
        struct rig rig = answered(&reply, ND_OK, &err);
        ck_assert_str_eq(nd_json_get_str(rig.observation, "stop"), rows[i].stop);
        ck_assert_str_eq(nd_json_get_str(rig.observation, "text"), rows[i].text);
        ck_assert_str_eq(nd_json_get_str(rig.observation, "model"), "tiny");
        rig_close(&rig);
        nd_free(body);
    }
}
END_TEST

START_TEST(an_answer_that_does_not_say_what_it_cost_is_unknown)
{
    static const char *const bodies[] = {
        "",
        "null",
        "[]",
        "{}",
        "not json",
        "{\"choices\":[{\"message\":{\"content\":\"x\"}}]}",
        "{\"choices\":[{\"message\":{\"content\":\"x\"}}],\"usage\":null}",
        "{\"choices\":[{\"message\":{\"content\":\"x\"}}],\"usage\":{}}",
        "{\"choices\":[{\"message\":{\"content\":\"x\"}}],\"usage\":{\"prompt_tokens\":5}}",
        "{\"choices\":[{\"message\":{\"content\":\"x\"}}],\"usage\":{\"prompt_tokens\":\"5\",\"completion_"
        "tokens\":\"5\"}}",
        "{\"choices\":[{\"message\":{\"content\":\"x\"}}],\"usage\":{\"prompt_tokens\":-5,\"completion_"
        "tokens\":5}}",
        "{\"choices\":[{\"message\":{\"content\":\"x\"}}],\"usage\":{\"prompt_tokens\":5.5,\"completion_"
        "tokens\":5}}",
        "{\"choices\":[{\"message\":{\"content\":\"x\"}}],\"usage\":{\"prompt_tokens\":1e300,\"completion_"
        "tokens\":5}}",
        "{\"choices\":[]," USAGE "}",
        "{\"choices\":{}," USAGE "}",
        "{\"choices\":[null]," USAGE "}",
        "{\"choices\":[{\"message\":\"x\"}]," USAGE "}",
        "{" USAGE "}",
        "{\"error\":{\"message\":\"in a 200\"}}",
        CONTENT("\"x\"") " trailing",
        "{\"usage\":{},\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":1},\"choices\":[{\"message\":{}}]"
        "}",
    };
    struct nd_error err = {0};
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        struct reply reply = {200, NULL, bodies[i], 0};
        struct rig rig = answered(&reply, ND_UNKNOWN, &err);
        rig_close(&rig);
    }
}
END_TEST

START_TEST(a_depth_that_would_eat_the_stack_is_unknown)
{
    struct nd_bytes body = ND_BYTES(ND_BYTES_MAX);
    nd_bytes_add_str(&body, "{\"choices\":");
    for (int i = 0; i < 100000; i++) nd_bytes_add_char(&body, '[');
    struct reply reply = {200, NULL, body.data, body.len};
    struct nd_error err = {0};
    struct rig rig = answered(&reply, ND_UNKNOWN, &err);
    rig_close(&rig);
    nd_bytes_release(&body);
}
END_TEST

START_TEST(an_answer_of_monstrous_size_is_unknown)
{
    struct nd_bytes body = ND_BYTES(ND_BYTES_MAX);
    nd_bytes_add_str(&body, "{\"choices\":[{\"message\":{\"content\":\"");
    while (body.len < 5 * ND_MIB) nd_bytes_add_str(&body, "more and more ");
    nd_bytes_add_str(&body, "\"}}]," USAGE "}");
    struct reply reply = {200, NULL, body.data, body.len};
    struct nd_error err = {0};
    struct rig rig = answered(&reply, ND_UNKNOWN, &err);
    rig_close(&rig);
    nd_bytes_release(&body);
}
END_TEST

START_TEST(what_a_model_says_never_makes_a_paid_answer_unreadable)
{
    static const struct {
        const char *content, *text;
    } rows[] = {{"\"a\\u0000b\"", "a\xEF\xBF\xBD"
                                  "b"},
                {"\"a\\ud83d\"", "a\xEF\xBF\xBD"},
                {"\"\\udc00x\"", "\xEF\xBF\xBDx"},
                {"\"\\ud83d\\ud83d\\ude00\"", "\xEF\xBF\xBD\xF0\x9F\x98\x80"},
                {"\"\\ud83d\\ude00\"", "\xF0\x9F\x98\x80"},
                {"\"\\ud83d\\n\"", "\xEF\xBF\xBD\n"},
                {"\"\\\\u0000\"", "\\u0000"},
                {"\"\\\\\\u0000\"", "\\\xEF\xBF\xBD"},
                {"\"cut \xE2\x82\"", "cut \xEF\xBF\xBD\xEF\xBF\xBD"},
                {"\"bad \xFF byte\"", "bad \xEF\xBF\xBD byte"}};
    struct nd_error err = {0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char *body = nd_sprintf("{\"choices\":[{\"message\":{\"content\":%s}}]," USAGE "}", rows[i].content);
        struct reply reply = {200, NULL, body, 0};
        struct rig rig = answered(&reply, ND_OK, &err);
        ck_assert_str_eq(nd_json_get_str(rig.observation, "text"), rows[i].text);
        ck_assert_int_eq(rig.cost_microusd, 400);
        rig_close(&rig);
        nd_free(body);
    }
}
END_TEST

START_TEST(escapes_at_the_very_end_are_within_bounds)
{
    static const char *const bodies[] = {
        "\\",        "\"\\",        "\"\\u",        "\"\\u0",          "\"\\u000",         "\"\\u0000",
        "\"\\ud83d", "\"\\ud83d\\", "\"\\ud83d\\u", "\"\\ud83d\\ude0", "\"\\ud83d\\ude00", "\xE2",
        "\xE2\x82"};
    struct nd_error err = {0};
    for (size_t i = 0; i < sizeof bodies / sizeof bodies[0]; i++) {
        struct reply reply = {200, NULL, bodies[i], 0};
        struct rig rig = answered(&reply, ND_UNKNOWN, &err);
        rig_close(&rig);
    }
}
END_TEST

START_TEST(hostile_counts_are_clipped)
{
    struct nd_error err = {0};
    struct reply reply = {
        200, NULL,
        "{\"choices\":[{\"message\":{\"content\":\"x\"}}],\"usage\":{\"prompt_tokens\":9007199254740992,"
        "\"completion_tokens\":9007199254740992,\"total_tokens\":9007199254740992,"
        "\"prompt_tokens_details\":{\"cached_tokens\":-7}}}",
        0};
    struct rig rig = answered(&reply, ND_OK, &err);
    ck_assert_int_eq(rig.cost_microusd, ND_TOKENS_MAX * 12);
    rig_close(&rig);
}
END_TEST

START_TEST(hidden_tokens_in_the_total_are_paid_for)
{
    struct nd_error err = {0};
    struct reply reply = {200, NULL,
                          "{\"choices\":[{\"message\":{\"content\":\"x\"}}],\"usage\":{\"prompt_tokens\":100,"
                          "\"completion_tokens\":20,\"total_tokens\":500}}",
                          0};
    struct rig rig = answered(&reply, ND_OK, &err);
    ck_assert_int_eq(rig.cost_microusd, 100 * 2 + 400 * 10);
    rig_close(&rig);
}
END_TEST

START_TEST(every_status_has_its_meaning)
{
    static const struct {
        int status;
        const char *headers, *body;
        enum nd_rc rc;
        int64_t wait_ms; /* ND_RETRY */
    } rows[] = {{429, "Retry-After: 7\r\n", "{}", ND_RETRY, 7000},
                {429, NULL, "busy", ND_RETRY, 2000},
                {429, "Retry-After: 86400\r\n", "", ND_RETRY, ND_HTTP_WAIT_MAX_MS},
                {429, NULL, "{\"error\":{\"code\":\"insufficient_quota\"}}", ND_CONFIG, 0},
                {503, "Retry-After: 3\r\n", "", ND_RETRY, 3000},
                {503, NULL, "", ND_RETRY, 2000},
                {500, NULL, "{\"error\":{\"message\":\"oops\"}}", ND_RETRY, 2000},
                {502, NULL, "<html>", ND_RETRY, 2000},
                {408, NULL, "", ND_RETRY, 2000},
                {401, NULL, "{\"error\":{\"message\":\"bad key\"}}", ND_CONFIG, 0},
                {403, NULL, "", ND_CONFIG, 0},
                {404, NULL, "", ND_CONFIG, 0},
                {301, "Location: http://127.0.0.1:1/\r\n", "", ND_UNKNOWN, 0},
                {201, NULL, CONTENT("\"x\""), ND_UNKNOWN, 0},
                {400, NULL, "{\"error\":{\"message\":\"too long\",\"type\":\"exceed_context_size_error\"}}",
                 ND_OK, 0},
                {422, NULL, "plain words", ND_OK, 0},
                {413, NULL, "{\"error\":\"a string\"}", ND_OK, 0}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct nd_error err = {0};
        struct reply reply = {rows[i].status, rows[i].headers, rows[i].body, 0};
        struct rig rig = answered(&reply, rows[i].rc, &err);
        if (rows[i].rc == ND_RETRY) ck_assert_int_eq(rig.wait_ms, rows[i].wait_ms);
        if (rows[i].rc == ND_OK) {
            ck_assert_int_eq(rig.cost_microusd, 0);
            ck_assert_int_eq(nd_json_get_int(nd_json_get(rig.observation, "error"), "status", 0),
                             rows[i].status);
        }
        for (unsigned n = 0; n < err.notes; n++) ck_assert_ptr_null(strstr(err.note[n], "key-0123456789"));
        rig_close(&rig);
    }
}
END_TEST

START_TEST(an_error_observation_is_bounded)
{
    struct nd_bytes body = ND_BYTES(ND_BYTES_MAX);
    nd_bytes_add_str(&body, "{\"error\":{\"message\":\"");
    for (int i = 0; i < 5000; i++) nd_bytes_add_str(&body, "\xC3\xA4");
    nd_bytes_add_str(&body, "\",\"type\":\"");
    for (int i = 0; i < 5000; i++) nd_bytes_add_str(&body, "t");
    nd_bytes_add_str(&body, "\"}}");
    struct reply reply = {400, NULL, body.data, body.len};
    struct nd_error err = {0};
    struct rig rig = answered(&reply, ND_OK, &err);
    const struct nd_json *error = nd_json_get(rig.observation, "error");
    ck_assert_uint_eq(strlen(nd_json_get_str(error, "message")), 500);
    ck_assert_uint_eq(strlen(nd_json_get_str(error, "code")), 200);
    rig_close(&rig);
    nd_bytes_release(&body);
}
END_TEST

static enum nd_server_end die(void *ctx, int fd, const struct nd_server_request *r)
{
    (void)fd, (void)r;
    return *(enum nd_server_end *)ctx;
}

START_TEST(no_answer_is_unknown_and_no_server_is_not)
{
    enum nd_server_end ends[] = {ND_SERVER_CLOSE, ND_SERVER_RESET};
    struct nd_error err = {0};
    for (size_t i = 0; i < 2; i++) {
        struct rig rig = rig_open(die, &ends[i]);
        rig_ask(&rig, ND_UNKNOWN, &err);
        ck_assert_uint_eq(nd_server_requests(rig.server), 1);
        nd_server_deaf(rig.server);
        nd_host_posix()->sleep_ms(NULL, 100);
        rig_ask(&rig, ND_RETRY, &err);
        ck_assert_int_eq(rig.wait_ms, 0);
        rig_close(&rig);
    }
}
END_TEST

ND_TEST_MAIN("model/openai_answers", a_good_answer, why_it_stopped,
             an_answer_that_does_not_say_what_it_cost_is_unknown, a_depth_that_would_eat_the_stack_is_unknown,
             an_answer_of_monstrous_size_is_unknown, what_a_model_says_never_makes_a_paid_answer_unreadable,
             escapes_at_the_very_end_are_within_bounds, hostile_counts_are_clipped,
             hidden_tokens_in_the_total_are_paid_for, every_status_has_its_meaning,
             an_error_observation_is_bounded, no_answer_is_unknown_and_no_server_is_not)
