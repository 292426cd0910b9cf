/* The check of a query slides a window of ND_PRIVATE_SPAN_BYTES over each private text: one pass a text. Open
 * texts are read only for the query's codes. */
#include "web_query.h"
#include "library.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"
#include "nightdesk/core/web.h"
#include <stdlib.h>
#include <string.h>

#define SPAN ND_PRIVATE_SPAN_BYTES
#define CODES_MAX (ND_LEAVING_MAX_BYTES / ND_PRIVATE_WORD_BYTES)
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

static bool is_word(uint32_t c)
{
    return nd_is_letter(c) || nd_is_digit(c) || nd_is_mark(c);
}

/* Is there but a line's end between the hyphen before `at` and a small letter? *next: that letter. */
static bool goes_on(struct nd_view text, size_t at, size_t *next)
{
    bool breaks = false;
    while (at < text.len) {
        size_t here = at;
        uint32_t c = nd_utf8_next(text, &at);
        *next = here;
        if (!nd_is_space(c)) return breaks && nd_is_lower(c);
        breaks = breaks || c == '\n';
    }
    return false;
}

/* Words in lower case with a blank before each and behind the last: what two texts are compared by. */
static void fold(struct nd_view text, struct nd_bytes *out)
{
    bool inside = false;
    for (size_t at = 0, next = 0; at < text.len;) {
        uint32_t c = nd_utf8_next(text, &at);
        if (is_word(c)) {
            if (!inside) nd_bytes_add_char(out, ' ');
            nd_utf8_add(out, nd_text_lower(c));
        } else if (inside && (c == '-' || c == 0x2010) && goes_on(text, at, &next)) {
            at = next;
            continue;
        }
        inside = is_word(c);
    }
    nd_bytes_add_char(out, ' ');
}

/* The windows of a query that only a private text could have given it. */
struct windows {
    struct nd_view query; /* folded */
    uint64_t hash[ND_LEAVING_MAX_BYTES * 2];
    size_t at[ND_LEAVING_MAX_BYTES * 2];
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

/* ---- words that only one document has ---- */

/* The next word of folded text that is long and has a digit, with its blanks; false: none. */
static bool next_code(struct nd_view text, size_t *at, struct nd_view *code)
{
    while (*at + 1 < text.len) {
        size_t start = *at, end = nd_view_find(text, ND_VIEW(" "), start + 1);
        if (end == SIZE_MAX) return false;
        *at = end;
        *code = nd_view_sub(text, start, end + 1);
        bool digit = false;
        for (size_t i = 0; i < code->len; i++)
            digit = digit || (code->data[i] >= '0' && code->data[i] <= '9');
        if (digit && code->len - 2 >= ND_PRIVATE_WORD_BYTES) return true;
    }
    return false;
}

/* ---- the sources ---- */

struct question {
    struct windows windows;
    struct nd_bytes query, own; /* folded */
    bool piece;                 /* a private source holds a window */
    struct nd_view code[CODES_MAX];
    bool is_private[CODES_MAX], is_open[CODES_MAX]; /* held by such a source */
    size_t codes;
};

static void question_open(struct question *q, const struct nd_scene *scene, const char *query)
{
    *q = (struct question){.query = ND_BYTES(ND_BYTES_MAX), .own = ND_BYTES(ND_BYTES_MAX)};
    fold(nd_view_of(query), &q->query);
    own_words(scene->request, &q->own);
    struct nd_view own = nd_bytes_view(&q->own), code;
    windows_of(&q->windows, nd_bytes_view(&q->query), own);
    for (size_t at = 0; q->codes < CODES_MAX && next_code(nd_bytes_view(&q->query), &at, &code);)
        if (nd_view_find(own, code, 0) == SIZE_MAX) q->code[q->codes++] = code;
}

static void look_at(struct question *q, struct nd_view text, bool is_private)
{
    struct nd_bytes folded = ND_BYTES(ND_BYTES_MAX);
    fold(text, &folded);
    struct nd_view words = nd_bytes_view(&folded);
    if (is_private) q->piece = q->piece || holds_piece(&q->windows, words);
    for (size_t i = 0; i < q->codes; i++) {
        bool *held = is_private ? q->is_private : q->is_open;
        held[i] = held[i] || nd_view_find(words, q->code[i], 0) != SIZE_MAX;
    }
    nd_bytes_release(&folded);
}

static enum nd_rc look_at_source(struct question *q, const struct nd_scene *scene, struct nd_library *lib,
                                 uint32_t i, struct nd_error *err)
{
    const struct nd_source *s = &nd_library_sources(lib)->v[i];
    const struct nd_pages *pages = NULL;
    bool is_private = s->local || s->confidential;
    if (!is_private && q->codes == 0) return ND_OK;
    enum nd_rc rc = nd_library_pages(lib, scene->objects, i + 1, &pages, err);
    if (rc != ND_OK) return rc;
    look_at(q, nd_view_of(s->reading->title), is_private);
    for (size_t p = 0; p < pages->n && !q->piece; p++) look_at(q, pages->page[p], is_private);
    return ND_OK;
}

static bool any_private(const struct nd_sources *sources)
{
    for (size_t i = 0; i < sources->n; i++)
        if (sources->v[i].local || sources->v[i].confidential) return true;
    return false;
}

enum nd_rc nd_query_leaks(const struct nd_scene *scene, const char *query, bool *leaks, struct nd_error *err)
{
    struct nd_library *lib = NULL;
    enum nd_rc rc = nd_lane_library_of(scene, &lib, err);
    if (rc != ND_OK) return rc;
    *leaks = any_private(nd_library_sources(lib));
    if (!*leaks || strlen(query) > ND_LEAVING_MAX_BYTES) return ND_OK;
    struct question *q = ND_NEW(struct question);
    question_open(q, scene, query);
    bool asked = q->windows.n > 0 || q->codes > 0;
    for (uint32_t i = 0; asked && i < nd_library_sources(lib)->n && !q->piece && rc == ND_OK; i++)
        rc = look_at_source(q, scene, lib, i, err);
    *leaks = q->piece;
    for (size_t i = 0; i < q->codes; i++) *leaks = *leaks || (q->is_private[i] && !q->is_open[i]);
    nd_bytes_release(&q->query);
    nd_bytes_release(&q->own);
    nd_free(q);
    return rc;
}
