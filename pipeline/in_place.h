/** Verdicts of a fact-check lane, as judges write them: {"verdict", "why"?} each, in the section's order. */
#ifndef PIPELINE_IN_PLACE_H
#define PIPELINE_IN_PLACE_H

#include "nightdesk/core/phase.h"

/** The section is the summary: key findings are printed whole or not at all. */
bool nd_is_summary(const struct nd_scene *scene);

/**
 * May the quotes of a claim of the lane be printed in its place: few, of a section, and printed by no other
 * statement? verdicts: those that stand so far.
 */
bool nd_quotes_may_stand(const struct nd_scene *scene, const struct nd_json *claim,
                         const struct nd_json *verdicts);

#endif
