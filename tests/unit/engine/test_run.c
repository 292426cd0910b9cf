/* A whole run, and the orderly ways in which it stops and goes on. */
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "rig.h"

#include <string.h>

static char *undisturbed(const char *request)
{
    struct rig rig;
    rig_open(&rig);
    rig_create(&rig, request);
    nd_ck_ok(rig_work(&rig, -1), &rig.err);
    ck_assert_int_eq(rig.meta.outcome, ND_COMPLETED);
    char *report = rig_report(&rig);
    rig_close(&rig);
    return report;
}

static void ck_report(struct rig *rig, const char *wanted)
{
    char *report = rig_report(rig), *replay = rig_replay(rig);
    ck_assert_str_eq(report, wanted);
    ck_assert_str_eq(replay, wanted);
    nd_free(report);
    nd_free(replay);
}

START_TEST(a_run_completes_and_replays_to_the_same_bytes)
{
    struct rig rig;
    rig_open(&rig);
    rig_create(&rig, "{}");
    nd_ck_ok(rig_work(&rig, -1), &rig.err);
    ck_assert_int_eq(rig.meta.outcome, ND_COMPLETED);
    ck_assert_uint_eq(rig.meta.phase, ND_PHASES);
    ck_assert_int_eq(rig.meta.ledger.reserved_microusd, 0);
    ck_assert_int_eq(rig.meta.ledger.unknown_microusd, 0);
    ck_assert_int_eq(rig.meta.ledger.spent_microusd, rig.bill_microusd);
    ck_assert_int_eq(rig.meta.ledger.model_calls, 4 * (1 + 4 * 2));
    ck_assert_int_eq(rig.meta.ledger.tool_calls, 4 * 4 * 2);
    ck_assert_int_eq(rig.meta.ledger.steps, 4 * (3 + 4 * 4));
    ck_assert_uint_eq(rig_most_billed(&rig), 1);
    ck_assert_uint_eq(rig.sent.n, 1);
    char *report = rig_report(&rig);
    ck_report(&rig, report);
    nd_free(report);
    rig_close(&rig);
}
END_TEST

START_TEST(phases_may_be_processes_of_their_own)
{
    char *wanted = undisturbed("{}");
    struct rig rig;
    rig_open(&rig);
    rig_create(&rig, "{}");
    nd_ck_rc(rig_work(&rig, ND_DRAFT), ND_BAD_INPUT, &rig.err);
    nd_ck_note(&rig.err, "comes after 'research'");
    for (int phase = 0; phase < ND_PHASES; phase++) {
        nd_ck_ok(rig_work(&rig, phase), &rig.err);
        ck_assert_int_eq(rig.meta.outcome, ND_COMPLETED);
        int64_t steps = rig.meta.ledger.steps;
        nd_ck_ok(rig_work(&rig, phase), &rig.err); /* again: it is finished, nothing happens */
        ck_assert_int_eq(rig.meta.outcome, ND_COMPLETED);
        ck_assert_int_eq(rig.meta.ledger.steps, steps);
    }
    ck_assert_uint_eq(rig_most_billed(&rig), 1);
    ck_report(&rig, wanted);
    nd_free(wanted);
    rig_close(&rig);
}
END_TEST

START_TEST(one_step_a_process_gives_the_same_report)
{
    char *wanted = undisturbed("{}");
    struct rig rig;
    rig_open(&rig);
    rig_create(&rig, "{}");
    rig.engine.max_steps = 1;
    unsigned processes = 0;
    int64_t steps = 0;
    do {
        nd_ck_ok(rig_work(&rig, -1), &rig.err);
        ck_assert_int_le(rig.meta.ledger.steps - steps, 1);
        steps = rig.meta.ledger.steps;
        processes++;
    } while (rig.meta.outcome == ND_YIELDED && processes < 1000);
    ck_assert_int_eq(rig.meta.outcome, ND_COMPLETED);
    ck_assert_uint_ge(processes, 4 * 19);
    ck_assert_uint_eq(rig_most_billed(&rig), 1);
    ck_report(&rig, wanted);
    nd_free(wanted);
    rig_close(&rig);
}
END_TEST

