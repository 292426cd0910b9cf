/* The commit writer: lost answers, fences, full disks, batches. */
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "rig.h"

#include <stdatomic.h>
#include <string.h>

#ifdef ND_SANITIZED
enum { STRIDE = 4 }; /* sanitizers take ten times as long */
#else
enum { STRIDE = 1 };
#endif

static int64_t commits_of_a_run(char **report)
{
    struct rig rig;
    rig_open(&rig);
    rig.engine.lanes_in_flight = 1;
    rig_create(&rig, "{}");
    nd_ck_ok(rig_work(&rig, -1), &rig.err);
    *report = rig_report(&rig);
    int64_t commits = rig.commits;
    rig_close(&rig);
    return commits;
}

static void open_with_fate(struct rig *rig, int64_t at, enum rig_commit fate)
{
    rig_open(rig);
    rig->engine.lanes_in_flight = 1;
    rig_create(rig, "{}");
    rig->commit_at = at;
    rig->commit_as = fate;
}

START_TEST(a_lost_answer_is_recognised_as_ones_own)
{
    char *wanted = NULL;
    int64_t commits = commits_of_a_run(&wanted);
    for (int64_t at = 1; at <= commits; at += STRIDE) {
        struct rig rig;
        open_with_fate(&rig, at, RIG_COMMIT_DONE_UNANSWERED);
        nd_ck_ok(rig_work(&rig, -1), &rig.err);
        ck_assert_int_eq(rig.meta.outcome, ND_COMPLETED);
        ck_assert_int_eq(rig.commits, commits); /* nothing was sent again */
        ck_assert_uint_eq(rig_most_billed(&rig), 1);
        char *report = rig_report(&rig);
        ck_assert_str_eq(report, wanted);
        nd_free(report);
        rig_close(&rig);
    }
    nd_free(wanted);
}
END_TEST

START_TEST(a_lost_question_is_asked_again)
{
    char *wanted = NULL;
    int64_t commits = commits_of_a_run(&wanted);
    for (int64_t at = 1; at <= commits; at += STRIDE) {
        struct rig rig;
        open_with_fate(&rig, at, RIG_COMMIT_NOT_DONE);
        nd_ck_ok(rig_work(&rig, -1), &rig.err);
        ck_assert_int_eq(rig.commits, commits + 1);
        ck_assert_uint_eq(rig_most_billed(&rig), 1);
        char *report = rig_report(&rig);
        ck_assert_str_eq(report, wanted);
        nd_free(report);
        rig_close(&rig);
    }
    nd_free(wanted);
}
END_TEST

/* A store elsewhere may have trouble for seconds, while answers that were paid for wait to be recorded. */
START_TEST(trouble_of_a_store_that_passes_loses_nothing)
{
    char *wanted = NULL;
    int64_t commits = commits_of_a_run(&wanted);
    const enum rig_commit troubles[] = {RIG_COMMIT_BUSY, RIG_COMMIT_NOT_DONE};
    for (int64_t at = 1; at <= commits; at += STRIDE) {
        struct rig rig;
        open_with_fate(&rig, at, troubles[at % 2]);
        rig.commit_times = 8;
        rig.lease_ms = 30000;
        nd_ck_ok(rig_work(&rig, -1), &rig.err);
        ck_assert_int_eq(rig.meta.outcome, ND_COMPLETED);
        ck_assert_uint_eq(rig_most_billed(&rig), 1);
        char *report = rig_report(&rig);
        ck_assert_str_eq(report, wanted);
        nd_free(report);
        rig_close(&rig);
    }
    nd_free(wanted);
}
END_TEST

START_TEST(trouble_of_the_objects_that_passes_loses_nothing)
{
    struct rig rig;
    rig_open(&rig);
    rig.toy.note_bytes = 5000;
    rig.lease_ms = 30000;
    rig.puts_busy = 8;
    rig_create(&rig, "{}");
    nd_ck_ok(rig_work(&rig, -1), &rig.err);
    ck_assert_int_eq(rig.meta.outcome, ND_COMPLETED);
    ck_assert_int_eq(rig.puts_busy, 0);
    rig_close(&rig);
}
END_TEST

