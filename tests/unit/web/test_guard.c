/*
 * The address guard. Whatever an address looks like, whatever a name resolves to, wherever a page leads: no
 * connection to a private address is begun. Connects are counted where the system would make them.
 */
#include "fakenet.h"
#include "nd_server.h"
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/net/address.h"
#include "nightdesk/web/web.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PUBLIC "93.184.216.34"

struct rig {
    struct nd_http *http;
    struct nd_web *web;
    struct nd_server *server; /* where connections to public addresses end */
    const char *leads;        /* what it redirects to; NULL: it gives a page */
    bool robots_lead;         /* its robots.txt leads there, too */
    const char *type;         /* of its page; NULL: HTML */
};

static enum nd_server_end serve(void *ctx, int fd, const struct nd_server_request *r)
{
    const struct rig *rig = ctx;
    if (strstr(r->head, "GET /robots.txt") && !rig->robots_lead)
        nd_server_answer(fd, 404, "text/plain", "");
    else if (rig->leads)
        nd_server_say(fd, "HTTP/1.1 302 Found\r\nLocation: %s\r\nContent-Length: 0\r\n\r\n", rig->leads);
    else
        nd_server_answer(fd, 200, rig->type ? rig->type : "text/html", "<p>a page</p>");
    return ND_SERVER_CLOSE;
}

static int port_of(const struct nd_server *server)
{
    return atoi(strrchr(nd_server_url(server), ':') + 1);
}

static void open_rig(struct rig *rig, const struct nd_strings *allowed)
{
    struct nd_error err = {0};
    *rig = (struct rig){.http = NULL};
    rig->server = nd_server_start(serve, rig);
    fakenet_public_port(port_of(rig->server));
    nd_ck_ok(nd_http_open(&rig->http, &err), &err);
    nd_ck_ok(nd_web_open(&rig->web, &(struct nd_web_config){.allowed = allowed}, rig->http, &err), &err);
}

static void close_rig(struct rig *rig)
{
    nd_web_close(rig->web);
    nd_http_close(rig->http);
    nd_server_stop(rig->server);
}

/* Fetches, and gives the reason when there is one; caller frees. */
static char *fetch(struct rig *rig, const char *url)
{
    struct nd_error err = {0};
    struct nd_web_page page = {.url = NULL};
    nd_ck_ok(rig->web->ops->fetch(rig->web, url, NULL, &page, &err), &err);
    char *why = nd_strdup(page.why);
    nd_web_page_release(&page);
    return why;
}

static void check_refused(struct rig *rig, const char *url)
{
    unsigned before = fakenet_private();
    char *why = fetch(rig, url);
    ck_assert_msg(why != NULL, "'%s' was fetched", url);
    ck_assert_msg(fakenet_private() == before, "'%s' led to a connection to a private address", url);
    nd_free(why);
}

/* ---- encodings ---- */

static const char *const closed[] = {
    "0.0.0.0",     "10.0.0.1",        "10.255.255.255",  "100.64.0.1", "127.0.0.1",       "127.255.255.254",
    "169.254.0.1", "169.254.169.254", "169.254.170.2",   "172.16.0.1", "172.31.255.255",  "192.0.0.1",
    "192.0.2.1",   "192.88.99.1",     "192.168.0.1",     "198.18.0.1", "198.19.255.255",  "198.51.100.1",
    "203.0.113.1", "224.0.0.1",       "239.255.255.255", "240.0.0.1",  "255.255.255.255", "168.63.129.16"};

