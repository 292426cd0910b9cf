/** Chat completions that come in pieces. */
#ifndef MODEL_OPENAI_STREAM_H
#define MODEL_OPENAI_STREAM_H

#include "nightdesk/base/json.h"

/** As provider.assemble. */
enum nd_rc openai_assemble(struct nd_view pieces, struct nd_json **whole, struct nd_error *err);

#endif
