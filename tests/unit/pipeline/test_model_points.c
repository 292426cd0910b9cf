/* Data points by a parrot: what holds against its quotation becomes tables, charts and contradictions. */
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "parrot.h"
#include <string.h>

#define REQUEST                                                                                              \
    "{\"topic\": \"Write a report on keeping bee colonies and tractors.\", \"writer\": \"parrot:grey\", "    \
    "\"questions\": [\"How long does work take?\"]}"

static const char *const quotes[] = {
    "The default inspection interval is 7 days in spring.", "The default treatment time is 14 days.",
    "The oil of a tractor engine should be changed every 250 hours of work.",
    "A colony needs at least 15 kilograms of stores to survive the winter.",
    "A plant for tractor engines costs its owner 5 million euros in every year of work."};
#define QUOTES (sizeof quotes / sizeof *quotes)

/* A point of quotation k: the members behind "evidence". */
struct point {
    size_t k;
    const char *members;
};
struct answer {
    const struct point *points;
    size_t n;
};

static struct nd_json *note_all(unsigned n)
{
    static const char *const opened[] = {"d1", "d2", "d3"};
    char *input = NULL;
    if (n < 3) {
        input = nd_sprintf("{\"id\": \"%s\", \"where\": \"around\"}", opened[n]);
    } else if (n == 3) {
        struct nd_bytes all = ND_BYTES(ND_MIB);
        for (size_t i = 0; i < QUOTES; i++)
            nd_bytes_addf(&all, "%s{\"ids\": [\"s1\"], \"quote\": \"%s\"}", i ? ", " : "", quotes[i]);
        input = nd_sprintf("{\"notes\": [%s]}", all.data);
        nd_bytes_release(&all);
    } else {
        input = nd_strdup("{\"found\": true, \"missing\": \"\"}");
    }
    struct nd_json *seen = parrot_calls_tool(n < 3 ? "open" : n == 3 ? "note" : "finish", input);
    nd_free(input);
    return seen;
}

static struct nd_json *say(void *ctx, const char *job, unsigned n, const struct nd_json *args)
{
    const struct answer *answer = ctx;
    if (strcmp(job, "research") == 0) return note_all(n);
    if (strcmp(job, "points") != 0) return NULL;
    struct nd_bytes said = ND_BYTES(ND_MIB);
    nd_bytes_add_str(&said, "{\"points\": [");
    for (size_t i = 0; i < answer->n; i++) {
        struct nd_view text;
        char id[32] = "e99", its[32];
        for (size_t k = 0; parrot_line(args, k, its, &text); k++)
            if (nd_view_find(text, nd_view_of(quotes[answer->points[i].k]), 0) != SIZE_MAX) strcpy(id, its);
        nd_bytes_addf(&said, "%s{\"evidence\": \"%s\", %s}", i ? ", " : "", id, answer->points[i].members);
    }
    nd_bytes_add_str(&said, "]}");
    struct nd_json *seen = parrot_says(said.data);
    nd_bytes_release(&said);
    return seen;
}

static void rehearse(struct bees *b, struct parrot *parrot, struct answer *answer)
{
    *parrot = (struct parrot){.say = say, .ctx = answer};
    parrot_open(parrot, b, REQUEST);
    bees_run(b);
}

static void done(struct bees *b, struct parrot *parrot)
{
    bees_close(b);
    parrot_close(parrot);
}

/* The exhibit with that title; NULL: none. */
static const struct nd_json *exhibit(const struct bees *b, const char *title)
{
    ND_JSON_EACH(x, nd_json_get(b->made[ND_FACT_CHECK].json, "exhibits"))
    if (strcmp(nd_json_get_str(x, "title"), title) == 0) return x;
    return NULL;
}

static const struct nd_json *cell(const struct nd_json *x, size_t row, size_t column)
{
    return nd_json_at(nd_json_at(nd_json_get(x, "rows"), row), column);
}

START_TEST(points_of_one_measure_become_a_chart_in_one_unit)
{
    static const struct point points[] = {
        {0, "\"entity\": \"Inspection interval\", \"measure\": \"time interval of work\", \"value\": \"7\", "
            "\"unit\": \"days\", \"date\": \"\""},
        {1, "\"entity\": \"treatment time\", \"measure\": \"Time interval of work\", \"value\": \"14\", "
            "\"unit\": "
            "\"days\", \"date\": \"\""},
        {2, "\"entity\": \"oil\", \"measure\": \"time interval of work\", \"value\": \"250\", \"unit\": "
            "\"hours\", "
            "\"date\": \"\""}};
    struct answer answer = {points, 3};
    struct parrot parrot;
    struct bees b;
    rehearse(&b, &parrot, &answer);
    const struct nd_json *x = exhibit(&b, "Time interval of work, in days");
    ck_assert_ptr_nonnull(x);
    ck_assert_str_eq(nd_json_get_str(x, "kind"), "chart");
    ck_assert_uint_eq(nd_json_len(nd_json_get(x, "rows")), 3);
    ck_assert_str_eq(nd_json_get_str(cell(x, 2, 1), "text"), "250");
    ck_assert_str_eq(nd_json_get_str(cell(x, 2, 1), "unit"), "hours");
    ck_assert_ptr_nonnull(nd_json_get_str(cell(x, 2, 1), "quote"));
    ck_assert_str_eq(nd_json_get_str(cell(x, 2, 2), "text"), "10.4");
    ck_assert_str_eq(nd_json_get_str(nd_json_get(cell(x, 2, 2), "formula"), "op"), "convert");
    done(&b, &parrot);
}
END_TEST

