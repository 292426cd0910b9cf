/**
 * Model providers. A provider is one file with one constructor; all give a struct nd_model (core/model.h).
 */
#ifndef NIGHTDESK_MODEL_MODEL_H
#define NIGHTDESK_MODEL_MODEL_H

#include "nightdesk/core/model.h"
#include "nightdesk/model/prices.h"
#include "nightdesk/net/http.h"

struct nd_model_config {
    const char *provider; /* "openai": any endpoint that speaks OpenAI's chat completions */
    const char *model;    /* as the provider names it */
    const char *base_url; /* NULL: the provider's own, https://api.openai.com/v1 */
    const char *api_key;  /* NULL: none is sent (a local server) */
    const char *price;    /* --price, or NULL */
    int64_t answer_ms;    /* longest wait for one answer; 0: ten minutes */
};

/**
 * A server on this machine needs no key; elsewhere a key and https are needed. `http` is borrowed until
 * close.
 * @return ND_CONFIG unknown provider, no price, no key, no https · ND_BAD_INPUT a bad address or --price
 */
enum nd_rc nd_model_open(struct nd_model **out, const struct nd_model_config *config, struct nd_http *http,
                         struct nd_error *err);
void nd_model_close(struct nd_model *model); /* NULL is fine */

/** Splits "PROVIDER:MODEL"; ND_BAD_INPUT when it is not that or the provider is unknown. *model points into
 * writer. */
enum nd_rc nd_model_split(const char *writer, char provider[32], const char **model, struct nd_error *err);
/** What it is priced at: --price, else the table, which holds only where the provider itself is asked.
 * Results as above. */
enum nd_rc nd_model_price(const struct nd_model_config *config, struct nd_price *out, struct nd_error *err);
/** The address that requests go to, for the plan ("api.openai.com"). */
struct nd_view nd_model_host(const struct nd_model_config *config);

#endif
