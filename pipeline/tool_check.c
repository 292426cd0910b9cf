/* Every claim of one drafted section, or of the summary, against the page texts. */
#include "checking.h"
#include "nightdesk/base/alloc.h"
#include "tools.h"
#include <string.h>

static const struct nd_json *claims_of(const struct nd_scene *scene, const char *section)
{
    if (strcmp(section, "summary") == 0) return nd_json_get(scene->artefact[ND_SYNTHESIZE], "summary");
    ND_JSON_EACH(s, nd_json_get(scene->artefact[ND_DRAFT], "sections"))
    {
        const char *id = nd_json_get_str(s, "id");
        if (id && strcmp(id, section) == 0) return nd_json_get(s, "claims");
    }
    return NULL;
}

/* The topic, and the title of the section that the claim is of or, a key finding, is about. */
static void asked_of(const struct nd_scene *scene, const char *section, const struct nd_json *claim,
                     struct nd_view asked[2])
{
    const char *about = nd_json_get_str(claim, "section");
    asked[0] = nd_view_of(scene->request->topic);
    asked[1] = nd_view_of(NULL);
    ND_JSON_EACH(s, nd_json_get(scene->artefact[ND_DRAFT], "sections"))
    {
        const char *id = nd_json_get_str(s, "id");
        if (id && strcmp(id, about ? about : section) == 0) asked[1] = nd_json_view(nd_json_get(s, "title"));
    }
}

enum nd_rc nd_section_check(const struct nd_scene *scene, const char *section, const atomic_bool *stop,
                            struct nd_json **out, struct nd_error *err)
{
    struct nd_library *lib = NULL;
    struct nd_known known = {0};
    enum nd_rc rc = nd_library_of(scene, &lib, err);
    if (rc != ND_OK) return rc;
    struct nd_json *json = nd_json_object(), *verdicts = nd_json_set(json, "claims", nd_json_array());
    nd_known_gather(&known, scene);
    const struct nd_json *claim = nd_json_first(claims_of(scene, section));
    for (; claim && rc == ND_OK; claim = nd_json_next(claim)) {
        struct nd_view asked[2];
        char *what = NULL;
        if (stop && atomic_load(stop)) rc = nd_fail(err, ND_STOPPED, "asked to stop");
        asked_of(scene, section, claim, asked);
        if (rc == ND_OK) rc = nd_claim_check(lib, scene->objects, &known, asked, claim, &what, err);
        if (rc != ND_OK) break;
        struct nd_json *verdict = nd_json_add(verdicts, nd_json_object());
        nd_json_set_bool(verdict, "ok", what == NULL);
        if (what) nd_json_set_str(verdict, "what", what);
        nd_free(what);
    }
    nd_known_release(&known);
    if (rc == ND_OK)
        *out = json;
    else
        nd_json_free(json);
    return rc;
}

static enum nd_rc call(const struct nd_scene *scene, const struct nd_json *args, const atomic_bool *stop,
                       struct nd_json **observation, struct nd_error *err)
{
    const char *section = NULL;
    enum nd_rc rc = nd_json_need_str(args, "check", "section", &section, err);
    return rc == ND_OK ? nd_section_check(scene, section, stop, observation, err) : rc;
}

const struct nd_tool nd_tool_check = {.name = "check", .call = call};