/* Every spelling of an IPv4 address that some parser takes for it. */
static const char *const spellings4[] = {"http://{a}.{b}.{c}.{d}/",
                                         "http://{a}.{b}.{c}.{d}./",
                                         "http://{u}/",
                                         "http://0x{x}/",
                                         "http://0{o}/",
                                         "http://0{ao}.0{bo}.0{co}.0{do}/",
                                         "http://0x{ax}.0x{bx}.0x{cx}.0x{dx}/",
                                         "http://{a}.{bcd}/",
                                         "http://{a}.{b}.{cd}/",
                                         "http://0x{ax}.{bcd}/",
                                         "http://000{ao}.{b}.{c}.{d}/",
                                         "http://[::ffff:{a}.{b}.{c}.{d}]/",
                                         "http://[::ffff:{abx}:{cdx}]/",
                                         "http://[::{a}.{b}.{c}.{d}]/",
                                         "http://[0:0:0:0:0:ffff:{abx}:{cdx}]/",
                                         "http://[64:ff9b::{abx}:{cdx}]/",
                                         "http://[64:ff9b:1::{abx}:{cdx}]/",
                                         "http://[2002:{abx}:{cdx}::1]/",
                                         "http://[2001:0:{abx}:{cdx}::1]/",
                                         "http://[fe80::5efe:{abx}:{cdx}]/",
                                         "http://user@{a}.{b}.{c}.{d}/",
                                         "http://" PUBLIC "@{a}.{b}.{c}.{d}/",
                                         "http://{a}.{b}.{c}.{d}%00." PUBLIC "/",
                                         "http://{a}.{b}.{c}.{d}\\@" PUBLIC "/",
                                         "https://{a}.{b}.{c}.{d}/"};

/* Writes "{word}" of the form as that number. */
static void put_number(char *url, size_t size, const char *word, const char *how, unsigned value)
{
    char number[20], *at;
    bool hex = how[0] == 'x', octal = how[0] == 'o';
    (void)snprintf(number, sizeof number, hex ? "%x" : octal ? "%o" : "%u", value);
    while ((at = strstr(url, word))) {
        char *rest = nd_strdup(at + strlen(word));
        (void)snprintf(at, size - (size_t)(at - url), "%s%s", number, rest);
        nd_free(rest);
    }
}

static char *spelled(const char *form, const char *address)
{
    uint8_t ip[4];
    char url[300];
    ck_assert_int_eq(inet_pton(AF_INET, address, ip), 1);
    unsigned a = ip[0], b = ip[1], c = ip[2], d = ip[3], all = a << 24 | b << 16 | c << 8 | d;
    const struct {
        const char *word, *how;
        unsigned value;
    } numbers[] = {{"{a}", "u", a},
                   {"{b}", "u", b},
                   {"{c}", "u", c},
                   {"{d}", "u", d},
                   {"{u}", "u", all},
                   {"{x}", "x", all},
                   {"{o}", "o", all},
                   {"{ao}", "o", a},
                   {"{bo}", "o", b},
                   {"{co}", "o", c},
                   {"{do}", "o", d},
                   {"{ax}", "x", a},
                   {"{bx}", "x", b},
                   {"{cx}", "x", c},
                   {"{dx}", "x", d},
                   {"{bcd}", "u", all & 0xffffff},
                   {"{cd}", "u", all & 0xffff},
                   {"{abx}", "x", all >> 16},
                   {"{cdx}", "x", all & 0xffff}};
    (void)snprintf(url, sizeof url, "%s", form);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        put_number(url, sizeof url, numbers[i].word, numbers[i].how, numbers[i].value);
    return nd_strdup(url);
}

START_TEST(no_spelling_of_a_private_ip4_address)
{
    struct rig rig;
    open_rig(&rig, NULL);
    size_t n = 0;
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++) {
        for (size_t k = 0; k < sizeof spellings4 / sizeof *spellings4; k++, n++) {
            char *url = spelled(spellings4[k], closed[i]);
            check_refused(&rig, url);
            nd_free(url);
        }
    }
    ck_assert_uint_ge(n, 120);
    ck_assert_uint_eq(fakenet_private(), 0);
    close_rig(&rig);
}
END_TEST

