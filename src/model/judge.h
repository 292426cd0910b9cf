/** What a whole answer means, whatever its provider. Pure. */
#ifndef MODEL_JUDGE_H
#define MODEL_JUDGE_H

#include "nightdesk/net/http.h"
#include "provider.h"

#define JUDGE_WAIT_MS 2000 /* after a refusal that names no time */

/**
 * Results as of nd_model_ops.ask; the answer's body is changed. `args` are those that were sent.
 * Bodies that break off within a character, or hold NULs and half surrogates in their escapes, are mended
 * first, since the call is paid for.
 */
enum nd_rc judge_answer(const struct provider *p, const struct asked *asked, const struct nd_json *args,
                        struct nd_http_answer *http, struct nd_json **observation, int64_t *cost_microusd,
                        int64_t *wait_ms, struct nd_error *err);

/** How long until the provider takes requests again, by the counters in its headers; 0: now. `now_ms` since
 * 1970. */
int64_t judge_pause_ms(const struct nd_http_answer *http, int64_t now_ms);

#endif
