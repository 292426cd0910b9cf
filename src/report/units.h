/** Units in running text (their table is formula.c's). */
#ifndef ND_REPORT_UNITS_H
#define ND_REPORT_UNITS_H

#include "nightdesk/base/bytes.h"

/** Is it one of the known units? Short symbols count in their own case alone: "5 A", but not "5 a". */
bool unit_is_known(struct nd_view word);
/** Behind the unit's word or symbol at `at`; `at` when nothing there can be one. "per cent" is one word. */
size_t unit_end(struct nd_view text, size_t at);
/** Bytes of the currency's sign or name that ends the text: "$", "EUR"; 0: none. */
size_t unit_sign_before(struct nd_view text);

#endif
