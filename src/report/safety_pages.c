/* The cited pages: what is on them, and their masks. */
#include "safety_run.h"

#include "masks.h"

#include "nightdesk/base/alloc.h"

#include <stdlib.h>
#include <string.h>

static int by_page(const void *a, const void *b)
{
    const struct safety_page *x = a, *y = b;
    if (x->source != y->source) return x->source < y->source ? -1 : 1;
    return (x->page > y->page) - (x->page < y->page);
}

/* One text may be that of several sources; a single one that is confidential makes it so. */
static bool text_is_confidential(const struct doc *doc, const char *text_sha256)
{
    for (size_t i = 0; i < doc->source_count; i++)
        if (doc->sources[i].confidential && strcmp(doc->sources[i].text_sha256, text_sha256) == 0)
            return true;
    return false;
}

static struct nd_view text_of(const struct safety *s, const struct safety_page *page)
{
    struct nd_view text = {"", 0};
    (void)nd_cited_text(s->pages, s->doc->sources[page->source].text_sha256, page->page, &text);
    return text;
}

void safety_search_pages(struct safety *s)
{
    const struct doc *doc = s->doc;
    struct safety_page *all = ND_ARRAY(struct safety_page, doc->quote_count + 1);
    for (size_t i = 0; i < doc->quote_count; i++)
        all[i] = (struct safety_page){.source = doc->quotes[i].source, .page = doc->quotes[i].page};
    qsort(all, doc->quote_count, sizeof *all, by_page);
    for (size_t i = 0; i < doc->quote_count; i++) {
        if (i && by_page(&all[i - 1], &all[i]) == 0) continue;
        all[s->page_count++] = all[i];
    }
    s->page = all;
    for (size_t i = 0; i < s->page_count; i++) {
        struct safety_page *page = &s->page[i];
        page->confidential = text_is_confidential(doc, doc->sources[page->source].text_sha256);
        nd_hazards_find(text_of(s, page), s->rules->forbidden, &page->found);
    }
}

void safety_free_pages(struct safety *s)
{
    for (size_t i = 0; i < s->page_count; i++) nd_hazards_release(&s->page[i].found);
    nd_free(s->page);
}

static const struct safety_page *page_of(const struct safety *s, const struct doc_quote *q)
{
    struct safety_page key = {.source = q->source, .page = q->page};
    return s->page_count ? bsearch(&key, s->page, s->page_count, sizeof key, by_page) : NULL;
}

bool safety_is_confidential(const struct safety *s, const struct doc_quote *q)
{
    const struct safety_page *page = page_of(s, q);
    return page && page->confidential;
}

bool safety_of_quote(struct safety *s, const struct doc_quote *q, const char *place)
{
    const struct safety_page *page = page_of(s, q);
    bool masked = false;
    for (size_t i = 0; page && i < page->found.n; i++) {
        const struct nd_hazard_span *span = &page->found.v[i];
        if ((int64_t)span->start >= q->q.end || q->q.start >= (int64_t)span->end) continue;
        bool mask = safety_masks(s, span->kind);
        masked = masked || mask;
        if (place) safety_tell(s, place, span->kind, mask);
    }
    if (!page || !page->confidential) return masked;
    bool mask = safety_masks(s, ND_HAZARD_CONFIDENTIAL);
    if (place) safety_tell(s, place, ND_HAZARD_CONFIDENTIAL, mask);
    return masked || mask;
}

/* ---- masks ---- */

static void mask(struct safety *s, const struct safety_page *page, struct nd_hazard_span span)
{
    struct nd_json *json = nd_json_add(s->masks, nd_json_object());
    nd_cited_mask(s->pages, s->doc->sources[page->source].text_sha256, page->page, span.start, span.end);
    nd_json_set_int(json, "source", (int64_t)page->source + 1);
    nd_json_set_int(json, "page", page->page);
    nd_json_set_int(json, "start", (int64_t)span.start);
    nd_json_set_int(json, "end", (int64_t)span.end);
    nd_json_set_str(json, "kind", nd_hazard_word(span.kind));
}

static void mask_page(struct safety *s, struct safety_page *page)
{
    struct nd_hazard_list wanted = {0};
    for (size_t i = 0; i < page->found.n; i++) {
        if (!safety_masks(s, page->found.v[i].kind)) continue;
        ND_GROW(wanted.v, wanted.n, wanted.cap);
        wanted.v[wanted.n++] = page->found.v[i];
    }
    if (page->confidential && safety_masks(s, ND_HAZARD_CONFIDENTIAL)) {
        mask(s, page, (struct nd_hazard_span){ND_HAZARD_CONFIDENTIAL, 0, text_of(s, page).len});
    } else if (wanted.n > PAGE_MASKS_MAX ||
               nd_json_len(s->masks) + s->page_count > MASKS_MAX - PAGE_MASKS_MAX) {
        if (wanted.n)
            mask(s, page,
                 (struct nd_hazard_span){wanted.v[0].kind, wanted.v[0].start, wanted.v[wanted.n - 1].end});
    } else {
        for (size_t i = 0; i < wanted.n; i++) mask(s, page, wanted.v[i]);
    }
    nd_hazards_release(&wanted);
}

void safety_mask_pages(struct safety *s)
{
    for (size_t i = 0; i < s->page_count; i++) mask_page(s, &s->page[i]);
}

void safety_tell_pages(struct safety *s)
{
    for (size_t i = 0; i < s->page_count; i++) {
        const struct safety_page *page = &s->page[i];
        for (size_t k = 0; k < page->found.n; k++)
            safety_tell(s, SAFETY_PAGES, page->found.v[k].kind, safety_masks(s, page->found.v[k].kind));
        if (page->confidential)
            safety_tell(s, SAFETY_PAGES, ND_HAZARD_CONFIDENTIAL, safety_masks(s, ND_HAZARD_CONFIDENTIAL));
    }
}
