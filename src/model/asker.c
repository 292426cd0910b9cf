#include "asker.h"
#include "judge.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/host.h"
#include "nightdesk/base/log.h"
#include "post.h"
#include "prepare.h"

#include <string.h>

#define ANSWER_MAX_BYTES ((size_t)4 << 20)
#define MESSAGE_TOKENS 16          /* of the template around one message or tool, at most */
#define ANSWER_MS (10 * 60 * 1000) /* for an answer that comes at once */
#define IDLE_MS                                                                                              \
    (5 * 60 * 1000) /* the longest silence of one that comes in pieces: a new schema may take minutes */
#define STREAM_MS (60 * 60 * 1000)
#define COUNT_MS 30000
#define COUNT_MAX_BYTES ((size_t)64 << 10)

struct asker {
    struct nd_model base;
    const struct provider *provider;
    struct nd_http *http;
    struct nd_aws *aws; /* signs; NULL: the key does */
    char *url, *model, *by, *path, *authorization;
    char *count_url, *count_path; /* NULL: it does not count tokens */
    struct nd_price price;
    struct nd_traits traits;
    struct asked asked; /* of the members above */
    int64_t answer_ms;
};

/* It holds text that must not leave this machine. */
static bool is_kept_back(const struct asker *o, const struct nd_json *args)
{
    return nd_json_get_bool(args, "private", false) && o->asked.where != ND_HERE;
}

/* ---- the most that it can cost ---- */

static size_t template_tokens(const struct nd_json *args)
{
    return (nd_json_len(nd_json_get(args, "messages")) + nd_json_len(nd_json_get(args, "tools"))) *
           MESSAGE_TOKENS;
}

static bool is_of(const struct nd_usage *known, const char *by)
{
    return known && known->input >= 0 && known->output >= 0 && (!known->by || strcmp(known->by, by) == 0);
}

static enum nd_rc asker_bound(struct nd_model *m, const struct nd_json *args, const struct nd_usage *known,
                              size_t known_bytes, int64_t *microusd, struct nd_error *err)
{
    const struct asker *o = (const struct asker *)m;
    if (nd_json_get_int(args, "max_tokens", -1) < 1)
        return nd_fail(err, ND_BROKEN, "a model action has no max_tokens");
    if (is_kept_back(o, args)) {
        *microusd = 0;
        return ND_OK;
    }
    struct nd_json *ready = prepare(o->provider, &o->traits, args);
    size_t bytes = nd_model_bytes(ready);
    bool extends = is_of(known, o->by) && known_bytes <= bytes;
    int64_t sent = extends ? known->input + known->output : 0;
    if (extends) bytes -= known_bytes;
    *microusd = nd_price_bound(&o->price, sent, bytes + template_tokens(ready),
                               nd_json_get_int(ready, "max_tokens", 1));
    nd_json_free(ready);
    return ND_OK;
}

/* ---- the request ---- */

/* What the table says that requests for this model need; objects are merged. */
static void add_members(struct nd_json *body, const struct nd_json *members)
{
    ND_JSON_EACH(member, members)
    {
        const char *name = nd_json_name(member);
        const struct nd_json *there = nd_json_get(body, name);
        struct nd_json *merged = nd_json_copy(member);
        if (nd_json_kind(there) == ND_JSON_OBJECT && nd_json_kind(member) == ND_JSON_OBJECT)
            ND_JSON_EACH(inner, there) nd_json_set(merged, nd_json_name(inner), nd_json_copy(inner));
        nd_json_set(body, name, merged);
    }
}

void asker_body(const struct provider *provider, const struct asked *asked, const struct nd_json *args,
                struct nd_bytes *out)
{
    struct nd_json *ready = prepare(provider, asked->traits, args), *body = nd_json_object();
    provider->body(asked, ready, body);
    add_members(body, asked->traits->body);
    nd_json_print(body, out);
    nd_json_free(ready);
    nd_json_free(body);
}

static enum nd_rc send_body(const struct asker *o, struct nd_view body, const atomic_bool *stop,
                            struct nd_http_answer *answer, struct nd_error *err)
{
    bool streams = o->traits.streams;
    const struct post post = {.aws = o->aws,
                              .path = o->path,
                              .url = o->url,
                              .authorization = o->authorization,
                              .header = o->provider->header,
                              .body = body,
                              .total_ms = streams ? STREAM_MS : o->answer_ms,
                              .idle_ms = streams ? IDLE_MS : 0,
                              .max_body_bytes = ANSWER_MAX_BYTES};
    return post_send(o->http, &post, stop, answer, err);
}

/* What one lane learns holds for all lanes. */
static void hold(const struct asker *o, const struct nd_http_answer *answer, enum nd_rc rc, int64_t wait_ms)
{
    const struct nd_host *host = nd_host_posix();
    int64_t pause_ms = rc == ND_RETRY ? wait_ms : judge_pause_ms(answer, host->now_ms(host->ctx));
    if (pause_ms > 0) nd_http_hold(o->http, o->url, pause_ms);
}

