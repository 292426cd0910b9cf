#include "watch.h"
#include "commit.h"

#include <time.h>

#define TICK_MS 200
#define CONTROL_MS 1000
#define RENEW_MS 10000
#define VALUE_MAX (INT64_C(1) << 53) /* of a number in META */

/* ---- CONTROL ---- */

static bool replace(int64_t *in_force, int64_t wanted)
{
    if (wanted > VALUE_MAX) wanted = VALUE_MAX;
    if (wanted < 0 || wanted == *in_force) return false;
    *in_force = wanted;
    return true;
}

static bool adopt(struct nd_meta *meta, const struct nd_control *control)
{
    bool changed = replace(&meta->ledger.ceiling_microusd, control->ceiling_microusd);
    changed = replace(&meta->tool_calls_per_lane, control->tool_calls_per_lane) || changed;
    changed = replace(&meta->tool_calls_per_run, control->tool_calls_per_run) || changed;
    changed = replace(&meta->steps_per_lane, control->steps_per_lane) || changed;
    return replace(&meta->wall_max_ms, control->wall_max_ms) || changed;
}

static enum nd_rc apply_control(struct nd_meta *meta, void *arg)
{
    (void)adopt(meta, arg);
    return ND_OK;
}

enum nd_rc nd_control_adopt(struct nd_run *run, struct nd_error *err)
{
    struct nd_control control = ND_CONTROL_NONE;
    struct nd_meta meta;
    nd_run_meta(run, &meta);
    struct nd_store *store = run->e->store;
    enum nd_rc rc = store->ops->control_get(store, meta.run_id, &control, err);
    if (rc != ND_OK) return rc;
    if (control.cancel) nd_run_halt(run, ND_HALT_CANCEL);
    if (!adopt(&meta, &control)) return ND_OK;
    struct nd_entry entry = {.apply = apply_control, .arg = &control};
    return nd_commit(run, &entry, err);
}

static bool same_limits(const struct nd_meta *a, const struct nd_meta *b)
{
    return a->ledger.ceiling_microusd == b->ledger.ceiling_microusd &&
           a->tool_calls_per_lane == b->tool_calls_per_lane &&
           a->tool_calls_per_run == b->tool_calls_per_run && a->steps_per_lane == b->steps_per_lane &&
           a->wall_max_ms == b->wall_max_ms;
}

enum nd_rc nd_control_at_stop(struct nd_run *run, const struct nd_meta *before, struct nd_stop *stop,
                              bool *again, struct nd_error *err)
{
    struct nd_meta now;
    enum nd_rc rc = nd_control_adopt(run, err);
    if (rc != ND_OK) return rc;
    if (nd_run_halted(run) == ND_HALT_CANCEL && stop->outcome != ND_FAILED) {
        nd_stop_release(stop); /* its gate is not opened */
        nd_stop_set(stop, ND_CANCELLED, "cancelled");
    }
    nd_run_go_on(run);
    nd_run_meta(run, &now);
    *again = nd_stop_at_ceiling(stop) && !same_limits(before, &now);
    return ND_OK;
}

/* ---- the thread ---- */

static bool renewal_due(struct nd_run *run, int64_t now_ms)
{
    (void)pthread_mutex_lock(&run->mutex);
    int64_t ttl_ms = run->lease.ttl_ms;
    bool due = ttl_ms ? now_ms - run->lease.sent_ms >= ND_LEASE_RENEW_MS(ttl_ms)
                      : now_ms - run->committed_ms >= RENEW_MS;
    (void)pthread_mutex_unlock(&run->mutex);
    return due;
}

static void look_around(struct nd_run *run, int64_t *control_ms)
{
    int64_t now_ms = run->e->host->monotonic_ms(run->e->host->ctx);
    struct nd_error err = {0};
    nd_run_look(run);
    /* a timed lease is that of a store where each look costs: with the renewals is often enough */
    int64_t ttl_ms = run->lease.ttl_ms;
    if (now_ms - *control_ms >= (ttl_ms ? ND_LEASE_RENEW_MS(ttl_ms) : CONTROL_MS)) {
        *control_ms = now_ms;
        (void)nd_control_adopt(run, &err); /* unreadable now: read again in a second */
    }
    if (renewal_due(run, now_ms)) {
        struct nd_entry entry = {0};
        (void)nd_commit(run, &entry, &err);
    }
}

/* The time only ends the wait; what is decided uses the host's clock. */
static void wait_tick(struct nd_run *run)
{
    struct timespec until;
    (void)clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += (long)TICK_MS * 1000000;
    if (until.tv_nsec >= 1000000000) {
        until.tv_nsec -= 1000000000;
        until.tv_sec++;
    }
    (void)pthread_cond_timedwait(&run->closing_, &run->mutex, &until);
}

void *nd_watcher(void *arg)
{
    struct nd_run *run = arg;
    int64_t control_ms = run->began_ms;
    (void)pthread_mutex_lock(&run->mutex);
    while (!run->closing) {
        wait_tick(run);
        if (run->closing) break;
        (void)pthread_mutex_unlock(&run->mutex);
        look_around(run, &control_ms);
        (void)pthread_mutex_lock(&run->mutex);
    }
    (void)pthread_mutex_unlock(&run->mutex);
    return NULL;
}
