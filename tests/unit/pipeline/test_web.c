/* Pages of the web as sources: ids, provenance, numbers, queries, and whole runs over a web of our own. */
#include "bees.h"
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "parrot.h"
#include "web_pages.h"
#include "web_query.h"

#include <string.h>

#define TOPIC "\"topic\": \"Write a report on keeping bee colonies: swarming, feeding and varroa mites.\""
#define WEB "\"web\": {\"search\": \"fake\"}"

/* ---- a web of four pages ---- */

struct fake {
    struct nd_web web;
    unsigned searches, fetches;
    char asked[2000]; /* queries, one a line */
    bool search_fails;
    const char *fails_on; /* a query that holds it fails; NULL: none */
};

static const struct {
    const char *url, *html;
} pages[] = {
    {"https://bees.example/oxalic",
     "<html><head><title>Oxalic acid</title></head><body><main><h1>Oxalic acid against varroa mites</h1>"
     "<p>Oxalic acid should be trickled on the bees in December, when the colony has no brood, because the "
     "acid "
     "does not reach mites in capped cells. Varroa mites in capped brood survive the treatment, so the "
     "treatment must be timed to a broodless week.</p><p><a href='/dose?x=1#top'>The dose of oxalic acid</a> "
     "<a href='http://169.254.169.254/latest/'>metadata</a> <a href='javascript:alert(1)'>no</a></p></main>"
     "</body></html>"},
    {"https://bees.example/oxalic-again",
     "<html><head><title>Oxalic acid</title></head><body><main><h1>Oxalic acid against varroa mites</h1>"
     "<p>Oxalic acid should be trickled on the bees in December, when the colony has no brood, because the "
     "acid "
     "does not reach mites in capped cells. Varroa mites in capped brood survive the treatment, so the "
     "treatment must be timed to a broodless week.</p><p><a href='/dose?x=1#top'>The dose of oxalic acid</a> "
     "<a href='http://169.254.169.254/latest/'>metadata</a> <a href='javascript:alert(1)'>no</a></p></main>"
     "</body></html>"},
    {"https://bees.example/swarms",
     "<html><head><title>Swarm traps</title></head><body><main><h1>Swarming and swarm traps</h1><p>A swarm "
     "trap "
     "should hang five meters above the ground and hold about forty liters, because swarming scouts prefer a "
     "cavity of that size. Old comb in the trap attracts swarms more than any "
     "lure.</p></main></body></html>"},
};

static char *copy(const char *text)
{
    return nd_strdup(text);
}

static enum nd_rc search(struct nd_web *web, const char *query, const atomic_bool *stop,
                         struct nd_web_hits *out, struct nd_error *err)
{
    (void)stop, (void)err;
    struct fake *f = (struct fake *)(void *)web;
    f->searches++;
    strncat(f->asked, query, sizeof f->asked - strlen(f->asked) - 2);
    strcat(f->asked, "\n");
    *out = (struct nd_web_hits){.cost_microusd = 5000};
    if (f->search_fails || (f->fails_on && strstr(query, f->fails_on))) {
        out->why = copy("the service is asleep");
        return ND_OK;
    }
    bool mites = strstr(query, "arroa") != NULL;
    out->v[out->n++] = (struct nd_web_hit){copy("https://gone.example/"), copy("Gone"), copy(""), NULL};
    out->v[out->n++] = (struct nd_web_hit){copy(pages[mites ? 0 : 2].url), copy("A page"), copy("x"), NULL};
    if (mites) out->v[out->n++] = (struct nd_web_hit){copy(pages[1].url), copy("Again"), copy("x"), NULL};
    return ND_OK;
}

