/* One worker per run; a dead worker's run is taken over, its open reservations booked as unknown. */
#include "rig.h"

#include <signal.h>
#include <string.h>
#include <unistd.h>

START_TEST(one_worker_holds_a_run)
{
    struct rig rig = rig_open(_i);
    struct nd_meta meta, other_meta;
    struct nd_lease lease = rig_start(&rig, "run-1", &meta), other;
    struct nd_store *second = rig.kind->again(rig.store);
    struct rig_keeper keeper;
    ck_assert_uint_eq(meta.fence, 1);
    ck_assert_uint_eq(meta.rev, 1);
    ck_assert_uint_eq(lease.fence, 1);
    ck_assert_int_eq(meta.outcome, ND_RUNNING);
    rig_keep(&keeper, &rig, &lease, &meta);
    nd_ck_rc(second->ops->lease_take(second, "run-1", &other, &other_meta, &rig.err), ND_RETRY, &rig.err);
    nd_ck_note(&rig.err, "another worker holds run 'run-1'");
    nd_error_clear(&rig.err);
    nd_ck_rc(rig.store->ops->lease_take(rig.store, "run-1", &other, &other_meta, &rig.err), ND_RETRY,
             &rig.err);
    rig_keep_end(&keeper);

    rig.store->ops->lease_release(rig.store, &lease);
    rig.store->ops->lease_release(rig.store, &lease); /* again does nothing */
    nd_error_clear(&rig.err);
    nd_ck_ok(second->ops->lease_take(second, "run-1", &other, &other_meta, &rig.err), &rig.err);
    ck_assert_uint_eq(other.fence, 2);
    ck_assert_uint_eq(other_meta.rev, meta.rev + 1);
    ck_assert_str_ne(other_meta.commit_id, meta.commit_id);
    struct nd_meta stands = rig_stands(&rig, "run-1");
    rig_ck_meta(&stands, &other_meta);
    second->ops->lease_release(second, &other);
    nd_store_close(second);
    rig_close(&rig);
}
END_TEST

START_TEST(two_runs_are_held_side_by_side)
{
    struct rig rig = rig_open(_i);
    struct nd_meta meta;
    struct nd_lease one = rig_start(&rig, "run-1", &meta);
    struct nd_lease two = rig_start(&rig, "run-2", &meta);
    struct rig_keeper keeper;
    rig.store->ops->lease_release(rig.store, &one);
    rig_keep(&keeper, &rig, &two, &meta);
    nd_ck_rc(rig.store->ops->remove(rig.store, "run-2", &rig.err), ND_RETRY, &rig.err);
    rig_keep_end(&keeper);
    rig.store->ops->lease_release(rig.store, &two);
    rig_close(&rig);
}
END_TEST

START_TEST(closing_the_store_ends_its_leases)
{
    struct rig rig = rig_open(_i);
    struct nd_meta meta;
    struct nd_store *second = rig.kind->again(rig.store);
    struct rig dying = {.kind = rig.kind, .store = second};
    struct nd_lease lease = rig_start(&dying, "run-1", &meta);
    nd_store_close(second);
    nd_ck_ok(rig.store->ops->lease_take(rig.store, "run-1", &lease, &meta, &rig.err), &rig.err);
    ck_assert_uint_eq(lease.fence, 2);
    rig.store->ops->lease_release(rig.store, &lease);
    rig_close(&rig);
}
END_TEST

/* Two open reservations of 300 and 40 and one that is unknown already, of 5. */
static void reserve_some(struct rig *rig, const struct nd_lease *lease, struct nd_meta *meta)
{
    struct nd_reserve reserves[] = {rig_reserve(1, 300), rig_reserve(2, 40), rig_reserve(3, 5)};
    reserves[2].state = ND_RESERVE_UNKNOWN;
    rig_next(meta);
    meta->ledger.reserved_microusd = 340;
    meta->ledger.unknown_microusd = 5;
    meta->outcome = ND_YIELDED;
    struct nd_commit commit = {.meta = meta, .reserves = reserves, .reserve_count = 3};
    nd_ck_ok(rig->store->ops->commit(rig->store, lease, &commit, &rig->err), &rig->err);
}

START_TEST(a_takeover_books_open_reservations_as_unknown)
{
    struct rig rig = rig_open(_i);
    struct nd_meta meta, taken;
    struct nd_lease old = rig_start(&rig, "run-1", &meta), lease;
    reserve_some(&rig, &old, &meta);
    rig_reopen(&rig); /* the worker is gone */
    nd_ck_ok(rig.store->ops->lease_take(rig.store, "run-1", &lease, &taken, &rig.err), &rig.err);
    ck_assert_uint_eq(taken.fence, meta.fence + 1);
    ck_assert_uint_eq(taken.rev, meta.rev + 1);
    ck_assert_int_eq(taken.outcome, ND_RUNNING);
    ck_assert_int_eq(taken.ledger.reserved_microusd, 0);
    ck_assert_int_eq(taken.ledger.unknown_microusd, 345);
    struct rig_count count = rig_count(&rig, "run-1");
    ck_assert_uint_eq(count.reserves, 3);
    ck_assert_int_eq(count.open_microusd, 0);
    ck_assert_int_eq(count.unknown_microusd, 345);

    rig_next(&meta); /* what the old worker still had in its hands */
    struct nd_commit late = {.meta = &meta};
    nd_ck_rc(rig.store->ops->commit(rig.store, &old, &late, &rig.err), ND_LOST_LEASE, &rig.err);
    struct nd_meta stands = rig_stands(&rig, "run-1");
    rig_ck_meta(&stands, &taken);
    rig.store->ops->lease_release(rig.store, &lease);
    rig_close(&rig);
}
END_TEST

