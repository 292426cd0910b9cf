#include "nightdesk/base/text.h"
#include "openai.h"
#include <string.h>

#define NAME_MAX_BYTES 200
#define MESSAGE_MAX_BYTES 500

/* ---- mending ---- */

static long hex4(const char *digits)
{
    long value = 0;
    for (int i = 0; i < 4; i++) {
        const char *all = "0123456789abcdef0123456789ABCDEF", *at = digits[i] ? strchr(all, digits[i]) : NULL;
        if (!at) return -1;
        value = value * 16 + (at - all) % 16;
    }
    return value;
}

/* \u0000 and half surrogate pairs become \ufffd, in place: what a model says must not make its answer
 * unreadable. */
static void mend_escapes(struct nd_bytes *body)
{
    for (size_t i = 0; i + 5 < body->len; i++) {
        if (body->data[i] != '\\') continue;
        if (body->data[++i] != 'u' || i + 4 >= body->len) continue;
        char *digits = body->data + i + 1;
        long unit = hex4(digits);
        i += 4;
        bool high = unit >= 0xD800 && unit <= 0xDBFF, low = unit >= 0xDC00 && unit <= 0xDFFF;
        if (high && i + 6 < body->len && digits[4] == '\\' && digits[5] == 'u') {
            long next = hex4(digits + 6);
            if (next >= 0xDC00 && next <= 0xDFFF) {
                i += 6;
                continue;
            }
        }
        if (unit == 0 || high || low) memcpy(digits, "fffd", 4);
    }
}

static void mend(struct nd_bytes *body)
{
    if (!nd_utf8_valid(nd_bytes_view(body))) {
        struct nd_bytes repaired = ND_BYTES(ND_BYTES_MAX);
        nd_utf8_repair(nd_bytes_view(body), &repaired);
        nd_bytes_release(body);
        *body = repaired;
    }
    mend_escapes(body);
}

/* ---- a good answer ---- */

static void set_clipped(struct nd_json *object, const char *member, const char *text, size_t max)
{
    struct nd_view v = nd_view_of(text);
    nd_json_set_view(object, member, nd_view_sub(v, 0, nd_utf8_cut(v, max)));
}

/* A string, or an array of parts with text. */
static void set_text(struct nd_json *seen, const struct nd_json *content)
{
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    nd_bytes_add_view(&text, nd_json_view(content));
    if (nd_json_kind(content) == ND_JSON_ARRAY) {
        ND_JSON_EACH(part, content) nd_bytes_add_view(&text, nd_json_view(nd_json_get(part, "text")));
    }
    nd_json_set_view(seen, "text", nd_bytes_view(&text));
    nd_bytes_release(&text);
}

static const char *stop_of(const struct nd_json *choice)
{
    const char *reason = nd_json_get_str(choice, "finish_reason");
    if (nd_json_get_str(nd_json_get(choice, "message"), "refusal")) return "filter";
    if (reason && strcmp(reason, "length") == 0) return "length";
    if (reason && strcmp(reason, "content_filter") == 0) return "filter";
    return "end";
}

/* False when the counts are not there: nobody knows then what the call cost. */
static bool read_usage(const struct nd_json *reported, struct nd_usage *usage)
{
    usage->input = nd_json_get_int(reported, "prompt_tokens", -1);
    usage->output = nd_json_get_int(reported, "completion_tokens", -1);
    if (usage->input < 0 || usage->output < 0) return false;
    if (usage->input > ND_TOKENS_MAX) usage->input = ND_TOKENS_MAX;
    if (usage->output > ND_TOKENS_MAX) usage->output = ND_TOKENS_MAX;
    /* some count hidden reasoning in the total alone */
    int64_t total = nd_json_get_int(reported, "total_tokens", 0);
    if (total > ND_TOKENS_MAX) total = ND_TOKENS_MAX;
    if (total - usage->input > usage->output) usage->output = total - usage->input;
    int64_t cached = nd_json_get_int(nd_json_get(reported, "prompt_tokens_details"), "cached_tokens", 0);
    usage->cached = cached < 0 ? 0 : cached > usage->input ? usage->input : cached;
    return true;
}

