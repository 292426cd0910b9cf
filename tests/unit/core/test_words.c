/* outcomes, exit statuses, suggestions, money, schemas, artefacts */
#include "nd_test.h"
#include "nightdesk/core/money.h"
#include "nightdesk/core/outcome.h"
#include "nightdesk/core/phase.h"
#include "nightdesk/core/schema.h"
#include "nightdesk/core/suggest.h"

START_TEST(outcome_words_and_statuses)
{
    for (unsigned i = 0; i < ND_OUTCOMES; i++) {
        enum nd_outcome back = ND_OUTCOMES;
        ck_assert(nd_outcome_parse(nd_outcome_word((enum nd_outcome)i), &back));
        ck_assert_uint_eq(back, i);
    }
    enum nd_outcome none = ND_FAILED;
    ck_assert(!nd_outcome_parse("done", &none));
    ck_assert(!nd_outcome_parse(NULL, &none));
    ck_assert_int_eq(nd_exit_of_outcome(ND_COMPLETED), 0);
    ck_assert_int_eq(nd_exit_of_outcome(ND_FAILED), 1);
    ck_assert_int_eq(nd_exit_of_outcome(ND_BUDGET_EXCEEDED), 3);
    ck_assert_int_eq(nd_exit_of_outcome(ND_LIMIT_REACHED), 4);
    ck_assert_int_eq(nd_exit_of_outcome(ND_AWAITING_APPROVAL), 5);
    ck_assert_int_eq(nd_exit_of_outcome(ND_AWAITING_ANSWER), 5);
    ck_assert_int_eq(nd_exit_of_outcome(ND_REJECTED), 6);
    ck_assert_int_eq(nd_exit_of_outcome(ND_CANCELLED), 6);
    ck_assert_int_eq(nd_exit_of_outcome(ND_EXPIRED), 6);
    ck_assert_int_eq(nd_exit_of_rc(ND_BAD_INPUT), 2);
    ck_assert_int_eq(nd_exit_of_rc(ND_LOST_LEASE), 8);
    ck_assert_int_eq(nd_exit_of_rc(ND_FULL), 75);
    ck_assert_int_eq(nd_exit_of_rc(ND_UNKNOWN), 75);
    ck_assert_int_eq(nd_exit_of_rc(ND_VERSION), 78);
    ck_assert_int_eq(nd_exit_of_rc(ND_BROKEN), 1);
}
END_TEST

static const char *nearest(const char *written)
{
    static const char *const known[] = {"budget", "topic", "sub-topics", "run", "resume", "approve"};
    struct nd_suggestion s = nd_suggestion_for(written);
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) nd_suggest(&s, known[i]);
    return s.best;
}

START_TEST(suggestions_are_near_or_absent)
{
    ck_assert_str_eq(nearest("budgte"), "budget");
    ck_assert_str_eq(nearest("BUDGET"), "budget");
    ck_assert_str_eq(nearest("sub_topics"), "sub-topics");
    ck_assert_str_eq(nearest("aprove"), "approve");
    ck_assert_str_eq(nearest("rnu"), "run");
    ck_assert_ptr_null(nearest("quote"));
    ck_assert_ptr_null(nearest(""));
    ck_assert_ptr_null(nearest("a-word-of-more-than-sixty-three-letters-is-never-near-to-any-other-word"));
}
END_TEST

START_TEST(money_as_text)
{
    static const struct {
        int64_t microusd;
        const char *text;
    } rows[] = {{0, "$0.00"},           {1, "$0.000001"},       {10, "$0.00001"},  {2500000, "$2.50"},
                {1234567, "$1.234567"}, {100000000, "$100.00"}, {-5, "-$0.000005"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[ND_MONEY_BYTES];
        nd_money_format(rows[i].microusd, text);
        ck_assert_str_eq(text, rows[i].text);
    }
    int64_t value = 0;
    ck_assert(nd_money_parse(ND_VIEW("007.5"), &value) && value == 7500000);
    const char *const bad[] = {"",    ".",   "5.",        ".5", "-1",           "+1",
                               "1e3", "1,5", "1.0000000", " 1", "9223372036854"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        ck_assert_msg(!nd_money_parse(nd_view_of(bad[i]), &value), "'%s' was taken as money", bad[i]);
    }
    ck_assert(nd_money_of_number(0.07, &value) && value == 70000);
    ck_assert(!nd_money_of_number(0.0000005, &value));
    ck_assert(!nd_money_of_number(-0.01, &value));
}
END_TEST

START_TEST(schemas)
{
    static const struct {
        const char *text;
        enum nd_rc rc;
    } rows[] = {
        {"{\"schema\":\"nightdesk.x/1\"}", ND_OK},
        {"{\"schema\":\"nightdesk.x/2\"}", ND_OK},
        {"{\"schema\":\"nightdesk.x/3\"}", ND_VERSION},
        {"{\"schema\":\"nightdesk.x/0\"}", ND_BAD_INPUT},
        {"{\"schema\":\"nightdesk.xy/1\"}", ND_BAD_INPUT},
        {"{\"schema\":\"nightdesk.x/1a\"}", ND_BAD_INPUT},
        {"{\"schema\":\"nightdesk.x\"}", ND_BAD_INPUT},
        {"{\"schema\":1}", ND_BAD_INPUT},
        {"{}", ND_BAD_INPUT},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct nd_error err = {0};
        struct nd_json *json = NULL;
        nd_ck_ok(nd_json_parse(&json, nd_view_of(rows[i].text), &err), &err);
        nd_ck_rc(nd_schema_check(json, "nightdesk.x", 2, &err), rows[i].rc, &err);
        nd_json_free(json);
    }
}
END_TEST

START_TEST(artefact_files)
{
    struct nd_artefact artefact = {0};
    for (unsigned i = 0; i < 20; i++) nd_bytes_addf(nd_artefact_add(&artefact, "a"), "%u", i);
    ck_assert_uint_eq(artefact.file_count, 20);
    nd_ck_view(nd_bytes_view(&artefact.files[17].bytes), "17");
    nd_artefact_release(&artefact);
    nd_artefact_release(&artefact);
    ck_assert_uint_eq(artefact.file_count, 0);
}
END_TEST

ND_TEST_MAIN("core/words", outcome_words_and_statuses, suggestions_are_near_or_absent, money_as_text, schemas,
             artefact_files)