START_TEST(a_store_that_stays_busy_ends_the_process)
{
    struct rig rig;
    open_with_fate(&rig, 6, RIG_COMMIT_BUSY);
    rig.commit_times = 1000;
    rig.lease_ms = 30000;
    nd_ck_rc(rig_work(&rig, -1), ND_RETRY, &rig.err);
    ck_assert_int_le(rig.now_ms - RIG_STARTED_MS, 40000);
    rig_close(&rig);
}
END_TEST

START_TEST(a_lost_lease_stops_the_process_and_writes_nothing)
{
    char *wanted = NULL;
    int64_t commits = commits_of_a_run(&wanted);
    for (int64_t at = 1; at <= commits; at += 3) {
        struct rig rig;
        struct nd_meta meta;
        open_with_fate(&rig, at, RIG_COMMIT_FENCED);
        nd_ck_rc(rig_work(&rig, -1), ND_LOST_LEASE, &rig.err);
        ck_assert_int_eq(rig.root->ops->meta(rig.root, "toy", &meta, NULL), ND_OK);
        ck_assert_uint_eq(meta.fence, 2); /* the rival's; no later commit went through */
        int64_t calls = rig.bill_microusd;
        rig.commit_at = 0;
        rig_finish(&rig);
        ck_assert_int_ge(rig.bill_microusd, calls);
        ck_assert_uint_le(rig_billed_again(&rig), 1);
        char *report = rig_report(&rig);
        ck_assert_str_eq(report, wanted);
        nd_free(report);
        rig_close(&rig);
    }
    nd_free(wanted);
}
END_TEST

START_TEST(after_a_failed_flush_nothing_more_happens)
{
    char *wanted = NULL;
    int64_t commits = commits_of_a_run(&wanted);
    for (int64_t at = 1; at <= commits; at += STRIDE) {
        struct rig rig;
        open_with_fate(&rig, at, RIG_COMMIT_POISONED);
        nd_ck_rc(rig_work(&rig, -1), ND_UNKNOWN, &rig.err);
        ck_assert_int_eq(rig.bill_microusd, rig.bill_at_poison);
        rig.commit_at = 0;
        rig_finish(&rig);
        ck_assert_uint_le(rig_billed_again(&rig), 1);
        char *report = rig_report(&rig);
        ck_assert_str_eq(report, wanted);
        nd_free(report);
        rig_close(&rig);
    }
    nd_free(wanted);
}
END_TEST

START_TEST(a_full_disk_records_what_is_in_flight_and_stops)
{
    char *wanted = NULL;
    int64_t commits = commits_of_a_run(&wanted);
    for (int64_t at = 1; at <= commits; at += 2) {
        struct rig rig;
        open_with_fate(&rig, at, RIG_COMMIT_FULL);
        rig.engine.lanes_in_flight = 4;
        enum nd_rc rc = rig_work(&rig, -1);
        bool at_the_end = rc == ND_OK && rig.meta.phase == ND_PHASES; /* its last commit was sent again */
        ck_assert_msg(rc == ND_FULL || at_the_end, "%s", nd_test_chain(rc, &rig.err));
        if (rc == ND_FULL) nd_ck_note(&rig.err, "no space left");
        rig.commit_at = 0;
        rig_finish(&rig);
        ck_assert_uint_eq(rig_most_billed(&rig), 1);
        ck_assert_int_eq(rig.meta.ledger.unknown_microusd, 0);
        char *report = rig_report(&rig);
        ck_assert_str_eq(report, wanted);
        nd_free(report);
        rig_close(&rig);
    }
    nd_free(wanted);
}
END_TEST

START_TEST(a_lease_lost_while_lanes_work_side_by_side)
{
    for (int64_t at = 2; at < 60; at += 3) {
        struct rig rig;
        open_with_fate(&rig, at, RIG_COMMIT_FENCED);
        rig.engine.lanes_in_flight = 4;
        rig.commit_ms = 1;
        nd_ck_rc(rig_work(&rig, -1), ND_LOST_LEASE, &rig.err);
        rig.commit_at = 0;
        rig_finish(&rig);
        ck_assert_uint_le(rig_billed_again(&rig), 4);
        ck_assert_uint_le(rig_most_billed(&rig), 2);
        rig_close(&rig);
    }
}
END_TEST

static void slowly(struct rig *rig)
{
    (void)rig;
    nd_host_posix()->sleep_ms(nd_host_posix()->ctx, 5);
}

