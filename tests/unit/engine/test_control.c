/* What others ask of a run while it works, and while it stops. */
#include "nd_test.h"
#include "rig.h"
#include "rig_parts.h"

#include <string.h>

static void put(struct rig *rig, const struct nd_control *control)
{
    ck_assert_int_eq(rig->root->ops->control_put(rig->root, rig->run_id, control, NULL), ND_OK);
}

static void raise_calls(struct rig *rig)
{
    struct nd_control raised = ND_CONTROL_NONE;
    raised.tool_calls_per_run = 1000;
    put(rig, &raised);
}

static bool is_raised(struct rig *rig)
{
    struct nd_meta meta;
    ck_assert_int_eq(rig->root->ops->meta(rig->root, rig->run_id, &meta, NULL), ND_OK);
    return meta.tool_calls_per_run == 1000;
}

/* The second lane begins when the first has stopped at the limit; the watcher adopts the raise meanwhile. */
static void raise_before_the_second_lane(void *ctx, const struct nd_event *event)
{
    struct rig *rig = ctx;
    if (event->kind != ND_EV_LANE || strcmp(event->lane->title, "lane 2") != 0 || is_raised(rig)) return;
    raise_calls(rig);
    rig->host.sleep_ms(rig->host.ctx, 60000);
    while (!is_raised(rig)) nd_host_posix()->sleep_ms(nd_host_posix()->ctx, 1);
}

static void open_at_one_call(struct rig *rig)
{
    rig_open(rig);
    rig->toy.lanes = 2;
    rig->engine.lanes_in_flight = 1;
    rig_create(rig, "{\"limits\":{\"tool_calls_per_run\":1}}");
}

START_TEST(a_raise_that_the_watcher_adopts_goes_on)
{
    struct rig rig;
    open_at_one_call(&rig);
    rig.engine.on_event = raise_before_the_second_lane;
    rig.engine.event_ctx = &rig;
    nd_ck_ok(rig_work(&rig, -1), &rig.err);
    ck_assert_str_eq(nd_outcome_word(rig.meta.outcome), "completed");
    ck_assert_uint_eq(rig.meta.phase, ND_PHASES);
    rig_close(&rig);
}
END_TEST

/* The first tool call of the partial report, which is made once the phase has stopped. */
static struct {
    void (*then)(struct rig *rig);
    unsigned times;
} while_it_stops;

static enum nd_rc call_while_it_stops(void *ctx, const char *tool, const struct nd_json *args, bool after,
                                      const atomic_bool *stop)
{
    if (strcmp(tool, "pick") == 0 && while_it_stops.times++ == 0) while_it_stops.then(ctx);
    return rig_on_call(ctx, tool, args, after, stop);
}

static void open_to_stop(struct rig *rig, void (*then)(struct rig *rig))
{
    open_at_one_call(rig);
    while_it_stops.then = then;
    while_it_stops.times = 0;
    rig->toy.on_call = call_while_it_stops;
}

START_TEST(a_raise_while_the_run_stops_goes_on)
{
    struct rig rig;
    open_to_stop(&rig, raise_calls);
    nd_ck_ok(rig_work(&rig, -1), &rig.err);
    ck_assert_uint_gt(while_it_stops.times, 0);
    ck_assert_str_eq(nd_outcome_word(rig.meta.outcome), "completed");
    ck_assert_uint_eq(rig.meta.phase, ND_PHASES);
    rig_close(&rig);
}
END_TEST

static void cancel(struct rig *rig)
{
    struct nd_control control = ND_CONTROL_NONE;
    control.cancel = true;
    put(rig, &control);
}

START_TEST(a_cancel_while_the_run_stops_opens_no_gate)
{
    struct rig rig;
    struct nd_gate gate;
    open_to_stop(&rig, cancel);
    nd_ck_ok(rig_work(&rig, -1), &rig.err);
    ck_assert_uint_gt(while_it_stops.times, 0);
    ck_assert_str_eq(nd_outcome_word(rig.meta.outcome), "cancelled");
    nd_ck_rc(nd_engine_gate(&rig.engine, "toy", &gate, &rig.err), ND_NOT_FOUND, &rig.err);
    rig_close(&rig);
}
END_TEST

ND_TEST_MAIN("engine/control", a_raise_that_the_watcher_adopts_goes_on, a_raise_while_the_run_stops_goes_on,
             a_cancel_while_the_run_stops_opens_no_gate)
