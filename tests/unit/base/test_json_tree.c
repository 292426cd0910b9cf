#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/json.h"

#include <math.h>
#include <string.h>

static struct nd_json *parsed(const char *text)
{
    struct nd_json *json = NULL;
    struct nd_error err = {0};
    nd_ck_ok(nd_json_parse(&json, nd_view_of(text), &err), &err);
    return json;
}

typedef void printer(const struct nd_json *node, struct nd_bytes *out);

static void ck_prints(printer *print, const struct nd_json *node, const char *wanted)
{
    struct nd_bytes out = ND_BYTES(ND_MIB);
    print(node, &out);
    nd_ck_view(nd_bytes_view(&out), wanted);
    nd_bytes_release(&out);
}

START_TEST(absent_things_read_as_absent)
{
    ck_assert_int_eq(nd_json_kind(NULL), ND_JSON_ABSENT);
    ck_assert_ptr_null(nd_json_get(NULL, "a"));
    ck_assert_ptr_null(nd_json_first(NULL));
    ck_assert_ptr_null(nd_json_next(NULL));
    ck_assert_ptr_null(nd_json_name(NULL));
    ck_assert_ptr_null(nd_json_at(NULL, 0));
    ck_assert_ptr_null(nd_json_str(NULL));
    ck_assert_ptr_null(nd_json_copy(NULL));
    nd_ck_view(nd_json_view(NULL), "");
    ck_assert_uint_eq(nd_json_len(NULL), 0);
    ck_assert_int_eq(nd_json_int(NULL, 5), 5);
    ck_assert(nd_json_num(NULL, 0.5) == 0.5);
    ck_assert(nd_json_bool(NULL, true));
    ck_assert(nd_json_equal(NULL, NULL));
    nd_json_free(NULL);
    ck_prints(nd_json_print, NULL, "null");
}
END_TEST

START_TEST(values_are_read_by_kind)
{
    struct nd_json *json =
        parsed("{\"s\":\"x\",\"i\":-7,\"d\":1.5,\"t\":true,\"n\":null,\"a\":[10,20],\"big\":1e16,\"S\":1}");
    ck_assert_str_eq(nd_json_get_str(json, "s"), "x");
    ck_assert_ptr_null(nd_json_get_str(json, "i"));
    ck_assert_int_eq(nd_json_get_int(json, "i", 1), -7);
    ck_assert_int_eq(nd_json_get_int(json, "d", 1), 1);
    ck_assert_int_eq(nd_json_get_int(json, "big", 1), 1);
    ck_assert_int_eq(nd_json_get_int(json, "s", 1), 1);
    ck_assert_int_eq(nd_json_get_int(json, "S", 9), 1);
    ck_assert(nd_json_get_num(json, "d", 0) == 1.5);
    ck_assert(nd_json_get_bool(json, "t", false));
    ck_assert(nd_json_get_bool(json, "i", true));
    ck_assert_int_eq(nd_json_kind(nd_json_get(json, "n")), ND_JSON_NULL);
    const struct nd_json *array = nd_json_get(json, "a");
    ck_assert_uint_eq(nd_json_len(array), 2);
    ck_assert_int_eq(nd_json_int(nd_json_at(array, 1), 0), 20);
    ck_assert_ptr_null(nd_json_at(array, 2));
    ck_assert_ptr_null(nd_json_get(array, "s"));
    ck_assert_ptr_null(nd_json_name(nd_json_first(array)));
    size_t members = 0;
    ND_JSON_EACH(item, json)
    {
        ck_assert_ptr_eq(nd_json_get(json, nd_json_name(item)), item);
        members++;
    }
    ck_assert_uint_eq(members, nd_json_len(json));
    nd_json_free(json);
}
END_TEST

