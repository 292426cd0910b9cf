/* A whole run, and the ways in which it stops and goes on. */
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "rig.h"

#include <string.h>

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
    char *report = rig_report(&rig), *replay = rig_replay(&rig);
    ck_assert_str_eq(report, replay);
    nd_free(report);
    nd_free(replay);
    rig_close(&rig);
}
END_TEST

ND_TEST_MAIN("engine/run", a_run_completes_and_replays_to_the_same_bytes)
