#include "gate.h"
#include "nightdesk/base/alloc.h"

#include <stdio.h>
#include <string.h>

#define SHOWN_INLINE_MAX ((size_t)64 << 10)

static bool is_about(const struct nd_asked *asked, const char *gate, unsigned phase)
{
    return asked->phase == phase && strcmp(asked->gate, gate) == 0;
}

const struct nd_asked *nd_gate_newest(const struct nd_asked_list *asked, const char *gate, unsigned phase)
{
    const struct nd_asked *newest = NULL;
    for (size_t i = 0; i < asked->n; i++) {
        if (is_about(&asked->v[i], gate, phase)) newest = &asked->v[i];
    }
    return newest;
}

static bool decided(const struct nd_asked *asked, const char *word)
{
    const char *decision = nd_json_get_str(asked->decision, "decision");
    return decision && strcmp(decision, word) == 0;
}

unsigned nd_gate_revisions(const struct nd_asked_list *asked, const char *gate, unsigned phase)
{
    unsigned count = 0;
    for (size_t i = 0; i < asked->n; i++)
        count += is_about(&asked->v[i], gate, phase) && decided(&asked->v[i], "revise");
    return count;
}

/* ---- questions ---- */

static struct nd_json *answer_to(const struct nd_run *run, unsigned phase, const char *id)
{
    for (size_t i = 0; i < run->asked.n; i++) {
        const struct nd_asked *asked = &run->asked.v[i];
        if (!is_about(asked, "question", phase)) continue;
        const char *text = nd_json_get_str(nd_json_get(asked->decision, "answers"), id);
        if (!text) continue;
        struct nd_json *observation = nd_json_object();
        nd_json_set_str(observation, "decision", "answer");
        nd_json_set_str(observation, "answer", text);
        const char *by = nd_json_get_str(asked->decision, "by");
        if (by) nd_json_set_str(observation, "by", by);
        return observation;
    }
    return NULL;
}

static enum nd_rc answer_question(struct nd_lane_work *w, struct nd_attempt *a)
{
    a->observation = answer_to(w->run, w->phase, a->id);
    if (a->observation) return ND_OK;
    const struct nd_json *args = a->action.args;
    nd_stop_set(&w->stop, ND_AWAITING_ANSWER, "a question is open");
    (void)snprintf(w->stop.gate, sizeof w->stop.gate, "question");
    w->stop.shown = nd_json_object();
    nd_json_set_str(w->stop.shown, "id", a->id);
    nd_json_set_str(w->stop.shown, "lane", w->lane->id);
    nd_json_set_str(w->stop.shown, "title", w->lane->title ? w->lane->title : "");
    nd_json_set_view(w->stop.shown, "prompt", nd_json_view(nd_json_get(args, "prompt")));
    nd_json_set(w->stop.shown, "shown", nd_json_copy(nd_json_get(args, "shown")));
    return ND_STOPPED;
}

/* ---- gates ---- */

/* The gate item for the k-th time that this lane asks, k being the steps that hold earlier decisions. */
static const struct nd_asked *item_of(const struct nd_lane_work *w, const char *gate)
{
    size_t k = 0;
    for (size_t i = 0; i < w->lane->transcript.n; i++) {
        const struct nd_action *action = &w->lane->transcript.v[i].action;
        k += action->kind == ND_ACT_HUMAN && strcmp(action->name, gate) == 0;
    }
    for (size_t i = 0; i < w->run->asked.n; i++) {
        if (is_about(&w->run->asked.v[i], gate, w->phase) && k-- == 0) return &w->run->asked.v[i];
    }
    return NULL;
}

static enum nd_rc wait_for_decision(struct nd_lane_work *w, struct nd_attempt *a)
{
    nd_stop_set(&w->stop, ND_AWAITING_APPROVAL, "waits for a decision on the %s", a->action.name);
    memcpy(w->stop.gate, a->action.name, sizeof w->stop.gate);
    w->stop.shown = nd_json_copy(nd_json_get(a->action.args, "shown"));
    return ND_STOPPED;
}

/* What was decided on is what the item showed, even if the program would show something else by now. */
static void act_on_what_was_shown(struct nd_lane_work *w, struct nd_attempt *a, const struct nd_asked *asked)
{
    if (nd_json_equal(nd_json_get(a->action.args, "shown"), asked->shown)) return;
    nd_json_set(a->action.args, "shown", nd_json_copy(asked->shown));
    nd_action_id(w->run->e->pipeline->phases[w->phase]->name, w->lane->id, (unsigned)w->lane->transcript.n,
                 &a->action, a->id);
}

static enum nd_rc reject(struct nd_lane_work *w, const char *gate, const char *why)
{
    if (why && *why) {
        nd_stop_set(&w->stop, ND_REJECTED, "the %s was rejected: %s", gate, why);
    } else {
        nd_stop_set(&w->stop, ND_REJECTED, "the %s was rejected", gate);
    }
    return ND_STOPPED;
}

/* A lane that cannot do its minimum below the ceiling: a raise is an observation, else the run stops at its
 * budget. */
static enum nd_rc answer_budget(struct nd_lane_work *w, struct nd_attempt *a)
{
    const struct nd_asked *asked = item_of(w, "budget");
    if (asked && decided(asked, "raise")) {
        a->observation = nd_json_copy(asked->decision);
        return ND_OK;
    }
    nd_stop_set(&w->stop, ND_BUDGET_EXCEEDED, "phase '%s' cannot do its minimum below the ceiling",
                w->run->e->pipeline->phases[w->phase]->name);
    return ND_STOPPED;
}

