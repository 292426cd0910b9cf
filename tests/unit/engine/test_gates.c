/* People: gates, questions, revisions, expiry; cancel; budgets and limits as gates. */
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "rig.h"

#include <string.h>

static void open_gated(struct rig *rig, const char *request)
{
    rig_open(rig);
    rig_create(rig, request);
}

static void works_to(struct rig *rig, enum nd_outcome wanted)
{
    nd_ck_ok(rig_work(rig, -1), &rig->err);
    ck_assert_msg(rig->meta.outcome == wanted, "wanted %s, found %s: %s", nd_outcome_word(wanted),
                  nd_outcome_word(rig->meta.outcome), rig->meta.reason);
}

START_TEST(three_gates_wait_and_go_on)
{
    struct rig rig;
    struct nd_gate gate;
    open_gated(&rig, "{\"approve\":[\"plan\",\"outline\",\"final\"]}");
    nd_ck_rc(nd_engine_gate(&rig.engine, "toy", &gate, &rig.err), ND_NOT_FOUND, &rig.err);
    const char *const names[] = {"plan", "outline", "final"};
    for (unsigned i = 0; i < 3; i++) {
        works_to(&rig, ND_AWAITING_APPROVAL);
        ck_assert_uint_eq(rig.sent.n, i + 1);
        works_to(&rig, ND_AWAITING_APPROVAL); /* still: nobody decided, nobody is told again */
        ck_assert_uint_eq(rig.sent.n, i + 1);
        nd_error_clear(&rig.err);
        nd_ck_ok(nd_engine_gate(&rig.engine, "toy", &gate, &rig.err), &rig.err);
        ck_assert_str_eq(gate.gate, names[i]);
        ck_assert_uint_eq(gate.n, 1);
        ck_assert_int_eq(gate.expires_ms - gate.opened_ms, INT64_C(7) * 24 * 3600 * 1000);
        nd_gate_release(&gate);
        nd_ck_rc(rig_decide(&rig, "{\"decision\":\"raise\"}", NULL), ND_BAD_INPUT, &rig.err);
        nd_ck_ok(rig_decide(&rig, "{\"decision\":\"approve\"}", NULL), &rig.err);
        nd_error_clear(&rig.err);
        nd_ck_rc(rig_decide(&rig, "{\"decision\":\"approve\"}", NULL), ND_CONFLICT, &rig.err);
        nd_ck_note(&rig.err, "was decided already ('approve')");
    }
    works_to(&rig, ND_COMPLETED);
    char *report = rig_report(&rig), *replay = rig_replay(&rig);
    ck_assert_str_eq(report, replay);
    nd_free(report);
    nd_free(replay);
    rig_close(&rig);
}
END_TEST

START_TEST(an_edit_is_what_runs)
{
    struct rig rig;
    struct nd_lanes lanes = {0};
    open_gated(&rig, "{\"approve\":[\"plan\"]}");
    works_to(&rig, ND_AWAITING_APPROVAL);
    nd_ck_ok(rig_decide(&rig, "{\"decision\":\"approve\",\"edited\":{\"lanes\":2}}", NULL), &rig.err);
    works_to(&rig, ND_COMPLETED);
    nd_ck_ok(nd_engine_transcripts(&rig.engine, "toy", 0, &lanes, &rig.err), &rig.err);
    ck_assert_uint_eq(lanes.n, 3);
    nd_lanes_release(&lanes);
    rig_close(&rig);
}
END_TEST

