/* Reading what was frozen. What was read before, by any run of the store, is not read again. Pages were read
 * when they were fetched, so they are only added. */
#include "library.h"
#include "nightdesk/document/document.h"
#include "scene.h"
#include "tools.h"
#include "web_pages.h"

static enum nd_rc call(const struct nd_scene *scene, const struct nd_json *args, const atomic_bool *stop,
                       struct nd_json **observation, struct nd_error *err)
{
    (void)args;
    const struct nd_desk_config *config = nd_desk_config(scene);
    const struct nd_json *frozen = nd_seen_last(scene->lane, ND_ACT_TOOL, "inputs");
    if (!frozen) return nd_fail(err, ND_BROKEN, "nothing can be read before the inputs are frozen");
    struct nd_inputs inputs = {0};
    struct nd_sources sources = {0};
    struct nd_read_progress progress = {0};
    struct nd_read_options options = {.reader = config->reader,
                                      .origin = config->origin,
                                      .workers = config->threads,
                                      .stop = stop,
                                      .progress = config->on_read,
                                      .ctx = config->ctx};
    enum nd_rc rc = nd_inputs_parse(&inputs, frozen, err);
    if (rc == ND_OK)
        rc = nd_inputs_read(&sources, &inputs, scene->request, scene->objects, &options, &progress, err);
    if (rc == ND_OK) {
        struct nd_json *list = nd_json_array();
        for (size_t i = 0; i < sources.n; i++) nd_json_add(list, nd_source_json(&sources.v[i], i + 1));
        nd_listed_pages(scene->lane, list);
        *observation = nd_json_object();
        nd_json_set_str(*observation, "schema", "nightdesk.sources/1");
        nd_json_set(*observation, "sources", list);
        nd_json_set_int(*observation, "parsed", (int64_t)progress.parsed);
        nd_json_set_int(*observation, "cached", (int64_t)progress.cached);
    }
    nd_sources_release(&sources);
    nd_inputs_release(&inputs);
    return rc;
}

const struct nd_tool nd_tool_read = {.name = "read", .call = call};
