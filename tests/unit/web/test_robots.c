/* robots.txt by RFC 9309 */
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "robots.h"
#include <string.h>

static void check(const char *text, const char *path, bool wanted)
{
    struct robots robots;
    robots_parse(&robots, nd_view_of(text), "nightdesk");
    ck_assert_msg(robots_allow(&robots, nd_view_of(path)) == wanted, "'%s' is %s by\n%s", path,
                  wanted ? "refused" : "allowed", text);
    robots_release(&robots);
}

START_TEST(groups)
{
    static const char both[] =
        "User-agent: *\nDisallow: /\n\nUser-Agent: NightDesk/1.0\nDisallow: /private\n";
    check(both, "/x", true);
    check(both, "/private/x", false);
    check("User-agent: nightdesk-other\nDisallow: /\n", "/x", true);
    check("User-agent: nightdeskother\nDisallow: /\n", "/x", true);
    check("User-agent: other\nUser-agent: nightdesk\nDisallow: /x\n", "/x", false);
    check("User-agent: other\nDisallow: /y\nUser-agent: nightdesk\nDisallow: /x\n", "/y", true);
    check("User-agent: nightdesk\nDisallow: /a\n\nUser-agent: other\nDisallow: /\n\nUser-agent: "
          "nightdesk\nDisallow: /b\n",
          "/b", false);
    check("User-agent: *\nDisallow: /x\n", "/x", false);
    check("Disallow: /x\n", "/x", true); /* of no group */
    check("", "/x", true);
}
END_TEST

START_TEST(the_longest_rule_decides)
{
    static const char rules[] =
        "User-agent: *\nDisallow: /shop\nAllow: /shop/open\nDisallow: /shop/open/not\n";
    check(rules, "/shop", false);
    check(rules, "/shop/open", true);
    check(rules, "/shop/open/not", false);
    check("User-agent: *\nAllow: /a\nDisallow: /a\n", "/a",
          true); /* of two equal ones, the one that allows */
    check("User-agent: *\nDisallow: /a\nAllow: /a\n", "/a", true);
    check("User-agent: *\nDisallow:\n", "/a", true);
    check("User-agent: *\nDisallow: /\n", "/robots.txt", true);
}
END_TEST

START_TEST(patterns)
{
    check("User-agent: *\nDisallow: /*.pdf$\n", "/a/b.pdf", false);
    check("User-agent: *\nDisallow: /*.pdf$\n", "/a/b.pdf?x", true);
    check("User-agent: *\nDisallow: /*?\n", "/a?b", false);
    check("User-agent: *\nDisallow: /*/x/*/y\n", "/1/x/2/3/y", false);
    check("User-agent: *\nDisallow: /*/x/*/y\n", "/x/2/y", true);
    check("User-agent: *\nDisallow: /$\n", "/", false);
    check("User-agent: *\nDisallow: /$\n", "/a", true);
    check("User-agent: *\nDisallow: *a*a*a*b\n", "/aaaaaaaaaaaaaaaaaaaaaaaaaaaa", true);
}
END_TEST

START_TEST(odd_files)
{
    check("\xef\xbb\xbfUSER-AGENT : *\r\nDISALLOW : /x # why\r\rallow: /x/y", "/x", false);
    check("\xef\xbb\xbfUSER-AGENT : *\r\nDISALLOW : /x # why\r\rallow: /x/y", "/x/y", true);
    check("User-agent: *\nCrawl-delay: 5\nUser-agent: other\nDisallow: /\n", "/x", true);
    struct robots robots;
    robots_parse(&robots, ND_VIEW("User-agent: *\nCrawl-delay: 2.5\nDisallow: /x\n"), "nightdesk");
    ck_assert_int_eq(robots.pause_ms, 2000);
    robots_release(&robots);
    robots_parse(&robots, ND_VIEW("User-agent: *\nCrawl-delay: -1\n"), "nightdesk");
    ck_assert_int_eq(robots.pause_ms, 0);
    robots_release(&robots);
    struct nd_bytes endless = ND_BYTES(ND_BYTES_MAX);
    nd_bytes_add_str(&endless, "User-agent: *\n");
    while (endless.len < 2 * ROBOTS_MAX_BYTES) nd_bytes_addf(&endless, "Disallow: /%zu\n", endless.len);
    robots_parse(&robots, nd_bytes_view(&endless), "nightdesk");
    ck_assert_uint_le(robots.n, ROBOTS_RULES_MAX);
    robots_release(&robots);
    nd_bytes_release(&endless);
}
END_TEST

ND_TEST_MAIN("web/robots", groups, the_longest_rule_decides, patterns, odd_files)
