/* Addresses by id and pages as sources, all of it from records. */
#include "web_pages.h"
#include "library.h"
#include "nightdesk/base/alloc.h"
#include "scene.h"
#include <string.h>

bool nd_web_wanted(const struct nd_request *request, bool search)
{
    return request->search != NULL || (!search && request->urls.n > 0);
}

/* ---- addresses ---- */

static const struct nd_json *with_id(const struct nd_json *array, struct nd_view id)
{
    ND_JSON_EACH(item, array)
    if (nd_view_eq(nd_json_view(nd_json_get(item, "id")), id)) return item;
    return NULL;
}

static bool is_step(const struct nd_step *step, const char *tool)
{
    return step->action.kind == ND_ACT_TOOL && strcmp(step->action.name, tool) == 0;
}

/* The page of that id as it was opened, by the lane or (the user's list) by lane 0; NULL: it was not. */
static const struct nd_json *page_of(const struct nd_scene *scene, struct nd_view id)
{
    const struct nd_transcript *t = nd_lane_transcript(scene->lane);
    for (size_t i = 0; i < t->n; i++) {
        const struct nd_json *seen = t->v[i].observation;
        if (is_step(&t->v[i], "open") && nd_view_eq(nd_json_view(nd_json_get(seen, "id")), id)) return seen;
    }
    const struct nd_transcript *listed = nd_lane_transcript(scene->lane0);
    for (size_t i = 0; i < listed->n; i++) {
        const struct nd_json *page = is_step(&listed->v[i], "fetch")
                                         ? with_id(nd_json_get(listed->v[i].observation, "pages"), id)
                                         : NULL;
        if (page) return page;
    }
    return NULL;
}

static const struct nd_json *result_of(const struct nd_scene *scene, struct nd_view id)
{
    const struct nd_transcript *t = nd_lane_transcript(scene->lane);
    for (size_t i = 0; i < t->n; i++) {
        const struct nd_json *found =
            is_step(&t->v[i], "search") ? with_id(nd_json_get(t->v[i].observation, "results"), id) : NULL;
        if (found) return found;
    }
    return NULL;
}

const char *nd_web_address(const struct nd_scene *scene, const char *id)
{
    struct nd_view whole = nd_view_of(id);
    size_t dot = whole.len;
    if (whole.len == 0 || whole.len > ND_WEB_ID_MAX) return NULL;
    while (dot > 0 && whole.data[dot - 1] != '.') dot--;
    const struct nd_json *found =
        dot > 0 ? with_id(nd_json_get(page_of(scene, nd_view_sub(whole, 0, dot - 1)), "links"), whole)
                : result_of(scene, whole);
    if (!found && dot == 0) found = page_of(scene, whole);
    return nd_json_get_str(found, "url");
}

const struct nd_json *nd_web_opened(const struct nd_scene *scene, const char *id)
{
    const struct nd_json *page = page_of(scene, nd_view_of(id));
    return page && !nd_json_get(page, "error") ? page : NULL;
}

/* ---- pages as sources ---- */

/* Same bytes, or the same page that could not be had. */
static bool is_same(const struct nd_json *a, const struct nd_json *b)
{
    struct nd_view hash = nd_json_view(nd_json_get(a, "sha256"));
    const char *member = hash.len > 0 ? "sha256" : "url";
    struct nd_view ours = nd_json_view(nd_json_get(a, member)), other = nd_json_view(nd_json_get(b, member));
    return ours.len > 0 && nd_view_eq(ours, other) &&
           (hash.len > 0 || nd_json_view(nd_json_get(b, "sha256")).len == 0);
}

/* The place of a source among others, from 1; 0: it is not there. */
static size_t place_of(const struct nd_json *sources, const struct nd_json *source)
{
    size_t n = 0;
    ND_JSON_EACH(item, sources)
    {
        n++;
        if (is_same(source, item)) return n;
    }
    return 0;
}

static void add_page(struct nd_json *sources, const struct nd_json *page)
{
    const struct nd_json *source = nd_json_get(page, "source");
    if (!source || nd_json_len(sources) >= ND_INPUTS_MAX || place_of(sources, source) > 0) return;
    struct nd_json *copy = nd_json_add(sources, nd_json_copy(source));
    nd_json_set_int(copy, "n", (int64_t)nd_json_len(sources));
}

