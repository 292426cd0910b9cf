#include "nightdesk/report/cited.h"

#include "doc.h"
#include "masks.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/core/source.h"

#include <stdlib.h>
#include <string.h>

struct page {
    char text_sha256[ND_SHA256_HEX];
    uint32_t page;
    char *text;
    size_t len;
};

/* Pages are kept in order, so that they are found by halving; they mostly arrive in order too. */
struct nd_cited {
    struct page *v;
    size_t n, cap;
};

struct nd_cited *nd_cited_new(void)
{
    return ND_NEW(struct nd_cited);
}

void nd_cited_free(struct nd_cited *cited)
{
    if (!cited) return;
    for (size_t i = 0; i < cited->n; i++) nd_free(cited->v[i].text);
    nd_free(cited->v);
    nd_free(cited);
}

static int compare(const struct page *p, const char *text_sha256, uint32_t page)
{
    int by_text = strcmp(p->text_sha256, text_sha256);
    return by_text ? by_text : (p->page > page) - (p->page < page);
}

/* Index of the first page that is not before the wanted one. */
static size_t place(const struct nd_cited *cited, const char *text_sha256, uint32_t page)
{
    size_t low = 0, high = cited->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (compare(&cited->v[middle], text_sha256, page) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_there(const struct nd_cited *cited, size_t at, const char *text_sha256, uint32_t page)
{
    return at < cited->n && compare(&cited->v[at], text_sha256, page) == 0;
}

enum nd_rc nd_cited_add(struct nd_cited *cited, const char *text_sha256, uint32_t page, struct nd_view text,
                        struct nd_error *err)
{
    if (!nd_is_hex(text_sha256, ND_SHA256_HEX - 1))
        return nd_fail(err, ND_BAD_INPUT, "'%.70s' is no sha256 of page texts", text_sha256);
    size_t at = place(cited, text_sha256, page);
    if (is_there(cited, at, text_sha256, page)) return ND_OK;
    if (cited->n >= ND_CITED_PAGES_MAX)
        return nd_fail(err, ND_OVER_LIMIT, "more than %d pages are cited", ND_CITED_PAGES_MAX);
    ND_GROW(cited->v, cited->n, cited->cap);
    memmove(&cited->v[at + 1], &cited->v[at], (cited->n - at) * sizeof *cited->v);
    struct page *p = &cited->v[at];
    *p = (struct page){.page = page, .text = nd_view_dup(text), .len = text.len};
    memcpy(p->text_sha256, text_sha256, ND_SHA256_HEX);
    cited->n++;
    return ND_OK;
}

bool nd_cited_text(const struct nd_cited *cited, const char *text_sha256, uint32_t page, struct nd_view *text)
{
    size_t at = place(cited, text_sha256, page);
    if (!is_there(cited, at, text_sha256, page)) return false;
    *text = (struct nd_view){cited->v[at].text, cited->v[at].len};
    return true;
}

void nd_cited_mask(struct nd_cited *cited, const char *text_sha256, uint32_t page, size_t start, size_t end)
{
    size_t at = place(cited, text_sha256, page);
    if (is_there(cited, at, text_sha256, page) && start <= end && end <= cited->v[at].len)
        mask_fill(cited->v[at].text, start, end);
}

static enum nd_rc load_source(struct nd_cited *cited, const struct doc *doc, size_t source,
                              struct nd_objects *objects, struct nd_error *err)
{
    const struct doc_source *s = &doc->sources[source];
    struct nd_bytes blob = ND_BYTES(ND_PAGE_TEXT_MAX_BYTES);
    struct nd_pages pages = {0};
    enum nd_rc rc = nd_objects_get(objects, s->text_sha256, &blob, err);
    if (rc == ND_OK) rc = nd_pages_split(&pages, nd_bytes_view(&blob), s->pages, err);
    for (size_t i = 0; rc == ND_OK && i < doc->quote_count; i++) {
        const struct doc_quote *q = &doc->quotes[i];
        if (q->source == source)
            rc = nd_cited_add(cited, s->text_sha256, q->page, nd_pages_at(&pages, q->page), err);
    }
    if (rc != ND_OK) nd_while(err, "while loading the page texts of source %zu", source + 1);
    nd_pages_release(&pages);
    nd_bytes_release(&blob);
    return rc;
}

enum nd_rc nd_cited_load(struct nd_cited *cited, const struct nd_json *report, struct nd_objects *objects,
                         struct nd_error *err)
{
    struct doc *doc = NULL;
    enum nd_rc rc = doc_open(&doc, report, err);
    for (size_t i = 0; rc == ND_OK && i < doc->source_count; i++) {
        if (doc->sources[i].quotes) rc = load_source(cited, doc, i, objects, err);
    }
    doc_free(doc);
    return rc;
}
