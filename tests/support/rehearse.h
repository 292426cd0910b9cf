/**
 * Drives a pipeline without an engine: transcripts in memory, next -> tool or answer -> record in a loop.
 * What an engine must not change (order of lanes, threads, processes) can be changed here on purpose.
 */
#ifndef ND_TEST_REHEARSE_H
#define ND_TEST_REHEARSE_H

#include "nightdesk/core/phase.h"

struct nd_rehearsal {
    const struct nd_pipeline *pipeline;
    void *desk; /* scene->pipeline */
    struct nd_objects *objects;
    const struct nd_request *request;
    const char *run_id;
    int64_t started_ms;
    /** The observation of a tool that is not to be called; NULL: call it. Its result is the caller's. */
    struct nd_json *(*canned)(void *ctx, const char *tool, const struct nd_json *args);
    /** The n-th answer (from 0) at a gate. */
    struct nd_json *(*answer)(void *ctx, const char *gate, unsigned n, const struct nd_json *shown);
    /** What a model says to a call; NULL: there is no model. Its result is the caller's. */
    struct nd_json *(*model)(void *model_ctx, const struct nd_json *args);
    void *ctx, *model_ctx;
    bool last_lane_first;                        /* lanes run in the opposite order */
    unsigned stop_after;                         /* a partial report after so many steps; 0: none */
    void (*between)(struct nd_rehearsal *drive); /* before every step: may put another desk in place; NULL */
    /* what happened */
    unsigned steps, tool_calls;
};

/** Runs all phases; out[p] is each phase's artefact (release them all, also after a failure). */
enum nd_rc nd_rehearse(struct nd_rehearsal *drive, struct nd_artefact out[ND_PHASES], struct nd_error *err);

#endif