START_TEST(required_members_are_asked_for_by_name)
{
    struct nd_json *json = parsed("{\"s\":\"x\",\"i\":7,\"d\":1.5,\"o\":{}}");
    const struct nd_json *out = NULL;
    const char *text = NULL;
    int64_t n = 0;
    struct nd_error err = {0};
    nd_ck_ok(nd_json_need(json, "request", "o", ND_JSON_OBJECT, &out, &err), &err);
    nd_ck_ok(nd_json_need_str(json, "request", "s", &text, &err), &err);
    ck_assert_str_eq(text, "x");
    nd_ck_ok(nd_json_need_int(json, "request", "i", 7, 7, &n, &err), &err);
    ck_assert_int_eq(n, 7);
    nd_ck_rc(nd_json_need(json, "request", "zz", ND_JSON_OBJECT, &out, &err), ND_BAD_INPUT, &err);
    ck_assert_str_eq(err.note[0], "'request' has no 'zz'");
    nd_ck_rc(nd_json_need(json, "request", "s", ND_JSON_OBJECT, &out, &err), ND_BAD_INPUT, &err);
    ck_assert_str_eq(err.note[0], "'request.s' is a string, wanted an object");
    nd_ck_rc(nd_json_need_int(json, "request", "i", 8, 9, &n, &err), ND_BAD_INPUT, &err);
    ck_assert_str_eq(err.note[0], "'request.i' is 7, wanted a whole number from 8 to 9");
    nd_ck_rc(nd_json_need_int(json, "request", "d", 0, 9, &n, &err), ND_BAD_INPUT, &err);
    ck_assert_str_eq(err.note[0], "'request.d' is 1.5, wanted a whole number from 0 to 9");
    nd_ck_rc(nd_json_need_str(NULL, "reply", "s", &text, &err), ND_BAD_INPUT, &err);
    ck_assert_str_eq(err.note[0], "'reply' is nothing, wanted an object with 's'");
    nd_json_free(json);
}
END_TEST

START_TEST(members_are_set_replaced_and_removed_in_place)
{
    struct nd_json *json = nd_json_object();
    nd_json_set_int(json, "a", 1);
    nd_json_set_str(json, "b", "x");
    nd_json_set_bool(json, "c", true);
    nd_json_set_num(json, "d", 0.5);
    nd_json_set_str(json, "e", NULL);
    nd_json_set_num(json, "f", NAN);
    nd_json_set_view(json, "g", (struct nd_view){"xyz", 2});
    nd_json_set(json, "h", NULL);
    ck_prints(nd_json_print, json,
              "{\"a\":1,\"b\":\"x\",\"c\":true,\"d\":0.5,\"e\":null,\"f\":null,\"g\":\"xy\",\"h\":null}");
    nd_json_set_str(json, "a", "first");
    nd_json_set_int(json, "h", 8);
    nd_json_remove(json, "c");
    nd_json_remove(json, "not there");
    for (const char *name = "defg"; *name; name++) nd_json_remove(json, (char[]){*name, '\0'});
    struct nd_json *list = nd_json_set(json, "list", nd_json_array());
    nd_json_add_int(list, 1);
    nd_json_add_str(list, "two");
    nd_json_add(list, nd_json_copy(nd_json_get(json, "b")));
    nd_json_add(list, NULL);
    ck_assert_ptr_null(nd_json_name(nd_json_at(list, 2)));
    ck_prints(nd_json_print, json, "{\"a\":\"first\",\"b\":\"x\",\"h\":8,\"list\":[1,\"two\",\"x\",null]}");
    nd_json_free(json);
}
END_TEST

START_TEST(broken_text_becomes_sound_text)
{
    struct nd_json *json = nd_json_string_view((struct nd_view){"a\0b\xFF", 4});
    ck_prints(nd_json_print, json,
              "\"a\xEF\xBF\xBD"
              "b\xEF\xBF\xBD\"");
    nd_json_free(json);
    json = nd_json_object();
    nd_json_set_int(json, "\xFF", 1);
    ck_prints(nd_json_print, json, "{\"\xEF\xBF\xBD\":1}");
    nd_json_free(json);
    json = nd_json_string_view((struct nd_view){NULL, 0});
    ck_assert_str_eq(nd_json_str(json), "");
    nd_json_free(json);
}
END_TEST

