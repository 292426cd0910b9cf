/* Money: the invariant in every durable state, whatever the model answers and wherever the ceiling lies. */
#include "ledger.h"
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "rig.h"

#include <stdio.h>
#include <string.h>

START_TEST(a_ledger_fits_or_waits_or_refuses)
{
    const struct {
        int64_t ceiling, spent, reserved, unknown, amount;
        unsigned cap;
        enum nd_fit fit;
    } rows[] = {
        {100, 0, 0, 0, 100, 100, ND_FIT_YES},
        {100, 0, 0, 0, 101, 100, ND_FIT_CEILING},
        {100, 0, 1, 0, 100, 100, ND_FIT_WAIT},
        {100, 1, 0, 0, 100, 100, ND_FIT_CEILING},
        {100, 0, 0, 1, 100, 100, ND_FIT_CEILING},
        {100, 0, 0, 0, 61, 60, ND_FIT_CAP},
        {100, 0, 0, 0, 60, 60, ND_FIT_YES},
        {100, 30, 30, 0, 30, 60, ND_FIT_WAIT},
        {100, 30, 30, 0, 31, 60, ND_FIT_CAP},
        {0, 0, 0, 0, 1, 100, ND_FIT_CEILING},
        {0, 0, 0, 0, 0, 60, ND_FIT_YES},
        {10, 500, 0, 0, 0, 60, ND_FIT_YES},
        {10, 500, 0, 0, 1, 60, ND_FIT_CEILING},
        {INT64_C(1) << 53, 0, 0, 0, INT64_C(1) << 52, 60, ND_FIT_YES},
        {100, 0, 0, 0, 100, 250, ND_FIT_YES},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct nd_ledger ledger = {.ceiling_microusd = rows[i].ceiling,
                                   .spent_microusd = rows[i].spent,
                                   .reserved_microusd = rows[i].reserved,
                                   .unknown_microusd = rows[i].unknown};
        ck_assert_msg(nd_ledger_fit(&ledger, rows[i].amount, rows[i].cap) == rows[i].fit, "row %zu", i);
    }
}
END_TEST

static int64_t whole_cost(void)
{
    struct rig rig;
    rig_open(&rig);
    rig.toy.lanes = 10;
    rig_create(&rig, "{}");
    nd_ck_ok(rig_work(&rig, -1), &rig.err);
    int64_t cost = rig.meta.ledger.spent_microusd;
    rig_close(&rig);
    return cost;
}

static void open_with_ceiling(struct rig *rig, int64_t microusd)
{
    char request[100];
    rig_open(rig);
    rig->toy.lanes = 10;
    (void)snprintf(request, sizeof request, "{\"limits\":{\"budget_usd\":%lld.%06lld}}",
                   (long long)(microusd / 1000000), (long long)(microusd % 1000000));
    rig_create(rig, request);
}

/* check_money in the rig looks at every commit. */
START_TEST(the_invariant_holds_for_40_ceilings_with_10_lanes)
{
    int64_t cost = whole_cost();
    for (int64_t i = 0; i < 40; i++) {
        int64_t ceiling = cost * i / 30;
        struct rig rig;
        open_with_ceiling(&rig, ceiling);
        nd_ck_ok(rig_work(&rig, -1), &rig.err);
        const struct nd_ledger *l = &rig.meta.ledger;
        ck_assert_int_eq(l->reserved_microusd, 0);
        ck_assert_int_eq(l->spent_microusd, rig.bill_microusd);
        ck_assert_int_le(l->spent_microusd, ceiling);
        bool stopped = rig.meta.outcome == ND_BUDGET_EXCEEDED;
        ck_assert_msg(stopped || rig.meta.outcome == ND_COMPLETED, "ceiling %lld: %s", (long long)ceiling,
                      nd_outcome_word(rig.meta.outcome));
        char *report = rig_report(&rig), *replay = rig_replay(&rig);
        ck_assert_str_eq(report, replay);
        ck_assert_msg(stopped == !!strstr(report, "\"stop\""), "ceiling %lld: %s", (long long)ceiling,
                      report);
        nd_free(report);
        nd_free(replay);
        rig_close(&rig);
    }
}
END_TEST

