/* Answers of search services: what is taken from them is clean and within its limits. */
#include "fuzz.h"
#include "nightdesk/base/text.h"
#include "search_provider.h"

static void check_line(const char *line, size_t max)
{
    struct nd_view v = nd_view_of(line);
    FUZZ_CHECK(line && v.len <= max && nd_utf8_valid(v));
    for (size_t at = 0; at < v.len;) {
        uint32_t c = nd_utf8_next(v, &at);
        FUZZ_CHECK(c >= ' ' && !nd_is_unsafe(c));
    }
}

static void check_hits(const struct nd_web_hits *hits)
{
    FUZZ_CHECK(hits->n <= ND_WEB_HITS_MAX);
    for (size_t i = 0; i < hits->n; i++) {
        struct nd_url url;
        FUZZ_CHECK(nd_url_split(&url, nd_view_of(hits->v[i].url)));
        check_line(hits->v[i].title, ND_WEB_TITLE_MAX_BYTES);
        check_line(hits->v[i].snippet, ND_WEB_SNIPPET_MAX_BYTES);
        if (hits->v[i].published) FUZZ_CHECK(strlen(hits->v[i].published) == strlen("2026-11-24"));
        for (size_t k = 0; k < i; k++) FUZZ_CHECK(strcmp(hits->v[k].url, hits->v[i].url) != 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nd_json *answer = NULL;
    if (nd_json_parse(&answer, fuzz_view(data, size), NULL) != ND_OK) return 0;
    for (const struct provider *const *p = providers; *p; p++) {
        struct nd_web_hits hits = {.n = 0};
        struct nd_error err = {0};
        enum nd_rc rc = (*p)->read(answer, &hits, &err);
        FUZZ_CHECK(rc == ND_OK || (rc == ND_BAD_INPUT && err.notes > 0));
        check_hits(&hits);
        nd_web_hits_release(&hits);
    }
    nd_json_free(answer);
    return 0;
}
