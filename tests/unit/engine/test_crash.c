/* Death at every effect: the next process ends with the same report, and nothing is paid twice that was not
 * in flight. */
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "rig.h"

#include <string.h>

#ifdef ND_SANITIZED
enum { STRIDE = 4 }; /* sanitizers take ten times as long */
#else
enum { STRIDE = 1 };
#endif

static int64_t effects_of(const char *request, unsigned lanes, char **report)
{
    struct rig rig;
    rig_open(&rig);
    rig.engine.lanes_in_flight = lanes;
    rig_create(&rig, request);
    nd_ck_ok(rig_work(&rig, -1), &rig.err);
    ck_assert_int_eq(rig.meta.outcome, ND_COMPLETED);
    *report = rig_report(&rig);
    int64_t effects = rig.effects;
    rig_close(&rig);
    return effects;
}

/* Every durable step is there once, without holes: loading refuses anything else. */
static void ck_transcripts(struct rig *rig)
{
    for (unsigned phase = 0; phase < ND_PHASES; phase++) {
        struct nd_lanes lanes = {0};
        nd_ck_ok(nd_engine_transcripts(&rig->engine, rig->run_id, phase, &lanes, &rig->err), &rig->err);
        nd_lanes_release(&lanes);
    }
}

static void die_and_finish(const char *request, unsigned lanes, int64_t at, bool after, const char *wanted)
{
    struct rig rig;
    rig_open(&rig);
    rig.engine.lanes_in_flight = lanes;
    rig_create(&rig, request);
    rig.die_at = at;
    rig.die_after = after;
    enum nd_rc rc = rig_work(&rig, -1);
    ck_assert_msg(rig.dead || rc == ND_OK, "effect %lld: %s", (long long)at, nd_test_chain(rc, &rig.err));
    rig_revive(&rig);
    rig_finish(&rig);
    ck_assert_uint_le(rig_most_billed(&rig), 2);
    ck_assert_uint_le(rig_billed_again(&rig), lanes);
    ck_assert_uint_le(rig.calls_out - rig.calls_distinct.n, lanes);
    ck_assert_int_eq(rig.meta.ledger.reserved_microusd, 0);
    ck_assert_int_le(rig.bill_microusd, rig.meta.ledger.spent_microusd + rig.meta.ledger.unknown_microusd);
    ck_assert_int_eq(rig.meta.ledger.tool_calls, 4 * 4 * 2);
    ck_assert_uint_ge(rig.sent.n, 1);
    ck_transcripts(&rig);
    char *report = rig_report(&rig), *replay = rig_replay(&rig);
    ck_assert_msg(strcmp(report, wanted) == 0, "another report after dying at effect %lld", (long long)at);
    ck_assert_str_eq(replay, wanted);
    nd_free(report);
    nd_free(replay);
    rig_close(&rig);
}

START_TEST(death_at_every_effect_of_one_lane)
{
    char *wanted = NULL;
    int64_t effects = effects_of("{}", 1, &wanted);
    for (int64_t at = 1; at <= effects; at += STRIDE) {
        die_and_finish("{}", 1, at, false, wanted);
        die_and_finish("{}", 1, at, true, wanted);
    }
    nd_free(wanted);
}
END_TEST

START_TEST(death_at_every_effect_of_lanes_side_by_side)
{
    char *wanted = NULL;
    int64_t effects = effects_of("{}", 4, &wanted);
    for (int64_t at = 1; at <= effects + 5; at += STRIDE) {
        die_and_finish("{}", 4, at, false, wanted);
        die_and_finish("{}", 4, at, true, wanted);
    }
    nd_free(wanted);
}
END_TEST

START_TEST(nothing_is_paid_twice_when_no_call_is_in_flight)
{
    char *wanted = NULL;
    int64_t effects = effects_of("{}", 4, &wanted);
    for (int64_t at = 1; at <= effects; at += STRIDE) {
        struct rig rig;
        rig_open(&rig);
        rig.engine.lanes_in_flight = 1;
        rig_create(&rig, "{}");
        rig.die_at = at;
        rig.die_after = true;
        (void)rig_work(&rig, -1);
        int64_t open = rig.bill_microusd;
        struct nd_meta meta;
        ck_assert_int_eq(rig.root->ops->meta(rig.root, "toy", &meta, NULL), ND_OK);
        bool in_flight = meta.ledger.reserved_microusd > 0 || open > meta.ledger.spent_microusd;
        rig_revive(&rig);
        rig_finish(&rig);
        if (!in_flight) ck_assert_uint_eq(rig_most_billed(&rig), 1);
        if (!in_flight) ck_assert_int_eq(rig.meta.ledger.unknown_microusd, 0);
        rig_close(&rig);
    }
    nd_free(wanted);
}
END_TEST

