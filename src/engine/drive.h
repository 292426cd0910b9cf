/** The phase driver: lane 0 plans, the lanes run side by side, lane 0 joins, the phase ends. */
#ifndef ENGINE_DRIVE_H
#define ENGINE_DRIVE_H

#include "run.h"

#define ND_LANES_IN_FLIGHT 10
#define ND_LANE_STACK_BYTES ((size_t)256 << 10)

/**
 * Works on the first phase that is not finished until it has an outcome, which is durable then.
 * Any other result than ND_OK: none was written.
 */
enum nd_rc nd_phase_work(struct nd_run *run, struct nd_error *err);

#endif
