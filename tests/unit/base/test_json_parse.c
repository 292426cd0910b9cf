#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/json.h"
#include "nightdesk/base/text.h"

#include <stdlib.h>
#include <string.h>

/* Parses a copy that ends exactly at the end of the text, so that a sanitizer sees a byte too far. */
static enum nd_rc parse_exact(struct nd_json **out, struct nd_view text, struct nd_error *err)
{
    char *copy = malloc(text.len ? text.len : 1);
    ck_assert_ptr_nonnull(copy);
    if (text.len) memcpy(copy, text.data, text.len);
    enum nd_rc rc = nd_json_parse(out, (struct nd_view){copy, text.len}, err);
    free(copy);
    return rc;
}

static void ck_reads(const char *text, const char *printed)
{
    struct nd_json *json = NULL;
    struct nd_error err = {0};
    struct nd_bytes out = ND_BYTES(ND_MIB);
    nd_ck_ok(parse_exact(&json, nd_view_of(text), &err), &err);
    nd_json_print(json, &out);
    nd_ck_view(nd_bytes_view(&out), printed);
    nd_bytes_release(&out);
    nd_json_free(json);
}

static void ck_refuses(struct nd_view text, const char *note)
{
    struct nd_json *json = NULL;
    struct nd_error err = {0};
    nd_ck_rc(parse_exact(&json, text, &err), ND_BAD_INPUT, &err);
    nd_ck_note(&err, note);
    ck_assert_ptr_null(json);
}

START_TEST(good_documents_are_read)
{
    ck_reads(" { \"a\" : [ 1 , -2.5e3 , true , false , null ] }\r\n\t", "{\"a\":[1,-2500,true,false,null]}");
    ck_reads("\xEF\xBB\xBF[]", "[]");
    ck_reads("{}", "{}");
    ck_reads("7", "7");
    ck_reads("\"\"", "\"\"");
    ck_reads("\"\\\"\\\\\\/\\b\\f\\n\\r\\t\\u0041\\u00e9\"", "\"\\\"\\\\/\\b\\f\\n\\r\\tA\xC3\xA9\"");
    ck_reads("\"\\ud83c\\udf19\"", "\"\xF0\x9F\x8C\x99\"");
    ck_reads("\"\\u0001\\u001f\\u007f\"", "\"\\u0001\\u001f\x7F\"");
    ck_reads("{\"a\":1,\"A\":2,\"\":3}", "{\"a\":1,\"A\":2,\"\":3}");
}
END_TEST

