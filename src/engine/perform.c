#include "perform.h"
#include "commit.h"
#include "conversation.h"
#include "ledger.h"
#include "quota.h"
#include "nightdesk/core/money.h"

#include <string.h>

#define MODEL_WAIT_MAX_MS (15 * 60 * 1000) /* all waits and tries of one call, until the process exits 75 */
#define TRY_COUNTS_MAX_MS (60 * 1000)      /* of one try: longer ones were spent asleep, or held for others */
#define UNKNOWN_WAIT_MS 1000               /* after an answer that never came; doubles */
#define ABSENT_WAIT_MS 2000                /* between two tries of a model that there is no connection to */
#define FIRST_WAIT_MAX_MS (10 * 1000)      /* for it, in a run that has no answer yet */

/* ---- reservations ---- */

struct reserving {
    int64_t amount_microusd;
    unsigned cap_percent;
    bool counts; /* a tool call that is counted with its reservation */
    enum nd_fit fit;
};

static enum nd_rc apply_reserve(struct nd_meta *meta, void *arg)
{
    struct reserving *r = arg;
    r->fit = nd_ledger_fit(&meta->ledger, r->amount_microusd, r->cap_percent);
    if (r->fit == ND_FIT_WAIT) return ND_RETRY;
    if (r->fit != ND_FIT_YES) return ND_OVER_LIMIT;
    nd_ledger_reserve(&meta->ledger, r->amount_microusd);
    meta->ledger.tool_calls += r->counts;
    return ND_OK;
}

static enum nd_rc apply_release(struct nd_meta *meta, void *arg)
{
    const struct nd_attempt *a = arg;
    nd_ledger_release(&meta->ledger, a->reserve.amount_microusd);
    meta->ledger.tool_calls -= a->counted;
    return ND_OK;
}

static enum nd_rc apply_unknown(struct nd_meta *meta, void *arg)
{
    nd_ledger_unknown(&meta->ledger, ((const struct nd_reserve *)arg)->amount_microusd);
    return ND_OK;
}

static void refused_money(struct nd_lane_work *w, struct nd_attempt *a, const struct reserving *r)
{
    if (r->fit == ND_FIT_CAP) {
        nd_refuse(a, "phase_cap");
        return;
    }
    char need[ND_MONEY_BYTES];
    nd_money_format(r->amount_microusd, need);
    nd_stop_set(&w->stop, ND_BUDGET_EXCEEDED, "a call that may cost %s does not fit below the ceiling", need);
    w->stop.need_microusd = r->amount_microusd;
}

/* ND_OK: reserved · ND_OVER_LIMIT: it does not fit, r->fit says how */
static enum nd_rc take(struct nd_lane_work *w, struct nd_attempt *a, struct reserving *r,
                       struct nd_error *err)
{
    struct nd_reserve wanted = {.phase = w->phase,
                                .step = (unsigned)w->lane->transcript.n,
                                .amount_microusd = r->amount_microusd,
                                .state = ND_RESERVE_OPEN};
    memcpy(wanted.action_id, a->id, sizeof wanted.action_id);
    memcpy(wanted.lane, w->lane->id, sizeof wanted.lane);
    enum nd_rc rc = nd_random_id(w->run->e->host, wanted.id, err);
    if (rc != ND_OK) return rc;
    struct nd_entry entry = {
        .apply = apply_reserve, .arg = r, .in_line = true, .counts = a->counts, .reserve = &wanted};
    rc = nd_commit(w->run, &entry, err);
    if (rc != ND_OK) return rc;
    a->reserve = wanted;
    a->counted = a->counts;
    a->counts = false;
    return ND_OK;
}

/* A call that does not fit by its bytes may fit by its tokens: true when the model counts fewer. Counting is
 * free and changes nothing but the reservation, so it is no step. */
static bool tighten(struct nd_lane_work *w, const struct nd_attempt *a, struct reserving *r)
{
    struct nd_model *model = w->run->e->model;
    int64_t microusd = r->amount_microusd;
    if (a->action.kind != ND_ACT_MODEL || !model || !model->ops->tighten) return false;
    model->ops->tighten(model, a->action.args, &w->run->stop, &microusd);
    if (microusd < 0 || microusd >= r->amount_microusd) return false;
    r->amount_microusd = microusd;
    return true;
}

/* ND_OK: reserved, or refused with an observation · ND_STOPPED: not below the ceiling, or halted */
static enum nd_rc reserve(struct nd_lane_work *w, struct nd_attempt *a, int64_t amount_microusd,
                          struct nd_error *err)
{
    struct reserving r = {.amount_microusd = amount_microusd,
                          .cap_percent = w->run->e->pipeline->phases[w->phase]->cap_percent,
                          .counts = a->counts};
    enum nd_rc rc = take(w, a, &r, err);
    if (rc == ND_OVER_LIMIT && tighten(w, a, &r)) rc = take(w, a, &r, err);
    if (rc != ND_OVER_LIMIT) return rc;
    refused_money(w, a, &r);
    return a->observation ? ND_OK : ND_STOPPED;
}

