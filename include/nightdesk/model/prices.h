/**
 * Prices: pipeline/prices.json (dated, built into the program) or what --price says. A rate is a whole number
 * of micro-dollars for a million tokens, so no rate is ever rounded; costs are rounded up to micro-dollars.
 */
#ifndef NIGHTDESK_MODEL_PRICES_H
#define NIGHTDESK_MODEL_PRICES_H

#include "nightdesk/base/json.h"
#include "nightdesk/core/model.h"

#define ND_RATE_MAX INT64_C(10000000000) /* $10,000 for a million tokens */
#define ND_TOKENS_MAX INT64_C(100000000) /* of one call, each way: a larger count is taken for this one */

/** Micro-dollars for a million tokens. */
struct nd_rates {
    int64_t input;
    int64_t cached;      /* input served from a cache; input's when not stated */
    int64_t cache_write; /* input that is written to a cache; input's when not stated */
    int64_t output;
};
struct nd_price {
    struct nd_rates usual;
    struct nd_rates beyond;             /* of the whole call when its input passes beyond_tokens */
    int64_t beyond_tokens;              /* 0: one rate for all lengths */
    bool errors_billed;                 /* whole error answers are billed */
    const struct nd_json *maybe_billed; /* statuses of error answers that may be; NULL: none. Lives as long as
                                           the program */
    int64_t margin;                     /* tokens added to every bound for the provider's hidden template */
};

/**
 * The priced models, in the file's order: {"provider", "model", "input", "cached"?, "cache_write"?, "output",
 * "long"?: {"over": tokens, and the four rates}, "source", and what traits.h says}; rates are strings in
 * dollars for a million tokens.
 */
const struct nd_json *nd_prices(void);
/** When the file's prices were looked up: "2026-11-24". */
const char *nd_prices_date(void);

/**
 * The price of a model. `given` ("IN,OUT" in dollars for a million tokens; NULL: none) wins over the table.
 * @param listed  the model is asked where the table's provider sells it; otherwise only `given` counts
 * @return ND_CONFIG no price: names --price IN,OUT · ND_BAD_INPUT `given` is not two prices
 */
enum nd_rc nd_price_find(const char *provider, const char *model, bool listed, const char *given,
                         struct nd_price *out, struct nd_error *err);
/** The fee of one search of that service in micro-dollars; 0: it is not listed. */
int64_t nd_price_search(const char *service);
/** The most that a guardrail can cost which sees so many text units of 1,000 characters: all its policies. */
int64_t nd_price_guard_bound(int64_t units);
/** What it cost, in micro-dollars, by what its answer's usage counts of each policy; what the table does not
 * name is free. */
int64_t nd_price_guard(const struct nd_json *usage);
/**
 * What an answer cost. Counts outside 0..ND_TOKENS_MAX are clipped; when it is not told what was written to a
 * cache, all fresh input is taken for that.
 */
int64_t nd_price_cost(const struct nd_price *price, const struct nd_usage *usage);
/** The most a call can cost: known tokens + one for each new byte + margin, and max_tokens of output. */
int64_t nd_price_bound(const struct nd_price *price, int64_t known_tokens, size_t new_bytes,
                       int64_t max_tokens);

#endif
