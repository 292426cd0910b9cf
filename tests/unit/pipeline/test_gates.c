#include "gate_text.h"
#include "nd_test.h"
#include "nightdesk/base/alloc.h"

#include <string.h>

static const char plan[] = "{\"schema\":\"nightdesk.plan/1\",\"source_count\":3,\"sub_topics\":["
                           "{\"id\":\"t1\",\"title\":\"Swarming\",\"question\":\"Swarming\",\"why\":\"from "
                           "your question\",\"words\":\"swarming\","
                           "\"user\":true,\"pin\":[2],\"exclude\":[],\"documents\":[1,2],\"passages\":4},"
                           "{\"id\":\"t2\",\"title\":\"Feeding\",\"question\":\"Feeding\",\"why\":\"x\","
                           "\"words\":\"feeding\",\"parent\":\"bees\","
                           "\"user\":false,\"pin\":[],\"exclude\":[],\"documents\":[],\"passages\":0}]}";

static struct nd_json *parse(const char *text)
{
    struct nd_json *json = NULL;
    struct nd_error err = {0};
    nd_ck_ok(nd_json_parse(&json, nd_view_of(text), &err), &err);
    return json;
}

START_TEST(an_unchanged_text_changes_nothing)
{
    struct nd_error err = {0};
    struct nd_json *shown = parse(plan), *edited = NULL;
    struct nd_bytes text = ND_BYTES(ND_MIB);
    nd_ck_ok(nd_gate_text("plan", shown, &text, &err), &err);
    ck_assert_ptr_nonnull(strstr(text.data, "t1  Swarming\n    pin: 2\n"));
    ck_assert_ptr_nonnull(strstr(text.data, "nothing solid was found"));
    nd_ck_ok(nd_gate_parse("plan", shown, nd_bytes_view(&text), &edited, &err), &err);
    ck_assert(nd_json_equal(shown, edited));
    nd_json_free(edited);
    nd_json_free(shown);
    nd_bytes_release(&text);
}
END_TEST

START_TEST(a_renamed_sub_topic_is_looked_for_by_its_new_name)
{
    struct nd_error err = {0};
    struct nd_json *shown = parse(plan), *edited = NULL;
    nd_ck_ok(
        nd_gate_parse("plan", shown, ND_VIEW("t2 Winter feed\n    words: syrup\nnew Mites\n"), &edited, &err),
        &err);
    const struct nd_json *list = nd_json_get(edited, "sub_topics"), *first = nd_json_at(list, 0),
                         *second = nd_json_at(list, 1);
    ck_assert_uint_eq(nd_json_len(list), 2);
    ck_assert_str_eq(nd_json_get_str(first, "id"), "t2");
    ck_assert_str_eq(nd_json_get_str(first, "words"), "Winter feed");
    ck_assert_str_eq(nd_json_get_str(first, "more"), "syrup");
    ck_assert_ptr_null(nd_json_get(first, "parent"));
    ck_assert_str_eq(nd_json_get_str(second, "id"), "t3");
    ck_assert(nd_json_get_bool(second, "user", false));
    nd_json_free(edited);
    nd_json_free(shown);
}
END_TEST

START_TEST(faults_name_their_line)
{
    static const struct {
        const char *text, *note;
    } rows[] = {{"t1 Swarming\nt9 Other\n", "line 2: 't9' is none of those shown"},
                {"t1 Swarming\nt1 Swarming\n", "line 2: 't1' stands here a second time"},
                {"# remark\n\nt1\n", "line 3: a title is missing"},
                {"t1 Swarming\n    exclude: 4\n", "line 2: '4' is no number of a source, wanted 1 to 3"},
                {"t1 Swarming\n    colour: red\n", "line 2: wanted 'words:', 'pin:' or 'exclude:'"},
                {"t1 \xff\xfe\n", "not valid UTF-8"},
                {"# nothing\n", "nothing is left of the plan"}};
    struct nd_json *shown = parse(plan);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct nd_error err = {0};
        struct nd_json *edited = NULL;
        nd_ck_rc(nd_gate_parse("plan", shown, nd_view_of(rows[i].text), &edited, &err), ND_BAD_INPUT, &err);
        nd_ck_note(&err, rows[i].note);
    }
    nd_json_free(shown);
}
END_TEST

START_TEST(quotes_and_sources_leave_an_outline)
{
    static const char outline[] = "{\"sections\":[{\"sub_topic\":\"t1\",\"title\":\"Swarming\",\"evidence\":["
                                  "{\"id\":\"e1\",\"source\":1,\"page\":2,\"text\":\"A.\"},"
                                  "{\"id\":\"e2\",\"source\":2,\"page\":3,\"text\":\"B.\"}]},{\"sub_topic\":"
                                  "\"t2\",\"title\":\"Feeding\",\"evidence\":[]}]}";
    struct nd_error err = {0};
    struct nd_json *shown = parse(outline), *edited = NULL;
    nd_ck_ok(nd_gate_parse(
                 "outline", shown,
                 ND_VIEW("t2 Feeding\n    e2 moved here\nt1 Swarming\n    e1 [1, p. 2] A.\nexclude: 1\n"),
                 &edited, &err),
             &err);
    const struct nd_json *list = nd_json_get(edited, "sections");
    ck_assert_str_eq(nd_json_get_str(nd_json_at(list, 0), "sub_topic"), "t2");
    ck_assert_uint_eq(nd_json_len(nd_json_get(nd_json_at(list, 0), "evidence")), 1);
    ck_assert_uint_eq(nd_json_len(nd_json_get(nd_json_at(list, 1), "evidence")), 0);
    nd_json_free(edited);
    nd_ck_rc(nd_gate_parse("outline", shown, ND_VIEW("t1 Swarming\n    e7 x\n"), &edited, &err), ND_BAD_INPUT,
             &err);
    nd_ck_note(&err, "line 2: 'e7' is none of the quotes shown");
    nd_json_free(shown);
}
END_TEST

START_TEST(gates_without_a_form_say_so)
{
    struct nd_error err = {0};
    struct nd_json *shown = parse("{}"), *edited = NULL;
    struct nd_bytes text = ND_BYTES(ND_MIB);
    nd_ck_rc(nd_gate_text("budget", shown, &text, &err), ND_BAD_INPUT, &err);
    nd_error_clear(&err);
    nd_ck_rc(nd_gate_parse("budget", shown, ND_VIEW("x"), &edited, &err), ND_BAD_INPUT, &err);
    nd_json_free(shown);
    nd_bytes_release(&text);
}
END_TEST

ND_TEST_MAIN("pipeline/gates", an_unchanged_text_changes_nothing,
             a_renamed_sub_topic_is_looked_for_by_its_new_name, faults_name_their_line,
             quotes_and_sources_leave_an_outline, gates_without_a_form_say_so)
