/* Charts show their values as they are. */
#include "printed.h"

#include "chart.h"

#include <math.h>
#include <stdlib.h>

/* The number behind `name="` that follows `after` in the SVG. */
static double attribute(struct nd_view svg, const char *after, const char *name)
{
    size_t at = nd_view_find(svg, nd_view_of(after), 0);
    ck_assert_msg(at != SIZE_MAX, "no '%s'", after);
    at = nd_view_find(svg, nd_view_of(name), at);
    ck_assert_msg(at != SIZE_MAX, "no '%s'", name);
    return strtod(svg.data + at + strlen(name), NULL);
}

START_TEST(bars_are_as_long_as_their_values)
{
    make();
    struct nd_view svg = sample_output(&files, "charts/x1.svg");
    double one = attribute(svg, "<title>Line 1", "width=\""),
           two = attribute(svg, "<title>Line 2", "width=\"");
    double four = attribute(svg, "<title>Line 4", "width=\"");
    ck_assert_double_eq_tol(two / one, 5110000.0 / 8960000.0, 0.001);
    ck_assert_double_eq_tol(four / one, 4530000.0 / 8960000.0, 0.001);
    ck_assert_double_eq_tol(attribute(svg, "<title>Line 1", " x=\""),
                            attribute(svg, "<title>Line 2", " x=\""), 0.01);
    ck_assert(holds("charts/x1.svg",
                    "<title id=\"x1-t\">Passengers in 2024 on each line of the Norrby network</title>"));
    ck_assert(holds("charts/x1.svg", "Lowest: Line 4: 4,530,000. Highest: Line 1: 8,960,000."));
    ck_assert(holds("charts/x1.svg", ">Passengers in 2024</text>"));
    ck_assert(holds("charts/x3.svg", ">Speed (km/h)</text>"));
    drop();
}
END_TEST

START_TEST(points_are_as_high_as_their_values)
{
    make();
    struct nd_view svg = sample_output(&files, "charts/x3.svg");
    double low = attribute(svg, "<title>shares its lane", "cy=\""),
           middle = attribute(svg, "<title>own lane", "cy=\"");
    double high = attribute(svg, "<title>grass track", "cy=\"");
    ck_assert_double_eq_tol((low - middle) / (low - high), (20.5 - 15.8) / (30 - 15.8), 0.001);
    ck_assert(attribute(svg, "<title>own lane", "cx=\"") > attribute(svg, "<title>shares its lane", "cx=\""));
    drop();
}
END_TEST

static const struct {
    double low, high;
    bool zero;
    double first, last, step;
} scales[] = {
    {0, 8960000, true, 0, 10000000, 2000000},
    {-3, 7, true, -4, 8, 2},
    {15.8, 30, false, 15, 30, 5},
    {5, 5, true, 0, 5, 1},
    {0, 0, true, 0, 1, 0.2},
    {-5, -5, true, -5, 0, 1},
    {0.001, 0.0042, true, 0, 0.005, 0.001},
    {1e14, 9e14, true, 0, 1e15, 2e14},
    {2019, 2024, false, 2019, 2024, 1},
};

START_TEST(axes_count_as_people_do)
{
    for (size_t i = 0; i < sizeof scales / sizeof scales[0]; i++) {
        struct scale s = scale_of(scales[i].low, scales[i].high, scales[i].zero);
        ck_assert_double_eq_tol(s.first, scales[i].first, 1e-9 * fmax(1, fabs(s.last)));
        ck_assert_double_eq_tol(s.last, scales[i].last, 1e-9 * fmax(1, fabs(s.last)));
        ck_assert_double_eq_tol(s.step, scales[i].step, 1e-9 * fmax(1, fabs(s.step)));
    }
}
END_TEST

START_TEST(marks_of_negative_values_start_at_zero)
{
    sample_init(&sample);
    const struct nd_json *x = nd_json_first(nd_json_get(sample.report, "exhibits"));
    struct nd_json *cell = sample_open(nd_json_at(nd_json_at(nd_json_get(x, "rows"), 1), 1));
    nd_json_set_num(cell, "value", -8960000);
    sample_render(&sample, &files);
    struct nd_view svg = sample_output(&files, "charts/x1.svg");
    double x1 = attribute(svg, "<title>Line 1", " x=\""), x2 = attribute(svg, "<title>Line 2", " x=\"");
    double width1 = attribute(svg, "<title>Line 1", "width=\""),
           width2 = attribute(svg, "<title>Line 2", "width=\"");
    ck_assert_double_eq_tol(width1, width2, 0.2);
    ck_assert_double_eq_tol(x2 + width2, x1, 0.2);
    drop();
}
END_TEST

ND_TEST_MAIN("report/chart", bars_are_as_long_as_their_values, points_are_as_high_as_their_values,
             axes_count_as_people_do, marks_of_negative_values_start_at_zero)