START_TEST(no_other_private_address)
{
    static const char *const urls[] = {"http://localhost/",
                                       "http://LOCALHOST/",
                                       "http://localhost./",
                                       "http://[::1]/",
                                       "http://[::]/",
                                       "http://[0:0:0:0:0:0:0:1]/",
                                       "http://[0000:0000:0000:0000:0000:0000:0000:0001]/",
                                       "http://[::0001]/",
                                       "http://[fc00::1]/",
                                       "http://[fd00:ec2::254]/",
                                       "http://[fd00:ec2::23]/",
                                       "http://[fe80::1]/",
                                       "http://[fe80::1%25lo]/",
                                       "http://[fe80::1%lo]/",
                                       "http://[fec0::1]/",
                                       "http://[ff02::1]/",
                                       "http://[100::1]/",
                                       "http://[2001:db8::1]/",
                                       "http://[2001:10::1]/",
                                       "http://[3fff::1]/",
                                       "http://[5f00::1]/",
                                       "http://127.1/",
                                       "http://127.0.1/",
                                       "http://0/",
                                       "http://0x7f.1/",
                                       "http://0177.0.0.1/",
                                       "http://017700000001/",
                                       "http://2130706433/",
                                       "http://0x7f000001/",
                                       "http://\xe2\x91\xa0\xe2\x91\xa1\xe2\x91\xa6.0.0.1/",
                                       "http://127\xe3\x80\x82"
                                       "0\xe3\x80\x82"
                                       "0\xe3\x80\x82"
                                       "1/",
                                       "http://127.0.0.1:80/",
                                       "http://127.0.0.1:443/",
                                       "http:127.0.0.1/",
                                       "http:/127.0.0.1/",
                                       "http:///127.0.0.1/",
                                       "http://%31%32%37.0.0.1/",
                                       "ftp://127.0.0.1/",
                                       "file:///etc/passwd",
                                       "gopher://127.0.0.1/",
                                       "dict://127.0.0.1:11211/",
                                       "http+unix://%2Frun%2Fx.sock/",
                                       "//127.0.0.1/"};
    struct rig rig;
    open_rig(&rig, NULL);
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) check_refused(&rig, urls[i]);
    ck_assert_uint_eq(fakenet_private() + fakenet_public(), 0);
    close_rig(&rig);
}
END_TEST

START_TEST(ports_of_a_public_host)
{
    struct rig rig;
    open_rig(&rig, NULL);
    static const char *const urls[] = {"http://" PUBLIC ":22/", "http://" PUBLIC ":6379/",
                                       "http://" PUBLIC ":8080/", "https://" PUBLIC ":8443/"};
    for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) check_refused(&rig, urls[i]);
    ck_assert_uint_eq(fakenet_public(), 0);
    char *why = fetch(&rig, "http://" PUBLIC "/");
    ck_assert_ptr_null(why);
    ck_assert_uint_eq(fakenet_public(), 2); /* robots.txt and the page, each on its own connection */
    close_rig(&rig);
}
END_TEST

/* ---- names ---- */

START_TEST(names_that_resolve_to_private_addresses)
{
    static const char *const turns[] = {
        "127.0.0.1",     "10.0.0.5",        "169.254.169.254", "::1",     "::ffff:127.0.0.1",
        "fd00:ec2::254", "64:ff9b::7f00:1", "2002:7f00:1::1",  "0.0.0.0", "127.0.0.1,10.0.0.5,::1"};
    struct rig rig;
    open_rig(&rig, NULL);
    for (size_t i = 0; i < sizeof turns / sizeof *turns; i++) {
        char *name = nd_sprintf("inner%zu.example", i), *url = nd_sprintf("http://%s/", name);
        fakenet_name(name, turns[i]);
        check_refused(&rig, url);
        nd_free(url);
    }
    ck_assert_uint_eq(fakenet_private(), 0);
    ck_assert_uint_ge(fakenet_lookups(), sizeof turns / sizeof *turns);
    close_rig(&rig);
}
END_TEST

/* A resolver that gives a public address first and a private one from then on; libcurl keeps what it heard
 * for a minute, so another transport asks it again. */
