#include "openai.h"
#include "nightdesk/base/alloc.h"
#include <string.h>

#define ANSWER_MAX_BYTES ((size_t)4 << 20)
#define WAIT_MS 2000 /* after a refusal that names no time */
#define TOKENS_MAX ((int64_t)1 << 40)

struct openai {
    struct nd_model base;
    struct nd_http *http;
    char *url, *model, *authorization;
    struct nd_price price;
    int64_t answer_ms;
    bool local; /* on this machine: pinned to one answer for one request, and its cache is left out of it */
};

/* Bytes of what the model reads: every message's content and role, and the schema. */
static size_t input_bytes(const struct nd_json *args)
{
    struct nd_bytes b = ND_BYTES(ND_BYTES_MAX);
    nd_json_print(nd_json_get(args, "messages"), &b);
    if (nd_json_get(args, "schema")) nd_json_print(nd_json_get(args, "schema"), &b);
    size_t len = b.len;
    nd_bytes_release(&b);
    return len;
}

static enum nd_rc openai_bound(struct nd_model *m, const struct nd_json *args, const struct nd_usage *known,
                               size_t known_bytes, int64_t *microusd, struct nd_error *err)
{
    struct openai *o = (struct openai *)m;
    int64_t max_tokens = nd_json_get_int(args, "max_tokens", -1);
    if (max_tokens < 1) return nd_fail(err, ND_BROKEN, "a model action has no max_tokens");
    size_t bytes = input_bytes(args);
    size_t fresh = known && known_bytes < bytes ? bytes - known_bytes : bytes;
    int64_t sent = known && known_bytes < bytes ? known->input + known->output : 0;
    *microusd = nd_price_bound(&o->price, sent, fresh, max_tokens);
    return ND_OK;
}

static void set_schema(struct nd_json *body, const struct nd_json *args)
{
    const struct nd_json *schema = nd_json_get(args, "schema");
    const char *name = nd_json_get_str(args, "schema_name");
    if (!schema) return;
    struct nd_json *format = nd_json_set(body, "response_format", nd_json_object());
    nd_json_set_str(format, "type", "json_schema");
    struct nd_json *inner = nd_json_set(format, "json_schema", nd_json_object());
    nd_json_set_str(inner, "name", name ? name : "answer");
    nd_json_set_bool(inner, "strict", true);
    nd_json_set(inner, "schema", nd_json_copy(schema));
}

static void build_body(const struct openai *o, const struct nd_json *args, struct nd_bytes *out)
{
    struct nd_json *body = nd_json_object();
    nd_json_set_str(body, "model", o->model);
    nd_json_set(body, "messages", nd_json_copy(nd_json_get(args, "messages")));
    nd_json_set_int(body, o->local ? "max_tokens" : "max_completion_tokens",
                    nd_json_get_int(args, "max_tokens", 1));
    if (o->local) {
        nd_json_set_int(body, "temperature", 0);
        nd_json_set_int(body, "seed", 1);
        nd_json_set_bool(body, "cache_prompt", false);
    }
    set_schema(body, args);
    nd_json_print(body, out);
    nd_json_free(body);
}

/* A count of tokens from an answer: hostile, so within [0, TOKENS_MAX]. */
static int64_t tokens(const struct nd_json *object, const char *member)
{
    int64_t n = nd_json_get_int(object, member, 0);
    return n < 0 ? 0 : n > TOKENS_MAX ? TOKENS_MAX : n;
}

static const char *neutral_stop(const char *reason)
{
    if (!reason) return "end";
    if (strcmp(reason, "length") == 0) return "length";
    if (strcmp(reason, "content_filter") == 0) return "filter";
    return "end";
}

/* 200: {"choices":[{"message":{"content"},"finish_reason"}],"usage":{…}}; without usage nobody knows what it
 * cost. */
static enum nd_rc read_answer(const struct openai *o, const struct nd_json *json,
                              struct nd_json **observation, int64_t *cost, struct nd_error *err)
{
    const struct nd_json *choice = nd_json_first(nd_json_get(json, "choices"));
    const struct nd_json *message = nd_json_get(choice, "message");
    const struct nd_json *reported = nd_json_get(json, "usage");
    if (nd_json_kind(message) != ND_JSON_OBJECT || nd_json_kind(reported) != ND_JSON_OBJECT)
        return nd_fail(err, ND_UNKNOWN, "the answer of model '%s' has no choices[0].message or no usage",
                       o->model);
    struct nd_usage usage = {tokens(reported, "prompt_tokens"), tokens(reported, "completion_tokens"),
                             tokens(nd_json_get(reported, "prompt_tokens_details"), "cached_tokens")};
    if (usage.cached > usage.input) usage.cached = usage.input;
    const char *text = nd_json_get_str(message, "content"), *name = nd_json_get_str(json, "model");
    struct nd_json *seen = nd_json_object();
    nd_json_set_str(seen, "text", text ? text : "");
    nd_json_set_str(seen, "stop", neutral_stop(nd_json_get_str(choice, "finish_reason")));
    nd_json_set_str(seen, "model", name ? name : o->model);
    struct nd_json *counts = nd_json_set(seen, "usage", nd_json_object());
    nd_json_set_int(counts, "input", usage.input);
    nd_json_set_int(counts, "output", usage.output);
    nd_json_set_int(counts, "cached", usage.cached);
    *cost = nd_price_cost(&o->price, &usage);
    *observation = seen;
    return ND_OK;
}

