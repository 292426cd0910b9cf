#include "nightdesk/model/prices.h"
#include "nightdesk/core/money.h"
#include "table.h"
#include <pthread.h>
#include <string.h>

#define MILLION 1000000
#define MARGIN_TOKENS 256 /* for a provider that the table does not know */

_Static_assert(ND_TOKENS_MAX <= INT64_MAX / ND_RATE_MAX / 4, "the sum of the products fits");

extern const unsigned char nd_prices_json[];
extern const size_t nd_prices_json_len;

static struct nd_json *table;

static void load(void)
{
    struct nd_error err = {0};
    struct nd_view text = {(const char *)nd_prices_json, nd_prices_json_len};
    if (nd_json_parse(&table, text, &err) != ND_OK)
        table = nd_json_object(); /* a test reads the file whole */
}

static const struct nd_json *whole_table(void)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, load);
    return table;
}

const struct nd_json *nd_prices(void)
{
    return nd_json_get(whole_table(), "models");
}

const char *nd_prices_date(void)
{
    return nd_json_get_str(whole_table(), "date");
}

/* Dollars for a million tokens, at most six decimals. */
static bool parse_rate(struct nd_view text, int64_t *rate)
{
    return nd_money_parse(nd_view_trim(text), rate) && *rate <= ND_RATE_MAX;
}

static enum nd_rc parse_given(const char *text, struct nd_rates *out, struct nd_error *err)
{
    struct nd_view v = nd_view_of(text);
    size_t comma = nd_view_find(v, ND_VIEW(","), 0);
    if (comma == SIZE_MAX || !parse_rate(nd_view_sub(v, 0, comma), &out->input) ||
        !parse_rate(nd_view_sub(v, comma + 1, v.len), &out->output))
        return nd_fail(
            err, ND_BAD_INPUT,
            "price '%.60s' is not IN,OUT: two prices in dollars for a million tokens, like 2.50,10, each at "
            "most 10000 with at most 6 decimals",
            text);
    out->cached = out->cache_write = out->input;
    return ND_OK;
}

/* A rate that the row does not name is that of fresh input. */
static int64_t rate_or(const struct nd_json *row, const char *name, int64_t otherwise)
{
    int64_t rate = 0;
    return parse_rate(nd_json_view(nd_json_get(row, name)), &rate) ? rate : otherwise;
}

/* False when input or output is missing. */
static bool row_rates(const struct nd_json *row, struct nd_rates *out)
{
    if (!parse_rate(nd_json_view(nd_json_get(row, "input")), &out->input) ||
        !parse_rate(nd_json_view(nd_json_get(row, "output")), &out->output))
        return false;
    out->cached = rate_or(row, "cached", out->input);
    out->cache_write = rate_or(row, "cache_write", out->input);
    return true;
}

const struct nd_json *table_row(const char *list, const char *provider, const char *model)
{
    ND_JSON_EACH(row, nd_json_get(whole_table(), list))
    {
        const char *p = nd_json_get_str(row, "provider"), *m = nd_json_get_str(row, "model");
        if (p && strcmp(p, provider) == 0 && (!model || (m && strcmp(m, model) == 0))) return row;
    }
    return NULL;
}

enum nd_rc nd_price_find(const char *provider, const char *model, bool listed, const char *given,
                         struct nd_price *out, struct nd_error *err)
{
    const struct nd_json *terms = table_row("providers", provider, NULL);
    const struct nd_json *row = listed ? table_row("models", provider, model) : NULL;
    const struct nd_json *beyond = nd_json_get(row, "long");
    struct nd_price price = {
        .errors_billed = nd_json_get_bool(terms, "errors_billed", true),
        .maybe_billed = nd_json_get(terms, "maybe_billed"),
        .margin = nd_json_get_int(terms, "margin", MARGIN_TOKENS),
    };
    if (given) {
        enum nd_rc rc = parse_given(given, &price.usual, err);
        if (rc == ND_OK) *out = price;
        return rc;
    }
    if (!row_rates(row, &price.usual))
        return nd_fail(
            err, ND_CONFIG,
            "no price is known for model '%.80s:%.80s'%s; give one in dollars for a million tokens: --price "
            "IN,OUT (0,0 when it costs nothing)",
            provider, model, listed ? "" : " at the address it is asked at");
    if (row_rates(beyond, &price.beyond)) price.beyond_tokens = nd_json_get_int(beyond, "over", 0);
    *out = price;
    return ND_OK;
}

int64_t nd_price_search(const char *service)
{
    ND_JSON_EACH(row, nd_json_get(whole_table(), "searches"))
    {
        int64_t fee = 0;
        bool named = nd_view_is(nd_json_view(nd_json_get(row, "service")), service);
        if (named && nd_money_parse(nd_json_view(nd_json_get(row, "fee")), &fee)) return fee;
    }
    return 0;
}

static int64_t clip(int64_t n, int64_t max)
{
    return n < 0 ? 0 : n > max ? max : n;
}

/* Micro-dollars for a text unit. */
static int64_t unit_fee(const struct nd_json *row)
{
    int64_t fee = 0;
    return nd_money_parse(nd_json_view(nd_json_get(row, "fee")), &fee) ? fee : 0;
}

int64_t nd_price_guard_bound(int64_t units)
{
    int64_t each = 0;
    ND_JSON_EACH(row, nd_json_get(whole_table(), "guardrails"))
    each += unit_fee(row) * nd_json_get_int(row, "most", 1);
    return clip(units, ND_TOKENS_MAX) * each;
}

int64_t nd_price_guard(const struct nd_json *usage)
{
    int64_t cost = 0;
    ND_JSON_EACH(row, nd_json_get(whole_table(), "guardrails"))
    cost += unit_fee(row) * clip(nd_json_get_int(usage, nd_json_get_str(row, "usage"), 0), ND_TOKENS_MAX);
    return cost;
}

static int64_t to_microusd(int64_t per_million)
{
    return (per_million + MILLION - 1) / MILLION;
}

static const struct nd_rates *rates_for(const struct nd_price *price, int64_t input)
{
    return price->beyond_tokens > 0 && input > price->beyond_tokens ? &price->beyond : &price->usual;
}

static int64_t larger(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

int64_t nd_price_cost(const struct nd_price *price, const struct nd_usage *usage)
{
    int64_t input = clip(usage->input, ND_TOKENS_MAX), cached = clip(usage->cached, input);
    int64_t fresh = input - cached, output = clip(usage->output, ND_TOKENS_MAX);
    const struct nd_rates *r = rates_for(price, input);
    bool told = usage->cache_write >= 0;
    int64_t written = told ? clip(usage->cache_write, fresh) : fresh;
    int64_t written_rate = told ? r->cache_write : larger(r->input, r->cache_write);
    return to_microusd((fresh - written) * r->input + written * written_rate + cached * r->cached +
                       output * r->output);
}

int64_t nd_price_bound(const struct nd_price *price, int64_t known_tokens, size_t new_bytes,
                       int64_t max_tokens)
{
    int64_t fresh = new_bytes > (size_t)ND_TOKENS_MAX ? ND_TOKENS_MAX : (int64_t)new_bytes;
    int64_t input = clip(clip(known_tokens, ND_TOKENS_MAX) + fresh + price->margin, ND_TOKENS_MAX);
    const struct nd_rates *r = rates_for(price, input);
    int64_t dearest = larger(larger(r->input, r->cached), r->cache_write);
    return to_microusd(input * dearest + clip(max_tokens, ND_TOKENS_MAX) * r->output);
}
