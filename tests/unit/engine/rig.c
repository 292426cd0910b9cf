#include "rig.h"
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/hash.h"
#include "nightdesk/store/store.h"

#include <stdio.h>
#include <string.h>

/* ---- dying ---- */

/* One effect: false when it must not happen. *answer_lost: it happens, and nobody hears of it. */
static bool effect(struct rig *rig, bool *answer_lost)
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

static bool is_dead(struct rig *rig)
{
    (void)pthread_mutex_lock(&rig->mutex);
    bool dead = rig->dead;
    (void)pthread_mutex_unlock(&rig->mutex);
    return dead;
}

static enum nd_rc died(struct nd_error *err)
{
    return nd_fail(err, ND_UNKNOWN, "the process is dead");
}

static void breaks(struct rig *rig, char *what)
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

/* ---- store ---- */

struct rig_store {
    struct nd_store base;
    struct nd_store *inner;
    struct rig *rig;
};

static struct rig_store *of(struct nd_store *s)
{
    return (struct rig_store *)s;
}

static enum nd_rc s_create(struct nd_store *s, const struct nd_meta *meta, struct nd_view request,
                           struct nd_error *err)
{
    return of(s)->inner->ops->create(of(s)->inner, meta, request, err);
}

static enum nd_rc s_meta(struct nd_store *s, const char *run_id, struct nd_meta *out, struct nd_error *err)
{
    return is_dead(of(s)->rig) ? died(err) : of(s)->inner->ops->meta(of(s)->inner, run_id, out, err);
}

static enum nd_rc s_request(struct nd_store *s, const char *run_id, struct nd_bytes *out,
                            struct nd_error *err)
{
    return is_dead(of(s)->rig) ? died(err) : of(s)->inner->ops->request(of(s)->inner, run_id, out, err);
}

static enum nd_rc s_lease_take(struct nd_store *s, const char *run_id, struct nd_lease *out,
                               struct nd_meta *meta, struct nd_error *err)
{
    bool lost = false;
    if (!effect(of(s)->rig, &lost)) return died(err);
    enum nd_rc rc = of(s)->inner->ops->lease_take(of(s)->inner, run_id, out, meta, err);
    if (!lost || rc != ND_OK) return rc;
    of(s)->inner->ops->lease_release(of(s)->inner, out);
    return died(err);
}

static void s_lease_release(struct nd_store *s, struct nd_lease *lease)
{
    of(s)->inner->ops->lease_release(of(s)->inner, lease);
}

/* What must be true of money in every durable state. */
static void check_money(struct rig *rig, const struct nd_ledger *l)
{
    int64_t gone = l->spent_microusd + l->reserved_microusd + l->unknown_microusd;
    bool fine = l->spent_microusd >= 0 && l->reserved_microusd >= 0 && l->unknown_microusd >= 0;
    if (!rig->expect_price_fault) fine = fine && gone <= l->ceiling_microusd && rig->bill_microusd <= gone;
    if (!fine)
        breaks(rig, nd_sprintf("spent %lld, reserved %lld, unknown %lld of %lld; billed %lld",
                               (long long)l->spent_microusd, (long long)l->reserved_microusd,
                               (long long)l->unknown_microusd, (long long)l->ceiling_microusd,
                               (long long)rig->bill_microusd));
}

static enum rig_commit commit_fate(struct rig *rig, const struct nd_commit *c)
{
    (void)pthread_mutex_lock(&rig->mutex);
    bool chosen = ++rig->commits == rig->commit_at;
    chosen =
        chosen || (rig->commit_as == RIG_COMMIT_POISONED && rig->commit_at && rig->commits > rig->commit_at);
    enum rig_commit fate = chosen ? rig->commit_as : RIG_COMMIT_PLAIN;
    if (fate == RIG_COMMIT_POISONED && rig->commits == rig->commit_at)
        rig->bill_at_poison = rig->bill_microusd;
    size_t parts = c->record_count + c->reserve_count + c->released_count + c->approval_count;
    if (c->record_count > rig->batch_max) rig->batch_max = c->record_count;
    if (parts > rig->parts_max) rig->parts_max = parts;
    (void)pthread_mutex_unlock(&rig->mutex);
    if (rig->slow_commits) nd_host_posix()->sleep_ms(nd_host_posix()->ctx, 1);
    return fate;
}

