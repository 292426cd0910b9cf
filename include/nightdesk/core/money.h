/** Money is whole millionths of a US dollar; nothing in nightdesk adds up floating-point dollars. */
#ifndef NIGHTDESK_CORE_MONEY_H
#define NIGHTDESK_CORE_MONEY_H

#include "nightdesk/base/bytes.h"

#define ND_MICROUSD 1000000 /* micro-dollars in a dollar */

/** Dollars as people write them: digits, then maybe a point and 1-6 digits ("5", "2.50", "0.000001"). False
 * otherwise. */
bool nd_money_parse(struct nd_view text, int64_t *microusd);
/** Dollars from a JSON number; false when it is negative, above 10^9 or has more than 6 decimals. */
bool nd_money_of_number(double dollars, int64_t *microusd);
/** "$0.00", "$12.50", "$0.000125": at least two decimals and no more than are needed. */
#define ND_MONEY_BYTES 32
void nd_money_format(int64_t microusd, char out[ND_MONEY_BYTES]);

#endif
