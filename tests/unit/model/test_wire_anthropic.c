/* Anthropic's Messages: requests as documented, usage beside the cache, thinking sent back, answers in
 * pieces. */
#include "wire.h"

#define TOOLS                                                                                                \
    "\"tools\":[{\"name\":\"find\",\"description\":\"looks\",\"input_schema\":{\"type\":\"object\"}}]"
#define KEEP "\"cache_control\":{\"type\":\"ephemeral\"}"

START_TEST(a_conversation_with_tools)
{
    struct wire w;
    wire_open(&w, &anthropic_provider);
    struct nd_json *body = wire_body(&w, WIRE_TALK);
    wire_same(body,
              "{\"model\":\"m-1\",\"max_tokens\":50,\"service_tier\":\"standard_only\"," KEEP "," TOOLS ","
              "\"system\":[{\"type\":\"text\",\"text\":\"Be brief.\"," KEEP "}],"
              "\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Go\"}]},"
              "{\"role\":\"assistant\",\"content\":[{\"mine\":1},{\"type\":\"text\",\"text\":\"I look.\"},"
              "{\"type\":\"tool_use\",\"id\":\"a\",\"name\":\"find\",\"input\":{\"q\":\"x\"}},"
              "{\"type\":\"tool_use\",\"id\":\"b\",\"name\":\"find\",\"input\":{}}]},"
              "{\"role\":\"user\",\"content\":[{\"type\":\"tool_result\",\"tool_use_id\":\"a\",\"content\":"
              "\"found\"},"
              "{\"type\":\"tool_result\",\"tool_use_id\":\"b\",\"content\":\"no q\",\"is_error\":true},"
              "{\"type\":\"text\",\"text\":\"Go on.\"}]}]}");
    nd_json_free(body);
}
END_TEST

START_TEST(choices)
{
    static const struct {
        const char *neutral, *wanted;
    } rows[] = {{"\"auto\"", "{\"type\":\"auto\"}"},
                {"\"none\"", "{\"type\":\"none\"}"},
                {"\"required\"", "{\"type\":\"any\"}"},
                {"{\"name\":\"find\"}", "{\"type\":\"tool\",\"name\":\"find\"}"}};
    struct wire w;
    wire_open(&w, &anthropic_provider);
    for (size_t i = 0; i < 4; i++) {
        char *args =
            nd_sprintf("{\"messages\":[{\"role\":\"user\",\"content\":\"Go\"}],\"max_tokens\":5," WIRE_TOOLS
                       ",\"tool_choice\":%s}",
                       rows[i].neutral);
        struct nd_json *body = wire_body(&w, args);
        wire_same(nd_json_get(body, "tool_choice"), rows[i].wanted);
        nd_json_free(body);
        nd_free(args);
    }
    w.traits.forced_tools = false; /* then only what leaves it free */
    struct nd_json *body =
        wire_body(&w, "{\"messages\":[{\"role\":\"user\",\"content\":\"Go\"}],\"max_tokens\":5," WIRE_TOOLS
                      ",\"tool_choice\":\"required\"}");
    ck_assert_ptr_null(nd_json_get(body, "tool_choice"));
    nd_json_free(body);
}
END_TEST

#define PLAIN                                                                                                \
    "{\"messages\":[{\"role\":\"user\",\"content\":\"Go\"}],\"max_tokens\":5,\"schema\":{\"type\":"          \
    "\"object\"}}"

START_TEST(a_schema_by_the_interface_or_by_words)
{
    struct wire w;
    wire_open(&w, &anthropic_provider);
    struct nd_json *effort = wire_json("{\"output_config\":{\"effort\":\"low\"}}");
    w.traits.body = effort;
    struct nd_json *body = wire_body(&w, PLAIN);
    wire_same(
        body,
        "{\"model\":\"m-1\",\"max_tokens\":5,\"service_tier\":\"standard_only\",\"output_config\":{"
        "\"effort\":"
        "\"low\",\"format\":{\"type\":\"json_schema\",\"schema\":{\"type\":\"object\"}}},\"messages\":[{"
        "\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"Go\"}]}]}");
    nd_json_free(body);
    w.traits.body = NULL;
    w.traits.schemas = false;
    body = wire_body(&w, PLAIN);
    wire_same(
        body,
        "{\"model\":\"m-1\",\"max_tokens\":5,\"service_tier\":\"standard_only\",\"system\":[{\"type\":"
        "\"text\","
        "\"text\":\"Answer with one JSON object and nothing else. It follows this JSON schema: {\\\"type\\\":"
        "\\\"object\\\"}\"}],\"messages\":[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":"
        "\"Go\"}]}"
        "]}");
    nd_json_free(body);
    nd_json_free(effort);
}
END_TEST

