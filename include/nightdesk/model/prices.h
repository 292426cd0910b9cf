/**
 * Prices: pipeline/prices.json (dated, built into the program) or what --price says. Rates are nano-dollars a
 * token, which is dollars per million tokens times 1,000, so no rate is ever rounded; costs are rounded up to
 * micro-dollars.
 */
#ifndef NIGHTDESK_MODEL_PRICES_H
#define NIGHTDESK_MODEL_PRICES_H

#include "nightdesk/base/json.h"
#include "nightdesk/core/model.h"

struct nd_price {
    int64_t input, output; /* nano-dollars a token, the dearest the request can trigger */
    int64_t cached;        /* of input tokens served from a cache; input's when not stated */
    int64_t context;       /* tokens; 0: not known */
    bool errors_billed;    /* whole error answers are billed */
    int64_t margin;        /* tokens added to every bound for the provider's hidden template */
};

/** The rows of prices.json: {"provider", "model", "input", "output", "cached"?, "context", "errors_billed",
 * "margin", "date", "source"}. */
const struct nd_json *nd_prices(void);

/**
 * The price of a model. `override` ("IN,OUT" in dollars per million tokens; NULL: none) wins over the table.
 * @return ND_CONFIG unknown model: names --price IN,OUT · ND_BAD_INPUT the override is not two prices
 */
enum nd_rc nd_price_find(const char *provider, const char *model, const char *override, struct nd_price *out,
                         struct nd_error *err);
/** What an answer cost. */
int64_t nd_price_cost(const struct nd_price *price, const struct nd_usage *usage);
/** The most a call can cost: known tokens + one for each new byte + margin, and max_tokens of output. */
int64_t nd_price_bound(const struct nd_price *price, int64_t known_tokens, size_t new_bytes,
                       int64_t max_tokens);

#endif
