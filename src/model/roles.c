#include "nightdesk/model/roles.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/log.h"
#include "nightdesk/model/model.h"

#include <pthread.h>
#include <string.h>

#define LOST_IN_ROW 2
#define ABSENT_WAIT_MS 2000 /* there is no connection, but a fallback for later */

/* How it stands with one model, for all lanes. */
struct health {
    struct nd_model *model;
    int64_t refusing_since_ms; /* 0: it takes calls */
    int64_t away_until_ms;     /* the fallback stands in until then */
    unsigned lost_in_row;
    bool gone; /* its key or name is refused */
};

struct roles {
    struct nd_model base;
    const struct nd_host *host;
    struct health write, read;
    struct nd_model *fallback, *guard;
    bool fallback_is_here;
    pthread_mutex_t mutex; /* guards both healths but for the models */
};

static struct health *health_for(struct roles *r, const struct nd_json *args)
{
    const char *role = nd_json_get_str(args, "role");
    return r->read.model && role && strcmp(role, "read") == 0 ? &r->read : &r->write;
}

/* The guardrail, for its role; NULL: it is another's. */
static struct nd_model *guard_for(const struct roles *r, const struct nd_json *args)
{
    const char *role = nd_json_get_str(args, "role");
    return role && strcmp(role, "guard") == 0 ? r->guard : NULL;
}

static bool may_stand_in(const struct roles *r, const struct nd_json *args)
{
    return r->fallback && (r->fallback_is_here || !nd_json_get_bool(args, "private", false));
}

static enum nd_rc roles_bound(struct nd_model *m, const struct nd_json *args, const struct nd_usage *known,
                              size_t known_bytes, int64_t *microusd, struct nd_error *err)
{
    struct roles *r = (struct roles *)m;
    struct nd_model *first = health_for(r, args)->model, *guard = guard_for(r, args);
    int64_t other = 0;
    if (guard) return guard->ops->bound(guard, args, known, known_bytes, microusd, err);
    enum nd_rc rc = first->ops->bound(first, args, known, known_bytes, microusd, err);
    if (rc == ND_OK && may_stand_in(r, args))
        rc = r->fallback->ops->bound(r->fallback, args, known, known_bytes, &other, err);
    if (rc == ND_OK && other > *microusd) *microusd = other;
    return rc;
}

/* What a model may ask for, as tight as it can be told. */
static int64_t tightest(struct nd_model *m, const struct nd_json *args, const atomic_bool *stop,
                        int64_t microusd)
{
    int64_t bound = microusd, counted = microusd;
    if (m->ops->bound(m, args, NULL, 0, &bound, NULL) != ND_OK) return microusd;
    if (m->ops->tighten) m->ops->tighten(m, args, stop, &counted);
    return counted < bound ? counted : bound;
}

/* The dearer of those that may answer. */
static void roles_tighten(struct nd_model *m, const struct nd_json *args, const atomic_bool *stop,
                          int64_t *microusd)
{
    struct roles *r = (struct roles *)m;
    if (guard_for(r, args)) return;
    int64_t most = tightest(health_for(r, args)->model, args, stop, *microusd);
    int64_t other = may_stand_in(r, args) ? tightest(r->fallback, args, stop, *microusd) : 0;
    if (other > most) most = other;
    if (most < *microusd) *microusd = most;
}

static bool is_away(struct roles *r, const struct health *h)
{
    (void)pthread_mutex_lock(&r->mutex);
    bool away = h->gone || r->host->monotonic_ms(r->host->ctx) < h->away_until_ms;
    (void)pthread_mutex_unlock(&r->mutex);
    return away;
}

/* Notes what came of a call; true when the fallback is to stand in from now on. */
static bool note(struct roles *r, struct health *h, enum nd_rc rc)
{
    (void)pthread_mutex_lock(&r->mutex);
    int64_t now_ms = r->host->monotonic_ms(r->host->ctx);
    if (rc == ND_RETRY && !h->refusing_since_ms) h->refusing_since_ms = now_ms > 0 ? now_ms : 1;
    if (rc != ND_RETRY) h->refusing_since_ms = 0;
    h->lost_in_row = rc == ND_UNKNOWN ? h->lost_in_row + 1 : 0;
    bool overloaded = rc == ND_RETRY && now_ms - h->refusing_since_ms >= ND_OVERLOADED_MS;
    bool lost = h->lost_in_row >= LOST_IN_ROW, gone = rc == ND_CONFIG;
    if (overloaded || lost) {
        h->away_until_ms = now_ms + ND_AWAY_MS;
        h->refusing_since_ms = 0;
        h->lost_in_row = 0;
    }
    h->gone = h->gone || gone;
    (void)pthread_mutex_unlock(&r->mutex);
    if (overloaded || lost || gone)
        nd_log(ND_LOG_WARN, "the fallback model stands in: the other %s",
               gone ? "refuses the key or the name" : "has not answered for too long");
    return overloaded || gone; /* after a lost answer the engine reserves anew first */
}

