/**
 * Words and terms: how text is cut, folded and stemmed for matching, and how a stretch of page text is shown
 * on one line. Everything here is a pure function of its arguments; no state, any thread.
 *
 * A word is a run of letters, marks and digits (with ' inside: "don't", and . , between digits: "3.0.1",
 * "1,500"). A term is what the index matches: the word in NFKC, lower case, stemmed by Snowball for its
 * language where that is known, else as it stands. Chinese, Japanese and Korean give one term for each pair
 * of neighbouring characters. The exact word is a term of its own with "=" before it ("=integrity"), so that
 * a stem's collisions can be told apart. Stop words give no term.
 */
#ifndef NIGHTDESK_INDEX_WORDS_H
#define NIGHTDESK_INDEX_WORDS_H

#include "nightdesk/base/bytes.h"

/** The next word at or after *at; false at the end. *word borrows text; *at moves behind it. CJK runs are one
 * word. */
bool nd_word_next(struct nd_view text, size_t *at, struct nd_view *word);
size_t nd_word_count(struct nd_view text); /* CJK: two characters count as one word */

/** Is the lower-case word a stop word of lang (NULL or a language without a list: of English)? */
bool nd_stop_word(const char *lang, struct nd_view word);

/** Called for each term in order. exact: the "=word" form, given right after the stem(s) of its word. */
typedef void (*nd_term_fn)(void *ctx, struct nd_view term, bool exact);
/** The terms of text. Line-end hyphens must have been joined (nd_display). lang may be NULL. */
void nd_terms(struct nd_view text, const char *lang, nd_term_fn fn, void *ctx);

/** How often each lower-case word stands in a collection; decides how a line-end hyphen is joined. NULL is
 * allowed. */
struct nd_vocabulary;

/**
 * Appends text on one line: line breaks become one space (nothing between CJK characters), spaces are
 * collapsed, both ends trimmed. A hyphen at a line's end is dropped when the joined word is in the vocabulary
 * or one of the halves is rare in it (or there is no vocabulary), kept without a space otherwise; "e-" before
 * an upper-case letter, a digit or after a capital run keeps it.
 */
void nd_display(struct nd_view text, const struct nd_vocabulary *vocabulary, struct nd_bytes *out);

/** Jaccard similarity of the term sets of two texts, exact words left out: 0..1, 0 when either has no term.
 */
double nd_jaccard(struct nd_view a, struct nd_view b, const char *lang);

#endif