/* A whole error answer, {"error":{"message","code","type"}} by convention; anything else keeps only its
 * status. */
static struct nd_json *error_observation(int status, const struct nd_json *json)
{
    const struct nd_json *told = nd_json_get(json, "error");
    const char *message =
        nd_json_kind(told) == ND_JSON_STRING ? nd_json_str(told) : nd_json_get_str(told, "message");
    struct nd_json *seen = nd_json_object(), *error = nd_json_set(seen, "error", nd_json_object());
    nd_json_set_view(error, "message", nd_view_sub(nd_view_of(message ? message : "no message"), 0, 500));
    nd_json_set_int(error, "status", status);
    const char *type = nd_json_get_str(told, "type");
    if (type) nd_json_set_str(error, "code", type);
    return seen;
}

static enum nd_rc judge(struct openai *o, const struct nd_http_answer *answer, struct nd_json **observation,
                        int64_t *cost, int64_t *wait_ms, struct nd_error *err)
{
    struct nd_json *json = NULL;
    struct nd_error ignored = {0};
    enum nd_rc rc = ND_OK;
    bool whole = nd_json_parse(&json, nd_bytes_view(&answer->body), &ignored) == ND_OK;
    int status = answer->status;
    if (status == 200 && whole) {
        rc = read_answer(o, json, observation, cost, err);
    } else if (status == 200) {
        rc = nd_fail(err, ND_UNKNOWN, "the answer of model '%s' is not JSON", o->model);
    } else if (status == 429 || (status == 503 && answer->retry_after_ms >= 0)) {
        *wait_ms = answer->retry_after_ms >= 0 ? answer->retry_after_ms : WAIT_MS;
        nd_http_hold(o->http, o->url, *wait_ms);
        rc = nd_fail(err, ND_RETRY, "'%s' answered %d: asked to wait", o->url, status);
    } else if (status == 401 || status == 403 || status == 404) {
        rc = nd_fail(err, ND_CONFIG, "'%s' refuses the key or the model '%s' (status %d)", o->url, o->model,
                     status);
    } else if (o->price.errors_billed || status < 400) {
        rc = nd_fail(err, ND_UNKNOWN, "'%s' answered %d", o->url, status);
    } else if (status >= 500) {
        *wait_ms = WAIT_MS;
        rc = nd_fail(err, ND_RETRY, "'%s' answered %d", o->url, status);
    } else {
        *observation = error_observation(status, json);
        *cost = 0;
    }
    nd_json_free(json);
    return rc;
}

static enum nd_rc openai_ask(struct nd_model *m, const struct nd_json *args, const atomic_bool *stop,
                             struct nd_json **observation, int64_t *cost_microusd, int64_t *wait_ms,
                             struct nd_error *err)
{
    struct openai *o = (struct openai *)m;
    struct nd_bytes body = ND_BYTES(ND_BYTES_MAX);
    struct nd_http_answer answer = {0};
    const char *headers[] = {"Content-Type: application/json", "Accept: application/json", o->authorization,
                             NULL};
    *wait_ms = WAIT_MS;
    build_body(o, args, &body);
    struct nd_http_request request = {.method = "POST",
                                      .url = o->url,
                                      .headers = headers,
                                      .body = nd_bytes_view(&body),
                                      .total_ms = o->answer_ms,
                                      .max_body_bytes = ANSWER_MAX_BYTES};
    enum nd_rc rc = nd_http_send(o->http, &request, stop, &answer, err);
    if (rc == ND_OK) rc = judge(o, &answer, observation, cost_microusd, wait_ms, err);
    nd_http_answer_release(&answer);
    nd_bytes_release(&body);
    return rc;
}

static void openai_close(struct nd_model *m)
{
    struct openai *o = (struct openai *)m;
    nd_free(o->url);
    nd_free(o->model);
    if (o->authorization) explicit_bzero(o->authorization, strlen(o->authorization));
    nd_free(o->authorization);
    nd_free(o);
}

static const struct nd_model_ops openai_ops = {"openai", openai_bound, openai_ask, openai_close};

enum nd_rc openai_open(struct nd_model **out, const struct nd_model_config *config,
                       const struct nd_price *price, struct nd_http *http, struct nd_error *err)
{
    const char *base = config->base_url ? config->base_url : OPENAI_URL;
    struct nd_view url = nd_view_of(base);
    if (nd_url_host(url).len == 0)
        return nd_fail(err, ND_BAD_INPUT, "OPENAI_BASE_URL '%.120s' is not an address", base);
    if (!config->api_key && !nd_url_is_local(url))
        return nd_fail(err, ND_CONFIG, "OPENAI_API_KEY is not set, and '%.120s' is not on this machine",
                       base);
    struct openai *o = ND_NEW(struct openai);
    o->base.ops = &openai_ops;
    o->http = http;
    o->url = nd_sprintf("%s%schat/completions", base, nd_view_ends(url, "/") ? "" : "/");
    o->model = nd_strdup(config->model);
    o->authorization = config->api_key ? nd_sprintf("Authorization: Bearer %s", config->api_key) : NULL;
    o->price = *price;
    o->answer_ms = config->answer_ms;
    o->local = nd_url_is_local(url);
    *out = &o->base;
    return ND_OK;
}
