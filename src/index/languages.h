/** Languages that nightdesk knows something of: their Snowball stemmer, their words of grammar, or both. */
#ifndef NIGHTDESK_INDEX_LANGUAGES_H
#define NIGHTDESK_INDEX_LANGUAGES_H

#include "nightdesk/base/bytes.h"

struct nd_language {
    const char *code;    /* ISO 639-1 */
    const char *stemmer; /* Snowball's name of it; NULL: there is none */
    const char *const *stops;
    size_t stop_count; /* 0: no list */
};

/** By code ("de", also "de-CH"); NULL when lang is NULL or not known here. */
const struct nd_language *nd_language_of(const char *lang);
/** Is the lower-case word on the list? language may be NULL (no). */
bool nd_language_stops(const struct nd_language *language, struct nd_view word);
/** Is it a word of grammar in that language or in English, which turns up in documents of any? */
bool nd_is_grammar(const struct nd_language *language, struct nd_view lower_word);
/** The same for a word as it stands in the text; false when `word` holds no word. */
bool nd_is_grammar_word(const struct nd_language *language, struct nd_view word);

/**
 * Guesses the language of running text by its letters and its words of grammar: a code from the table, "ja",
 * "ko" or "zh", or NULL when no language stands out.
 */
const char *nd_language_guess(const struct nd_view *pages, size_t n);

#endif
