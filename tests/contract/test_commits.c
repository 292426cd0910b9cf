/* Commits: all or none, under fence and rev, recognised when repeated; what they wrote in order. */
#include "rig.h"
#include "nightdesk/base/alloc.h"

#include <stdio.h>
#include <string.h>

static enum nd_rc commit_one(struct rig *rig, const struct nd_lease *lease, const struct nd_meta *meta,
                             const struct nd_record *records, size_t count)
{
    struct nd_commit commit = {.meta = meta, .records = records, .record_count = count};
    nd_error_clear(&rig->err);
    return rig->store->ops->commit(rig->store, lease, &commit, &rig->err);
}

static enum nd_rc keep_record(void *ctx, const struct nd_record *record, struct nd_error *err)
{
    (void)err;
    struct nd_record *out = ctx;
    *out = *record;
    out->payload.data = nd_view_dup(record->payload);
    return ND_OK;
}

static enum nd_rc keep_last(void *ctx, const struct nd_record *record, struct nd_error *err)
{
    (void)err;
    *(struct nd_record *)ctx = *record; /* the payload is not looked at */
    return ND_OK;
}

START_TEST(a_record_is_read_back_as_it_was)
{
    struct rig rig = rig_open(_i);
    struct nd_meta meta;
    struct nd_lease lease = rig_start(&rig, "run-1", &meta);
    struct nd_record record = rig_record(3, RIG_LANE, 999999), found = {0};
    static const char bytes[] = "\0\xff deflated";
    record.payload = (struct nd_view){bytes, sizeof bytes};
    record.cost_microusd = INT64_C(123456789012);
    rig_next(&meta);
    meta.ledger.spent_microusd = record.cost_microusd;
    nd_ck_ok(commit_one(&rig, &lease, &meta, &record, 1), &rig.err);
    rig_reopen(&rig);
    struct nd_meta stands = rig_stands(&rig, "run-1");
    rig_ck_meta(&stands, &meta);
    nd_ck_ok(rig.store->ops->records(rig.store, "run-1", 3, RIG_LANE, keep_record, &found, &rig.err),
             &rig.err);
    ck_assert_uint_eq(found.format, ND_RECORD_FORMAT);
    ck_assert_uint_eq(found.phase, 3);
    ck_assert_uint_eq(found.step, 999999);
    ck_assert_str_eq(found.lane, RIG_LANE);
    ck_assert_str_eq(found.id, record.id);
    ck_assert_str_eq(found.version, record.version);
    ck_assert_str_eq(found.blob, "");
    ck_assert_int_eq(found.cost_microusd, record.cost_microusd);
    ck_assert(nd_view_eq(found.payload, record.payload));
    nd_free((void *)(uintptr_t)found.payload.data);
    rig_close(&rig);
}
END_TEST

START_TEST(a_large_payload_is_named_by_its_blob)
{
    struct rig rig = rig_open(_i);
    struct nd_meta meta;
    struct nd_lease lease = rig_start(&rig, "run-1", &meta);
    struct nd_record record = rig_record(0, "0", 0), found = {0};
    size_t size = rig.store->ops->inline_max;
    char *big = nd_calloc(size + 1, 1);
    record.payload = (struct nd_view){big, size + 1};
    rig_next(&meta);
    nd_ck_rc(commit_one(&rig, &lease, &meta, &record, 1), ND_BROKEN, &rig.err);
    record.payload.len = size;
    nd_ck_ok(commit_one(&rig, &lease, &meta, &record, 1), &rig.err);

    record = rig_record(0, "0", 1);
    nd_sha256_hex(ND_VIEW("somewhere else"), record.blob);
    rig_next(&meta);
    nd_ck_rc(commit_one(&rig, &lease, &meta, &record, 1), ND_BROKEN, &rig.err); /* inline and blob at once */
    record.payload = (struct nd_view){0};
    nd_ck_ok(commit_one(&rig, &lease, &meta, &record, 1), &rig.err);
    nd_ck_ok(rig.store->ops->records(rig.store, "run-1", -1, NULL, keep_last, &found, &rig.err), &rig.err);
    ck_assert_str_eq(found.blob, record.blob);
    ck_assert_uint_eq(found.payload.len, 0);
    nd_free(big);
    rig.store->ops->lease_release(rig.store, &lease);
    rig_close(&rig);
}
END_TEST