/* {"choices":[{"message":{"content"},"finish_reason"}],"usage":{…}} */
static enum nd_rc read_answer(const struct openai_asked *asked, const struct nd_json *json,
                              struct nd_json **observation, int64_t *cost, struct nd_error *err)
{
    const struct nd_json *choice = nd_json_first(nd_json_get(json, "choices"));
    const struct nd_json *message = nd_json_get(choice, "message");
    struct nd_usage usage;
    if (nd_json_kind(message) != ND_JSON_OBJECT)
        return nd_fail(err, ND_UNKNOWN, "the answer of model '%.80s' has no choices[0].message",
                       asked->model);
    if (!read_usage(nd_json_get(json, "usage"), &usage))
        return nd_fail(err, ND_UNKNOWN, "the answer of model '%.80s' does not say its usage in tokens",
                       asked->model);
    const char *name = nd_json_get_str(json, "model");
    struct nd_json *seen = nd_json_object();
    set_text(seen, nd_json_get(message, "content"));
    nd_json_set_str(seen, "stop", stop_of(choice));
    set_clipped(seen, "model", name ? name : asked->model, NAME_MAX_BYTES);
    struct nd_json *counts = nd_json_set(seen, "usage", nd_json_object());
    nd_json_set_int(counts, "input", usage.input);
    nd_json_set_int(counts, "output", usage.output);
    nd_json_set_int(counts, "cached", usage.cached);
    *cost = nd_price_cost(asked->price, &usage);
    *observation = seen;
    return ND_OK;
}

/* ---- an error answer ---- */

/* {"error":{"message","type","code"}} by convention; "error" may be a string; anything else keeps only its
 * status. */
static struct nd_json *error_observation(int status, const struct nd_json *json)
{
    const struct nd_json *told = nd_json_get(json, "error");
    const char *message =
        nd_json_kind(told) == ND_JSON_STRING ? nd_json_str(told) : nd_json_get_str(told, "message");
    const char *type = nd_json_get_str(told, "type");
    struct nd_json *seen = nd_json_object(), *error = nd_json_set(seen, "error", nd_json_object());
    set_clipped(error, "message", message ? message : "no message", MESSAGE_MAX_BYTES);
    nd_json_set_int(error, "status", status);
    if (type) set_clipped(error, "code", type, NAME_MAX_BYTES);
    return seen;
}

/* No money left: waiting does not help. */
static bool is_out_of_quota(const struct nd_json *json)
{
    const struct nd_json *told = nd_json_get(json, "error");
    const char *code = nd_json_get_str(told, "code"), *type = nd_json_get_str(told, "type");
    return (code && strcmp(code, "insufficient_quota") == 0) ||
           (type && strcmp(type, "insufficient_quota") == 0);
}

static bool asks_to_wait(const struct nd_http_answer *answer)
{
    return answer->status == 429 || (answer->status == 503 && answer->retry_after_ms >= 0);
}

/* Request time-out, conflict, too early, and all that is the server's own fault. */
static bool may_pass(int status)
{
    return status == 408 || status == 409 || status == 425 || status >= 500;
}

static enum nd_rc read_error(const struct openai_asked *asked, const struct nd_http_answer *answer,
                             const struct nd_json *json, struct nd_json **observation, int64_t *wait_ms,
                             struct nd_error *err)
{
    int status = answer->status;
    *wait_ms = answer->retry_after_ms >= 0 ? answer->retry_after_ms : OPENAI_WAIT_MS;
    if (is_out_of_quota(json))
        return nd_fail(err, ND_CONFIG, "'%s' says that the account has no credit left (status %d)",
                       asked->url, status);
    if (asks_to_wait(answer))
        return nd_fail(err, ND_RETRY, "'%s' answered %d: asked to wait", asked->url, status);
    if (status == 401 || status == 403 || status == 404)
        return nd_fail(err, ND_CONFIG, "'%s' refuses the key or the model '%.80s' (status %d)", asked->url,
                       asked->model, status);
    if (asked->price->errors_billed || status < 400)
        return nd_fail(err, ND_UNKNOWN, "'%s' answered %d", asked->url, status);
    if (may_pass(status)) return nd_fail(err, ND_RETRY, "'%s' answered %d", asked->url, status);
    *observation = error_observation(status, json);
    return ND_OK;
}

enum nd_rc openai_judge(const struct openai_asked *asked, struct nd_http_answer *answer,
                        struct nd_json **observation, int64_t *cost_microusd, int64_t *wait_ms,
                        struct nd_error *err)
{
    struct nd_json *json = NULL;
    struct nd_error why = {0};
    *cost_microusd = 0;
    mend(&answer->body);
    enum nd_rc rc = nd_json_parse(&json, nd_bytes_view(&answer->body), &why);
    if (answer->status != 200)
        rc = read_error(asked, answer, json, observation, wait_ms, err);
    else if (rc != ND_OK)
        rc = nd_fail(err, ND_UNKNOWN, "the answer of model '%.80s' is not JSON: %.100s", asked->model,
                     why.note[0]);
    else
        rc = read_answer(asked, json, observation, cost_microusd, err);
    nd_json_free(json);
    return rc;
}
