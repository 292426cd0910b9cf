/* The rows of each language: in order, once each, and with the conversions of the English text. */
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"
#include "nightdesk/core/say.h"
#include <string.h>

/* "%s and %5lld" -> "s,lld," */
static char *conversions(const char *text)
{
    struct nd_bytes out = ND_BYTES(ND_MIB);
    for (const char *c = strchr(text, '%'); c; c = strchr(c, '%')) {
        size_t flags = strspn(++c, "0123456789.*-");
        size_t len = strspn(c + flags, "lzu") +
                     (strspn(c + flags, "lzu") && c[flags + strspn(c + flags, "lz")] == 'u' ? 0 : 1);
        nd_bytes_add(&out, c, flags + len);
        nd_bytes_add_char(&out, ',');
    }
    nd_bytes_add_char(&out, '\0');
    return nd_bytes_take(&out, NULL);
}

START_TEST(german_rows_are_sorted_and_take_the_same_values)
{
    ck_assert_uint_gt(nd_german_count, 100);
    for (size_t i = 0; i < nd_german_count; i++) {
        const struct nd_saying *row = &nd_german[i];
        if (i > 0)
            ck_assert_msg(strcmp(row[-1].english, row->english) < 0, "'%s' is out of order", row->english);
        ck_assert(nd_utf8_valid(nd_view_of(row->other)));
        char *english = conversions(row->english), *other = conversions(row->other);
        ck_assert_msg(strcmp(english, other) == 0, "'%s' takes %s, '%s' takes %s", row->english, english,
                      row->other, other);
        nd_free(english);
        nd_free(other);
    }
}
END_TEST

START_TEST(words_are_found_by_language)
{
    ck_assert_str_eq(nd_say("de", "Key findings"), "Wichtigste Ergebnisse");
    ck_assert_str_eq(nd_say("de-AT", "Key findings"), "Wichtigste Ergebnisse");
    ck_assert_str_eq(nd_say("den", "Key findings"), "Key findings");
    ck_assert_str_eq(nd_say("en", "Key findings"), "Key findings");
    ck_assert_str_eq(nd_say(NULL, "Key findings"), "Key findings");
    ck_assert_str_eq(nd_say("de", "no row has this"), "no row has this");
    ck_assert(nd_say_knows(NULL) && nd_say_knows("en-GB") && nd_say_knows("de-AT"));
    ck_assert(!nd_say_knows("fr") && !nd_say_knows("den"));
    ck_assert_str_eq(nd_plural(NULL, 1, "step", "steps"), "step");
    ck_assert_str_eq(nd_plural("en", 0, "step", "steps"), "steps");
    ck_assert_str_eq(nd_plural("de", 1, "statement", "statements"), "Aussage");
    ck_assert_str_eq(nd_plural("de", 2, "statement", "statements"), "Aussagen");
    char *text = nd_sayf("de", "%zu documents", (size_t)3);
    ck_assert_str_eq(text, "3 Dokumente");
    nd_free(text);
}
END_TEST

ND_TEST_MAIN("core/say", german_rows_are_sorted_and_take_the_same_values, words_are_found_by_language)
