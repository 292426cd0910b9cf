/* Which answers are tried again, after how long, and for how long in all. */
#include "nd_test.h"
#include "retry.h"

#include <string.h>

START_TEST(every_row_of_the_table_is_reached)
{
    for (unsigned i = 0; i < nd_retry_rule_count; i++) {
        const struct nd_retry_rule *rule = &nd_retry_rules[i];
        int status = rule->code ? 400 : rule->status_min;
        struct nd_verdict verdict = nd_retry_verdict(status, rule->code ? rule->code : "");
        ck_assert_msg(verdict.kind == rule->verdict.kind && verdict.rc == rule->verdict.rc, "row %u (%s, %d)",
                      i, rule->code ? rule->code : "any", status);
    }
}
END_TEST

START_TEST(the_code_counts_before_the_status)
{
    static const struct {
        int status;
        const char *code;
        enum nd_retry_kind kind;
        enum nd_rc rc;
    } rows[] = {
        {200, "", ND_ANSWER_FINE, ND_OK},
        {204, "", ND_ANSWER_FINE, ND_OK},
        {400, "ThrottlingException", ND_ANSWER_THROTTLED, ND_RETRY},
        {503, "SlowDown", ND_ANSWER_THROTTLED, ND_RETRY},
        {429, "Whatever", ND_ANSWER_THROTTLED, ND_RETRY},
        {500, "", ND_ANSWER_TRANSIENT, ND_UNKNOWN},
        {502, "Bad Gateway", ND_ANSWER_TRANSIENT, ND_UNKNOWN},
        {400, "RequestTimeout", ND_ANSWER_TRANSIENT, ND_UNKNOWN},
        {400, "ExpiredTokenException", ND_ANSWER_EXPIRED, ND_CONFIG},
        {403, "RequestTimeTooSkewed", ND_ANSWER_SKEWED, ND_CONFIG},
        {400, "ConditionalCheckFailedException", ND_ANSWER_FINAL, ND_CONFLICT},
        {412, "PreconditionFailed", ND_ANSWER_FINAL, ND_CONFLICT},
        {409, "ConditionalRequestConflict", ND_ANSWER_THROTTLED, ND_RETRY},
        {404, "NoSuchKey", ND_ANSWER_FINAL, ND_NOT_FOUND},
        {404, "NoSuchBucket", ND_ANSWER_FINAL, ND_CONFIG},
        {404, "", ND_ANSWER_FINAL, ND_NOT_FOUND},
        {403, "", ND_ANSWER_FINAL, ND_CONFIG},
        {301, "PermanentRedirect", ND_ANSWER_FINAL, ND_CONFIG},
        {400, "ValidationException", ND_ANSWER_FINAL, ND_BAD_INPUT},
        {100, "", ND_ANSWER_FINAL, ND_BROKEN},
        {0, "NeverHeardOf", ND_ANSWER_FINAL, ND_BROKEN},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct nd_verdict found = nd_retry_verdict(rows[i].status, rows[i].code);
        ck_assert_msg(found.kind == rows[i].kind && found.rc == rows[i].rc, "%d %s gives %d, %s",
                      rows[i].status, rows[i].code, (int)found.kind, nd_rc_word(found.rc));
    }
}
END_TEST

START_TEST(waits_double_up_to_a_ceiling_and_are_drawn_below_it)
{
    const uint32_t most = UINT32_MAX;
    ck_assert_int_eq(nd_retry_wait_ms(1000, 1, 0, -1), 0);
    ck_assert_int_eq(nd_retry_wait_ms(1000, 1, most / 2, -1), 499);
    ck_assert_int_eq(nd_retry_wait_ms(1000, 1, most, -1), 999);
    ck_assert_int_eq(nd_retry_wait_ms(1000, 2, most, -1), 1999);
    ck_assert_int_eq(nd_retry_wait_ms(25, 3, most, -1), 99);
    ck_assert_int_eq(nd_retry_wait_ms(1000, 6, most, -1), 19999);
    ck_assert_int_eq(nd_retry_wait_ms(1000, 4000000000U, most, -1), 19999);
}
END_TEST

START_TEST(what_the_answer_asks_for_counts_within_bounds)
{
    ck_assert_int_eq(nd_retry_wait_ms(1000, 1, UINT32_MAX, 300), 999); /* less than what was drawn */
    ck_assert_int_eq(nd_retry_wait_ms(1000, 1, 0, 300), 300);
    ck_assert_int_eq(nd_retry_wait_ms(1000, 1, 0, 3600000), 5000); /* five seconds more than drawn at most */
    ck_assert_int_eq(nd_retry_wait_ms(1000, 1, UINT32_MAX, 3600000), 5999);
    ck_assert_int_eq(nd_retry_wait_ms(1000, 1, 0, INT64_MAX), 5000);
}
END_TEST

START_TEST(the_quota_ends_and_comes_back)
{
    struct nd_retry_quota q;
    int retries = 0;
    nd_retry_quota_init(&q);
    while (nd_retry_quota_take(&q, ND_RETRY_COST)) retries++;
    ck_assert_int_eq(retries, ND_RETRY_QUOTA / ND_RETRY_COST);
    ck_assert(nd_retry_quota_take(&q, ND_RETRY_COST_THROTTLED)); /* 500 - 35 * 14 = 10 */
    ck_assert(nd_retry_quota_take(&q, ND_RETRY_COST_THROTTLED));
    ck_assert(!nd_retry_quota_take(&q, 1));
    nd_retry_quota_give(&q, 0);
    ck_assert(nd_retry_quota_take(&q, 1));
    nd_retry_quota_give(&q, ND_RETRY_COST);
    ck_assert(nd_retry_quota_take(&q, ND_RETRY_COST));
    for (int i = 0; i < 10; i++) nd_retry_quota_give(&q, ND_RETRY_QUOTA);
    ck_assert_int_eq(q.tokens, ND_RETRY_QUOTA);
    nd_retry_quota_release(&q);
}
END_TEST

ND_TEST_MAIN("aws/retry", every_row_of_the_table_is_reached, the_code_counts_before_the_status,
             waits_double_up_to_a_ceiling_and_are_drawn_below_it,
             what_the_answer_asks_for_counts_within_bounds, the_quota_ends_and_comes_back)
