#include "partial.h"
#include "nightdesk/base/alloc.h"
#include "rebuild.h"

#include <string.h>

/* A lane that has ended keeps its steps; of another they are left out, so that it starts anew. */
static enum nd_rc keep_ended(struct nd_stage *stage, const struct nd_scene *base, struct nd_error *err)
{
    enum nd_rc rc = nd_stage_find_plan(stage, base, err);
    if (rc == ND_OK && !stage->planned) {
        struct nd_scene scene = nd_stage_scene(stage, base, &stage->lane0);
        struct nd_action action = {0};
        rc = stage->phase->next(&scene, &action, err);
        if (rc == ND_OK && action.kind == ND_ACT_LANES) nd_stage_planned(stage);
        nd_action_release(&action);
    }
    if (rc == ND_OK && stage->planned) rc = nd_stage_lay_out(stage, base, err);
    for (size_t i = 0; rc == ND_OK && i < stage->lanes.n; i++) {
        struct nd_lane *lane = &stage->lanes.v[i];
        struct nd_scene scene = nd_stage_scene(stage, base, lane);
        struct nd_action action = {0};
        rc = stage->phase->next(&scene, &action, err);
        lane->ended = rc == ND_OK && action.kind == ND_ACT_DONE;
        if (!lane->ended) nd_transcript_release(&lane->transcript);
        nd_action_release(&action);
    }
    return rc;
}

/* The artefact as later phases see it: read back from its bytes, as a stored one is. */
static enum nd_rc reread(const struct nd_json *json, struct nd_json **out, struct nd_error *err)
{
    if (!json) return nd_fail(err, ND_BROKEN, "the phase made no artefact");
    struct nd_bytes text = ND_BYTES(ND_ARTEFACT_MAX_BYTES);
    nd_json_print(json, &text);
    enum nd_rc rc = nd_json_parse(out, nd_bytes_view(&text), err);
    nd_bytes_release(&text);
    return rc;
}

struct nd_json *nd_partial_stop(enum nd_outcome outcome, const char *reason, const char *phase)
{
    struct nd_json *stop = nd_json_object();
    nd_json_set_str(stop, "outcome", nd_outcome_word(outcome));
    nd_json_set_str(stop, "reason", reason);
    nd_json_set_str(stop, "phase", phase);
    return stop;
}

enum nd_rc nd_partial_build(const struct nd_engine *e, const struct nd_scene *base, unsigned phase,
                            const struct nd_json *stop, struct nd_artefact *out, struct nd_error *err)
{
    static const atomic_bool never;
    struct nd_json *made[ND_PHASES] = {0};
    struct nd_scene scene = *base;
    struct nd_rebuild rebuild = {
        .pipeline = e->pipeline, .base = &scene, .perform = e->stop ? e->stop : &never};
    struct nd_artefact artefact = {0};
    enum nd_rc rc = ND_OK;
    scene.writer = "extractive";
    scene.stop = stop;
    for (unsigned i = phase; rc == ND_OK && i < ND_PHASES; i++) {
        struct nd_stage stage = {.phase = e->pipeline->phases[i], .no = i};
        nd_artefact_release(&artefact);
        rc = nd_stage_load(&stage, e->store, base->run_id, i, e->pipeline->phases[i], base->objects, err);
        if (rc == ND_OK && i == phase) rc = keep_ended(&stage, base, err);
        if (rc == ND_OK) rc = nd_rebuild_phase(&rebuild, &stage, &artefact, err);
        if (rc == ND_OK) rc = reread(artefact.json, &made[i], err);
        scene.artefact[i] = made[i];
        nd_stage_release(&stage);
    }
    for (unsigned i = 0; i < ND_PHASES; i++) nd_json_free(made[i]);
    if (rc != ND_OK) {
        nd_artefact_release(&artefact);
        return nd_while(err, "while building the partial report of run '%s'", base->run_id);
    }
    *out = artefact;
    return ND_OK;
}
