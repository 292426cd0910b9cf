/* The check of a query slides a window of ND_PRIVATE_SPAN_BYTES over each private text: one pass a text. */
#include "web_query.h"
#include "library.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"
#include "nightdesk/core/web.h"
#include <stdlib.h>
#include <string.h>

#define SPAN ND_PRIVATE_SPAN_BYTES
#define HASH_BASE UINT64_C(0x100000001b3)

char *nd_query_cut(const char *query)
{
    struct nd_view given = nd_view_of(query);
    struct nd_bytes line = ND_BYTES(ND_WEB_QUERY_MAX_BYTES);
    size_t words = 0, kept = 0;
    for (size_t at = 0; at < given.len && !line.over;) {
        uint32_t c = nd_utf8_next(given, &at);
        bool blank = nd_is_space(c) || nd_is_unsafe(c) || c < ' ';
        bool ends = line.len > kept;
        if (blank && ends) kept = line.len;
        if (blank) continue;
        if (line.len == kept && words++ == ND_WEB_QUERY_MAX_WORDS) break;
        if (line.len == kept && kept > 0) nd_bytes_add_char(&line, ' ');
        nd_utf8_add(&line, c);
    }
    if (line.over || words > ND_WEB_QUERY_MAX_WORDS) line.data[line.len = kept] = '\0';
    return nd_bytes_take(&line, NULL);
}

/* ---- what is private ---- */

/* Lower case, white space as one blank: what two texts are compared by. */
static void fold(struct nd_view text, struct nd_bytes *out)
{
    for (size_t at = 0; at < text.len;) {
        uint32_t c = nd_utf8_next(text, &at);
        if (!nd_is_space(c))
            nd_utf8_add(out, nd_text_lower(c));
        else if (out->len > 0 && out->data[out->len - 1] != ' ')
            nd_bytes_add_char(out, ' ');
    }
}

/* The windows of a query that only a private text could have given it. */
struct windows {
    struct nd_view query; /* folded */
    uint64_t hash[ND_WEB_QUERY_MAX_BYTES * 2];
    size_t at[ND_WEB_QUERY_MAX_BYTES * 2];
    size_t n;
};

static uint64_t hash_of(const char *text)
{
    uint64_t hash = 0;
    for (size_t i = 0; i < SPAN; i++) hash = hash * HASH_BASE + (unsigned char)text[i];
    return hash;
}

static void add_own(const struct nd_strings *texts, struct nd_bytes *own)
{
    for (size_t i = 0; i < texts->n; i++) nd_bytes_addf(own, "%s\n", texts->v[i]);
}

/* All that the user asks for in words of their own, folded. */
static void own_words(const struct nd_request *request, struct nd_bytes *out)
{
    struct nd_bytes own = ND_BYTES(ND_REQUEST_MAX_BYTES);
    nd_bytes_addf(&own, "%s\n", request->topic);
    add_own(&request->questions, &own);
    add_own(&request->must_cover, &own);
    for (size_t i = 0; i < request->outline_count; i++) {
        const struct nd_outline_item *item = &request->outline[i];
        nd_bytes_addf(&own, "%s\n%s\n", item->title, item->question ? item->question : "");
    }
    fold(nd_bytes_view(&own), out);
    nd_bytes_release(&own);
}

static void windows_of(struct windows *w, struct nd_view query, struct nd_view own)
{
    w->query = query;
    w->n = 0;
    for (size_t i = 0; i + SPAN <= query.len && w->n < sizeof w->at / sizeof *w->at; i++) {
        if (nd_view_find(own, nd_view_sub(query, i, i + SPAN), 0) != SIZE_MAX) continue;
        w->at[w->n] = i;
        w->hash[w->n++] = hash_of(query.data + i);
    }
}

static bool holds_window(const struct windows *w, const char *at, uint64_t hash)
{
    for (size_t i = 0; i < w->n; i++)
        if (w->hash[i] == hash && memcmp(w->query.data + w->at[i], at, SPAN) == 0) return true;
    return false;
}

/* text is folded. */
static bool holds_piece(const struct windows *w, struct nd_view text)
{
    if (text.len < SPAN || w->n == 0) return false;
    uint64_t hash = hash_of(text.data), out = 1;
    for (size_t i = 1; i < SPAN; i++) out *= HASH_BASE;
    for (size_t at = 0;; at++) {
        if (holds_window(w, text.data + at, hash)) return true;
        if (at + SPAN >= text.len) return false;
        hash = (hash - out * (unsigned char)text.data[at]) * HASH_BASE + (unsigned char)text.data[at + SPAN];
    }
}

static bool is_in_source(const struct windows *w, const struct nd_source *source,
                         const struct nd_pages *pages)
{
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    fold(nd_view_of(source->reading->title), &text);
    bool found = holds_piece(w, nd_bytes_view(&text));
    for (size_t p = 0; p < pages->n && !found; p++) {
        nd_bytes_clear(&text);
        fold(pages->page[p], &text);
        found = holds_piece(w, nd_bytes_view(&text));
    }
    nd_bytes_release(&text);
    return found;
}

enum nd_rc nd_query_leaks(const struct nd_scene *scene, const char *query, bool *leaks, struct nd_error *err)
{
    struct nd_library *lib = NULL;
    enum nd_rc rc = nd_library_of(scene, &lib, err);
    if (rc != ND_OK) return rc;
    const struct nd_sources *sources = nd_library_sources(lib);
    struct nd_bytes folded = ND_BYTES(ND_BYTES_MAX), own = ND_BYTES(ND_BYTES_MAX);
    struct windows *w = ND_NEW(struct windows);
    fold(nd_view_of(query), &folded);
    own_words(scene->request, &own);
    windows_of(w, nd_bytes_view(&folded), nd_bytes_view(&own));
    bool found = false;
    for (uint32_t i = 0; i < sources->n && w->n > 0 && !found && rc == ND_OK; i++) {
        const struct nd_source *s = &sources->v[i];
        const struct nd_pages *pages = NULL;
        if (!s->local && !s->confidential) continue;
        rc = nd_library_pages(lib, scene->objects, i + 1, &pages, err);
        if (rc == ND_OK) found = is_in_source(w, s, pages);
    }
    *leaks = found;
    nd_free(w);
    nd_bytes_release(&folded);
    nd_bytes_release(&own);
    return rc;
}
