/** What may start: halts, --max-steps, tool calls of lane and run, steps of a lane (PROTOCOL P1.1,
 * DESIGN 3.4). */
#ifndef ENGINE_QUOTA_H
#define ENGINE_QUOTA_H

#include "loop.h"

/** Takes the right to record one more step. ND_STOPPED: none left, or the run is halted. */
enum nd_rc nd_quota_enter(struct nd_lane_work *w);
/**
 * A step beyond the lane's limits gets its refusal as a->observation; a tool call beyond the run's limit is
 * ND_STOPPED and w->stop says so; one that the limits count has a->counts set from here until it is durable.
 */
enum nd_rc nd_quota_check(struct nd_lane_work *w, struct nd_attempt *a, struct nd_error *err);
/** Gives back what was taken and not used. */
void nd_quota_leave(struct nd_lane_work *w, struct nd_attempt *a, bool recorded);
/** Fills w->stop, if it is not, from what halted the run. */
void nd_quota_stopped(struct nd_lane_work *w);

/** The observation of a step that was not performed. */
void nd_refuse(struct nd_attempt *a, const char *why);
/** NULL: the pipeline has no such tool. */
const struct nd_tool *nd_tool_named(const struct nd_pipeline *pipeline, const char *name);

#endif
