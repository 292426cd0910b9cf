#include "nightdesk/core/source.h"
#include "nightdesk/base/alloc.h"

void nd_reading_free(struct nd_reading *reading)
{
    if (!reading) return;
    nd_free(reading->why);
    nd_free(reading->kind);
    nd_free(reading->extractor);
    nd_free(reading->title);
    nd_free(reading->author);
    nd_free(reading->date);
    nd_free(reading->lang);
    nd_strings_release(&reading->labels);
    for (size_t i = 0; i < reading->heading_count; i++) nd_free(reading->headings[i].title);
    nd_free(reading->headings);
    for (size_t i = 0; i < reading->table_count; i++) {
        nd_free(reading->tables[i].caption);
        nd_free(reading->tables[i].cells);
    }
    nd_free(reading->tables);
    nd_free(reading->code);
    for (size_t i = 0; i < reading->fault_count; i++) nd_free(reading->faults[i].why);
    nd_free(reading->faults);
    nd_free(reading->base);
    for (size_t i = 0; i < reading->link_count; i++) {
        nd_free(reading->links[i].href);
        nd_free(reading->links[i].text);
    }
    nd_free(reading->links);
    nd_free(reading);
}

enum nd_rc nd_pages_split(struct nd_pages *out, struct nd_view blob, size_t expected, struct nd_error *err)
{
    size_t found = 0;
    for (size_t i = 0; i < blob.len; i++) found += blob.data[i] == '\f';
    if (found != expected) {
        return nd_fail(err, ND_BAD_INPUT, "page texts have %zu pages, wanted %zu", found, expected);
    }
    if (blob.len > 0 && blob.data[blob.len - 1] != '\f') {
        return nd_fail(err, ND_BAD_INPUT, "page texts do not end in a form feed");
    }
    struct nd_pages pages = {.page = ND_ARRAY(struct nd_view, expected + 1)};
    size_t start = 0;
    for (size_t i = 0; i < blob.len; i++) {
        if (blob.data[i] != '\f') continue;
        pages.page[pages.n++] = nd_view_sub(blob, start, i);
        start = i + 1;
    }
    *out = pages;
    return ND_OK;
}

void nd_pages_release(struct nd_pages *pages)
{
    if (!pages) return;
    nd_free(pages->page);
    *pages = (struct nd_pages){0};
}

struct nd_view nd_pages_at(const struct nd_pages *pages, uint32_t page)
{
    return page >= 1 && page <= pages->n ? pages->page[page - 1] : (struct nd_view){0};
}

void nd_source_release(struct nd_source *source)
{
    nd_free(source->path);
    nd_free(source->url);
    nd_free(source->kb);
    nd_strings_release(&source->also);
    nd_reading_free(source->reading);
    *source = (struct nd_source){0};
}

void nd_sources_release(struct nd_sources *sources)
{
    if (!sources) return;
    for (size_t i = 0; i < sources->n; i++) nd_source_release(&sources->v[i]);
    nd_free(sources->v);
    *sources = (struct nd_sources){0};
}