/* An error answer to this call: others may be answered. */
static bool is_refusal(const struct nd_json *observation)
{
    const struct nd_json *error = nd_json_get(observation, "error");
    const char *code = nd_json_get_str(error, "code");
    return error && !(code && strcmp(code, ND_MODEL_PRIVATE) == 0);
}

static enum nd_rc stand_in(struct roles *r, const struct nd_json *args, const atomic_bool *stop,
                           struct nd_json **observation, int64_t *cost_microusd, int64_t *wait_ms,
                           struct nd_error *err)
{
    return r->fallback->ops->ask(r->fallback, args, stop, observation, cost_microusd, wait_ms, err);
}

/* The first model's refusal stands unless the fallback has something better, or may have been paid. */
static enum nd_rc ask_after_refusal(struct roles *r, const struct nd_json *args, const atomic_bool *stop,
                                    struct nd_json **observation, int64_t *cost_microusd, int64_t *wait_ms,
                                    struct nd_error *err)
{
    struct nd_json *other = NULL;
    int64_t other_cost = 0;
    struct nd_error why = {0};
    enum nd_rc rc = stand_in(r, args, stop, &other, &other_cost, wait_ms, &why);
    if (rc == ND_OK) {
        nd_json_free(*observation);
        *observation = other;
        *cost_microusd = other_cost;
    } else if (rc == ND_UNKNOWN || rc == ND_STOPPED || rc == ND_BROKEN) {
        nd_json_free(*observation);
        *observation = NULL;
        if (err) *err = why;
        return rc;
    }
    return ND_OK;
}

static enum nd_rc roles_ask(struct nd_model *m, const struct nd_json *args, const atomic_bool *stop,
                            struct nd_json **observation, int64_t *cost_microusd, int64_t *wait_ms,
                            struct nd_error *err)
{
    struct roles *r = (struct roles *)m;
    struct nd_model *guard = guard_for(r, args);
    if (guard) return guard->ops->ask(guard, args, stop, observation, cost_microusd, wait_ms, err);
    struct health *h = health_for(r, args);
    bool other = may_stand_in(r, args);
    if (other && is_away(r, h)) return stand_in(r, args, stop, observation, cost_microusd, wait_ms, err);
    enum nd_rc rc = h->model->ops->ask(h->model, args, stop, observation, cost_microusd, wait_ms, err);
    if (!other || rc == ND_STOPPED || rc == ND_BROKEN) return rc;
    if (rc == ND_OK && is_refusal(*observation))
        return ask_after_refusal(r, args, stop, observation, cost_microusd, wait_ms, err);
    if (rc == ND_RETRY && *wait_ms == 0) *wait_ms = ABSENT_WAIT_MS;
    if (!note(r, h, rc)) return rc;
    if (err) nd_error_clear(err);
    return stand_in(r, args, stop, observation, cost_microusd, wait_ms, err);
}

static void roles_close(struct nd_model *m)
{
    struct roles *r = (struct roles *)m;
    nd_model_close(r->write.model);
    nd_model_close(r->read.model);
    nd_model_close(r->fallback);
    nd_model_close(r->guard);
    (void)pthread_mutex_destroy(&r->mutex);
    nd_free(r);
}

struct nd_model *nd_roles_open(const struct nd_roles *roles, const struct nd_host *host)
{
    static const struct nd_model_ops ops = {
        .bound = roles_bound, .ask = roles_ask, .close = roles_close, .tighten = roles_tighten};
    if (!roles->read && !roles->fallback && !roles->guard) return roles->write;
    struct roles *r = ND_NEW(struct roles);
    r->base.ops = &ops;
    r->host = host;
    r->write.model = roles->write;
    r->read.model = roles->read;
    r->fallback = roles->fallback;
    r->guard = roles->guard;
    r->fallback_is_here = roles->fallback_is_here;
    (void)pthread_mutex_init(&r->mutex, NULL);
    return &r->base;
}