START_TEST(decisions_are_final_and_about_what_was_shown)
{
    struct rig rig;
    struct nd_gate gate;
    struct nd_json *approve = NULL, *reject = NULL;
    open_gated(&rig, "{\"approve\":[\"plan\"]}");
    works_to(&rig, ND_AWAITING_APPROVAL);
    nd_ck_ok(nd_engine_gate(&rig.engine, "toy", &gate, &rig.err), &rig.err);
    nd_ck_ok(nd_json_parse(&approve, ND_VIEW("{\"decision\":\"approve\"}"), &rig.err), &rig.err);
    nd_ck_ok(nd_json_parse(&reject, ND_VIEW("{\"decision\":\"reject\"}"), &rig.err), &rig.err);
    struct nd_gate other = gate;
    other.shown_sha256[0] = other.shown_sha256[0] == 'a' ? 'b' : 'a';
    nd_ck_rc(nd_engine_decide(&rig.engine, "toy", &other, approve, NULL, &rig.err), ND_CONFLICT, &rig.err);
    nd_error_clear(&rig.err);
    nd_ck_ok(nd_engine_decide(&rig.engine, "toy", &gate, approve, NULL, &rig.err), &rig.err);
    nd_ck_ok(nd_engine_decide(&rig.engine, "toy", &gate, approve, NULL, &rig.err), &rig.err);
    nd_ck_rc(nd_engine_decide(&rig.engine, "toy", &gate, reject, NULL, &rig.err), ND_CONFLICT, &rig.err);
    nd_gate_release(&gate);
    nd_json_free(approve);
    nd_json_free(reject);
    works_to(&rig, ND_COMPLETED);
    rig_close(&rig);
}
END_TEST

START_TEST(a_revised_plan_is_asked_again)
{
    struct rig rig;
    open_gated(&rig, "{\"approve\":[\"plan\"]}");
    works_to(&rig, ND_AWAITING_APPROVAL);
    for (int i = 0; i < ND_REVISIONS_MAX; i++) {
        nd_ck_ok(rig_decide(&rig, "{\"decision\":\"revise\",\"why\":\"too short\"}", NULL), &rig.err);
        works_to(&rig, ND_AWAITING_APPROVAL);
    }
    nd_ck_rc(rig_decide(&rig, "{\"decision\":\"revise\",\"why\":\"again\"}", NULL), ND_OVER_LIMIT, &rig.err);
    nd_ck_ok(rig_decide(&rig, "{\"decision\":\"approve\"}", NULL), &rig.err);
    works_to(&rig, ND_COMPLETED);
    struct nd_lanes lanes = {0};
    nd_ck_ok(nd_engine_transcripts(&rig.engine, "toy", 0, &lanes, &rig.err), &rig.err);
    ck_assert_uint_eq(lanes.v[0].transcript.n, 2 + 2 * ND_REVISIONS_MAX + 1 + 1);
    ck_assert_str_eq(nd_json_get_str(lanes.v[0].transcript.v[2].observation, "why"), "too short");
    nd_lanes_release(&lanes);
    char *report = rig_report(&rig), *replay = rig_replay(&rig);
    ck_assert_str_eq(report, replay);
    nd_free(report);
    nd_free(replay);
    rig_close(&rig);
}
END_TEST

START_TEST(a_rejection_ends_the_run)
{
    struct rig rig;
    open_gated(&rig, "{\"approve\":[\"outline\"]}");
    works_to(&rig, ND_AWAITING_APPROVAL);
    nd_ck_ok(rig_decide(&rig, "{\"decision\":\"reject\",\"why\":\"wrong topic\"}", NULL), &rig.err);
    works_to(&rig, ND_REJECTED);
    ck_assert_str_eq(rig.meta.reason, "the outline was rejected: wrong topic");
    uint64_t rev = rig.meta.rev;
    works_to(&rig, ND_REJECTED);
    ck_assert_uint_eq(rig.meta.rev, rev);
    rig_close(&rig);
}
END_TEST

START_TEST(a_gate_expires_and_a_late_decision_still_counts)
{
    struct rig rig;
    open_gated(&rig, "{\"approve\":[\"plan\"]}");
    rig.engine.gate_wait_ms = 1000;
    works_to(&rig, ND_AWAITING_APPROVAL);
    rig.now_ms += 999;
    works_to(&rig, ND_AWAITING_APPROVAL);
    rig.now_ms += 1;
    works_to(&rig, ND_EXPIRED);
    nd_ck_ok(rig_decide(&rig, "{\"decision\":\"approve\"}", NULL), &rig.err);
    works_to(&rig, ND_COMPLETED);
    rig_close(&rig);
}
END_TEST

