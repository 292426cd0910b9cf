#include "seen.h"
#include "nightdesk/base/alloc.h"
#include "scene.h"
#include <stdlib.h>
#include <string.h>

struct place {
    int64_t source, page;
};
struct places {
    struct place *v;
    size_t n, cap;
};

static int by_place(const void *a, const void *b)
{
    const struct place *x = a, *y = b;
    if (x->source != y->source) return x->source < y->source ? -1 : 1;
    return x->page < y->page ? -1 : x->page > y->page;
}

/* Every {"source", "page", …} in it: places of quotes, and pages that none was taken from. */
static void gather(const struct nd_json *node, struct places *out)
{
    struct place place = {nd_json_get_int(node, "source", 0), nd_json_get_int(node, "page", 0)};
    if (place.source > 0 && place.page > 0) {
        ND_GROW(out->v, out->n, out->cap);
        out->v[out->n++] = place;
    }
    ND_JSON_EACH(member, node) gather(member, out);
}

static bool searches(const struct nd_step *step)
{
    static const char *const tools[] = {"find", "look", "page", "within"};
    bool found = false;
    for (size_t i = 0; i < sizeof tools / sizeof *tools; i++)
        found = found || strcmp(step->action.name, tools[i]) == 0;
    return found && step->action.kind == ND_ACT_TOOL;
}

struct nd_json *nd_lane_seen(const struct nd_lane *lane)
{
    const struct nd_transcript *t = nd_lane_transcript(lane);
    struct places places = {0};
    for (size_t i = 0; i < t->n; i++) {
        if (searches(&t->v[i])) gather(t->v[i].observation, &places);
    }
    if (places.n) qsort(places.v, places.n, sizeof *places.v, by_place);
    struct nd_json *array = nd_json_array();
    for (size_t i = 0; i < places.n; i++) {
        if (i > 0 && by_place(&places.v[i - 1], &places.v[i]) == 0) continue;
        struct nd_json *json = nd_json_add(array, nd_json_object());
        nd_json_set_int(json, "source", places.v[i].source);
        nd_json_set_int(json, "page", places.v[i].page);
    }
    nd_free(places.v);
    return array;
}
