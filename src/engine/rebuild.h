/**
 * A phase worked in memory, with no store, money or people: for the replay of finished phases and for partial
 * reports.
 */
#ifndef ENGINE_REBUILD_H
#define ENGINE_REBUILD_H

#include "nightdesk/engine/engine.h"
#include "stage.h"

struct nd_rebuild {
    const struct nd_pipeline *pipeline;
    const struct nd_scene *base; /* writer, stop and earlier artefacts as the phase shall see them */
    /**
     * NULL: the transcripts must be whole; a lane that has not ended is ND_BROKEN. Else free local tools are
     * called (this is their stop flag), gates are approved, and what would leave the machine, cost or ask is
     * refused with "stopped".
     */
    const atomic_bool *perform;
};
/** Works the loaded stage to its artefact. Lanes with `ended` set are not asked again. */
enum nd_rc nd_rebuild_phase(const struct nd_rebuild *r, struct nd_stage *stage, struct nd_artefact *out,
                            struct nd_error *err);

#endif
