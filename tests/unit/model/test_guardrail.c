/* A guardrail: the request as documented, its limits, what answers mean and cost, and what keeps it from
 * answering. */
#include "guardrail_wire.h"
#include "nd_server.h"
#include "nd_test.h"
#include "nightdesk/aws/bedrock.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/model/guardrail.h"
#include "nightdesk/model/model.h"
#include "nightdesk/model/prices.h"
#include "wire.h"
#include <stdio.h>
#include <string.h>

#define ARGS                                                                                                 \
    "{\"role\":\"guard\",\"job\":\"ground\",\"claim\":0,\"sources\":[\"One quote.\",\"Another.\"],"          \
    "\"query\":\"Sub-topic: topic\",\"text\":\"A statement.\"}"

START_TEST(the_request)
{
    struct nd_json *args = wire_json(ARGS), *body = NULL;
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    struct nd_error err = {0};
    guardrail_body(args, &text);
    nd_ck_ok(nd_json_parse(&body, nd_bytes_view(&text), &err), &err);
    wire_same(body, "{\"source\":\"OUTPUT\",\"outputScope\":\"FULL\",\"content\":["
                    "{\"text\":{\"text\":\"One quote.\",\"qualifiers\":[\"grounding_source\"]}},"
                    "{\"text\":{\"text\":\"Another.\",\"qualifiers\":[\"grounding_source\"]}},"
                    "{\"text\":{\"text\":\"Sub-topic: topic\",\"qualifiers\":[\"query\"]}},"
                    "{\"text\":{\"text\":\"A statement.\",\"qualifiers\":[\"guard_content\"]}}]}");
    ck_assert_int_eq(guardrail_units(args), 4);
    nd_json_free(body);
    nd_json_free(args);
    nd_bytes_release(&text);
    char *path = nd_bedrock_guardrail_path(ND_VIEW("arn:aws:bedrock:eu-west-1:1:guardrail/gr1"), "DRAFT");
    ck_assert_str_eq(path,
                     "/guardrail/arn%3Aaws%3Abedrock%3Aeu-west-1%3A1%3Aguardrail%2Fgr1/version/DRAFT/apply");
    nd_free(path);
}
END_TEST

static bool fits(size_t sources, size_t query, size_t text)
{
    struct nd_json *args = wire_json("{}"), *list = nd_json_set(args, "sources", nd_json_array());
    struct nd_bytes filler = ND_BYTES(ND_MIB);
    for (size_t i = 0; i < 100001; i++) nd_bytes_add_str(&filler, "\xc3\xa4"); /* two bytes, one character */
    struct nd_view all = nd_bytes_view(&filler);
    if (sources > 2) nd_json_add(list, nd_json_string_view(nd_view_sub(all, 0, 2)));
    nd_json_add(list, nd_json_string_view(nd_view_sub(all, 0, 2 * (sources > 2 ? sources - 1 : sources))));
    nd_json_set_view(args, "query", nd_view_sub(all, 0, 2 * query));
    nd_json_set_view(args, "text", nd_view_sub(all, 0, 2 * text));
    bool fine = guardrail_fits(args);
    nd_json_free(args);
    nd_bytes_release(&filler);
    return fine;
}

START_TEST(limits_in_characters)
{
    ck_assert(fits(100000, 1000, 5000));
    ck_assert(!fits(100001, 1000, 5000));
    ck_assert(!fits(100000, 1001, 5000));
    ck_assert(!fits(100000, 1000, 5001));
    ck_assert(!fits(0, 1, 1) && !fits(1, 0, 1) && !fits(1, 1, 0));
}
END_TEST

#define FILTER(type, score, action)                                                                          \
    "{\"type\":\"" type "\",\"threshold\":0.7,\"score\":" score ",\"action\":\"" action "\"}"
#define ANSWER(action, filters)                                                                              \
    "{\"action\":\"" action "\",\"outputs\":[],\"assessments\":[{\"contextualGroundingPolicy\":{"            \
    "\"filters\":[" filters "]}}],\"usage\":{\"topicPolicyUnits\":0,\"contextualGroundingPolicyUnits\":3}}"

