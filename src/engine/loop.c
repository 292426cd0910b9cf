#include "loop.h"
#include "commit.h"
#include "gate.h"
#include "ledger.h"
#include "quota.h"
#include "nightdesk/base/alloc.h"
#include "perform.h"
#include "record.h"

#include <stdio.h>
#include <string.h>

/* ---- next ---- */

static enum nd_rc ask_next(struct nd_lane_work *w, struct nd_attempt *a, struct nd_error *err)
{
    const struct nd_phase *phase = w->run->e->pipeline->phases[w->phase];
    enum nd_rc rc = phase->next(&w->scene, &a->action, err);
    bool acts = a->action.kind != ND_ACT_DONE && a->action.kind != ND_ACT_LANES;
    if (rc == ND_OK && acts && nd_json_kind(a->action.args) != ND_JSON_OBJECT)
        rc = nd_fail(err, ND_BROKEN, "action '%s' has no args", a->action.name);
    if (rc != ND_OK)
        return nd_while(err, "while planning step %zu of lane '%s' of phase '%s'", w->lane->transcript.n,
                        w->lane->id, phase->name);
    if (acts) nd_action_id(phase->name, w->lane->id, (unsigned)w->lane->transcript.n, &a->action, a->id);
    return ND_OK;
}

/* ---- record ---- */

struct recording {
    struct nd_attempt *attempt;
    struct nd_usage usage;
    bool model_call, tool_call;
};

static enum nd_rc apply_record(struct nd_meta *meta, void *arg)
{
    const struct recording *r = arg;
    struct nd_ledger *ledger = &meta->ledger;
    if (*r->attempt->reserve.id)
        nd_ledger_settle(ledger, r->attempt->reserve.amount_microusd, r->attempt->cost_microusd);
    ledger->steps++;
    ledger->model_calls += r->model_call;
    ledger->tool_calls += r->tool_call;
    ledger->tokens_in += r->usage.input;
    ledger->tokens_out += r->usage.output;
    meta->idle_yields = 0;
    return ND_OK;
}

static int64_t tokens(const struct nd_json *usage, const char *member)
{
    int64_t n = nd_json_get_int(usage, member, 0);
    return n > 0 && n < INT64_C(1) << 40 ? n : 0;
}

static struct recording recording_of(struct nd_attempt *a)
{
    const struct nd_json *usage = nd_json_get(a->observation, "usage");
    bool reused = nd_json_get(a->observation, "reused") != NULL;
    bool model = a->action.kind == ND_ACT_MODEL && !a->refused && !reused;
    struct recording r = {.attempt = a, .model_call = model, .tool_call = a->counts && !a->refused};
    if (model)
        r.usage = (struct nd_usage){.input = tokens(usage, "input"), .output = tokens(usage, "output")};
    return r;
}

/* Trouble of the store that passes is waited out: maybe the observation was paid for. */
static enum nd_rc pack_once(const struct nd_lane_work *w, const struct nd_step *step, struct nd_packed *out,
                            struct nd_error *err)
{
    struct nd_run *run = w->run;
    int64_t began_ms = run->e->host->monotonic_ms(run->e->host->ctx);
    enum nd_rc rc = ND_RETRY;
    for (unsigned tried = 0; rc == ND_RETRY && (!tried || nd_run_try_again(run, tried, began_ms)); tried++) {
        nd_error_clear(err);
        rc = nd_record_pack(out, w->phase, w->lane, step, run->e->store->ops->inline_max, run->objects, err);
    }
    return rc;
}

/* Packs the step; an observation that is too large becomes one that says so, and a full disk is tried once
 * more. */
static enum nd_rc pack(struct nd_lane_work *w, struct nd_step *step, struct nd_packed *out,
                       struct nd_error *err)
{
    enum nd_rc rc = pack_once(w, step, out, err);
    if (rc == ND_OVER_LIMIT) {
        nd_error_clear(err);
        nd_json_free(step->observation);
        step->observation = nd_json_object();
        nd_json_set_str(nd_json_set(step->observation, "error", nd_json_object()), "message",
                        "the observation was larger than a step may be");
        rc = pack_once(w, step, out, err);
    } else if (rc == ND_FULL) {
        nd_error_clear(err);
        nd_run_halt(w->run, ND_HALT_FULL);
        rc = pack_once(w, step, out, err);
    }
    return rc;
}

static void append(struct nd_transcript *t, const struct nd_step *step)
{
    ND_GROW(t->v, t->n, t->cap);
    t->v[t->n++] = *step;
}