START_TEST(questions_of_several_lanes_share_one_gate)
{
    struct rig rig;
    struct nd_gate gate;
    rig_open(&rig);
    rig.toy.questions = true;
    rig_create(&rig, "{}");
    works_to(&rig, ND_AWAITING_ANSWER);
    ck_assert_int_eq(rig.meta.ledger.steps, 2 + 4 * 4); /* the other lanes ran to their end */
    nd_ck_ok(nd_engine_gate(&rig.engine, "toy", &gate, &rig.err), &rig.err);
    ck_assert_str_eq(gate.gate, "question");
    const struct nd_json *questions = nd_json_get(gate.shown, "questions");
    ck_assert_uint_eq(nd_json_len(questions), 2);
    const char *first = nd_json_get_str(nd_json_at(questions, 0), "id");
    const char *second = nd_json_get_str(nd_json_at(questions, 1), "id");
    ck_assert_str_eq(nd_json_get_str(nd_json_at(questions, 0), "prompt"), "what now?");
    ck_assert_str_eq(nd_json_get_str(nd_json_at(questions, 0), "title"), "lane 2");
    char *one = nd_sprintf("{\"answers\":{\"%s\":\"left\"}}", first);
    char *other = nd_sprintf("{\"answers\":{\"%s\":\"right\"}}", first);
    char *two = nd_sprintf("{\"answers\":{\"%s\":\"up\"},\"by\":\"me\"}", second);
    nd_ck_rc(rig_decide(&rig, "{\"answers\":{\"x\":\"y\"}}", NULL), ND_BAD_INPUT, &rig.err);
    nd_ck_rc(rig_decide(&rig, "{\"answers\":{}}", NULL), ND_BAD_INPUT, &rig.err);
    nd_ck_ok(rig_decide(&rig, one, NULL), &rig.err);
    works_to(&rig, ND_AWAITING_ANSWER); /* one is still open */
    struct nd_gate again;
    nd_ck_ok(nd_engine_gate(&rig.engine, "toy", &again, &rig.err), &rig.err);
    ck_assert_uint_eq(again.n, 1);
    ck_assert_str_eq(nd_json_get_str(nd_json_at(nd_json_get(again.shown, "questions"), 0), "answer"), "left");
    ck_assert_ptr_null(nd_json_get(nd_json_at(nd_json_get(again.shown, "questions"), 1), "answer"));
    nd_gate_release(&again);
    nd_ck_rc(rig_decide(&rig, other, NULL), ND_CONFLICT, &rig.err);
    nd_ck_ok(rig_decide(&rig, two, NULL), &rig.err);
    works_to(&rig, ND_COMPLETED);
    char *report = rig_report(&rig), *replay = rig_replay(&rig);
    ck_assert_str_eq(report, replay);
    nd_free(report);
    nd_free(replay);
    nd_free(one);
    nd_free(two);
    nd_free(other);
    nd_gate_release(&gate);
    rig_close(&rig);
}
END_TEST

static char *answers_of_ann;

static void ann_is_faster(struct rig *rig)
{
    rig->on_decide = NULL;
    nd_ck_ok(rig_decide(rig, answers_of_ann, NULL), &rig->err);
}

/* Both answers were kept before either decision was stored: each makes the whole one, signed by another. */
START_TEST(two_persons_who_answer_at_once_have_both_answered)
{
    struct rig rig;
    struct nd_gate gate;
    rig_open(&rig);
    rig.toy.questions = true;
    rig_create(&rig, "{}");
    works_to(&rig, ND_AWAITING_ANSWER);
    nd_ck_ok(nd_engine_gate(&rig.engine, "toy", &gate, &rig.err), &rig.err);
    const struct nd_json *questions = nd_json_get(gate.shown, "questions");
    const char *first = nd_json_get_str(nd_json_at(questions, 0), "id");
    const char *second = nd_json_get_str(nd_json_at(questions, 1), "id");
    answers_of_ann = nd_sprintf("{\"answers\":{\"%s\":\"left\"},\"by\":\"ann\"}", first);
    char *of_bob = nd_sprintf("{\"answers\":{\"%s\":\"up\"},\"by\":\"bob\"}", second);
    nd_ck_ok(rig_decide(&rig, answers_of_ann, NULL), &rig.err);
    rig.on_decide = ann_is_faster;
    nd_ck_ok(rig_decide(&rig, of_bob, NULL), &rig.err);
    works_to(&rig, ND_COMPLETED);
    nd_free(of_bob);
    nd_free(answers_of_ann);
    nd_gate_release(&gate);
    rig_close(&rig);
}
END_TEST

