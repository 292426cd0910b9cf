/** Charts as SVG: bars lie on their side, so that names have room; lines go from left to right. */
#ifndef ND_REPORT_CHART_H
#define ND_REPORT_CHART_H

#include "doc.h"

/**
 * Appends the chart of an exhibit (which has one). Each mark that has a quote is a link to it.
 * @param alone  a file of its own: with name space, colours, and links into ../report.html
 */
void chart_svg(const struct doc *doc, const struct doc_exhibit *x, bool alone, struct nd_bytes *out);

/** A value axis from first to last in steps that people count in (1, 2, 5, 10 …). */
struct scale {
    double first, last, step;
    int decimals;
};
/** zero: the axis must hold 0. low <= high. */
struct scale scale_of(double low, double high, bool zero);
/** Where a value lies between `from` and `to`. */
double scale_at(const struct scale *s, double value, double from, double to);

#endif
