/* Quotes against their page, display against text, numbers against evidence. */
#include "nd_test.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/report/quote.h"

#include <string.h>

#define PAGE "First line of the page.\nThe soft-\nware is free – déjà vu.\n路面電\n車である。\n"

static enum nd_rc check(int64_t start, int64_t end, const char *text, const char *display,
                        struct nd_error *err)
{
    struct nd_quote q = {"q1", start, end, nd_view_of(text), nd_view_of(display)};
    return nd_quote_check(&q, ND_VIEW(PAGE), err);
}

START_TEST(accepts_a_verbatim_quote)
{
    struct nd_error err = {0};
    nd_ck_ok(check(0, 23, "First line of the page.", "First line of the page.", &err), &err);
    nd_ck_ok(check(24, 61, "The soft-\nware is free – déjà vu.", "The software is free – déjà vu.", &err),
             &err);
    nd_ck_ok(check(24, 61, "The soft-\nware is free – déjà vu.", "The soft-ware is free – déjà vu.", &err),
             &err);
}
END_TEST

START_TEST(names_what_differs)
{
    struct nd_error err = {0};
    nd_ck_rc(check(0, 23, "First line of the cage.", "First line of the cage.", &err), ND_BAD_INPUT, &err);
    nd_ck_note(&err, "quote 'q1': found 'page.' at byte 18 of the page, wanted 'cage.'");
    nd_error_clear(&err);
    nd_ck_rc(check(0, 900, "x", "x", &err), ND_BAD_INPUT, &err);
    nd_ck_note(&err, "within the page's 88");
    nd_error_clear(&err);
    nd_ck_rc(check(5, 5, "", "", &err), ND_BAD_INPUT, &err);
    nd_ck_rc(check(-1, 4, "x", "x", NULL), ND_BAD_INPUT, NULL);
    nd_ck_rc(check(INT64_MIN, INT64_MAX, "x", "x", NULL), ND_BAD_INPUT, NULL);
    nd_error_clear(&err);
    nd_ck_rc(check(24, 53, "The soft-\nware is free – d\xC3", "x", &err), ND_BAD_INPUT, &err);
    nd_ck_note(&err, "cut a character");
    nd_error_clear(&err);
    nd_ck_rc(check(0, 23, "First line of the page.", "First line of a page.", &err), ND_BAD_INPUT, &err);
    nd_ck_note(&err, "found display 'First line of a page.'");
}
END_TEST

static const struct {
    const char *text, *display;
    bool is;
} displays[] = {
    {"a b", "a b", true},
    {" a \n b ", "a b", true},
    {"a\nb", "ab", false}, /* a line's end between letters is a space */
    {"a b", "ab", false},
    {"a  b", "a  b", false}, /* one space, not two */
    {"a b", "a b ", false},
    {"a b", " a b", false},
    {"soft-\nware", "software", true},
    {"soft-\nware", "soft-ware", true},
    {"soft-\nware", "soft- ware", true},
    {"soft-ware", "software", false}, /* a hyphen within a line stays */
    {"soft- ware", "software", false},
    {"soft\u2010\n  ware", "software", true},
    {"10-\n12", "1012", false},
    {"Ost-\nWest", "OstWest", false},
    {"5 -\n3", "5 3", false}, /* a minus does not vanish with its spaces */
    {"路面電\n車", "路面電車", true},
    {"路面電 車", "路面電車", false},
    {"である。\n次", "である。次", true},
    {"word\n, and", "word, and", true},
    {"word\nand", "word, and", false},
    {"not\nallowed", "allowed", false},
    {"not allowed", "not allowed here", false},
    {"no-\n", "no", false}, /* nothing follows: the hyphen is text */
    {"no-\n", "no-", true},
    {"", "", false},
    {"a\u00A0b", "a b", true},
};

START_TEST(display_is_the_text_on_one_line)
{
    for (size_t i = 0; i < sizeof displays / sizeof displays[0]; i++)
        ck_assert_msg(nd_display_is(nd_view_of(displays[i].text), nd_view_of(displays[i].display)) ==
                          displays[i].is,
                      "'%s' shown as '%s'", displays[i].text, displays[i].display);
}
END_TEST

