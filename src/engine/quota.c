#include "quota.h"
#include "nightdesk/core/say.h"

#include <string.h>

#define REFUSED_STEPS_MAX 3 /* steps that a lane may still ask for, and be refused, after its limit */

void nd_refuse(struct nd_attempt *a, const char *why)
{
    a->observation = nd_json_object();
    a->refused = true;
    nd_json_set_str(a->observation, "refused", why);
}

const struct nd_tool *nd_tool_named(const struct nd_pipeline *pipeline, const char *name)
{
    for (const struct nd_tool *const *tool = pipeline->tools; tool && *tool; tool++) {
        if (strcmp((*tool)->name, name) == 0) return *tool;
    }
    return NULL;
}

enum nd_rc nd_quota_enter(struct nd_lane_work *w)
{
    struct nd_run *run = w->run;
    enum nd_rc rc = nd_run_may_start(run) == ND_GO ? ND_OK : ND_STOPPED;
    (void)pthread_mutex_lock(&run->mutex);
    if (rc == ND_OK && run->steps_left == 0) {
        nd_stop_set(&w->stop, ND_YIELDED, "recorded %lld %s, as many as it was asked for",
                    (long long)run->e->max_steps, nd_plural(NULL, run->e->max_steps, "step", "steps"));
        rc = ND_STOPPED;
    }
    if (rc == ND_OK && run->steps_left > 0) run->steps_left--;
    (void)pthread_mutex_unlock(&run->mutex);
    return rc;
}

void nd_quota_leave(struct nd_lane_work *w, struct nd_attempt *a, bool recorded)
{
    struct nd_run *run = w->run;
    (void)pthread_mutex_lock(&run->mutex);
    if (recorded) {
        run->steps_new++;
    } else if (run->steps_left >= 0) {
        run->steps_left++;
    }
    if (a->counts) run->calls_in_flight--;
    a->counts = false;
    (void)pthread_mutex_unlock(&run->mutex);
}

static int64_t lane_calls(const struct nd_pipeline *pipeline, const struct nd_transcript *t)
{
    int64_t calls = 0;
    for (size_t i = 0; i < t->n; i++) {
        const struct nd_step *step = &t->v[i];
        if (step->action.kind != ND_ACT_TOOL || nd_step_refused(step)) continue;
        const struct nd_tool *tool = nd_tool_named(pipeline, step->action.name);
        calls += tool && tool->counted;
    }
    return calls;
}

static bool was_started(const struct nd_run *run, const char *action_id)
{
    for (size_t i = 0; i < run->started.n; i++) {
        if (strcmp(run->started.v[i], action_id) == 0) return true;
    }
    return false;
}

/* A call that left before a crash was counted then; its repeat is not a new one. */
static enum nd_rc check_run_calls(struct nd_lane_work *w, struct nd_attempt *a)
{
    struct nd_run *run = w->run;
    enum nd_rc rc = ND_OK;
    (void)pthread_mutex_lock(&run->mutex);
    if (!was_started(run, a->id)) {
        int64_t limit = run->meta.tool_calls_per_run;
        if (run->meta.ledger.tool_calls + run->calls_in_flight >= limit) {
            nd_stop_set(&w->stop, ND_LIMIT_REACHED, "the run has used its %lld tool %s", (long long)limit,
                        nd_plural(NULL, limit, "call", "calls"));
            rc = ND_STOPPED;
        } else {
            run->calls_in_flight++;
            a->counts = true;
        }
    }
    (void)pthread_mutex_unlock(&run->mutex);
    return rc;
}

enum nd_rc nd_quota_check(struct nd_lane_work *w, struct nd_attempt *a, struct nd_error *err)
{
    if (a->action.kind == ND_ACT_HUMAN) return ND_OK;
    struct nd_meta meta;
    nd_run_meta(w->run, &meta);
    int64_t steps = (int64_t)w->lane->transcript.n;
    if (steps >= meta.steps_per_lane + REFUSED_STEPS_MAX)
        return nd_fail(err, ND_BROKEN, "lane '%s' goes on after its limit of %lld steps", w->lane->id,
                       (long long)meta.steps_per_lane);
    if (steps >= meta.steps_per_lane) {
        nd_refuse(a, "lane_steps");
        return ND_OK;
    }
    if (a->action.kind != ND_ACT_TOOL) return ND_OK;
    const struct nd_pipeline *pipeline = w->run->e->pipeline;
    const struct nd_tool *tool = nd_tool_named(pipeline, a->action.name);
    if (!tool) return nd_fail(err, ND_BROKEN, "there is no tool '%s'", a->action.name);
    if (!tool->counted) return ND_OK;
    if (lane_calls(pipeline, &w->lane->transcript) >= meta.tool_calls_per_lane) {
        nd_refuse(a, "lane_tool_calls");
        return ND_OK;
    }
    return check_run_calls(w, a);
}

void nd_quota_stopped(struct nd_lane_work *w)
{
    if (w->stop.outcome != ND_RUNNING) return;
    struct nd_meta meta;
    nd_run_meta(w->run, &meta);
    switch (nd_run_halted(w->run)) {
    case ND_HALT_CANCEL:
        nd_stop_set(&w->stop, ND_CANCELLED, "cancelled");
        break;
    case ND_HALT_WALL:
        nd_stop_set(&w->stop, ND_LIMIT_REACHED, "worked for %lld s, as long as it may",
                    (long long)(meta.wall_max_ms / 1000));
        break;
    default:
        nd_stop_set(&w->stop, ND_YIELDED, "asked to stop");
    }
}
