#include "rig_parts.h"
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/store/store.h"

#include <string.h>

/* ---- dying ---- */

bool rig_effect(struct rig *rig, bool *answer_lost)
{
    (void)pthread_mutex_lock(&rig->mutex);
    *answer_lost = false;
    bool happens = !rig->dead;
    if (happens && ++rig->effects == rig->die_at) {
        rig->dead = true;
        happens = *answer_lost = rig->die_after;
    }
    (void)pthread_mutex_unlock(&rig->mutex);
    return happens;
}

bool rig_is_dead(struct rig *rig)
{
    (void)pthread_mutex_lock(&rig->mutex);
    bool dead = rig->dead;
    (void)pthread_mutex_unlock(&rig->mutex);
    return dead;
}

enum nd_rc rig_died(struct nd_error *err)
{
    return nd_fail(err, ND_UNKNOWN, "the process is dead");
}

void rig_breaks(struct rig *rig, char *what)
{
    if (rig->broken) {
        nd_free(what);
    } else {
        rig->broken = what;
    }
}

/* ---- host ---- */

static int64_t rig_now(void *ctx)
{
    struct rig *rig = ctx;
    (void)pthread_mutex_lock(&rig->mutex);
    int64_t now_ms = rig->now_ms;
    (void)pthread_mutex_unlock(&rig->mutex);
    return now_ms;
}

static void rig_sleep(void *ctx, int64_t ms)
{
    struct rig *rig = ctx;
    (void)pthread_mutex_lock(&rig->mutex);
    rig->now_ms += ms;
    (void)pthread_mutex_unlock(&rig->mutex);
}

static enum nd_rc rig_random(void *ctx, uint8_t *out, size_t len, struct nd_error *err)
{
    (void)ctx;
    return nd_host_posix()->random(nd_host_posix()->ctx, out, len, err);
}

/* ---- the rig ---- */

void rig_open(struct rig *rig)
{
    *rig = (struct rig){.now_ms = RIG_STARTED_MS, .run_id = "toy", .toy = {.lanes = 4}};
    (void)pthread_mutex_init(&rig->mutex, NULL);
    rig->host = (struct nd_host){
        .now_ms = rig_now, .monotonic_ms = rig_now, .sleep_ms = rig_sleep, .random = rig_random, .ctx = rig};
    rig->root = nd_store_memory_open(&rig->host);
    rig->toy.on_call = rig_on_call;
    rig->toy.ctx = rig;
    rig->pipeline = toy_pipeline(TOY_VERSION);
    rig->model = rig_model(rig);
    rig->notifier = rig_notifier(rig);
    rig->engine = (struct nd_engine){.store = rig_store(rig),
                                     .host = &rig->host,
                                     .pipeline = &rig->pipeline,
                                     .pipeline_ctx = &rig->toy,
                                     .model = rig->model,
                                     .notifier = rig->notifier};
}

void rig_close(struct rig *rig)
{
    ck_assert_msg(!rig->broken, "%s", rig->broken);
    nd_store_close(rig->engine.store);
    nd_store_close(rig->root);
    rig->model->ops->close(rig->model);
    rig->notifier->ops->close(rig->notifier);
    for (size_t i = 0; i < rig->bill_count; i++) nd_free(rig->bills[i].key);
    nd_free(rig->bills);
    nd_strings_release(&rig->calls_distinct);
    nd_strings_release(&rig->sent);
    (void)pthread_mutex_destroy(&rig->mutex);
}

void rig_create(struct rig *rig, const char *request_json)
{
    struct nd_json *json = NULL;
    struct nd_request *request = NULL;
    nd_ck_ok(nd_json_parse(&json, nd_view_of(request_json), &rig->err), &rig->err);
    if (!nd_json_get(json, "schema")) nd_json_set_str(json, "schema", "nightdesk.request/1");
    if (!nd_json_get(json, "topic")) nd_json_set_str(json, "topic", "toys");
    if (!nd_json_get(json, "writer")) nd_json_set_str(json, "writer", "rig:one");
    nd_ck_ok(nd_request_parse(&request, json, &rig->err), &rig->err);
    nd_ck_ok(nd_engine_create(&rig->engine, rig->run_id, request, RIG_STARTED_MS, &rig->err), &rig->err);
    nd_request_free(request);
    nd_json_free(json);
}

enum nd_rc rig_work(struct rig *rig, int phase)
{
    nd_error_clear(&rig->err);
    return nd_engine_work(&rig->engine, rig->run_id, phase, &rig->meta, &rig->err);
}

