#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"

#include <string.h>
#include <time.h>

typedef void copier(struct nd_view v, struct nd_bytes *out);

static void ck_copies(copier *copy, struct nd_view in, const char *wanted)
{
    struct nd_bytes out = ND_BYTES(ND_MIB);
    copy(in, &out);
    nd_ck_view(nd_bytes_view(&out), wanted);
    nd_bytes_release(&out);
}

START_TEST(every_code_point_survives_a_round_trip)
{
    struct nd_bytes b = ND_BYTES(ND_MIB);
    for (uint32_t c = 0; c <= 0x10FFFF; c++) {
        if (c == 0xD800) c = 0xE000;
        nd_bytes_clear(&b);
        nd_utf8_add(&b, c);
        size_t at = 0;
        if (nd_utf8_next(nd_bytes_view(&b), &at) != c || at != b.len) ck_abort_msg("U+%04X", c);
    }
    nd_bytes_release(&b);
}
END_TEST

START_TEST(what_is_no_code_point_is_written_as_replacement)
{
    static const uint32_t wrong[] = {0xD800, 0xDFFF, 0x110000, 0xFFFFFFFF};
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct nd_bytes b = ND_BYTES(16);
        nd_utf8_add(&b, wrong[i]);
        nd_ck_view(nd_bytes_view(&b), "\xEF\xBF\xBD");
        nd_bytes_release(&b);
    }
}
END_TEST

#define BAD "\xEF\xBF\xBD"

START_TEST(broken_bytes_are_found_and_repaired)
{
    static const struct {
        struct nd_view in;
        const char *repaired;
    } rows[] = {
        {{"a\x80z", 3}, "a" BAD "z"},                       /* a stray continuation */
        {{"\xC0\xAF", 2}, BAD BAD},                         /* overlong '/' */
        {{"\xE0\x80\xAF", 3}, BAD BAD BAD},                 /* overlong, three bytes */
        {{"\xED\xA0\x80", 3}, BAD BAD BAD},                 /* a surrogate */
        {{"\xF4\x90\x80\x80", 4}, BAD BAD BAD BAD},         /* past U+10FFFF */
        {{"\xF8\x88\x80\x80\x80", 5}, BAD BAD BAD BAD BAD}, /* five bytes */
        {{"x\xE2\x82", 3}, "x" BAD BAD},                    /* cut off */
        {{"\xE2\x82z", 3}, BAD BAD "z"},                    /* cut off by another */
        {{"\xFF", 1}, BAD},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        ck_assert_msg(!nd_utf8_valid(rows[i].in), "row %zu", i);
        ck_copies(nd_utf8_repair, rows[i].in, rows[i].repaired);
    }
    ck_assert(nd_utf8_valid(ND_VIEW("")));
    ck_assert(nd_utf8_valid(ND_VIEW("a\xEF\xBF\xBD\xF4\x8F\xBF\xBF")));
    ck_copies(nd_utf8_repair, ND_VIEW("\xE2\x82\xAC ok"), "\xE2\x82\xAC ok");
}
END_TEST

START_TEST(cuts_keep_code_points_whole)
{
    struct nd_view v = ND_VIEW("a\xE2\x82\xAC\xF0\x9F\x8C\x99z");
    static const size_t cuts[] = {0, 1, 1, 1, 4, 4, 4, 4, 8, 9, 9};
    for (size_t max = 0; max < sizeof cuts / sizeof cuts[0]; max++)
        ck_assert_uint_eq(nd_utf8_cut(v, max), cuts[max]);
    ck_assert_uint_eq(nd_utf8_cut(ND_VIEW("\x80\x80\x80\x80\x80\x80"), 5), 5);
}
END_TEST

START_TEST(texts_are_normalised)
{
    ck_copies(nd_text_nfc, ND_VIEW("plain"), "plain");
    ck_copies(nd_text_nfc, ND_VIEW("e\xCC\x81"), "\xC3\xA9");
    ck_copies(nd_text_nfc, ND_VIEW("\xE1\x84\x92\xE1\x85\xA1\xE1\x86\xAB"), "\xED\x95\x9C");
    ck_copies(nd_text_nfc, ND_VIEW("\xEF\xAC\x81\xE2\x82\x82"), "\xEF\xAC\x81\xE2\x82\x82");
    ck_copies(nd_text_nfkc, ND_VIEW("\xEF\xAC\x81\xE2\x82\x82"), "fi2");
    ck_copies(nd_text_nfkc, ND_VIEW("\xEF\xBC\xA1\xC2\xA0z"), "A z");
    struct nd_bytes out = ND_BYTES(16);
    nd_text_nfc((struct nd_view){"\xC3\xA9\0\xC3\xA9", 5}, &out);
    ck_assert_uint_eq(out.len, 5);
    nd_bytes_release(&out);
}
END_TEST

