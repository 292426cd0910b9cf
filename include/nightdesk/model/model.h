/**
 * Model providers: one file each below src/model; all give a struct nd_model (core/model.h).
 *
 *   openai     any endpoint that speaks OpenAI's chat completions   OPENAI_BASE_URL, OPENAI_API_KEY
 *   anthropic  Messages                                             ANTHROPIC_BASE_URL, ANTHROPIC_API_KEY
 *   bedrock    Converse; MODEL is an id, a profile's id or its ARN  AWS_BEARER_TOKEN_BEDROCK or credentials
 */
#ifndef NIGHTDESK_MODEL_MODEL_H
#define NIGHTDESK_MODEL_MODEL_H

#include "nightdesk/core/model.h"
#include "nightdesk/model/prices.h"
#include "nightdesk/model/traits.h"
#include "nightdesk/net/http.h"

struct nd_aws;

struct nd_model_config {
    const char *provider; /* "openai", "anthropic", "bedrock" */
    const char *model;    /* as the provider names it */
    const char *base_url; /* NULL: the provider's own; of bedrock what nd_bedrock_url gives, never NULL */
    const char *api_key;  /* NULL: none is sent (a local server), or requests are signed */
    const char *price;    /* --price, or NULL */
    const char *traits;   /* words of nd_traits_adjust for a model that the table does not know; or NULL */
    int64_t answer_ms;    /* longest wait for an answer that comes at once; 0: ten minutes */
    struct nd_aws *aws; /* signs requests to bedrock when there is no key; borrowed until close; else NULL */
};

/** How the environment sets up a provider. */
struct nd_model_variables {
    const char *provider, *url, *key; /* names of variables */
    const char *home;                 /* its own address; NULL: AWS's in the region */
    bool signs;                       /* without a key its requests are signed with AWS credentials */
};
/** The i-th provider, from 0; false when there are no more. */
bool nd_model_settings(size_t i, struct nd_model_variables *out);

/**
 * A server on this machine needs no key; elsewhere a key (or credentials) and https are needed. `http` is
 * borrowed until close.
 * @return ND_CONFIG unknown provider, no price, no key, no https · ND_BAD_INPUT a bad address, --price or
 * traits
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
/** What it can and can't, where it is asked. ND_CONFIG unknown provider · ND_BAD_INPUT a bad trait. */
enum nd_rc nd_model_traits(const struct nd_model_config *config, struct nd_traits *out, struct nd_error *err);
/** It is asked on this machine. */
bool nd_model_is_here(const struct nd_model_config *config);
/** The address that requests go to, for the plan ("api.openai.com"). */
struct nd_view nd_model_host(const struct nd_model_config *config);

#endif