START_TEST(cancel_ends_a_run_before_and_while_it_waits)
{
    struct rig rig;
    struct nd_control control = ND_CONTROL_NONE;
    control.cancel = true;
    open_gated(&rig, "{}");
    ck_assert_int_eq(rig.root->ops->control_put(rig.root, "toy", &control, NULL), ND_OK);
    works_to(&rig, ND_CANCELLED);
    ck_assert_int_eq(rig.meta.ledger.steps, 0);
    rig_close(&rig);
    open_gated(&rig, "{\"approve\":[\"plan\"]}");
    works_to(&rig, ND_AWAITING_APPROVAL);
    ck_assert_int_eq(rig.root->ops->control_put(rig.root, "toy", &control, NULL), ND_OK);
    works_to(&rig, ND_CANCELLED);
    works_to(&rig, ND_CANCELLED);
    rig_close(&rig);
}
END_TEST

static void cancel_now(struct rig *rig)
{
    struct nd_control control = ND_CONTROL_NONE;
    control.cancel = true;
    if (rig->effects < 20) return;
    ck_assert_int_eq(rig->root->ops->control_put(rig->root, "toy", &control, NULL), ND_OK);
    (void)pthread_mutex_lock(&rig->mutex);
    rig->now_ms += 5000;
    (void)pthread_mutex_unlock(&rig->mutex);
    nd_host_posix()->sleep_ms(nd_host_posix()->ctx, 50);
}

START_TEST(cancel_is_seen_while_lanes_work)
{
    struct rig rig;
    open_gated(&rig, "{}");
    rig.on_effect = cancel_now;
    works_to(&rig, ND_CANCELLED);
    ck_assert_uint_lt(rig.meta.phase, ND_PHASES);
    ck_assert_int_eq(rig.meta.ledger.reserved_microusd, 0);
    ck_assert_int_eq(rig.meta.ledger.unknown_microusd, 0);
    ck_assert_int_eq(rig.meta.ledger.spent_microusd, rig.bill_microusd);
    rig_close(&rig);
}
END_TEST

START_TEST(the_limit_of_a_lane_is_a_refusal)
{
    struct rig rig;
    rig_open(&rig);
    rig.toy.notes = 5; /* one fetch and five notes are six calls */
    rig_create(&rig, "{\"limits\":{\"tool_calls_per_lane\":4}}");
    nd_ck_ok(rig_work(&rig, 0), &rig.err);
    ck_assert_int_eq(rig.meta.outcome, ND_COMPLETED);
    ck_assert_int_eq(rig.meta.ledger.tool_calls, 4 * 4);
    struct nd_lanes lanes = {0};
    nd_ck_ok(nd_engine_transcripts(&rig.engine, "toy", 0, &lanes, &rig.err), &rig.err);
    for (size_t i = 1; i < lanes.n; i++) {
        const struct nd_transcript *t = &lanes.v[i].transcript;
        ck_assert_uint_eq(t->n, 2 + 4 + 1);
        ck_assert_str_eq(nd_step_refused(&t->v[t->n - 1]), "lane_tool_calls");
    }
    nd_lanes_release(&lanes);
    rig_close(&rig);
}
END_TEST

START_TEST(the_steps_of_a_lane_are_limited)
{
    struct rig rig;
    rig_open(&rig);
    rig.toy.endless = true;
    rig_create(
        &rig,
        "{\"limits\":{\"steps_per_lane\":10,\"tool_calls_per_lane\":1000,\"tool_calls_per_run\":1000}}");
    works_to(&rig, ND_FAILED);
    ck_assert_ptr_nonnull(strstr(rig.meta.reason, "goes on after its limit of 10 steps"));
    rig_close(&rig);
    rig_open(&rig);
    rig.toy.notes = 50;
    rig_create(
        &rig,
        "{\"limits\":{\"steps_per_lane\":10,\"tool_calls_per_lane\":1000,\"tool_calls_per_run\":1000}}");
    works_to(&rig, ND_COMPLETED);
    struct nd_lanes lanes = {0};
    nd_ck_ok(nd_engine_transcripts(&rig.engine, "toy", 0, &lanes, &rig.err), &rig.err);
    for (size_t i = 1; i < lanes.n; i++) {
        ck_assert_uint_eq(lanes.v[i].transcript.n, 11);
        ck_assert_str_eq(nd_step_refused(&lanes.v[i].transcript.v[10]), "lane_steps");
    }
    nd_lanes_release(&lanes);
    rig_close(&rig);
}
END_TEST

