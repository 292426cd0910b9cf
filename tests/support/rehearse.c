#include "rehearse.h"
#include "nightdesk/base/alloc.h"

#include <string.h>

#define LANE_STEPS_MAX 60

struct stage {
    struct nd_rehearsal *drive;
    unsigned phase;
    struct nd_scene scene;
    struct nd_lane lane0;
    struct nd_lanes lanes;
    struct nd_json *stop;
};

static struct nd_scene scene_of(struct stage *s, const struct nd_lane *lane, bool joined)
{
    struct nd_scene scene = s->scene;
    scene.pipeline = s->drive->desk;
    scene.lane0 = &s->lane0;
    scene.lane = lane;
    scene.lanes = joined ? &s->lanes : NULL;
    scene.stop = s->stop;
    return scene;
}

static enum nd_rc call_tool(struct stage *s, const struct nd_scene *scene, const struct nd_action *action,
                            struct nd_json **observation, struct nd_error *err)
{
    atomic_bool stop = false;
    if (s->drive->canned) *observation = s->drive->canned(s->drive->ctx, action->name, action->args);
    if (*observation) return ND_OK;
    for (const struct nd_tool *const *tool = s->drive->pipeline->tools; *tool; tool++) {
        if (strcmp((*tool)->name, action->name) != 0) continue;
        s->drive->tool_calls += (*tool)->counted;
        return (*tool)->call(scene, action->args, &stop, observation, err);
    }
    return nd_fail(err, ND_BROKEN, "there is no tool '%s'", action->name);
}

static enum nd_rc perform(struct stage *s, struct nd_lane *lane, struct nd_action *action,
                          struct nd_json **observation, struct nd_error *err)
{
    struct nd_scene scene = scene_of(s, lane, false);
    if (action->kind == ND_ACT_TOOL) return call_tool(s, &scene, action, observation, err);
    if (action->kind == ND_ACT_MODEL && s->drive->model) {
        *observation = s->drive->model(s->drive->model_ctx, action->args);
        return ND_OK;
    }
    if (action->kind != ND_ACT_HUMAN || !s->drive->answer)
        return nd_fail(err, ND_BROKEN, "nobody is there for '%s'", action->name);
    unsigned n = 0;
    for (size_t i = 0; i < lane->transcript.n; i++) n += lane->transcript.v[i].action.kind == ND_ACT_HUMAN;
    *observation = s->drive->answer(s->drive->ctx, action->name, n, nd_json_get(action->args, "shown"));
    return ND_OK;
}

static void record(struct nd_lane *lane, struct nd_action *action, struct nd_json *observation)
{
    struct nd_transcript *t = &lane->transcript;
    ND_GROW(t->v, t->n, t->cap);
    t->v[t->n] = (struct nd_step){.no = (unsigned)t->n, .action = *action, .observation = observation};
    t->n++;
    *action = (struct nd_action){0};
}

/* Runs a lane until it is done or (lane 0) wants the others. */
static enum nd_rc run_lane(struct stage *s, struct nd_lane *lane, bool joined, bool *wants_lanes,
                           struct nd_error *err)
{
    for (unsigned i = 0; i < LANE_STEPS_MAX; i++) {
        if (s->drive->between) s->drive->between(s->drive);
        struct nd_scene scene = scene_of(s, lane, joined);
        struct nd_action action = {0};
        enum nd_rc rc = s->drive->pipeline->phases[s->phase]->next(&scene, &action, err);
        if (rc != ND_OK || action.kind == ND_ACT_DONE || action.kind == ND_ACT_LANES) {
            if (wants_lanes) *wants_lanes = rc == ND_OK && action.kind == ND_ACT_LANES;
            nd_action_release(&action);
            return rc;
        }
        struct nd_json *observation = NULL;
        if (s->drive->stop_after && s->drive->steps >= s->drive->stop_after)
            rc = nd_fail(err, ND_STOPPED, "enough");
        if (rc == ND_OK) rc = perform(s, lane, &action, &observation, err);
        if (rc == ND_OK) record(lane, &action, observation);
        nd_action_release(&action);
        if (rc != ND_OK) return rc;
        s->drive->steps++;
    }
    return nd_fail(err, ND_OVER_LIMIT, "lane '%s' takes more than %d steps", lane->id, LANE_STEPS_MAX);
}

static enum nd_rc run_phase(struct stage *s, struct nd_artefact *out, struct nd_error *err)
{
    const struct nd_phase *phase = s->drive->pipeline->phases[s->phase];
    bool wants_lanes = false;
    memcpy(s->lane0.id, "0", 2);
    enum nd_rc rc = run_lane(s, &s->lane0, false, &wants_lanes, err);
    if (rc == ND_OK && wants_lanes) {
        struct nd_scene scene = scene_of(s, &s->lane0, false);
        rc = phase->lanes(&scene, &s->lanes, err);
    }
    for (size_t i = 0; i < s->lanes.n && rc == ND_OK; i++) {
        size_t at = s->drive->last_lane_first ? s->lanes.n - 1 - i : i;
        rc = run_lane(s, &s->lanes.v[at], false, NULL, err);
        s->lanes.v[at].ended = true;
    }
    if (rc == ND_OK && wants_lanes) rc = run_lane(s, &s->lane0, true, NULL, err);
    if (rc == ND_STOPPED && s->drive->stop_after) {
        s->stop = nd_json_object();
        nd_json_set_str(s->stop, "outcome", "limit_reached");
        nd_json_set_str(s->stop, "reason", "enough steps");
        nd_json_set_str(s->stop, "phase", phase->name);
        rc = ND_OK;
    }
    struct nd_scene scene = scene_of(s, &s->lane0, true);
    return rc == ND_OK ? phase->finish(&scene, out, err) : rc;
}

enum nd_rc nd_rehearse(struct nd_rehearsal *drive, struct nd_artefact out[ND_PHASES], struct nd_error *err)
{
    struct nd_json *stop = NULL;
    enum nd_rc rc = ND_OK;
    for (unsigned p = 0; p < ND_PHASES; p++) out[p] = (struct nd_artefact){0};
    for (unsigned p = 0; p < ND_PHASES && rc == ND_OK; p++) {
        struct stage s = {.drive = drive, .phase = p, .stop = stop};
        s.scene = (struct nd_scene){.run_id = drive->run_id,
                                    .started_ms = drive->started_ms,
                                    .request = drive->request,
                                    .writer = stop ? "extractive" : drive->request->writer,
                                    .objects = drive->objects};
        for (unsigned q = 0; q < p; q++) s.scene.artefact[q] = out[q].json;
        if (!stop)
            rc = run_phase(&s, &out[p], err);
        else {
            struct nd_scene scene = scene_of(&s, &s.lane0, true);
            rc = drive->pipeline->phases[p]->finish(&scene, &out[p], err);
        }
        stop = s.stop;
        nd_lane_release(&s.lane0);
        nd_lanes_release(&s.lanes);
    }
    nd_json_free(stop);
    return rc;
}
