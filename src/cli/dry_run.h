/** run --dry-run: the plan, the cost and who would receive what. Spends and keeps nothing. */
#ifndef NIGHTDESK_CLI_DRY_RUN_H
#define NIGHTDESK_CLI_DRY_RUN_H

#include "work.h"

/** The wiring has a store in memory. Plans with the extractive writer, whatever the request's is. */
enum nd_exit dry_run(struct wiring *w, const struct work *work);

/**
 * What the request's model is expected to ask for with so many sub-topics; 0 for the extractive writer.
 * ND_CONFIG a model without a price.
 */
enum nd_rc dry_run_cost(const struct cli *cli, const struct nd_request *request, size_t sub_topics,
                        int64_t *out, struct nd_error *err);

#endif
