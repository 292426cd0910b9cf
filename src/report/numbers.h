/** Numbers in running text. */
#ifndef ND_REPORT_NUMBERS_H
#define ND_REPORT_NUMBERS_H

#include "nightdesk/base/bytes.h"

#define NUMBER_BYTES 64 /* longer ones are compared as words */

struct number {
    struct nd_view word;       /* as it stands in the text */
    char digits[NUMBER_BYTES]; /* "1500", "12.5"; "" when it is compared as a word ("IPv6", "1.2.3") */
    unsigned decimals;         /* as written */
    bool negative;             /* a minus sign stands before it */
};

/** 0-9, or -1: decimal digits of the scripts in use. */
int digit_value(uint32_t c);
/** The digits of a number written as a word ("three", "zwölf", "million"), in lower case; NULL: none. "one"
 * is none. */
const char *number_of_word(const char *word);
/** The next number at or after *at, which moves behind it; false at the end. */
bool number_next(struct nd_view text, size_t *at, struct number *out);

#endif
