#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/document/page_text.h"

#include <string.h>

static const struct {
    const char *raw, *repaired;
} rows[] = {
    {"plain text\nof two lines", "plain text\nof two lines"},
    {"hyphen-\nated stays hyphen-\nated", "hyphen-\nated stays hyphen-\nated"},
    {"signi\x1C"
     "cant e\x1B"
     "ort, \x1Crst \x1Dow, o\x1E"
     "ce, sti\x1B",
     "significant effort, first flow, office, stiff"},
    {"ba\x1F"
     "e",
     "baffle"},
    {"a \x1C b", "a \xEF\xBF\xBD b"},
    {"1\x1F"
     "2",
     "1\xEF\xBF\xBD"
     "2"},
    {"bell\x07 feed\x0C"
     "end \x7F",
     "bell\xEF\xBF\xBD feed\xEF\xBF\xBD"
     "end \xEF\xBF\xBD"},
    {"c1 \xC2\x85 here", "c1 \xEF\xBF\xBD here"},
    {"soft\xC2\xADhyphen, at the end-of-\xC2\xAD\nline", "softhyphen, at the end-of--\nline"},
    {"inter\xC2\xAD\nnational", "inter-\nnational"},
    {"\xE2\x80\xAA"
     "embedded\xE2\x80\xAC \xE2\x80\x8Fmark\xE2\x80\x8E",
     "embedded mark"},
    {"zero\xE2\x80\x8Bwidth \xEF\xBB\xBFmark", "zerowidth mark"},
    {"joiner\xE2\x80\x8Cstays", "joiner\xE2\x80\x8Cstays"},
    {"tag\xF3\xA0\x81\x81"
     "s",
     "tags"},
    {"e\xCC\x81t\xC3\xA9", "\xC3\xA9t\xC3\xA9"},
    {"\xEF\xAC\x81nd \xEF\xAC\x80", "find ff"},
    {"\xEF\xBB\xB3\xEF\xBB\xAE\xEF\xBB\xA1",
     "\xD9\x8A\xD9\x88\xD9\x85"}, /* Arabic yeh, waw, meem in their forms */
    {"full\xEF\xBC\xA1width stays", "full\xEF\xBC\xA1width stays"},
    {"blanks \t \nat ends   ", "blanks\nat ends"},
    {"\n\nfirst lines stay, last go\n\n \n", "\n\nfirst lines stay, last go"},
    {"tab\tstays", "tab\tstays"},
    {"dos\r\nmac\runix\n\xE2\x80\xA8u", "dos\nmac\nunix\n\nu"},
    {"broken \xFF\xC3 utf", "broken \xEF\xBF\xBD\xEF\xBF\xBD utf"},
    {"non \xEF\xBF\xBE"
     "character",
     "non \xEF\xBF\xBD"
     "character"},
    {"", ""},
};

START_TEST(repairs_are_those_of_the_list)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct nd_bytes out = ND_BYTES(4096);
        nd_page_text_repair(nd_view_of(rows[i].raw), &out);
        ck_assert_msg(nd_view_is(nd_bytes_view(&out), rows[i].repaired), "row %zu: '%s', wanted '%s'", i,
                      out.data ? out.data : "", rows[i].repaired);
        nd_bytes_release(&out);
    }
}
END_TEST

START_TEST(repairing_again_changes_nothing_and_the_result_is_clean)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct nd_bytes once = ND_BYTES(4096), twice = ND_BYTES(4096);
        nd_page_text_repair(nd_view_of(rows[i].raw), &once);
        nd_page_text_repair(nd_bytes_view(&once), &twice);
        ck_assert_msg(nd_view_eq(nd_bytes_view(&once), nd_bytes_view(&twice)), "row %zu", i);
        ck_assert_msg(nd_page_text_clean(nd_bytes_view(&once)), "row %zu", i);
        nd_bytes_release(&once);
        nd_bytes_release(&twice);
    }
}
END_TEST

START_TEST(bytes_of_any_value_come_out_clean)
{
    char raw[4096];
    uint32_t x = 1;
    for (unsigned round = 0; round < 200; round++) {
        for (size_t i = 0; i < sizeof raw; i++) {
            x = x * 1664525U + 1013904223U;
            raw[i] = (char)(x >> 24);
        }
        struct nd_bytes once = ND_BYTES(ND_MIB), twice = ND_BYTES(ND_MIB);
        nd_page_text_repair((struct nd_view){raw, sizeof raw}, &once);
        ck_assert(nd_page_text_clean(nd_bytes_view(&once)));
        nd_page_text_repair(nd_bytes_view(&once), &twice);
        ck_assert(nd_view_eq(nd_bytes_view(&once), nd_bytes_view(&twice)));
        nd_bytes_release(&once);
        nd_bytes_release(&twice);
    }
}
END_TEST

START_TEST(a_text_with_what_must_not_be_there_is_not_clean)
{
    static const char *const bad[] = {"a\fb", "a\x01", "\xC2\xAD", "\xE2\x80\x8E", "\xFF", "\xEF\xBB\xBF"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(!nd_page_text_clean(nd_view_of(bad[i])), "row %zu", i);
    ck_assert(nd_page_text_clean(nd_view_of("a\tb\nc \xEF\xBF\xBD")));
}
END_TEST

ND_TEST_MAIN("document/page_text", repairs_are_those_of_the_list,
             repairing_again_changes_nothing_and_the_result_is_clean, bytes_of_any_value_come_out_clean,
             a_text_with_what_must_not_be_there_is_not_clean)