static enum nd_rc asker_ask(struct nd_model *m, const struct nd_json *args, const atomic_bool *stop,
                            struct nd_json **observation, int64_t *cost_microusd, int64_t *wait_ms,
                            struct nd_error *err)
{
    struct asker *o = (struct asker *)m;
    struct nd_bytes body = ND_BYTES(ND_BYTES_MAX);
    struct nd_http_answer answer = {0};
    *wait_ms = JUDGE_WAIT_MS;
    if (is_kept_back(o, args)) {
        *observation = answer_error(
            "it holds text of sources that must stay on this machine, and the model is elsewhere", 0,
            ND_MODEL_PRIVATE);
        *cost_microusd = 0;
        return ND_OK;
    }
    enum nd_rc rc = nd_model_check(args, err);
    if (rc != ND_OK) return rc;
    asker_body(o->provider, &o->asked, args, &body);
    rc = send_body(o, nd_bytes_view(&body), stop, &answer, err);
    nd_bytes_release(&body);
    if (rc == ND_RETRY) *wait_ms = 0;
    if (rc != ND_OK) return rc;
    rc = judge_answer(o->provider, &o->asked, args, &answer, observation, cost_microusd, wait_ms, err);
    hold(o, &answer, rc, *wait_ms);
    nd_http_answer_release(&answer);
    return rc;
}

/* ---- counting tokens ---- */

void asker_count_body(const struct provider *provider, const struct asked *asked, const struct nd_json *args,
                      struct nd_bytes *out, size_t *uncounted)
{
    struct nd_json *ready = prepare(provider, asked->traits, args), *body = nd_json_object();
    provider->count_body(asked, ready, body, uncounted);
    nd_json_print(body, out);
    nd_json_free(ready);
    nd_json_free(body);
}

/* The provider's count; -1: it gave none. */
static int64_t count_tokens(const struct asker *o, const struct nd_json *args, const atomic_bool *stop,
                            size_t *uncounted)
{
    struct nd_bytes body = ND_BYTES(ND_BYTES_MAX);
    struct nd_http_answer answer = {0};
    struct nd_json *whole = NULL;
    asker_count_body(o->provider, &o->asked, args, &body, uncounted);
    const struct post post = {.aws = o->aws,
                              .path = o->count_path,
                              .url = o->count_url,
                              .authorization = o->authorization,
                              .header = o->provider->header,
                              .body = nd_bytes_view(&body),
                              .total_ms = COUNT_MS,
                              .max_body_bytes = COUNT_MAX_BYTES};
    enum nd_rc rc = post_send(o->http, &post, stop, &answer, NULL);
    bool counted = rc == ND_OK && answer.status == 200 &&
                   nd_json_parse(&whole, nd_bytes_view(&answer.body), NULL) == ND_OK;
    int64_t tokens = counted ? o->provider->read_count(whole) : -1;
    if (rc == ND_OK && answer.status != 200)
        nd_log(ND_LOG_INFO, "'%.150s' answered %d: tokens are not counted", o->count_url, answer.status);
    nd_json_free(whole);
    if (rc == ND_OK) nd_http_answer_release(&answer);
    nd_bytes_release(&body);
    return tokens > ND_TOKENS_MAX ? -1 : tokens;
}

static void asker_tighten(struct nd_model *m, const struct nd_json *args, const atomic_bool *stop,
                          int64_t *microusd)
{
    const struct asker *o = (const struct asker *)m;
    size_t uncounted = 0;
    if (!o->count_path || is_kept_back(o, args) || nd_model_check(args, NULL) != ND_OK) return;
    int64_t tokens = count_tokens(o, args, stop, &uncounted);
    if (tokens < 1) return;
    int64_t most = nd_json_get_int(args, "max_tokens", 1) + o->traits.reasoning_tokens;
    int64_t bound = nd_price_bound(&o->price, tokens, uncounted, most);
    if (bound < *microusd) *microusd = bound;
}

/* ---- the handle ---- */

static void asker_close(struct nd_model *m)
{
    struct asker *o = (struct asker *)m;
    nd_free(o->url);
    nd_free(o->model);
    nd_free(o->by);
    nd_free(o->path);
    nd_free(o->count_url);
    nd_free(o->count_path);
    if (o->authorization) explicit_bzero(o->authorization, strlen(o->authorization));
    nd_free(o->authorization);
    nd_free(o);
}

struct nd_model *asker_open(const struct provider *provider, const struct nd_model_config *config,
                            enum nd_whereabouts where, const struct nd_price *price,
                            const struct nd_traits *traits, struct nd_http *http)
{
    static const struct nd_model_ops ops = {
        .bound = asker_bound, .ask = asker_ask, .close = asker_close, .tighten = asker_tighten};
    const char *base = config->base_url ? config->base_url : provider->home;
    struct asker *o = ND_NEW(struct asker);
    o->base.ops = &ops;
    o->provider = provider;
    o->http = http;
    o->aws = provider->signs && !config->api_key ? config->aws : NULL;
    o->price = *price;
    o->traits = *traits;
    o->path = provider->path(config->model, o->traits.streams);
    o->url = post_url(base, o->path);
    if (traits->counts && provider->count_path) o->count_path = provider->count_path(config->model);
    if (o->count_path) o->count_url = post_url(base, o->count_path);
    o->model = nd_strdup(config->model);
    o->by = nd_sprintf("%s:%s", provider->name, config->model);
    o->authorization = config->api_key ? nd_sprintf("%s%s", provider->key_header, config->api_key) : NULL;
    o->answer_ms = config->answer_ms > 0 ? config->answer_ms : ANSWER_MS;
    o->asked = (struct asked){o->url, o->model, o->by, &o->price, &o->traits, where};
    return &o->base;
}
