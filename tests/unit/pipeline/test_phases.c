#include "bees.h"
#include "nd_test.h"
#include "nightdesk/base/alloc.h"

#include <string.h>

#define TOPIC "\"topic\": \"Write a report on keeping bee colonies: swarming, feeding and varroa mites.\""

START_TEST(a_whole_run_gives_a_report)
{
    struct bees b;
    bees_open(&b, "{" TOPIC "}");
    bees_run(&b);
    ck_assert_str_eq(bees_title(&b, 0), "Swarming");
    ck_assert_str_eq(bees_title(&b, 1), "Feeding");
    ck_assert_str_eq(bees_title(&b, 2), "Varroa mites");
    for (size_t s = 0; s < 3; s++) ck_assert_uint_ge(bees_claims(&b, s), 1);
    ck_assert(bees_says(&b, "must divide the colony on the same day"));
    ck_assert(bees_says(&b, "a colony that is not treated will die within three years"));
    ck_assert(!bees_says(&b, "tractor"));
    const struct nd_json *report = b.made[ND_FACT_CHECK].json;
    ck_assert_int_eq(nd_json_get_int(nd_json_get(report, "receipt"), "unused", 0), 1);
    const struct nd_json *checks = nd_json_get(report, "checks");
    ck_assert_int_eq(nd_json_get_int(checks, "quotes_verified", -1),
                     nd_json_get_int(checks, "quotes_total", -2));
    const struct nd_json *found = nd_json_at(nd_json_get(b.made[ND_RESEARCH].json, "sub_topics"), 0);
    ck_assert_uint_ge(nd_json_len(nd_json_get(found, "seen")), 1);
    ck_assert_int_ge(nd_json_get_int(nd_json_first(nd_json_get(found, "seen")), "page", 0), 1);
    bees_close(&b);
}
END_TEST

/* The engine may run lanes in any order, in any number of processes: the bytes are the same. */
static void new_desk(struct nd_rehearsal *r)
{
    struct bees *b = r->ctx;
    nd_desk_close(b->desk);
    b->desk = nd_desk_open(&(struct nd_desk_config){.threads = 2});
    r->desk = b->desk;
}

START_TEST(order_and_processes_do_not_matter)
{
    char *bytes[3];
    for (int i = 0; i < 3; i++) {
        struct bees b;
        bees_open(&b, "{" TOPIC "}");
        b.rehearsal.last_lane_first = i == 1;
        b.rehearsal.between = i == 2 ? new_desk : NULL;
        bees_run(&b);
        bytes[i] = bees_bytes(&b);
        bees_close(&b);
    }
    ck_assert_uint_gt(strlen(bytes[0]), 10000);
    ck_assert_str_eq(bytes[1], bytes[0]);
    ck_assert_str_eq(bytes[2], bytes[0]);
    for (int i = 0; i < 3; i++) nd_free(bytes[i]);
}
END_TEST

START_TEST(what_is_not_there_is_said)
{
    struct bees b;
    bees_open(&b, "{\"topic\": \"Tea farming: soil, irrigation and export\"}");
    bees_run(&b);
    const struct nd_json *report = b.made[ND_FACT_CHECK].json;
    ck_assert_uint_eq(nd_json_len(nd_json_get(report, "quotes")), 0);
    ck_assert_uint_eq(bees_sections(&b), 3);
    ck_assert_uint_eq(nd_json_len(nd_json_get(report, "gaps")), 3);
    ck_assert_str_eq(nd_json_get_str(nd_json_at(nd_json_get(report, "sections"), 0), "status"),
                     "nothing_solid");
    char *bytes = bees_bytes(&b);
    ck_assert_ptr_nonnull(strstr(bytes, "No document is cited, so there is no table and no chart."));
    ck_assert_ptr_null(strstr(bytes, "The cited documents"));
    nd_free(bytes);
    bees_close(&b);
}
END_TEST

