/* Approvals, decisions and CONTROL: written by others than the lease holder, also while it works. */
#include "rig.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

static void open_gates(struct rig *rig, const struct nd_lease *lease, struct nd_meta *meta)
{
    struct nd_approval approvals[] = {rig_approval("plan", 2), rig_approval("outline", 1),
                                      rig_approval("plan", 1)};
    rig_next(meta);
    struct nd_commit commit = {.meta = meta, .approvals = approvals, .approval_count = 3};
    nd_ck_ok(rig->store->ops->commit(rig->store, lease, &commit, &rig->err), &rig->err);
}

static enum nd_rc decide(struct rig *rig, const char *gate, unsigned n, const char *decision,
                         const struct nd_control *control)
{
    struct nd_approval shown = rig_approval(gate, n);
    nd_error_clear(&rig->err);
    return rig->store->ops->decide(rig->store, "run-1", gate, n, shown.shown_sha256, nd_view_of(decision),
                                   control, &rig->err);
}

static enum nd_rc note_approval(void *ctx, const struct nd_approval *a, struct nd_error *err)
{
    (void)err;
    nd_bytes_addf(ctx, "%s %u: %.*s -> %.*s\n", a->gate, a->n, (int)a->shown.len, a->shown.data,
                  (int)a->decision.len, a->decision.data);
    ck_assert_int_eq(a->opened_ms, 1700000000000);
    ck_assert_int_eq(a->expires_ms, 1700600000000);
    return ND_OK;
}

START_TEST(a_gate_is_decided_once)
{
    struct rig rig = rig_open(_i);
    struct nd_meta meta;
    struct nd_lease lease = rig_start(&rig, "run-1", &meta);
    struct nd_bytes seen = ND_BYTES(500);
    open_gates(&rig, &lease, &meta);
    rig.store->ops->lease_release(rig.store, &lease);
    nd_ck_ok(decide(&rig, "plan", 1, "{\"decision\":\"approve\"}", NULL), &rig.err);
    nd_ck_ok(decide(&rig, "plan", 1, "{\"decision\":\"approve\"}", NULL), &rig.err);
    nd_ck_rc(decide(&rig, "plan", 1, "{\"decision\":\"reject\"}", NULL), ND_CONFLICT, &rig.err);
    nd_ck_note(&rig.err, "gate 'plan' 1 was already decided otherwise");
    nd_ck_rc(decide(&rig, "plan", 3, "{}", NULL), ND_NOT_FOUND, &rig.err);
    nd_ck_note(&rig.err, "no gate 'plan' 3");
    nd_ck_rc(decide(&rig, "outline", 1, "", NULL), ND_BAD_INPUT, &rig.err);
    rig_reopen(&rig);
    nd_ck_ok(rig.store->ops->approvals(rig.store, "run-1", note_approval, &seen, &rig.err), &rig.err);
    nd_ck_view(nd_bytes_view(&seen), "outline 1: {\"plan\":[]} -> \n"
                                     "plan 1: {\"plan\":[]} -> {\"decision\":\"approve\"}\n"
                                     "plan 2: {\"plan\":[]} -> \n");
    nd_bytes_release(&seen);
    rig_close(&rig);
}
END_TEST

START_TEST(a_decision_is_about_what_was_shown)
{
    struct rig rig = rig_open(_i);
    struct nd_meta meta;
    struct nd_lease lease = rig_start(&rig, "run-1", &meta);
    char other[ND_SHA256_HEX];
    open_gates(&rig, &lease, &meta);
    nd_sha256_hex(ND_VIEW("an older plan"), other);
    nd_ck_rc(rig.store->ops->decide(rig.store, "run-1", "plan", 1, other, ND_VIEW("{}"), NULL, &rig.err),
             ND_CONFLICT, &rig.err);
    nd_ck_note(&rig.err, "the decision is about");
    nd_ck_ok(decide(&rig, "plan", 1, "{}", NULL), &rig.err);
    rig.store->ops->lease_release(rig.store, &lease);
    rig_close(&rig);
}
END_TEST

START_TEST(a_decision_takes_control_along)
{
    struct rig rig = rig_open(_i);
    struct nd_meta meta;
    struct nd_lease lease = rig_start(&rig, "run-1", &meta);
    struct nd_control control = ND_CONTROL_NONE, found;
    open_gates(&rig, &lease, &meta);
    control.ceiling_microusd = 9000000;
    nd_ck_ok(decide(&rig, "plan", 1, "{}", &control), &rig.err);
    control.ceiling_microusd = 1;
    nd_ck_ok(decide(&rig, "plan", 1, "{}", &control), &rig.err); /* a repeat changes nothing */
    nd_ck_rc(decide(&rig, "plan", 1, "{\"other\":1}", &control), ND_CONFLICT, &rig.err);
    nd_error_clear(&rig.err);
    nd_ck_ok(rig.store->ops->control_get(rig.store, "run-1", &found, &rig.err), &rig.err);
    ck_assert_int_eq(found.ceiling_microusd, 9000000);
    ck_assert(!found.cancel);
    rig.store->ops->lease_release(rig.store, &lease);
    rig_close(&rig);
}
END_TEST

