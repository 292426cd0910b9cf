#include "rebuild.h"
#include "quota.h"
#include "nightdesk/base/alloc.h"

#include <stdio.h>
#include <string.h>

#define STEPS_MAX 1000 /* of a lane in memory */

static struct nd_json *refused(void)
{
    struct nd_json *observation = nd_json_object();
    nd_json_set_str(observation, "refused", "stopped");
    return observation;
}

static enum nd_rc perform(const struct nd_rebuild *r, const struct nd_scene *scene,
                          const struct nd_action *action, struct nd_json **observation, struct nd_error *err)
{
    if (action->kind == ND_ACT_HUMAN && strcmp(action->name, "question") != 0) {
        *observation = nd_json_object();
        nd_json_set_str(*observation, "decision", "approve");
        return ND_OK;
    }
    const struct nd_tool *tool = NULL;
    if (action->kind == ND_ACT_TOOL) tool = nd_tool_named(r->pipeline, action->name);
    if (!tool || tool->leaves || tool->fee_microusd > 0) {
        *observation = refused();
        return ND_OK;
    }
    return tool->call(scene, action->args, r->perform, observation, err);
}

static enum nd_rc not_whole(const struct nd_stage *stage, const struct nd_lane *lane, struct nd_error *err)
{
    const struct nd_transcript *t = &lane->transcript;
    return nd_fail(err, ND_BROKEN,
                   "lane '%s' of phase '%s' is not complete for this program; version '%s' recorded it",
                   lane->id, stage->phase->name, t->n ? t->v[t->n - 1].version : "none");
}

/* One lane to its end, or lane 0 to its plan. */
static enum nd_rc run_lane(const struct nd_rebuild *r, struct nd_stage *stage, struct nd_lane *lane,
                           bool *planned, struct nd_error *err)
{
    struct nd_scene scene = nd_stage_scene(stage, r->base, lane);
    enum nd_rc rc = ND_OK;
    *planned = false;
    while (rc == ND_OK && !lane->ended && !*planned) {
        struct nd_step step = {.no = (unsigned)lane->transcript.n};
        rc = stage->phase->next(&scene, &step.action, err);
        lane->ended = rc == ND_OK && step.action.kind == ND_ACT_DONE;
        *planned = rc == ND_OK && step.action.kind == ND_ACT_LANES;
        if (rc == ND_OK && !lane->ended && !*planned) {
            if (!r->perform || step.no >= STEPS_MAX) rc = not_whole(stage, lane, err);
            nd_action_id(stage->phase->name, lane->id, step.no, &step.action, step.id);
            if (rc == ND_OK) rc = perform(r, &scene, &step.action, &step.observation, err);
        }
        if (!step.observation) {
            nd_action_release(&step.action);
            continue;
        }
        ND_GROW(lane->transcript.v, lane->transcript.n, lane->transcript.cap);
        lane->transcript.v[lane->transcript.n++] = step;
    }
    return rc;
}

static enum nd_rc run_lanes(const struct nd_rebuild *r, struct nd_stage *stage, struct nd_error *err)
{
    bool planned = false;
    enum nd_rc rc = ND_OK;
    for (size_t i = 0; rc == ND_OK && i < stage->lanes.n; i++)
        rc = run_lane(r, stage, &stage->lanes.v[i], &planned, err);
    stage->lane0.ended = false;
    if (rc == ND_OK) rc = run_lane(r, stage, &stage->lane0, &planned, err);
    if (rc == ND_OK && planned)
        rc =
            nd_fail(err, ND_BROKEN, "phase '%s' planned again after its lanes had ended", stage->phase->name);
    return rc;
}

enum nd_rc nd_rebuild_phase(const struct nd_rebuild *r, struct nd_stage *stage, struct nd_artefact *out,
                            struct nd_error *err)
{
    bool planned = stage->planned;
    enum nd_rc rc = ND_OK;
    if (!planned) rc = nd_stage_find_plan(stage, r->base, err);
    planned = stage->planned;
    if (rc == ND_OK && !planned) {
        rc = run_lane(r, stage, &stage->lane0, &planned, err);
        if (rc == ND_OK && planned) nd_stage_planned(stage);
    }
    if (rc == ND_OK && planned && !stage->laid_out) rc = nd_stage_lay_out(stage, r->base, err);
    if (rc == ND_OK && planned) rc = run_lanes(r, stage, err);
    return rc == ND_OK ? nd_stage_finish(stage, r->base, out, err) : rc;
}