static void linger(struct rig *rig)
{
    (void)rig;
    nd_host_posix()->sleep_ms(nd_host_posix()->ctx, 3);
}

/* Room for one reservation at a time below the cap: the others wait for it, and nobody is refused. */
START_TEST(reservations_wait_for_each_other)
{
    struct rig rig;
    rig_open(&rig);
    rig.toy.lanes = 8;
    rig.engine.lanes_in_flight = 8;
    rig.on_effect = linger;
    rig_create(&rig, "{\"limits\":{\"budget_usd\":0.0019}}");
    nd_ck_ok(rig_work(&rig, ND_RESEARCH), &rig.err);
    ck_assert_int_eq(rig.meta.outcome, ND_COMPLETED);
    ck_assert_int_eq(rig.meta.ledger.model_calls, 1 + 8 * 2);
    ck_assert_int_gt(8 * 160, 1900 * 60 / 100); /* what the eight would have reserved together */
    rig_close(&rig);
}
END_TEST

START_TEST(nothing_is_bought_for_nothing)
{
    struct rig rig;
    open_with_ceiling(&rig, 0);
    nd_ck_ok(rig_work(&rig, -1), &rig.err);
    ck_assert_int_eq(rig.meta.outcome, ND_BUDGET_EXCEEDED);
    ck_assert_int_eq(rig.bill_microusd, 0);
    ck_assert_uint_eq(rig.bill_count, 0);
    rig_close(&rig);
}
END_TEST

/* A run that is raised again and again ends with the bytes of one that never stopped, and pays nothing twice.
 */
START_TEST(a_raised_ceiling_goes_on_from_there)
{
    struct rig rig;
    rig_open(&rig);
    rig.engine.lanes_in_flight = 1;
    rig_create(&rig, "{}");
    nd_ck_ok(rig_work(&rig, -1), &rig.err);
    char *wanted = rig_report(&rig);
    rig_close(&rig);
    rig_open(&rig);
    rig.engine.lanes_in_flight = 1;
    rig_create(&rig, "{\"limits\":{\"budget_usd\":0.0001}}");
    int64_t ceiling = 100;
    unsigned stops = 0;
    nd_ck_ok(rig_work(&rig, -1), &rig.err);
    while (rig.meta.outcome == ND_BUDGET_EXCEEDED && stops < 100) {
        stops++;
        nd_ck_ok(rig_work(&rig, -1), &rig.err); /* without a raise it stops again, and tells nobody twice */
        ck_assert_int_eq(rig.meta.outcome, ND_BUDGET_EXCEEDED);
        ck_assert_uint_eq(rig.sent.n, stops);
        ceiling += 2000000;
        struct nd_control control = ND_CONTROL_NONE;
        control.ceiling_microusd = ceiling;
        nd_ck_ok(rig_decide(&rig, "{\"decision\":\"raise\"}", &control), &rig.err);
        nd_ck_ok(rig_work(&rig, -1), &rig.err);
    }
    ck_assert_int_eq(rig.meta.outcome, ND_COMPLETED);
    ck_assert_uint_eq(stops, 1);
    ck_assert_uint_eq(rig_most_billed(&rig), 1);
    char *report = rig_report(&rig);
    ck_assert_str_eq(report, wanted);
    nd_free(report);
    nd_free(wanted);
    rig_close(&rig);
}
END_TEST

