/* Reading what was frozen. What was read before, by any run of the store, is not read again. */
#include "library.h"
#include "nightdesk/document/document.h"
#include "scene.h"
#include "tools.h"

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
        *observation = nd_sources_json(&sources);
        nd_json_set_int(*observation, "parsed", (int64_t)progress.parsed);
        nd_json_set_int(*observation, "cached", (int64_t)progress.cached);
    }
    nd_sources_release(&sources);
    nd_inputs_release(&inputs);
    return rc;
}

const struct nd_tool nd_tool_read = {.name = "read", .call = call};
