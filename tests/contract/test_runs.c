/* Making, reading, listing and removing runs. */
#include "rig.h"

#include <string.h>

START_TEST(a_created_run_is_read_back)
{
    struct rig rig = rig_open(_i);
    struct nd_meta meta = rig_meta("run-1");
    struct nd_bytes request = ND_BYTES(1000);
    nd_ck_ok(rig.store->ops->create(rig.store, &meta, RIG_REQUEST, &rig.err), &rig.err);
    rig_reopen(&rig);
    struct nd_meta stands = rig_stands(&rig, "run-1");
    rig_ck_meta(&stands, &meta);
    nd_ck_ok(rig.store->ops->request(rig.store, "run-1", &request, &rig.err), &rig.err);
    nd_ck_view(nd_bytes_view(&request), "{\"topic\":\"owls\"}");
    struct rig_count count = rig_count(&rig, "run-1");
    ck_assert_uint_eq(count.records + count.reserves + count.approvals, 0);
    nd_bytes_release(&request);
    rig_close(&rig);
}
END_TEST

START_TEST(a_run_id_is_given_once)
{
    struct rig rig = rig_open(_i);
    struct nd_meta meta = rig_meta("run-1");
    nd_ck_ok(rig.store->ops->create(rig.store, &meta, RIG_REQUEST, &rig.err), &rig.err);
    meta.started_ms++;
    nd_ck_rc(rig.store->ops->create(rig.store, &meta, RIG_REQUEST, &rig.err), ND_CONFLICT, &rig.err);
    nd_ck_note(&rig.err, "run 'run-1' exists already");
    ck_assert_int_eq(rig_stands(&rig, "run-1").started_ms, meta.started_ms - 1);
    rig_close(&rig);
}
END_TEST

START_TEST(a_bad_run_id_or_request_is_refused)
{
    struct rig rig = rig_open(_i);
    struct nd_meta meta = rig_meta("../etc");
    nd_ck_rc(rig.store->ops->create(rig.store, &meta, RIG_REQUEST, &rig.err), ND_BAD_INPUT, &rig.err);
    struct nd_lease lease = {0};
    nd_error_clear(&rig.err);
    nd_ck_rc(rig.store->ops->lease_take(rig.store, "../etc", &lease, &meta, &rig.err), ND_BAD_INPUT,
             &rig.err);
    static char big[ND_REQUEST_MAX_BYTES + 1];
    meta = rig_meta("run-1");
    nd_error_clear(&rig.err);
    nd_ck_rc(rig.store->ops->create(rig.store, &meta, (struct nd_view){big, sizeof big}, &rig.err),
             ND_OVER_LIMIT, &rig.err);
    rig_close(&rig);
}
END_TEST

START_TEST(an_unknown_run_is_not_found)
{
    struct rig rig = rig_open(_i);
    struct nd_store *s = rig.store;
    struct nd_meta meta;
    struct nd_control control;
    struct nd_lease lease;
    struct nd_objects *objects = NULL;
    struct nd_bytes bytes = ND_BYTES(10);
    struct nd_error err = {0};
    nd_ck_rc(s->ops->meta(s, "none", &meta, &err), ND_NOT_FOUND, &err);
    nd_ck_note(&err, "there is no run 'none'");
    nd_ck_rc(s->ops->request(s, "none", &bytes, NULL), ND_NOT_FOUND, &err);
    nd_ck_rc(s->ops->lease_take(s, "none", &lease, &meta, NULL), ND_NOT_FOUND, &err);
    nd_ck_rc(s->ops->records(s, "none", -1, NULL, NULL, NULL, NULL), ND_NOT_FOUND, &err);
    nd_ck_rc(s->ops->reserves(s, "none", NULL, NULL, NULL), ND_NOT_FOUND, &err);
    nd_ck_rc(s->ops->approvals(s, "none", NULL, NULL, NULL), ND_NOT_FOUND, &err);
    nd_ck_rc(s->ops->control_get(s, "none", &control, NULL), ND_NOT_FOUND, &err);
    control = ND_CONTROL_NONE;
    nd_ck_rc(s->ops->control_put(s, "none", &control, NULL), ND_NOT_FOUND, &err);
    nd_ck_rc(s->ops->decide(s, "none", "plan", 1, "", ND_VIEW("{}"), NULL, NULL), ND_NOT_FOUND, &err);
    nd_ck_rc(s->ops->remove(s, "none", NULL), ND_NOT_FOUND, &err);
    nd_ck_rc(s->ops->objects(s, "none", &objects, NULL), ND_NOT_FOUND, &err);
    ck_assert_ptr_null(objects);
    rig_close(&rig);
}
END_TEST

static enum nd_rc note_run(void *ctx, const struct nd_meta *meta, struct nd_error *err)
{
    (void)err;
    nd_bytes_addf(ctx, "%s ", meta->run_id);
    return nd_view_is(nd_view_of(meta->run_id), "stop") ? ND_STOPPED : ND_OK;
}