static enum nd_rc inner_commit(struct rig_store *s, const struct nd_lease *lease, const struct nd_commit *c,
                               struct nd_error *err)
{
    enum nd_rc rc = s->inner->ops->commit(s->inner, lease, c, err);
    (void)pthread_mutex_lock(&s->rig->mutex);
    if (rc == ND_OK) check_money(s->rig, &c->meta->ledger);
    (void)pthread_mutex_unlock(&s->rig->mutex);
    return rc;
}

/* Another worker takes the run away from under this one. */
static void take_over(struct rig_store *s, const struct nd_lease *lease)
{
    struct nd_lease mine = *lease, theirs;
    struct nd_meta meta;
    struct nd_store *rival = nd_store_memory_share(s->inner);
    s->inner->ops->lease_release(s->inner, &mine);
    ck_assert_int_eq(rival->ops->lease_take(rival, lease->run_id, &theirs, &meta, NULL), ND_OK);
    rival->ops->lease_release(rival, &theirs);
    nd_store_close(rival);
}

static enum nd_rc s_commit(struct nd_store *s, const struct nd_lease *lease, const struct nd_commit *c,
                           struct nd_error *err)
{
    bool lost = false;
    struct rig_store *store = of(s);
    if (!effect(store->rig, &lost)) return died(err);
    switch (commit_fate(store->rig, c)) {
    case RIG_COMMIT_DONE_UNANSWERED:
        ck_assert_int_eq(inner_commit(store, lease, c, err), ND_OK);
        return nd_fail(err, ND_UNKNOWN, "the answer was lost");
    case RIG_COMMIT_NOT_DONE:
        return nd_fail(err, ND_UNKNOWN, "the question was lost");
    case RIG_COMMIT_FENCED:
        take_over(store, lease);
        return nd_fail(err, ND_UNKNOWN, "the answer was lost");
    case RIG_COMMIT_POISONED:
        return nd_fail(err, ND_UNKNOWN, "could not be flushed");
    case RIG_COMMIT_FULL:
        return nd_fail(err, ND_FULL, "no space left");
    default:
        break;
    }
    enum nd_rc rc = inner_commit(store, lease, c, err);
    return lost ? died(err) : rc;
}

static enum nd_rc s_records(struct nd_store *s, const char *run_id, int phase, const char *lane,
                            nd_visit_record *visit, void *ctx, struct nd_error *err)
{
    if (is_dead(of(s)->rig)) return died(err);
    return of(s)->inner->ops->records(of(s)->inner, run_id, phase, lane, visit, ctx, err);
}

static enum nd_rc s_reserves(struct nd_store *s, const char *run_id, nd_visit_reserve *visit, void *ctx,
                             struct nd_error *err)
{
    return is_dead(of(s)->rig) ? died(err)
                               : of(s)->inner->ops->reserves(of(s)->inner, run_id, visit, ctx, err);
}

static enum nd_rc s_approvals(struct nd_store *s, const char *run_id, nd_visit_approval *visit, void *ctx,
                              struct nd_error *err)
{
    return is_dead(of(s)->rig) ? died(err)
                               : of(s)->inner->ops->approvals(of(s)->inner, run_id, visit, ctx, err);
}

static enum nd_rc s_decide(struct nd_store *s, const char *run_id, const char *gate, unsigned n,
                           const char *shown, struct nd_view decision, const struct nd_control *control,
                           struct nd_error *err)
{
    return of(s)->inner->ops->decide(of(s)->inner, run_id, gate, n, shown, decision, control, err);
}

static enum nd_rc s_control_get(struct nd_store *s, const char *run_id, struct nd_control *out,
                                struct nd_error *err)
{
    return is_dead(of(s)->rig) ? died(err) : of(s)->inner->ops->control_get(of(s)->inner, run_id, out, err);
}

