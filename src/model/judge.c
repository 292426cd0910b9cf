#include "judge.h"
#include "by_answer.h"
#include "mend.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/host.h"

#include <string.h>

/* ---- a good answer ---- */

static int64_t clip(int64_t n, int64_t max)
{
    return n > max ? max : n;
}

/* False when the counts are not there: nobody knows then what the call cost. */
static bool settle_usage(struct nd_usage *u)
{
    if (u->input < 0 || u->output < 0) return false;
    u->input = clip(u->input, ND_TOKENS_MAX);
    u->output = clip(u->output, ND_TOKENS_MAX);
    u->cached = u->cached < 0 ? 0 : clip(u->cached, u->input);
    u->cache_write = u->cache_write < 0 ? -1 : clip(u->cache_write, u->input - u->cached);
    return true;
}

static enum nd_rc parse_whole(const struct provider *p, const struct asked *asked,
                              struct nd_http_answer *http, struct nd_json **whole, struct nd_error *err)
{
    struct nd_error why = {0};
    bool pieces = nd_view_starts(nd_view_of(http->content_type), p->stream_type);
    if (!pieces) mend(&http->body);
    enum nd_rc rc = pieces ? p->assemble(nd_bytes_view(&http->body), whole, &why)
                           : nd_json_parse(whole, nd_bytes_view(&http->body), &why);
    if (rc == ND_OK) return ND_OK;
    return nd_fail(err, ND_UNKNOWN, "the answer of model '%.80s' %s: %.120s", asked->model,
                   pieces ? "is not whole" : "is not JSON", why.notes ? why.note[0] : "no reason given");
}

static enum nd_rc read_good(const struct provider *p, const struct asked *asked, const struct nd_json *args,
                            struct nd_http_answer *http, struct nd_json **observation, int64_t *cost,
                            struct nd_error *err)
{
    struct nd_json *whole = NULL;
    enum nd_rc rc = parse_whole(p, asked, http, &whole, err);
    if (rc != ND_OK) return rc;
    struct answer a;
    answer_open(&a, args, asked->by);
    answer_set_model(&a, asked->model);
    if (!p->read(whole, &a))
        rc = nd_fail(err, ND_UNKNOWN, "what model '%.80s' answers is not what its provider documents",
                     asked->model);
    else if (!settle_usage(&a.usage))
        rc = nd_fail(err, ND_UNKNOWN, "the answer of model '%.80s' does not say its usage in tokens",
                     asked->model);
    if (rc == ND_OK) {
        by_answer_lift(&a);
        *cost = nd_price_cost(asked->price, &a.usage);
        *observation = answer_observation(&a);
    }
    answer_release(&a);
    nd_json_free(whole);
    return rc;
}

/* ---- an error answer ---- */

/* {"error":{"message","type","code"}}; "error" may be a string; {"message"} of AWS, whose code is in a header
 */
struct told {
    const char *message, *type, *code;
};

static struct told told_by(const struct nd_json *json)
{
    const struct nd_json *error = nd_json_get(json, "error");
    if (nd_json_kind(error) == ND_JSON_STRING) return (struct told){.message = nd_json_str(error)};
    if (nd_json_kind(error) != ND_JSON_OBJECT) error = json;
    const char *message = nd_json_get_str(error, "message");
    return (struct told){.message = message ? message : nd_json_get_str(error, "Message"),
                         .type = nd_json_get_str(error, "type"),
                         .code = nd_json_get_str(error, "code")};
}

