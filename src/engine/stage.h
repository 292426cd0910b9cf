/**
 * A phase with its transcripts: what the live driver, the partial report and the replay share.
 *
 *     load -> find the plan -> lay out the lanes -> (work) -> finish
 *
 * The plan is the shortest part of lane 0's transcript after which `next` says that the plan stands; lanes
 * see that part of lane 0 and nothing that came after it, so what they do does not depend on when they do it.
 */
#ifndef ENGINE_STAGE_H
#define ENGINE_STAGE_H

#include "nightdesk/core/phase.h"
#include "nightdesk/core/store.h"

struct nd_stage {
    const struct nd_phase *phase;
    unsigned no;
    struct nd_lane lane0;
    struct nd_lane plan; /* lane 0 up to its plan; borrows from lane0 */
    bool planned, laid_out;
    struct nd_lanes lanes; /* in plan order */
    struct nd_lanes
        found; /* transcripts of lanes that are not laid out (yet, or any more: an edited plan left them) */
};
void nd_stage_release(struct nd_stage *stage);

enum nd_rc nd_stage_load(struct nd_stage *stage, struct nd_store *store, const char *run_id, unsigned no,
                         const struct nd_phase *phase, struct nd_objects *objects, struct nd_error *err);

/** Looks for the plan in what lane 0 has recorded; none yet is ND_OK with stage->planned false. */
enum nd_rc nd_stage_find_plan(struct nd_stage *stage, const struct nd_scene *base, struct nd_error *err);
/** Lane 0 as it is now has the plan. */
void nd_stage_planned(struct nd_stage *stage);
/** Asks for the lanes and gives each its transcript. ND_BROKEN: an id twice or not of the form, too many. */
enum nd_rc nd_stage_lay_out(struct nd_stage *stage, const struct nd_scene *base, struct nd_error *err);

/** The scene of a lane: of lane 0 before its plan stands, of another lane, of lane 0 when the others have
 * ended. */
struct nd_scene nd_stage_scene(const struct nd_stage *stage, const struct nd_scene *base,
                               const struct nd_lane *lane);
/** All lanes have ended and lane 0 is done: the artefact. */
enum nd_rc nd_stage_finish(const struct nd_stage *stage, const struct nd_scene *base, struct nd_artefact *out,
                           struct nd_error *err);

#endif
