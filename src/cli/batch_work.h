/** Working on a batch: reserve, start, wait, give back, until nothing is left to be done. */
#ifndef NIGHTDESK_CLI_BATCH_WORK_H
#define NIGHTDESK_CLI_BATCH_WORK_H

#include "batch_state.h"

/**
 * Makes the reports, --concurrency side by side. A report begins only when its ceiling fits into what is left
 * of the total, which is then reserved by making its run; what waits for money of others waits. Once asked to
 * stop it starts nothing more, tells the children to stop in order and waits for them.
 * @return ND_OK nothing is left to be done now · ND_STOPPED · of the store
 */
enum nd_rc batch_work(struct batch *b, struct nd_error *err);

#endif
