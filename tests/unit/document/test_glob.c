#include "nd_test.h"
#include "nightdesk/document/document.h"

static const struct {
    const char *pattern, *path;
    bool matches;
} rows[] = {
    {"*.pdf", "a.pdf", true},
    {"*.pdf", "deep/below/a.pdf", true}, /* no slash in the pattern: the name alone */
    {"*.pdf", "a.pdf.txt", false},
    {"*.PDF", "a.pdf", false},
    {"a?c.txt", "abc.txt", true},
    {"a?c.txt", "ac.txt", false},
    {"reports/*.pdf", "reports/a.pdf", true},
    {"reports/*.pdf", "reports/2024/a.pdf", false},
    {"reports/**/*.pdf", "reports/2024/q1/a.pdf", true},
    {"reports/**/*.pdf", "reports/a.pdf", true},
    {"reports/**", "reports/2024/q1/a.pdf", true},
    {"**/a.pdf", "a.pdf", true},
    {"**/a.pdf", "x/y/a.pdf", true},
    {"**/a.pdf", "x/y/ba.pdf", true}, /* ** takes any characters, also "x/y/b" */
    {"[a-c]x", "bx", true},
    {"[!a-c]x", "bx", false},
    {"[!a-c]x", "dx", true},
    {"[]]x", "]x", true},
    {"[ab", "[ab", true}, /* a class that does not close is itself */
    {"a*b*c*d", "axxbxxcxxd", true},
    {"a*b*c*d", "axxbxxcxx", false},
    {"", "", true},
    {"", "a", false},
    {"*", "a", true},
    {"x/*", "x/", true},
    {"?/b", "a/b", true},
    {"a?b", "x/a/b", false},
};

START_TEST(patterns_match_as_documented)
{
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        ck_assert_msg(nd_glob_match(rows[i].pattern, rows[i].path) == rows[i].matches, "'%s' on '%s'",
                      rows[i].pattern, rows[i].path);
}
END_TEST

START_TEST(a_pattern_made_to_be_slow_is_fast)
{
    char path[2001];
    for (size_t i = 0; i < 2000; i++) path[i] = 'a';
    path[2000] = '\0';
    ck_assert(!nd_glob_match("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", path));
    ck_assert(!nd_glob_match("**a**a**a**a**a**a**a**a**a/b", path));
}
END_TEST

ND_TEST_MAIN("document/glob", patterns_match_as_documented, a_pattern_made_to_be_slow_is_fast)