START_TEST(printing_has_three_forms)
{
    struct nd_json *json = parsed("{\"b\":[1,{}],\"a\":{\"z\":[],\"Z\":\"\"}}");
    ck_prints(nd_json_print, json, "{\"b\":[1,{}],\"a\":{\"z\":[],\"Z\":\"\"}}");
    ck_prints(nd_json_print_canonical, json, "{\"a\":{\"Z\":\"\",\"z\":[]},\"b\":[1,{}]}");
    ck_prints(nd_json_print_pretty, json,
              "{\n  \"b\": [\n    1,\n    {}\n  ],\n  \"a\": {\n    \"z\": [],\n    \"Z\": \"\"\n  }\n}\n");
    nd_json_free(json);
}
END_TEST

START_TEST(quoted_text_may_stand_in_a_script_element)
{
    struct nd_bytes out = ND_BYTES(ND_MIB);
    nd_json_quote(ND_VIEW("</script><!--\xE2\x80\xA8\xE2\x80\xA9<b>\"\\\x01\xC0"), &out);
    nd_ck_view(nd_bytes_view(&out),
               "\"\\u003c/script>\\u003c!--\\u2028\\u2029<b>\\\"\\\\\\u0001\xEF\xBF\xBD\"");
    struct nd_json *json = NULL;
    struct nd_error err = {0};
    nd_ck_ok(nd_json_parse(&json, nd_bytes_view(&out), &err), &err);
    ck_assert_str_eq(nd_json_str(json), "</script><!--\xE2\x80\xA8\xE2\x80\xA9<b>\"\\\x01\xEF\xBF\xBD");
    nd_json_free(json);
    nd_bytes_release(&out);
}
END_TEST

START_TEST(equality_ignores_the_order_of_members_only)
{
    static const struct {
        const char *a, *b;
        bool equal;
    } rows[] = {
        {"{\"a\":1,\"b\":[1,2]}", "{\"b\":[1,2],\"a\":1.0}", true},
        {"[1,2]", "[2,1]", false},
        {"{\"a\":1}", "{\"a\":1,\"b\":null}", false},
        {"{\"a\":1}", "{\"A\":1}", false},
        {"1", "\"1\"", false},
        {"0.1", "0.10000000000000001", true},
        {"1", "1.0000000000000002", false},
        {"null", "false", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct nd_json *a = parsed(rows[i].a);
        struct nd_json *b = parsed(rows[i].b);
        struct nd_json *copy = nd_json_copy(a);
        ck_assert_msg(nd_json_equal(a, b) == rows[i].equal, "%s %s", rows[i].a, rows[i].b);
        ck_assert(nd_json_equal(a, copy));
        ck_assert(!nd_json_equal(a, NULL));
        nd_json_free(a);
        nd_json_free(b);
        nd_json_free(copy);
    }
}
END_TEST

START_TEST(kinds_have_words)
{
    ck_assert_str_eq(nd_json_kind_word(ND_JSON_ABSENT), "nothing");
    ck_assert_str_eq(nd_json_kind_word(ND_JSON_OBJECT), "an object");
    for (int k = ND_JSON_ABSENT; k <= ND_JSON_OBJECT; k++)
        ck_assert_uint_gt(strlen(nd_json_kind_word((enum nd_json_kind)k)), 0);
}
END_TEST

ND_TEST_MAIN("base/json_tree", absent_things_read_as_absent, values_are_read_by_kind,
             required_members_are_asked_for_by_name, members_are_set_replaced_and_removed_in_place,
             broken_text_becomes_sound_text, printing_has_three_forms,
             quoted_text_may_stand_in_a_script_element, equality_ignores_the_order_of_members_only,
             kinds_have_words)
