/** Any endpoint that speaks OpenAI's chat completions: openai.c asks, openai_answer.c reads what came back.
 */
#ifndef ND_MODEL_OPENAI_H
#define ND_MODEL_OPENAI_H

#include "nightdesk/model/model.h"

#define OPENAI_URL "https://api.openai.com/v1"
#define OPENAI_WAIT_MS 2000 /* after a refusal that names no time */

enum nd_rc openai_open(struct nd_model **out, const struct nd_model_config *config,
                       const struct nd_price *price, struct nd_http *http, struct nd_error *err);

/** Who was asked, for reading the answer. */
struct openai_asked {
    const char *url, *model;
    const struct nd_price *price;
};
/**
 * What a whole answer means: results as of nd_model_ops.ask. A body that breaks off within a character or
 * holds NULs and half surrogates in its escapes is mended first, since the call is paid for.
 */
enum nd_rc openai_judge(const struct openai_asked *asked, struct nd_http_answer *answer,
                        struct nd_json **observation, int64_t *cost_microusd, int64_t *wait_ms,
                        struct nd_error *err);

#endif