/* Dying again while recovering from death. */
START_TEST(death_after_death)
{
    char *wanted = NULL;
    int64_t effects = effects_of("{}", 3, &wanted);
    for (int64_t at = 1; at <= effects; at += 7) {
        struct rig rig;
        rig_open(&rig);
        rig.engine.lanes_in_flight = 3;
        rig_create(&rig, "{}");
        for (int64_t more = 0; more < 6; more++) {
            rig.die_at = rig.effects + 1 + (at + 5 * more) % 23;
            rig.die_after = more % 2;
            (void)rig_work(&rig, -1);
            rig_revive(&rig);
        }
        rig_finish(&rig);
        char *report = rig_report(&rig);
        ck_assert_str_eq(report, wanted);
        nd_free(report);
        rig_close(&rig);
    }
    nd_free(wanted);
}
END_TEST

START_TEST(large_payloads_survive_too)
{
    struct rig rig;
    rig_open(&rig);
    rig.toy.payload_bytes = 20000;
    rig_create(&rig, "{}");
    nd_ck_ok(rig_work(&rig, -1), &rig.err);
    char *wanted = rig_report(&rig);
    ck_assert_uint_gt(strlen(wanted), 20000);
    rig_close(&rig);
    for (int64_t at = 1; at < 12; at++) {
        rig_open(&rig);
        rig.toy.payload_bytes = 20000;
        rig_create(&rig, "{}");
        rig.die_at = at;
        rig.die_after = at % 2;
        (void)rig_work(&rig, -1);
        rig_revive(&rig);
        rig_finish(&rig);
        char *report = rig_report(&rig);
        ck_assert_str_eq(report, wanted);
        nd_free(report);
        rig_close(&rig);
    }
    nd_free(wanted);
}
END_TEST

/* The same with people in between: gates, questions, a limit that is raised. */
static void open_with_people(struct rig *rig)
{
    rig_open(rig);
    rig->engine.lanes_in_flight = 2;
    rig->toy.questions = true;
    rig_create(rig, "{\"approve\":[\"plan\",\"outline\",\"final\"],\"limits\":{\"tool_calls_per_run\":13}}");
}

START_TEST(death_at_every_effect_around_people)
{
    struct rig rig;
    open_with_people(&rig);
    ck_assert(rig_go_through(&rig));
    char *wanted = rig_report(&rig);
    int64_t effects = rig.effects;
    ck_assert_uint_eq(rig.sent.n, 3 + 1 + 1 + 1); /* gates, questions, the limit, the end */
    rig_close(&rig);
    for (int64_t at = 1; at <= effects; at += STRIDE) {
        open_with_people(&rig);
        rig.die_at = at;
        rig.die_after = at / STRIDE % 2;
        if (!rig_go_through(&rig)) {
            rig_revive(&rig);
            ck_assert(rig_go_through(&rig));
        }
        char *report = rig_report(&rig), *replay = rig_replay(&rig);
        ck_assert_msg(strcmp(report, wanted) == 0, "another report after dying at effect %lld",
                      (long long)at);
        ck_assert_str_eq(replay, wanted);
        ck_assert_uint_ge(rig.sent.n, 6);
        ck_assert_uint_le(rig.sent.n, 7);
        ck_assert_uint_le(rig_billed_again(&rig), 2);
        nd_free(report);
        nd_free(replay);
        rig_close(&rig);
    }
    nd_free(wanted);
}
END_TEST

ND_TEST_MAIN("engine/crash", death_at_every_effect_around_people, death_at_every_effect_of_one_lane,
             death_at_every_effect_of_lanes_side_by_side, nothing_is_paid_twice_when_no_call_is_in_flight,
             death_after_death, large_payloads_survive_too)