START_TEST(the_limit_of_a_run_stops_it_and_a_raise_goes_on)
{
    for (int64_t limit = 0; limit <= 9; limit += 3) {
        struct rig rig;
        rig_open(&rig);
        char *request = nd_sprintf("{\"limits\":{\"tool_calls_per_run\":%lld}}", (long long)limit);
        rig_create(&rig, request);
        nd_free(request);
        works_to(&rig, ND_LIMIT_REACHED);
        ck_assert_int_eq(rig.meta.ledger.tool_calls, limit);
        ck_assert_int_le((int64_t)rig.calls_out, limit);
        char *report = rig_report(&rig), *replay = rig_replay(&rig);
        ck_assert_str_eq(report, replay);
        ck_assert_ptr_nonnull(strstr(report, "\"limit_reached\""));
        nd_free(report);
        nd_free(replay);
        struct nd_control control = ND_CONTROL_NONE;
        control.tool_calls_per_run = 1000;
        nd_ck_ok(rig_decide(&rig, "{\"decision\":\"raise\"}", &control), &rig.err);
        works_to(&rig, ND_COMPLETED);
        ck_assert_int_eq(rig.meta.ledger.tool_calls, 4 * 4 * 2);
        rig_close(&rig);
    }
}
END_TEST

/* Calls that left before a death are counted then: no order of deaths makes more of them leave than the limit
 * says. */
START_TEST(the_limit_of_a_run_holds_across_deaths)
{
    for (int64_t at = 1; at < 60; at++) {
        struct rig rig;
        rig_open(&rig);
        rig_create(&rig, "{\"limits\":{\"tool_calls_per_run\":6}}");
        rig.die_at = at;
        rig.die_after = at % 2;
        (void)rig_work(&rig, -1);
        rig_revive(&rig);
        works_to(&rig, ND_LIMIT_REACHED);
        ck_assert_int_le(rig.meta.ledger.tool_calls, 6);
        ck_assert_uint_le(rig.calls_distinct.n, 6);
        rig_close(&rig);
    }
}
END_TEST

static void take_an_hour(struct rig *rig)
{
    (void)pthread_mutex_lock(&rig->mutex);
    rig->now_ms += 3600 * 1000;
    (void)pthread_mutex_unlock(&rig->mutex);
}

START_TEST(wall_time_is_a_limit_and_is_counted_over_processes)
{
    struct rig rig;
    rig_open(&rig);
    rig.on_effect = take_an_hour;
    rig_create(&rig, "{\"limits\":{\"wall_seconds\":36000}}");
    rig.engine.max_steps = 4;
    works_to(&rig, ND_YIELDED);
    ck_assert_int_ge(rig.meta.wall_ms, 3600 * 1000);
    rig.engine.max_steps = 0;
    works_to(&rig, ND_LIMIT_REACHED);
    ck_assert_str_eq(rig.meta.reason, "worked for 36000 s, as long as it may");
    ck_assert_int_lt(rig.meta.wall_ms, 36000000 + 10 * 3600000);
    struct nd_control control = ND_CONTROL_NONE;
    control.wall_max_ms = 0;
    nd_ck_ok(rig_decide(&rig, "{\"decision\":\"raise\"}", &control), &rig.err);
    works_to(&rig, ND_COMPLETED);
    rig_close(&rig);
}
END_TEST

START_TEST(max_ms_yields)
{
    struct rig rig;
    rig_open(&rig);
    rig.on_effect = take_an_hour;
    rig.engine.max_ms = 2 * 3600 * 1000;
    rig_create(&rig, "{}");
    works_to(&rig, ND_YIELDED);
    rig_finish(&rig);
    ck_assert_uint_eq(rig_most_billed(&rig), 1);
    rig_close(&rig);
}
END_TEST