START_TEST(answers)
{
    static const char *const rows[][2] = {
        {ANSWER("NONE", FILTER("GROUNDING", "0.91", "NONE") "," FILTER("RELEVANCE", "0.8", "NONE")),
         "{\"blocked\":false,\"grounding\":{\"score\":0.91,\"threshold\":0.7,\"blocked\":false},"
         "\"relevance\":{\"score\":0.8,\"threshold\":0.7,\"blocked\":false},"
         "\"usage\":{\"contextualGroundingPolicyUnits\":3}}"},
        {ANSWER("GUARDRAIL_INTERVENED",
                FILTER("GROUNDING", "0.9", "NONE") "," FILTER("GROUNDING", "0.31", "BLOCKED")),
         "{\"blocked\":true,\"grounding\":{\"score\":0.31,\"threshold\":0.7,\"blocked\":true},"
         "\"usage\":{\"contextualGroundingPolicyUnits\":3}}"},
        {ANSWER("GUARDRAIL_INTERVENED", FILTER("GROUNDING", "0.9", "NONE")),
         "{\"blocked\":true,\"other\":true,\"grounding\":{\"score\":0.9,\"threshold\":0.7,\"blocked\":false},"
         "\"usage\":{\"contextualGroundingPolicyUnits\":3}}"},
        {ANSWER("NONE", FILTER("SOMETHING_NEW", "0.9", "NONE")),
         "{\"blocked\":false,\"usage\":{\"contextualGroundingPolicyUnits\":3}}"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct nd_json *seen = NULL;
        ck_assert(guardrail_read(nd_view_of(rows[i][0]), &seen));
        wire_same(seen, rows[i][1]);
        nd_json_free(seen);
    }
}
END_TEST

START_TEST(answers_that_are_none)
{
    static const char *const rows[] = {
        "",
        "{}",
        "{\"action\":\"NONE\"}",
        "{\"action\":\"NONE\",\"usage\":{\"contextualGroundingPolicyUnits\":-1}}",
        "{\"action\":\"SOMETHING\",\"usage\":{\"contextualGroundingPolicyUnits\":1}}",
        ANSWER("NONE", FILTER("GROUNDING", "1.1", "NONE")),
        ANSWER("NONE", FILTER("GROUNDING", "\"0.9\"", "NONE")),
        ANSWER("NONE", "7"),
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct nd_json *seen = NULL;
        ck_assert_msg(!guardrail_read(nd_view_of(rows[i]), &seen), "%s", rows[i]);
        ck_assert_ptr_null(seen);
    }
}
END_TEST

START_TEST(prices_by_policy)
{
    struct nd_json *usage = wire_json("{\"contextualGroundingPolicyUnits\":3,\"contentPolicyUnits\":2,"
                                      "\"wordPolicyUnits\":9,\"somethingNewUnits\":5}");
    ck_assert_int_eq(nd_price_guard(usage), 3 * 100 + 2 * 150);
    ck_assert_int_eq(nd_price_guard_bound(1), 100 + 150 + 150 + 100 + 2 * 170);
    ck_assert_int_eq(nd_price_guard_bound(4), 4 * nd_price_guard_bound(1));
    ck_assert_int_eq(nd_price_guard(NULL), 0);
    nd_json_free(usage);
}
END_TEST

/* ---- asking ---- */

struct script {
    int status;
    const char *body;
    char head[2000];
};

static enum nd_server_end play(void *ctx, int fd, const struct nd_server_request *r)
{
    struct script *script = ctx;
    (void)snprintf(script->head, sizeof script->head, "%s", r->head);
    nd_server_say(
        fd,
        "HTTP/1.1 %d X\r\nContent-Type: application/json\r\nRetry-After: 1\r\nContent-Length: %zu\r\n\r\n%s",
        script->status, strlen(script->body), script->body);
    return ND_SERVER_KEEP;
}

static int64_t now_ms;
static int64_t clock_ms(void *ctx)
{
    (void)ctx;
    return now_ms;
}
static const struct nd_host host = {.monotonic_ms = clock_ms};

static struct rig {
    struct script script;
    struct nd_server *server;
    struct nd_http *http;
    struct nd_model *guard;
    struct nd_json *args, *seen;
    int64_t cost_microusd, wait_ms;
    struct nd_error err;
} rig;

static void open_rig(int status, const char *body)
{
    now_ms = 1000;
    rig = (struct rig){.script = {status, body, ""}, .args = wire_json(ARGS)};
    rig.server = nd_server_start(play, &rig.script);
    const struct nd_guardrail_config config = {
        .name = "gr1:3", .base_url = nd_server_url(rig.server), .api_key = "key-0123456789"};
    nd_ck_ok(nd_http_open(&rig.http, &rig.err), &rig.err);
    nd_ck_ok(nd_guardrail_open(&rig.guard, &config, rig.http, &host, &rig.err), &rig.err);
}

static void ask(enum nd_rc wanted)
{
    nd_json_free(rig.seen);
    rig.seen = NULL;
    nd_error_clear(&rig.err);
    nd_ck_rc(
        rig.guard->ops->ask(rig.guard, rig.args, NULL, &rig.seen, &rig.cost_microusd, &rig.wait_ms, &rig.err),
        wanted, &rig.err);
}

static const char *error_code(void)
{
    const char *code = nd_json_get_str(nd_json_get(rig.seen, "error"), "code");
    return code ? code : "-";
}

static void close_rig(void)
{
    nd_json_free(rig.seen);
    nd_json_free(rig.args);
    nd_model_close(rig.guard);
    nd_http_close(rig.http);
    nd_server_stop(rig.server);
}

START_TEST(it_costs_what_it_counts)
{
    int64_t bound = -1;
    open_rig(200, ANSWER("NONE", FILTER("GROUNDING", "0.91", "NONE")));
    ask(ND_OK);
    ck_assert_ptr_eq(strstr(rig.script.head, "POST /guardrail/gr1/version/3/apply HTTP/1.1\r\n"),
                     rig.script.head);
    ck_assert_ptr_nonnull(strstr(rig.script.head, "\r\nAuthorization: Bearer key-0123456789\r\n"));
    ck_assert_str_eq(nd_json_get_str(rig.seen, "by"), "guardrail:gr1:3");
    ck_assert_int_eq(rig.cost_microusd, 300);
    nd_ck_ok(rig.guard->ops->bound(rig.guard, rig.args, NULL, 0, &bound, &rig.err), &rig.err);
    ck_assert_int_eq(bound, nd_price_guard_bound(4));
    close_rig();
}
END_TEST

START_TEST(refusals_are_waited_for_two_minutes)
{
    open_rig(429, "{\"message\":\"slow down\"}");
    ask(ND_RETRY);
    ck_assert_int_gt(rig.wait_ms, 0);
    now_ms += ND_GUARD_PATIENCE_MS - 1;
    ask(ND_RETRY);
    now_ms += 1;
    ask(ND_OK);
    ck_assert_str_eq(error_code(), ND_GUARD_AWAY);
    ck_assert_int_eq(rig.cost_microusd, 0);
    rig.script = (struct script){200, ANSWER("NONE", FILTER("GROUNDING", "0.91", "NONE")), ""};
    ask(ND_OK);
    ck_assert_str_eq(error_code(), "-");
    rig.script.status = 503; /* it is patient anew */
    ask(ND_RETRY);
    close_rig();
}
END_TEST

START_TEST(refusals_for_good_cost_nothing)
{
    static const int statuses[] = {400, 403, 404};
    for (size_t i = 0; i < 3; i++) {
        open_rig(statuses[i], "{\"message\":\"not so\"}");
        ask(ND_OK);
        const struct nd_json *error = nd_json_get(rig.seen, "error");
        ck_assert_int_eq(nd_json_get_int(error, "status", 0), statuses[i]);
        ck_assert_str_eq(nd_json_get_str(error, "message"), "not so");
        ck_assert_int_eq(rig.cost_microusd, 0);
        close_rig();
    }
}
END_TEST

START_TEST(a_lost_answer_costs_its_worst_case)
{
    open_rig(200, "{\"action\":\"NONE\"}");
    ask(ND_OK);
    ck_assert_str_eq(error_code(), ND_GUARD_LOST);
    ck_assert_int_eq(rig.cost_microusd, nd_price_guard_bound(4));
    nd_server_reset_all(rig.server);
    close_rig();
}
END_TEST

START_TEST(what_is_not_sent)
{
    int64_t bound = -1;
    open_rig(200, ANSWER("NONE", ""));
    nd_json_set_bool(rig.args, "private", true);
    ask(ND_OK);
    ck_assert_str_eq(error_code(), ND_MODEL_PRIVATE);
    nd_json_remove(rig.args, "private");
    nd_json_set_str(rig.args, "text", "");
    ask(ND_OK);
    ck_assert_str_eq(error_code(), ND_GUARD_TOO_LONG);
    nd_ck_ok(rig.guard->ops->bound(rig.guard, rig.args, NULL, 0, &bound, &rig.err), &rig.err);
    ck_assert_int_eq(bound, 0);
    ck_assert_int_eq(nd_server_requests(rig.server), 0);
    const struct nd_guardrail_config open = {
        .name = "gr1:3", .base_url = "http://example.org", .api_key = "k"};
    struct nd_model *none = NULL;
    nd_ck_rc(nd_guardrail_open(&none, &open, rig.http, &host, &rig.err), ND_CONFIG, &rig.err);
    close_rig();
}
END_TEST

ND_TEST_MAIN("model/guardrail", the_request, limits_in_characters, answers, answers_that_are_none,
             prices_by_policy, it_costs_what_it_counts, refusals_are_waited_for_two_minutes,
             refusals_for_good_cost_nothing, a_lost_answer_costs_its_worst_case, what_is_not_sent)
