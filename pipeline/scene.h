/** Small readers of scenes and makers of actions that all phases share. */
#ifndef PIPELINE_SCENE_H
#define PIPELINE_SCENE_H

#include "nightdesk/core/phase.h"

/* ---- making the next action ---- */
enum nd_rc nd_do_done(struct nd_action *out);
enum nd_rc nd_do_lanes(struct nd_action *out);
enum nd_rc nd_do_tool(struct nd_action *out, const char *tool, struct nd_json *args);  /* takes args */
enum nd_rc nd_do_model(struct nd_action *out, const char *role, struct nd_json *args); /* takes args */
/** Asks a person; takes shown. */
enum nd_rc nd_do_ask(struct nd_action *out, const char *gate, struct nd_json *shown, const char *prompt);

/* ---- reading what happened ---- */
const struct nd_transcript *nd_lane_transcript(const struct nd_lane *lane); /* of NULL: an empty one */
/** How often the lane has that step on record, refused or not. */
size_t nd_steps_of(const struct nd_lane *lane, enum nd_act kind, const char *name);
/** The observation of the lane's last such step that was neither refused nor failed; NULL: none. */
const struct nd_json *nd_seen_last(const struct nd_lane *lane, enum nd_act kind, const char *name);
/** The args of the lane's last call of that tool; NULL: none. */
const struct nd_json *nd_args_last(const struct nd_lane *lane, const char *tool);
/** Was the lane told to finish with what it has (its last step was refused)? */
bool nd_lane_must_finish(const struct nd_lane *lane);

/** Marks an observation that came to nothing: {"error": {"message": why}}. Gives it back. */
struct nd_json *nd_observe_failure(struct nd_json *observation, const char *why);

/**
 * A gate of lane 0. It opens once for each version; "revise" wants another version, up to ND_REVISIONS_MAX.
 */
struct nd_gate_state {
    bool open;                    /* ask now (if the version wanted is there) */
    unsigned version;             /* wanted, from 0 */
    const char *why;              /* of the last "revise"; NULL */
    const struct nd_json *edited; /* of the approval; NULL: approved as shown, or no gate */
};
struct nd_gate_state nd_gate_state(const struct nd_scene *scene, unsigned gate_bit, const char *gate);

/**
 * Adds a lane for what spec says (taken); one that says the same as a lane there, or is over ND_LANES_MAX,
 * adds nothing.
 */
void nd_lanes_add(struct nd_lanes *lanes, struct nd_json *spec, const char *title);
/** The lane with what spec says, NULL: none. */
const struct nd_lane *nd_lanes_find(const struct nd_lanes *lanes, const struct nd_json *spec);

/** "t3": a letter and a number. */
void nd_id(char out[16], char letter, size_t n);
/** "t3" -> 3: the number behind an id's letter, 0 when it has none. */
unsigned nd_id_number(const char *id);

#endif
