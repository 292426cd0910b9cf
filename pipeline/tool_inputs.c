/* The list of input files, frozen at the start of the run. */
#include "library.h"
#include "nightdesk/core/kb.h"
#include "nightdesk/document/document.h"
#include "tools.h"

static enum nd_rc call(const struct nd_scene *scene, const struct nd_json *args, const atomic_bool *stop,
                       struct nd_json **observation, struct nd_error *err)
{
    (void)args;
    struct nd_inputs inputs = {0};
    for (size_t i = 0; i < scene->request->kbs.n; i++) {
        const char *name = scene->request->kbs.v[i];
        if (nd_kb_is_address(name)) continue;
        return nd_fail(
            err, ND_BAD_INPUT,
            "the request names the knowledge base '%.80s', which is known to the command line that "
            "made it, not here: put its paths into documents.roots, or its address in its place",
            name);
    }
    enum nd_rc rc = nd_inputs_list(&inputs, scene->request, &nd_desk_config(scene)->origin, stop, err);
    if (rc != ND_OK) return rc;
    *observation = nd_inputs_json(&inputs);
    nd_inputs_release(&inputs);
    return ND_OK;
}

const struct nd_tool nd_tool_inputs = {.name = "inputs", .call = call};