START_TEST(a_commit_needs_its_fence_and_rev)
{
    struct rig rig = rig_open(_i);
    struct nd_meta meta;
    struct nd_lease lease = rig_start(&rig, "run-1", &meta);
    struct nd_record record = rig_record(0, "0", 0);
    struct nd_meta before = meta;

    struct nd_meta ahead = meta;
    rig_next(&ahead);
    rig_next(&ahead);
    nd_ck_rc(commit_one(&rig, &lease, &ahead, &record, 1), ND_LOST_LEASE, &rig.err);
    nd_ck_note(&rig.err, "stands at fence 1, rev 1");

    struct nd_lease stale = lease;
    struct nd_meta old = meta;
    stale.fence = old.fence = 0;
    rig_next(&old);
    nd_ck_rc(commit_one(&rig, &stale, &old, &record, 1), ND_LOST_LEASE, &rig.err);

    struct nd_meta rival = meta; /* same rev, another's commit */
    rig_next(&rival);
    rig_next(&meta);
    meta.rev = rival.rev;
    nd_ck_ok(commit_one(&rig, &lease, &meta, &record, 1), &rig.err);
    nd_ck_rc(commit_one(&rig, &lease, &rival, &record, 1), ND_LOST_LEASE, &rig.err);
    nd_ck_rc(commit_one(&rig, &lease, &before, NULL, 0), ND_LOST_LEASE, &rig.err);

    struct nd_meta stands = rig_stands(&rig, "run-1");
    rig_ck_meta(&stands, &meta);
    ck_assert_uint_eq(rig_count(&rig, "run-1").records, 1);
    rig.store->ops->lease_release(rig.store, &lease);
    rig_close(&rig);
}
END_TEST

START_TEST(a_repeated_commit_is_recognised)
{
    struct rig rig = rig_open(_i);
    struct nd_meta meta;
    struct nd_lease lease = rig_start(&rig, "run-1", &meta);
    struct nd_record record = rig_record(0, "0", 0);
    rig_next(&meta);
    nd_ck_ok(commit_one(&rig, &lease, &meta, &record, 1), &rig.err);
    nd_ck_ok(commit_one(&rig, &lease, &meta, &record, 1), &rig.err);
    ck_assert_uint_eq(rig_count(&rig, "run-1").records, 1);
    rig_next(&meta);
    nd_ck_ok(commit_one(&rig, &lease, &meta, NULL, 0), &rig.err);
    rig.store->ops->lease_release(rig.store, &lease);
    rig_close(&rig);
}
END_TEST

/* A store may write only what changed, so also what is no longer there, and what it does not know to stand.
 */
START_TEST(the_head_is_what_the_last_commit_says)
{
    struct rig rig = rig_open(_i);
    struct nd_meta meta, stands;
    struct nd_lease lease = rig_start(&rig, "run-1", &meta);
    struct nd_approval approval = rig_approval("plan", 1);
    rig_next(&meta);
    meta.phase = 1;
    meta.outcome = ND_FAILED;
    (void)snprintf(meta.reason, sizeof meta.reason, "a reason");
    nd_sha256_hex(ND_VIEW("artefact"), meta.artefact[0]);
    meta.ledger.spent_microusd = 12;
    struct nd_commit opens = {.meta = &meta, .approvals = &approval, .approval_count = 1};
    nd_ck_ok(rig.store->ops->commit(rig.store, &lease, &opens, &rig.err), &rig.err);
    stands = rig_stands(&rig, "run-1");
    rig_ck_meta(&stands, &meta);

    rig_next(&meta);
    meta.outcome = ND_RUNNING;
    meta.reason[0] = meta.artefact[0][0] = '\0';
    nd_ck_ok(commit_one(&rig, &lease, &meta, NULL, 0), &rig.err);
    stands = rig_stands(&rig, "run-1");
    rig_ck_meta(&stands, &meta);

    struct nd_meta before = meta;
    rig_next(&meta);
    meta.ledger.tool_calls = 3;
    nd_ck_ok(commit_one(&rig, &lease, &meta, NULL, 0), &rig.err);
    nd_ck_rc(commit_one(&rig, &lease, &before, NULL, 0), ND_LOST_LEASE, &rig.err);
    nd_ck_ok(commit_one(&rig, &lease, &meta, NULL, 0), &rig.err);
    stands = rig_stands(&rig, "run-1");
    rig_ck_meta(&stands, &meta);
    rig.store->ops->lease_release(rig.store, &lease);
    rig_close(&rig);
}
END_TEST