/* The step becomes durable, then a part of the transcript; the attempt gives its action and observation away.
 */
static enum nd_rc record(struct nd_lane_work *w, struct nd_attempt *a, struct nd_error *err)
{
    struct nd_packed packed = {0};
    struct nd_step step = {.no = (unsigned)w->lane->transcript.n,
                           .action = a->action,
                           .observation = a->observation,
                           .cost_microusd = a->cost_microusd};
    memcpy(step.id, a->id, sizeof step.id);
    memcpy(step.version, w->run->version, sizeof step.version);
    struct recording recording = recording_of(a);
    a->action = (struct nd_action){.kind = ND_ACT_DONE};
    a->observation = NULL;
    enum nd_rc rc = pack(w, &step, &packed, err);
    if (rc == ND_OK) {
        struct nd_entry entry = {.apply = apply_record, .arg = &recording, .record = &packed.record};
        entry.counts = recording.tool_call;
        if (*a->reserve.id) entry.release = a->reserve.id;
        rc = nd_commit(w->run, &entry, err);
        if (rc == ND_OK && entry.counts) a->counts = false;
    }
    nd_packed_release(&packed);
    if (rc != ND_OK) {
        nd_action_release(&step.action);
        nd_json_free(step.observation);
        return rc;
    }
    append(&w->lane->transcript, &step);
    nd_run_event(w->run, &(struct nd_event){.kind = ND_EV_STEP,
                                            .lane = w->lane,
                                            .step = &w->lane->transcript.v[w->lane->transcript.n - 1]});
    return ND_OK;
}

/* ---- one step ---- */

static enum nd_rc step(struct nd_lane_work *w, struct nd_attempt *a, enum nd_lane_end *end,
                       struct nd_error *err)
{
    enum nd_rc rc = ask_next(w, a, err);
    if (rc != ND_OK) return rc;
    if (a->action.kind == ND_ACT_DONE || a->action.kind == ND_ACT_LANES) {
        *end = a->action.kind == ND_ACT_DONE ? ND_LANE_DONE : ND_LANE_PLANNED;
        return ND_OK;
    }
    if (a->action.kind == ND_ACT_HUMAN) rc = nd_gate_answer(w, a, err);
    if (rc == ND_OK) rc = nd_quota_enter(w);
    if (rc != ND_OK) return rc;
    rc = nd_quota_check(w, a, err);
    if (rc == ND_OK && !a->observation) rc = nd_perform(w, a, err);
    bool overbilled = rc == ND_OK && a->cost_microusd > a->reserve.amount_microusd;
    if (overbilled) nd_run_halt(w->run, ND_HALT_FAIL); /* before it is durable: no lane pays meanwhile */
    if (rc == ND_OK) rc = record(w, a, err);
    nd_quota_leave(w, a, rc == ND_OK);
    if (rc == ND_OK && overbilled)
        rc = nd_fail(err, ND_BAD_INPUT, "price_fault: a call was billed %lld microusd, its bound was %lld",
                     (long long)a->cost_microusd, (long long)a->reserve.amount_microusd);
    return rc;
}

/* What a failure means: the run fails in order, this process stops without an outcome, or the lane was
 * stopped. */
static void stopped(struct nd_lane_work *w, enum nd_rc rc, const struct nd_error *err)
{
    if (rc == ND_STOPPED) {
        nd_quota_stopped(w);
    } else if (rc == ND_FULL) {
        nd_run_halt(w->run, ND_HALT_FULL);
    } else if (rc == ND_CONFIG || rc == ND_RETRY) {
        nd_run_leave(w->run, rc, err);
    } else if (nd_stop_fails(rc) && nd_run_halted(w->run) != ND_HALT_FATAL) {
        nd_stop_fail(&w->stop, err);
        nd_run_halt(w->run, ND_HALT_FAIL);
    } else {
        nd_run_fatal(w->run, rc, err);
    }
}

enum nd_lane_end nd_lane_run(struct nd_lane_work *w)
{
    enum nd_lane_end end = ND_LANE_GOES_ON;
    while (end == ND_LANE_GOES_ON) {
        struct nd_attempt attempt = {0};
        struct nd_error err = {0};
        enum nd_rc rc = step(w, &attempt, &end, &err);
        if (rc != ND_OK) {
            stopped(w, rc, &err);
            end = ND_LANE_STOPPED;
        }
        nd_action_release(&attempt.action);
        nd_json_free(attempt.observation);
    }
    w->lane->ended = end == ND_LANE_DONE;
    return end;
}
