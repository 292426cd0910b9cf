/**
 * Phases and tools as the engine sees them: tables of functions. The engine knows no concrete phase, tool or
 * model.
 *
 * What a phase's functions get is a scene: all that `next` may depend on. They are pure: no clock, no
 * randomness, no network, no order of threads; the same scene gives the same answer. They may read blobs by
 * hash (those never change) and the pipeline's caches of what was computed from them.
 */
#ifndef NIGHTDESK_CORE_PHASE_H
#define NIGHTDESK_CORE_PHASE_H

#include "nightdesk/core/objects.h"
#include "nightdesk/core/outcome.h"
#include "nightdesk/core/request.h"
#include "nightdesk/core/step.h"
#include <stdatomic.h>

enum { ND_RESEARCH, ND_DRAFT, ND_SYNTHESIZE, ND_FACT_CHECK };

struct nd_scene {
    const char *run_id;
    int64_t started_ms;
    const struct nd_request *request;
    const char *writer; /* who judges now: the request's writer, or "extractive" for a partial report */
    const struct nd_json *artefact[ND_PHASES]; /* of earlier phases; NULL: not made */
    const struct nd_lane *lane0;               /* lane 0 of this phase with its transcript */
    const struct nd_lane *lane;                /* the lane that is asked about (may be lane 0) */
    const struct nd_lanes
        *lanes; /* all lanes but lane 0, in plan order: set only for lane 0 after they ended, and in finish */
    const struct nd_json *stop; /* partial report: {"outcome", "reason", "phase"}; else NULL */
    struct nd_objects *objects;
    void *pipeline; /* the pipeline's own: caches, tools' configuration */
};

/** What a finished phase leaves. */
struct nd_file {
    char *name; /* "report.html", "evidence/…" */
    struct nd_bytes bytes;
};
struct nd_artefact {
    struct nd_json *json; /* for the phases after it; of the last phase, "quiet": true when nobody needs to be
                             told that it is done */
    struct nd_file *files; /* report files (fact-check only) */
    size_t file_count, file_cap;
};
void nd_artefact_release(struct nd_artefact *artefact);
struct nd_bytes *nd_artefact_add(struct nd_artefact *artefact, const char *name); /* an empty file to fill */

struct nd_phase {
    const char *name;
    unsigned cap_percent; /* of the ceiling, cumulative: spent + reserved + unknown may reach this while in
                             the phase */
    /** The lanes of lane 0's plan, in order; may be none. */
    enum nd_rc (*lanes)(const struct nd_scene *scene, struct nd_lanes *out, struct nd_error *err);
    /**
     * The next action of scene->lane. Lane 0 is asked again for shorter parts of its transcript (with lanes
     * NULL) to find the plan in it: once the plan stands, and as long as scene->lanes is NULL, the answer is
     * ND_ACT_LANES.
     */
    enum nd_rc (*next)(const struct nd_scene *scene, struct nd_action *out, struct nd_error *err);
    /** The artefact, once lane 0 is done. */
    enum nd_rc (*finish)(const struct nd_scene *scene, struct nd_artefact *out, struct nd_error *err);
};

/** A tool. Most are free and local; what leaves the machine or costs is reserved before it is called. */
struct nd_tool {
    const char *name;
    bool counted; /* against the tool-call limits (what a writer asks for); the run's own reading is not */
    bool leaves;  /* has an effect outside this machine: reserved first */
    int64_t fee_microusd; /* per call, worst case */
    /** The fee where it depends on how the program is set up; NULL: fee_microusd. What a call did cost stands
     * in its observation then, as "cost_microusd". */
    int64_t (*fee)(const struct nd_scene *scene);
    /**
     * Performs the call. *observation (an object) is set on ND_OK; a failure that the lane can live with is
     * an observation {"error": {"message": …}}. Other results end the run in order: ND_STOPPED, ND_FULL,
     * ND_UNKNOWN, ND_BAD_INPUT (the run fails and the note is its reason), ND_BROKEN.
     * @param stop  becomes true when the run was asked to stop: return ND_STOPPED soon
     */
    enum nd_rc (*call)(const struct nd_scene *scene, const struct nd_json *args, const atomic_bool *stop,
                       struct nd_json **observation, struct nd_error *err);
};

/** Everything the engine needs from a pipeline. */
struct nd_pipeline {
    const char *sha256; /* of phases, prompts and prices: recorded in META */
    const struct nd_phase *phases[ND_PHASES];
    const struct nd_tool *const *tools; /* ended by NULL */
    /** The text form of what a gate shows, for $EDITOR, and back: `edited` for a decision. ND_BAD_INPUT names
     * the line. */
    enum nd_rc (*gate_text)(const char *gate, const struct nd_json *shown, struct nd_bytes *out,
                            struct nd_error *err);
    enum nd_rc (*gate_parse)(const char *gate, const struct nd_json *shown, struct nd_view text,
                             struct nd_json **edited, struct nd_error *err);
};

#endif
