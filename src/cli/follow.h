/** Following a run that somebody else works on. */
#ifndef NIGHTDESK_CLI_FOLLOW_H
#define NIGHTDESK_CLI_FOLLOW_H

#include "wiring.h"

/**
 * Shows how the run goes on until it ends or waits, then what became of it. Ctrl-C ends the watching, not the
 * run. Sets cli->result and the hint.
 * @return the exit status: that of the run's outcome
 */
enum nd_exit follow_run(struct wiring *w, struct cli *cli, const char *run_id);

#endif
