/* addresses on the web: their clean form, their parts, what links lead to */
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/core/url.h"
#include <string.h>

static void check_clean(const char *given, const char *wanted)
{
    char *clean = nd_url_clean(nd_view_of(given));
    ck_assert_msg(wanted ? clean && strcmp(clean, wanted) == 0 : !clean, "'%s' gives '%s', wanted '%s'",
                  given, clean ? clean : "(none)", wanted ? wanted : "(none)");
    if (clean) { /* a clean address is its own clean form */
        char *again = nd_url_clean(nd_view_of(clean));
        ck_assert_str_eq(again, clean);
        nd_free(again);
    }
    nd_free(clean);
}

START_TEST(clean_forms)
{
    static const char *const good[][2] = {
        {"https://example.org", "https://example.org/"},
        {"HTTPS://Example.ORG:443/A?b=C#d", "https://example.org/A?b=C"},
        {"  http://example.org:80/x  ", "http://example.org/x"},
        {"http://example.org:8080", "http://example.org:8080/"},
        {"http://example.org.:/", "http://example.org/"},
        {"http://example.org../", "http://example.org/"},
        {"http://example.org?q=1", "http://example.org/?q=1"},
        {"http://example.org/a/./b/../c", "http://example.org/a/c"},
        {"http://example.org/../../x", "http://example.org/x"},
        {"http://example.org/a/..", "http://example.org/"},
        {"http://example.org/a//b/", "http://example.org/a//b/"},
        {"http://example.org/a b?c d", "http://example.org/a%20b?c%20d"},
        {"http://example.org/\xc3\xa4%41%zz%", "http://example.org/%C3%A4%41%25zz%25"},
        {"http://[2001:DB8::1]:8080/x", "http://[2001:db8::1]:8080/x"},
        {"http://192.0.2.7/a\\b", "http://192.0.2.7/a%5Cb"},
    };
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) check_clean(good[i][0], good[i][1]);
}
END_TEST

START_TEST(what_is_no_address_has_no_clean_form)
{
    static const char *const bad[] = {"",
                                      "example.org",
                                      "//example.org/",
                                      "ftp://example.org/",
                                      "file:///etc/passwd",
                                      "gopher://example.org/",
                                      "http:/example.org",
                                      "http://",
                                      "http:///x",
                                      "http://./",
                                      "http://user@example.org/",
                                      "http://user:secret@example.org/",
                                      "http://example.org\\@evil.example/",
                                      "http://ex\xc3\xa4mple.org/",
                                      "http://example.org:0/",
                                      "http://example.org:65536/",
                                      "http://example.org:8o/",
                                      "http://example.org:80:80/",
                                      "http://exam%70le.org/",
                                      "http://[::1/",
                                      "http://[fe80::1%25eth0]/",
                                      "http://[::1]x/",
                                      "http://exa mple.org/",
                                      "http://exam\x01ple.org/",
                                      "javascript:alert(1)"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) check_clean(bad[i], NULL);
    char *endless = nd_calloc(1, 5000);
    memset(endless, 'a', 4999);
    memcpy(endless, "http://h/", 9);
    endless[4999] = '\0';
    check_clean(endless, NULL);
    nd_free(endless);
}
END_TEST

START_TEST(parts)
{
    struct nd_url url;
    ck_assert(nd_url_split(&url, ND_VIEW("https://[2001:db8::1]:8443/a?b")));
    nd_ck_view(url.scheme, "https");
    nd_ck_view(url.host, "2001:db8::1");
    ck_assert_uint_eq(url.port, 8443);
    nd_ck_view(url.path, "/a?b");
    ck_assert(nd_url_split(&url, ND_VIEW("http://example.org/")));
    ck_assert_uint_eq(url.port, 80);
    ck_assert(!nd_url_split(&url, ND_VIEW("http://Example.org/")));
    ck_assert(!nd_url_split(&url, ND_VIEW("http://example.org")));
}
END_TEST

static void check_link(const char *link, const char *wanted)
{
    char *found = nd_url_resolve("https://example.org/a/b?c", nd_view_of(link));
    ck_assert_msg(wanted ? found && strcmp(found, wanted) == 0 : !found, "'%s' leads to '%s', wanted '%s'",
                  link, found ? found : "(nowhere)", wanted ? wanted : "(nowhere)");
    nd_free(found);
}

START_TEST(links)
{
    check_link("d", "https://example.org/a/d");
    check_link("./d/../e", "https://example.org/a/e");
    check_link("../../../d", "https://example.org/d");
    check_link("/d", "https://example.org/d");
    check_link("?d", "https://example.org/a/b?d");
    check_link("//Other.example/d", "https://other.example/d");
    check_link("http://other.example", "http://other.example/");
    check_link(" \n d\n e \t", "https://example.org/a/d%20e");
    check_link("d#e", "https://example.org/a/d");
    check_link("", NULL);
    check_link("#top", NULL);
    check_link("b?c#top", NULL); /* the same page */
    check_link("mailto:a@example.org", NULL);
    check_link("javascript:alert(1)", NULL);
    check_link("java\nscript:alert(1)", NULL);
    check_link("file:///etc/passwd", NULL);
    check_link("http:d", NULL);
    check_link("//user@other.example/", NULL);
}
END_TEST

ND_TEST_MAIN("core/url", clean_forms, what_is_no_address_has_no_clean_form, parts, links)
