/* Bedrock's Converse: requests as documented, framed pieces with both checksums, usage beside the cache. */
#include "nightdesk/aws/bedrock.h"
#include "wire.h"

#define TOOLS                                                                                                \
    "[{\"toolSpec\":{\"name\":\"find\",\"description\":\"looks\",\"inputSchema\":{\"json\":{\"type\":"       \
    "\"object\"}}}}]"
#define POINT "{\"cachePoint\":{\"type\":\"default\"}}"
#define TIER "\"serviceTier\":{\"type\":\"default\"}"

START_TEST(a_conversation_with_tools)
{
    struct wire w;
    wire_open(&w, &bedrock_provider);
    struct nd_json *body = wire_body(&w, WIRE_TALK);
    wire_same(
        body,
        "{\"system\":[{\"text\":\"Be brief.\"}," POINT "],\"inferenceConfig\":{\"maxTokens\":50}," TIER ","
        "\"toolConfig\":{\"tools\":" TOOLS "},"
        "\"messages\":[{\"role\":\"user\",\"content\":[{\"text\":\"Go\"}]},{\"role\":\"assistant\","
        "\"content\":["
        "{\"mine\":1},{\"text\":\"I look.\"},{\"toolUse\":{\"toolUseId\":\"a\",\"name\":\"find\",\"input\":{"
        "\"q\":\"x\"}}},{\"toolUse\":{\"toolUseId\":\"b\",\"name\":\"find\",\"input\":{}}}]},"
        "{\"role\":\"user\",\"content\":[{\"toolResult\":{\"toolUseId\":\"a\",\"status\":\"success\","
        "\"content\":["
        "{\"text\":\"found\"}]}},{\"toolResult\":{\"toolUseId\":\"b\",\"status\":\"error\",\"content\":[{"
        "\"text\":"
        "\"no q\"}]}},{\"text\":\"Go on.\"}," POINT "]}]}");
    nd_json_free(body);
}
END_TEST

#define GO "\"messages\":[{\"role\":\"user\",\"content\":\"Go\"}],\"max_tokens\":5"

START_TEST(choices_of_which_none_is_told_in_words)
{
    static const char *const rows[][2] = {{"\"auto\"", "{\"auto\":{}}"},
                                          {"\"required\"", "{\"any\":{}}"},
                                          {"{\"name\":\"find\"}", "{\"tool\":{\"name\":\"find\"}}"}};
    struct wire w;
    wire_open(&w, &bedrock_provider);
    for (size_t i = 0; i < 3; i++) {
        char *args = nd_sprintf("{" GO "," WIRE_TOOLS ",\"tool_choice\":%s}", rows[i][0]);
        struct nd_json *body = wire_body(&w, args);
        wire_same(nd_json_get(nd_json_get(body, "toolConfig"), "toolChoice"), rows[i][1]);
        nd_json_free(body);
        nd_free(args);
    }
    struct nd_json *body = wire_body(&w, "{" GO "," WIRE_TOOLS ",\"tool_choice\":\"none\"}");
    wire_same(nd_json_get(body, "toolConfig"), "{\"tools\":" TOOLS "}");
    wire_same(nd_json_get(body, "system"), "[{\"text\":\"Call no tool now: answer.\"}," POINT "]");
    nd_json_free(body);
}
END_TEST

START_TEST(a_schema_is_a_string)
{
    struct wire w;
    wire_open(&w, &bedrock_provider);
    struct nd_json *body =
        wire_body(&w, "{" GO ",\"schema\":{\"type\":\"object\"},\"schema_name\":\"plan\"}");
    wire_same(nd_json_get(body, "outputConfig"), "{\"textFormat\":{\"type\":\"json_schema\",\"structure\":{"
                                                 "\"jsonSchema\":{\"name\":\"plan\",\"schema\":"
                                                 "\"{\\\"type\\\":\\\"object\\\"}\"}}}}");
    ck_assert_ptr_null(nd_json_get(body, "system")); /* and no cache point: the conversation does not go on */
    nd_json_free(body);
}
END_TEST