/* At a cap the lane is refused and ends; the run goes on to its end. */
START_TEST(a_phase_cap_is_a_recorded_refusal)
{
    int64_t cost = whole_cost();
    struct rig rig;
    open_with_ceiling(&rig, cost / 2);
    nd_ck_ok(rig_work(&rig, ND_RESEARCH), &rig.err);
    ck_assert_int_eq(rig.meta.outcome,
                     rig.meta.ledger.spent_microusd * 100 <= cost / 2 * 60 ? ND_COMPLETED : ND_FAILED);
    nd_ck_ok(rig_work(&rig, ND_DRAFT), &rig.err);
    ck_assert_int_le(rig.meta.ledger.spent_microusd, cost / 2 * 85 / 100);
    struct nd_lanes lanes = {0};
    unsigned refused = 0;
    nd_ck_ok(nd_engine_transcripts(&rig.engine, "toy", ND_DRAFT, &lanes, &rig.err), &rig.err);
    for (size_t i = 0; i < lanes.n; i++) {
        const struct nd_transcript *t = &lanes.v[i].transcript;
        const char *why = t->n ? nd_step_refused(&t->v[t->n - 1]) : NULL;
        refused += why && strcmp(why, "phase_cap") == 0;
    }
    ck_assert_uint_gt(refused, 0);
    nd_lanes_release(&lanes);
    rig_close(&rig);
}
END_TEST

/* Does a run do all its work below that ceiling? */
static bool is_enough(int64_t ceiling, int64_t cost, bool counts)
{
    struct rig rig;
    open_with_ceiling(&rig, ceiling);
    rig.engine.lanes_in_flight = 1;
    rig.counts = counts;
    nd_ck_ok(rig_work(&rig, -1), &rig.err);
    bool whole = rig.meta.outcome == ND_COMPLETED && rig.meta.ledger.spent_microusd == cost;
    ck_assert_int_le(rig.bill_microusd, ceiling);
    rig_close(&rig);
    return whole;
}

START_TEST(counted_tokens_let_a_smaller_ceiling_do)
{
    int64_t cost = whole_cost(), ceiling = cost;
    while (!is_enough(ceiling, cost, true)) ceiling += cost / 400;
    ck_assert(!is_enough(ceiling, cost, false));
    ck_assert(is_enough(3 * cost, cost, false));
}
END_TEST

START_TEST(a_busy_model_is_asked_again_and_nothing_is_booked)
{
    struct rig rig;
    rig_open(&rig);
    for (size_t i = 0; i < 5; i++) rig.answers[i] = RIG_BUSY;
    rig.answers_n = 5;
    rig_create(&rig, "{}");
    nd_ck_ok(rig_work(&rig, -1), &rig.err);
    ck_assert_int_eq(rig.meta.outcome, ND_COMPLETED);
    ck_assert_int_eq(rig.meta.ledger.unknown_microusd, 0);
    ck_assert_int_ge(rig.now_ms - RIG_STARTED_MS, 5 * 700);
    rig_close(&rig);
}
END_TEST

static void count_notes(void *ctx, const struct nd_event *event)
{
    if (event->kind == ND_EV_NOTE && strstr(event->text, "takes no calls now")) ++*(unsigned *)ctx;
}

START_TEST(a_model_that_stays_busy_ends_the_process)
{
    unsigned notes = 0;
    struct rig rig;
    rig_open(&rig);
    rig.engine.on_event = count_notes;
    rig.engine.event_ctx = &notes;
    rig.always = RIG_BUSY;
    rig_create(&rig, "{}");
    nd_ck_rc(rig_work(&rig, -1), ND_RETRY, &rig.err);
    nd_ck_note(&rig.err, "takes no calls");
    ck_assert_uint_eq(notes, 1); /* once, not for each of a thousand tries */
    struct nd_meta meta;
    ck_assert_int_eq(rig.root->ops->meta(rig.root, "toy", &meta, NULL), ND_OK);
    ck_assert_int_eq(meta.outcome, ND_RUNNING);
    ck_assert_int_eq(meta.ledger.reserved_microusd, 0);
    rig.always = RIG_ANSWERS;
    rig_finish(&rig);
    rig_close(&rig);
}
END_TEST

/* A server that drops what comes: each try ends at the connection's time-out. */
static void take_ten_seconds(struct rig *rig)
{
    rig->host.sleep_ms(rig->host.ctx, 10000);
}

START_TEST(the_time_of_the_calls_counts_as_waiting)
{
    struct rig rig;
    rig_open(&rig);
    rig.engine.lanes_in_flight = 1;
    rig.always = RIG_BUSY;
    rig.on_effect = take_ten_seconds;
    rig_create(&rig, "{}");
    nd_ck_rc(rig_work(&rig, -1), ND_RETRY, &rig.err);
    nd_ck_note(&rig.err, "waited 900 s");
    ck_assert_int_ge(rig.now_ms - RIG_STARTED_MS, 900 * 1000);
    ck_assert_int_le(rig.now_ms - RIG_STARTED_MS, 1000 * 1000);
    rig_close(&rig);
}
END_TEST