/* A ceiling below what is gone stops new reservations, and nothing else. */
START_TEST(a_lowered_ceiling_only_stops_new_calls)
{
    struct rig rig;
    struct nd_control control = ND_CONTROL_NONE;
    rig_open(&rig);
    rig.expect_price_fault = true; /* the named exception to the invariant */
    rig_create(&rig, "{}");
    nd_ck_ok(rig_work(&rig, 0), &rig.err);
    int64_t spent = rig.meta.ledger.spent_microusd;
    control.ceiling_microusd = 10;
    ck_assert_int_eq(rig.root->ops->control_put(rig.root, "toy", &control, NULL), ND_OK);
    works_to(&rig, ND_BUDGET_EXCEEDED);
    ck_assert_int_eq(rig.meta.ledger.ceiling_microusd, 10);
    ck_assert_int_eq(rig.meta.ledger.spent_microusd, spent);
    control.ceiling_microusd = 1000000;
    ck_assert_int_eq(rig.root->ops->control_put(rig.root, "toy", &control, NULL),
                     ND_OK); /* without a decision */
    works_to(&rig, ND_COMPLETED);
    rig_close(&rig);
}
END_TEST

START_TEST(a_phase_below_its_minimum_asks_for_a_raise)
{
    struct rig rig;
    struct nd_gate gate;
    rig_open(&rig);
    rig.toy.minimum = true;
    rig_create(
        &rig, "{\"limits\":{\"budget_usd\":0.0002}}"); /* a plan fits the ceiling, but not research's share */
    works_to(&rig, ND_BUDGET_EXCEEDED);
    ck_assert_str_eq(rig.meta.reason, "phase 'research' cannot do its minimum below the ceiling");
    ck_assert_int_eq(rig.bill_microusd, 0);
    works_to(&rig, ND_BUDGET_EXCEEDED);
    nd_ck_ok(nd_engine_gate(&rig.engine, "toy", &gate, &rig.err), &rig.err);
    ck_assert_str_eq(gate.gate, "budget");
    ck_assert_uint_eq(gate.n, 1);
    ck_assert_int_eq(nd_json_get_int(gate.shown, "ceiling_microusd", 0), 200);
    nd_gate_release(&gate);
    struct nd_control control = ND_CONTROL_NONE;
    control.ceiling_microusd = 1000000;
    nd_ck_ok(rig_decide(&rig, "{\"decision\":\"raise\"}", &control), &rig.err);
    works_to(&rig, ND_COMPLETED);
    char *report = rig_report(&rig), *replay = rig_replay(&rig);
    ck_assert_str_eq(report, replay);
    nd_free(report);
    nd_free(replay);
    rig_close(&rig);
}
END_TEST

START_TEST(a_raise_may_be_rejected)
{
    struct rig rig;
    rig_open(&rig);
    rig_create(&rig, "{\"limits\":{\"budget_usd\":0}}");
    works_to(&rig, ND_BUDGET_EXCEEDED);
    nd_ck_rc(rig_decide(&rig, "{\"decision\":\"revise\"}", NULL), ND_BAD_INPUT, &rig.err);
    nd_ck_ok(rig_decide(&rig, "{\"decision\":\"reject\",\"why\":\"too dear\"}", NULL), &rig.err);
    works_to(&rig, ND_REJECTED);
    ck_assert_str_eq(rig.meta.reason, "a raise was rejected: too dear");
    rig_close(&rig);
}
END_TEST

ND_TEST_MAIN("engine/gates", three_gates_wait_and_go_on, an_edit_is_what_runs,
             decisions_are_final_and_about_what_was_shown, a_revised_plan_is_asked_again,
             a_rejection_ends_the_run, a_gate_expires_and_a_late_decision_still_counts,
             questions_of_several_lanes_share_one_gate, two_persons_who_answer_at_once_have_both_answered,
             cancel_ends_a_run_before_and_while_it_waits, cancel_is_seen_while_lanes_work,
             the_limit_of_a_lane_is_a_refusal, the_steps_of_a_lane_are_limited,
             the_limit_of_a_run_stops_it_and_a_raise_goes_on, the_limit_of_a_run_holds_across_deaths,
             wall_time_is_a_limit_and_is_counted_over_processes, max_ms_yields,
             a_phase_below_its_minimum_asks_for_a_raise, a_raise_may_be_rejected,
             a_lowered_ceiling_only_stops_new_calls)
