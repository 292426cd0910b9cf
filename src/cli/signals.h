/** Ctrl-C and SIGTERM: the first asks to stop in order, the second ends the process at once. */
#ifndef NIGHTDESK_CLI_SIGNALS_H
#define NIGHTDESK_CLI_SIGNALS_H

#include <stdatomic.h>

/** @param hint  one line that the first signal prints; static text ended by a newline */
void signals_install(const char *hint);
/** True once a signal came; for nd_engine.stop. */
const atomic_bool *signals_stop(void);
/** The signal that came first, or 0. */
int signals_received(void);

#endif
