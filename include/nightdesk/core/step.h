/**
 * Actions, steps, transcripts, lanes: the words of the loop.
 *
 *     next action = f(request, earlier phases' artefacts, lane 0's recorded plan, this lane's transcript)
 *     reserve  -> durable          perform -> model, tool, human          record -> durable
 *
 * A step is one action with its observation. A transcript is the append-only list of a lane's steps and is
 * the whole agent state: nothing else is needed to go on.
 */
#ifndef NIGHTDESK_CORE_STEP_H
#define NIGHTDESK_CORE_STEP_H

#include "nightdesk/base/json.h"
#include "nightdesk/core/limits.h"

enum nd_act {
    ND_ACT_DONE,  /* the lane has ended */
    ND_ACT_LANES, /* lane 0 only: the plan stands; run the other lanes, then ask again (scene->lanes is then
                     set) */
    ND_ACT_TOOL,
    ND_ACT_MODEL,
    ND_ACT_HUMAN, /* a gate or a question to a person */
};

/**
 * What to do next. `name` is the tool's name, the model's role ("write", "read") or the gate's name ("plan",
 * "outline", "final", "question"). `args` is an object: tool   whatever the tool documents model  see
 * core/model.h human  { "shown": {…}, "prompt": "one line for the person" } Gates but "question" are asked by
 * lane 0. A lane that cannot do its phase's minimum after a refusal by money asks "budget": the run stops
 * there, and after a raise the observation is {"decision": "raise"}.
 */
struct nd_action {
    enum nd_act kind;
    char name[ND_NAME_BYTES];
    struct nd_json *args; /* owned by the action */
};
void nd_action_release(struct nd_action *action);
/** Same place in the run and same content, same id: hash of (phase, lane, step, kind, name, canonical args).
 */
void nd_action_id(const char *phase, const char *lane_id, unsigned step, const struct nd_action *action,
                  char id[ND_ACTION_ID_BYTES]);
const char *nd_act_word(enum nd_act kind); /* "tool", "model", "human" … */

/**
 * One recorded step. `observation` is an object:
 *   tool   the tool's result
 *   model  see core/model.h
 *   human  { "decision": "approve|revise|reject|answer", "edited": {…}?, "why": "…"?, "answer": "…"?, "by":
 * "…"? } any    { "refused": "lane_tool_calls|lane_steps|phase_cap|stopped" } when the engine did not perform
 * it: the lane must finish with what it has (stopped: in a partial report, where nothing leaves the machine
 * or asks) any    { "error": { "message": "…" } } when it was performed and failed for good: the writer
 * repairs or demotes
 */
struct nd_step {
    unsigned no; /* from 0, without holes */
    char id[ND_ACTION_ID_BYTES];
    struct nd_action action;
    struct nd_json *observation;
    int64_t cost_microusd;
    char version[17]; /* first 16 hex digits of the hash of the pipeline that made it */
};

struct nd_transcript {
    struct nd_step *v;
    size_t n, cap;
};
void nd_transcript_release(struct nd_transcript *t);
/** The last step with that action kind and name, or NULL. */
const struct nd_step *nd_transcript_last(const struct nd_transcript *t, enum nd_act kind, const char *name);
/** Why the step was refused, or NULL. */
const char *nd_step_refused(const struct nd_step *step);

/**
 * A unit of work inside a phase. Lane 0 plans and joins; its id is "0". The id of another lane is the first
 * 16 hex digits of the hash of what it is about (nd_lane_id), so an edited plan keeps the lanes that were
 * already paid for.
 */
struct nd_lane {
    char id[ND_LANE_ID_BYTES];
    char *title;          /* for progress */
    struct nd_json *spec; /* what the lane is about, from lane 0's plan; NULL for lane 0 */
    struct nd_transcript transcript;
    bool ended;
};
void nd_lane_release(struct nd_lane *lane);
void nd_lane_id(const struct nd_json *spec, char id[ND_LANE_ID_BYTES]);

struct nd_lanes {
    struct nd_lane *v;
    size_t n, cap;
};
void nd_lanes_release(struct nd_lanes *lanes);

#endif
