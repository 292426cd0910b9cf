/* Who is asked: by role, and who stands in when. The clock is the test's. */
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/model/model.h"
#include "nightdesk/model/roles.h"
#include <string.h>

struct fake {
    struct nd_model base;
    const char *name;
    enum nd_rc rc;
    bool refuses, private_only; /* an error answer; that of text kept back */
    int64_t bound, wait_ms;
    int asked;
};

static enum nd_rc fake_bound(struct nd_model *m, const struct nd_json *args, const struct nd_usage *known,
                             size_t known_bytes, int64_t *microusd, struct nd_error *err)
{
    (void)args, (void)known, (void)known_bytes, (void)err;
    *microusd = ((struct fake *)m)->bound;
    return ND_OK;
}

static enum nd_rc fake_ask(struct nd_model *m, const struct nd_json *args, const atomic_bool *stop,
                           struct nd_json **observation, int64_t *cost_microusd, int64_t *wait_ms,
                           struct nd_error *err)
{
    struct fake *f = (struct fake *)m;
    (void)args, (void)stop;
    f->asked++;
    *wait_ms = f->wait_ms;
    *cost_microusd = f->refuses ? 0 : 7;
    if (f->rc != ND_OK) return nd_fail(err, f->rc, "%s says no", f->name);
    *observation = nd_json_object();
    if (f->refuses || f->private_only)
        nd_json_set_str(nd_json_set(*observation, "error", nd_json_object()), "code",
                        f->private_only ? ND_MODEL_PRIVATE : "x");
    else
        nd_json_set_str(*observation, "by", f->name);
    return ND_OK;
}

/* Counting halves the bound. */
static void fake_tighten(struct nd_model *m, const struct nd_json *args, const atomic_bool *stop,
                         int64_t *microusd)
{
    (void)args, (void)stop;
    int64_t counted = ((struct fake *)m)->bound / 2;
    if (counted < *microusd) *microusd = counted;
}

static void fake_close(struct nd_model *m)
{
    ((struct fake *)m)->asked = -1;
}

static const struct nd_model_ops ops = {
    .bound = fake_bound, .ask = fake_ask, .close = fake_close, .tighten = fake_tighten};

static int64_t now_ms;
static int64_t clock_ms(void *ctx)
{
    (void)ctx;
    return now_ms;
}
static const struct nd_host host = {.monotonic_ms = clock_ms};

static struct fake write_model, read_model, fallback;

static struct nd_model *open_roles(bool reads, bool falls_back, bool here)
{
    now_ms = 1000;
    write_model = (struct fake){.base = {&ops}, .name = "w", .bound = 10};
    read_model = (struct fake){.base = {&ops}, .name = "r", .bound = 2};
    fallback = (struct fake){.base = {&ops}, .name = "f", .bound = 5};
    const struct nd_roles roles = {.write = &write_model.base,
                                   .read = reads ? &read_model.base : NULL,
                                   .fallback = falls_back ? &fallback.base : NULL,
                                   .fallback_is_here = here};
    return nd_roles_open(&roles, &host);
}

/* Who answered ("-" for an error answer), or NULL when the result is `wanted` and no answer. */
static const char *ask_as(struct nd_model *m, const char *args_text, enum nd_rc wanted)
{
    static char by[8];
    struct nd_json *args = NULL, *seen = NULL;
    int64_t cost = -1, wait = -1;
    struct nd_error err = {0};
    nd_ck_ok(nd_json_parse(&args, nd_view_of(args_text), &err), &err);
    nd_ck_rc(m->ops->ask(m, args, NULL, &seen, &cost, &wait, &err), wanted, &err);
    nd_json_free(args);
    ck_assert((wanted == ND_OK) == (seen != NULL));
    if (!seen) return NULL;
    const char *its = nd_json_get_str(seen, "by");
    (void)strncpy(by, its ? its : "-", sizeof by - 1);
    ck_assert_int_eq(cost, its ? 7 : cost);
    nd_json_free(seen);
    return by;
}
#define WRITE "{\"role\":\"write\"}"
#define READ "{\"role\":\"read\"}"

