/** A model that is asked at one provider: bound, body, sending, and what came of it. */
#ifndef MODEL_ASKER_H
#define MODEL_ASKER_H

#include "nightdesk/model/model.h"
#include "provider.h"

/** Everything in `config` was checked. */
struct nd_model *asker_open(const struct provider *provider, const struct nd_model_config *config,
                            enum nd_whereabouts where, const struct nd_price *price,
                            const struct nd_traits *traits, struct nd_http *http);

/** The body of a request that counts a call's tokens, of a provider that can; bytes that it leaves out. */
void asker_count_body(const struct provider *provider, const struct asked *asked, const struct nd_json *args,
                      struct nd_bytes *out, size_t *uncounted);

/** The body of a request, as it is sent. */
void asker_body(const struct provider *provider, const struct asked *asked, const struct nd_json *args,
                struct nd_bytes *out);

#endif
