#include "nightdesk/model/guardrail.h"
#include "answer.h"
#include "guardrail_wire.h"
#include "judge.h"
#include "nightdesk/aws/bedrock.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/model/prices.h"
#include "post.h"

#include <pthread.h>
#include <string.h>

#define ANSWER_MS 60000
#define ANSWER_MAX_BYTES ((size_t)1 << 20)

struct guardrail {
    struct nd_model base;
    struct nd_http *http;
    struct nd_aws *aws; /* signs; NULL: the key does */
    const struct nd_host *host;
    char *url, *path, *by, *authorization;
    pthread_mutex_t mutex;
    int64_t refusing_since_ms; /* under the mutex; 0: it takes calls */
};

static enum nd_rc guard_bound(struct nd_model *m, const struct nd_json *args, const struct nd_usage *known,
                              size_t known_bytes, int64_t *microusd, struct nd_error *err)
{
    (void)m, (void)known, (void)known_bytes, (void)err;
    *microusd = guardrail_fits(args) ? nd_price_guard_bound(guardrail_units(args)) : 0;
    return ND_OK;
}

/* ---- refusals ---- */

/* Notes whether it takes calls; true when it has refused them for too long. */
static bool is_away(struct guardrail *g, bool refuses)
{
    (void)pthread_mutex_lock(&g->mutex);
    int64_t now_ms = g->host->monotonic_ms(g->host->ctx);
    if (!refuses)
        g->refusing_since_ms = 0;
    else if (!g->refusing_since_ms)
        g->refusing_since_ms = now_ms > 0 ? now_ms : 1;
    bool away = refuses && now_ms - g->refusing_since_ms >= ND_GUARD_PATIENCE_MS;
    (void)pthread_mutex_unlock(&g->mutex);
    return away;
}

/* Nothing was billed: the caller waits and asks again, unless it has refused for too long. */
static enum nd_rc refused(struct guardrail *g, int status, int64_t wait_ms, struct nd_json **observation,
                          struct nd_error *err)
{
    if (is_away(g, true)) {
        if (err) nd_error_clear(err);
        *observation = answer_error("the guardrail takes no calls", status, ND_GUARD_AWAY);
        return ND_OK;
    }
    nd_http_hold(g->http, g->url, wait_ms);
    return status ? nd_fail(err, ND_RETRY, "'%.150s' answered %d: asked to wait", g->url, status) : ND_RETRY;
}

static bool asks_to_wait(int status)
{
    return status == 408 || status == 429 || status >= 500;
}

/* ---- answers ---- */

/* Nobody knows what it cost: its worst case. */
static enum nd_rc lost(struct guardrail *g, const struct nd_json *args, int status, const char *why,
                       struct nd_json **observation, int64_t *cost_microusd)
{
    *observation = answer_error(why, status, ND_GUARD_LOST);
    return guard_bound(&g->base, args, NULL, 0, cost_microusd, NULL);
}

static const char *message_of(const struct nd_json *json)
{
    const char *message = nd_json_get_str(json, "message");
    return message ? message : nd_json_get_str(json, "Message");
}

static enum nd_rc read_answer(struct guardrail *g, const struct nd_json *args,
                              const struct nd_http_answer *answer, struct nd_json **observation,
                              int64_t *cost_microusd, int64_t *wait_ms, struct nd_error *err)
{
    *wait_ms = answer->retry_after_ms >= 0 ? answer->retry_after_ms : JUDGE_WAIT_MS;
    if (asks_to_wait(answer->status)) return refused(g, answer->status, *wait_ms, observation, err);
    (void)is_away(g, false);
    if (answer->status == 200) {
        if (!guardrail_read(nd_bytes_view(&answer->body), observation))
            return lost(g, args, 200, "its answer is not what the service documents", observation,
                        cost_microusd);
        nd_json_set_str(*observation, "by", g->by);
        *cost_microusd = nd_price_guard(nd_json_get(*observation, "usage"));
        return ND_OK;
    }
    struct nd_json *json = NULL;
    (void)nd_json_parse(&json, nd_bytes_view(&answer->body), NULL);
    *observation = answer_error(message_of(json), answer->status, NULL);
    nd_json_free(json);
    return ND_OK;
}

