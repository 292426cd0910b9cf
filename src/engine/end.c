#include "end.h"
#include "commit.h"
#include "files.h"
#include "gate.h"
#include "nightdesk/core/money.h"
#include "notify.h"
#include "partial.h"
#include "watch.h"

#include <stdio.h>
#include <string.h>

/* ---- the commit ---- */

struct ending {
    enum nd_outcome outcome;
    const char *reason;
    unsigned phase; /* that ended */
    bool quiet;     /* the report has nothing new */
    bool idle;      /* this process recorded nothing and kept no part of a step */
    char artefact[ND_SHA256_HEX], report[ND_SHA256_HEX], partial[ND_SHA256_HEX]; /* "" leaves META as it is */
};

static void set_given(char out[ND_SHA256_HEX], const char *sha256)
{
    if (*sha256) memcpy(out, sha256, ND_SHA256_HEX);
}

static enum nd_rc apply_ending(struct nd_meta *meta, void *arg)
{
    const struct ending *end = arg;
    meta->outcome = end->outcome;
    (void)snprintf(meta->reason, sizeof meta->reason, "%s", end->reason);
    meta->idle_yields = end->outcome == ND_YIELDED && end->idle ? meta->idle_yields + 1 : 0;
    if (meta->idle_yields >= ND_IDLE_YIELDS_MAX) {
        meta->outcome = ND_FAILED;
        (void)snprintf(meta->reason, sizeof meta->reason, "stopped %d times in a row without a new step",
                       ND_IDLE_YIELDS_MAX);
        meta->idle_yields = 0;
    }
    set_given(meta->artefact[end->phase], end->artefact);
    set_given(meta->report, end->report);
    set_given(meta->partial, end->partial);
    meta->quiet = end->quiet;
    if (end->outcome == ND_COMPLETED && end->phase == ND_PHASES - 1) meta->phase = ND_PHASES;
    return ND_OK;
}

static enum nd_rc commit_ending(struct nd_run *run, struct ending *end, const struct nd_approval *gate,
                                unsigned n, struct nd_error *err)
{
    struct nd_entry entry = {.apply = apply_ending, .arg = end, .approval = gate};
    enum nd_rc rc = nd_commit(run, &entry, err);
    if (rc != ND_OK) return rc;
    nd_run_event(run, &(struct nd_event){.kind = ND_EV_PHASE_END});
    struct nd_meta meta;
    nd_run_meta(run, &meta);
    nd_notify(run->e, run->objects, &meta, n);
    return ND_OK;
}

/* ---- finished ---- */

static enum nd_rc finish(struct nd_run *run, const struct nd_stage *stage, struct ending *end,
                         struct nd_error *err)
{
    struct nd_artefact artefact = {0};
    struct nd_scene base = nd_run_scene(run);
    enum nd_rc rc = nd_stage_finish(stage, &base, &artefact, err);
    if (rc == ND_OK) rc = nd_artefact_put(run->objects, &artefact, end->artefact, err);
    if (rc == ND_OK) rc = nd_files_put(run->objects, &artefact, NULL, end->report, err);
    if (rc == ND_OK) rc = nd_run_artefact(run, stage->no, end->artefact, err);
    end->quiet = rc == ND_OK && nd_json_get_bool(artefact.json, "quiet", false);
    nd_artefact_release(&artefact);
    return rc;
}

/* ---- stopped at the budget or a limit ---- */

static struct nd_json *describe_stop(struct nd_run *run, const struct nd_stop *stop,
                                     const struct nd_stage *stage)
{
    struct nd_meta meta;
    nd_run_meta(run, &meta);
    struct nd_json *shown = nd_json_object();
    nd_json_set_str(shown, "outcome", nd_outcome_word(stop->outcome));
    nd_json_set_str(shown, "reason", stop->reason);
    nd_json_set_str(shown, "phase", stage->phase->name);
    nd_json_set_int(shown, "ceiling_microusd", meta.ledger.ceiling_microusd);
    nd_json_set_int(shown, "spent_microusd", meta.ledger.spent_microusd);
    nd_json_set_int(shown, "unknown_microusd", meta.ledger.unknown_microusd);
    nd_json_set_int(shown, "needed_microusd", stop->need_microusd);
    nd_json_set_int(shown, "tool_calls", meta.ledger.tool_calls);
    nd_json_set_int(shown, "tool_calls_per_run", meta.tool_calls_per_run);
    return shown;
}

/* The partial report; without one the stop still stands, and says why there is none. */
static void build_partial(struct nd_run *run, const struct nd_stage *stage, const struct nd_stop *stop,
                          char partial[ND_SHA256_HEX])
{
    struct nd_artefact artefact = {0};
    struct nd_error err = {0};
    struct nd_scene base = nd_run_scene(run);
    struct nd_json *why = nd_partial_stop(stop->outcome, stop->reason, stage->phase->name);
    enum nd_rc rc = nd_partial_build(run->e, &base, stage->no, why, &artefact, &err);
    if (rc == ND_OK) rc = nd_files_put(run->objects, &artefact, why, partial, &err);
    if (rc != ND_OK) nd_run_note(run, "no partial report: %s", err.notes ? err.note[0] : nd_rc_word(rc));
    nd_artefact_release(&artefact);
    nd_json_free(why);
}

static void prepare_budget_gate(struct nd_run *run, const struct nd_stage *stage, struct nd_stop *stop,
                                char partial[ND_SHA256_HEX])
{
    build_partial(run, stage, stop, partial);
    (void)snprintf(stop->gate, sizeof stop->gate, "%s",
                   stop->outcome == ND_BUDGET_EXCEEDED ? "budget" : "limit");
    nd_json_free(stop->shown);
    stop->shown = describe_stop(run, stop, stage);
}

/* ---- the end ---- */

enum nd_rc nd_phase_end(struct nd_run *run, const struct nd_stage *stage, const struct nd_meta *before,
                        struct nd_stop *stop, bool *again, struct nd_error *err)
{
    bool idle = run->steps_new == 0 && atomic_load(&run->named) == 0;
    struct ending end = {.outcome = ND_COMPLETED, .reason = "", .phase = stage->no, .idle = idle};
    struct nd_opening opening = {0};
    unsigned n = 0;
    enum nd_rc rc = ND_OK;
    if (stop->outcome == ND_RUNNING) {
        rc = finish(run, stage, &end, err);
        if (nd_stop_fails(rc)) {
            nd_stop_fail(stop, err);
            nd_error_clear(err);
            rc = ND_OK;
            *end.artefact = *end.report = '\0';
        }
    }
    if (rc == ND_OK && nd_stop_at_ceiling(stop)) prepare_budget_gate(run, stage, stop, end.partial);
    if (rc == ND_OK && *stop->gate) rc = nd_gate_prepare(run, stage->no, stop, &opening, &n, err);
    if (rc == ND_OK && *stop->gate) rc = nd_control_at_stop(run, before, stop, again, err);
    if (stop->outcome != ND_RUNNING) {
        end.outcome = stop->outcome;
        end.reason = stop->reason;
    }
    bool opens = opening.open && *stop->gate;
    if (rc == ND_OK && !*again) rc = commit_ending(run, &end, opens ? &opening.approval : NULL, n, err);
    nd_opening_release(&opening);
    return rc;
}
