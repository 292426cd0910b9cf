/**
 * A guardrail as a judge (request->guardrail, core/model.h): after the writer's own judge each statement that
 * would still be printed, and is not its quotes, is sent with its quotes and what it is about. One call a
 * statement, recorded as any other. It can only take away: what it blocks gives way to its quotes or is
 * removed; what nobody else judged counts as supported when the guardrail lets it pass.
 *
 * Statements that rest on sources labelled local or confidential, that were written by who saw text of local
 * ones, or that hold a piece of either, are never sent.
 */
#ifndef PIPELINE_GROUNDING_H
#define PIPELINE_GROUNDING_H

#include "writer.h"

/** The next call that a lane's statements need, or ND_ACT_DONE; once the writer's judge needs nothing more.
 */
enum nd_rc nd_grounding_next(const struct nd_scene *scene, const struct nd_writer *writer,
                             struct nd_action *out, struct nd_error *err);

/**
 * What the writer judged ({"claims": …}) with what the guardrail said: a new object of the same form, whose
 * verdicts may have
 *     "guardrail": {"blocked", "grounding"?, "relevance"?, "other"?}   as in core/model.h
 *     "missed": "…"                                                   why it was to be asked, and did not say
 * Caller frees. Without a guardrail it is a copy.
 */
struct nd_json *nd_grounding_judge(const struct nd_scene *scene, const struct nd_json *checked,
                                   const struct nd_json *judged);

#endif
