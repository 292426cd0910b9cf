/* What knowledge bases gave, sentence by sentence: all of it as far as there is room, best passages first. */
#include "library.h"
#include "nightdesk/base/alloc.h"
#include "tools.h"
#include "unit_hits.h"

#define ITEMS_MOST 64

static void add_source(const struct nd_collection *c, uint32_t source, struct nd_json *items)
{
    uint32_t document = nd_collection_of_source(c, source - 1);
    const struct nd_document *doc = document == ND_NONE ? NULL : nd_collection_document(c, document);
    for (uint32_t u = 0; doc && u < doc->unit_count && nd_json_len(items) < ITEMS_MOST; u++)
        if (nd_unit_is_shown(c, doc->unit + u)) nd_json_add(items, nd_unit_item(c, doc->unit + u));
}

static enum nd_rc call(const struct nd_scene *scene, const struct nd_json *args, const atomic_bool *stop,
                       struct nd_json **observation, struct nd_error *err)
{
    const struct nd_json *sources = NULL;
    struct nd_json *items = nd_json_array();
    enum nd_rc rc = nd_json_need(args, "passages", "sources", ND_JSON_ARRAY, &sources, err);
    for (const struct nd_json *s = nd_json_first(sources); s && rc == ND_OK; s = nd_json_next(s)) {
        struct nd_library *lib = NULL;
        const struct nd_collection *c = NULL;
        int64_t source = nd_json_int(s, 0);
        if (source < 1 || source > ND_INPUTS_MAX) continue;
        rc = nd_library_open(scene, nd_is_lane_page(scene, (uint32_t)source), stop, &lib, &c, err);
        if (rc == ND_OK) add_source(c, (uint32_t)source, items);
    }
    if (rc != ND_OK) {
        nd_json_free(items);
        return rc;
    }
    nd_json_set(*observation = nd_json_object(), "items", items);
    return ND_OK;
}

const struct nd_tool nd_tool_passages = {.name = "passages", .counted = true, .call = call};