/* No money left: waiting does not help. */
static bool is_out_of_credit(int status, const struct told *told)
{
    static const char *const words[] = {"insufficient_quota", "billing_error"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if ((told->code && strcmp(told->code, words[i]) == 0) ||
            (told->type && strcmp(told->type, words[i]) == 0))
            return true;
    return status == 402;
}

static bool asks_to_wait(const struct nd_http_answer *http)
{
    return http->status == 429 || http->status == 529 || (http->status == 503 && http->retry_after_ms >= 0);
}

/* Request time-out, conflict, too early, a model that failed, and all that is the server's own fault. */
static bool may_pass(int status)
{
    return status == 408 || status == 409 || status == 424 || status == 425 || status >= 500;
}

static bool may_be_billed(const struct nd_price *price, int status)
{
    ND_JSON_EACH(one, price->maybe_billed) if (nd_json_int(one, 0) == status) return true;
    return price->errors_billed || status < 400;
}

static int64_t asked_wait_ms(const struct nd_http_answer *http)
{
    int64_t ms = -1;
    if (nd_view_int(nd_http_header(http, "retry-after-ms"), &ms) && ms > 0)
        return clip(ms, ND_HTTP_WAIT_MAX_MS);
    return http->retry_after_ms >= 0 ? http->retry_after_ms : JUDGE_WAIT_MS;
}

static enum nd_rc read_error(const struct asked *asked, const struct nd_http_answer *http,
                             const struct nd_json *json, struct nd_json **observation, int64_t *wait_ms,
                             struct nd_error *err)
{
    int status = http->status;
    struct told told = told_by(json);
    *wait_ms = asked_wait_ms(http);
    if (is_out_of_credit(status, &told))
        return nd_fail(err, ND_CONFIG, "'%.150s' says that the account has no credit left (status %d)",
                       asked->url, status);
    if (asks_to_wait(http))
        return nd_fail(err, ND_RETRY, "'%.150s' answered %d: asked to wait", asked->url, status);
    if (status == 401 || status == 403 || status == 404)
        return nd_fail(err, ND_CONFIG, "'%.120s' refuses the key or the model '%.80s' (status %d)",
                       asked->url, asked->model, status);
    if (may_be_billed(asked->price, status))
        return nd_fail(err, ND_UNKNOWN, "'%.150s' answered %d", asked->url, status);
    if (may_pass(status)) return nd_fail(err, ND_RETRY, "'%.150s' answered %d", asked->url, status);
    *observation = answer_error(told.message, status, told.type ? told.type : told.code);
    return ND_OK;
}

enum nd_rc judge_answer(const struct provider *p, const struct asked *asked, const struct nd_json *args,
                        struct nd_http_answer *http, struct nd_json **observation, int64_t *cost_microusd,
                        int64_t *wait_ms, struct nd_error *err)
{
    *cost_microusd = 0;
    if (http->status == 200) return read_good(p, asked, args, http, observation, cost_microusd, err);
    struct nd_json *json = NULL;
    mend(&http->body);
    (void)nd_json_parse(&json, nd_bytes_view(&http->body), NULL);
    enum nd_rc rc = read_error(asked, http, json, observation, wait_ms, err);
    nd_json_free(json);
    return rc;
}

/* ---- counters in headers ---- */

/* A number of up to twelve digits, maybe with a point; false when there is none. */
static bool take_number(struct nd_view *text, double *out)
{
    double value = 0, scale = 0;
    size_t at = 0, digits = 0;
    for (; at < text->len; at++) {
        char c = text->data[at];
        if (c == '.' && scale == 0) {
            scale = 1;
        } else if (c >= '0' && c <= '9' && digits < 12) {
            value = value * 10 + (c - '0');
            scale *= 10;
            digits++;
        } else {
            break;
        }
    }
    *out = scale > 1 ? value / scale : value;
    *text = nd_view_sub(*text, at, text->len);
    return digits > 0;
}

/* "1s", "6m0s", "1h2m3s", "120ms", "1.5s" in ms; -1: none of these */
static int64_t duration_ms(struct nd_view text)
{
    static const struct {
        const char *unit;
        double ms;
    } units[] = {{"ms", 1}, {"h", 3600000}, {"m", 60000}, {"s", 1000}};
    double total = 0, value = 0;
    if (text.len == 0) return -1;
    while (text.len) {
        size_t u = 0;
        if (!take_number(&text, &value)) return -1;
        while (u < 4 && !nd_view_starts(text, units[u].unit)) u++;
        if (u == 4) return -1;
        total += value * units[u].ms;
        text = nd_view_sub(text, strlen(units[u].unit), text.len);
    }
    return total > (double)ND_HTTP_WAIT_MAX_MS ? ND_HTTP_WAIT_MAX_MS : (int64_t)total;
}

int64_t judge_pause_ms(const struct nd_http_answer *http, int64_t now_ms)
{
    static const struct {
        const char *left, *reset;
    } counters[] = {
        {"x-ratelimit-remaining-requests", "x-ratelimit-reset-requests"},
        {"x-ratelimit-remaining-tokens", "x-ratelimit-reset-tokens"},
        {"anthropic-ratelimit-requests-remaining", "anthropic-ratelimit-requests-reset"},
        {"anthropic-ratelimit-input-tokens-remaining", "anthropic-ratelimit-input-tokens-reset"},
        {"anthropic-ratelimit-output-tokens-remaining", "anthropic-ratelimit-output-tokens-reset"},
    };
    int64_t pause_ms = 0;
    for (size_t i = 0; i < sizeof counters / sizeof *counters; i++) {
        int64_t left = -1, at_ms = 0;
        if (!nd_view_int(nd_http_header(http, counters[i].left), &left) || left > 0) continue;
        struct nd_view reset = nd_http_header(http, counters[i].reset);
        int64_t ms = duration_ms(reset);
        char *text = nd_view_dup(reset);
        if (ms < 0 && nd_time_parse(text, &at_ms, NULL) == ND_OK) ms = at_ms - now_ms;
        nd_free(text);
        if (ms > pause_ms) pause_ms = clip(ms, ND_HTTP_WAIT_MAX_MS);
    }
    return pause_ms;
}