START_TEST(the_number_of_threads_does_not_show)
{
    char *wanted = undisturbed("{}");
    for (unsigned lanes = 1; lanes <= 4; lanes++) {
        struct rig rig;
        rig_open(&rig);
        rig_create(&rig, "{}");
        rig.engine.lanes_in_flight = lanes;
        nd_ck_ok(rig_work(&rig, -1), &rig.err);
        ck_report(&rig, wanted);
        rig_close(&rig);
    }
    nd_free(wanted);
}
END_TEST

START_TEST(yields_without_a_step_fail_the_run_and_a_resume_heals_it)
{
    atomic_bool stop = true;
    struct rig rig;
    rig_open(&rig);
    rig_create(&rig, "{}");
    rig.engine.stop = &stop;
    for (int i = 0; i < ND_IDLE_YIELDS_MAX; i++) {
        nd_ck_ok(rig_work(&rig, -1), &rig.err);
        ck_assert_int_eq(rig.meta.outcome, i < ND_IDLE_YIELDS_MAX - 1 ? ND_YIELDED : ND_FAILED);
    }
    ck_assert_str_eq(rig.meta.reason, "stopped 3 times in a row without a new step");
    ck_assert_int_eq(rig.meta.ledger.steps, 0);
    atomic_store(&stop, false);
    nd_ck_ok(rig_work(&rig, -1), &rig.err);
    ck_assert_int_eq(rig.meta.outcome, ND_COMPLETED);
    rig_close(&rig);
}
END_TEST

static enum nd_rc is_stopped(void *ctx, const char *tool, const struct nd_json *args, bool after,
                             const atomic_bool *stop)
{
    (void)args, (void)after, (void)stop;
    return *(const bool *)ctx && strcmp(tool, "read") == 0 ? ND_STOPPED : ND_OK;
}

START_TEST(a_long_step_that_gets_on_may_be_stopped_any_number_of_times)
{
    char *wanted = undisturbed("{}");
    unsigned reads = 0;
    bool stopped = true;
    struct rig rig;
    rig_open(&rig);
    rig.toy.on_call = is_stopped;
    rig.toy.ctx = &stopped;
    rig.toy.reads = &reads;
    rig_create(&rig, "{}");
    for (unsigned i = 1; i <= 3 * ND_IDLE_YIELDS_MAX; i++) {
        nd_ck_ok(rig_work(&rig, -1), &rig.err);
        ck_assert_int_eq(rig.meta.outcome, ND_YIELDED);
        ck_assert_uint_eq(reads, i);
    }
    ck_assert_int_eq(rig.meta.ledger.steps, 0);
    stopped = false;
    rig_finish(&rig);
    ck_report(&rig, wanted);
    nd_free(wanted);
    rig_close(&rig);
}
END_TEST

static void stop_at_third(struct rig *rig)
{
    (void)pthread_mutex_lock(&rig->mutex);
    if (rig->bill_count >= 3) atomic_store((atomic_bool *)(uintptr_t)rig->engine.stop, true);
    (void)pthread_mutex_unlock(&rig->mutex);
}

START_TEST(a_signal_records_what_is_in_flight_and_yields)
{
    atomic_bool stop = false;
    char *wanted = undisturbed("{}");
    struct rig rig;
    rig_open(&rig);
    rig_create(&rig, "{}");
    rig.engine.stop = &stop;
    rig.on_effect = stop_at_third;
    nd_ck_ok(rig_work(&rig, -1), &rig.err);
    ck_assert_int_eq(rig.meta.outcome, ND_YIELDED);
    ck_assert_int_eq(rig.meta.ledger.unknown_microusd, 0);
    ck_assert_int_eq(rig.meta.ledger.reserved_microusd, 0);
    ck_assert_int_eq(rig.meta.ledger.spent_microusd, rig.bill_microusd);
    rig.on_effect = NULL;
    atomic_store(&stop, false);
    rig_finish(&rig);
    ck_assert_uint_eq(rig_most_billed(&rig), 1);
    ck_report(&rig, wanted);
    nd_free(wanted);
    rig_close(&rig);
}
END_TEST