START_TEST(the_newest_run_is_listed_first)
{
    struct rig rig = rig_open(_i);
    static const struct {
        const char *id;
        int64_t started_ms;
    } runs[] = {{"b", 2000}, {"old", 1}, {"new", 3000}, {"a", 2000}};
    struct nd_bytes seen = ND_BYTES(100);
    for (size_t i = 0; i < sizeof runs / sizeof runs[0]; i++) {
        struct nd_meta meta = rig_meta(runs[i].id);
        meta.started_ms = runs[i].started_ms;
        nd_ck_ok(rig.store->ops->create(rig.store, &meta, RIG_REQUEST, &rig.err), &rig.err);
    }
    rig_reopen(&rig);
    nd_ck_ok(rig.store->ops->list(rig.store, note_run, &seen, &rig.err), &rig.err);
    nd_ck_view(nd_bytes_view(&seen), "new a b old ");
    nd_bytes_release(&seen);
    rig_close(&rig);
}
END_TEST

START_TEST(a_run_that_could_not_be_read_back_is_not_made)
{
    struct rig rig = rig_open(_i);
    struct nd_bytes seen = ND_BYTES(100);
    struct nd_meta meta = rig_meta("early");
    meta.started_ms = -1;
    nd_ck_rc(rig.store->ops->create(rig.store, &meta, RIG_REQUEST, &rig.err), ND_BAD_INPUT, &rig.err);
    nd_ck_note(&rig.err, "before 1970");
    nd_error_clear(&rig.err);
    nd_ck_ok(rig.store->ops->list(rig.store, note_run, &seen, &rig.err), &rig.err);
    ck_assert_uint_eq(seen.len, 0);
    nd_bytes_release(&seen);
    rig_close(&rig);
}
END_TEST

START_TEST(a_visitor_can_end_the_walk)
{
    struct rig rig = rig_open(_i);
    struct nd_bytes seen = ND_BYTES(100);
    struct nd_meta meta = rig_meta("stop");
    nd_ck_ok(rig.store->ops->create(rig.store, &meta, RIG_REQUEST, &rig.err), &rig.err);
    meta = rig_meta("z-later");
    nd_ck_ok(rig.store->ops->create(rig.store, &meta, RIG_REQUEST, &rig.err), &rig.err);
    nd_ck_rc(rig.store->ops->list(rig.store, note_run, &seen, &rig.err), ND_STOPPED, &rig.err);
    nd_ck_view(nd_bytes_view(&seen), "stop ");
    nd_bytes_release(&seen);
    rig_close(&rig);
}
END_TEST

START_TEST(a_removed_run_is_gone_whole)
{
    struct rig rig = rig_open(_i);
    struct nd_meta meta;
    struct nd_lease lease = rig_start(&rig, "run-1", &meta);
    struct nd_record record = rig_record(0, "0", 0);
    struct nd_reserve reserve = rig_reserve(1, 0);
    struct nd_approval approval = rig_approval("plan", 1);
    struct nd_control control = {true, 1, 2, 3, 4, 5};
    rig_next(&meta);
    struct nd_commit commit = {.meta = &meta,
                               .records = &record,
                               .record_count = 1,
                               .reserves = &reserve,
                               .reserve_count = 1,
                               .approvals = &approval,
                               .approval_count = 1};
    nd_ck_ok(rig.store->ops->commit(rig.store, &lease, &commit, &rig.err), &rig.err);
    nd_ck_ok(rig.store->ops->control_put(rig.store, "run-1", &control, &rig.err), &rig.err);
    struct rig_keeper keeper;
    rig_keep(&keeper, &rig, &lease, &meta);
    nd_ck_rc(rig.store->ops->remove(rig.store, "run-1", &rig.err), ND_RETRY, &rig.err);
    rig_keep_end(&keeper);
    nd_ck_note(&rig.err, "a worker holds run 'run-1'");
    rig.store->ops->lease_release(rig.store, &lease);
    nd_error_clear(&rig.err);
    nd_ck_ok(rig.store->ops->remove(rig.store, "run-1", &rig.err), &rig.err);
    nd_ck_rc(rig.store->ops->meta(rig.store, "run-1", &meta, &rig.err), ND_NOT_FOUND, &rig.err);

    nd_error_clear(&rig.err);
    lease = rig_start(&rig, "run-1", &meta); /* nothing of the old run comes back under the old name */
    struct rig_count count = rig_count(&rig, "run-1");
    ck_assert_uint_eq(count.records + count.reserves + count.approvals, 0);
    nd_ck_ok(rig.store->ops->control_get(rig.store, "run-1", &control, &rig.err), &rig.err);
    ck_assert(!control.cancel && control.ceiling_microusd == -1);
    rig.store->ops->lease_release(rig.store, &lease);
    rig_close(&rig);
}
END_TEST

RIG_MAIN("contract/runs", a_created_run_is_read_back, a_run_id_is_given_once,
         a_bad_run_id_or_request_is_refused, an_unknown_run_is_not_found, the_newest_run_is_listed_first,
         a_run_that_could_not_be_read_back_is_not_made, a_visitor_can_end_the_walk,
         a_removed_run_is_gone_whole)
