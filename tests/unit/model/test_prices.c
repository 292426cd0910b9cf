#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/core/money.h"
#include "nightdesk/model/prices.h"
#include <string.h>

static struct nd_price priced(const char *given)
{
    struct nd_price price;
    struct nd_error err = {0};
    nd_ck_ok(nd_price_find("openai", "any", false, given, &price, &err), &err);
    return price;
}

START_TEST(the_file_is_whole_and_dated)
{
    char *text = nd_test_read(ND_SOURCE_DIR "/pipeline/prices.json");
    struct nd_json *json = NULL;
    struct nd_error err = {0};
    nd_ck_ok(nd_json_parse(&json, nd_view_of(text), &err), &err);
    ck_assert(nd_json_equal(nd_json_get(json, "models"), nd_prices()));
    ck_assert_str_eq(nd_prices_date(), nd_json_get_str(json, "date"));
    ck_assert_uint_eq(strlen(nd_prices_date()), 10);
    ck_assert_uint_ge(nd_json_len(nd_prices()), 5);
    nd_json_free(json);
    nd_free(text);
}
END_TEST

START_TEST(every_row_gives_a_price)
{
    struct nd_error err = {0};
    ND_JSON_EACH(row, nd_prices())
    {
        struct nd_price p;
        const char *model = nd_json_get_str(row, "model");
        ck_assert_ptr_nonnull(nd_json_get_str(row, "source"));
        nd_ck_ok(nd_price_find(nd_json_get_str(row, "provider"), model, true, NULL, &p, &err), &err);
        ck_assert_msg(p.usual.input > 0 && p.usual.output >= p.usual.input && p.usual.cached <= p.usual.input,
                      "%s", model);
        ck_assert_msg(p.margin > 0 && !p.errors_billed, "%s", model);
        bool has_long = nd_json_get(row, "long") != NULL;
        ck_assert_msg(has_long == (p.beyond_tokens > 0), "%s", model);
        if (has_long)
            ck_assert_msg(p.beyond.input > p.usual.input && p.beyond.output > p.usual.output, "%s", model);
    }
}
END_TEST

START_TEST(fresh_input_is_priced_at_the_dearest_rate_until_told)
{
    struct nd_price p;
    struct nd_error err = {0};
    nd_ck_ok(nd_price_find("openai", "gpt-6-luna", true, NULL, &p, &err), &err);
    ck_assert_int_eq(p.usual.input, 100000);
    ck_assert_int_eq(p.usual.cache_write, 125000);
    ck_assert_int_eq(p.usual.cached, 10000);
    ck_assert_int_eq(p.usual.output, 500000);
    struct nd_usage usage = {.input = 1000, .cached = 200, .output = 10, .cache_write = -1};
    ck_assert_int_eq(nd_price_cost(&p, &usage), (800 * 125000 + 200 * 10000 + 10 * 500000) / 1000000);
    usage.cache_write = 300;
    ck_assert_int_eq(nd_price_cost(&p, &usage),
                     (500 * 100000 + 300 * 125000 + 200 * 10000 + 10 * 500000) / 1000000 + 1);
    usage.cache_write = 5000; /* more than there was: clipped */
    ck_assert_int_eq(nd_price_cost(&p, &usage), (800 * 125000 + 200 * 10000 + 10 * 500000) / 1000000);
    ck_assert_int_eq(nd_price_bound(&p, 0, 1000, 10),
                     ((1000 + p.margin) * 125000 + 10 * 500000 + 999999) / 1000000);
}
END_TEST

START_TEST(a_model_without_a_price_names_the_flag)
{
    static const struct {
        const char *provider, *model;
        bool listed;
    } rows[] = {{"openai", "no-such-model", true},
                {"openai", "gpt-4o", false},
                {"other", "gpt-4o", true},
                {"openai", "", true}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct nd_price p;
        struct nd_error err = {0};
        nd_ck_rc(nd_price_find(rows[i].provider, rows[i].model, rows[i].listed, NULL, &p, &err), ND_CONFIG,
                 &err);
        nd_ck_note(&err, "--price IN,OUT");
        nd_ck_note(&err, rows[i].model);
    }
}
END_TEST

START_TEST(given_prices)
{
    static const struct {
        const char *text;
        int64_t input, output;
    } good[] = {{"2.50,10", 2500000, 10000000}, {"0,0", 0, 0},
                {" 1 , 2 ", 1000000, 2000000},  {"0.0375,0.15", 37500, 150000},
                {"0.000001,1", 1, 1000000},     {"10000,10000", ND_RATE_MAX, ND_RATE_MAX}};
    static const char *const bad[] = {"",
                                      ",",
                                      "1",
                                      "1,",
                                      ",1",
                                      "1,2,3",
                                      "a,b",
                                      "-1,2",
                                      "1;2",
                                      "1.0000001,2",
                                      "10000.000001,1",
                                      "1e3,2",
                                      "$1,2",
                                      "99999999999999999999,1",
                                      "0x1,1",
                                      "1..2,3"};
    for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
        struct nd_price p = priced(good[i].text);
        ck_assert_int_eq(p.usual.input, good[i].input);
        ck_assert_int_eq(p.usual.cached, good[i].input);
        ck_assert_int_eq(p.usual.output, good[i].output);
        ck_assert_int_eq(p.beyond_tokens, 0);
    }
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct nd_price p;
        struct nd_error err = {0};
        enum nd_rc rc = nd_price_find("openai", "gpt-4o", true, bad[i], &p, &err);
        ck_assert_msg(rc == ND_BAD_INPUT, "'%s' gave %s", bad[i], nd_rc_word(rc));
        nd_ck_note(&err, "IN,OUT");
    }
}
END_TEST