/* Nothing left this machine, or nothing was billed: the reservation goes. */
static enum nd_rc release(struct nd_lane_work *w, struct nd_attempt *a, struct nd_error *err)
{
    struct nd_entry entry = {.apply = apply_release, .arg = a, .release = a->reserve.id};
    enum nd_rc rc = nd_commit(w->run, &entry, err);
    a->reserve = (struct nd_reserve){0};
    a->counted = false;
    return rc;
}

/* An effect may start now, or what was reserved for it is released and the lane stops. */
static enum nd_rc start(struct nd_lane_work *w, struct nd_attempt *a, struct nd_error *err)
{
    if (nd_run_may_start(w->run) == ND_GO) return ND_OK;
    enum nd_rc rc = *a->reserve.id ? release(w, a, err) : ND_OK;
    return rc == ND_OK ? ND_STOPPED : rc;
}

/* It may have been billed: the reservation stays, as unknown. */
static enum nd_rc book_unknown(struct nd_lane_work *w, struct nd_attempt *a, struct nd_error *err)
{
    a->reserve.state = ND_RESERVE_UNKNOWN;
    struct nd_entry entry = {.apply = apply_unknown, .arg = &a->reserve, .reserve = &a->reserve};
    enum nd_rc rc = nd_commit(w->run, &entry, err);
    a->reserve = (struct nd_reserve){0};
    return rc;
}

/* ---- tools ---- */

static enum nd_rc call_tool(struct nd_lane_work *w, struct nd_attempt *a, const struct nd_tool *tool,
                            int64_t fee_microusd, struct nd_error *err)
{
    enum nd_rc rc = tool->call(&w->scene, a->action.args, &w->run->stop, &a->observation, err);
    if (rc == ND_OK && nd_json_kind(a->observation) != ND_JSON_OBJECT)
        rc = nd_fail(err, ND_BROKEN, "tool '%s' gave %s, wanted an object", tool->name,
                     nd_json_kind_word(nd_json_kind(a->observation)));
    if (rc == ND_OK)
        a->cost_microusd =
            tool->fee ? nd_json_get_int(a->observation, "cost_microusd", fee_microusd) : fee_microusd;
    return rc == ND_OK || rc == ND_STOPPED ? rc : nd_while(err, "while calling tool '%s'", tool->name);
}

static enum nd_rc perform_tool(struct nd_lane_work *w, struct nd_attempt *a, struct nd_error *err)
{
    const struct nd_tool *tool = nd_tool_named(w->run->e->pipeline, a->action.name);
    enum nd_rc rc = ND_OK;
    int64_t fee_microusd = tool->fee ? tool->fee(&w->scene) : tool->fee_microusd;
    if (tool->leaves || fee_microusd > 0) rc = reserve(w, a, fee_microusd, err);
    if (rc == ND_OK && !a->observation) rc = start(w, a, err);
    if (rc != ND_OK || a->observation) return rc;
    rc = call_tool(w, a, tool, fee_microusd, err);
    if (rc != ND_OK && *a->reserve.id) {
        struct nd_error ignored = {
            0}; /* the call's own failure is the one to tell; a fatal one is kept by the run */
        (void)book_unknown(w, a, &ignored);
    }
    return rc;
}

/* ---- models ---- */

static enum nd_rc bound(struct nd_lane_work *w, const struct nd_attempt *a, int64_t *microusd,
                        struct nd_error *err)
{
    struct nd_model *model = w->run->e->model;
    if (!model) return nd_fail(err, ND_CONFIG, "the run needs a model, but none is configured");
    struct nd_extension extension = nd_extension_of(&w->lane->transcript, a->action.args);
    struct nd_usage known = {0};
    size_t known_bytes = 0;
    bool some = nd_extension_usage(&extension, &known, &known_bytes);
    enum nd_rc rc =
        model->ops->bound(model, a->action.args, some ? &known : NULL, known_bytes, microusd, err);
    if (rc == ND_OK && (*microusd < 0 || *microusd > INT64_C(1) << 50))
        rc = nd_fail(err, ND_BROKEN, "the bound of a call is %lld microusd", (long long)*microusd);
    return rc;
}

static void note_answer(struct nd_run *run, bool came, unsigned *in_row)
{
    (void)pthread_mutex_lock(&run->mutex);
    run->unknown_in_row = came ? 0 : run->unknown_in_row + 1;
    *in_row = run->unknown_in_row;
    (void)pthread_mutex_unlock(&run->mutex);
}

