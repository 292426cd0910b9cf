#include "notebook.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/core/model.h"
#include "scene.h"
#include "writer_model.h"
#include <string.h>

const struct nd_json *nd_step_items(const struct nd_step *step)
{
    bool finds = strcmp(step->action.name, "find") == 0;
    if (step->action.kind != ND_ACT_TOOL) return NULL;
    return nd_json_get(step->observation, finds ? "candidates" : "items");
}

size_t nd_notebook_place(const struct nd_notebook *nb, const struct nd_parts *parts)
{
    for (size_t i = 0; i < nb->n; i++) {
        const struct nd_parts *its = &nb->snippet[i].parts;
        if (its->n == parts->n && memcmp(its->v, parts->v, parts->n * sizeof *parts->v) == 0) return i + 1;
    }
    return 0;
}

static void add_snippet(struct nd_notebook *nb, const struct nd_scene *scene, const struct nd_json *item)
{
    struct nd_snippet snippet = {.item = item};
    struct nd_error ignored = {0};
    if (nd_parts_parse(&snippet.parts, nd_json_get(item, "parts"), &ignored) != ND_OK ||
        nd_notebook_place(nb, &snippet.parts))
        return;
    snippet.local = nd_source_is_local(scene, snippet.parts.v[0].source);
    ND_GROW(nb->snippet, nb->n, nb->cap);
    nb->snippet[nb->n++] = snippet;
}

void nd_notebook_add(struct nd_notebook *nb, const struct nd_scene *scene, const struct nd_step *step)
{
    const char *code = nd_json_get_str(nd_json_get(step->observation, "error"), "code");
    if (step->action.kind == ND_ACT_MODEL && code && strcmp(code, ND_MODEL_PRIVATE) == 0) nb->open = true;
    ND_JSON_EACH(item, nd_step_items(step)) add_snippet(nb, scene, item);
    ND_JSON_EACH(note, nd_json_get(step->observation, "noted"))
    {
        ND_GROW(nb->note, nb->notes, nb->note_cap);
        nb->note[nb->notes++] = note;
    }
}

void nd_notebook_read(struct nd_notebook *out, const struct nd_scene *scene, size_t steps)
{
    const struct nd_transcript *t = nd_lane_transcript(scene->lane);
    *out = (struct nd_notebook){0};
    for (size_t i = 0; i < t->n && i < steps; i++) nd_notebook_add(out, scene, &t->v[i]);
}

void nd_notebook_release(struct nd_notebook *nb)
{
    nd_free(nb->snippet);
    nd_free(nb->note);
    *nb = (struct nd_notebook){0};
}

const struct nd_snippet *nd_notebook_find(const struct nd_notebook *nb, const char *id)
{
    size_t number = id && id[0] == 's' ? nd_id_number(id) : 0;
    if (number == 0 || number > nb->n) return NULL;
    const struct nd_snippet *snippet = &nb->snippet[number - 1];
    return nb->open && snippet->local ? NULL : snippet;
}

size_t nd_notebook_noted(const struct nd_notebook *nb, const struct nd_parts *parts)
{
    for (size_t i = 0; i < nb->notes; i++) {
        struct nd_parts its;
        struct nd_error ignored = {0};
        if (nd_parts_parse(&its, nd_json_get(nb->note[i], "parts"), &ignored) == ND_OK &&
            nd_parts_overlap(&its, parts))
            return i + 1;
    }
    return 0;
}
