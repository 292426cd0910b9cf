/**
 * A model as the engine sees it. One neutral form for every provider:
 *
 *   args         { "role": "write|read", "job": "plan|choose|draft|synthesize|judge…",
 *                  "messages": [ {"role": "system|user|assistant", "content": "…"} … ],
 *                  "schema": {JSON Schema}?, "schema_name": "…"?, "max_tokens": N,
 *                  "extends": step number of the lane whose conversation this one continues ?,
 *                  "private": true when it holds text of sources labelled local ? }
 *   observation  { "text": "…", "stop": "end|length|filter|…", "model": "as the provider named it",
 *                  "usage": { "input": N, "output": N, "cached": N } }
 *                or { "error": { "message", "status"?, "code"? } } for a whole error answer that was not
 * billed, and (code ND_MODEL_PRIVATE) for a private call that was not sent since the model is not on this
 * machine
 */
#ifndef NIGHTDESK_CORE_MODEL_H
#define NIGHTDESK_CORE_MODEL_H

#include "nightdesk/base/json.h"
#include <stdatomic.h>

#define ND_MODEL_PRIVATE "private"

struct nd_usage {
    int64_t input, output, cached; /* tokens; cached is a part of input */
};

struct nd_model;
struct nd_model_ops {
    const char *provider;
    /**
     * The most that this call can cost: tokens the provider reported for the part already sent (`known`, NULL
     * for none, covering known_bytes of the messages' content) + one token for every new byte + margin, at
     * the dearest input rate, + max_tokens at the output rate + fees. ND_CONFIG when the model has no price
     * (names --price).
     */
    enum nd_rc (*bound)(struct nd_model *m, const struct nd_json *args, const struct nd_usage *known,
                        size_t known_bytes, int64_t *microusd, struct nd_error *err);
    /**
     * Sends it once; the transport never repeats it. Blocks.
     * @return ND_OK      *observation and *cost_microusd are set (an unbilled whole error answer is ND_OK
     * with cost 0) ND_RETRY   nothing was billed (429, refused connection); *wait_ms says how long to wait
     *         ND_UNKNOWN it may have been billed: time-out, reset, torn answer, billed error
     *         ND_CONFIG  the key or the model is refused (401, 403, 404): nothing billed, the run stops with
     * the reason ND_STOPPED asked to stop before it was sent
     */
    enum nd_rc (*ask)(struct nd_model *m, const struct nd_json *args, const atomic_bool *stop,
                      struct nd_json **observation, int64_t *cost_microusd, int64_t *wait_ms,
                      struct nd_error *err);
    void (*close)(struct nd_model *m);
};
struct nd_model {
    const struct nd_model_ops *ops;
};

#endif
