/** Ends a process that hangs. What it leaves behind is what a crash leaves, and the next process goes on from
 * there. */
#ifndef NIGHTDESK_CLI_WATCHDOG_H
#define NIGHTDESK_CLI_WATCHDOG_H

#include "nightdesk/base/host.h"
#include <stdatomic.h>

struct watchdog;

struct watchdog_config {
    const struct nd_host *host;
    int64_t idle_ms;         /* the longest without watchdog_fed; 0: no limit */
    int64_t stop_ms;         /* after so long this process begins to stop by itself; 0: never */
    const atomic_bool *stop; /* set when it was told to stop */
    int64_t grace_ms;        /* the longest that stopping may take */
};

/** From now on the process ends with status 75 and a line on stderr when one of the times is over. NULL: no
 * thread. */
struct watchdog *watchdog_start(const struct watchdog_config *config);
/** Something new is durable. Any thread; NULL is fine. */
void watchdog_fed(struct watchdog *dog);
void watchdog_end(struct watchdog *dog); /* NULL is fine */

#endif