void rig_revive(struct rig *rig)
{
    nd_store_close(rig->engine.store); /* a dead process holds no lease */
    rig->engine.store = rig_store(rig);
    rig->dead = false;
    rig->die_at = 0;
}

void rig_finish(struct rig *rig)
{
    for (unsigned i = 0; i < 1000; i++) {
        nd_ck_ok(rig_work(rig, -1), &rig->err);
        if (rig->meta.phase == ND_PHASES) return;
        ck_assert_msg(rig->meta.outcome == ND_YIELDED, "%s: %s", nd_outcome_word(rig->meta.outcome),
                      rig->meta.reason);
    }
    ck_abort_msg("1000 processes did not finish the run");
}

/* What a patient person decides at each stop; false when the deciding process died. */
static bool decide_something(struct rig *rig)
{
    struct nd_gate gate;
    struct nd_control raised = ND_CONTROL_NONE;
    raised.tool_calls_per_run = 1000;
    raised.ceiling_microusd = 5000000;
    if (nd_engine_gate(&rig->engine, rig->run_id, &gate, &rig->err) != ND_OK) return false;
    enum nd_rc rc = ND_OK;
    bool raise = strcmp(gate.gate, "budget") == 0 || strcmp(gate.gate, "limit") == 0;
    if (strcmp(gate.gate, "question") != 0) {
        const char *decision = raise ? "{\"decision\":\"raise\"}" : "{\"decision\":\"approve\"}";
        rc = rig_decide(rig, decision, raise ? &raised : NULL);
    } else {
        struct nd_json *decision = nd_json_object(),
                       *answers = nd_json_set(decision, "answers", nd_json_object());
        ND_JSON_EACH(question, nd_json_get(gate.shown, "questions"))
        nd_json_set_str(answers, nd_json_get_str(question, "id"), "go on");
        rc = nd_engine_decide(&rig->engine, rig->run_id, &gate, decision, NULL, &rig->err);
        nd_json_free(decision);
    }
    nd_gate_release(&gate);
    ck_assert_msg(rc == ND_OK || rig->dead, "%s", nd_test_chain(rc, &rig->err));
    return rc == ND_OK;
}

bool rig_go_through(struct rig *rig)
{
    for (unsigned i = 0; i < 100; i++) {
        if (rig_work(rig, -1) != ND_OK || rig->dead) return false;
        if (rig->meta.phase == ND_PHASES) return true;
        if (rig->meta.outcome != ND_YIELDED && !decide_something(rig)) return false;
    }
    ck_abort_msg("100 decisions did not finish the run");
}

static char *file_of(struct nd_artefact *artefact, const char *name)
{
    char *text = NULL;
    for (size_t i = 0; i < artefact->file_count; i++) {
        if (strcmp(artefact->files[i].name, name) == 0)
            text = nd_view_dup(nd_bytes_view(&artefact->files[i].bytes));
    }
    nd_artefact_release(artefact);
    ck_assert_msg(text, "there is no file '%s'", name);
    return text;
}

char *rig_report(struct rig *rig)
{
    struct nd_artefact artefact = {0};
    nd_ck_ok(nd_engine_report(&rig->engine, rig->run_id, &artefact, &rig->err), &rig->err);
    return file_of(&artefact, "report.json");
}

char *rig_replay(struct rig *rig)
{
    struct nd_artefact artefact = {0};
    nd_ck_ok(nd_engine_replay(&rig->engine, rig->run_id, &artefact, &rig->err), &rig->err);
    return file_of(&artefact, "report.json");
}

unsigned rig_most_billed(const struct rig *rig)
{
    unsigned most = 0;
    for (size_t i = 0; i < rig->bill_count; i++)
        most = rig->bills[i].times > most ? rig->bills[i].times : most;
    return most;
}

unsigned rig_billed_again(const struct rig *rig)
{
    unsigned again = 0;
    for (size_t i = 0; i < rig->bill_count; i++) again += rig->bills[i].times - 1;
    return again;
}

enum nd_rc rig_decide(struct rig *rig, const char *decision_json, const struct nd_control *control)
{
    struct nd_gate gate;
    struct nd_json *decision = NULL;
    nd_error_clear(&rig->err);
    enum nd_rc rc = nd_engine_gate(&rig->engine, rig->run_id, &gate, &rig->err);
    if (rc != ND_OK) return rc;
    nd_ck_ok(nd_json_parse(&decision, nd_view_of(decision_json), &rig->err), &rig->err);
    rc = nd_engine_decide(&rig->engine, rig->run_id, &gate, decision, control, &rig->err);
    nd_json_free(decision);
    nd_gate_release(&gate);
    return rc;
}
