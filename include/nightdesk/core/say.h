/**
 * Our own words in the report's language. The English text is the key, as in gettext, so the code reads as
 * what it prints; where a language has no row for it, English stands. German (de) is there beside English; a
 * language is a table like src/core/german.c and a row in say.c.
 */
#ifndef NIGHTDESK_CORE_SAY_H
#define NIGHTDESK_CORE_SAY_H

#include "nightdesk/base/error.h"
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @param language  BCP 47 ("de-AT"); NULL is English
 * @param english   a literal of ours. A text that is a format has the same conversions in the same order in
 *                  every language (tests/unit/core/test_say.c), so the result may be given to a function that
 *                  takes a va_list.
 */
const char *nd_say(const char *language, const char *english) __attribute__((format_arg(2)));

/** Whether there are rows for the language, or it is English. */
bool nd_say_knows(const char *language);

/**
 * The word that goes with n things, in the language: `one` for 1, else `many`. Every count that people read
 * has its word from here: nd_sprintf("%lld %s", n, nd_plural(NULL, n, "step", "steps")).
 */
const char *nd_plural(const char *language, int64_t n, const char *one, const char *many);

/** A text made of it; caller frees. */
char *nd_sayf(const char *language, const char *english, ...) ND_PRINTF(2, 3);

/** Rows of a language for tests; NULL behind the last. Sorted by the English text. */
struct nd_saying {
    const char *english, *other;
};
extern const struct nd_saying nd_german[];
extern const size_t nd_german_count;

#endif
