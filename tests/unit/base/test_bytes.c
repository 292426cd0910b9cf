#include "nd_test.h"
#include "nightdesk/base/alloc.h"

#include <string.h>

START_TEST(views_compare_find_and_trim)
{
    ck_assert(nd_view_eq(nd_view_of(NULL), (struct nd_view){NULL, 0}));
    ck_assert(nd_view_starts(ND_VIEW("abc"), "ab"));
    ck_assert(!nd_view_starts(ND_VIEW("a"), "ab"));
    ck_assert(nd_view_ends(ND_VIEW("abc"), "bc"));
    ck_assert(!nd_view_ends(ND_VIEW("c"), "bc"));
    nd_ck_view(nd_view_trim(ND_VIEW(" \t\r\n a b \v\f")), "a b");
    nd_ck_view(nd_view_trim(ND_VIEW("  ")), "");
    nd_ck_view(nd_view_sub(ND_VIEW("abcdef"), 2, 4), "cd");
    nd_ck_view(nd_view_sub(ND_VIEW("abc"), 2, 99), "c");
    nd_ck_view(nd_view_sub(ND_VIEW("abc"), 9, 99), "");
    ck_assert_int_lt(nd_view_cmp(ND_VIEW("ab"), ND_VIEW("abc")), 0);
    ck_assert_int_gt(nd_view_cmp(ND_VIEW("\xff"), ND_VIEW("a")), 0);
    ck_assert_int_eq(nd_view_cmp(ND_VIEW("ab"), ND_VIEW("ab")), 0);
    ck_assert_uint_eq(nd_view_find(ND_VIEW("abcabc"), ND_VIEW("bc"), 2), 4);
    ck_assert_uint_eq(nd_view_find(ND_VIEW("abc"), ND_VIEW("abcd"), 0), SIZE_MAX);
    ck_assert_uint_eq(nd_view_find(ND_VIEW("abc"), ND_VIEW(""), 3), 3);
    ck_assert_uint_eq(nd_view_find(ND_VIEW("abc"), ND_VIEW("a"), 4), SIZE_MAX);
}
END_TEST

START_TEST(whole_decimal_numbers_are_read)
{
    static const struct {
        const char *text;
        bool fine;
        int64_t value;
    } rows[] = {
        {"0", true, 0},
        {"-7", true, -7},
        {"9223372036854775807", true, INT64_MAX},
        {"-9223372036854775808", true, INT64_MIN},
        {"9223372036854775808", false, 0},
        {"-9223372036854775809", false, 0},
        {"99999999999999999999999", false, 0},
        {"", false, 0},
        {"-", false, 0},
        {"+1", false, 0},
        {" 1", false, 0},
        {"1x", false, 0},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        int64_t value = 99;
        ck_assert_msg(nd_view_int(nd_view_of(rows[i].text), &value) == rows[i].fine, "'%s'", rows[i].text);
        ck_assert_int_eq(value, rows[i].fine ? rows[i].value : 99);
    }
}
END_TEST

START_TEST(a_buffer_keeps_its_ceiling_and_a_clean_prefix)
{
    struct nd_bytes b = ND_BYTES(5);
    nd_bytes_add_str(&b, "abc");
    nd_bytes_add_str(&b, "def");
    ck_assert(b.over);
    nd_bytes_add_char(&b, 'x');
    nd_ck_view(nd_bytes_view(&b), "abc");
    ck_assert_ptr_null(nd_bytes_room(&b, 1));
    nd_bytes_clear(&b);
    nd_bytes_add_str(&b, "12345");
    ck_assert(!b.over);
    ck_assert_str_eq(b.data, "12345");
    ck_assert_uint_le(b.cap, 64);
    nd_bytes_release(&b);
    ck_assert_ptr_null(b.data);
}
END_TEST

START_TEST(a_buffer_formats_grows_and_gives_its_memory_away)
{
    struct nd_bytes b = ND_BYTES(ND_MIB);
    size_t len = 99;
    char *empty = nd_bytes_take(&b, &len);
    ck_assert_str_eq(empty, "");
    ck_assert_uint_eq(len, 0);
    nd_free(empty);
    for (int i = 0; i < 1000; i++) nd_bytes_addf(&b, "%04d,", i);
    nd_bytes_addf(&b, "%600s", "end");
    ck_assert_uint_eq(b.len, 5600);
    ck_assert_uint_eq(strlen(b.data), 5600);
    ck_assert(nd_view_ends(nd_bytes_view(&b), " end"));
    char *to = nd_bytes_room(&b, 3);
    memcpy(to, "\0zz", 3);
    b.len += 3;
    char *taken = nd_bytes_take(&b, &len);
    ck_assert_uint_eq(len, 5603);
    ck_assert_uint_eq(b.len, 0);
    ck_assert_uint_eq(b.max, ND_MIB);
    nd_free(taken);
}
END_TEST

ND_TEST_MAIN("base/bytes", views_compare_find_and_trim, whole_decimal_numbers_are_read,
             a_buffer_keeps_its_ceiling_and_a_clean_prefix, a_buffer_formats_grows_and_gives_its_memory_away)
