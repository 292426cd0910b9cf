#include "nd_test.h"
#include "nightdesk/base/hash.h"
#include "nightdesk/base/host.h"

#include <string.h>

START_TEST(times_are_written_and_read_back)
{
    static const struct {
        int64_t ms;
        const char *text;
    } rows[] = {
        {0, "1970-01-01T00:00:00Z"},
        {999, "1970-01-01T00:00:00Z"},
        {-1, "1969-12-31T23:59:59Z"},
        {-1000, "1969-12-31T23:59:59Z"},
        {951782400000, "2000-02-29T00:00:00Z"},
        {1795500000000, "2026-11-24T06:00:00Z"},
        {4107542399000, "2100-02-28T23:59:59Z"},
        {253402300799000, "9999-12-31T23:59:59Z"},
        {-62167219200000, "0000-01-01T00:00:00Z"},
    };
    struct nd_error err = {0};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        char text[ND_TIME_BYTES];
        int64_t ms = 0;
        nd_time_format(rows[i].ms, text);
        ck_assert_str_eq(text, rows[i].text);
        nd_ck_ok(nd_time_parse(text, &ms, &err), &err);
        ck_assert_int_le(ms, rows[i].ms);
        ck_assert_int_gt(ms, rows[i].ms - 1000);
    }
}
END_TEST

START_TEST(times_out_of_range_stay_four_digit_years)
{
    char text[ND_TIME_BYTES];
    nd_time_format(INT64_MAX, text);
    ck_assert_str_eq(text, "9999-12-31T23:59:59Z");
    nd_time_format(INT64_MIN, text);
    ck_assert_str_eq(text, "0000-01-01T00:00:00Z");
}
END_TEST

START_TEST(offsets_count_and_fractions_are_dropped)
{
    struct nd_error err = {0};
    static const char *const same[] = {
        "2026-11-24T06:00:00Z",      "2026-11-24T06:00:00.999Z",       "2026-11-24T08:30:00+02:30",
        "2026-11-23T23:00:00-07:00", "2026-11-24T06:00:00.1234+00:00", "2026-11-24T05:59:60Z",
    };
    for (size_t i = 0; i < sizeof same / sizeof same[0]; i++) {
        int64_t ms = 0;
        nd_ck_ok(nd_time_parse(same[i], &ms, &err), &err);
        ck_assert_int_eq(ms, 1795500000000);
    }
}
END_TEST

START_TEST(other_forms_are_refused)
{
    static const char *const bad[] = {
        "",
        "2026",
        "2026-11-24",
        "2026-11-24T06:00:00",
        "2026-11-24 06:00:00Z",
        "2026-11-24t06:00:00z",
        "2026-13-01T00:00:00Z",
        "2026-00-01T00:00:00Z",
        "2026-02-29T00:00:00Z",
        "2100-02-29T00:00:00Z",
        "2026-04-31T00:00:00Z",
        "2026-04-00T00:00:00Z",
        "2026-11-24T24:00:00Z",
        "2026-11-24T06:60:00Z",
        "2026-11-24T06:00:61Z",
        "2026-11-24T06:00:00.Z",
        "2026-11-24T06:00:00+2:00",
        "2026-11-24T06:00:00+0200",
        "2026-11-24T06:00:00+24:00",
        "2026-11-24T06:00:00Z ",
        " 2026-11-24T06:00:00Z",
        "02026-11-24T06:00:00Z",
        "-026-11-24T06:00:00Z",
    };
    struct nd_error err = {0};
    int64_t ms = 7;
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        nd_ck_rc(nd_time_parse(bad[i], &ms, &err), ND_BAD_INPUT, &err);
        nd_ck_note(&err, bad[i]);
    }
    nd_ck_rc(nd_time_parse(NULL, &ms, &err), ND_BAD_INPUT, &err);
    ck_assert_int_eq(ms, 7);
}
END_TEST

START_TEST(the_real_host_has_clocks_and_sleeps)
{
    const struct nd_host *host = nd_host_posix();
    ck_assert_int_gt(host->now_ms(host->ctx), 1700000000000);
    int64_t start = host->monotonic_ms(host->ctx);
    host->sleep_ms(host->ctx, 30);
    host->sleep_ms(host->ctx, 0);
    host->sleep_ms(host->ctx, -5);
    int64_t passed = host->monotonic_ms(host->ctx) - start;
    ck_assert_int_ge(passed, 29);
    ck_assert_int_lt(passed, 20000);
}
END_TEST

START_TEST(random_ids_are_hex_and_differ)
{
    const struct nd_host *host = nd_host_posix();
    struct nd_error err = {0};
    char a[33];
    char b[33];
    nd_ck_ok(nd_random_id(host, a, &err), &err);
    nd_ck_ok(nd_random_id(host, b, &err), &err);
    ck_assert(nd_is_hex(a, 32));
    ck_assert(nd_is_hex(b, 32));
    ck_assert_str_ne(a, b);
}
END_TEST

static enum nd_rc counting_bytes(void *ctx, uint8_t *out, size_t len, struct nd_error *err)
{
    if (!ctx) return nd_fail(err, ND_BROKEN, "no random bytes today");
    for (size_t i = 0; i < len; i++) out[i] = (uint8_t)i;
    return ND_OK;
}

START_TEST(ids_are_made_of_the_hosts_bytes)
{
    char id[33] = "kept";
    struct nd_error err = {0};
    struct nd_host host = {.random = counting_bytes};
    nd_ck_rc(nd_random_id(&host, id, &err), ND_BROKEN, &err);
    ck_assert_str_eq(id, "kept");
    host.ctx = &host;
    nd_ck_ok(nd_random_id(&host, id, &err), &err);
    ck_assert_str_eq(id, "000102030405060708090a0b0c0d0e0f");
}
END_TEST

ND_TEST_MAIN("base/host", times_are_written_and_read_back, times_out_of_range_stay_four_digit_years,
             offsets_count_and_fractions_are_dropped, other_forms_are_refused,
             the_real_host_has_clocks_and_sleeps, random_ids_are_hex_and_differ,
             ids_are_made_of_the_hosts_bytes)