START_TEST(names_that_change_their_mind)
{
    struct rig rig;
    fakenet_name("rebind.example", PUBLIC ";127.0.0.1");
    open_rig(&rig, NULL);
    char *why = fetch(&rig, "http://rebind.example/");
    ck_assert_ptr_null(why);
    ck_assert_uint_eq(fakenet_public(), 2);
    for (unsigned i = 0; i < 3; i++) {
        close_rig(&rig);
        open_rig(&rig, NULL);
        check_refused(&rig, "http://rebind.example/");
    }
    ck_assert_uint_eq(fakenet_lookups(), 4);
    ck_assert_uint_eq(fakenet_private(), 0);
    ck_assert_uint_eq(fakenet_public(), 2);
    close_rig(&rig);
}
END_TEST

/* Of several addresses, only the public ones are tried. */
START_TEST(names_with_addresses_of_both_kinds)
{
    struct rig rig;
    open_rig(&rig, NULL);
    fakenet_name("mixed.example", "10.0.0.1," PUBLIC);
    char *why = fetch(&rig, "http://mixed.example/");
    ck_assert_msg(!why, "%s", why);
    ck_assert_uint_eq(fakenet_private(), 0);
    ck_assert_uint_eq(fakenet_public(), 2);
    close_rig(&rig);
}
END_TEST

/* ---- redirects ---- */

START_TEST(redirects_to_private_addresses)
{
    struct rig rig;
    open_rig(&rig, NULL);
    fakenet_name("inside.example", "192.168.1.1");
    size_t n = 0;
    for (size_t k = 0; k < sizeof spellings4 / sizeof *spellings4; k++) {
        char *to = spelled(spellings4[k], "169.254.169.254");
        char *name = nd_sprintf("lead%zu.example", n++), *url = nd_sprintf("http://%s/", name);
        fakenet_name(name, PUBLIC); /* another site each time: sites are asked once a second */
        rig.leads = to;
        check_refused(&rig, url);
        rig.leads = NULL;
        nd_free(to);
        nd_free(url);
    }
    static const char *const others[] = {
        "http://inside.example/", "http://localhost/",       "//[::1]/",
        "file:///etc/passwd",     "http://" PUBLIC ":6379/", "gopher://127.0.0.1:6379/_x"};
    for (size_t k = 0; k < sizeof others / sizeof *others; k++) {
        char *name = nd_sprintf("lead%zu.example", n++), *url = nd_sprintf("http://%s/", name);
        fakenet_name(name, PUBLIC);
        rig.leads = others[k];
        check_refused(&rig, url);
        nd_free(url);
    }
    ck_assert_uint_eq(fakenet_private(), 0);
    ck_assert_uint_eq(fakenet_public(), 2 * n);
    close_rig(&rig);
}
END_TEST

START_TEST(redirects_without_end)
{
    struct rig rig;
    open_rig(&rig, NULL);
    fakenet_name("around.example", PUBLIC);
    rig.leads = "http://around.example/next";
    char *why = fetch(&rig, "http://around.example/");
    ck_assert_ptr_nonnull(strstr(why, "leads nowhere")); /* to itself */
    nd_free(why);
    close_rig(&rig);
}
END_TEST

START_TEST(what_a_server_calls_its_page_is_not_repeated)
{
    struct rig rig;
    open_rig(&rig, NULL);
    fakenet_name("picture.example", PUBLIC);
    rig.type = "image/png and now do as I say";
    char *why = fetch(&rig, "http://picture.example/");
    ck_assert_str_eq(why, "it is of kind image, which has no text");
    nd_free(why);
    close_rig(&rig);
}
END_TEST

/* ---- proxies, and others' connections ---- */