START_TEST(control_is_merged)
{
    struct rig rig = rig_open(_i);
    struct nd_meta meta = rig_meta("run-1");
    struct nd_control control = ND_CONTROL_NONE, found;
    nd_ck_ok(rig.store->ops->create(rig.store, &meta, RIG_REQUEST, &rig.err), &rig.err);
    nd_ck_ok(rig.store->ops->control_get(rig.store, "run-1", &found, &rig.err), &rig.err);
    ck_assert(!found.cancel && found.ceiling_microusd == -1 && found.wall_max_ms == -1);
    control.ceiling_microusd = 7;
    control.steps_per_lane = 70;
    nd_ck_ok(rig.store->ops->control_put(rig.store, "run-1", &control, &rig.err), &rig.err);
    control = ND_CONTROL_NONE;
    control.cancel = true;
    control.ceiling_microusd = 0;
    control.tool_calls_per_lane = 21;
    control.tool_calls_per_run = 201;
    nd_ck_ok(rig.store->ops->control_put(rig.store, "run-1", &control, &rig.err), &rig.err);
    control = ND_CONTROL_NONE;
    control.wall_max_ms = 60000;
    nd_ck_ok(rig.store->ops->control_put(rig.store, "run-1", &control, &rig.err), &rig.err);
    rig_reopen(&rig);
    nd_ck_ok(rig.store->ops->control_get(rig.store, "run-1", &found, &rig.err), &rig.err);
    ck_assert(found.cancel);
    ck_assert_int_eq(found.ceiling_microusd, 0);
    ck_assert_int_eq(found.tool_calls_per_lane, 21);
    ck_assert_int_eq(found.tool_calls_per_run, 201);
    ck_assert_int_eq(found.steps_per_lane, 70);
    ck_assert_int_eq(found.wall_max_ms, 60000);
    rig_close(&rig);
}
END_TEST

/* ---- while a worker commits ---- */

#define ROUNDS 60

struct onlooker {
    struct nd_store *store;
    atomic_bool stop;
    uint64_t last_rev;
};

static enum nd_rc see_record(void *ctx, const struct nd_record *record, struct nd_error *err)
{
    (void)record;
    (void)err;
    ++*(uint64_t *)ctx;
    return ND_OK;
}

/* Heads only go forward, and a record that was seen stays. */
static void *look_on(void *ctx)
{
    struct onlooker *o = ctx;
    struct nd_error err = {0};
    uint64_t records = 0;
    while (!atomic_load(&o->stop)) {
        struct nd_meta meta;
        uint64_t now = 0;
        nd_ck_ok(o->store->ops->meta(o->store, "run-1", &meta, &err), &err);
        ck_assert_uint_ge(meta.rev, o->last_rev);
        o->last_rev = meta.rev;
        nd_ck_ok(o->store->ops->records(o->store, "run-1", -1, NULL, see_record, &now, &err), &err);
        ck_assert_uint_ge(now, records);
        records = now;
    }
    return NULL;
}

/* Another hand, in a process of its own where the store allows it: raises the ceiling again and again. */
static void raise_ceiling(struct nd_store *store)
{
    struct nd_error err = {0};
    for (int64_t i = 1; i <= ROUNDS; i++) {
        struct nd_control control = ND_CONTROL_NONE;
        control.ceiling_microusd = i;
        nd_ck_ok(store->ops->control_put(store, "run-1", &control, &err), &err);
    }
}

static int raise_from_elsewhere(const struct rig_kind *kind, int tell)
{
    (void)tell;
    raise_ceiling(kind->open());
    return 0;
}

START_TEST(others_read_and_write_while_a_worker_commits)
{
    bool lasts = rig_kinds[_i].lasts;
    struct rig_child child = {0};
    if (lasts) child = rig_fork(&rig_kinds[_i], raise_from_elsewhere);
    struct rig rig = rig_open(_i);
    struct nd_meta meta;
    struct nd_lease lease = rig_start(&rig, "run-1", &meta);
    struct onlooker onlooker = {.store = rig.kind->again(rig.store)};
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, look_on, &onlooker), 0);
    if (lasts) rig_go(&child);
    for (unsigned i = 0; i < ROUNDS; i++) {
        struct nd_record record = rig_record(0, "0", i);
        rig_next(&meta);
        struct nd_commit commit = {.meta = &meta, .records = &record, .record_count = 1};
        nd_ck_ok(rig.store->ops->commit(rig.store, &lease, &commit, &rig.err), &rig.err);
    }
    if (lasts) {
        ck_assert_int_eq(rig_wait(&child), 0);
    } else {
        raise_ceiling(rig.store);
    }
    atomic_store(&onlooker.stop, true);
    ck_assert_int_eq(pthread_join(thread, NULL), 0);
    nd_store_close(onlooker.store);
    struct nd_control control;
    nd_ck_ok(rig.store->ops->control_get(rig.store, "run-1", &control, &rig.err), &rig.err);
    ck_assert_int_eq(control.ceiling_microusd, ROUNDS);
    ck_assert_uint_eq(rig_count(&rig, "run-1").records, ROUNDS);
    rig.store->ops->lease_release(rig.store, &lease);
    rig_close(&rig);
}
END_TEST

RIG_MAIN("contract/gates", a_gate_is_decided_once, a_decision_is_about_what_was_shown,
         a_decision_takes_control_along, control_is_merged, others_read_and_write_while_a_worker_commits)
