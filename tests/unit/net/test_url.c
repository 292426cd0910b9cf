#include "nd_test.h"
#include "nightdesk/net/http.h"
#include "url.h"

START_TEST(host_of_an_address)
{
    static const char *const good[][2] = {
        {"https://api.example.com/v1", "api.example.com"},
        {"https://api.example.com:8443/v1/x?a=b#c", "api.example.com"},
        {"http://127.0.0.1:18081", "127.0.0.1"},
        {"http://[::1]:8080/v1", "::1"},
        {"http://[::1]", "::1"},
        {"http://a_b-c.example", "a_b-c.example"},
        {"http://host:/x", "host"},
        {"http://host?x@y", "host"},
    };
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++)
        nd_ck_view(nd_url_host(nd_view_of(good[i][0])), good[i][1]);
}
END_TEST

START_TEST(what_two_parsers_may_read_in_two_ways_has_no_host)
{
    static const char *const bad[] = {
        "",
        "host",
        "ftp://host/",
        "HTTP://host/",
        "//host/",
        "http://",
        "http:///x",
        "http://:80/",
        "http://user@host/",
        "http://127.0.0.1@evil.example/",
        "http://127.0.0.1:80@evil.example/",
        "http://evil.example\\@127.0.0.1/",
        "http://127.0.0.1%2eevil.example/",
        "http://127.0.0.1 .evil.example/",
        "http://ho\tst/",
        "http://ho\nst/",
        "http://h\xc3\xb6st/",
        "http://host/\xc3\xa4",
        "http://host:0/",
        "http://host:65536/",
        "http://host:8x/",
        "http://host:-1/",
        "http://[::1/",
        "http://[]/",
        "http://[::1]x/",
        "http://[fe80::1%25eth0]/",
        "http://::1/",
    };
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        ck_assert_msg(nd_url_host(nd_view_of(bad[i])).len == 0, "'%s' has a host", bad[i]);
    nd_ck_view(nd_url_host((struct nd_view){"http://a\0b/", 11}), "");
}
END_TEST

START_TEST(an_address_that_is_too_long_has_no_host)
{
    struct nd_bytes url = ND_BYTES(ND_HTTP_URL_MAX_BYTES * 2);
    nd_bytes_add_str(&url, "http://host/");
    while (url.len < ND_HTTP_URL_MAX_BYTES) nd_bytes_add_char(&url, 'x');
    nd_ck_view(nd_url_host(nd_bytes_view(&url)), "host");
    nd_bytes_add_char(&url, 'x');
    nd_ck_view(nd_url_host(nd_bytes_view(&url)), "");
    nd_bytes_release(&url);
}
END_TEST

START_TEST(this_machine_by_its_name)
{
    static const char *const local[] = {"http://localhost/", "https://LocalHost:1/", "http://127.0.0.1/",
                                        "http://127.9.8.255", "http://[::1]:80/v1"};
    static const char *const elsewhere[] = {"http://localhost.example/",
                                            "http://127.0.0.1.example/",
                                            "http://127.1/",
                                            "http://127.0.0.256/",
                                            "http://127.0.0.01/",
                                            "http://127.0.0.0.1/",
                                            "http://0x7f.0.0.1/",
                                            "http://2130706433/",
                                            "http://128.0.0.1/",
                                            "http://0.0.0.0/",
                                            "http://[::]/",
                                            "http://[::ffff:7f00:1]/",
                                            "http://127.0.0.1./",
                                            "http://127.0.0./",
                                            "http://x@127.0.0.1/",
                                            "127.0.0.1",
                                            "http://10.0.0.1/",
                                            "https://api.example.com",
                                            "http://127.0.0.1a/",
                                            ""};
    for (size_t i = 0; i < sizeof local / sizeof local[0]; i++)
        ck_assert_msg(nd_url_is_local(nd_view_of(local[i])), "'%s' is not local", local[i]);
    for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++)
        ck_assert_msg(!nd_url_is_local(nd_view_of(elsewhere[i])), "'%s' is local", elsewhere[i]);
}
END_TEST

START_TEST(authority_is_host_and_port)
{
    nd_ck_view(url_authority(ND_VIEW("http://127.0.0.1:80/x")), "127.0.0.1:80");
    nd_ck_view(url_authority(ND_VIEW("https://a.example")), "a.example");
    nd_ck_view(url_authority(ND_VIEW("https://u@a.example")), "");
}
END_TEST

ND_TEST_MAIN("net/url", host_of_an_address, what_two_parsers_may_read_in_two_ways_has_no_host,
             an_address_that_is_too_long_has_no_host, this_machine_by_its_name, authority_is_host_and_port)