/* sentence, evidence, the number that is missing (NULL: none) */
static const struct {
    const char *sentence, *evidence, *missing;
} numbers[] = {
    {"It takes 5 days.", "five or 5 days", NULL},
    {"It takes 5 days.", "It takes 50 days.", "5"},
    {"It takes 5 days.", "It takes 15 days.", "5"},
    {"It takes 5 days.", "It takes 5.5 days.", "5"},
    {"It costs 1500.", "It costs 1,500.", NULL},
    {"It costs 1,500.", "It costs 1 500.", NULL},
    {"It costs 1\u202F500.", "It costs 1500.", NULL},
    {"In 2 300 cases.", "2 of 300", NULL},
    {"It costs 1500.", "It costs 1.500.", "1500"},
    {"It costs 1500000.", "Es kostet 1.500.000 Euro", NULL},
    {"12.5 km", "12,5 km", NULL},
    {"12.50 km", "12.5 km", NULL},
    {"007", "7", NULL},
    {"1,5", "1,500", "1,5"},
    {"IPv6 came", "IPv4 came", "IPv6"},
    {"6 came", "IPv6 came", "6"},
    {"CVE-2023-1234", "CVE-2023-1235", "CVE-2023-1234"},
    {"2023", "on 2023-11-24", NULL},
    {"2024-11-24", "on 2023-11-24", "2024"},
    {"10-12 pages", "12 to 10", NULL},
    {"10MB", "10 MB", NULL},
    {"the 3rd", "3 times", NULL},
    {"version 1.2.3", "version 1.2.4", "1.2.3"},
    {"version 1.2.3", "versions 1.2.3 and 2", NULL},
    {"0x1F", "0x1E", "0x1F"},
    {"40 kg", "منه ٤٠ كيلو", NULL},
    {"12.5", "١٢٫٥", NULL},
    {"no number", "none", NULL},
    {"5", "", "5"},
    {"24-hour service", "24 hours", NULL},
    {"half", "0.5", NULL},
};

START_TEST(numbers_must_stand_in_the_evidence)
{
    for (size_t i = 0; i < sizeof numbers / sizeof numbers[0]; i++) {
        struct nd_view evidence = nd_view_of(numbers[i].evidence);
        char *missing = nd_number_missing(nd_view_of(numbers[i].sentence), &evidence, 1);
        bool same = missing && numbers[i].missing ? strcmp(missing, numbers[i].missing) == 0
                                                  : missing == numbers[i].missing;
        ck_assert_msg(same, "'%s' against '%s': missing %s", numbers[i].sentence, numbers[i].evidence,
                      missing ? missing : "none");
        nd_free(missing);
    }
}
END_TEST

/* Every number of a true sentence changed by one digit is found out. */
START_TEST(a_changed_digit_is_missed)
{
    static const char sentence[] = "In 2024, 18.6 million passengers (1,435 mm gauge, 94.1 %) rode 22 trams.";
    struct nd_view evidence = ND_VIEW(sentence);
    for (size_t i = 0; i < sizeof sentence - 1; i++) {
        if (sentence[i] < '0' || sentence[i] > '9') continue;
        char changed[sizeof sentence];
        memcpy(changed, sentence, sizeof sentence);
        changed[i] = sentence[i] == '9' ? '3' : (char)(sentence[i] + 1);
        char *missing = nd_number_missing(nd_view_of(changed), &evidence, 1);
        ck_assert_msg(missing != NULL, "'%s' was accepted", changed);
        nd_free(missing);
    }
}
END_TEST

START_TEST(reads_the_first_number)
{
    double value = 0;
    unsigned decimals = 9;
    ck_assert(nd_number_first(ND_VIEW("about 1,500 m"), &value, &decimals));
    ck_assert_double_eq(value, 1500);
    ck_assert_uint_eq(decimals, 0);
    ck_assert(nd_number_first(ND_VIEW("IPv6 has −12.50"), &value, &decimals));
    ck_assert_double_eq(value, -12.5);
    ck_assert_uint_eq(decimals, 2);
    ck_assert(nd_number_first(ND_VIEW("10-12"), &value, &decimals));
    ck_assert_double_eq(value, 10);
    ck_assert(!nd_number_first(ND_VIEW("none, v2"), &value, &decimals));
}
END_TEST

/* Long and broken input: no crash, an answer. */
START_TEST(takes_any_bytes)
{
    char junk[4096];
    for (size_t seed = 0; seed < 64; seed++) {
        uint32_t state = (uint32_t)seed * 2654435761u + 1;
        for (size_t i = 0; i < sizeof junk; i++) {
            state = state * 1664525u + 1013904223u;
            junk[i] = seed % 2 ? "0123456789.,- \xE2\x80\xAFv"[(state >> 24) % 18] : (char)(state >> 24);
        }
        struct nd_view v = {junk, sizeof junk}, half = {junk, sizeof junk / 2};
        nd_free(nd_number_missing(v, &half, 1));
        ck_assert(!nd_display_is(v, half) || memchr(junk, '\n', sizeof junk) != NULL);
    }
}
END_TEST

ND_TEST_MAIN("report/quote", accepts_a_verbatim_quote, names_what_differs, display_is_the_text_on_one_line,
             numbers_must_stand_in_the_evidence, a_changed_digit_is_missed, reads_the_first_number,
             takes_any_bytes)
