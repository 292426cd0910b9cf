/** Performing: the only place with effects. What leaves the machine or may cost is reserved first. */
#ifndef ENGINE_PERFORM_H
#define ENGINE_PERFORM_H

#include "loop.h"

/**
 * Sets a->observation and a->cost_microusd, or a refusal. A reservation that is still needed stays in
 * a->reserve and ends with the record.
 * @return ND_STOPPED  w->stop says why, if it is not a halt of the run · anything else: core/phase.h,
 * core/model.h
 */
enum nd_rc nd_perform(struct nd_lane_work *w, struct nd_attempt *a, struct nd_error *err);

#endif