START_TEST(a_commit_to_a_removed_run_is_lost)
{
    struct rig rig = rig_open(_i);
    struct nd_meta meta;
    struct nd_lease lease = rig_start(&rig, "run-1", &meta);
    struct nd_lease copy = lease;
    rig.store->ops->lease_release(rig.store, &lease);
    nd_ck_ok(rig.store->ops->remove(rig.store, "run-1", &rig.err), &rig.err);
    rig_next(&meta);
    nd_ck_rc(commit_one(&rig, &copy, &meta, NULL, 0), ND_LOST_LEASE, &rig.err);
    nd_ck_note(&rig.err, "run 'run-1' is gone");
    rig_close(&rig);
}
END_TEST

START_TEST(all_of_a_commit_or_none)
{
    struct rig rig = rig_open(_i);
    struct nd_meta meta;
    struct nd_lease lease = rig_start(&rig, "run-1", &meta);
    struct nd_record records[40];
    struct nd_reserve reserves[30];
    struct nd_approval approvals[2] = {rig_approval("plan", 1), rig_approval("plan", 1)};
    for (unsigned i = 0; i < 40; i++) records[i] = rig_record(i % 4, i % 3 ? RIG_LANE : "0", i);
    for (unsigned i = 0; i < 30; i++) reserves[i] = rig_reserve(i, 10);
    struct nd_meta before = meta;
    rig_next(&meta);
    struct nd_commit commit = {.meta = &meta,
                               .records = records,
                               .record_count = 40,
                               .reserves = reserves,
                               .reserve_count = 30,
                               .approvals = approvals,
                               .approval_count = 2}; /* the gate twice: the last entry of all fails */
    nd_ck_rc(rig.store->ops->commit(rig.store, &lease, &commit, &rig.err), ND_CONFLICT, &rig.err);
    nd_ck_note(&rig.err, "gate 'plan' 1 already");
    records[39] = records[0];
    commit.approval_count = 1;
    nd_error_clear(&rig.err);
    nd_ck_rc(rig.store->ops->commit(rig.store, &lease, &commit, &rig.err), ND_CONFLICT, &rig.err);
    nd_ck_note(&rig.err, "record of phase 0, lane '0', step 0 already");
    struct nd_meta stands = rig_stands(&rig, "run-1");
    rig_ck_meta(&stands, &before);
    struct rig_count count = rig_count(&rig, "run-1");
    ck_assert_uint_eq(count.records + count.reserves + count.approvals, 0);

    records[39] = rig_record(0, "0", 500);
    nd_ck_ok(rig.store->ops->commit(rig.store, &lease, &commit, &rig.err), &rig.err);
    count = rig_count(&rig, "run-1");
    ck_assert_uint_eq(count.records, 40);
    ck_assert_uint_eq(count.reserves, 30);
    ck_assert_uint_eq(count.approvals, 1);
    rig.store->ops->lease_release(rig.store, &lease);
    rig_close(&rig);
}
END_TEST

START_TEST(a_commit_has_a_ceiling)
{
    struct rig rig = rig_open(_i);
    struct nd_meta meta;
    struct nd_lease lease = rig_start(&rig, "run-1", &meta);
    static struct nd_record records[ND_COMMIT_MAX_ENTRIES + 1];
    struct nd_approval approvals[16];
    static char page[ND_COMMIT_MAX_BYTES / 16];
    memset(page, 'x', sizeof page);
    for (unsigned i = 0; i <= ND_COMMIT_MAX_ENTRIES; i++) records[i] = rig_record(0, "0", i);
    rig_next(&meta);
    nd_ck_rc(commit_one(&rig, &lease, &meta, records, ND_COMMIT_MAX_ENTRIES + 1), ND_OVER_LIMIT, &rig.err);
    nd_ck_ok(commit_one(&rig, &lease, &meta, records, ND_COMMIT_MAX_ENTRIES), &rig.err);
    for (unsigned i = 0; i < 16; i++) {
        approvals[i] = rig_approval("plan", i + 1);
        approvals[i].shown = (struct nd_view){page, sizeof page};
    }
    rig_next(&meta);
    struct nd_commit large = {.meta = &meta, .approvals = approvals, .approval_count = 16};
    nd_ck_rc(rig.store->ops->commit(rig.store, &lease, &large, &rig.err), ND_OVER_LIMIT, &rig.err);
    nd_error_clear(&rig.err);
    large.approval_count = 15;
    nd_ck_ok(rig.store->ops->commit(rig.store, &lease, &large, &rig.err), &rig.err);
    ck_assert_uint_eq(rig_count(&rig, "run-1").records, ND_COMMIT_MAX_ENTRIES);
    ck_assert_uint_eq(rig_count(&rig, "run-1").approvals, 15);
    rig.store->ops->lease_release(rig.store, &lease);
    rig_close(&rig);
}
END_TEST