static enum nd_rc s_control_put(struct nd_store *s, const char *run_id, const struct nd_control *c,
                                struct nd_error *err)
{
    return of(s)->inner->ops->control_put(of(s)->inner, run_id, c, err);
}

/* ---- objects ---- */

struct rig_objects {
    struct nd_objects base;
    struct nd_objects *inner;
    struct rig *rig;
};

static struct rig_objects *with(struct nd_objects *o)
{
    return (struct rig_objects *)o;
}

static enum nd_rc o_put(struct nd_objects *o, struct nd_view bytes, char sha256[ND_SHA256_HEX],
                        struct nd_error *err)
{
    bool lost = false;
    if (!effect(with(o)->rig, &lost)) return died(err);
    enum nd_rc rc = nd_objects_put(with(o)->inner, bytes, sha256, err);
    return lost ? died(err) : rc;
}

static enum nd_rc o_get(struct nd_objects *o, const char *sha256, struct nd_bytes *out, struct nd_error *err)
{
    return is_dead(with(o)->rig) ? died(err) : nd_objects_get(with(o)->inner, sha256, out, err);
}

static enum nd_rc o_name_put(struct nd_objects *o, const char *name, struct nd_view bytes,
                             struct nd_error *err)
{
    bool lost = false;
    if (!effect(with(o)->rig, &lost)) return died(err);
    enum nd_rc rc = nd_objects_name_put(with(o)->inner, name, bytes, err);
    return lost ? died(err) : rc;
}

static enum nd_rc o_name_get(struct nd_objects *o, const char *name, struct nd_bytes *out,
                             struct nd_error *err)
{
    return is_dead(with(o)->rig) ? died(err) : nd_objects_name_get(with(o)->inner, name, out, err);
}

static void o_close(struct nd_objects *o)
{
    nd_objects_close(with(o)->inner);
    nd_free(o);
}

static enum nd_rc s_objects(struct nd_store *s, const char *run_id, struct nd_objects **out,
                            struct nd_error *err)
{
    static const struct nd_objects_ops ops = {
        .put = o_put, .get = o_get, .name_put = o_name_put, .name_get = o_name_get, .close = o_close};
    struct rig_objects *objects = ND_NEW(struct rig_objects);
    *objects = (struct rig_objects){.base = {&ops}, .rig = of(s)->rig};
    enum nd_rc rc = of(s)->inner->ops->objects(of(s)->inner, run_id, &objects->inner, err);
    if (rc == ND_OK) {
        *out = &objects->base;
    } else {
        nd_free(objects);
    }
    return rc;
}

static void s_close(struct nd_store *s)
{
    nd_store_close(of(s)->inner);
    nd_free(s);
}

static const struct nd_store_ops store_ops = {
    .name = "rig",
    .inline_max = 1 << 10,
    .create = s_create,
    .meta = s_meta,
    .request = s_request,
    .lease_take = s_lease_take,
    .lease_release = s_lease_release,
    .commit = s_commit,
    .records = s_records,
    .reserves = s_reserves,
    .approvals = s_approvals,
    .decide = s_decide,
    .control_get = s_control_get,
    .control_put = s_control_put,
    .objects = s_objects,
    .close = s_close,
};

static struct nd_store *wrap(struct rig *rig)
{
    struct rig_store *store = ND_NEW(struct rig_store);
    *store = (struct rig_store){.base = {&store_ops}, .inner = nd_store_memory_share(rig->root), .rig = rig};
    return &store->base;
}

/* ---- the model ---- */

struct rig_model {
    struct nd_model base;
    struct rig *rig;
};

/* Prices: 1 microusd a byte in, 5 a token out; the provider counts a token for every 4 bytes. */
static size_t content_bytes(const struct nd_json *args)
{
    size_t bytes = 0;
    ND_JSON_EACH(message, nd_json_get(args, "messages"))
    bytes += nd_json_view(nd_json_get(message, "content")).len;
    return bytes;
}

