/**
 * Which models answered. A phase's artefact names those of its own transcripts as "models":
 * [{"role": "write|read", "by": "PROVIDER:MODEL"}], each pair once, lane by lane in plan order; no member
 * when none answered.
 */
#ifndef PIPELINE_ANSWERED_H
#define PIPELINE_ANSWERED_H

#include "nightdesk/core/phase.h"

/** Adds "models" to the artefact of the scene's phase. */
void nd_answered_add(const struct nd_scene *scene, struct nd_json *artefact);

/**
 * The report's `writers`, from the earlier artefacts and the last phase's transcripts: each model that
 * answered once, as {"provider", "model", "roles": ["write", "read", "fallback"]}, in the order of its first
 * answer; "fallback" when it stood in for another. NULL: no model answered. Caller frees.
 */
struct nd_json *nd_answered_writers(const struct nd_scene *scene);

#endif