START_TEST(nonsense_is_not_stored)
{
    struct rig rig = rig_open(_i);
    struct nd_meta meta;
    struct nd_lease lease = rig_start(&rig, "run-1", &meta);
    struct nd_record bad[] = {rig_record(ND_PHASES, "0", 0), rig_record(0, "lane", 0),
                              rig_record(0, "0", 1000000),   rig_record(0, "0", 0),
                              rig_record(0, "0", 0),         rig_record(0, "0", 0)};
    bad[3].cost_microusd = -1;
    (void)snprintf(bad[4].id, sizeof bad[4].id, "short");
    (void)snprintf(bad[5].blob, sizeof bad[5].blob, "no hash");
    rig_next(&meta);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
        nd_ck_rc(commit_one(&rig, &lease, &meta, &bad[i], 1), ND_BROKEN, &rig.err);
    struct nd_record newer = rig_record(0, "0", 0);
    newer.format = ND_RECORD_FORMAT + 1;
    nd_ck_rc(commit_one(&rig, &lease, &meta, &newer, 1), ND_VERSION, &rig.err);

    struct nd_reserve reserve = rig_reserve(1, -1);
    struct nd_commit commit = {.meta = &meta, .reserves = &reserve, .reserve_count = 1};
    nd_ck_rc(rig.store->ops->commit(rig.store, &lease, &commit, &rig.err), ND_BROKEN, &rig.err);
    struct nd_approval approval = rig_approval("Plan!", 1);
    commit = (struct nd_commit){.meta = &meta, .approvals = &approval, .approval_count = 1};
    nd_ck_rc(rig.store->ops->commit(rig.store, &lease, &commit, &rig.err), ND_BROKEN, &rig.err);
    (void)snprintf(meta.commit_id, sizeof meta.commit_id, "not random");
    nd_ck_rc(commit_one(&rig, &lease, &meta, NULL, 0), ND_BROKEN, &rig.err);
    ck_assert_uint_eq(rig_stands(&rig, "run-1").rev, 1);
    rig.store->ops->lease_release(rig.store, &lease);
    rig_close(&rig);
}
END_TEST

static enum nd_rc note_place(void *ctx, const struct nd_record *record, struct nd_error *err)
{
    (void)err;
    nd_bytes_addf(ctx, "%u/%.2s/%u ", record->phase, record->lane, record->step);
    return ND_OK;
}

START_TEST(records_come_in_order_and_by_choice)
{
    struct rig rig = rig_open(_i);
    struct nd_meta meta;
    struct nd_lease lease = rig_start(&rig, "run-1", &meta);
    static const char f[] = "ffffffffffffffff", a[] = "aaaaaaaaaaaaaaaa";
    struct nd_record records[] = {rig_record(1, a, 1),   rig_record(0, f, 10), rig_record(0, f, 2),
                                  rig_record(0, "0", 3), rig_record(1, a, 0),  rig_record(0, a, 0)};
    static const struct {
        int phase;
        const char *lane, *wanted;
    } asked[] = {{-1, NULL, "0/0/3 0/aa/0 0/ff/2 0/ff/10 1/aa/0 1/aa/1 "},
                 {0, NULL, "0/0/3 0/aa/0 0/ff/2 0/ff/10 "},
                 {-1, a, "0/aa/0 1/aa/0 1/aa/1 "},
                 {0, f, "0/ff/2 0/ff/10 "},
                 {2, NULL, ""}};
    rig_next(&meta);
    nd_ck_ok(commit_one(&rig, &lease, &meta, records, 6), &rig.err);
    for (size_t i = 0; i < sizeof asked / sizeof asked[0]; i++) {
        struct nd_bytes seen = ND_BYTES(200);
        nd_ck_ok(rig.store->ops->records(rig.store, "run-1", asked[i].phase, asked[i].lane, note_place, &seen,
                                         &rig.err),
                 &rig.err);
        nd_ck_view(nd_bytes_view(&seen), asked[i].wanted);
        nd_bytes_release(&seen);
    }
    rig.store->ops->lease_release(rig.store, &lease);
    rig_close(&rig);
}
END_TEST