/* After an answer that never came: ND_RETRY when it was one too many in a row. */
static enum nd_rc after_unknown(struct nd_lane_work *w, struct nd_attempt *a, unsigned in_row,
                                struct nd_error *err)
{
    struct nd_error why = *err;
    nd_error_clear(err);
    enum nd_rc rc = book_unknown(w, a, err);
    if (rc != ND_OK) return rc;
    nd_run_note(w->run, "no answer from the model: %s", why.notes ? why.note[0] : "no reason given");
    if (in_row >= ND_UNKNOWN_IN_ROW_MAX)
        return nd_fail(err, ND_RETRY, "%u answers in a row never came: %s", in_row,
                       why.notes ? why.note[0] : "no reason given");
    nd_run_pause(w->run, (int64_t)UNKNOWN_WAIT_MS << (in_row - 1));
    return ND_OK;
}

/* No model has answered this run yet: what is wrong is its address rather than its hour. */
static bool is_first(struct nd_run *run)
{
    struct nd_meta meta;
    nd_run_meta(run, &meta);
    return meta.ledger.model_calls == 0;
}

/* Nothing was billed, and the model asks to wait or is not there. The first wait of a call is told.
 * @param took_ms  the try itself: a server that drops what comes takes longer than the wait after it */
static enum nd_rc after_retry(struct nd_lane_work *w, struct nd_attempt *a, int64_t took_ms, int64_t wait_ms,
                              int64_t *waited_ms, struct nd_error *err)
{
    struct nd_error why = *err;
    const char *reason = why.notes ? why.note[0] : "no reason given";
    nd_error_clear(err);
    enum nd_rc rc = release(w, a, err);
    if (rc != ND_OK) return rc;
    int most_ms = wait_ms == 0 && is_first(w->run) ? FIRST_WAIT_MAX_MS : MODEL_WAIT_MAX_MS;
    if (wait_ms == 0) wait_ms = ABSENT_WAIT_MS;
    if (!*waited_ms)
        nd_run_note(w->run, "the model takes no calls now, trying for %d s: %s", most_ms / 1000, reason);
    if (most_ms == MODEL_WAIT_MAX_MS) *waited_ms += took_ms < TRY_COUNTS_MAX_MS ? took_ms : TRY_COUNTS_MAX_MS;
    *waited_ms += wait_ms;
    if (*waited_ms > most_ms && most_ms == FIRST_WAIT_MAX_MS)
        return nd_fail(err, ND_RETRY, "no model there: %s; is it running, and is its address right?", reason);
    if (*waited_ms > most_ms)
        return nd_fail(err, ND_RETRY, "the model takes no calls; waited %d s: %s", most_ms / 1000, reason);
    nd_run_pause(w->run, wait_ms);
    return ND_OK;
}

/* One attempt: reserve, send, and what follows from the result. ND_OK without an observation: try again. */
static enum nd_rc ask_once(struct nd_lane_work *w, struct nd_attempt *a, int64_t *waited_ms,
                           struct nd_error *err)
{
    struct nd_model *model = w->run->e->model;
    const struct nd_host *host = w->run->e->host;
    int64_t amount = 0, wait_ms = 0;
    unsigned in_row = 0;
    enum nd_rc rc = bound(w, a, &amount, err);
    if (rc == ND_OK) rc = reserve(w, a, amount, err);
    if (rc == ND_OK && !a->observation) rc = start(w, a, err);
    if (rc != ND_OK || a->observation) return rc;
    int64_t began_ms = host->monotonic_ms(host->ctx);
    rc = model->ops->ask(model, a->action.args, &w->run->stop, &a->observation, &a->cost_microusd, &wait_ms,
                         err);
    switch (rc) {
    case ND_OK:
        note_answer(w->run, true, &in_row);
        return ND_OK;
    case ND_RETRY:
        return after_retry(w, a, host->monotonic_ms(host->ctx) - began_ms, wait_ms, waited_ms, err);
    case ND_CONFIG:
    case ND_STOPPED: {
        struct nd_error mine = {0};
        enum nd_rc released = release(w, a, &mine);
        if (released != ND_OK) *err = mine;
        return released == ND_OK ? rc : released;
    }
    default:
        note_answer(w->run, false, &in_row);
        return after_unknown(w, a, in_row, err);
    }
}

static enum nd_rc perform_model(struct nd_lane_work *w, struct nd_attempt *a, struct nd_error *err)
{
    int64_t waited_ms = 0;
    enum nd_rc rc = ND_OK;
    a->observation = nd_earlier_answer(w->run->earlier, a->id);
    if (a->observation) return ND_OK;
    while (rc == ND_OK && !a->observation) {
        rc = nd_run_halted(w->run) == ND_GO ? ask_once(w, a, &waited_ms, err) : ND_STOPPED;
    }
    if (rc == ND_OK && !a->refused &&
        (nd_json_kind(a->observation) != ND_JSON_OBJECT || a->cost_microusd < 0))
        rc = nd_fail(err, ND_BROKEN, "the model gave an answer of the wrong form");
    return rc;
}

enum nd_rc nd_perform(struct nd_lane_work *w, struct nd_attempt *a, struct nd_error *err)
{
    return a->action.kind == ND_ACT_MODEL ? perform_model(w, a, err) : perform_tool(w, a, err);
}