START_TEST(reservations_that_do_not_add_up_are_noticed)
{
    struct rig rig = rig_open(_i);
    struct nd_meta meta;
    struct nd_lease lease = rig_start(&rig, "run-1", &meta);
    struct nd_reserve reserve = rig_reserve(1, 300);
    rig_next(&meta);
    meta.ledger.reserved_microusd = 299;
    struct nd_commit commit = {.meta = &meta, .reserves = &reserve, .reserve_count = 1};
    nd_ck_ok(rig.store->ops->commit(rig.store, &lease, &commit, &rig.err), &rig.err);
    rig.store->ops->lease_release(rig.store, &lease);
    nd_ck_rc(rig.store->ops->lease_take(rig.store, "run-1", &lease, &meta, &rig.err), ND_BROKEN, &rig.err);
    nd_ck_note(&rig.err, "sum to 300 microusd, its head says 299");
    rig_close(&rig);
}
END_TEST

/* ---- between processes ---- */

static int take_run(const struct rig_kind *kind, int tell)
{
    struct nd_store *store = kind->open();
    struct nd_lease lease;
    struct nd_meta meta;
    (void)tell;
    return (int)store->ops->lease_take(store, "run-1", &lease, &meta, NULL);
}

START_TEST(another_process_cannot_take_a_held_run)
{
    if (!rig_kinds[_i].lasts) return;
    struct rig_child early = rig_fork(&rig_kinds[_i], take_run), late = rig_fork(&rig_kinds[_i], take_run);
    struct rig rig = rig_open(_i);
    struct nd_meta meta;
    struct nd_lease lease = rig_start(&rig, "run-1", &meta);
    struct rig_keeper keeper;
    rig_keep(&keeper, &rig, &lease, &meta);
    rig_go(&early);
    ck_assert_int_eq(rig_wait(&early), ND_RETRY);
    rig_keep_end(&keeper);
    rig.store->ops->lease_release(rig.store, &lease);
    rig_go(&late);
    ck_assert_int_eq(rig_wait(&late), ND_OK);
    ck_assert_uint_eq(rig_stands(&rig, "run-1").fence, 2);
    rig_close(&rig);
}
END_TEST

/* Takes the run, reserves, tells, and waits for its death. */
static int work_forever(const struct rig_kind *kind, int tell)
{
    struct rig rig = {.kind = kind, .store = kind->open()};
    struct nd_meta meta;
    struct nd_lease lease = rig_start(&rig, "run-1", &meta);
    reserve_some(&rig, &lease, &meta);
    struct rig_keeper keeper;
    rig_keep(&keeper, &rig, &lease, &meta);
    if (write(tell, "x", 1) != 1) return 1;
    for (;;) pause();
}

START_TEST(a_killed_worker_leaves_its_run)
{
    if (!rig_kinds[_i].lasts) return;
    struct rig_child child = rig_fork(&rig_kinds[_i], work_forever);
    struct rig rig = rig_open(_i);
    struct nd_lease lease;
    struct nd_meta meta;
    rig_go(&child);
    rig_hear(&child);
    nd_ck_rc(rig.store->ops->lease_take(rig.store, "run-1", &lease, &meta, &rig.err), ND_RETRY, &rig.err);
    ck_assert_int_eq(kill(child.pid, SIGKILL), 0);
    ck_assert_int_eq(rig_wait(&child), -1);
    enum nd_rc rc = ND_RETRY;
    for (unsigned i = 0; i < 2 && rc == ND_RETRY; i++) { /* its last renewal may arrive after its death */
        nd_error_clear(&rig.err);
        rc = rig.store->ops->lease_take(rig.store, "run-1", &lease, &meta, &rig.err);
    }
    nd_ck_ok(rc, &rig.err);
    ck_assert_int_eq(meta.ledger.unknown_microusd, 345);
    ck_assert_uint_eq(lease.fence, 2);
    rig.store->ops->lease_release(rig.store, &lease);
    rig_close(&rig);
}
END_TEST

/* Dies while a helper that it was starting still shares what it holds. */
static int die_with_a_helper(const struct rig_kind *kind, int tell)
{
    struct rig rig = {.kind = kind, .store = kind->open()};
    struct nd_meta meta;
    (void)rig_start(&rig, "run-1", &meta);
    pid_t helper = fork();
    if (helper == 0) {
        nd_host_posix()->sleep_ms(nd_host_posix()->ctx, 300);
        _exit(0);
    }
    if (helper < 0 || write(tell, "x", 1) != 1) return 1;
    for (;;) pause();
}

START_TEST(a_helper_that_was_being_started_holds_no_run_for_long)
{
    if (!rig_kinds[_i].lasts) return;
    struct rig_child child = rig_fork(&rig_kinds[_i], die_with_a_helper);
    struct rig rig = rig_open(_i);
    struct nd_lease lease;
    struct nd_meta meta;
    rig_go(&child);
    rig_hear(&child);
    ck_assert_int_eq(kill(child.pid, SIGKILL), 0);
    ck_assert_int_eq(rig_wait(&child), -1);
    nd_ck_ok(rig.store->ops->lease_take(rig.store, "run-1", &lease, &meta, &rig.err), &rig.err);
    ck_assert_uint_eq(lease.fence, 2);
    rig.store->ops->lease_release(rig.store, &lease);
    rig_close(&rig);
}
END_TEST

RIG_MAIN("contract/leases", one_worker_holds_a_run, two_runs_are_held_side_by_side,
         closing_the_store_ends_its_leases, a_takeover_books_open_reservations_as_unknown,
         reservations_that_do_not_add_up_are_noticed, another_process_cannot_take_a_held_run,
         a_killed_worker_leaves_its_run, a_helper_that_was_being_started_holds_no_run_for_long)
