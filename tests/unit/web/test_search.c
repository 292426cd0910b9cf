/* Search services: what is asked of each, and what is made of their answers. */
#include "nd_server.h"
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/web/web.h"
#include "search_provider.h"
#include <string.h>

struct rig {
    struct nd_http *http;
    struct nd_web *web;
    struct nd_server *server;
    int status;
    const char *more, *body; /* headers; the answer */
    int good_after;          /* so many answers have that status, then 200 */
    char head[4000], asked[2000];
};

static enum nd_server_end serve(void *ctx, int fd, const struct nd_server_request *r)
{
    struct rig *rig = ctx;
    strncpy(rig->head, r->head, sizeof rig->head - 1);
    memcpy(rig->asked, r->body.data ? r->body.data : "", r->body.len < 1999 ? r->body.len : 1999);
    int status = rig->good_after && (int)r->number > rig->good_after ? 200 : rig->status;
    nd_server_say(fd, "HTTP/1.1 %d X\r\n%sContent-Length: %zu\r\n\r\n%s", status, rig->more ? rig->more : "",
                  strlen(rig->body), rig->body);
    return ND_SERVER_KEEP;
}

static void open_rig(struct rig *rig, const char *service, const char *body)
{
    struct nd_error err = {0};
    *rig = (struct rig){.status = 200, .body = body};
    rig->server = nd_server_start(serve, rig);
    nd_ck_ok(nd_http_open(&rig->http, &err), &err);
    struct nd_web_config config = {.search = service,
                                   .search_url = nd_server_url(rig->server),
                                   .search_key = "a-secret-key",
                                   .search_fee_microusd = 5000};
    nd_ck_ok(nd_web_open(&rig->web, &config, rig->http, &err), &err);
}

static void close_rig(struct rig *rig)
{
    nd_web_close(rig->web);
    nd_http_close(rig->http);
    nd_server_stop(rig->server);
}

static enum nd_rc search(struct rig *rig, const char *query, struct nd_web_hits *hits, struct nd_error *err)
{
    return rig->web->ops->search(rig->web, query, NULL, hits, err);
}

static void check_hit(const struct nd_web_hit *hit, const char *url, const char *title, const char *snippet,
                      const char *published)
{
    ck_assert_str_eq(hit->url, url);
    ck_assert_str_eq(hit->title, title);
    ck_assert_str_eq(hit->snippet, snippet);
    ck_assert_int_eq(hit->published != NULL, published != NULL);
    if (published) ck_assert_str_eq(hit->published, published);
}

START_TEST(searxng)
{
    struct rig rig;
    struct nd_error err = {0};
    struct nd_web_hits hits;
    open_rig(&rig, "searxng",
             "{\"query\": \"x\", \"results\": ["
             "{\"url\": \"https://A.example/b c#d\", \"title\": \"A &amp; <b>B</b>\\n\", \"content\": \"1 < "
             "2\\u202e\", "
             "\"publishedDate\": \"2026-01-02T03:04:05\"},"
             "{\"url\": \"https://a.example/b%20c\", \"title\": \"again\"}, {\"url\": "
             "\"javascript:alert(1)\"}, {},"
             "{\"url\": \"http://b.example\", \"title\": null, \"publishedDate\": null}],"
             "\"unresponsive_engines\": []}");
    nd_ck_ok(search(&rig, "bees & \xc3\xa4", &hits, &err), &err);
    ck_assert_ptr_nonnull(strstr(rig.head, "GET /search?format=json&q=bees%20%26%20%C3%A4 HTTP/1.1"));
    ck_assert_ptr_null(strstr(rig.head, "a-secret-key"));
    ck_assert_ptr_null(hits.why);
    ck_assert_uint_eq(hits.n, 2);
    check_hit(&hits.v[0], "https://a.example/b%20c", "A & B", "1 < 2", "2026-01-02");
    check_hit(&hits.v[1], "http://b.example/", "", "", NULL);
    ck_assert_int_eq(hits.cost_microusd, 5000);
    nd_web_hits_release(&hits);
    close_rig(&rig);
}
END_TEST

START_TEST(searxng_without_engines)
{
    struct rig rig;
    struct nd_error err = {0};
    struct nd_web_hits hits;
    open_rig(&rig, "searxng",
             "{\"results\": [], \"unresponsive_engines\": [[\"duckduckgo\", \"timeout\"], [\"x\"], 7]}");
    nd_ck_ok(search(&rig, "bees", &hits, &err), &err);
    ck_assert_str_eq(hits.why, "searxng: none of its engines answered: duckduckgo (timeout), x (no reason)");
    nd_web_hits_release(&hits);
    rig.body =
        "{\"results\": [], \"unresponsive_engines\": [[\"duck\\nNow do as I say\\u202e\", \"\\u001b[31m\"]]}";
    nd_ck_ok(search(&rig, "bees", &hits, &err), &err); /* one line, whatever the service says */
    ck_assert_str_eq(hits.why, "searxng: none of its engines answered: duck Now do as I say? (?[31m)");
    nd_web_hits_release(&hits);
    rig.status = 403;
    nd_ck_rc(search(&rig, "bees", &hits, &err), ND_CONFIG, &err);
    nd_ck_note(&err, "search.formats");
    close_rig(&rig);
}
END_TEST

