/**
 * What others want of a run at work: a signal, CONTROL, the clock. The watcher looks about five times a
 * second at the stop flag and the clocks, reads CONTROL once a second and renews META every ten seconds
 * without other commits; where the lease is timed, both three times a lease.
 */
#ifndef ENGINE_WATCH_H
#define ENGINE_WATCH_H

#include "run.h"

/**
 * Reads CONTROL and adopts it by a fenced commit: cancel halts the run; ceiling and limits replace those in
 * force. A ceiling below what is gone only stops new reservations. *changed (may be NULL): something else is
 * in force now.
 */
enum nd_rc nd_control_adopt(struct nd_run *run, bool *changed, struct nd_error *err);

void *nd_watcher(void *run); /* the thread */

#endif
