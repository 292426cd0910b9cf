/* OpenAI's chat completions: tools both ways, and answers in pieces. */
#include "wire.h"

#define TOOL                                                                                                 \
    "{\"type\":\"function\",\"function\":{\"name\":\"find\",\"description\":\"looks\",\"parameters\":{"      \
    "\"type\":\"object\"}}}"

START_TEST(a_conversation_with_tools)
{
    struct wire w;
    wire_open(&w, &openai_provider);
    struct nd_json *body = wire_body(&w, WIRE_TALK);
    wire_same(
        body,
        "{\"model\":\"m-1\",\"max_completion_tokens\":50,\"service_tier\":\"default\",\"tools\":[" TOOL "],"
        "\"messages\":[{\"role\":\"system\",\"content\":\"Be "
        "brief.\"},{\"role\":\"user\",\"content\":\"Go\"},"
        "{\"role\":\"assistant\",\"content\":\"I look.\",\"tool_calls\":[{\"id\":\"a\",\"type\":\"function\","
        "\"function\":{\"name\":\"find\",\"arguments\":\"{\\\"q\\\":\\\"x\\\"}\"}},{\"id\":\"b\",\"type\":"
        "\"function\",\"function\":{\"name\":\"find\",\"arguments\":\"{}\"}}]},"
        "{\"role\":\"tool\",\"tool_call_id\":\"a\",\"content\":\"found\"},"
        "{\"role\":\"tool\",\"tool_call_id\":\"b\",\"content\":\"Error: no q\"},"
        "{\"role\":\"user\",\"content\":\"Go on.\"}]}");
    nd_json_free(body);
}
END_TEST

START_TEST(choices_streams_and_the_table_s_members)
{
    struct wire w;
    wire_open(&w, &openai_provider);
    struct nd_json *effort = wire_json("{\"reasoning_effort\":\"low\"}");
    w.traits.body = effort;
    w.traits.streams = true;
    w.traits.reasoning_tokens = 100;
    w.traits.output_tokens = 120;
    struct nd_json *body =
        wire_body(&w, "{\"messages\":[{\"role\":\"user\",\"content\":\"Go\"}],\"max_tokens\":50," WIRE_TOOLS
                      ",\"tool_choice\":{\"name\":\"find\"}}");
    wire_same(body,
              "{\"model\":\"m-1\",\"max_completion_tokens\":120,\"service_tier\":\"default\",\"tools\":[" TOOL
              "],"
              "\"messages\":[{\"role\":\"user\",\"content\":\"Go\"}],\"tool_choice\":{\"type\":\"function\","
              "\"function\":{\"name\":\"find\"}},\"stream\":true,\"stream_options\":{\"include_usage\":true},"
              "\"reasoning_effort\":\"low\"}");
    nd_json_free(body);
    nd_json_free(effort);
}
END_TEST

START_TEST(a_schema_in_either_way)
{
    struct wire w;
    wire_open(&w, &openai_provider);
    static const char ask[] =
        "{\"messages\":[{\"role\":\"user\",\"content\":\"Go\"}],\"max_tokens\":5,\"schema\":{\"type\":"
        "\"object\"},\"schema_name\":\"plan\"}";
    struct nd_json *body = wire_body(&w, ask);
    wire_same(nd_json_get(body, "response_format"),
              "{\"type\":\"json_schema\",\"json_schema\":{\"name\":\"plan\",\"strict\":true,"
              "\"schema\":{\"type\":\"object\"}}}");
    nd_json_free(body);
    w.traits.json_object = true;
    body = wire_body(&w, ask);
    wire_same(nd_json_get(body, "response_format"),
              "{\"type\":\"json_object\",\"schema\":{\"type\":\"object\"}}");
    nd_json_free(body);
}
END_TEST

#define USAGE                                                                                                \
    "\"usage\":{\"prompt_tokens\":100,\"completion_tokens\":20,\"prompt_tokens_details\":{\"cached_"         \
    "tokens\":40,"                                                                                           \
    "\"cache_write_tokens\":10}}"

