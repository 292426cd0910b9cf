/** A line to stderr from where nothing may wait: a signal's handler, a watchdog. */
#ifndef NIGHTDESK_CLI_LAST_WORDS_H
#define NIGHTDESK_CLI_LAST_WORDS_H

#include <stddef.h>

/** No lock, no allocation; left unsaid when whoever reads stderr takes nothing just now. errno stays. */
void last_words(const char *text, size_t len);

#endif
