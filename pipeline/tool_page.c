/* A stretch of a source's text, sentence by sentence: from a place on, up to it, or around it. */
#include "nightdesk/base/alloc.h"
#include "library.h"
#include "tools.h"
#include "unit_hits.h"
#include <string.h>

#define STRETCH_BYTES 6000
#define STRETCH_UNITS 48
#define BEFORE_UNITS 8 /* of those around a place, before it */

/* The first unit at or after the place; the end of the document when there is none. */
static uint32_t unit_at(const struct nd_collection *c, const struct nd_document *doc, uint32_t page,
                        uint32_t at)
{
    uint32_t u = doc->unit, end = doc->unit + doc->unit_count;
    for (; u < end; u++) {
        const struct nd_range *its = &nd_collection_unit(c, u)->at;
        if (its->page > page || (its->page == page && its->end > at)) break;
    }
    return u;
}

static size_t bytes_of(const struct nd_collection *c, uint32_t unit)
{
    const struct nd_unit *u = nd_collection_unit(c, unit);
    return u->at.end - u->at.start + (u->rest.page ? u->rest.end - u->rest.start : 0);
}

/* Where a stretch begins that ends before `end` and is as long as it may be. */
static uint32_t back_from(const struct nd_collection *c, const struct nd_document *doc, uint32_t end,
                          size_t most)
{
    uint32_t u = end;
    size_t bytes = 0, units = 0;
    while (u > doc->unit && units < most && bytes < STRETCH_BYTES) {
        u--;
        bytes += nd_unit_is_shown(c, u) ? bytes_of(c, u) : 0;
        units += nd_unit_is_shown(c, u);
    }
    return u;
}

struct stretch {
    uint32_t from, to; /* units; to is the first that does not belong */
};

static struct stretch stretch_of(const struct nd_collection *c, const struct nd_document *doc,
                                 const char *where, uint32_t unit)
{
    uint32_t end = doc->unit + doc->unit_count;
    struct stretch s = {unit, end};
    if (strcmp(where, "before") == 0) return (struct stretch){back_from(c, doc, unit, STRETCH_UNITS), unit};
    if (strcmp(where, "after") == 0 && unit < end) s.from = unit + 1;
    if (strcmp(where, "around") == 0) s.from = back_from(c, doc, unit, BEFORE_UNITS);
    return s;
}

static void add_items(const struct nd_collection *c, struct stretch s, struct nd_json *out)
{
    struct nd_json *items = nd_json_array();
    size_t bytes = 0, units = 0;
    uint32_t u = s.from;
    for (; u < s.to && bytes < STRETCH_BYTES && units < STRETCH_UNITS; u++) {
        if (!nd_unit_is_shown(c, u)) continue;
        nd_json_add(items, nd_unit_item(c, u));
        bytes += bytes_of(c, u);
        units++;
    }
    nd_json_set(out, "items", items);
    nd_json_set_bool(out, "more", u < s.to);
}

static enum nd_rc call(const struct nd_scene *scene, const struct nd_json *args, const atomic_bool *stop,
                       struct nd_json **observation, struct nd_error *err)
{
    struct nd_library *lib = NULL;
    const struct nd_collection *c = NULL;
    const char *where = NULL;
    int64_t source = 0, page = 0, at = 0;
    enum nd_rc rc = nd_json_need_str(args, "page", "where", &where, err);
    if (rc == ND_OK) rc = nd_json_need_int(args, "page", "source", 1, ND_INPUTS_MAX, &source, err);
    if (rc == ND_OK) rc = nd_json_need_int(args, "page", "page", 1, UINT32_MAX - 1, &page, err);
    if (rc == ND_OK) rc = nd_json_need_int(args, "page", "at", 0, (int64_t)ND_PAGE_TEXT_MAX_BYTES, &at, err);
    if (rc == ND_OK)
        rc = nd_library_open(scene, nd_is_lane_page(scene, (uint32_t)source), stop, &lib, &c, err);
    if (rc != ND_OK) return rc;
    uint32_t document = nd_collection_of_source(c, (uint32_t)source - 1);
    *observation = nd_json_object();
    nd_json_set_int(*observation, "source", source);
    if (document == ND_NONE) {
        nd_json_set(*observation, "items", nd_json_array());
        return ND_OK;
    }
    const struct nd_document *doc = nd_collection_document(c, document);
    nd_json_set_int(*observation, "pages", doc->pages);
    add_items(c, stretch_of(c, doc, where, unit_at(c, doc, (uint32_t)page, (uint32_t)at)), *observation);
    return ND_OK;
}

const struct nd_tool nd_tool_page = {.name = "page", .counted = true, .call = call};
