/* "nightdesk.ledger/1": what depends on attempts. */
#include "look.h"
#include "nightdesk/base/alloc.h"
#include "stage.h"

struct books {
    struct nd_json *calls;
    const struct nd_pipeline *pipeline;
};

static struct nd_json *add_call(struct nd_json *calls, const char *state, const char *action,
                                const char *phase, const char *lane, unsigned step, int64_t microusd)
{
    struct nd_json *call = nd_json_add(calls, nd_json_object());
    nd_json_set_str(call, "state", state);
    nd_json_set_str(call, "action", action);
    nd_json_set_str(call, "phase", phase);
    nd_json_set_str(call, "lane", lane);
    nd_json_set_int(call, "step", step);
    nd_json_set_int(call, "microusd", microusd);
    return call;
}

static enum nd_rc visit_reserve(void *ctx, const struct nd_reserve *r, struct nd_error *err)
{
    (void)err;
    struct books *books = ctx;
    const char *phase = r->phase < ND_PHASES ? books->pipeline->phases[r->phase]->name : "";
    (void)add_call(books->calls, r->state == ND_RESERVE_UNKNOWN ? "unknown" : "in_flight", r->action_id,
                   phase, r->lane, r->step, r->amount_microusd);
    return ND_OK;
}

static void add_step(struct nd_json *calls, const char *phase, const struct nd_lane *lane,
                     const struct nd_step *step)
{
    bool model = step->action.kind == ND_ACT_MODEL, tool = step->action.kind == ND_ACT_TOOL;
    if ((!model && !tool) || nd_step_refused(step)) return;
    struct nd_json *call =
        add_call(calls, "recorded", step->id, phase, lane->id, step->no, step->cost_microusd);
    nd_json_set_str(call, "kind", nd_act_word(step->action.kind));
    nd_json_set_str(call, "name", step->action.name);
    const struct nd_json *usage = model ? nd_json_get(step->observation, "usage") : NULL;
    const char *by = model ? nd_json_get_str(step->observation, "by") : NULL;
    if (by) nd_json_set_str(call, "by", by);
    if (usage) nd_json_set(call, "usage", nd_json_copy(usage));
}

static enum nd_rc add_phase(const struct nd_engine *e, const char *run_id, unsigned phase,
                            struct nd_json *calls, struct nd_error *err)
{
    struct nd_lanes lanes = {0};
    enum nd_rc rc = nd_engine_transcripts(e, run_id, phase, &lanes, err);
    for (size_t i = 0; i < lanes.n; i++) {
        const struct nd_transcript *t = &lanes.v[i].transcript;
        for (size_t k = 0; k < t->n; k++)
            add_step(calls, e->pipeline->phases[phase]->name, &lanes.v[i], &t->v[k]);
    }
    nd_lanes_release(&lanes);
    return rc;
}

static struct nd_json *head(const struct nd_meta *meta)
{
    const struct nd_ledger *l = &meta->ledger;
    struct nd_json *json = nd_json_object();
    nd_json_set_str(json, "schema", "nightdesk.ledger/1");
    nd_json_set_str(json, "run_id", meta->run_id);
    nd_json_set_int(json, "ceiling_microusd", l->ceiling_microusd);
    nd_json_set_int(json, "spent_microusd", l->spent_microusd);
    nd_json_set_int(json, "reserved_microusd", l->reserved_microusd);
    nd_json_set_int(json, "unknown_microusd", l->unknown_microusd);
    double ceiling = (double)l->ceiling_microusd;
    nd_json_set_num(json, "utilisation", ceiling > 0 ? (double)l->spent_microusd / ceiling : 0);
    nd_json_set_int(json, "steps", l->steps);
    nd_json_set_int(json, "model_calls", l->model_calls);
    nd_json_set_int(json, "tool_calls", l->tool_calls);
    nd_json_set_int(json, "tokens_in", l->tokens_in);
    nd_json_set_int(json, "tokens_out", l->tokens_out);
    nd_json_set_int(json, "wall_ms", meta->wall_ms);
    return json;
}

enum nd_rc nd_engine_ledger(const struct nd_engine *e, const char *run_id, struct nd_json **out,
                            struct nd_error *err)
{
    struct nd_meta meta;
    enum nd_rc rc = e->store->ops->meta(e->store, run_id, &meta, err);
    if (rc != ND_OK) return rc;
    struct nd_json *json = head(&meta);
    struct books books = {.calls = nd_json_set(json, "calls", nd_json_array()), .pipeline = e->pipeline};
    for (unsigned i = 0; rc == ND_OK && i < ND_PHASES; i++) rc = add_phase(e, run_id, i, books.calls, err);
    if (rc == ND_OK) rc = e->store->ops->reserves(e->store, run_id, visit_reserve, &books, err);
    if (rc == ND_OK) {
        *out = json;
    } else {
        nd_json_free(json);
    }
    return rc;
}