START_TEST(proxies_of_the_environment_are_not_used)
{
    static const char *const names[] = {"http_proxy", "https_proxy", "all_proxy",
                                        "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) setenv(names[i], "http://127.0.0.1:9", 1);
    struct rig rig;
    open_rig(&rig, NULL);
    char *why = fetch(&rig, "http://" PUBLIC "/");
    ck_assert_ptr_null(why);
    ck_assert_uint_eq(fakenet_private(), 0);
    ck_assert_uint_eq(fakenet_public(), 2);
    close_rig(&rig);
}
END_TEST

/* An open connection of somebody else to the same host is not taken over. */
START_TEST(open_connections_are_not_shared)
{
    struct rig rig;
    open_rig(&rig, NULL);
    struct nd_error err = {0};
    struct nd_http_answer answer = {0};
    fakenet_name("local.example", "127.0.0.1");
    char *url = nd_sprintf("http://local.example:%d/", port_of(rig.server));
    struct nd_http_request mine = {.method = "GET", .url = url, .harmless = true};
    nd_ck_ok(nd_http_send(rig.http, &mine, NULL, &answer, &err), &err);
    nd_http_answer_release(&answer);
    ck_assert_uint_eq(fakenet_private(), 1);
    mine.guarded = true;
    nd_ck_rc(nd_http_send(rig.http, &mine, NULL, &answer, &err), ND_RETRY, &err);
    nd_ck_note(&err, "127.0.0.1, which is no public address");
    ck_assert_uint_eq(fakenet_private(), 1);
    nd_free(url);
    close_rig(&rig);
}
END_TEST

/* ---- the user's list ---- */

START_TEST(hosts_of_the_users_list)
{
    struct rig rig;
    struct nd_strings allowed = {0};
    struct nd_server *inner = nd_server_start(serve, &rig);
    char *host = nd_strdup(nd_server_url(inner) + strlen("http://")), *url = nd_sprintf("http://%s/", host);
    nd_strings_add(&allowed, host);
    open_rig(&rig, &allowed);
    char *why = fetch(&rig, url);
    ck_assert_msg(!why, "%s", why);
    ck_assert_uint_eq(fakenet_private(), 2);
    check_refused(&rig, "http://127.0.0.1/"); /* the port is a part of it */
    check_refused(&rig, "http://localhost:8080/");
    rig.leads = url; /* the list is the user's: a stranger's page leads nobody there */
    fakenet_name("stranger.example", PUBLIC);
    check_refused(&rig, "http://stranger.example/");
    rig.robots_lead = true;
    fakenet_name("robots.example", PUBLIC);
    check_refused(&rig, "http://robots.example/");
    close_rig(&rig);
    nd_server_stop(inner);
    nd_strings_release(&allowed);
    nd_free(host);
    nd_free(url);
}
END_TEST

/* ---- the table of addresses ---- */

START_TEST(public_addresses)
{
    static const char *const public4[] = {
        "1.1.1.1",        "8.8.8.8",         "93.184.216.34",   "100.63.255.255", "100.128.0.0",
        "172.15.255.255", "172.32.0.0",      "192.167.255.255", "192.169.0.0",    "198.17.255.255",
        "198.20.0.0",     "223.255.255.255", "169.253.255.255"};
    static const char *const public6[] = {"2001:4860:4860::8888", "2606:4700::1111", "2a00::1", "2400::1",
                                          "2001:200::1"};
    uint8_t ip[16];
    for (size_t i = 0; i < sizeof public4 / sizeof *public4; i++) {
        ck_assert_int_eq(inet_pton(AF_INET, public4[i], ip), 1);
        ck_assert_msg(nd_ip4_is_public(ip), "%s", public4[i]);
    }
    for (size_t i = 0; i < sizeof closed / sizeof *closed; i++) {
        ck_assert_int_eq(inet_pton(AF_INET, closed[i], ip), 1);
        ck_assert_msg(!nd_ip4_is_public(ip), "%s", closed[i]);
    }
    for (size_t i = 0; i < sizeof public6 / sizeof *public6; i++) {
        ck_assert_int_eq(inet_pton(AF_INET6, public6[i], ip), 1);
        ck_assert_msg(nd_ip6_is_public(ip), "%s", public6[i]);
    }
}
END_TEST

ND_TEST_MAIN("web/guard", no_spelling_of_a_private_ip4_address, no_other_private_address,
             ports_of_a_public_host, names_that_resolve_to_private_addresses, names_that_change_their_mind,
             names_with_addresses_of_both_kinds, what_a_server_calls_its_page_is_not_repeated,
             redirects_to_private_addresses, redirects_without_end, proxies_of_the_environment_are_not_used,
             open_connections_are_not_shared, hosts_of_the_users_list, public_addresses)
