#include "openai.h"
#include "nightdesk/base/alloc.h"
#include <string.h>

#define ANSWER_MAX_BYTES ((size_t)4 << 20)
#define MESSAGE_TOKENS 16 /* of the template around one message, at most */

struct openai {
    struct nd_model base;
    struct nd_http *http;
    char *url, *model, *authorization;
    struct nd_price price;
    int64_t answer_ms;
    bool local; /* on this machine: pinned to one answer for one request, and its cache is left out of it */
    bool own;   /* OpenAI itself, which knows parameters that others do not, and the other way round */
};

/* It holds text that must not leave this machine. */
static bool is_kept_back(const struct openai *o, const struct nd_json *args)
{
    return nd_json_get_bool(args, "private", false) && !o->local;
}

/* The most tokens that the model reads: one for each byte, and the template's own. */
static size_t input_bytes(const struct nd_json *args)
{
    struct nd_bytes schema = ND_BYTES(ND_BYTES_MAX);
    if (nd_json_get(args, "schema")) nd_json_print(nd_json_get(args, "schema"), &schema);
    size_t len = schema.len;
    nd_bytes_release(&schema);
    ND_JSON_EACH(message, nd_json_get(args, "messages"))
    len += nd_json_view(nd_json_get(message, "content")).len + MESSAGE_TOKENS;
    return len;
}

static enum nd_rc openai_bound(struct nd_model *m, const struct nd_json *args, const struct nd_usage *known,
                               size_t known_bytes, int64_t *microusd, struct nd_error *err)
{
    const struct openai *o = (const struct openai *)m;
    int64_t max_tokens = nd_json_get_int(args, "max_tokens", -1);
    if (max_tokens < 1) return nd_fail(err, ND_BROKEN, "a model action has no max_tokens");
    if (is_kept_back(o, args)) {
        *microusd = 0;
        return ND_OK;
    }
    size_t bytes = input_bytes(args);
    bool extends = known && known_bytes <= bytes && known->input >= 0 && known->output >= 0;
    int64_t sent = extends ? known->input + known->output : 0;
    *microusd = nd_price_bound(&o->price, sent, extends ? bytes - known_bytes : bytes, max_tokens);
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
    nd_json_set_int(body, o->own ? "max_completion_tokens" : "max_tokens",
                    nd_json_get_int(args, "max_tokens", 1));
    if (o->own) {
        nd_json_set_str(body, "service_tier", "default"); /* the tier that the prices are of */
        ND_JSON_EACH(member, o->price.body) nd_json_set(body, nd_json_name(member), nd_json_copy(member));
    } else {
        nd_json_set_int(body, "temperature", 0);
        nd_json_set_int(body, "seed", 1);
    }
    if (o->local)
        nd_json_set_bool(body, "cache_prompt", false); /* llama-server: with its cache, answers differ */
    set_schema(body, args);
    nd_json_print(body, out);
    nd_json_free(body);
}

static struct nd_json *kept_back_observation(void)
{
    struct nd_json *seen = nd_json_object(), *error = nd_json_set(seen, "error", nd_json_object());
    nd_json_set_str(error, "message",
                    "it holds text of sources that must stay on this machine, and the model is elsewhere");
    nd_json_set_str(error, "code", ND_MODEL_PRIVATE);
    return seen;
}

static enum nd_rc send_body(struct openai *o, struct nd_view body, const atomic_bool *stop,
                            struct nd_http_answer *answer, struct nd_error *err)
{
    const char *headers[] = {"Content-Type: application/json", "Accept: application/json", o->authorization,
                             NULL};
    struct nd_http_request request = {.method = "POST",
                                      .url = o->url,
                                      .headers = headers,
                                      .body = body,
                                      .total_ms = o->answer_ms,
                                      .max_body_bytes = ANSWER_MAX_BYTES};
    return nd_http_send(o->http, &request, stop, answer, err);
}

static enum nd_rc openai_ask(struct nd_model *m, const struct nd_json *args, const atomic_bool *stop,
                             struct nd_json **observation, int64_t *cost_microusd, int64_t *wait_ms,
                             struct nd_error *err)
{
    struct openai *o = (struct openai *)m;
    const struct openai_asked asked = {o->url, o->model, &o->price};
    struct nd_bytes body = ND_BYTES(ND_BYTES_MAX);
    struct nd_http_answer answer = {0};
    *wait_ms = OPENAI_WAIT_MS;
    if (is_kept_back(o, args)) {
        *observation = kept_back_observation();
        *cost_microusd = 0;
        return ND_OK;
    }
    build_body(o, args, &body);
    enum nd_rc rc = send_body(o, nd_bytes_view(&body), stop, &answer, err);
    nd_bytes_release(&body);
    if (rc != ND_OK) return rc;
    rc = openai_judge(&asked, &answer, observation, cost_microusd, wait_ms, err);
    if (rc == ND_RETRY) nd_http_hold(o->http, o->url, *wait_ms); /* for all lanes */
    nd_http_answer_release(&answer);
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

static bool is_printable(const char *text)
{
    for (; *text; text++)
        if (*text <= ' ' || *text > '~') return false;
    return true;
}

static enum nd_rc check_config(const struct nd_model_config *config, const char *base, struct nd_error *err)
{
    struct nd_view url = nd_view_of(base);
    bool local = nd_url_is_local(url);
    if (nd_url_host(url).len == 0 || nd_view_find(url, ND_VIEW("?"), 0) != SIZE_MAX ||
        nd_view_find(url, ND_VIEW("#"), 0) != SIZE_MAX)
        return nd_fail(err, ND_BAD_INPUT, "OPENAI_BASE_URL '%.120s' is not an address like https://host/v1",
                       base);
    if (!config->api_key && !local)
        return nd_fail(err, ND_CONFIG, "OPENAI_API_KEY is not set, and '%.120s' is not on this machine",
                       base);
    if (config->api_key && (!*config->api_key || !is_printable(config->api_key)))
        return nd_fail(err, ND_CONFIG,
                       "OPENAI_API_KEY is empty or holds spaces, line breaks or other odd characters");
    if (!local && !nd_view_starts(url, "https://"))
        return nd_fail(err, ND_CONFIG,
                       "OPENAI_BASE_URL '%.120s' would send the key and the text unencrypted; wanted https",
                       base);
    return ND_OK;
}

enum nd_rc openai_open(struct nd_model **out, const struct nd_model_config *config,
                       const struct nd_price *price, struct nd_http *http, struct nd_error *err)
{
    const char *base = config->base_url ? config->base_url : OPENAI_URL;
    enum nd_rc rc = check_config(config, base, err);
    if (rc != ND_OK) return rc;
    struct openai *o = ND_NEW(struct openai);
    o->base.ops = &openai_ops;
    o->http = http;
    o->url = nd_sprintf("%s%schat/completions", base, nd_view_ends(nd_view_of(base), "/") ? "" : "/");
    o->model = nd_strdup(config->model);
    o->authorization = config->api_key ? nd_sprintf("Authorization: Bearer %s", config->api_key) : NULL;
    o->price = *price;
    o->answer_ms = config->answer_ms;
    o->local = nd_url_is_local(nd_view_of(base));
    o->own = nd_view_eq(nd_url_host(nd_view_of(base)), nd_url_host(ND_VIEW(OPENAI_URL)));
    *out = &o->base;
    return ND_OK;
}