static enum nd_rc m_bound(struct nd_model *m, const struct nd_json *args, const struct nd_usage *known,
                          size_t known_bytes, int64_t *microusd, struct nd_error *err)
{
    (void)m;
    (void)err;
    size_t bytes = content_bytes(args);
    ck_assert_uint_le(known_bytes, bytes);
    int64_t tokens = known ? known->input + (int64_t)(bytes - known_bytes) : (int64_t)bytes;
    *microusd = tokens + 8 + 5 * nd_json_get_int(args, "max_tokens", 0);
    return ND_OK;
}

static enum rig_answer next_answer(struct rig *rig)
{
    if (rig->answers_n == 0) return rig->always;
    enum rig_answer answer = rig->answers[0];
    memmove(rig->answers, rig->answers + 1, --rig->answers_n * sizeof *rig->answers);
    return answer;
}

static void bill(struct rig *rig, const struct nd_json *args, int64_t microusd)
{
    char *key = nd_sprintf("%lld %s %s", (long long)nd_json_get_int(args, "phase", -1),
                           nd_json_get_str(args, "lane"), nd_json_get_str(args, "what"));
    rig->bill_microusd += microusd;
    for (size_t i = 0; i < rig->bill_count; i++) {
        if (strcmp(rig->bills[i].key, key) != 0) continue;
        rig->bills[i].times++;
        rig->bills[i].microusd += microusd;
        nd_free(key);
        return;
    }
    ND_GROW(rig->bills, rig->bill_count, rig->bill_cap);
    rig->bills[rig->bill_count++] = (struct rig_bill){key, 1, microusd};
}

static struct nd_json *answer_to(const struct nd_json *args, int64_t *microusd)
{
    char hex[ND_SHA256_HEX];
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    nd_json_print_canonical(args, &text);
    nd_sha256_hex(nd_bytes_view(&text), hex);
    nd_bytes_release(&text);
    hex[16] = '\0';
    int64_t input = (int64_t)(content_bytes(args) + 3) / 4, output = 4;
    struct nd_json *observation = nd_json_object();
    nd_json_set_str(observation, "text", hex);
    struct nd_json *usage = nd_json_set(observation, "usage", nd_json_object());
    nd_json_set_int(usage, "input", input);
    nd_json_set_int(usage, "output", output);
    *microusd = input + 5 * output;
    return observation;
}

static enum nd_rc end_call(struct rig *rig, const struct nd_json *args, struct nd_json **observation,
                           int64_t *cost, int64_t *wait_ms, struct nd_error *err)
{
    struct nd_json *answer = answer_to(args, cost);
    enum nd_rc rc = ND_OK;
    (void)pthread_mutex_lock(&rig->mutex);
    switch (next_answer(rig)) {
    case RIG_BUSY:
        *wait_ms = 700;
        rc = nd_fail(err, ND_RETRY, "too many requests");
        break;
    case RIG_LOST:
        bill(rig, args, *cost);
        rc = nd_fail(err, ND_UNKNOWN, "timed out");
        break;
    case RIG_LOST_UNBILLED:
        rc = nd_fail(err, ND_UNKNOWN, "reset");
        break;
    case RIG_REFUSES_KEY:
        rc = nd_fail(err, ND_CONFIG, "the key was refused");
        break;
    case RIG_OVERBILLS:
        *cost += 1000;
        bill(rig, args, *cost);
        break;
    case RIG_ERROR:
        *cost = 0;
        nd_json_free(answer);
        answer = nd_json_object();
        nd_json_set_str(nd_json_set(answer, "error", nd_json_object()), "message", "bad schema");
        break;
    default:
        bill(rig, args, *cost);
    }
    (void)pthread_mutex_unlock(&rig->mutex);
    if (rc == ND_OK) {
        *observation = answer;
    } else {
        nd_json_free(answer);
    }
    return rc;
}