START_TEST(a_failing_tool_fails_the_run_with_its_reason)
{
    struct rig rig;
    rig_open(&rig);
    rig.toy.lane_fails = true;
    rig_create(&rig, "{}");
    nd_ck_ok(rig_work(&rig, -1), &rig.err);
    ck_assert_int_eq(rig.meta.outcome, ND_FAILED);
    ck_assert_uint_eq(rig.meta.phase, ND_DRAFT);
    ck_assert_str_eq(rig.meta.reason, "'lane 1' cannot be noted");
    ck_assert_uint_eq(rig.sent.n, 1);
    rig.toy.lane_fails = false; /* the user mends it */
    nd_ck_ok(rig_work(&rig, -1), &rig.err);
    ck_assert_int_eq(rig.meta.outcome, ND_COMPLETED);
    ck_assert_str_eq(rig.meta.reason, "");
    ck_assert_uint_eq(rig_most_billed(&rig), 1);
    rig_close(&rig);
}
END_TEST

START_TEST(any_reason_can_be_kept)
{
    struct rig rig;
    rig_open(&rig);
    rig.toy.lane_fails = rig.toy.bad_reason = true;
    rig_create(&rig, "{}");
    nd_ck_ok(rig_work(&rig, -1), &rig.err);
    ck_assert_int_eq(rig.meta.outcome, ND_FAILED);
    ck_assert_uint_le(strlen(rig.meta.reason), 120);
    struct nd_json *json = nd_meta_json(&rig.meta);
    struct nd_bytes text = ND_BYTES(ND_META_MAX_BYTES);
    struct nd_meta back;
    nd_json_print(json, &text);
    ck_assert(!text.over);
    nd_ck_ok(nd_meta_parse(&back, nd_bytes_view(&text), &rig.err), &rig.err);
    ck_assert_str_eq(back.reason, rig.meta.reason);
    nd_json_free(json);
    nd_bytes_release(&text);
    rig_close(&rig);
}
END_TEST

/* The worker that finished the run let go of it between this one's look at META and its taking of the lease.
 */
START_TEST(a_run_that_was_finished_meanwhile_stays_finished)
{
    struct rig rig;
    struct nd_lease lease;
    struct nd_meta meta;
    rig_open(&rig);
    rig_create(&rig, "{}");
    nd_ck_ok(rig_work(&rig, -1), &rig.err);
    ck_assert_int_eq(rig.root->ops->lease_take(rig.root, "toy", &lease, &meta, NULL), ND_OK);
    ck_assert_int_eq(meta.outcome, ND_RUNNING);
    rig.root->ops->lease_release(rig.root, &lease);
    nd_ck_ok(rig_work(&rig, -1), &rig.err);
    ck_assert_int_eq(rig.meta.outcome, ND_COMPLETED);
    ck_assert_uint_eq(rig.meta.phase, ND_PHASES);
    char *report = rig_report(&rig);
    nd_free(report);
    rig_close(&rig);
}
END_TEST

START_TEST(bugs_of_a_pipeline_fail_the_run)
{
    struct rig rig;
    rig_open(&rig);
    rig.toy.two_plans = true;
    rig_create(&rig, "{}");
    nd_ck_ok(rig_work(&rig, -1), &rig.err);
    ck_assert_int_eq(rig.meta.outcome, ND_FAILED);
    ck_assert_ptr_nonnull(strstr(rig.meta.reason, "planned again"));
    rig.toy.two_plans = false;
    rig.toy.same_lanes = true;
    nd_ck_ok(rig_work(&rig, -1), &rig.err);
    ck_assert_int_eq(rig.meta.outcome, ND_FAILED);
    ck_assert_ptr_nonnull(strstr(rig.meta.reason, "is there twice"));
    rig_close(&rig);
}
END_TEST

START_TEST(a_run_id_stands_for_one_request)
{
    struct rig rig;
    struct nd_request *other = NULL;
    rig_open(&rig);
    rig_create(&rig, "{}");
    rig_create(&rig, "{}");
    nd_ck_ok(nd_request_parse_text(
                 &other, ND_VIEW("{\"schema\":\"nightdesk.request/1\",\"topic\":\"other\"}"), &rig.err),
             &rig.err);
    nd_ck_rc(nd_engine_create(&rig.engine, "toy", other, 1, &rig.err), ND_CONFLICT, &rig.err);
    nd_ck_note(&rig.err, "another request");
    nd_error_clear(&rig.err);
    nd_ck_rc(nd_engine_create(&rig.engine, "../x", other, 1, &rig.err), ND_BAD_INPUT, &rig.err);
    nd_request_free(other);
    rig_close(&rig);
}
END_TEST

