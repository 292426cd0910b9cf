/**
 * A writer: who judges. Two kinds fill this table: the extractive writer (no model, every sentence a quote)
 * and the model writer. A phase calls a judgement's `next` until it gives ND_ACT_DONE, doing what it asks,
 * then its `result`. Both are pure functions of the scene; all that a writer learned stands in the lane's
 * transcript.
 *
 *   judgement  lane                   result
 *   plan       research, lane 0       "nightdesk.plan/1", version = times a person sent it back
 *   choose     research, a sub-topic  {"candidates": […best first…], "figures": […], "tables": […]}
 *   outline    draft, lane 0          "nightdesk.outline/1"
 *   draft      draft, a section       {"claims": […], "evidence": […]}; evidence was found while drafting
 *   exhibits   synthesize, lane 0     {"exhibits": […specs of the exhibit lanes…]}
 *   exhibit    synthesize, a lane     an exhibit of "nightdesk.synthesis/1"; null: not worth printing
 *   summary    synthesize, lane 0     {"summary": […], "contradictions": […]}, after the exhibit lanes
 *   judge      fact-check, a section  {"claims": [{"verdict", "why"}…]} in the section's order
 *
 * A candidate with "spare": true was passed over.
 * Any result may have a "note": a sentence that tells the reader what was cut short (of `summary`: "notes",
 * an array). A verdict of `judge` is supported, unjudged, caveat (printed with that label), quoted (its
 * quotes are printed in its place) or removed.
 */
#ifndef PIPELINE_WRITER_H
#define PIPELINE_WRITER_H

#include "nightdesk/core/phase.h"

struct nd_judgement {
    /** The next thing this judgement needs (tool or model), or ND_ACT_DONE. */
    enum nd_rc (*next)(const struct nd_scene *scene, struct nd_action *out, struct nd_error *err);
    /** What was judged, from what is recorded (a refused step included). Caller frees. */
    enum nd_rc (*result)(const struct nd_scene *scene, struct nd_json **out, struct nd_error *err);
};

struct nd_writer {
    const char *name; /* "extractive"; a model writer answers to every "PROVIDER:MODEL" */
    bool (*serves)(const char *writer);
    struct nd_judgement plan, choose, outline, draft, exhibits, exhibit, summary, judge;
    /** How the writer is named in the report's `writers`. Caller frees. */
    struct nd_json *(*label)(const struct nd_scene *scene);
    /** Adds the wishes of the request that this writer does not obey, one honest line each. */
    void (*ignored)(const struct nd_request *request, struct nd_json *notes);
};

extern const struct nd_writer nd_writer_extractive, nd_writer_model;

/** The writer that serves the scene (scene->writer): ND_CONFIG names it and those there are. */
enum nd_rc nd_writer_of(const struct nd_scene *scene, const struct nd_writer **out, struct nd_error *err);

#endif