START_TEST(neighbours_become_one_and_blanks_are_left_out)
{
    struct wire w;
    wire_open(&w, &anthropic_provider);
    struct nd_json *body =
        wire_body(&w, "{\"messages\":[{\"role\":\"user\",\"content\":\"a\"},{\"role\":\"user\",\"content\":"
                      "\" \\n\"},{\"role\":\"user\",\"content\":\"b\"},{\"role\":\"assistant\",\"content\":"
                      "\"\"},{\"role\":\"user\",\"content\":\"c\"}],\"max_tokens\":5}");
    wire_same(nd_json_get(body, "messages"),
              "[{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"a\"},{\"type\":\"text\","
              "\"text\":\"b\"}]},"
              "{\"role\":\"assistant\",\"content\":[{\"type\":\"text\",\"text\":\"(empty)\"}]},"
              "{\"role\":\"user\",\"content\":[{\"type\":\"text\",\"text\":\"c\"}]}]");
    nd_json_free(body);
}
END_TEST

#define THOUGHT "{\"type\":\"thinking\",\"thinking\":\"hm hm\",\"signature\":\"c2ln\"}"
#define SEEN                                                                                                 \
    "{\"text\":\"So.\",\"by\":\"p:m-1\",\"model\":\"m-1x\",\"stop\":\"tool\",\"tool_calls\":[{\"id\":"       \
    "\"t1\",\"name\":"                                                                                       \
    "\"find\",\"input\":{\"q\":1}}],\"content\":[{\"type\":\"thinking\",\"from\":\"p:m-1\","                 \
    "\"block\":" THOUGHT "},{\"type\":\"text\",\"text\":\"So.\"},{\"type\":\"tool_use\",\"id\":\"t1\","      \
    "\"name\":\"find\",\"input\":{"                                                                          \
    "\"q\":1}}],\"usage\":{\"input\":125,\"output\":7,\"cached\":100,\"cache_write\":20}}"

START_TEST(an_answer_at_once)
{
    struct wire w;
    wire_open(&w, &anthropic_provider);
    struct wire_answer a = wire_read(
        &w, WIRE_ASK, 200, false,
        ND_VIEW(
            "{\"model\":\"m-1x\",\"content\":[" THOUGHT
            ",{\"type\":\"text\",\"text\":\"So.\"},{\"type\":\"tool_use\","
            "\"id\":\"t1\",\"name\":\"find\",\"input\":{\"q\":1}}],\"stop_reason\":\"tool_use\",\"usage\":{"
            "\"input_tokens\":5,\"output_tokens\":7,\"cache_read_input_tokens\":100,\"cache_creation_input_"
            "tokens\":20}}"));
    nd_ck_rc(a.rc, ND_OK, &a.err);
    wire_same(a.seen, SEEN);
    ck_assert_int_eq(a.cost_microusd, 5 + 25 + 10 + 35); /* fresh, written, cached, output */
    struct nd_json *reply = nd_model_reply(a.seen);      /* and back: the thinking block as it was */
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    nd_json_print(reply, &text);
    char *args = nd_sprintf(
        "{\"messages\":[{\"role\":\"user\",\"content\":\"Go\"},%s,{\"role\":\"user\",\"content\":[{"
        "\"type\":\"tool_result\",\"id\":\"t1\",\"content\":\"r\"}]}],\"max_tokens\":5," WIRE_TOOLS "}",
        text.data);
    struct nd_json *body = wire_body(&w, args);
    wire_same(nd_json_first(nd_json_get(nd_json_at(nd_json_get(body, "messages"), 1), "content")), THOUGHT);
    nd_json_free(body);
    nd_json_free(reply);
    nd_bytes_release(&text);
    nd_free(args);
    wire_answer_release(&a);
}
END_TEST

#define EVENT(type, more) "event: " type "\ndata: {\"type\":\"" type "\"" more "}\n\n"
#define START                                                                                                \
    EVENT("message_start",                                                                                   \
          ",\"message\":{\"model\":\"m-1x\",\"usage\":{\"input_tokens\":5,\"output_tokens\":1,"              \
          "\"cache_read_input_tokens\":100,\"cache_creation_input_tokens\":20}}")