START_TEST(a_model_that_never_was_there_is_told_in_seconds)
{
    struct rig rig;
    rig_open(&rig);
    rig.always = RIG_ABSENT;
    rig_create(&rig, "{}");
    nd_ck_rc(rig_work(&rig, -1), ND_RETRY, &rig.err);
    nd_ck_note(&rig.err, "no model there: 'http://127.0.0.1:1' was not reached");
    ck_assert_int_ge(rig.now_ms - RIG_STARTED_MS, 8000); /* a server that is starting gets a chance */
    ck_assert_int_le(rig.now_ms - RIG_STARTED_MS, 20000);
    rig.always = RIG_ANSWERS;
    rig_finish(&rig);
    rig_close(&rig);
}
END_TEST

START_TEST(a_model_that_goes_away_is_waited_for)
{
    struct rig rig;
    rig_open(&rig);
    rig.answers[0] = RIG_ANSWERS;
    for (size_t i = 1; i < 16; i++) rig.answers[i] = RIG_ABSENT;
    rig.answers_n = 16;
    rig_create(&rig, "{}");
    nd_ck_ok(rig_work(&rig, -1), &rig.err);
    ck_assert_int_eq(rig.meta.outcome, ND_COMPLETED);
    ck_assert_int_ge(rig.now_ms - RIG_STARTED_MS, 20000);
    rig_close(&rig);
}
END_TEST

START_TEST(lost_answers_are_booked_and_asked_for_again)
{
    struct rig rig;
    rig_open(&rig);
    rig.answers[0] = RIG_LOST;
    rig.answers[1] = RIG_LOST_UNBILLED;
    rig.answers_n = 2;
    rig_create(&rig, "{}");
    nd_ck_ok(rig_work(&rig, -1), &rig.err);
    ck_assert_int_eq(rig.meta.outcome, ND_COMPLETED);
    ck_assert_int_gt(rig.meta.ledger.unknown_microusd, 0);
    ck_assert_int_le(rig.bill_microusd, rig.meta.ledger.spent_microusd + rig.meta.ledger.unknown_microusd);
    ck_assert_uint_eq(rig_most_billed(&rig), 2);
    rig_close(&rig);
}
END_TEST

START_TEST(three_lost_answers_in_a_row_end_the_process)
{
    struct rig rig;
    rig_open(&rig);
    rig.always = RIG_LOST;
    rig_create(&rig, "{}");
    nd_ck_rc(rig_work(&rig, -1), ND_RETRY, &rig.err);
    ck_assert_uint_eq(rig.bills[0].times, 3);
    struct nd_meta meta;
    ck_assert_int_eq(rig.root->ops->meta(rig.root, "toy", &meta, NULL), ND_OK);
    ck_assert_int_eq(meta.outcome, ND_RUNNING);
    ck_assert_int_ge(meta.ledger.unknown_microusd, rig.bill_microusd);
    rig_close(&rig);
}
END_TEST

START_TEST(a_refused_key_stops_without_an_outcome)
{
    struct rig rig;
    rig_open(&rig);
    rig.answers[0] = RIG_REFUSES_KEY;
    rig.answers_n = 1;
    rig_create(&rig, "{}");
    nd_ck_rc(rig_work(&rig, -1), ND_CONFIG, &rig.err);
    nd_ck_note(&rig.err, "the key was refused");
    rig_finish(&rig);
    ck_assert_int_eq(rig.meta.ledger.unknown_microusd, 0);
    rig.engine.model = NULL;
    rig_close(&rig);
    rig_open(&rig);
    rig.engine.model = NULL;
    rig_create(&rig, "{}");
    nd_ck_rc(rig_work(&rig, -1), ND_CONFIG, &rig.err);
    nd_ck_note(&rig.err, "none is configured");
    rig_close(&rig);
}
END_TEST

