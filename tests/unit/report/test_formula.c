/* Formulas, units and rounding. */
#include "nd_test.h"

#include "nightdesk/report/formula.h"

static const struct {
    const char *op, *unit;
    struct nd_amount args[3];
    size_t n;
    double value;
} right[] = {
    {"sum", "km", {{1, "km"}, {2.5, "km"}, {3, "km"}}, 3, 6.5},
    {"mean", "", {{1, NULL}, {2, ""}}, 2, 1.5},
    {"difference", "days", {{10, "day"}, {4, "days"}}, 2, 6},
    {"ratio", "", {{6, "km"}, {4, "km"}}, 2, 1.5},
    {"ratio", "%", {{1, "m"}, {4, "m"}}, 2, 25},
    {"ratio", "×", {{6, "m"}, {2, "m"}}, 2, 3},
    {"change", "%", {{80, ""}, {100, ""}}, 2, 25},
    {"change", "per cent", {{100, "EUR"}, {80, "€"}}, 2, -20},
    {"convert", "minutes", {{1.5, "h"}}, 1, 90},
    {"convert", "km", {{250, "m"}}, 1, 0.25},
    {"convert", "KiB", {{1, "MiB"}}, 1, 1024},
};

START_TEST(computes)
{
    for (size_t i = 0; i < sizeof right / sizeof right[0]; i++) {
        struct nd_error err = {0};
        double value = 0;
        nd_ck_ok(nd_formula_value(right[i].op, right[i].args, right[i].n, right[i].unit, &value, &err), &err);
        ck_assert_double_eq_tol(value, right[i].value, 1e-12);
    }
}
END_TEST

static const struct {
    const char *op, *unit;
    struct nd_amount args[2];
    size_t n;
    const char *note;
} wrong[] = {
    {"sum", "km", {{1, "km"}, {2, "m"}}, 2, "argument in 'm', wanted 'km'"},
    {"sum", "m", {{1, "km"}, {2, "km"}}, 2, "argument in 'km', wanted 'm'"},
    {"sum", "", {{0, NULL}}, 0, "wanted one or more"},
    {"difference", "", {{1, NULL}}, 1, "wanted 2"},
    {"ratio", "", {{1, "km"}, {1, "h"}}, 2, "two units"},
    {"ratio", "", {{1, ""}, {0, ""}}, 2, "divides by zero"},
    {"ratio", "km", {{1, ""}, {2, ""}}, 2, "wanted 'none, × or %'"},
    {"change", "", {{1, ""}, {2, ""}}, 2, "wanted '%'"},
    {"convert", "kg", {{1, "km"}}, 1, "not of one kind"},
    {"convert", "EUR", {{1, "USD"}}, 1, "not of one kind"},
    {"product", "", {{1, ""}, {2, ""}}, 2, "formula is 'product'"},
    {"sum", "", {{1.7e308, ""}, {1.7e308, ""}}, 2, "overflows"},
};

START_TEST(refuses)
{
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        struct nd_error err = {0};
        double value = 0;
        nd_ck_rc(nd_formula_value(wrong[i].op, wrong[i].args, wrong[i].n, wrong[i].unit, &value, &err),
                 ND_BAD_INPUT, &err);
        nd_ck_note(&err, wrong[i].note);
    }
}
END_TEST

START_TEST(finds_units_in_text)
{
    ck_assert(nd_unit_named(ND_VIEW("every 30 minutes"), "min"));
    ck_assert(nd_unit_named(ND_VIEW("within 5min"), "minutes"));
    ck_assert(nd_unit_named(ND_VIEW("94.1 per cent"), "%"));
    ck_assert(nd_unit_named(ND_VIEW("costs €5"), "euros"));
    ck_assert(nd_unit_named(ND_VIEW("20.5 km/h, stops included"), "km/h"));
    ck_assert(nd_unit_named(ND_VIEW("三十分钟以内"), "分钟"));
    ck_assert(!nd_unit_named(ND_VIEW("a minimum of 30"), "min"));
    ck_assert(!nd_unit_named(ND_VIEW("30 days"), "hours"));
    ck_assert(!nd_unit_named(ND_VIEW("5 µm"), "m"));
    ck_assert(!nd_unit_named(ND_VIEW(""), "m"));
    ck_assert(nd_unit_same("KB", "kilobytes"));
    ck_assert(!nd_unit_same("KB", "KiB"));
    ck_assert(nd_unit_same(NULL, ""));
    ck_assert(nd_unit_same("Passengers", "passengers"));
}
END_TEST

START_TEST(shows_values_rounded)
{
    ck_assert(nd_value_shown(ND_VIEW("6.5"), 6.539833531510107));
    ck_assert(!nd_value_shown(ND_VIEW("6.6"), 6.539833531510107));
    ck_assert(nd_value_shown(ND_VIEW("7 %"), 6.539833531510107));
    ck_assert(nd_value_shown(ND_VIEW("8,960,000"), 8960000));
    ck_assert(!nd_value_shown(ND_VIEW("8,960,001"), 8960000));
    ck_assert(nd_value_shown(ND_VIEW("-20"), -20));
    ck_assert(!nd_value_shown(ND_VIEW("20"), -20));
    ck_assert(!nd_value_shown(ND_VIEW("many"), 1));
    ck_assert(nd_value_shown(ND_VIEW("0.1"), 0.1));
}
END_TEST

ND_TEST_MAIN("report/formula", computes, refuses, finds_units_in_text, shows_values_rounded)