#define BLOCK(i, block) EVENT("content_block_start", ",\"index\":" i ",\"content_block\":" block)
#define DELTA(i, delta) EVENT("content_block_delta", ",\"index\":" i ",\"delta\":" delta)
#define STOP(i) EVENT("content_block_stop", ",\"index\":" i)
#define PIECES                                                                                               \
    START EVENT("ping", "") BLOCK("0", "{\"type\":\"thinking\",\"thinking\":\"\",\"signature\":\"\"}")       \
        DELTA("0", "{\"type\":\"thinking_delta\",\"thinking\":\"hm \"}")                                     \
            DELTA("0", "{\"type\":\"thinking_delta\",\"thinking\":\"hm\"}")                                  \
                DELTA("0", "{\"type\":\"signature_delta\",\"signature\":\"c2ln\"}") STOP("0")                \
                    BLOCK("1", "{\"type\":\"text\",\"text\":\"\"}")                                          \
                        DELTA("1", "{\"type\":\"text_delta\",\"text\":\"So.\"}") STOP("1") BLOCK(            \
                            "2", "{\"type\":\"tool_use\",\"id\":\"t1\",\"name\":\"find\",\"input\":{}}")     \
                            DELTA("2", "{\"type\":\"input_json_delta\",\"partial_json\":\"\"}") DELTA(       \
                                "2", "{\"type\":\"input_json_delta\",\"partial_json\":\"{\\\"q\\\":\"}")     \
                                DELTA("2", "{\"type\":\"input_json_delta\",\"partial_json\":\" 1}\"}")       \
                                    STOP("2")
#define END                                                                                                  \
    EVENT("message_delta", ",\"delta\":{\"stop_reason\":\"tool_use\"},\"usage\":{\"output_tokens\":7}")      \
    EVENT("message_stop", "")

START_TEST(pieces_make_the_same_answer)
{
    struct wire w;
    wire_open(&w, &anthropic_provider);
    struct wire_answer a = wire_read(&w, WIRE_ASK, 200, true, ND_VIEW(PIECES END));
    nd_ck_rc(a.rc, ND_OK, &a.err);
    wire_same(a.seen, SEEN);
    wire_answer_release(&a);
}
END_TEST

START_TEST(pieces_that_are_not_all_are_unknown)
{
    static const char *const torn[] = {
        "",
        START,
        PIECES,
        EVENT("message_stop", ""),
        PIECES EVENT("error", ",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}"),
        START DELTA("0", "{\"type\":\"text_delta\",\"text\":\"x\"}") END,
        START BLOCK("256", "{\"type\":\"text\",\"text\":\"\"}") END,
        START BLOCK("-1", "{\"type\":\"text\",\"text\":\"\"}") END,
        START "data: {\"type\":\n\n" END,
    };
    struct wire w;
    wire_open(&w, &anthropic_provider);
    for (size_t i = 0; i < sizeof torn / sizeof *torn; i++) {
        struct wire_answer a = wire_read(&w, WIRE_ASK, 200, true, nd_view_of(torn[i]));
        ck_assert_msg(a.rc == ND_UNKNOWN, "%s", torn[i]);
        wire_answer_release(&a);
    }
}
END_TEST

START_TEST(why_it_stopped_and_what_errors_mean)
{
    static const struct {
        int status;
        const char *body;
        enum nd_rc rc;
        const char *stop;
    } rows[] = {
        {200,
         "{\"content\":[],\"stop_reason\":\"max_tokens\",\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}",
         ND_OK, "length"},
        {200,
         "{\"content\":[],\"stop_reason\":\"refusal\",\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}",
         ND_OK, "filter"},
        {200,
         "{\"content\":[],\"stop_reason\":\"end_turn\",\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}",
         ND_OK, "end"},
        {200, "{\"content\":[],\"stop_reason\":\"end_turn\"}", ND_UNKNOWN, NULL},
        {200, "{\"stop_reason\":\"end_turn\",\"usage\":{\"input_tokens\":1,\"output_tokens\":1}}", ND_UNKNOWN,
         NULL},
        {529, "{\"type\":\"error\",\"error\":{\"type\":\"overloaded_error\",\"message\":\"Overloaded\"}}",
         ND_RETRY, NULL},
        {400, "{\"type\":\"error\",\"error\":{\"type\":\"invalid_request_error\",\"message\":\"x\"}}", ND_OK,
         NULL},
        {402, "{\"type\":\"error\",\"error\":{\"type\":\"billing_error\",\"message\":\"x\"}}", ND_CONFIG,
         NULL},
        {401, "{\"type\":\"error\",\"error\":{\"type\":\"authentication_error\",\"message\":\"x\"}}",
         ND_CONFIG, NULL},
    };
    struct wire w;
    wire_open(&w, &anthropic_provider);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct wire_answer a = wire_read(&w, WIRE_ASK, rows[i].status, false, nd_view_of(rows[i].body));
        ck_assert_msg(a.rc == rows[i].rc, "row %zu gives %s", i, nd_rc_word(a.rc));
        if (rows[i].stop) ck_assert_str_eq(nd_json_get_str(a.seen, "stop"), rows[i].stop);
        wire_answer_release(&a);
    }
}
END_TEST

ND_TEST_MAIN("model/wire_anthropic", a_conversation_with_tools, choices,
             a_schema_by_the_interface_or_by_words, neighbours_become_one_and_blanks_are_left_out,
             an_answer_at_once, pieces_make_the_same_answer, pieces_that_are_not_all_are_unknown,
             why_it_stopped_and_what_errors_mean)
