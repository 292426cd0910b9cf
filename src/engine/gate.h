/**
 * Gates and questions (PROTOCOL P6). The decision on a human action is looked up in the gates as they stand;
 * while there is none the lane stops, and the phase ends with a gate that shows what waits.
 *
 *     gate of lane 0   the k-th time a phase asks a gate, its k-th gate item of that name answers
 *     question         the item that shows the question's action id answers
 *     budget, limit    opened by a stop; they let the run go on by what CONTROL then says. A lane may also
 * ask "budget": the k-th raise of the phase answers
 */
#ifndef ENGINE_GATE_H
#define ENGINE_GATE_H

#include "loop.h"

#define ND_GATE_WAIT_MS (INT64_C(7) * 24 * 3600 * 1000)

/** Sets a->observation from the decision. ND_STOPPED: there is none yet, or it ends the run: w->stop. */
enum nd_rc nd_gate_answer(struct nd_lane_work *w, struct nd_attempt *a, struct nd_error *err);

/** A gate to be opened with the outcome that waits for it. */
struct nd_opening {
    bool open; /* false: the gate is open already */
    struct nd_approval approval;
    struct nd_bytes shown;
};
void nd_opening_release(struct nd_opening *opening);
/**
 * Prepares the gate of a stop that has one (stop->gate, stop->shown); a gate that is open and has expired
 * turns the stop into `expired`. *n is the number of the gate that waits.
 */
enum nd_rc nd_gate_prepare(struct nd_run *run, unsigned phase, struct nd_stop *stop, struct nd_opening *out,
                           unsigned *n, struct nd_error *err);

/** True, and the stop set, when a person decided that the phase's budget or limit is not to be raised. */
bool nd_gate_given_up(const struct nd_asked_list *asked, unsigned phase, struct nd_stop *stop);
/** How often a phase's gate was sent back. */
unsigned nd_gate_revisions(const struct nd_asked_list *asked, const char *gate, unsigned phase);
/** The newest gate of that name and phase, or NULL. */
const struct nd_asked *nd_gate_newest(const struct nd_asked_list *asked, const char *gate, unsigned phase);

#endif
