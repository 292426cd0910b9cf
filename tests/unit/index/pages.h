/** Documents made of literals, for the tests of the index. */
#ifndef ND_TEST_PAGES_H
#define ND_TEST_PAGES_H

#include "analysis.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/index/collection.h"

#include <string.h>

/* A reading of that many pages; kind "pdf", lang may be NULL. */
static inline struct nd_reading *test_reading(const char *title, const char *lang, uint32_t pages)
{
    struct nd_reading *r = ND_NEW(struct nd_reading);
    r->status = ND_SOURCE_READ;
    r->kind = nd_strdup("pdf");
    r->title = nd_strdup(title);
    r->lang = nd_strdup(lang);
    r->pages = pages;
    return r;
}

static inline void test_heading(struct nd_reading *r, uint32_t page, unsigned level, const char *title)
{
    r->headings = nd_realloc(r->headings, r->heading_count + 1, sizeof *r->headings);
    r->headings[r->heading_count++] = (struct nd_heading){
        .range = {.page = page}, .level = level, .bookmark = true, .title = nd_strdup(title)};
}

/* Adds a document; text holds its pages, each ended by a form feed. */
static inline void test_source(struct nd_sources *sources, const char *path, struct nd_reading *reading)
{
    ND_GROW(sources->v, sources->n, sources->cap);
    sources->v[sources->n++] = (struct nd_source){.path = nd_strdup(path), .reading = reading};
}

static inline uint32_t test_pages_in(const char *text)
{
    uint32_t pages = 0;
    for (; *text; text++) pages += *text == '\f';
    return pages;
}

#endif
