/**
 * A toy pipeline: four phases whose lanes call tools and a model in a fixed order, so that every path of the
 * engine is walked by a few steps whose right results can be written down.
 *
 *     lane 0       read (free, local), plan (model), [gate], LANES, sum (free, local), [gate final], DONE
 *     other lanes  fetch (leaves the machine, counted), ask (model), more (model, extends ask), note
 * (counted), [question]
 *
 * With the writer "extractive" the model's steps are calls of the tool `pick`. A lane that is refused
 * something ends.
 */
#ifndef TOY_H
#define TOY_H

#include "nightdesk/core/phase.h"

struct toy {
    unsigned lanes;       /* of each phase */
    bool questions;       /* every second lane of research asks one */
    unsigned notes;       /* counted local calls at the end of each lane; 0: one */
    size_t note_bytes;    /* added to each answer of `note` */
    size_t payload_bytes; /* added to each answer of `read`, to make records large */
    bool lane_fails;      /* the tool `note` gives ND_BAD_INPUT in lane 1 of draft */
    bool endless;         /* lanes never end by themselves */
    bool two_plans;       /* lane 0 plans again after the join: a bug that the engine must refuse */
    bool minimum;         /* lane 0 of research cannot do without its plan: refused, it asks for a raise */
    bool bad_reason;      /* `note` of lane 1 of draft fails with a reason that is hard to keep */
    bool same_lanes;      /* all lanes are about the same: a bug */
    unsigned *reads;      /* `read` keeps an object of a new name first, and counts it here */
    /** Every tool call goes through here when set; what it returns other than ND_OK is the call's result. */
    enum nd_rc (*on_call)(void *ctx, const char *tool, const struct nd_json *args, bool after,
                          const atomic_bool *stop);
    void *ctx;
};

/** The pipeline; its scene->pipeline is a struct toy. `sha256` may be another version's. */
struct nd_pipeline toy_pipeline(const char *sha256);
#define TOY_VERSION "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
#define TOY_FEE_MICROUSD 7 /* of a fetch */

#endif
