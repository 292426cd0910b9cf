/** A call as one model of one provider can take it: what it lacks is asked for in words. Pure. */
#ifndef MODEL_PREPARE_H
#define MODEL_PREPARE_H

#include "provider.h"

/** Neutral args that p->body can send as they are. Caller frees. */
struct nd_json *prepare(const struct provider *p, const struct nd_traits *traits, const struct nd_json *args);

#endif