START_TEST(ids_in_paths)
{
    static const char *const rows[][2] = {
        {"us.anthropic.claude-3-5-v1:0", "/model/us.anthropic.claude-3-5-v1%3A0/converse"},
        {"arn:aws:bedrock:eu-west-1:1:inference-profile/x",
         "/model/arn%3Aaws%3Abedrock%3Aeu-west-1%3A1%3Ainference-profile%2Fx/converse"},
        {"../../x", "/model/..%2F..%2Fx/converse"}};
    for (size_t i = 0; i < 3; i++) {
        char *path = nd_bedrock_path(rows[i][0], "converse");
        ck_assert_str_eq(path, rows[i][1]);
        nd_free(path);
    }
}
END_TEST

START_TEST(tokens_are_counted_for_foundation_models)
{
    static const char *const rows[][2] = {
        {"anthropic.claude-x-v1:0", "/model/anthropic.claude-x-v1%3A0/count-tokens"},
        {"us.anthropic.claude-x-v1:0", "/model/anthropic.claude-x-v1%3A0/count-tokens"},
        {"global.anthropic.claude-x", "/model/anthropic.claude-x/count-tokens"},
        {"arn:aws:bedrock:eu-west-1:1:inference-profile/eu.anthropic.claude-x",
         "/model/anthropic.claude-x/count-tokens"},
        {"arn:aws:bedrock:eu-west-1:1:application-inference-profile/abc", NULL}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *path = bedrock_provider.count_path(rows[i][0]);
        if (rows[i][1])
            ck_assert_str_eq(path, rows[i][1]);
        else
            ck_assert_ptr_null(path);
        nd_free(path);
    }
}
END_TEST

START_TEST(counting_takes_messages_system_and_tools)
{
    struct wire w;
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    struct nd_error err = {0};
    size_t uncounted = 0;
    wire_open(&w, &bedrock_provider);
    struct nd_json *args =
                       wire_json("{\"messages\":[{\"role\":\"system\",\"content\":\"Be brief.\"},{\"role\":"
                                 "\"user\",\"content\":\"Go\"}],\"max_tokens\":5," WIRE_TOOLS "}"),
                   *body = NULL;
    asker_count_body(&bedrock_provider, &w.asked, args, &text, &uncounted);
    nd_ck_ok(nd_json_parse(&body, nd_bytes_view(&text), &err), &err);
    wire_same(
        body,
        "{\"input\":{\"converse\":{\"system\":[{\"text\":\"Be brief.\"}],\"messages\":[{\"role\":\"user\","
        "\"content\":[{\"text\":\"Go\"}]}],\"toolConfig\":{\"tools\":" TOOLS "}}}}");
    ck_assert_uint_eq(uncounted, 0);
    nd_json_remove(args, "tools");
    nd_json_set(args, "schema", wire_json("{\"type\":\"object\"}"));
    asker_count_body(&bedrock_provider, &w.asked, args, &text, &uncounted);
    ck_assert_uint_eq(uncounted, nd_model_form_bytes(nd_json_get(args, "schema")));
    ck_assert_uint_gt(uncounted, 0);
    nd_json_free(body);
    nd_json_free(args);
    nd_bytes_release(&text);
    static const char *const answers[] = {"{\"inputTokens\":17}", "{}", "{\"inputTokens\":\"17\"}", "[]"};
    for (size_t i = 0; i < 4; i++) {
        struct nd_json *whole = wire_json(answers[i]);
        ck_assert_int_eq(bedrock_provider.read_count(whole), i == 0 ? 17 : -1);
        nd_json_free(whole);
    }
}
END_TEST

/* ---- frames ---- */

static void add_u32(struct nd_bytes *out, size_t n)
{
    for (int shift = 24; shift >= 0; shift -= 8) nd_bytes_add_char(out, (char)(n >> shift & 0xFF));
}

static void add_header(struct nd_bytes *out, const char *name, const char *value)
{
    nd_bytes_add_char(out, (char)strlen(name));
    nd_bytes_add_str(out, name);
    nd_bytes_add_char(out, 7);
    nd_bytes_add_char(out, 0);
    nd_bytes_add_char(out, (char)strlen(value));
    nd_bytes_add_str(out, value);
}