static enum nd_rc fetch(struct nd_web *web, const char *url, const atomic_bool *stop, struct nd_web_page *out,
                        struct nd_error *err)
{
    (void)stop, (void)err;
    ((struct fake *)(void *)web)->fetches++;
    *out = (struct nd_web_page){.url = copy(url), .media_type = copy("text/html"), .body = ND_BYTES(ND_MIB)};
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++) {
        if (strcmp(pages[i].url, url) != 0) continue;
        nd_bytes_add_str(&out->body, pages[i].html);
        return ND_OK;
    }
    out->why = copy("the server answered 404");
    return ND_OK;
}

static const struct nd_web_ops ops = {search, fetch, NULL};

static void give_web(struct bees *b, struct fake *f)
{
    *f = (struct fake){.web = {.ops = &ops, .search = "fake", .search_fee_microusd = 5000}};
    nd_desk_close(b->desk);
    b->desk = nd_desk_open(&(struct nd_desk_config){.threads = 2, .reader = ND_BINARY_DIR "/nightdesk-read"});
    nd_desk_set_web(b->desk, &f->web);
    b->rehearsal.desk = b->desk;
}

static void open_with(struct bees *b, struct fake *f, const char *request)
{
    bees_open(b, request);
    give_web(b, f);
}

/* ---- whole runs ---- */

static const struct nd_json *source_with(const struct bees *b, const char *url)
{
    ND_JSON_EACH(source, nd_json_get(b->made[ND_FACT_CHECK].json, "sources"))
    {
        const char *its = nd_json_get_str(source, "url");
        if (its && strcmp(its, url) == 0) return source;
    }
    return NULL;
}

START_TEST(a_run_quotes_pages_beside_documents)
{
    struct bees b;
    struct fake f;
    open_with(&b, &f, "{" TOPIC ", " WEB "}");
    bees_run(&b);
    ck_assert_uint_ge(f.searches, 3);
    ck_assert(bees_says(&b, "Oxalic acid should be trickled"));
    ck_assert(bees_says(&b, "must divide the colony on the same day"));
    const struct nd_json *report = b.made[ND_FACT_CHECK].json, *checks = nd_json_get(report, "checks");
    ck_assert_int_eq(nd_json_get_int(checks, "quotes_verified", -1),
                     nd_json_get_int(checks, "quotes_total", -2));
    const struct nd_json *acid = source_with(&b, pages[0].url),
                         *gone = source_with(&b, "https://gone.example/");
    ck_assert(nd_json_get_bool(acid, "used", false) && nd_json_get_bool(acid, "found", false));
    ck_assert_str_eq(nd_json_get_str(acid, "path"), "bees.example/oxalic");
    ck_assert_str_eq(nd_json_get_str(gone, "status"), "failed");
    ck_assert_str_eq(nd_json_get_str(gone, "why"), "the server answered 404");
    ck_assert_ptr_null(source_with(&b, pages[1].url)); /* the same bytes are one source */
    const struct nd_json *receipt = nd_json_get(report, "receipt");
    ck_assert_int_ge(nd_json_get_int(receipt, "found", 0), 3);
    ck_assert_int_eq(nd_json_get_int(receipt, "found_failed", 0), 1);
    bees_close(&b);
}
END_TEST

START_TEST(pages_do_not_depend_on_the_order_of_lanes)
{
    char *bytes[2];
    for (int i = 0; i < 2; i++) {
        struct bees b;
        struct fake f;
        open_with(&b, &f, "{" TOPIC ", " WEB "}");
        b.rehearsal.last_lane_first = i == 1;
        bees_run(&b);
        bytes[i] = bees_bytes(&b);
        bees_close(&b);
    }
    ck_assert_str_eq(bytes[1], bytes[0]);
    nd_free(bytes[0]);
    nd_free(bytes[1]);
}
END_TEST

START_TEST(a_search_that_fails_is_told)
{
    struct bees b;
    struct fake f;
    open_with(&b, &f, "{" TOPIC ", " WEB "}");
    f.search_fails = true;
    bees_run(&b);
    char *bytes = bees_bytes(&b);
    ck_assert_ptr_nonnull(strstr(bytes, "The web was not searched for 'Swarming': the service is asleep."));
    ck_assert_uint_eq(f.fetches, 0);
    nd_free(bytes);
    bees_close(&b);
}
END_TEST

