/** ApplyGuardrail on the wire: the request for a call of the role "guard", and its answer. Pure. */
#ifndef MODEL_GUARDRAIL_WIRE_H
#define MODEL_GUARDRAIL_WIRE_H

#include "nightdesk/core/model.h"

/** The body of the request for args that guardrail_fits. */
void guardrail_body(const struct nd_json *args, struct nd_bytes *out);
/** Sources, query and text keep to their limits, and none is empty. */
bool guardrail_fits(const struct nd_json *args);
/** Text units that it may be billed for, at most. */
int64_t guardrail_units(const struct nd_json *args);
/**
 * Reads a whole answer with status 200: the observation of core/model.h without "by". false: it is not what
 * the service documents, and nothing is set.
 */
bool guardrail_read(struct nd_view body, struct nd_json **observation);

#endif
