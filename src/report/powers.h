/** Powers of ten said in words behind a number: "5 million", "$5bn", "5 Mrd.", "5 to 10 million". */
#ifndef ND_REPORT_POWERS_H
#define ND_REPORT_POWERS_H

#include "numbers.h"

/** What may stand behind one number; both are powers of ten, 0: none. */
struct power {
    unsigned own, next; /* said behind it; or behind the number that ends its range or list */
    size_t end;         /* behind its own word: where a unit may stand */
};

/** Of a number that ends at `at`. */
struct power power_at(struct nd_view text, const struct number *number, size_t at);
/** Does a number of the texts have this power, told by its word in lower case ("million" for "$5m")? */
bool power_is_given(const struct nd_view *texts, size_t n, const char *word);
/** What a number of the sentence is scaled by, where no text scales that number so; NULL: nothing. Caller
 * frees. */
char *power_missing(struct nd_view sentence, const struct nd_view *texts, size_t n);

#endif