START_TEST(costs_are_rounded_up)
{
    struct nd_price p = priced("0.15,0.60");
    ck_assert_int_eq(nd_price_cost(&p, &(struct nd_usage){0}), 0);
    ck_assert_int_eq(nd_price_cost(&p, &(struct nd_usage){.input = 1}), 1);                   /* 0.15 */
    ck_assert_int_eq(nd_price_cost(&p, &(struct nd_usage){.input = 20}), 3);                  /* 3.00 */
    ck_assert_int_eq(nd_price_cost(&p, &(struct nd_usage){.input = 21}), 4);                  /* 3.15 */
    ck_assert_int_eq(nd_price_cost(&p, &(struct nd_usage){.input = 1000, .output = 1}), 151); /* 150.60 */
    struct nd_price free_of_charge = priced("0,0");
    ck_assert_int_eq(nd_price_cost(&free_of_charge, &(struct nd_usage){.input = 1000000, .output = 1000}), 0);
}
END_TEST

START_TEST(cached_input_costs_less)
{
    struct nd_price p;
    struct nd_error err = {0};
    nd_ck_ok(nd_price_find("openai", "gpt-4o", true, NULL, &p, &err), &err);
    struct nd_usage usage = {.input = 2000, .cached = 1000, .output = 100};
    ck_assert_int_eq(nd_price_cost(&p, &usage), 2500 + 1250 + 1000);
    usage.cached = 5000; /* more than there was: clipped */
    ck_assert_int_eq(nd_price_cost(&p, &usage), 2500 + 1000);
}
END_TEST

START_TEST(a_long_call_is_priced_whole_at_the_long_rates)
{
    struct nd_price p;
    struct nd_error err = {0};
    nd_ck_ok(nd_price_find("openai", "gpt-6-luna", true, NULL, &p, &err), &err);
    ck_assert_int_eq(
        nd_price_cost(&p, &(struct nd_usage){.input = 272000, .output = 1000, .cache_write = -1}),
        34000 + 500);
    ck_assert_int_eq(
        nd_price_cost(&p, &(struct nd_usage){.input = 272001, .output = 1000, .cache_write = -1}),
        68001 + 750);
    ck_assert_int_ge(nd_price_bound(&p, 0, 272000, 1000), 68000 + 750); /* the margin passes the mark */
}
END_TEST

START_TEST(hostile_counts_do_not_overflow)
{
    struct nd_price p = priced("10000,10000");
    struct nd_usage monstrous = {.input = INT64_MAX, .cached = INT64_MAX, .output = INT64_MAX};
    struct nd_usage negative = {.input = -5, .cached = -5, .output = -5};
    ck_assert_int_eq(nd_price_cost(&p, &monstrous), 2 * ND_TOKENS_MAX * (ND_RATE_MAX / 1000000));
    ck_assert_int_eq(nd_price_cost(&p, &negative), 0);
    ck_assert_int_eq(nd_price_bound(&p, INT64_MAX, SIZE_MAX, INT64_MAX),
                     2 * ND_TOKENS_MAX * (ND_RATE_MAX / 1000000));
}
END_TEST

/* Whatever part of the tokens was cached: within the bound when there are no more tokens than it foresaw. */
START_TEST(no_bill_within_the_counts_passes_the_bound)
{
    static const char *const models[] = {"gpt-6.1-sol", "gpt-6-luna", "gpt-4.1", "gpt-4o-mini"};
    uint64_t dice = 12345;
    struct nd_error err = {0};
    for (size_t m = 0; m < 4; m++) {
        struct nd_price p;
        nd_ck_ok(nd_price_find("openai", models[m], true, NULL, &p, &err), &err);
        for (int i = 0; i < 20000; i++) {
            dice = dice * 6364136223846793005u + 1442695040888963407u;
            int64_t known = (int64_t)(dice >> 40) % 300000, bytes = (int64_t)(dice >> 20) % 9000,
                    out = (int64_t)(dice >> 11) % 5000;
            struct nd_usage used = {.input = known + bytes + p.margin - (int64_t)(dice >> 7) % 3,
                                    .cached = (int64_t)(dice >> 13) % (known + bytes + 1),
                                    .output = out};
            ck_assert_int_le(nd_price_cost(&p, &used), nd_price_bound(&p, known, (size_t)bytes, out));
        }
    }
}
END_TEST

START_TEST(fees_of_searches)
{
    ck_assert_int_eq(nd_price_search("tavily"), 8000);
    ck_assert_int_eq(nd_price_search("brave"), 5000);
    ck_assert_int_eq(nd_price_search("searxng"), 0);
    ck_assert_int_eq(nd_price_search("altavista"), 0);
}
END_TEST

ND_TEST_MAIN("model/prices", fees_of_searches, the_file_is_whole_and_dated, every_row_gives_a_price,
             fresh_input_is_priced_at_the_dearest_rate_until_told, a_model_without_a_price_names_the_flag,
             given_prices, costs_are_rounded_up, cached_input_costs_less,
             a_long_call_is_priced_whole_at_the_long_rates, hostile_counts_do_not_overflow,
             no_bill_within_the_counts_passes_the_bound)