static struct nd_json *search_first(void *ctx, const char *job, unsigned n, const struct nd_json *args)
{
    (void)ctx, (void)args;
    if (strcmp(job, "research") != 0 || n > 0) return NULL;
    return parrot_calls_tool("search_web", "{\"query\": \"the man in the moon\"}");
}

/* What the report of a run says whose model asks the web for the moon in its first turn. Caller frees. */
static char *after_a_search_of_the_model(bool all_fail)
{
    struct parrot parrot = {.say = search_first};
    struct bees b;
    struct fake f;
    parrot_open(&parrot, &b, "{" TOPIC ", " WEB ", \"writer\": \"parrot:grey\"}");
    give_web(&b, &f);
    f.search_fails = all_fail;
    f.fails_on = "the moon";
    bees_run(&b);
    ck_assert(parrot_was_shown(&parrot, 0, "The web is searched too")); /* in the plan's question */
    char *bytes = bees_bytes(&b);
    bees_close(&b);
    parrot_close(&parrot);
    return bytes;
}

START_TEST(a_search_of_a_model_that_fails_is_told)
{
    char *bytes = after_a_search_of_the_model(false);
    ck_assert_ptr_nonnull(strstr(bytes, "1 of 2 searches of the web failed for '"));
    ck_assert_ptr_null(strstr(bytes, "The web was not searched"));
    nd_free(bytes);
    bytes = after_a_search_of_the_model(true);
    ck_assert_ptr_nonnull(strstr(bytes, "The web was not searched for '"));
    ck_assert_ptr_null(strstr(bytes, "searches of the web failed"));
    nd_free(bytes);
}
END_TEST

/* ---- ids ---- */

static struct nd_json *json_of(const char *text)
{
    struct nd_json *json = NULL;
    struct nd_error err = {0};
    nd_ck_ok(nd_json_parse(&json, nd_view_of(text), &err), &err);
    return json;
}

static void add_step(struct nd_lane *lane, const char *tool, const char *observation)
{
    struct nd_transcript *t = &lane->transcript;
    ND_GROW(t->v, t->n, t->cap);
    struct nd_step *step = &t->v[t->n++];
    *step = (struct nd_step){.action.kind = ND_ACT_TOOL, .observation = json_of(observation)};
    strcpy(step->action.name, tool);
    step->action.args = nd_json_object();
}

START_TEST(only_recorded_addresses_have_ids)
{
    struct nd_lane lane0 = {.id = "0"}, lane = {.id = "1"}, other = {.id = "2"};
    add_step(&lane0, "fetch",
             "{\"pages\": [{\"id\": \"u1\", \"url\": \"https://u.example/\", \"links\": [{\"id\": \"u1.1\", "
             "\"url\": \"https://u.example/a\", \"text\": \"\"}]}]}");
    add_step(&lane, "search", "{\"results\": [{\"id\": \"r1\", \"url\": \"https://r.example/\"}]}");
    add_step(&lane, "open",
             "{\"id\": \"r1\", \"url\": \"https://r.example/\", \"links\": [{\"id\": \"r1.1\", \"url\": "
             "\"https://r.example/b\", \"text\": \"\"}]}");
    add_step(&other, "search", "{\"results\": [{\"id\": \"r2\", \"url\": \"https://other.example/\"}]}");
    struct nd_scene scene = {.lane0 = &lane0, .lane = &lane};
    ck_assert_str_eq(nd_web_address(&scene, "r1"), "https://r.example/");
    ck_assert_str_eq(nd_web_address(&scene, "r1.1"), "https://r.example/b");
    ck_assert_str_eq(nd_web_address(&scene, "u1"), "https://u.example/");
    ck_assert_str_eq(nd_web_address(&scene, "u1.1"), "https://u.example/a");
    static const char *const none[] = {"",      ".", "r1.", ".1", "r2", "r1.2", "u2", "https://r.example/",
                                       "r1.1.1"};
    for (size_t i = 0; i < sizeof none / sizeof *none; i++)
        ck_assert_ptr_null(nd_web_address(&scene, none[i]));
    nd_transcript_release(&lane0.transcript);
    nd_transcript_release(&lane.transcript);
    nd_transcript_release(&other.transcript);
}
END_TEST

