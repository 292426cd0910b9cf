/** How a phase ends: finish or stop, in one commit; then somebody is told. */
#ifndef ENGINE_END_H
#define ENGINE_END_H

#include "loop.h"
#include "stage.h"

/**
 * Writes the outcome: `stop`, or (stop->outcome ND_RUNNING) the phase's artefact and, after the last phase,
 * the report's files. A stop that waits for a person opens its gate in the same commit; one at the budget or
 * a limit also builds the partial report first. Yields without a new step are counted, and too many fail the
 * phase. CONTROL is looked at last, so that nobody waits for what is given or cancelled already.
 * @param before  the limits that it worked under
 * @param again   true: nothing is written, since a limit was raised meanwhile, and it may go on
 */
enum nd_rc nd_phase_end(struct nd_run *run, const struct nd_stage *stage, const struct nd_meta *before,
                        struct nd_stop *stop, bool *again, struct nd_error *err);

#endif