static enum nd_rc m_ask(struct nd_model *m, const struct nd_json *args, const atomic_bool *stop,
                        struct nd_json **observation, int64_t *cost, int64_t *wait_ms, struct nd_error *err)
{
    struct rig *rig = ((struct rig_model *)m)->rig;
    bool lost = false;
    if (atomic_load(stop)) return nd_fail(err, ND_STOPPED, "asked to stop");
    if (rig->on_effect) rig->on_effect(rig);
    enum nd_rc rc = effect(rig, &lost) ? end_call(rig, args, observation, cost, wait_ms, err) : died(err);
    if (lost && rc == ND_OK) {
        nd_json_free(*observation);
        *observation = NULL;
    }
    if (lost) rc = died(err);
    return rc;
}

static void m_close(struct nd_model *m)
{
    nd_free(m);
}

/* ---- tools and notifications ---- */

static enum nd_rc on_call(void *ctx, const char *tool, const struct nd_json *args, bool after,
                          const atomic_bool *stop)
{
    struct rig *rig = ctx;
    (void)stop;
    bool lost = false;
    if (after) return is_dead(rig) ? ND_UNKNOWN : ND_OK;
    if (strcmp(tool, "fetch") != 0) return is_dead(rig) ? ND_UNKNOWN : ND_OK;
    if (rig->on_effect) rig->on_effect(rig);
    if (!effect(rig, &lost)) return ND_UNKNOWN;
    char *key =
        nd_sprintf("%lld %s", (long long)nd_json_get_int(args, "phase", -1), nd_json_get_str(args, "lane"));
    (void)pthread_mutex_lock(&rig->mutex);
    bool there = false;
    for (size_t i = 0; i < rig->calls_distinct.n; i++)
        there = there || strcmp(rig->calls_distinct.v[i], key) == 0;
    if (!there) nd_strings_add(&rig->calls_distinct, key);
    rig->calls_out++;
    rig->bill_microusd += TOY_FEE_MICROUSD;
    (void)pthread_mutex_unlock(&rig->mutex);
    nd_free(key);
    return lost ? ND_UNKNOWN : ND_OK;
}

struct rig_notifier {
    struct nd_notifier base;
    struct rig *rig;
};

static enum nd_rc n_send(struct nd_notifier *n, const struct nd_json *event, struct nd_error *err)
{
    struct rig *rig = ((struct rig_notifier *)n)->rig;
    bool lost = false;
    if (!effect(rig, &lost)) return died(err);
    if (rig->sends_fail) return nd_fail(err, ND_RETRY, "nobody listens");
    (void)pthread_mutex_lock(&rig->mutex);
    nd_strings_add(&rig->sent, nd_json_get_str(event, "event_id"));
    (void)pthread_mutex_unlock(&rig->mutex);
    return lost ? died(err) : ND_OK;
}

static void n_close(struct nd_notifier *n)
{
    nd_free(n);
}

/* ---- the rig ---- */

void rig_open(struct rig *rig)
{
    static const struct nd_model_ops model_ops = {
        .provider = "rig", .bound = m_bound, .ask = m_ask, .close = m_close};
    static const struct nd_notifier_ops notifier_ops = {.name = "rig", .send = n_send, .close = n_close};
    *rig = (struct rig){.now_ms = RIG_STARTED_MS, .run_id = "toy", .toy = {.lanes = 4}};
    (void)pthread_mutex_init(&rig->mutex, NULL);
    rig->host = (struct nd_host){
        .now_ms = rig_now, .monotonic_ms = rig_now, .sleep_ms = rig_sleep, .random = rig_random, .ctx = rig};
    rig->root = nd_store_memory_open(&rig->host);
    rig->toy.on_call = on_call;
    rig->toy.ctx = rig;
    rig->pipeline = toy_pipeline(TOY_VERSION);
    struct rig_model *model = ND_NEW(struct rig_model);
    *model = (struct rig_model){.base = {&model_ops}, .rig = rig};
    rig->model = &model->base;
    struct rig_notifier *notifier = ND_NEW(struct rig_notifier);
    *notifier = (struct rig_notifier){.base = {&notifier_ops}, .rig = rig};
    rig->notifier = &notifier->base;
    rig->engine = (struct nd_engine){.store = wrap(rig),
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
    rig->engine.store = wrap(rig);
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
