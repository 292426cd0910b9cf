/** run --dry-run: the plan, the cost and who would receive what. Spends and keeps nothing. */
#ifndef NIGHTDESK_CLI_DRY_RUN_H
#define NIGHTDESK_CLI_DRY_RUN_H

#include "work.h"

/** The wiring has a store in memory. Plans with the extractive writer, whatever the request's is. */
enum nd_exit dry_run(struct wiring *w, const struct work *work);

#endif
