/**
 * What others want of a run at work: a signal, CONTROL, the clock. The watcher looks about five times a
 * second at the stop flag and the clocks, reads CONTROL once a second and renews META every ten seconds
 * without other commits; where the lease is timed, both three times a lease.
 */
#ifndef ENGINE_WATCH_H
#define ENGINE_WATCH_H

#include "loop.h"

/**
 * Reads CONTROL and adopts it by a fenced commit: cancel halts the run; ceiling and limits replace those in
 * force. A ceiling below what is gone only stops new reservations.
 */
enum nd_rc nd_control_adopt(struct nd_run *run, struct nd_error *err);
/**
 * The same where the phase stops. A cancel becomes what the phase stops for, unless it failed. *again: it
 * stopped at the budget or a limit, and other limits are in force now than in `before`, whoever adopted them:
 * it may go on.
 */
enum nd_rc nd_control_at_stop(struct nd_run *run, const struct nd_meta *before, struct nd_stop *stop,
                              bool *again, struct nd_error *err);

void *nd_watcher(void *run); /* the thread */

#endif
