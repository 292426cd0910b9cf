/**
 * The loop: one lane, step by step.
 *
 *     next -> reserve (durable) -> perform -> record (durable) -> next …
 *
 * A step whose record exists is never performed again. Records win over what `next` gives now (after a change
 * of the program), since history is not rewritten; only the step after the last record is asked for.
 */
#ifndef ENGINE_LOOP_H
#define ENGINE_LOOP_H

#include "run.h"

#define ND_REASON_MAX_BYTES 120 /* META must stay under ND_META_MAX_BYTES */
/** Why a lane went no further although it has not ended. */
struct nd_stop {
    enum nd_outcome outcome; /* ND_RUNNING: it was not stopped */
    char reason[ND_REASON_MAX_BYTES + 1];
    int64_t need_microusd; /* budget_exceeded: what did not fit */
    char gate[ND_NAME_BYTES];
    struct nd_json *shown; /* awaiting_*: what the gate shows, or the one question */
};
void nd_stop_release(struct nd_stop *stop);
/** Sets outcome and reason (one line, cut to fit, safe to print). */
void nd_stop_set(struct nd_stop *stop, enum nd_outcome outcome, const char *fmt, ...) ND_PRINTF(3, 4);
/** The same from a chain of reasons. */
void nd_stop_fail(struct nd_stop *stop, const struct nd_error *err);
/** Whether a result ends the run as failed; the others end this process without an outcome. */
bool nd_stop_fails(enum nd_rc rc);
/** Stopped at the budget or a limit, which may be raised. */
bool nd_stop_at_ceiling(const struct nd_stop *stop);
/** The one that decides how the phase ends. */
bool nd_stop_stronger(const struct nd_stop *a, const struct nd_stop *b);

struct nd_lane_work {
    struct nd_run *run;
    unsigned phase;
    struct nd_scene scene; /* scene.lane is `lane` */
    struct nd_lane *lane;
    struct nd_stop stop;
};

/** A step on its way. */
struct nd_attempt {
    struct nd_action action;
    char id[ND_ACTION_ID_BYTES];
    struct nd_json *observation; /* NULL until there is one */
    bool refused;                /* it was not performed */
    bool counts;                 /* a tool call that the limits count, and that is not durable yet */
    struct nd_reserve reserve;   /* id "" when nothing is reserved */
    bool counted;                /* the reservation has counted the call */
    int64_t cost_microusd;
};

enum nd_lane_end { ND_LANE_GOES_ON, ND_LANE_DONE, ND_LANE_PLANNED, ND_LANE_STOPPED };
/** Works until the lane has ended, has planned (lane 0), or was stopped: work->stop says why. */
enum nd_lane_end nd_lane_run(struct nd_lane_work *work);

#endif