START_TEST(calls_come_back)
{
    struct wire w;
    wire_open(&w, &openai_provider);
    struct wire_answer a =
        wire_read(&w, WIRE_TALK, 200, false,
                  ND_VIEW("{\"model\":\"m-1x\",\"choices\":[{\"message\":{\"content\":null,\"tool_calls\":["
                          "{\"id\":\"c1\",\"function\":{\"name\":\"find\",\"arguments\":\"{\\\"q\\\":1}\"}},"
                          "{\"id\":\"c1\",\"function\":{\"name\":\"find\",\"arguments\":\"{\\\"q\\\":\"}},"
                          "{\"id\":\"c3\",\"function\":{\"name\":\"fetch\",\"arguments\":\"{}\"}},"
                          "{\"function\":{\"name\":\"find\",\"arguments\":{\"q\":2}}}]},\"finish_reason\":"
                          "\"tool_calls\"}]," USAGE "}"));
    nd_ck_rc(a.rc, ND_OK, &a.err);
    wire_same(a.seen, "{\"text\":\"(called 'fetch', which is no tool "
                      "here)\",\"by\":\"p:m-1\",\"model\":\"m-1x\",\"stop\":\"tool\","
                      "\"tool_calls\":[{\"id\":\"c1\",\"name\":\"find\",\"input\":{\"q\":1}},{\"id\":\"call_"
                      "4\",\"name\":\"find\","
                      "\"input\":{},\"problem\":\"the input is not a JSON "
                      "object\"},{\"id\":\"call_5\",\"name\":\"find\",\"input\":"
                      "{\"q\":2}}],\"content\":[{\"type\":\"tool_use\",\"id\":\"c1\",\"name\":\"find\","
                      "\"input\":{\"q\":1}},"
                      "{\"type\":\"tool_use\",\"id\":\"call_4\",\"name\":\"find\",\"input\":{}},"
                      "{\"type\":\"text\",\"text\":\"(called 'fetch', which is no tool here)\"},"
                      "{\"type\":\"tool_use\",\"id\":\"call_5\",\"name\":\"find\",\"input\":{\"q\":2}}],"
                      "\"usage\":{\"input\":100,\"output\":20,\"cached\":40,\"cache_write\":10}}");
    ck_assert_int_eq(a.cost_microusd,
                     167); /* 50 fresh + 40 cached at 0.1 + 10 written at 1.25 + 20 at 5, rounded up */
    wire_answer_release(&a);
}
END_TEST

#define CHUNK(delta, finish)                                                                                 \
    "data: {\"model\":\"m-1x\",\"choices\":[{\"index\":0,\"delta\":" delta ",\"finish_reason\":" finish      \
    "}]}\n\n"
#define PIECES                                                                                               \
    CHUNK("{\"role\":\"assistant\",\"content\":null}", "null")                                               \
    CHUNK("{\"content\":\"Now \"}", "null")                                                                  \
    ": a comment\n\n" CHUNK("{\"content\":\"I look\"}", "null")                                              \
        CHUNK("{\"tool_calls\":[{\"index\":0,\"id\":\"c1\",\"function\":{\"name\":\"find\",\"arguments\":"   \
              "\"{\\\"q\"}}]}",                                                                              \
              "null")                                                                                        \
            CHUNK("{\"tool_calls\":[{\"index\":1,\"id\":\"c2\",\"function\":{\"name\":\"find\"}}]}", "null") \
                CHUNK("{\"tool_calls\":[{\"index\":0,\"function\":{\"arguments\":\"\\\":1}\"}}]}", "null")
#define END CHUNK("{}", "\"tool_calls\"") "data: {\"choices\":[]," USAGE "}\n\ndata: [DONE]\n\n"

START_TEST(pieces_make_the_same_answer)
{
    struct wire w;
    wire_open(&w, &openai_provider);
    struct wire_answer a = wire_read(&w, WIRE_ASK, 200, true, ND_VIEW(PIECES END));
    nd_ck_rc(a.rc, ND_OK, &a.err);
    ck_assert_str_eq(nd_json_get_str(a.seen, "text"), "Now I look");
    ck_assert_str_eq(nd_json_get_str(a.seen, "model"), "m-1x");
    struct nd_json *calls = nd_json_copy(nd_json_get(a.seen, "tool_calls"));
    wire_same(calls, "[{\"id\":\"c1\",\"name\":\"find\",\"input\":{\"q\":1}},{\"id\":\"c2\",\"name\":"
                     "\"find\",\"input\":{}}]");
    ck_assert_int_eq(nd_json_get_int(nd_json_get(a.seen, "usage"), "cached", 0), 40);
    nd_json_free(calls);
    wire_answer_release(&a);
}
END_TEST

START_TEST(pieces_that_are_not_all_are_unknown)
{
    static const char *const torn[] = {
        "",
        PIECES,
        "data: [DONE]\n\n",
        PIECES CHUNK("{}", "\"stop\"") "data: [DONE]\n\n", /* no usage */
        PIECES "data: {\"choices\":[{\"del\n\n" END,
        PIECES "data: {\"error\":{\"message\":\"overloaded\"}}\n\n",
        CHUNK("{\"tool_calls\":[{\"index\":256,\"id\":\"c1\"}]}", "null") END,
        CHUNK("{\"tool_calls\":[{\"index\":-1,\"id\":\"c1\"}]}", "null") END,
    };
    struct wire w;
    wire_open(&w, &openai_provider);
    for (size_t i = 0; i < sizeof torn / sizeof *torn; i++) {
        struct wire_answer a = wire_read(&w, WIRE_ASK, 200, true, nd_view_of(torn[i]));
        ck_assert_msg(a.rc == ND_UNKNOWN, "%s", torn[i]);
        wire_answer_release(&a);
    }
}
END_TEST

ND_TEST_MAIN("model/wire_openai", a_conversation_with_tools, choices_streams_and_the_table_s_members,
             a_schema_in_either_way, calls_come_back, pieces_make_the_same_answer,
             pieces_that_are_not_all_are_unknown)