static int64_t bound_of(struct nd_model *m, const char *args_text)
{
    struct nd_json *args = NULL;
    int64_t microusd = -1;
    struct nd_error err = {0};
    nd_ck_ok(nd_json_parse(&args, nd_view_of(args_text), &err), &err);
    nd_ck_ok(m->ops->bound(m, args, NULL, 0, &microusd, &err), &err);
    nd_json_free(args);
    return microusd;
}

static int64_t tightened(struct nd_model *m, const char *args_text)
{
    struct nd_json *args = NULL;
    struct nd_error err = {0};
    int64_t microusd = bound_of(m, args_text);
    nd_ck_ok(nd_json_parse(&args, nd_view_of(args_text), &err), &err);
    m->ops->tighten(m, args, NULL, &microusd);
    nd_json_free(args);
    return microusd;
}

START_TEST(counting_tightens_to_the_dearer)
{
    struct nd_model *m = open_roles(true, true, false);
    ck_assert_int_eq(bound_of(m, WRITE), 10);
    ck_assert_int_eq(tightened(m, WRITE), 5);
    ck_assert_int_eq(bound_of(m, READ), 5);
    ck_assert_int_eq(tightened(m, READ), 2); /* the fallback's half */
    nd_model_close(m);
}
END_TEST

START_TEST(the_guardrail_is_asked_for_its_role_alone)
{
    static struct fake guard;
    (void)open_roles(false, false, false);
    guard = (struct fake){.base = {&ops}, .name = "g", .bound = 3};
    const struct nd_roles roles = {.write = &write_model.base, .guard = &guard.base};
    struct nd_model *m = nd_roles_open(&roles, &host);
    ck_assert_str_eq(ask_as(m, "{\"role\":\"guard\"}", ND_OK), "g");
    ck_assert_str_eq(ask_as(m, WRITE, ND_OK), "w");
    ck_assert_int_eq(bound_of(m, "{\"role\":\"guard\"}"), 3);
    guard.rc = ND_RETRY;
    (void)ask_as(m, "{\"role\":\"guard\"}", ND_RETRY);
    nd_model_close(m);
    ck_assert_int_eq(guard.asked, -1);
}
END_TEST

START_TEST(by_role)
{
    struct nd_model *m = open_roles(true, false, false);
    ck_assert_str_eq(ask_as(m, WRITE, ND_OK), "w");
    ck_assert_str_eq(ask_as(m, READ, ND_OK), "r");
    ck_assert_str_eq(ask_as(m, "{}", ND_OK), "w");
    ck_assert_int_eq(bound_of(m, WRITE), 10);
    ck_assert_int_eq(bound_of(m, READ), 2);
    nd_model_close(m);
    ck_assert_int_eq(write_model.asked, -1);
    m = open_roles(false, false, false);
    ck_assert_ptr_eq(m, &write_model.base);
}
END_TEST

START_TEST(the_bound_is_that_of_the_dearer)
{
    struct nd_model *m = open_roles(true, true, false);
    ck_assert_int_eq(bound_of(m, WRITE), 10);
    ck_assert_int_eq(bound_of(m, READ), 5);
    ck_assert_int_eq(bound_of(m, "{\"role\":\"read\",\"private\":true}"), 2); /* there it can't stand in */
    nd_model_close(m);
}
END_TEST

START_TEST(a_refused_call_goes_to_the_fallback_and_only_that)
{
    struct nd_model *m = open_roles(false, true, false);
    write_model.refuses = true;
    ck_assert_str_eq(ask_as(m, WRITE, ND_OK), "f");
    write_model.refuses = false;
    ck_assert_str_eq(ask_as(m, WRITE, ND_OK), "w");
    write_model.refuses = fallback.refuses = true;
    ck_assert_str_eq(ask_as(m, WRITE, ND_OK), "-");
    fallback.rc = ND_RETRY; /* then the refusal stands */
    ck_assert_str_eq(ask_as(m, WRITE, ND_OK), "-");
    fallback.rc = ND_UNKNOWN; /* which may have been paid */
    ck_assert_ptr_null(ask_as(m, WRITE, ND_UNKNOWN));
    nd_model_close(m);
}
END_TEST

