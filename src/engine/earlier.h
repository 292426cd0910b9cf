/**
 * Answers that an earlier run paid for. A model's answer follows from its question, so a run that says since
 * when it is (request.since) takes over the answers of that run to the very same questions, at no cost. Runs
 * that are not in this store, or were written by another model, have none to give.
 */
#ifndef ENGINE_EARLIER_H
#define ENGINE_EARLIER_H

#include "nightdesk/engine/engine.h"

struct nd_earlier;

/** NULL when there is nothing to take over. Never fails: without it the questions are asked again. */
struct nd_earlier *nd_earlier_open(const struct nd_engine *e, const struct nd_request *request);
void nd_earlier_close(struct nd_earlier *earlier); /* NULL is fine */
/** The observation for that action, with "reused": run id and without usage; NULL: none. Caller frees. */
struct nd_json *nd_earlier_answer(const struct nd_earlier *earlier, const char *action_id);

#endif