static void add_frame(struct nd_bytes *out, const char *kind, const char *name, const char *payload)
{
    struct nd_bytes headers = ND_BYTES(1024), frame = ND_BYTES(ND_BYTES_MAX);
    bool exception = strcmp(kind, "exception") == 0;
    add_header(&headers, ":message-type", kind);
    add_header(&headers, exception ? ":exception-type" : ":event-type", name);
    add_u32(&frame, headers.len + strlen(payload) + 16);
    add_u32(&frame, headers.len);
    add_u32(&frame, nd_crc32(nd_bytes_view(&frame)));
    nd_bytes_add_view(&frame, nd_bytes_view(&headers));
    nd_bytes_add_str(&frame, payload);
    add_u32(&frame, nd_crc32(nd_bytes_view(&frame)));
    nd_bytes_add_view(out, nd_bytes_view(&frame));
    nd_bytes_release(&frame);
    nd_bytes_release(&headers);
}

static const char *const whole[][2] = {
    {"messageStart", "{\"role\":\"assistant\"}"},
    {"contentBlockDelta", "{\"contentBlockIndex\":0,\"delta\":{\"reasoningContent\":{\"text\":\"hm \"}}}"},
    {"contentBlockDelta", "{\"contentBlockIndex\":0,\"delta\":{\"reasoningContent\":{\"text\":\"hm\"}}}"},
    {"contentBlockDelta",
     "{\"contentBlockIndex\":0,\"delta\":{\"reasoningContent\":{\"signature\":\"c2ln\"}}}"},
    {"contentBlockStop", "{\"contentBlockIndex\":0}"},
    {"contentBlockDelta", "{\"contentBlockIndex\":1,\"delta\":{\"text\":\"So\"}}"},
    {"contentBlockDelta", "{\"contentBlockIndex\":1,\"delta\":{\"text\":\".\"}}"},
    {"contentBlockStart",
     "{\"contentBlockIndex\":2,\"start\":{\"toolUse\":{\"toolUseId\":\"t1\",\"name\":\"find\"}}}"},
    {"contentBlockDelta", "{\"contentBlockIndex\":2,\"delta\":{\"toolUse\":{\"input\":\"{\\\"q\\\":\"}}}"},
    {"contentBlockDelta", "{\"contentBlockIndex\":2,\"delta\":{\"toolUse\":{\"input\":\"1}\"}}}"},
    {"somethingNew", "{\"x\":[1]}"},
    {"messageStop", "{\"stopReason\":\"tool_use\"}"},
    {"metadata", "{\"usage\":{\"inputTokens\":5,\"outputTokens\":7,\"cacheReadInputTokens\":100,"
                 "\"cacheWriteInputTokens\":20}}"},
};
#define WHOLE (sizeof whole / sizeof *whole)

static struct nd_bytes frames(size_t n)
{
    struct nd_bytes out = ND_BYTES(ND_BYTES_MAX);
    for (size_t i = 0; i < n; i++) add_frame(&out, "event", whole[i][0], whole[i][1]);
    return out;
}

#define THOUGHT "{\"reasoningContent\":{\"reasoningText\":{\"text\":\"hm hm\",\"signature\":\"c2ln\"}}}"
#define SEEN                                                                                                 \
    "{\"text\":\"So.\",\"by\":\"p:m-1\",\"model\":\"m-1\",\"stop\":\"tool\",\"tool_calls\":[{\"id\":\"t1\"," \
    "\"name\":"                                                                                              \
    "\"find\",\"input\":{\"q\":1}}],\"content\":[{\"type\":\"thinking\",\"from\":\"p:m-1\","                 \
    "\"block\":" THOUGHT "},{\"type\":\"text\",\"text\":\"So.\"},{\"type\":\"tool_use\",\"id\":\"t1\","      \
    "\"name\":\"find\",\"input\":{"                                                                          \
    "\"q\":1}}],\"usage\":{\"input\":125,\"output\":7,\"cached\":100,\"cache_write\":20}}"

