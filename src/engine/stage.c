#include "stage.h"
#include "nightdesk/base/alloc.h"
#include "record.h"

#include <string.h>

void nd_stage_release(struct nd_stage *stage)
{
    nd_lane_release(&stage->lane0);
    nd_lanes_release(&stage->lanes);
    nd_lanes_release(&stage->found);
    *stage = (struct nd_stage){0};
}

/* ---- loading ---- */

struct loading {
    struct nd_stage *stage;
    struct nd_objects *objects;
};

static struct nd_lane *lane_named(struct nd_stage *stage, const char *id)
{
    if (strcmp(id, "0") == 0) return &stage->lane0;
    struct nd_lanes *found = &stage->found; /* records come lane by lane */
    if (found->n && strcmp(found->v[found->n - 1].id, id) == 0) return &found->v[found->n - 1];
    ND_GROW(found->v, found->n, found->cap);
    struct nd_lane *lane = &found->v[found->n++];
    *lane = (struct nd_lane){0};
    memcpy(lane->id, id, sizeof lane->id);
    return lane;
}

static enum nd_rc visit_record(void *ctx, const struct nd_record *record, struct nd_error *err)
{
    struct loading *loading = ctx;
    if (strcmp(record->lane, "0") != 0 && !nd_is_hex(record->lane, ND_LANE_ID_BYTES - 1))
        return nd_fail(err, ND_BROKEN, "a record has a lane id of the wrong form: the store is damaged");
    struct nd_lane *lane = lane_named(loading->stage, record->lane);
    return nd_record_unpack(record, loading->objects, &lane->transcript, err);
}

enum nd_rc nd_stage_load(struct nd_stage *stage, struct nd_store *store, const char *run_id, unsigned no,
                         const struct nd_phase *phase, struct nd_objects *objects, struct nd_error *err)
{
    *stage = (struct nd_stage){.phase = phase, .no = no};
    memcpy(stage->lane0.id, "0", 2);
    stage->lane0.title = nd_strdup(phase->name);
    struct loading loading = {.stage = stage, .objects = objects};
    enum nd_rc rc = store->ops->records(store, run_id, (int)no, NULL, visit_record, &loading, err);
    return rc == ND_OK ? ND_OK : nd_while(err, "while loading phase '%s'", phase->name);
}

/* ---- the plan ---- */

static void plan_is(struct nd_stage *stage, size_t steps)
{
    stage->plan = stage->lane0;
    stage->plan.transcript.n = steps;
    stage->planned = true;
}

void nd_stage_planned(struct nd_stage *stage)
{
    plan_is(stage, stage->lane0.transcript.n);
}

enum nd_rc nd_stage_find_plan(struct nd_stage *stage, const struct nd_scene *base, struct nd_error *err)
{
    struct nd_lane prefix = stage->lane0;
    struct nd_scene scene = *base;
    scene.lane0 = scene.lane = &prefix;
    enum nd_rc rc = ND_OK;
    for (size_t n = 0; rc == ND_OK && !stage->planned && n < stage->lane0.transcript.n; n++) {
        struct nd_action action = {0};
        prefix.transcript.n = n;
        rc = stage->phase->next(&scene, &action, err);
        if (rc == ND_OK && action.kind == ND_ACT_LANES) plan_is(stage, n);
        nd_action_release(&action);
    }
    return rc == ND_OK ? ND_OK
                       : nd_while(err, "while looking for the plan of phase '%s'", stage->phase->name);
}

/* ---- the lanes ---- */

static enum nd_rc check_lanes(const struct nd_stage *stage, const struct nd_lanes *lanes,
                              struct nd_error *err)
{
    if (lanes->n >= ND_LANES_MAX)
        return nd_fail(err, ND_BROKEN, "phase '%s' has %zu lanes, limit is %d", stage->phase->name, lanes->n,
                       ND_LANES_MAX - 1);
    for (size_t i = 0; i < lanes->n; i++) {
        const char *id = lanes->v[i].id;
        bool fine = nd_is_hex(id, ND_LANE_ID_BYTES - 1);
        for (size_t k = 0; fine && k < i; k++) fine = strcmp(lanes->v[k].id, id) != 0;
        if (!fine)
            return nd_fail(err, ND_BROKEN,
                           "lane '%.16s' of phase '%s' is there twice, or has an id of the wrong form", id,
                           stage->phase->name);
    }
    return ND_OK;
}

/* Gives the lane what is recorded for it. */
static void attach(struct nd_stage *stage, struct nd_lane *lane)
{
    for (size_t i = 0; i < stage->found.n; i++) {
        if (strcmp(stage->found.v[i].id, lane->id) != 0) continue;
        lane->transcript = stage->found.v[i].transcript;
        stage->found.v[i].transcript = (struct nd_transcript){0};
    }
}

enum nd_rc nd_stage_lay_out(struct nd_stage *stage, const struct nd_scene *base, struct nd_error *err)
{
    struct nd_scene scene = *base;
    scene.lane0 = scene.lane = &stage->plan;
    enum nd_rc rc = stage->phase->lanes(&scene, &stage->lanes, err);
    if (rc == ND_OK) rc = check_lanes(stage, &stage->lanes, err);
    if (rc != ND_OK) return nd_while(err, "while laying out the lanes of phase '%s'", stage->phase->name);
    for (size_t i = 0; i < stage->lanes.n; i++) attach(stage, &stage->lanes.v[i]);
    stage->laid_out = true;
    return ND_OK;
}

/* ---- scenes ---- */

static bool all_ended(const struct nd_stage *stage)
{
    for (size_t i = 0; i < stage->lanes.n; i++) {
        if (!stage->lanes.v[i].ended) return false;
    }
    return stage->laid_out;
}

struct nd_scene nd_stage_scene(const struct nd_stage *stage, const struct nd_scene *base,
                               const struct nd_lane *lane)
{
    struct nd_scene scene = *base;
    bool zero = lane == &stage->lane0;
    scene.lane0 = zero ? &stage->lane0 : &stage->plan;
    scene.lane = lane;
    scene.lanes = zero && all_ended(stage) ? &stage->lanes : NULL;
    return scene;
}

enum nd_rc nd_stage_finish(const struct nd_stage *stage, const struct nd_scene *base, struct nd_artefact *out,
                           struct nd_error *err)
{
    struct nd_scene scene = *base;
    scene.lane0 = scene.lane = &stage->lane0;
    scene.lanes = &stage->lanes;
    enum nd_rc rc = stage->phase->finish(&scene, out, err);
    return rc == ND_OK ? ND_OK : nd_while(err, "while finishing phase '%s'", stage->phase->name);
}