START_TEST(endless_marks_cost_no_square)
{
    struct nd_bytes in = ND_BYTES(4 * ND_MIB);
    struct nd_bytes out = ND_BYTES(4 * ND_MIB);
    nd_bytes_add_char(&in, 'a');
    for (int i = 0; i < 250000; i++)
        nd_bytes_add_str(&in, "\xCC\x81\xCC\xA3"); /* classes 230 and 220, out of order */
    clock_t start = clock();
    nd_text_nfc(nd_bytes_view(&in), &out);
    ck_assert_int_lt((clock() - start) / CLOCKS_PER_SEC, 10);
    ck_assert(nd_utf8_valid(nd_bytes_view(&out)));
    ck_assert_uint_gt(out.len, in.len - 8);
    nd_bytes_release(&in);
    nd_bytes_release(&out);
}
END_TEST

START_TEST(code_points_have_their_kinds)
{
    static const struct {
        bool (*is)(uint32_t);
        uint32_t yes[6], no[6]; /* ended by 0 */
    } rows[] = {
        {nd_is_letter, {'a', 'Z', 0xE9, 0x4E2D, 0x5D0}, {'1', ' ', 0x301, 0x2014, 0x110000}},
        {nd_is_digit, {'0', '9', 0x661}, {'a', 0xB2, 0x2160}},
        {nd_is_upper, {'A', 0xC9, 0x416}, {'a', '1', 0x4E2D}},
        {nd_is_lower, {'a', 0xE9, 0x436}, {'A', '1', 0x4E2D}},
        {nd_is_space, {' ', '\n', '\t', 0xA0, 0x3000, 0x2028}, {'a', 0x200B, 0xFEFF}},
        {nd_is_mark, {0x301, 0x93E, 0x20DD}, {'a', ' ', 0x4E2D}},
        {nd_is_cjk, {0x4E2D, 0x3042, 0x30AB, 0xD55C, 0x3105, 0x20000}, {'a', 0x3002, 0x30FB, 0x5D0}},
        {nd_is_rtl, {0x5D0, 0x627, 0x710, 0x780}, {'a', 0x4E2D, 0x5BE, 0x200F}},
        {nd_is_unsafe, {1, 0x1B, 0x7F, 0x9B, 0x202E, 0xE0041}, {'\t', '\n', ' ', 'a', 0xE9, 0x1F319}},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        for (size_t k = 0; k < 6 && rows[i].yes[k]; k++)
            ck_assert_msg(rows[i].is(rows[i].yes[k]), "row %zu: U+%04X", i, rows[i].yes[k]);
        for (size_t k = 0; k < 6 && rows[i].no[k]; k++)
            ck_assert_msg(!rows[i].is(rows[i].no[k]), "row %zu: U+%04X", i, rows[i].no[k]);
    }
    ck_assert(nd_is_unsafe(0));
    ck_assert_uint_eq(nd_text_lower('A'), 'a');
    ck_assert_uint_eq(nd_text_lower('['), '[');
    ck_assert_uint_eq(nd_text_lower(0xC9), 0xE9);
    ck_assert_uint_eq(nd_text_lower(0x4E2D), 0x4E2D);
}
END_TEST

START_TEST(a_terminal_gets_nothing_that_moves_it)
{
    ck_copies(nd_text_printable, ND_VIEW("a\nb\tc\rd"), "a b c d");
    ck_copies(nd_text_printable, ND_VIEW("\x1B[31mred\x07"), "?[31mred?");
    ck_copies(nd_text_printable, ND_VIEW("\xC2\x9B\xE2\x80\xAE\xE2\x80\x8B\xF3\xA0\x81\x81"), "????");
    ck_copies(nd_text_printable, ND_VIEW("\xE2\x80\xA8x\xFF"), " x" BAD);
}
END_TEST

START_TEST(html_gets_nothing_that_is_markup)
{
    ck_copies(nd_text_html, ND_VIEW("<a href=\"x\">&'"), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
    ck_copies(nd_text_html, ND_VIEW("line\n\ttwo"), "line\n\ttwo");
    ck_copies(nd_text_html, (struct nd_view){"a\0b\xE2\x80\xAE\x63\xC0", 8}, "abc" BAD);
}
END_TEST

ND_TEST_MAIN("base/text", every_code_point_survives_a_round_trip,
             what_is_no_code_point_is_written_as_replacement, broken_bytes_are_found_and_repaired,
             cuts_keep_code_points_whole, texts_are_normalised, endless_marks_cost_no_square,
             code_points_have_their_kinds, a_terminal_gets_nothing_that_moves_it,
             html_gets_nothing_that_is_markup)