struct busy_visitor {
    struct rig *rig;
    const struct nd_lease *lease;
    struct nd_meta *meta;
    unsigned seen;
};

static enum nd_rc use_the_store(void *ctx, const struct nd_record *record, struct nd_error *err)
{
    struct busy_visitor *v = ctx;
    struct nd_meta stands;
    struct nd_record more = rig_record(3, "0", v->seen++);
    enum nd_rc rc = v->rig->store->ops->meta(v->rig->store, "run-1", &stands, err);
    ck_assert_uint_eq(record->phase, 0);
    rig_next(v->meta);
    return rc == ND_OK ? commit_one(v->rig, v->lease, v->meta, &more, 1) : rc;
}

START_TEST(a_visitor_may_use_the_store)
{
    struct rig rig = rig_open(_i);
    struct nd_meta meta;
    struct nd_lease lease = rig_start(&rig, "run-1", &meta);
    struct nd_record records[] = {rig_record(0, "0", 0), rig_record(0, "0", 1), rig_record(0, "0", 2)};
    struct busy_visitor visitor = {&rig, &lease, &meta, 0};
    rig_next(&meta);
    nd_ck_ok(commit_one(&rig, &lease, &meta, records, 3), &rig.err);
    nd_ck_ok(rig.store->ops->records(rig.store, "run-1", 0, NULL, use_the_store, &visitor, &rig.err),
             &rig.err);
    ck_assert_uint_eq(visitor.seen, 3);
    ck_assert_uint_eq(rig_count(&rig, "run-1").records, 6);
    rig.store->ops->lease_release(rig.store, &lease);
    rig_close(&rig);
}
END_TEST

static enum nd_rc note_reserve(void *ctx, const struct nd_reserve *r, struct nd_error *err)
{
    (void)err;
    nd_bytes_addf(ctx, "%.2s=%lld%c ", r->id + 30, (long long)r->amount_microusd,
                  r->state == ND_RESERVE_OPEN ? 'o' : 'u');
    return ND_OK;
}

START_TEST(reservations_are_put_changed_and_released)
{
    struct rig rig = rig_open(_i);
    struct nd_meta meta;
    struct nd_lease lease = rig_start(&rig, "run-1", &meta);
    struct nd_reserve reserves[] = {rig_reserve(3, 30), rig_reserve(1, 10), rig_reserve(2, 20)};
    const char *released[] = {reserves[1].id, "00000000000000000000000000000099"};
    struct nd_bytes seen = ND_BYTES(200);
    rig_next(&meta);
    struct nd_commit put = {.meta = &meta, .reserves = reserves, .reserve_count = 3};
    nd_ck_ok(rig.store->ops->commit(rig.store, &lease, &put, &rig.err), &rig.err);
    reserves[2].state = ND_RESERVE_UNKNOWN;
    rig_next(&meta);
    struct nd_commit change = {.meta = &meta,
                               .reserves = &reserves[2],
                               .reserve_count = 1,
                               .released = released,
                               .released_count = 2};
    nd_ck_ok(rig.store->ops->commit(rig.store, &lease, &change, &rig.err), &rig.err);
    nd_ck_ok(rig.store->ops->reserves(rig.store, "run-1", note_reserve, &seen, &rig.err), &rig.err);
    nd_ck_view(nd_bytes_view(&seen), "02=20u 03=30o ");
    nd_bytes_release(&seen);
    rig.store->ops->lease_release(rig.store, &lease);
    rig_close(&rig);
}
END_TEST

RIG_MAIN("contract/commits", a_record_is_read_back_as_it_was, a_large_payload_is_named_by_its_blob,
         a_commit_needs_its_fence_and_rev, a_repeated_commit_is_recognised,
         the_head_is_what_the_last_commit_says, a_commit_to_a_removed_run_is_lost, all_of_a_commit_or_none,
         a_commit_has_a_ceiling, nonsense_is_not_stored, records_come_in_order_and_by_choice,
         a_visitor_may_use_the_store, reservations_are_put_changed_and_released)
