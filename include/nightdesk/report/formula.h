/**
 * Formulas of exhibit cells: `{"op": …, "args": [[row, column]…]}`. The phase that builds an exhibit and
 * `verify` call the same function.
 *
 *     sum         of one or more                      mean     of one or more
 *     difference  first minus second                  ratio    first divided by second
 *     change      from first to second in per cent    convert  the one argument, in this cell's unit
 *
 * sum, mean and difference want one unit for all arguments and the result; ratio and change drop it (their
 * result has no unit, "", "×" or "%"; a ratio in "%" is multiplied by 100, change is always in "%").
 */
#ifndef NIGHTDESK_REPORT_FORMULA_H
#define NIGHTDESK_REPORT_FORMULA_H

#include "nightdesk/base/bytes.h"
#include "nightdesk/base/error.h"

#define ND_FORMULA_ARGS_MAX 500

struct nd_amount {
    double value;
    const char *unit; /* NULL or "": none */
};

/** ND_BAD_INPUT names the op, what was found and what was wanted (division by zero and overflow included). */
enum nd_rc nd_formula_value(const char *op, const struct nd_amount *args, size_t n, const char *unit,
                            double *out, struct nd_error *err);
/** value in another unit of the same kind (time, bytes, length, mass): false when they are not of one kind.
 */
bool nd_unit_convert(double value, const char *from, const char *to, double *out);
/** Are the two words names of one unit ("min", "minutes")? Same word, whatever its case, always is. */
bool nd_unit_same(const char *a, const char *b);
/** Does text name the unit, in any of its spellings? */
bool nd_unit_named(struct nd_view text, const char *unit);
/** Is `shown` (a cell's text) the value, rounded to as many decimals as it shows? */
bool nd_value_shown(struct nd_view shown, double value);

#endif