START_TEST(the_request_is_obeyed_or_the_notes_say_so)
{
    struct bees b;
    bees_open(&b,
              "{" TOPIC
              ", \"tone\": \"cheerful\", \"audience\": \"children\", \"forbidden_terms\": [\"formic acid\"],"
              " \"must_cover\": [\"wintering\", \"zeppelins\"]}");
    bees_run(&b);
    ck_assert(!bees_says(&b, "Formic acid"));
    ck_assert_str_eq(bees_title(&b, 3), "Wintering");
    ck_assert_uint_ge(bees_claims(&b, 3), 1);
    char *bytes = bees_bytes(&b);
    ck_assert_ptr_nonnull(strstr(bytes, "The tone asked for (cheerful) was not obeyed"));
    ck_assert_ptr_nonnull(strstr(bytes, "The audience asked for (children) was not obeyed"));
    ck_assert_ptr_nonnull(
        strstr(bytes, "Asked to cover 'zeppelins': it was looked for, and nothing solid was found."));
    ck_assert_ptr_null(strstr(bytes, "Asked to cover 'wintering'"));
    const struct nd_json *points =
        nd_json_get(nd_json_get(b.made[ND_FACT_CHECK].json, "receipt"), "must_cover");
    const struct nd_json *winter = nd_json_at(points, 0), *zeppelins = nd_json_at(points, 1);
    ck_assert_str_eq(nd_json_get_str(winter, "point"), "wintering");
    ck_assert(nd_json_get_bool(winter, "covered", false));
    ck_assert_str_eq(nd_json_get_str(winter, "section"), "s4");
    ck_assert(!nd_json_get_bool(zeppelins, "covered", true));
    ck_assert_str_eq(nd_json_get_str(zeppelins, "section"), "s5");
    nd_free(bytes);
    bees_close(&b);
}
END_TEST

START_TEST(a_point_is_covered_by_the_section_about_it)
{
    struct bees b;
    bees_open(
        &b,
        "{\"topic\": \"Bees\", \"outline\": [{\"title\": \"Stores\", \"question\": \"How much stores "
        "does a colony need in winter?\"}, {\"title\": \"Winter\", \"question\": \"Must American foulbrood "
        "be reported?\"}], \"must_cover\": [\"winter\"]}");
    bees_run(&b);
    ck_assert_uint_ge(bees_claims(&b, 1), 1);
    const struct nd_json *points =
        nd_json_get(nd_json_get(b.made[ND_FACT_CHECK].json, "receipt"), "must_cover");
    ck_assert_str_eq(nd_json_get_str(nd_json_first(points), "section"), "s2");
    bees_close(&b);
}
END_TEST

START_TEST(the_users_outline_is_the_plan)
{
    struct bees b;
    bees_open(&b, "{\"topic\": \"Bees\", \"outline\": [{\"title\": \"Winter\", \"question\": \"How much "
                  "stores does a colony need in "
                  "winter?\", \"pin\": [\"handbook.pdf\"]}, {\"title\": \"Foulbrood\"}]}");
    bees_run(&b);
    ck_assert_uint_eq(bees_sections(&b), 2);
    ck_assert_str_eq(bees_title(&b, 0), "Winter");
    ck_assert(bees_says(&b, "at least 15 kilograms of stores"));
    ck_assert(bees_says(&b, "American foulbrood must be reported"));
    bees_close(&b);
}
END_TEST

/* ---- gates ---- */

static void run_edited(struct bees *b, const char *gate, const char *edit)
{
    char *request = nd_sprintf("{" TOPIC ", \"sub_topics\": 3, \"approve\": [\"%s\"]}", gate);
    bees_open(b, request);
    b->edit = edit;
    bees_run(b);
    nd_free(request);
}

START_TEST(the_plan_can_be_changed)
{
    struct bees b;
    run_edited(&b, "plan", "s/Swarming/Swarm cells");
    ck_assert_str_eq(bees_title(&b, 0), "Swarm cells");
    ck_assert_uint_ge(bees_claims(&b, 0), 1);
    bees_close(&b);
    run_edited(&b, "plan", "d/Feeding");
    ck_assert_uint_eq(bees_sections(&b), 2);
    ck_assert_str_eq(bees_title(&b, 1), "Varroa mites");
    bees_close(&b);
    run_edited(&b, "plan", "+new Wintering");
    ck_assert_str_eq(bees_title(&b, 3), "Wintering");
    ck_assert(bees_says(&b, "15 kilograms"));
    bees_close(&b);
    run_edited(&b, "plan", "+    exclude: 2");
    ck_assert_str_eq(bees_title(&b, 2), "Varroa mites");
    ck_assert_uint_eq(bees_claims(&b, 2), 0);
    bees_close(&b);
}
END_TEST

