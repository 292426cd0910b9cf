/* Conversations with tools: what is well-formed, what a message weighs, how an answer becomes a message. */
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/core/model.h"

static struct nd_json *parsed(const char *text)
{
    struct nd_json *json = NULL;
    struct nd_error err = {0};
    nd_ck_ok(nd_json_parse(&json, nd_view_of(text), &err), &err);
    return json;
}

#define TOOLS "\"tools\":[{\"name\":\"find\",\"description\":\"d\",\"schema\":{\"type\":\"object\"}}]"
#define USER "{\"role\":\"user\",\"content\":\"go\"}"
#define USE(id) "{\"type\":\"tool_use\",\"id\":\"" id "\",\"name\":\"find\",\"input\":{\"q\":1}}"
#define RESULT(id) "{\"type\":\"tool_result\",\"id\":\"" id "\",\"content\":\"r\"}"
#define SAYS(parts) "{\"role\":\"assistant\",\"content\":[" parts "]}"
#define HEARS(parts) "{\"role\":\"user\",\"content\":[" parts "]}"

START_TEST(well_formed_conversations)
{
    static const char *const good[] = {
        "{\"messages\":[" USER "]}",
        "{\"messages\":[{\"role\":\"system\",\"content\":\"s\"}," USER "]," TOOLS
        ",\"tool_choice\":\"auto\"}",
        "{\"messages\":[" USER "]," TOOLS ",\"tool_choice\":{\"name\":\"find\"}}",
        "{\"messages\":[" USER "," SAYS(USE("a")) "," HEARS(RESULT("a")) "]," TOOLS "}",
        "{\"messages\":[" USER
        "," SAYS("{\"type\":\"thinking\",\"from\":\"p:m\",\"block\":{}}," USE("a") "," USE("b")) "," HEARS(
            RESULT("a") "," RESULT("b") ",{\"type\":\"text\",\"text\":\"and\"}") "]," TOOLS "}",
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct nd_json *args = parsed(good[i]);
        struct nd_error err = {0};
        nd_ck_ok(nd_model_check(args, &err), &err);
        nd_json_free(args);
    }
}
END_TEST

START_TEST(what_is_not_well_formed_is_named)
{
    static const struct {
        const char *args, *why;
    } bad[] = {
        {"{\"messages\":[]}", "no messages"},
        {"{}", "no messages"},
        {"{\"messages\":[{\"role\":\"robot\",\"content\":\"x\"}]}",
         "message 0 of a model action has no role"},
        {"{\"messages\":[{\"role\":\"user\",\"content\":[]}]}", "no content"},
        {"{\"messages\":[" USER ",{\"role\":\"system\",\"content\":\"s\"}]}",
         "message 1 of a model action is a system"},
        {"{\"messages\":[" USER "," SAYS(USE("a")) "]," TOOLS "}", "ends with calls"},
        {"{\"messages\":[" USER "," SAYS(USE("a")) "," USER "]," TOOLS "}",
         "does not begin with the results"},
        {"{\"messages\":[" USER "," SAYS(USE("a")) "," HEARS(RESULT("b")) "]," TOOLS "}", "does not begin"},
        {"{\"messages\":[" USER
         "," SAYS(USE("a") "," USE("b")) "," HEARS(RESULT("b") "," RESULT("a")) "]," TOOLS "}",
         "in their order"},
        {"{\"messages\":[" USER "," SAYS(USE("a")) "," HEARS(RESULT("a") "," RESULT("a")) "]," TOOLS "}",
         "a result of no call"},
        {"{\"messages\":[" USER "," SAYS(USE("a")) "," HEARS(RESULT("a")) "]}", "not offered"},
        {"{\"messages\":[" USER "," SAYS(USE("a b")) "," HEARS(RESULT("a b")) "]," TOOLS "}",
         "without an id"},
        {"{\"messages\":[" HEARS(USE("a")) "]," TOOLS "}", "users do not have"},
        {"{\"messages\":[" USER "]," TOOLS ",\"tool_choice\":{\"name\":\"other\"}}", "tool_choice"},
        {"{\"messages\":[" USER "],\"tool_choice\":\"auto\"}", "tool_choice"},
        {"{\"messages\":[" USER "],\"tools\":[{\"name\":\"a b\",\"description\":\"d\",\"schema\":{}}]}",
         "a tool has"},
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct nd_json *args = parsed(bad[i].args);
        struct nd_error err = {0};
        ck_assert_msg(nd_model_check(args, &err) == ND_BROKEN, "%s", bad[i].args);
        nd_ck_note(&err, bad[i].why);
        nd_json_free(args);
    }
}
END_TEST

START_TEST(an_answer_becomes_the_message_that_repeats_it)
{
    struct nd_json *plain = parsed("{\"text\":\"hi\"}"), *empty = parsed("{\"text\":\"\"}");
    struct nd_json *calls = parsed("{\"text\":\"\",\"content\":[" USE("a") "]}");
    struct nd_json *said = nd_model_reply(plain),
                   *wanted = parsed("{\"role\":\"assistant\",\"content\":\"hi\"}");
    ck_assert(nd_json_equal(said, wanted));
    nd_json_free(said);
    nd_json_free(wanted);
    said = nd_model_reply(calls);
    wanted = parsed(SAYS(USE("a")));
    ck_assert(nd_json_equal(said, wanted));
    ck_assert_ptr_null(nd_model_reply(empty));
    nd_json_free(said);
    nd_json_free(wanted);
    nd_json_free(plain);
    nd_json_free(empty);
    nd_json_free(calls);
}
END_TEST

START_TEST(results_are_never_empty)
{
    struct nd_json *message = nd_model_results();
    nd_model_add_result(message, "a", "", false);
    nd_model_add_result(message, "b", "no such page", true);
    struct nd_json *wanted =
        parsed(HEARS("{\"type\":\"tool_result\",\"id\":\"a\",\"content\":\"(empty)\"},"
                     "{\"type\":\"tool_result\",\"id\":\"b\",\"content\":\"no such page\","
                     "\"is_error\":true}"));
    ck_assert(nd_json_equal(message, wanted));
    ck_assert_uint_eq(nd_message_bytes(message), strlen("a(empty)") + strlen("bno such page"));
    nd_json_free(message);
    nd_json_free(wanted);
}
END_TEST

START_TEST(every_byte_weighs)
{
    struct nd_json *args =
        parsed("{\"messages\":[" USER "," SAYS(USE("id")) "],\"tools\":[],\"schema\":{\"a\":1}}");
    ck_assert_uint_eq(nd_model_bytes(args), strlen("go") + strlen("id") + strlen("find") +
                                                strlen("{\"q\":1}") + strlen("[]{\"a\":1}"));
    nd_json_free(args);
}
END_TEST

ND_TEST_MAIN("core/model", well_formed_conversations, what_is_not_well_formed_is_named,
             an_answer_becomes_the_message_that_repeats_it, results_are_never_empty, every_byte_weighs)
