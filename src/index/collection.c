#include "store.h"

#include "nightdesk/base/alloc.h"
#include "terms.h"

size_t nd_collection_documents(const struct nd_collection *c)
{
    return c->document_count;
}

const struct nd_document *nd_collection_document(const struct nd_collection *c, uint32_t document)
{
    return document < c->document_count ? &c->documents[document] : NULL;
}

uint32_t nd_collection_of_source(const struct nd_collection *c, uint32_t source)
{
    for (uint32_t i = 0; i < c->document_count; i++) {
        if (c->documents[i].source == source) return i;
    }
    return ND_NONE;
}

size_t nd_collection_units(const struct nd_collection *c)
{
    return c->unit_count;
}

const struct nd_unit *nd_collection_unit(const struct nd_collection *c, uint32_t unit)
{
    return unit < c->unit_count ? &c->units[unit] : NULL;
}

size_t nd_collection_passages(const struct nd_collection *c)
{
    return c->passage_count;
}

const struct nd_passage *nd_collection_passage(const struct nd_collection *c, uint32_t passage)
{
    return passage < c->passage_count ? &c->passages[passage] : NULL;
}

size_t nd_collection_sections(const struct nd_collection *c)
{
    return c->section_count;
}

const struct nd_section *nd_collection_section(const struct nd_collection *c, uint32_t section)
{
    return section < c->section_count ? &c->sections[section] : NULL;
}

const struct nd_vocabulary *nd_collection_vocabulary(const struct nd_collection *c)
{
    return c->vocabulary;
}

struct nd_view nd_collection_page(const struct nd_collection *c, uint32_t document, uint32_t page)
{
    return document < c->document_count ? nd_pages_at(&c->pages[document], page) : (struct nd_view){0};
}

struct nd_view nd_collection_range(const struct nd_collection *c, uint32_t document, struct nd_range range)
{
    return nd_view_sub(nd_collection_page(c, document, range.page), range.start, range.end);
}

void nd_collection_show(const struct nd_collection *c, uint32_t unit, struct nd_bytes *out)
{
    if (unit >= c->unit_count) return;
    const struct nd_unit *u = &c->units[unit];
    nd_unit_text(c->pages[u->document].page, u, c->vocabulary, out);
}

void nd_collection_show_range(const struct nd_collection *c, uint32_t document, struct nd_range range,
                              struct nd_bytes *out)
{
    nd_display(nd_collection_range(c, document, range), c->vocabulary, out);
}
