/** Messages that come in pieces. */
#ifndef MODEL_ANTHROPIC_STREAM_H
#define MODEL_ANTHROPIC_STREAM_H

#include "nightdesk/base/json.h"

/** As provider.assemble. */
enum nd_rc anthropic_assemble(struct nd_view pieces, struct nd_json **whole, struct nd_error *err);

#endif
