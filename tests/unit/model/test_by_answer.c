/* Tools for models that have none, and calls that a server lets its model write as text. */
#include "by_answer.h"
#include "wire.h"

#define CALL_OF(name, input)                                                                                 \
    "{\"type\":\"object\",\"properties\":{\"tool\":{\"type\":\"string\",\"enum\":[\"" name                   \
    "\"]},\"input\":" input "},\"required\":[\"tool\",\"input\"],\"additionalProperties\":false}"
#define TURN(choices)                                                                                        \
    "{\"type\":\"object\",\"properties\":{\"call\":{\"anyOf\":[" choices                                     \
    "]}},\"required\":[\"call\"],\"additionalProperties\":false}"

START_TEST(the_conversation_is_told_in_words)
{
    struct wire w;
    wire_open(&w, &openai_provider);
    w.traits.tools = false;
    struct nd_json *body = wire_body(&w, WIRE_TALK);
    const struct nd_json *messages = nd_json_get(body, "messages");
    ck_assert_ptr_null(nd_json_get(body, "tools"));
    ck_assert_uint_eq(nd_json_len(messages), 4);
    ck_assert_ptr_nonnull(strstr(nd_json_get_str(nd_json_at(messages, 0), "content"), "Be brief."));
    ck_assert_ptr_nonnull(strstr(nd_json_get_str(nd_json_at(messages, 0), "content"), "- find: looks\n"));
    ck_assert_ptr_nonnull(strstr(nd_json_get_str(nd_json_at(messages, 0), "content"), "- answer: "));
    ck_assert_str_eq(
        nd_json_get_str(nd_json_at(messages, 2), "content"),
        "I look.\n{\"call\":{\"tool\":\"find\",\"input\":{\"q\":\"x\"}}}\n{\"call\":{\"tool\":\"find\","
        "\"input\":{}}}");
    ck_assert_str_eq(nd_json_get_str(nd_json_at(messages, 3), "content"),
                     "The result:\nfound\nThe call failed: no q\nGo on.");
    wire_same(nd_json_get(nd_json_get(nd_json_get(body, "response_format"), "json_schema"), "schema"),
              TURN(CALL_OF("find", "{\"type\":\"object\"}") "," CALL_OF("answer", "{\"type\":\"string\"}")));
    nd_json_free(body);
}
END_TEST

START_TEST(choices_and_the_caller_s_schema)
{
    static const char *const rows[][2] = {
        {"\"schema\":{\"type\":\"array\"}",
         TURN(CALL_OF("find", "{\"type\":\"object\"}") "," CALL_OF("answer", "{\"type\":\"array\"}"))},
        {"\"tool_choice\":\"required\"", TURN(CALL_OF("find", "{\"type\":\"object\"}"))},
        {"\"tool_choice\":{\"name\":\"find\"}", TURN(CALL_OF("find", "{\"type\":\"object\"}"))},
        {"\"tool_choice\":\"none\",\"schema\":{\"type\":\"array\"}", "{\"type\":\"array\"}"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text = nd_sprintf(
            "{\"messages\":[{\"role\":\"user\",\"content\":\"Go\"}],\"max_tokens\":5," WIRE_TOOLS ",%s}",
            rows[i][0]);
        struct nd_json *args = wire_json(text), *told = by_answer_args(args);
        wire_same(nd_json_get(told, "schema"), rows[i][1]);
        ck_assert_ptr_null(nd_json_get(told, "tools"));
        nd_json_free(args);
        nd_json_free(told);
        nd_free(text);
    }
}
END_TEST

START_TEST(what_it_says_becomes_a_call_or_a_text)
{
    static const struct {
        const char *said, *text, *calls;
    } rows[] = {
        {"{\"call\":{\"tool\":\"find\",\"input\":{\"q\":1}}}", "",
         "[{\"id\":\"call_1\",\"name\":\"find\",\"input\":{\"q\":1}}]"},
        {"```json\n{\"name\": \"find\", \"arguments\": {\"q\": 1}}\n```", "",
         "[{\"id\":\"call_1\",\"name\":\"find\",\"input\":{\"q\":1}}]"},
        {"{\"name\":\"find\",\"parameters\":\"{\\\"q\\\":1}\"}", "",
         "[{\"id\":\"call_1\",\"name\":\"find\",\"input\":{\"q\":1}}]"},
        {"{\"call\":{\"tool\":\"find\",\"input\":[]}}", "",
         "[{\"id\":\"call_1\",\"name\":\"find\",\"input\":{},\"problem\":\"the input is not a JSON "
         "object\"}]"},
        {"{\"call\":{\"tool\":\"answer\",\"input\":\"Done.\"}}", "Done.", NULL},
        {"{\"call\":{\"tool\":\"answer\",\"input\":{\"a\":[1]}}}", "{\"a\":[1]}", NULL},
        {"{\"call\":{\"tool\":\"fetch\",\"input\":{}}}", "{\"call\":{\"tool\":\"fetch\",\"input\":{}}}",
         NULL},
        {"{\"call\":{\"tool\":\"find\"}}", "{\"call\":{\"tool\":\"find\"}}", NULL},
        {"{\"call\":7}", "{\"call\":7}", NULL},
        {"No call, {truly}.", "No call, {truly}.", NULL},
        {"}{", "}{", NULL},
        {"", "", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct nd_json *args = wire_json(WIRE_ASK);
        struct answer a;
        answer_open(&a, args, "p:m-1");
        a.usage = (struct nd_usage){.input = 1, .output = 1};
        answer_add_text(&a, nd_view_of(rows[i].said));
        by_answer_lift(&a);
        struct nd_json *seen = answer_observation(&a);
        ck_assert_str_eq(nd_json_get_str(seen, "text"), rows[i].text);
        ck_assert_str_eq(nd_json_get_str(seen, "stop"), rows[i].calls ? "tool" : "end");
        if (rows[i].calls)
            wire_same(nd_json_get(seen, "tool_calls"), rows[i].calls);
        else
            ck_assert_ptr_null(nd_json_get(seen, "tool_calls"));
        nd_json_free(seen);
        nd_json_free(args);
        answer_release(&a);
    }
}
END_TEST

START_TEST(where_no_tool_may_be_called_none_is_heard)
{
    struct nd_json *args = wire_json("{\"messages\":[]," WIRE_TOOLS ",\"tool_choice\":\"none\"}");
    struct answer a;
    answer_open(&a, args, "p:m-1");
    answer_add_text(&a, ND_VIEW("{\"call\":{\"tool\":\"find\",\"input\":{}}}"));
    by_answer_lift(&a);
    ck_assert_uint_eq(answer_calls(&a), 0);
    answer_release(&a);
    nd_json_free(args);
}
END_TEST

ND_TEST_MAIN("model/by_answer", the_conversation_is_told_in_words, choices_and_the_caller_s_schema,
             what_it_says_becomes_a_call_or_a_text, where_no_tool_may_be_called_none_is_heard)