START_TEST(points_that_do_not_hold_are_passed_over)
{
    static const struct point points[] = {
        {0,
         "\"entity\": \"inspection interval\", \"measure\": \"time\", \"value\": \"8\", \"unit\": \"days\", "
         "\"date\": \"\""}, /* another number */
        {0, "\"entity\": \"inspection interval\", \"measure\": \"default time\", \"value\": \"7\", \"unit\": "
            "\"weeks\", \"date\": \"\""}, /* another unit */
        {0, "\"entity\": \"queen bee\", \"measure\": \"default time\", \"value\": \"7\", \"unit\": \"days\", "
            "\"date\": \"\""}, /* another thing */
        {0,
         "\"entity\": \"inspection interval\", \"measure\": \"price\", \"value\": \"7\", \"unit\": \"days\", "
         "\"date\": \"\""}, /* a measure of which it says nothing */
        {0, "\"entity\": \"inspection interval\", \"measure\": \"default time\", \"value\": \"7\", \"unit\": "
            "\"days\", \"date\": \"1999\""}, /* a date that is not there */
        {0, "\"entity\": \"inspection interval\", \"measure\": \"default time\", \"value\": \"seven\", "
            "\"unit\": "
            "\"days\", \"date\": \"\""}}; /* no number */
    struct answer answer = {points, 6};
    struct parrot parrot;
    struct bees b;
    rehearse(&b, &parrot, &answer);
    ck_assert_uint_eq(parrot_calls(&parrot, "points"), 2); /* none held: one repair */
    ck_assert(parrot_was_shown(&parrot, 0, "the value 8 stands not in its quotation"));
    ck_assert_ptr_null(exhibit(&b, "Default time, in days"));
    done(&b, &parrot);
}
END_TEST

/* Each alone, since a model is told the first problem. */
START_TEST(what_is_wrong_with_a_point)
{
    static const struct {
        const char *entity, *unit, *problem; /* NULL: it holds */
    } rows[] = {{"plant", "million euros", NULL},
                {"plant", "euros", "power of ten"},
                {"plan", "million euros", "the entity 'plan' stands not in its quotation"},
                {"tractor engines", "million euros", NULL}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *members = nd_sprintf("\"entity\": \"%s\", \"measure\": \"cost of a year\", \"value\": \"5\", "
                                   "\"unit\": \"%s\", \"date\": \"\"",
                                   rows[i].entity, rows[i].unit);
        const struct point point = {4, members};
        struct answer answer = {&point, 1};
        struct parrot parrot;
        struct bees b;
        rehearse(&b, &parrot, &answer);
        ck_assert_msg(parrot_calls(&parrot, "points") == (rows[i].problem ? 2 : 1), "%s in %s",
                      rows[i].entity, rows[i].unit);
        if (rows[i].problem) ck_assert(parrot_was_shown(&parrot, 0, rows[i].problem));
        done(&b, &parrot);
        nd_free(members);
    }
}
END_TEST

START_TEST(values_that_differ_stand_side_by_side)
{
    static const struct point points[] = {{0, "\"entity\": \"default\", \"measure\": \"time of inspection or "
                                              "treatment\", \"value\": \"7\", \"unit\": "
                                              "\"days\", \"date\": \"\""},
                                          {1, "\"entity\": \"default\", \"measure\": \"time of inspection or "
                                              "treatment\", \"value\": \"14\", \"unit\": "
                                              "\"days\", \"date\": \"\""},
                                          {3, "\"entity\": \"colony\", \"measure\": \"stores\", \"value\": "
                                              "\"15\", \"unit\": \"kilograms\", \"date\": "
                                              "\"\""}};
    struct answer answer = {points, 3};
    struct parrot parrot;
    struct bees b;
    rehearse(&b, &parrot, &answer);
    const struct nd_json *list = nd_json_get(b.made[ND_FACT_CHECK].json, "contradictions"), *found = NULL;
    ND_JSON_EACH(d, list)
    if (strstr(nd_json_get_str(d, "label"), "default: time of inspection")) found = d;
    ck_assert_ptr_nonnull(found);
    const struct nd_json *values = nd_json_get(found, "values");
    ck_assert_uint_eq(nd_json_len(values), 2);
    ck_assert_str_eq(nd_json_get_str(nd_json_at(values, 0), "value"), "7");
    ck_assert_str_eq(nd_json_get_str(nd_json_at(values, 1), "value"), "14");
    ck_assert_ptr_nonnull(nd_json_get_str(nd_json_at(values, 1), "quote"));
    ck_assert_ptr_null(exhibit(&b, "Stores, in kilograms")); /* one value is no table */
    done(&b, &parrot);
}
END_TEST

ND_TEST_MAIN("pipeline/model_points", points_of_one_measure_become_a_chart_in_one_unit,
             points_that_do_not_hold_are_passed_over, what_is_wrong_with_a_point,
             values_that_differ_stand_side_by_side)