static enum nd_rc guard_ask(struct nd_model *m, const struct nd_json *args, const atomic_bool *stop,
                            struct nd_json **observation, int64_t *cost_microusd, int64_t *wait_ms,
                            struct nd_error *err)
{
    struct guardrail *g = (struct guardrail *)m;
    *cost_microusd = 0;
    *wait_ms = JUDGE_WAIT_MS;
    if (nd_json_get_bool(args, "private", false)) {
        *observation = answer_error("it must stay on this machine", 0, ND_MODEL_PRIVATE);
        return ND_OK;
    }
    if (!guardrail_fits(args)) {
        *observation = answer_error("it is longer than a guardrail takes, or empty", 0, ND_GUARD_TOO_LONG);
        return ND_OK;
    }
    struct nd_bytes body = ND_BYTES(ND_BYTES_MAX);
    struct nd_http_answer answer = {0};
    struct nd_error why = {0};
    guardrail_body(args, &body);
    const struct post post = {.aws = g->aws,
                              .path = g->path,
                              .url = g->url,
                              .authorization = g->authorization,
                              .body = nd_bytes_view(&body),
                              .total_ms = ANSWER_MS,
                              .max_body_bytes = ANSWER_MAX_BYTES};
    enum nd_rc rc = post_send(g->http, &post, stop, &answer, &why);
    nd_bytes_release(&body);
    if (rc == ND_OK) {
        rc = read_answer(g, args, &answer, observation, cost_microusd, wait_ms, err);
        nd_http_answer_release(&answer);
        return rc;
    }
    const char *note = why.notes ? why.note[0] : "no answer came";
    if (rc == ND_UNKNOWN) return lost(g, args, 0, note, observation, cost_microusd);
    if (rc == ND_CONFIG) {
        *observation = answer_error(note, 0, ND_GUARD_AWAY);
        return ND_OK;
    }
    if (err) *err = why;
    return rc == ND_RETRY ? refused(g, 0, *wait_ms, observation, err) : rc;
}

/* ---- the handle ---- */

static void guard_close(struct nd_model *m)
{
    struct guardrail *g = (struct guardrail *)m;
    nd_free(g->url);
    nd_free(g->path);
    nd_free(g->by);
    if (g->authorization) explicit_bzero(g->authorization, strlen(g->authorization));
    nd_free(g->authorization);
    (void)pthread_mutex_destroy(&g->mutex);
    nd_free(g);
}

enum nd_rc nd_guardrail_open(struct nd_model **out, const struct nd_guardrail_config *config,
                             struct nd_http *http, const struct nd_host *host, struct nd_error *err)
{
    static const struct nd_model_ops ops = {.bound = guard_bound, .ask = guard_ask, .close = guard_close};
    const char *colon = strrchr(config->name, ':');
    struct nd_view base = nd_view_of(config->base_url);
    if (!colon) return nd_fail(err, ND_BAD_INPUT, "guardrail '%.80s' is not ID:VERSION", config->name);
    if (!nd_url_is_local(base) && !nd_view_starts(base, "https://"))
        return nd_fail(err, ND_CONFIG, "'%.120s' would get statements and quotes unencrypted; wanted https",
                       config->base_url);
    struct guardrail *g = ND_NEW(struct guardrail);
    g->base.ops = &ops;
    g->http = http;
    g->host = host;
    g->aws = config->api_key ? NULL : config->aws;
    g->path =
        nd_bedrock_guardrail_path((struct nd_view){config->name, (size_t)(colon - config->name)}, colon + 1);
    g->url = post_url(config->base_url, g->path);
    g->by = nd_sprintf("guardrail:%s", config->name);
    g->authorization = config->api_key ? nd_sprintf("Authorization: Bearer %s", config->api_key) : NULL;
    (void)pthread_mutex_init(&g->mutex, NULL);
    *out = &g->base;
    return ND_OK;
}
