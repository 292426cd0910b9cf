/* A page by its id: what a search returned, or a link that was recorded on a page. */
#include "nightdesk/base/alloc.h"
#include "scene.h"
#include "tools.h"
#include "web_pages.h"
#include "web_read.h"

static enum nd_rc call(const struct nd_scene *scene, const struct nd_json *args, const atomic_bool *stop,
                       struct nd_json **observation, struct nd_error *err)
{
    const char *id = nd_json_get_str(args, "id");
    const char *url = id ? nd_web_address(scene, id) : NULL;
    if (url) return nd_web_read(scene, id, url, true, stop, observation, err);
    struct nd_json *json = nd_json_object();
    char *why = nd_sprintf("there is no result or link '%.70s'", id ? id : "");
    nd_json_set_str(json, "id", id ? id : "");
    *observation = nd_observe_failure(json, why);
    nd_free(why);
    return ND_OK;
}

const struct nd_tool nd_tool_open = {.name = "open", .counted = true, .leaves = true, .call = call};
