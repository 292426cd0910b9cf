/** A manifest that was checked, and what it may cost: for people, and for the batch machine of a stack. */
#ifndef NIGHTDESK_CLI_BATCH_PLAN_H
#define NIGHTDESK_CLI_BATCH_PLAN_H

#include "batch_manifest.h"

/**
 * Says what the batch may cost and who would receive what; with --plan writes the items to S3, one a line:
 *
 *     {"id", "ceiling_microusd", "since", "request": {… with every member …}}
 *
 * which is a manifest again. Documents on this machine are uploaded, and listed in the plan.
 * @return the exit status; sets cli->result
 */
enum nd_exit plan_make(const struct wiring *w, struct cli *cli, const struct manifest *m, int64_t max_total);

#endif