/* ---- queries ---- */

static void check_cut(const char *query, const char *wanted)
{
    char *cut = nd_query_cut(query);
    ck_assert_str_eq(cut, wanted);
    nd_free(cut);
}

START_TEST(queries_are_cut)
{
    check_cut(NULL, "");
    check_cut(" \n ", "");
    check_cut("  bees\n\tand \xe2\x80\xae mites ", "bees and mites");
    char *many = nd_calloc(1, 400), *wide = nd_calloc(1, 400);
    for (size_t i = 0; i < 40; i++) strcat(many, "ab ");
    char *cut = nd_query_cut(many);
    ck_assert_uint_eq(strlen(cut), 32 * 3 - 1);
    nd_free(cut);
    memset(wide, 'x', 300);
    wide[100] = wide[200] = ' ';
    cut = nd_query_cut(wide);
    ck_assert_uint_eq(strlen(cut), 200); /* whole words only */
    nd_free(cut);
    nd_free(many);
    nd_free(wide);
}
END_TEST

static bool leaks(struct bees *b, const char *query)
{
    struct nd_lane lane0 = {.id = "0"};
    struct nd_json *seen = nd_json_copy(b->sources);
    struct nd_json *sources = nd_json_array();
    ND_JSON_EACH(source, nd_json_get(seen, "sources"))
    {
        struct nd_json *own = nd_json_add(sources, nd_json_copy(source));
        bool local = strcmp(nd_json_get_str(source, "path"), "notes.pdf") == 0;
        nd_json_set_bool(own, "local", local);
    }
    nd_json_set(seen, "sources", sources);
    add_step(&lane0, "read", "{}");
    nd_json_free(lane0.transcript.v[0].observation);
    lane0.transcript.v[0].observation = seen;
    struct nd_scene scene = {
        .lane0 = &lane0, .lane = &lane0, .request = b->request, .objects = b->objects, .pipeline = b->desk};
    bool found = false;
    struct nd_error err = {0};
    nd_ck_ok(nd_query_leaks(&scene, query, &found, &err), &err);
    nd_transcript_release(&lane0.transcript);
    return found;
}

START_TEST(queries_hold_no_piece_of_a_private_document)
{
    struct bees b;
    bees_open(&b, "{\"topic\": \"American foulbrood must be reported, they say\"}");
    ck_assert(leaks(&b, "A brown thread that can be drawn from a dead larva"));
    ck_assert(leaks(&b, "why a BROWN thread  that\ncan be drawn"));
    ck_assert(leaks(&b, "notes of a bee inspector")); /* its title */
    ck_assert(leaks(&b, "brown, thread (that) can-be drawn!"));
    ck_assert(!leaks(&b, "a brown thread"));
    ck_assert(!leaks(&b, "foulbrood larva thread"));
    ck_assert(!leaks(&b, "american foulbrood must be reported"));     /* the user's own words */
    ck_assert(!leaks(&b, "swarm cells hang from the lower edge of")); /* of another document */
    bees_close(&b);
}
END_TEST

ND_TEST_MAIN("pipeline/web", a_run_quotes_pages_beside_documents, pages_do_not_depend_on_the_order_of_lanes,
             a_search_that_fails_is_told, a_search_of_a_model_that_fails_is_told,
             only_recorded_addresses_have_ids, queries_are_cut, queries_hold_no_piece_of_a_private_document)