START_TEST(pieces_make_the_answer)
{
    struct wire w;
    wire_open(&w, &bedrock_provider);
    struct nd_bytes all = frames(WHOLE);
    struct wire_answer a = wire_read(&w, WIRE_ASK, 200, true, nd_bytes_view(&all));
    nd_ck_rc(a.rc, ND_OK, &a.err);
    wire_same(a.seen, SEEN);
    wire_answer_release(&a);
    a = wire_read(
        &w, WIRE_ASK, 200, false,
        ND_VIEW("{\"output\":{\"message\":{\"role\":\"assistant\",\"content\":[" THOUGHT
                ",{\"text\":\"So.\"},{"
                "\"toolUse\":{\"toolUseId\":\"t1\",\"name\":\"find\",\"input\":{\"q\":1}}}]}},\"stopReason\":"
                "\"tool_use\",\"usage\":{\"inputTokens\":5,\"outputTokens\":7,\"cacheReadInputTokens\":100,"
                "\"cacheWriteInputTokens\":20}}"));
    nd_ck_rc(a.rc, ND_OK, &a.err);
    wire_same(a.seen, SEEN);
    wire_answer_release(&a);
    nd_bytes_release(&all);
}
END_TEST

/* A prefix, and the whole with any one bit of it another, are no answers. */
START_TEST(no_prefix_and_no_damaged_bit_passes)
{
    struct wire w;
    wire_open(&w, &bedrock_provider);
    struct nd_bytes all = frames(WHOLE);
    for (size_t len = 0; len < all.len; len++) {
        struct wire_answer a = wire_read(&w, WIRE_ASK, 200, true, nd_view_sub(nd_bytes_view(&all), 0, len));
        ck_assert_int_eq(a.rc, ND_UNKNOWN);
        wire_answer_release(&a);
    }
    for (size_t at = 0; at < all.len; at++) {
        char before = all.data[at];
        all.data[at] = (char)(before ^ (1 << at % 8));
        struct wire_answer a = wire_read(&w, WIRE_ASK, 200, true, nd_bytes_view(&all));
        ck_assert_int_eq(a.rc, ND_UNKNOWN);
        wire_answer_release(&a);
        all.data[at] = before;
    }
    nd_bytes_release(&all);
}
END_TEST

START_TEST(exceptions_in_the_stream_are_unknown_and_named)
{
    struct wire w;
    wire_open(&w, &bedrock_provider);
    struct nd_bytes some = frames(6);
    add_frame(&some, "exception", "throttlingException", "{\"message\":\"slow down\"}");
    struct wire_answer a = wire_read(&w, WIRE_ASK, 200, true, nd_bytes_view(&some));
    nd_ck_rc(a.rc, ND_UNKNOWN, &a.err);
    nd_ck_note(&a.err, "throttlingException: slow down");
    wire_answer_release(&a);
    nd_bytes_release(&some);
}
END_TEST

START_TEST(statuses)
{
    static const struct {
        int status;
        enum nd_rc rc;
    } rows[] = {{400, ND_OK},      {403, ND_CONFIG}, {404, ND_CONFIG}, {408, ND_UNKNOWN},
                {424, ND_UNKNOWN}, {429, ND_RETRY},  {500, ND_RETRY},  {503, ND_RETRY}};
    struct wire w;
    struct nd_error err = {0};
    wire_open(&w, &bedrock_provider);
    nd_ck_ok(nd_price_find("bedrock", "us.amazon.nova-pro-v1:0", true, NULL, &w.price, &err), &err);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wire_answer a =
            wire_read(&w, WIRE_ASK, rows[i].status, false, ND_VIEW("{\"message\":\"why\"}"));
        ck_assert_msg(a.rc == rows[i].rc, "%d gives %s", rows[i].status, nd_rc_word(a.rc));
        if (a.rc == ND_OK) ck_assert_str_eq(nd_json_get_str(nd_json_get(a.seen, "error"), "message"), "why");
        wire_answer_release(&a);
    }
}
END_TEST

ND_TEST_MAIN("model/wire_bedrock", a_conversation_with_tools, choices_of_which_none_is_told_in_words,
             a_schema_is_a_string, ids_in_paths, tokens_are_counted_for_foundation_models,
             counting_takes_messages_system_and_tools, pieces_make_the_answer,
             no_prefix_and_no_damaged_bit_passes, exceptions_in_the_stream_are_unknown_and_named, statuses)
