/* A run that says since when it is takes over the answers that the earlier run paid for. */
#include "nd_test.h"
#include "rig.h"
#include "nightdesk/base/alloc.h"

static void create_since(struct rig *rig, const char *earlier, const char *more)
{
    char *request =
        nd_sprintf("{\"since\":{\"run_id\":\"%s\",\"started_at\":\"2026-01-02T03:04:05Z\",\"sources\":[],"
                   "\"statements\":[]}%s}",
                   earlier, more);
    rig_create(rig, request);
    nd_free(request);
}

static void work(struct rig *rig)
{
    nd_ck_ok(rig_work(rig, -1), &rig->err);
    ck_assert_int_eq(rig->meta.outcome, ND_COMPLETED);
}

START_TEST(the_same_questions_cost_nothing)
{
    struct rig rig;
    rig_open(&rig);
    rig.run_id = "monday";
    rig_create(&rig, "{}");
    work(&rig);
    ck_assert_int_gt(rig.meta.ledger.model_calls, 0);
    unsigned calls_out = rig.calls_out;
    rig.bill_microusd = 0;
    rig_revive(&rig);
    rig.run_id = "tuesday";
    create_since(&rig, "monday", "");
    work(&rig);
    ck_assert_int_eq(rig.bill_microusd, (int64_t)(rig.calls_out - calls_out) * TOY_FEE_MICROUSD);
    ck_assert_int_eq(rig.meta.ledger.model_calls, 0);
    ck_assert_int_eq(rig.meta.ledger.tokens_in, 0);
    char *again = rig_report(&rig), *replayed = rig_replay(&rig);
    ck_assert_str_eq(again, replayed);
    nd_free(replayed);
    nd_free(again);
    rig_close(&rig);
}
END_TEST

START_TEST(another_writer_and_an_unknown_run_are_asked_anew)
{
    static const char *const earlier[] = {"monday", "never"};
    static const char *const more[] = {",\"writer\":\"openai:other\"", ""};
    for (size_t i = 0; i < 2; i++) {
        struct rig rig;
        rig_open(&rig);
        rig.run_id = "monday";
        rig_create(&rig, "{}");
        work(&rig);
        int64_t bill = rig.bill_microusd;
        rig.bill_microusd = 0;
        rig_revive(&rig);
        rig.run_id = "tuesday";
        create_since(&rig, earlier[i], more[i]);
        work(&rig);
        ck_assert_int_eq(rig.bill_microusd, bill);
        rig_close(&rig);
    }
}
END_TEST

ND_TEST_MAIN("engine/earlier", the_same_questions_cost_nothing,
             another_writer_and_an_unknown_run_are_asked_anew)