START_TEST(a_refused_key_is_for_good)
{
    struct nd_model *m = open_roles(true, true, false);
    write_model.rc = ND_CONFIG;
    ck_assert_str_eq(ask_as(m, WRITE, ND_OK), "f");
    now_ms += 10 * ND_AWAY_MS;
    ck_assert_str_eq(ask_as(m, WRITE, ND_OK), "f");
    ck_assert_int_eq(write_model.asked, 1);
    ck_assert_str_eq(ask_as(m, READ, ND_OK), "r");
    fallback.rc = ND_CONFIG;
    ck_assert_ptr_null(ask_as(m, WRITE, ND_CONFIG));
    nd_model_close(m);
}
END_TEST

START_TEST(overload_is_waited_for_a_minute_and_left_for_five)
{
    struct nd_model *m = open_roles(false, true, false);
    write_model.rc = ND_RETRY;
    ck_assert_ptr_null(ask_as(m, WRITE, ND_RETRY));
    now_ms += ND_OVERLOADED_MS - 1;
    ck_assert_ptr_null(ask_as(m, WRITE, ND_RETRY));
    now_ms += 1;
    ck_assert_str_eq(ask_as(m, WRITE, ND_OK), "f");
    now_ms += ND_AWAY_MS - 1;
    ck_assert_str_eq(ask_as(m, WRITE, ND_OK), "f");
    ck_assert_int_eq(write_model.asked, 3);
    now_ms += 1;
    write_model.rc = ND_OK;
    ck_assert_str_eq(ask_as(m, WRITE, ND_OK), "w");
    write_model.rc = ND_RETRY; /* one good answer, and the minute begins anew */
    ck_assert_ptr_null(ask_as(m, WRITE, ND_RETRY));
    nd_model_close(m);
}
END_TEST

START_TEST(one_that_is_not_there_is_waited_for_while_another_may_stand_in)
{
    struct nd_error err = {0};
    struct nd_json *seen = NULL, *args = nd_json_object();
    int64_t cost = 0, wait_ms = -1;
    struct nd_model *m = open_roles(false, true, false);
    write_model.rc = ND_RETRY;
    nd_ck_rc(m->ops->ask(m, args, NULL, &seen, &cost, &wait_ms, &err), ND_RETRY, &err);
    ck_assert_int_eq(wait_ms, 2000); /* 0 would end the run's first call before the minute is over */
    nd_json_free(args);
    nd_model_close(m);
}
END_TEST

START_TEST(two_lost_answers_in_a_row)
{
    struct nd_model *m = open_roles(false, true, false);
    write_model.rc = ND_UNKNOWN;
    ck_assert_ptr_null(ask_as(m, WRITE, ND_UNKNOWN));
    ck_assert_ptr_null(ask_as(m, WRITE, ND_UNKNOWN)); /* the engine books it before anybody is asked again */
    ck_assert_str_eq(ask_as(m, WRITE, ND_OK), "f");
    nd_model_close(m);
}
END_TEST

START_TEST(private_text_goes_to_no_fallback_elsewhere)
{
#define PRIVATE "{\"role\":\"write\",\"private\":true}"
    struct nd_model *m = open_roles(false, true, false);
    write_model.refuses = true;
    ck_assert_str_eq(ask_as(m, PRIVATE, ND_OK), "-");
    write_model.rc = ND_CONFIG;
    ck_assert_ptr_null(ask_as(m, PRIVATE, ND_CONFIG));
    ck_assert_int_eq(fallback.asked, 0);
    nd_model_close(m);
    m = open_roles(false, true, true);
    write_model.refuses = true;
    ck_assert_str_eq(ask_as(m, PRIVATE, ND_OK), "f");
    write_model.private_only = true; /* kept back: the caller leaves the text out and asks again */
    ck_assert_str_eq(ask_as(m, PRIVATE, ND_OK), "-");
    nd_model_close(m);
}
END_TEST

ND_TEST_MAIN("model/roles", by_role, counting_tightens_to_the_dearer,
             the_guardrail_is_asked_for_its_role_alone, the_bound_is_that_of_the_dearer,
             a_refused_call_goes_to_the_fallback_and_only_that, a_refused_key_is_for_good,
             overload_is_waited_for_a_minute_and_left_for_five,
             one_that_is_not_there_is_waited_for_while_another_may_stand_in, two_lost_answers_in_a_row,
             private_text_goes_to_no_fallback_elsewhere)
