/** Closed lists of words that facts.c needs. All arguments are in lower case. */
#ifndef ND_REPORT_FACTS_WORDS_H
#define ND_REPORT_FACTS_WORDS_H

#include <stdbool.h>

/** Does the list hold the word between its bars? */
bool facts_is_in(const char *list, const char *word);
/** May the word begin an English or German sentence without being a name? */
bool facts_is_opener(const char *word);
/** Is it a small word that only German has? */
bool facts_is_german(const char *word);
/** 1 to 12 for the name of a month or its short form, English or German; 0: none. */
unsigned facts_month(const char *word);

#endif
