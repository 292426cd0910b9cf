/** What became of a batch: results.json and results.txt in its folder, what people see, the exit status. */
#ifndef NIGHTDESK_CLI_BATCH_RESULTS_H
#define NIGHTDESK_CLI_BATCH_RESULTS_H

#include "batch_state.h"

/** "nightdesk.batch-results/1" (docs/reference/batch.md); caller frees. */
struct nd_json *results_json(const struct batch *b, struct nd_error *err);
/** Both files, each whole or not at all; results.json, which says that the batch has come to its end, last.
 */
enum nd_rc results_write(const struct batch *b, const struct nd_json *results, struct nd_error *err);
/** One line for each item, and one for all. */
void results_say(const struct batch *b, const struct nd_json *results);
/** The worst that became of an item: 75, 1, 3, 4, 5, 6, 7, 0, in this order; others count as 1. */
enum nd_exit results_exit(const struct nd_json *results);
/** Nothing can be done for any item any more: none waits, none has been put off. */
bool results_final(const struct batch *b);

#endif
