#include "answered.h"
#include "nightdesk/base/alloc.h"
#include "scene.h"
#include <string.h>

static bool is_same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

static void add(struct nd_json *models, const char *role, const char *by)
{
    if (!role || !by) return;
    ND_JSON_EACH(known, models)
    if (is_same(nd_json_get_str(known, "role"), role) && is_same(nd_json_get_str(known, "by"), by)) return;
    struct nd_json *json = nd_json_add(models, nd_json_object());
    nd_json_set_str(json, "role", role);
    nd_json_set_str(json, "by", by);
}

static void add_lane(struct nd_json *models, const struct nd_lane *lane)
{
    const struct nd_transcript *t = nd_lane_transcript(lane);
    for (size_t i = 0; i < t->n; i++) {
        if (t->v[i].action.kind == ND_ACT_MODEL && !is_same(t->v[i].action.name, "guard"))
            add(models, t->v[i].action.name, nd_json_get_str(t->v[i].observation, "by"));
    }
}

static void add_phase(struct nd_json *models, const struct nd_scene *scene)
{
    add_lane(models, scene->lane0);
    for (size_t i = 0; scene->lanes && i < scene->lanes->n; i++) add_lane(models, &scene->lanes->v[i]);
}

void nd_answered_add(const struct nd_scene *scene, struct nd_json *artefact)
{
    struct nd_json *models = nd_json_array();
    add_phase(models, scene);
    if (nd_json_len(models) > 0)
        nd_json_set(artefact, "models", models);
    else
        nd_json_free(models);
}

/* What the model was to the run in that role. */
static const char *part_of(const struct nd_request *request, const char *role, const char *by)
{
    bool reads = strcmp(role, "read") == 0;
    const char *meant = reads && request->read_model ? request->read_model : request->writer;
    return strcmp(meant, by) != 0 && is_same(request->fallback_model, by) ? "fallback" : role;
}

static bool had_part(const struct nd_request *request, const struct nd_json *models, const char *by,
                     const char *part)
{
    ND_JSON_EACH(item, models)
    if (is_same(nd_json_get_str(item, "by"), by) &&
        is_same(part_of(request, nd_json_get_str(item, "role"), by), part))
        return true;
    return false;
}

static struct nd_json *writer(const struct nd_request *request, const struct nd_json *models, const char *by)
{
    static const char *const parts[] = {"write", "read", "fallback"};
    struct nd_view name = nd_view_of(by);
    size_t colon = nd_view_find(name, ND_VIEW(":"), 0);
    struct nd_json *json = nd_json_object(), *roles = nd_json_array();
    nd_json_set_view(json, "provider", nd_view_sub(name, 0, colon));
    nd_json_set_view(json, "model", nd_view_sub(name, colon == SIZE_MAX ? 0 : colon + 1, name.len));
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++)
        if (had_part(request, models, by, parts[i])) nd_json_add_str(roles, parts[i]);
    nd_json_set(json, "roles", roles);
    return json;
}

static bool has_word(const struct nd_json *list, const char *word)
{
    ND_JSON_EACH(item, list)
    if (is_same(nd_json_str(item), word)) return true;
    return false;
}

struct nd_json *nd_answered_writers(const struct nd_scene *scene)
{
    struct nd_json *models = nd_json_array(), *named = nd_json_array(), *writers = nd_json_array();
    for (unsigned i = 0; i < ND_PHASES; i++) {
        ND_JSON_EACH(model, nd_json_get(scene->artefact[i], "models"))
        add(models, nd_json_get_str(model, "role"), nd_json_get_str(model, "by"));
    }
    add_phase(models, scene);
    ND_JSON_EACH(model, models)
    {
        const char *by = nd_json_get_str(model, "by");
        if (has_word(named, by)) continue;
        nd_json_add_str(named, by);
        nd_json_add(writers, writer(scene->request, models, by));
    }
    nd_json_free(named);
    nd_json_free(models);
    if (nd_json_len(writers) > 0) return writers;
    nd_json_free(writers);
    return NULL;
}
