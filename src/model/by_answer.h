/**
 * Tools for models that have none: each turn is a structured answer, {"call": {"tool": "NAME", "input": {…}}}
 * or
 * {"call": {"tool": "answer", "input": …}}, and the conversation so far is told in the same words. Pure.
 */
#ifndef MODEL_BY_ANSWER_H
#define MODEL_BY_ANSWER_H

#include "answer.h"

/** The same call without tools: told in the first message, called by the schema. Caller frees. */
struct nd_json *by_answer_args(const struct nd_json *args);

/**
 * When tools were offered (answer.tools), none was called and the text is a call of one
 * of them, makes it that call. Also for servers that accept tools and let the model write its calls as text.
 */
void by_answer_lift(struct answer *a);

#endif