START_TEST(a_bill_above_its_bound_is_recorded_and_fails_the_run)
{
    struct rig rig;
    rig_open(&rig);
    rig.expect_price_fault = true;
    rig.answers[0] = RIG_OVERBILLS;
    rig.answers_n = 1;
    rig_create(&rig, "{}");
    nd_ck_ok(rig_work(&rig, -1), &rig.err);
    ck_assert_int_eq(rig.meta.outcome, ND_FAILED);
    ck_assert_ptr_nonnull(strstr(rig.meta.reason, "price_fault"));
    ck_assert_int_eq(rig.meta.ledger.spent_microusd, rig.bill_microusd);
    ck_assert_int_eq(rig.meta.ledger.reserved_microusd, 0);
    ck_assert_int_eq(rig.meta.ledger.steps, 2);
    rig_close(&rig);
}
END_TEST

START_TEST(an_unbilled_error_is_an_observation)
{
    struct rig rig;
    rig_open(&rig);
    rig.answers[0] = RIG_ERROR;
    rig.answers_n = 1;
    rig_create(&rig, "{}");
    nd_ck_ok(rig_work(&rig, -1), &rig.err);
    ck_assert_int_eq(rig.meta.outcome, ND_COMPLETED);
    char *report = rig_report(&rig);
    nd_free(report);
    struct nd_lanes lanes = {0};
    nd_ck_ok(nd_engine_transcripts(&rig.engine, "toy", 0, &lanes, &rig.err), &rig.err);
    const struct nd_json *error = nd_json_get(lanes.v[0].transcript.v[1].observation, "error");
    ck_assert_str_eq(nd_json_get_str(error, "message"), "bad schema");
    nd_lanes_release(&lanes);
    rig_close(&rig);
}
END_TEST

/* Extending a conversation is bounded by what the provider reported: nearer to the bill than counting every
 * byte. */
START_TEST(an_extension_is_priced_by_what_was_reported)
{
    struct rig rig;
    rig_open(&rig);
    rig.toy.lanes = 1;
    rig_create(
        &rig,
        "{\"topic\":\"a very long topic that makes every message long, so that bytes and tokens differ\"}");
    nd_ck_ok(rig_work(&rig, 0), &rig.err);
    struct nd_lanes lanes = {0};
    nd_ck_ok(nd_engine_transcripts(&rig.engine, "toy", 0, &lanes, &rig.err), &rig.err);
    const struct nd_transcript *t = &lanes.v[1].transcript;
    const struct nd_json *args = t->v[2].action.args;
    ck_assert_int_eq(nd_json_get_int(args, "extends", -1), 1);
    ck_assert_uint_eq(nd_json_len(nd_json_get(args, "messages")),
                      4); /* restored whole from a record of what is new */
    ck_assert(nd_json_equal(nd_json_at(nd_json_get(args, "messages"), 1),
                            nd_json_at(nd_json_get(t->v[1].action.args, "messages"), 1)));
    nd_lanes_release(&lanes);
    rig_close(&rig);
}
END_TEST

ND_TEST_MAIN("engine/money", a_ledger_fits_or_waits_or_refuses,
             the_invariant_holds_for_40_ceilings_with_10_lanes, reservations_wait_for_each_other,
             nothing_is_bought_for_nothing, a_raised_ceiling_goes_on_from_there,
             a_phase_cap_is_a_recorded_refusal, counted_tokens_let_a_smaller_ceiling_do,
             a_busy_model_is_asked_again_and_nothing_is_booked, a_model_that_stays_busy_ends_the_process,
             the_time_of_the_calls_counts_as_waiting, a_model_that_never_was_there_is_told_in_seconds,
             a_model_that_goes_away_is_waited_for, lost_answers_are_booked_and_asked_for_again,
             three_lost_answers_in_a_row_end_the_process, a_refused_key_stops_without_an_outcome,
             a_bill_above_its_bound_is_recorded_and_fails_the_run, an_unbilled_error_is_an_observation,
             an_extension_is_priced_by_what_was_reported)