static void add_opened(struct nd_json *sources, const struct nd_lane *lane)
{
    const struct nd_transcript *t = nd_lane_transcript(lane);
    for (size_t i = 0; i < t->n; i++) {
        const struct nd_json *seen = t->v[i].observation;
        if (is_step(&t->v[i], "open")) add_page(sources, seen);
        if (!is_step(&t->v[i], "retrieve")) continue;
        ND_JSON_EACH(passage, nd_json_get(seen, "passages")) add_page(sources, passage);
    }
}

void nd_listed_pages(const struct nd_lane *lane0, struct nd_json *sources)
{
    const struct nd_transcript *t = nd_lane_transcript(lane0);
    for (size_t i = 0; i < t->n; i++) {
        if (!is_step(&t->v[i], "fetch")) continue;
        ND_JSON_EACH(page, nd_json_get(t->v[i].observation, "pages")) add_page(sources, page);
    }
}

struct nd_json *nd_lane_sources(const struct nd_scene *scene, const struct nd_lane *lane, size_t *run)
{
    const struct nd_json *read = nd_scene_sources(scene);
    if (run) *run = nd_json_len(read);
    if (!read) return NULL;
    struct nd_json *sources = nd_json_copy(read);
    if (lane != scene->lane0) add_opened(sources, lane);
    return sources;
}

struct nd_json *nd_research_sources(const struct nd_scene *scene)
{
    const struct nd_json *read = nd_scene_sources(scene);
    struct nd_json *sources = read ? nd_json_copy(read) : nd_json_array();
    for (size_t i = 0; scene->lanes && i < scene->lanes->n; i++) add_opened(sources, &scene->lanes->v[i]);
    return sources;
}

struct nd_json *nd_retrieved_sources(const struct nd_scene *scene, const struct nd_step *step)
{
    struct nd_json *sources = nd_lane_sources(scene, scene->lane, NULL), *numbers = nd_json_array();
    ND_JSON_EACH(passage, nd_json_get(step->observation, "passages"))
    {
        const struct nd_json *source = nd_json_get(passage, "source");
        size_t n = nd_json_get_int(source, "pages", 0) > 0 ? place_of(sources, source) : 0;
        if (n > 0) nd_json_add_int(numbers, (int64_t)n);
    }
    nd_json_free(sources);
    return numbers;
}

uint32_t nd_web_source(const struct nd_scene *scene, const char *id)
{
    const struct nd_json *source = nd_json_get(nd_web_opened(scene, id), "source");
    struct nd_json *sources = source ? nd_lane_sources(scene, scene->lane, NULL) : NULL;
    size_t n = sources ? place_of(sources, source) : 0;
    nd_json_free(sources);
    return (uint32_t)n;
}

/* ---- numbers ---- */

struct renumbering {
    const struct nd_json *lane, *run;
};

static int64_t number_in_run(const struct renumbering *r, int64_t number)
{
    const struct nd_json *source = number > 0 ? nd_json_at(r->lane, (size_t)number - 1) : NULL;
    size_t place = source ? place_of(r->run, source) : 0;
    return place > 0 ? (int64_t)place : number;
}

static struct nd_json *renumbered(const struct renumbering *r, const struct nd_json *node)
{
    enum nd_json_kind kind = nd_json_kind(node);
    if (kind == ND_JSON_ARRAY) {
        struct nd_json *array = nd_json_array();
        ND_JSON_EACH(item, node) nd_json_add(array, renumbered(r, item));
        return array;
    }
    if (kind != ND_JSON_OBJECT) return nd_json_copy(node);
    struct nd_json *object = nd_json_object();
    ND_JSON_EACH(member, node)
    {
        const char *name = nd_json_name(member);
        if (strcmp(name, "source") == 0 && nd_json_is_int(member))
            nd_json_set_int(object, name, number_in_run(r, nd_json_int(member, 0)));
        else
            nd_json_set(object, name, renumbered(r, member));
    }
    return object;
}

struct nd_json *nd_web_renumbered(const struct nd_json *judged, const struct nd_json *lane_sources,
                                  const struct nd_json *run_sources)
{
    struct renumbering r = {lane_sources, run_sources};
    return renumbered(&r, judged);
}