START_TEST(another_worker_keeps_this_one_out)
{
    struct rig rig;
    struct nd_lease lease;
    struct nd_meta meta;
    rig_open(&rig);
    rig_create(&rig, "{}");
    ck_assert_int_eq(rig.root->ops->lease_take(rig.root, "toy", &lease, &meta, NULL), ND_OK);
    nd_ck_rc(rig_work(&rig, -1), ND_RETRY, &rig.err);
    rig.root->ops->lease_release(rig.root, &lease);
    nd_ck_ok(rig_work(&rig, -1), &rig.err);
    nd_ck_rc(nd_engine_work(&rig.engine, "nobody", -1, &rig.meta, &rig.err), ND_NOT_FOUND, &rig.err);
    rig_close(&rig);
}
END_TEST

START_TEST(the_ledger_names_every_call)
{
    struct rig rig;
    struct nd_json *ledger = NULL;
    rig_open(&rig);
    rig.answers[0] = RIG_LOST;
    rig.answers_n = 1;
    rig_create(&rig, "{}");
    nd_ck_ok(rig_work(&rig, -1), &rig.err);
    nd_ck_ok(nd_engine_ledger(&rig.engine, "toy", &ledger, &rig.err), &rig.err);
    int64_t recorded = 0, unknown = 0;
    ND_JSON_EACH(call, nd_json_get(ledger, "calls"))
    {
        int64_t microusd = nd_json_get_int(call, "microusd", -1);
        bool known = strcmp(nd_json_get_str(call, "state"), "recorded") == 0;
        *(known ? &recorded : &unknown) += microusd;
    }
    ck_assert_int_gt(unknown, 0);
    ck_assert_int_eq(recorded, nd_json_get_int(ledger, "spent_microusd", -1));
    ck_assert_int_eq(unknown, nd_json_get_int(ledger, "unknown_microusd", -1));
    ck_assert_int_eq(nd_json_get_int(ledger, "reserved_microusd", -1), 0);
    ck_assert_double_eq_tol(nd_json_get_num(ledger, "utilisation", 0), (double)recorded / 5000000, 1e-9);
    nd_json_free(ledger);
    rig_close(&rig);
}
END_TEST

START_TEST(transcripts_can_be_read)
{
    struct rig rig;
    struct nd_lanes lanes = {0};
    rig_open(&rig);
    rig_create(&rig, "{}");
    nd_ck_ok(rig_work(&rig, 0), &rig.err);
    nd_ck_ok(nd_engine_transcripts(&rig.engine, "toy", 0, &lanes, &rig.err), &rig.err);
    ck_assert_uint_eq(lanes.n, 5);
    ck_assert_str_eq(lanes.v[0].id, "0");
    for (size_t i = 2; i < lanes.n; i++) ck_assert_int_lt(strcmp(lanes.v[i - 1].id, lanes.v[i].id), 0);
    ck_assert_uint_eq(lanes.v[0].transcript.n, 3);
    for (size_t i = 1; i < lanes.n; i++) ck_assert_uint_eq(lanes.v[i].transcript.n, 4);
    nd_lanes_release(&lanes);
    nd_ck_ok(nd_engine_transcripts(&rig.engine, "toy", 1, &lanes, &rig.err), &rig.err);
    ck_assert_uint_eq(lanes.n, 1);
    nd_lanes_release(&lanes);
    nd_ck_rc(nd_engine_transcripts(&rig.engine, "toy", 4, &lanes, &rig.err), ND_BAD_INPUT, &rig.err);
    rig_close(&rig);
}
END_TEST

static void remember(void *ctx, const struct nd_event *event)
{
    unsigned *seen = ctx;
    seen[event->kind]++;
    ck_assert_ptr_nonnull(event->meta);
    if (event->kind == ND_EV_STEP) ck_assert_ptr_nonnull(event->step);
}