START_TEST(the_outline_can_be_changed)
{
    struct bees b;
    run_edited(&b, "outline", "s/Feeding/Syrup");
    ck_assert_str_eq(bees_title(&b, 1), "Syrup");
    bees_close(&b);
    run_edited(&b, "outline", "d/must divide the colony");
    ck_assert(!bees_says(&b, "must divide the colony"));
    ck_assert_uint_eq(bees_sections(&b), 3);
    bees_close(&b);
    run_edited(&b, "outline", "+new Foulbrood");
    ck_assert_str_eq(bees_title(&b, 3), "Foulbrood");
    ck_assert(bees_says(&b, "American foulbrood must be reported"));
    bees_close(&b);
    run_edited(&b, "outline", "+exclude: 2");
    ck_assert(!bees_says(&b, "varroa mites"));
    bees_close(&b);
}
END_TEST

START_TEST(a_statement_can_be_dropped_at_the_end)
{
    struct bees b;
    run_edited(&b, "final", "d/must divide the colony");
    ck_assert(!bees_says(&b, "must divide the colony"));
    const struct nd_json *checks = nd_json_get(b.made[ND_FACT_CHECK].json, "checks");
    ck_assert_int_ge(nd_json_get_int(checks, "claims_removed", 0), 1);
    bees_close(&b);
}
END_TEST

START_TEST(sending_back_gives_another_version)
{
    static const char *const gates[] = {"plan", "outline", "final"};
    for (size_t i = 0; i < 3; i++) {
        struct bees b;
        run_edited(&b, gates[i], "r");
        ck_assert_uint_eq(b.asked, 2);
        ck_assert_uint_ge(bees_sections(&b), 3);
        bees_close(&b);
    }
}
END_TEST

START_TEST(a_person_is_asked_about_what_is_not_found)
{
    static const struct {
        const char *answer;
        size_t sections;
        bool found;
    } rows[] = {{"leave out", 1, false}, {"gap", 2, false}, {"foulbrood", 2, true}};
    for (size_t i = 0; i < 3; i++) {
        struct bees b;
        bees_open(&b, "{\"topic\": \"Bees\", \"outline\": [{\"title\": \"Swarming\"}, {\"title\": \"Plague "
                      "of larvae\"}], \"ask\": true}");
        b.edit = rows[i].answer;
        bees_run(&b);
        ck_assert_uint_eq(b.asked, 1);
        ck_assert_uint_eq(bees_sections(&b), rows[i].sections);
        ck_assert_int_eq(bees_says(&b, "American foulbrood"), rows[i].found);
        bees_close(&b);
    }
}
END_TEST

/* ---- a run that stops ---- */

START_TEST(a_stopped_run_leaves_a_report_of_what_there_is)
{
    for (unsigned steps = 1; steps < 9; steps++) {
        struct bees b;
        bees_open(&b, "{" TOPIC "}");
        b.rehearsal.stop_after = steps;
        bees_run(&b);
        const struct nd_json *report = b.made[ND_FACT_CHECK].json;
        ck_assert(nd_json_get_bool(report, "partial", false));
        ck_assert_str_eq(nd_json_get_str(report, "outcome"), "limit_reached");
        ck_assert_uint_ge(bees_sections(&b), 3);
        if (steps < 4) ck_assert_uint_ge(nd_json_len(nd_json_get(report, "gaps")), 3);
        bees_close(&b);
    }
}
END_TEST

ND_TEST_MAIN("pipeline/phases", a_whole_run_gives_a_report, order_and_processes_do_not_matter,
             what_is_not_there_is_said, the_request_is_obeyed_or_the_notes_say_so,
             a_point_is_covered_by_the_section_about_it, the_users_outline_is_the_plan,
             the_plan_can_be_changed, the_outline_can_be_changed, a_statement_can_be_dropped_at_the_end,
             sending_back_gives_another_version, a_person_is_asked_about_what_is_not_found,
             a_stopped_run_leaves_a_report_of_what_there_is)
