#include "nightdesk/model/prices.h"
#include "nightdesk/core/money.h"
#include <pthread.h>
#include <string.h>

#define NANO_PER_MICRO 1000
#define MARGIN_TOKENS 256 /* for a model that only --price describes */

extern const unsigned char nd_prices_json[];
extern const size_t nd_prices_json_len;

static struct nd_json *table;

static void load(void)
{
    struct nd_error err = {0};
    struct nd_view text = {(const char *)nd_prices_json, nd_prices_json_len};
    if (nd_json_parse(&table, text, &err) != ND_OK) table = nd_json_object(); /* a test parses the file */
}

const struct nd_json *nd_prices(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return table;
}

/* Dollars per million tokens -> nano-dollars a token. */
static bool parse_rate(const char *text, int64_t *nano)
{
    int64_t microusd;
    if (!text || !nd_money_parse(nd_view_trim(nd_view_of(text)), &microusd)) return false;
    *nano = microusd / NANO_PER_MICRO;
    return microusd % NANO_PER_MICRO == 0;
}

static enum nd_rc parse_override(const char *text, struct nd_price *out, struct nd_error *err)
{
    const char *comma = strchr(text, ',');
    char input[64] = "";
    if (comma && (size_t)(comma - text) < sizeof input) memcpy(input, text, (size_t)(comma - text));
    if (!comma || !parse_rate(input, &out->input) || !parse_rate(comma + 1, &out->output))
        return nd_fail(
            err, ND_BAD_INPUT,
            "price '%.60s' is not IN,OUT in dollars per million tokens with at most 3 decimals (2.50,10)",
            text);
    out->cached = out->input;
    return ND_OK;
}

static const struct nd_json *find_row(const char *list, const char *provider, const char *model)
{
    ND_JSON_EACH(row, nd_json_get(nd_prices(), list))
    {
        const char *p = nd_json_get_str(row, "provider"), *m = nd_json_get_str(row, "model");
        if (p && strcmp(p, provider) == 0 && (!model || (m && strcmp(m, model) == 0))) return row;
    }
    return NULL;
}

enum nd_rc nd_price_find(const char *provider, const char *model, const char *override, struct nd_price *out,
                         struct nd_error *err)
{
    const struct nd_json *terms = find_row("providers", provider, NULL);
    const struct nd_json *row = find_row("models", provider, model);
    struct nd_price price = {
        .context = nd_json_get_int(row, "context", 0),
        .errors_billed = nd_json_get_bool(terms, "errors_billed", true),
        .margin = nd_json_get_int(terms, "margin", MARGIN_TOKENS),
    };
    if (override) {
        enum nd_rc rc = parse_override(override, &price, err);
        if (rc == ND_OK) *out = price;
        return rc;
    }
    if (!row || !parse_rate(nd_json_get_str(row, "input"), &price.input) ||
        !parse_rate(nd_json_get_str(row, "output"), &price.output))
        return nd_fail(err, ND_CONFIG,
                       "model '%s:%s' has no price; give one in dollars per million tokens: --price IN,OUT",
                       provider, model);
    if (!parse_rate(nd_json_get_str(row, "cached"), &price.cached)) price.cached = price.input;
    *out = price;
    return ND_OK;
}

static int64_t to_micro(int64_t nano)
{
    return (nano + NANO_PER_MICRO - 1) / NANO_PER_MICRO;
}

int64_t nd_price_cost(const struct nd_price *price, const struct nd_usage *usage)
{
    int64_t fresh = usage->input - usage->cached;
    return to_micro(fresh * price->input + usage->cached * price->cached + usage->output * price->output);
}

int64_t nd_price_bound(const struct nd_price *price, int64_t known_tokens, size_t new_bytes,
                       int64_t max_tokens)
{
    int64_t input = known_tokens + (int64_t)new_bytes + price->margin;
    int64_t dearest = price->input > price->cached ? price->input : price->cached;
    return to_micro(input * dearest + max_tokens * price->output);
}