START_TEST(records_of_lanes_ride_together)
{
    struct rig rig;
    rig_open(&rig);
    rig.toy.lanes = 40;
    rig.engine.lanes_in_flight = 40;
    rig.commit_ms = 10; /* much longer than a lane needs between two, also on a busy machine */
    rig.on_effect = slowly;
    rig_create(&rig, "{\"limits\":{\"tool_calls_per_run\":1000}}");
    nd_ck_ok(rig_work(&rig, -1), &rig.err);
    ck_assert_int_eq(rig.meta.outcome, ND_COMPLETED);
    ck_assert_uint_ge(rig.batch_max, 5);
    ck_assert_uint_le(rig.parts_max, ND_COMMIT_MAX_ENTRIES);
    ck_assert_int_lt(rig.commits, 4 * 40 * 6 / 3);
    rig_close(&rig);
}
END_TEST

START_TEST(a_refused_reservation_fails_nobody_else)
{
    for (int64_t ceiling = 300; ceiling < 3000; ceiling += 300) {
        struct rig rig;
        rig_open(&rig);
        rig.toy.lanes = 20;
        rig.engine.lanes_in_flight = 20;
        rig.commit_ms = 1;
        char *request = nd_sprintf("{\"limits\":{\"budget_usd\":0.%06lld}}", (long long)ceiling);
        rig_create(&rig, request);
        nd_free(request);
        nd_ck_ok(rig_work(&rig, -1), &rig.err);
        ck_assert_int_eq(rig.meta.outcome, ND_BUDGET_EXCEEDED);
        ck_assert_int_eq(rig.meta.ledger.spent_microusd,
                         rig.bill_microusd); /* all that was paid is recorded */
        ck_assert_int_eq(rig.meta.ledger.reserved_microusd, 0);
        ck_assert_int_eq(rig.meta.ledger.unknown_microusd, 0);
        rig_close(&rig);
    }
}
END_TEST

/* A watcher that has begun to look: the work waits for that, and ends while CONTROL is being read. */
static struct {
    pthread_t worker;
    atomic_bool waited_for, reading;
} slow_look;

static void read_a_raised_ceiling_slowly(struct rig *rig)
{
    if (!atomic_load(&slow_look.waited_for) || pthread_equal(pthread_self(), slow_look.worker)) return;
    atomic_store(&slow_look.reading, true);
    nd_host_posix()->sleep_ms(nd_host_posix()->ctx, 200);
    struct nd_control raised = ND_CONTROL_NONE;
    raised.ceiling_microusd = INT64_C(9000000);
    ck_assert_int_eq(rig->root->ops->control_put(rig->root, rig->run_id, &raised, NULL), ND_OK);
}

static void wait_for_the_watcher(struct rig *rig)
{
    if (atomic_exchange(&slow_look.waited_for, true)) return;
    rig->host.sleep_ms(rig->host.ctx, 60000); /* it looks at CONTROL now */
    while (!atomic_load(&slow_look.reading)) nd_host_posix()->sleep_ms(nd_host_posix()->ctx, 1);
}

START_TEST(a_watcher_that_commits_while_the_run_closes_is_heard)
{
    struct rig rig;
    slow_look.worker = pthread_self();
    open_with_fate(&rig, 6, RIG_COMMIT_FENCED);
    rig.on_effect = wait_for_the_watcher;
    rig.on_look = read_a_raised_ceiling_slowly;
    nd_ck_rc(rig_work(&rig, -1), ND_LOST_LEASE, &rig.err);
    ck_assert(atomic_load(&slow_look.reading));
    rig_close(&rig);
}
END_TEST

ND_TEST_MAIN("engine/commit", a_lost_answer_is_recognised_as_ones_own, a_lost_question_is_asked_again,
             trouble_of_a_store_that_passes_loses_nothing, trouble_of_the_objects_that_passes_loses_nothing,
             a_store_that_stays_busy_ends_the_process, a_lost_lease_stops_the_process_and_writes_nothing,
             after_a_failed_flush_nothing_more_happens, a_full_disk_records_what_is_in_flight_and_stops,
             a_lease_lost_while_lanes_work_side_by_side, records_of_lanes_ride_together,
             a_refused_reservation_fails_nobody_else, a_watcher_that_commits_while_the_run_closes_is_heard)
