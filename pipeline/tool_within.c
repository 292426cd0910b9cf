/* The sentences of one source that best hold some words. */
#include "nightdesk/base/alloc.h"
#include "tools.h"
#include "unit_hits.h"
#include "library.h"

static enum nd_rc call(const struct nd_scene *scene, const struct nd_json *args, const atomic_bool *stop,
                       struct nd_json **observation, struct nd_error *err)
{
    struct nd_library *lib = NULL;
    const struct nd_collection *c = NULL;
    const char *words = NULL;
    int64_t source = 0;
    enum nd_rc rc = nd_json_need_str(args, "within", "words", &words, err);
    if (rc == ND_OK) rc = nd_json_need_int(args, "within", "source", 1, ND_INPUTS_MAX, &source, err);
    if (rc == ND_OK)
        rc = nd_library_open(scene, nd_is_lane_page(scene, (uint32_t)source), stop, &lib, &c, err);
    if (rc != ND_OK) return rc;
    uint32_t document = nd_collection_of_source(c, (uint32_t)source - 1);
    struct nd_unit_hits hits = {0};
    struct nd_query q;
    nd_query_init(&q, c);
    nd_query_add(&q, nd_view_of(words), 1, .7);
    const struct nd_document *doc = document == ND_NONE ? NULL : nd_collection_document(c, document);
    for (uint32_t u = 0; doc && u < doc->unit_count; u++) nd_unit_hits_try(&hits, &q, doc->unit + u);
    nd_query_release(&q);
    *observation = nd_json_object();
    nd_json_set_int(*observation, "source", source);
    nd_json_set(*observation, "items", nd_unit_hits_json(&hits, c));
    return ND_OK;
}

const struct nd_tool nd_tool_within = {.name = "within", .counted = true, .call = call};