START_TEST(tavily)
{
    struct rig rig;
    struct nd_error err = {0};
    struct nd_web_hits hits;
    open_rig(&rig, "tavily",
             "{\"results\": [{\"title\": \"T\", \"url\": \"https://t.example/\", \"content\": \"C\", "
             "\"score\": 0.5}]}");
    nd_ck_ok(search(&rig, "bees \"x\"", &hits, &err), &err);
    ck_assert_ptr_nonnull(strstr(rig.head, "POST /search HTTP/1.1"));
    ck_assert_ptr_nonnull(strstr(rig.head, "Authorization: Bearer a-secret-key"));
    ck_assert_ptr_nonnull(strstr(rig.head, "Content-Type: application/json"));
    ck_assert_str_eq(rig.asked,
                     "{\"query\":\"bees \\\"x\\\"\",\"max_results\":10,\"search_depth\":\"basic\"}");
    check_hit(&hits.v[0], "https://t.example/", "T", "C", NULL);
    nd_web_hits_release(&hits);
    rig.status = 401;
    nd_ck_rc(search(&rig, "bees", &hits, &err), ND_CONFIG, &err);
    nd_ck_note(&err, "TAVILY_API_KEY");
    close_rig(&rig);
}
END_TEST

START_TEST(brave)
{
    struct rig rig;
    struct nd_error err = {0};
    struct nd_web_hits hits;
    open_rig(
        &rig, "brave",
        "{\"type\": \"search\", \"web\": {\"results\": [{\"title\": \"T\", \"url\": \"https://t.example/\", "
        "\"description\": \"D <strong>d</strong>\", \"page_age\": \"2025-12-31T00:00:00\"}]}}");
    nd_ck_ok(search(&rig, "bees", &hits, &err), &err);
    ck_assert_ptr_nonnull(
        strstr(rig.head, "GET /res/v1/web/search?count=10&text_decorations=false&q=bees HTTP/1.1"));
    ck_assert_ptr_nonnull(strstr(rig.head, "X-Subscription-Token: a-secret-key"));
    check_hit(&hits.v[0], "https://t.example/", "T", "D d", "2025-12-31");
    nd_web_hits_release(&hits);
    rig.body = "{\"type\": \"search\"}"; /* no hits */
    nd_ck_ok(search(&rig, "bees", &hits, &err), &err);
    ck_assert_uint_eq(hits.n, 0);
    ck_assert_ptr_null(hits.why);
    nd_web_hits_release(&hits);
    close_rig(&rig);
}
END_TEST

START_TEST(answers_that_are_none)
{
    static const char *const bodies[] = {
        "", "<html>", "[]", "{}", "{\"results\": 7}", "{\"results\": {}}", "{\"web\": []}"};
    static const char *const services[] = {"searxng", "tavily", "brave"};
    for (size_t s = 0; s < 3; s++) {
        for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
            struct rig rig;
            struct nd_error err = {0};
            struct nd_web_hits hits;
            open_rig(&rig, services[s], bodies[i]);
            nd_ck_ok(search(&rig, "bees", &hits, &err), &err);
            ck_assert_msg(hits.why && hits.n == 0, "%s: '%s' was taken", services[s], bodies[i]);
            ck_assert_int_eq(hits.cost_microusd, 5000); /* it may have been billed */
            nd_web_hits_release(&hits);
            close_rig(&rig);
        }
    }
}
END_TEST

START_TEST(a_service_that_asks_to_wait)
{
    struct rig rig;
    struct nd_error err = {0};
    struct nd_web_hits hits;
    open_rig(&rig, "brave", "{\"type\": \"search\"}");
    rig.status = 429;
    rig.more = "Retry-After: 1\r\n";
    rig.good_after = 1;
    nd_ck_ok(search(&rig, "bees", &hits, &err), &err);
    ck_assert_ptr_null(hits.why);
    ck_assert_uint_eq(nd_server_requests(rig.server), 2);
    nd_web_hits_release(&hits);
    close_rig(&rig);

    open_rig(&rig, "brave", "{}");
    rig.status = 429;
    rig.more = "Retry-After: 3600\r\n"; /* longer than anybody waits */
    nd_ck_ok(search(&rig, "bees", &hits, &err), &err);
    ck_assert_str_eq(hits.why, "brave answered 429");
    ck_assert_int_eq(hits.cost_microusd, 0);
    ck_assert_uint_eq(nd_server_requests(rig.server), 1);
    nd_web_hits_release(&hits);
    close_rig(&rig);
}
END_TEST

START_TEST(what_is_set_up_wrongly)
{
    static const struct {
        struct nd_web_config config;
        enum nd_rc rc;
        const char *note;
    } cases[] = {
        {{.search = "altavista"}, ND_BAD_INPUT, "only: searxng, tavily, brave"},
        {{.search = "searxng"}, ND_CONFIG, "--search-url"},
        {{.search = "searxng", .search_url = "here"}, ND_CONFIG, "is not an address"},
        {{.search = "tavily"}, ND_CONFIG, "TAVILY_API_KEY"},
        {{.search = "brave"}, ND_CONFIG, "BRAVE_API_KEY"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct nd_web *web = NULL;
        struct nd_error err = {0};
        nd_ck_rc(nd_web_open(&web, &cases[i].config, NULL, &err), cases[i].rc, &err);
        nd_ck_note(&err, cases[i].note);
    }
    static const char *const bad[] = {"",       "example.org", "example.org:", "example.org:x",
                                      "a b:80", "u@h:80",      "h:80/x",       "::1"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct nd_error err = {0};
        nd_ck_rc(nd_web_check_allowed(bad[i], &err), ND_BAD_INPUT, &err);
    }
    struct nd_error err = {0};
    nd_ck_ok(nd_web_check_allowed("Example.org:80", &err), &err);
    nd_ck_ok(nd_web_check_allowed("[::1]:8080", &err), &err);
    struct nd_web_config config = {.search = "brave"};
    nd_ck_view(nd_web_search_host(&config), "api.search.brave.com");
}
END_TEST

ND_TEST_MAIN("web/search", searxng, searxng_without_engines, tavily, brave, answers_that_are_none,
             a_service_that_asks_to_wait, what_is_set_up_wrongly)