static enum nd_rc answer_gate(struct nd_lane_work *w, struct nd_attempt *a, struct nd_error *err)
{
    const char *gate = a->action.name;
    if (nd_json_kind(nd_json_get(a->action.args, "shown")) != ND_JSON_OBJECT)
        return nd_fail(err, ND_BROKEN, "gate '%s' shows nothing", gate);
    if (strcmp(w->lane->id, "0") != 0)
        return nd_fail(err, ND_BROKEN, "lane '%s' asks the gate '%s', which only lane 0 may", w->lane->id,
                       gate);
    const struct nd_asked *asked = item_of(w, gate);
    if (!asked || !asked->decision) return wait_for_decision(w, a);
    if (decided(asked, "reject")) return reject(w, gate, nd_json_get_str(asked->decision, "why"));
    if (decided(asked, "revise") && nd_gate_revisions(&w->run->asked, gate, w->phase) > ND_REVISIONS_MAX)
        return reject(w, gate, "it was sent back too often");
    if (!decided(asked, "approve") && !decided(asked, "revise"))
        return nd_fail(err, ND_BROKEN, "gate '%s' %u holds an unknown decision: the store is damaged", gate,
                       asked->n);
    act_on_what_was_shown(w, a, asked);
    a->observation = nd_json_copy(asked->decision);
    return ND_OK;
}

enum nd_rc nd_gate_answer(struct nd_lane_work *w, struct nd_attempt *a, struct nd_error *err)
{
    if (strcmp(a->action.name, "question") == 0) return answer_question(w, a);
    if (strcmp(a->action.name, "budget") == 0) return answer_budget(w, a);
    return answer_gate(w, a, err);
}

bool nd_gate_given_up(const struct nd_asked_list *asked, unsigned phase, struct nd_stop *stop)
{
    static const char *const gates[] = {"budget", "limit"};
    for (size_t i = 0; i < sizeof gates / sizeof *gates; i++) {
        const struct nd_asked *newest = nd_gate_newest(asked, gates[i], phase);
        if (!newest || !decided(newest, "reject")) continue;
        const char *why = nd_json_get_str(newest->decision, "why");
        nd_stop_set(stop, ND_REJECTED, "a raise was rejected%s%s", why ? ": " : "", why ? why : "");
        return true;
    }
    return false;
}

/* ---- opening ---- */

void nd_opening_release(struct nd_opening *opening)
{
    nd_bytes_release(&opening->shown);
}

static unsigned next_number(const struct nd_asked_list *asked, const char *gate)
{
    unsigned n = 0;
    for (size_t i = 0; i < asked->n; i++) {
        if (strcmp(asked->v[i].gate, gate) == 0 && asked->v[i].n > n) n = asked->v[i].n;
    }
    return n + 1;
}

/* What is shown, as bytes; large ones lie in a blob. */
static enum nd_rc print_shown(struct nd_run *run, const struct nd_json *shown, struct nd_opening *out,
                              struct nd_error *err)
{
    enum nd_rc rc = ND_OK;
    out->shown = ND_BYTES(ND_ARTEFACT_MAX_BYTES);
    nd_json_print_canonical(shown, &out->shown);
    nd_sha256_hex(nd_bytes_view(&out->shown), out->approval.shown_sha256);
    if (out->shown.over)
        return nd_fail(err, ND_OVER_LIMIT, "what gate '%s' shows is too large", out->approval.gate);
    if (out->shown.len > SHOWN_INLINE_MAX) {
        char blob[ND_SHA256_HEX];
        rc = nd_objects_put(run->objects, nd_bytes_view(&out->shown), blob, err);
        nd_bytes_clear(&out->shown);
        if (rc == ND_OK) nd_bytes_addf(&out->shown, "{\"blob\":\"%s\"}", blob);
    }
    out->approval.shown = nd_bytes_view(&out->shown);
    return rc;
}

enum nd_rc nd_gate_prepare(struct nd_run *run, unsigned phase, struct nd_stop *stop, struct nd_opening *out,
                           unsigned *n, struct nd_error *err)
{
    int64_t now_ms = run->e->host->now_ms(run->e->host->ctx);
    const struct nd_asked *newest = nd_gate_newest(&run->asked, stop->gate, phase);
    if (newest && !newest->decision) {
        *n = newest->n;
        if (now_ms >= newest->expires_ms)
            nd_stop_set(stop, ND_EXPIRED, "nobody decided on the %s in time", stop->gate);
        return ND_OK;
    }
    int64_t wait_ms = run->e->gate_wait_ms > 0 ? run->e->gate_wait_ms : ND_GATE_WAIT_MS;
    struct nd_approval *approval = &out->approval;
    *approval = (struct nd_approval){.phase = phase,
                                     .n = next_number(&run->asked, stop->gate),
                                     .opened_ms = now_ms,
                                     .expires_ms = now_ms + wait_ms};
    memcpy(approval->gate, stop->gate, sizeof approval->gate);
    enum nd_rc rc = print_shown(run, stop->shown, out, err);
    out->open = rc == ND_OK;
    *n = approval->n;
    return rc;
}