START_TEST(numbers_are_read_and_printed_the_same_everywhere)
{
    static const char *const rows[][2] = {
        {"0", "0"},
        {"-0", "0"},
        {"-0.0", "0"},
        {"1.0", "1"},
        {"1e2", "100"},
        {"0.1", "0.1"},
        {"0.30000000000000004", "0.30000000000000004"},
        {"123456789012345678", "1.2345678901234568e+17"},
        {"9007199254740992", "9007199254740992"},
        {"-9007199254740992", "-9007199254740992"},
        {"9007199254740994", "9007199254740994"},
        {"1e300", "1e+300"},
        {"1e-7", "1e-07"},
        {"5e-324", "4.94065645841247e-324"},
        {"1e-999", "0"},
        {"1.7976931348623157e308", "1.7976931348623157e+308"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) ck_reads(rows[i][0], rows[i][1]);
}
END_TEST

START_TEST(bad_documents_are_refused_with_their_place)
{
    static const char *const rows[][2] = {
        {"", "line 1, column 1: the text ends where a value is wanted"},
        {" \n ", "line 2, column 2: the text ends where a value is wanted"},
        {"[1,]", "column 4: a value is wanted"},
        {"[,1]", "column 2: a value is wanted"},
        {"[1 2]", "column 4: ',' or ']' is wanted"},
        {"[1", "column 3: ',' or ']' is wanted"},
        {"{\"a\":1,}", "column 8: a member name in quotes is wanted"},
        {"{a:1}", "column 2: a member name in quotes is wanted"},
        {"{\"a\" 1}", "column 6: ':' is wanted"},
        {"{\"a\":}", "column 6: a value is wanted"},
        {"{\"a\":1", "column 7: ',' or '}' is wanted"},
        {"{\n  \"a\": 1\n  \"b\": 2\n}", "line 3, column 3: ',' or '}' is wanted"},
        {"{} {}", "column 4: text after the end of the document"},
        {"[]]", "column 3: text after the end of the document"},
        {"// x\n1", "a value is wanted"},
        {"'a'", "a value is wanted"},
        {"NaN", "a value is wanted"},
        {"Infinity", "a value is wanted"},
        {"nul", "an unknown word"},
        {"True", "a value is wanted"},
        {"truely", "column 5: text after the end"},
        {"01", "a number starts with a needless 0"},
        {"-01", "a number starts with a needless 0"},
        {"+1", "a value is wanted"},
        {".5", "a value is wanted"},
        {"1.", "a digit is wanted after the point"},
        {"-", "column 2: a digit is wanted"},
        {"1e", "a digit is wanted in the exponent"},
        {"1e+", "a digit is wanted in the exponent"},
        {"0x10", "text after the end"},
        {"1e999", "a number is too large"},
        {"-1e999", "a number is too large"},
        {"1111111111111111111111111111111111111111111111111111111111111111", "longer than 63"},
        {"\"abc", "column 1: a string does not end"},
        {"\"abc\\", "a string does not end"},
        {"\"a\nb\"", "column 3: a string holds a control character"},
        {"\"a\\x\"", "column 3: an unknown escape"},
        {"\"\\u12\"", "\\u wants four hex digits"},
        {"\"\\u00zz\"", "\\u wants four hex digits"},
        {"\"\\u0000\"", "\\u0000"},
        {"\"\\ud83c\"", "half a surrogate pair"},
        {"\"\\udf19\"", "half a surrogate pair"},
        {"\"\\ud83cx\"", "half a surrogate pair"},
        {"\"\\ud83c\\n\"", "half a surrogate pair"},
        {"\"\\ud83c\\u0041\"", "half a surrogate pair"},
        {"\"\\ud83c\\ud83c\"", "half a surrogate pair"},
        {"\"\xE2\x82\xAC\xC0\xAF\"", "column 3: a byte that is not UTF-8"},
        {"\"\xED\xA0\x80\"", "a byte that is not UTF-8"},
        {"\xE2\x82\xAC", "a value is wanted"},
        {"\xEF\xBB\xBF\xEF\xBB\xBF[]", "a value is wanted"},
        {"\f[]", "a value is wanted"},
        {"\xC2\xA0[]", "a value is wanted"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) ck_refuses(nd_view_of(rows[i][0]), rows[i][1]);
    ck_refuses((struct nd_view){"[1]\0", 4}, "column 4: text after the end");
    ck_refuses((struct nd_view){"\"a\0b\"", 5}, "control character");
    ck_refuses((struct nd_view){NULL, 0}, "the text ends");
}
END_TEST

START_TEST(members_there_twice_are_refused_with_their_place)
{
    ck_refuses(ND_VIEW("{\"a\":1,\"a\":2}"), "line 1, column 8: member 'a' is there twice");
    ck_refuses(ND_VIEW("{\"a\":1,\"\\u0061\":2}"), "column 8: member 'a' is there twice");
    ck_refuses(ND_VIEW("[{\"x\":{\"b\":0},\"b\":[{\"c\":1}],\n\"q\":{\"k\":1,\"l\":2,\n \"k\":3}}]"),
               "line 3, column 2: member 'k' is there twice");
    struct nd_bytes many = ND_BYTES(ND_MIB * 16);
    nd_bytes_add_char(&many, '{');
    for (int i = 0; i < 200000; i++) nd_bytes_addf(&many, "\"m%d\":0,", i);
    nd_bytes_add_str(&many, "\"m77777\":1}");
    ck_refuses(nd_bytes_view(&many), "member 'm77777' is there twice");
    nd_bytes_release(&many);
}
END_TEST

static void add_times(struct nd_bytes *b, const char *text, size_t times)
{
    for (size_t i = 0; i < times; i++) nd_bytes_add_str(b, text);
}

START_TEST(depth_size_and_number_of_values_are_bounded)
{
    struct nd_bytes b = ND_BYTES(ND_BYTES_MAX);
    struct nd_error err = {0};
    struct nd_json *json = NULL;
    add_times(&b, "[", ND_JSON_MAX_DEPTH);
    add_times(&b, "]", ND_JSON_MAX_DEPTH);
    nd_ck_ok(nd_json_parse(&json, nd_bytes_view(&b), &err), &err);
    nd_json_free(json);
    nd_bytes_clear(&b);
    add_times(&b, "[", 1000000);
    ck_refuses(nd_bytes_view(&b), "column 65: nested deeper than 64");
    nd_bytes_clear(&b);
    add_times(&b, "{\"a\":", 100000);
    ck_refuses(nd_bytes_view(&b), "nested deeper than 64");
    nd_bytes_clear(&b);
    nd_bytes_add_str(&b, "[0");
    add_times(&b, ",0", ND_JSON_MAX_NODES);
    nd_bytes_add_char(&b, ']');
    ck_refuses(nd_bytes_view(&b), "more than 2097152 values");
    nd_bytes_clear(&b);
    char *room = nd_bytes_room(&b, ND_JSON_MAX_BYTES + 1);
    memset(room, ' ', ND_JSON_MAX_BYTES + 1);
    b.len = ND_JSON_MAX_BYTES + 1;
    ck_refuses(nd_bytes_view(&b), "larger than 64 MiB");
    nd_bytes_release(&b);
}
END_TEST

static const char sample[] = "{\"a\":[1,-2.5e-3,true,false,null,\"x\\u00e9\\ud83c\\udf19\\n\"],"
                             "\"\xC3\xA9\":{\"b\":{},\"c\":[]},\"d\":\"\xF0\x9F\x8C\x99</\"}";

START_TEST(no_document_is_complete_before_its_end)
{
    struct nd_view whole = ND_VIEW(sample);
    struct nd_json *json = NULL;
    struct nd_error err = {0};
    for (size_t len = 0; len < whole.len; len++) {
        nd_ck_rc(parse_exact(&json, nd_view_sub(whole, 0, len), &err), ND_BAD_INPUT, &err);
    }
    nd_ck_ok(parse_exact(&json, whole, &err), &err);
    nd_json_free(json);
}
END_TEST

/* What is accepted must print to something that reads as the same tree. */
static void ck_round_trip(const struct nd_json *json)
{
    struct nd_bytes out = ND_BYTES(ND_MIB);
    struct nd_json *again = NULL;
    struct nd_error err = {0};
    nd_json_print_pretty(json, &out);
    nd_ck_ok(nd_json_parse(&again, nd_bytes_view(&out), &err), &err);
    ck_assert(nd_json_equal(json, again));
    nd_json_free(again);
    nd_bytes_release(&out);
}

START_TEST(damaged_documents_are_refused_or_read_soundly)
{
    static const char alphabet[] = "{}[],:\"\\0123456789eE+-.tfnu \x80\xC3\xFF\x01";
    uint32_t state = 12345;
    unsigned accepted = 0;
    for (int round = 0; round < 20000; round++) {
        char text[sizeof sample - 1];
        memcpy(text, sample, sizeof text);
        for (int change = 0; change <= round % 3; change++) {
            state = state * 1664525u + 1013904223u;
            text[(state >> 8) % sizeof text] = alphabet[(state >> 20) % (sizeof alphabet - 1)];
        }
        struct nd_json *json = NULL;
        struct nd_error err = {0};
        if (parse_exact(&json, (struct nd_view){text, sizeof text}, &err) != ND_OK) {
            ck_assert_int_eq(err.rc, ND_BAD_INPUT);
            continue;
        }
        accepted++;
        ck_round_trip(json);
        nd_json_free(json);
    }
    ck_assert_uint_gt(accepted, 100);
}
END_TEST

ND_TEST_MAIN("base/json_parse", good_documents_are_read, numbers_are_read_and_printed_the_same_everywhere,
             bad_documents_are_refused_with_their_place, members_there_twice_are_refused_with_their_place,
             depth_size_and_number_of_values_are_bounded, no_document_is_complete_before_its_end,
             damaged_documents_are_refused_or_read_soundly)