START_TEST(events_tell_every_step)
{
    unsigned seen[ND_EV_NOTE + 1] = {0};
    struct rig rig;
    rig_open(&rig);
    rig.engine.on_event = remember;
    rig.engine.event_ctx = seen;
    rig_create(&rig, "{}");
    nd_ck_ok(rig_work(&rig, -1), &rig.err);
    ck_assert_uint_eq(seen[ND_EV_PHASE], 4);
    ck_assert_uint_eq(seen[ND_EV_PHASE_END], 4);
    ck_assert_uint_eq(seen[ND_EV_LANE], 16);
    ck_assert_uint_eq(seen[ND_EV_LANE_END], 16);
    ck_assert_uint_eq(seen[ND_EV_STEP], 4 * 19);
    rig_close(&rig);
}
END_TEST

START_TEST(a_notification_is_sent_until_it_is_delivered_and_then_no_more)
{
    unsigned seen[ND_EV_NOTE + 1] = {0};
    struct rig rig;
    rig_open(&rig);
    rig.engine.on_event = remember;
    rig.engine.event_ctx = seen;
    rig.sends_fail = true;
    rig_create(&rig, "{}");
    nd_ck_ok(rig_work(&rig, -1), &rig.err);
    ck_assert_int_eq(rig.meta.outcome, ND_COMPLETED);
    ck_assert_uint_eq(rig.sent.n, 0);
    ck_assert_uint_eq(seen[ND_EV_NOTE], 1);
    rig.sends_fail = false;
    for (int i = 0; i < 3; i++) nd_ck_ok(rig_work(&rig, -1), &rig.err);
    ck_assert_uint_eq(rig.sent.n, 1);
    rig_close(&rig);
}
END_TEST

START_TEST(a_notification_that_may_not_have_been_delivered_is_sent)
{
    struct rig rig;
    rig_open(&rig);
    rig.events_unreadable = true;
    rig_create(&rig, "{}");
    nd_ck_ok(rig_work(&rig, -1), &rig.err);
    ck_assert_uint_eq(rig.sent.n, 1);
    rig_close(&rig);
}
END_TEST

START_TEST(another_version_goes_on_and_replay_names_the_one_it_needs)
{
    struct rig rig;
    struct nd_artefact artefact = {0};
    rig_open(&rig);
    rig_create(&rig, "{}");
    nd_ck_ok(rig_work(&rig, 1 - 1), &rig.err);
    rig.pipeline = toy_pipeline("bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb");
    nd_ck_ok(rig_work(&rig, -1), &rig.err);
    ck_assert_int_eq(rig.meta.outcome, ND_COMPLETED);
    ck_assert_str_eq(rig.meta.pipeline_sha256, rig.pipeline.sha256);
    rig.toy.lanes = 3; /* a program that lays out other lanes */
    rig.pipeline = toy_pipeline("cccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc");
    nd_ck_rc(nd_engine_replay(&rig.engine, "toy", &artefact, &rig.err), ND_VERSION, &rig.err);
    nd_ck_note(&rig.err, "needs version bbbbbbbbbbbbbbbb");
    rig_close(&rig);
}
END_TEST

ND_TEST_MAIN("engine/run", a_run_completes_and_replays_to_the_same_bytes,
             phases_may_be_processes_of_their_own, one_step_a_process_gives_the_same_report,
             the_number_of_threads_does_not_show, yields_without_a_step_fail_the_run_and_a_resume_heals_it,
             a_long_step_that_gets_on_may_be_stopped_any_number_of_times,
             a_signal_records_what_is_in_flight_and_yields, a_failing_tool_fails_the_run_with_its_reason,
             any_reason_can_be_kept, a_run_that_was_finished_meanwhile_stays_finished,
             bugs_of_a_pipeline_fail_the_run, a_run_id_stands_for_one_request,
             another_worker_keeps_this_one_out, the_ledger_names_every_call, transcripts_can_be_read,
             events_tell_every_step, a_notification_is_sent_until_it_is_delivered_and_then_no_more,
             a_notification_that_may_not_have_been_delivered_is_sent,
             another_version_goes_on_and_replay_names_the_one_it_needs)
