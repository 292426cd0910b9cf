/** Folding and stemming of one word. */
#ifndef NIGHTDESK_INDEX_FOLD_H
#define NIGHTDESK_INDEX_FOLD_H

#include "languages.h"

#include "nightdesk/index/words.h"

#define ND_TERM_MAX_BYTES 60 /* a longer word is cut there */

/** Appends the word in NFKC and lower case, with ' for typographic apostrophes and without joiners. */
void nd_fold(struct nd_view word, struct nd_bytes *out);
/** The folded word without an English genitive or elided tail ("dog's" -> "dog"). */
struct nd_view nd_fold_bare(struct nd_view folded);

/** Appends an English word in the one spelling that the index knows ("organise" and "organize" are one term).
 */
void nd_fold_spelling(struct nd_view folded, struct nd_bytes *out);

/** Snowball; one handle is used by one thread. NULL language or one without a stemmer: words stay as they
 * are. */
struct nd_stemmer;
struct nd_stemmer *nd_stemmer_open(const struct nd_language *language);
/** The stem, valid until the next call. */
struct nd_view nd_stemmer_stem(struct nd_stemmer *s, struct nd_view folded);
void nd_stemmer_close(struct nd_stemmer *s);

/** nd_terms for one word, with a stemmer of lang at hand. */
void nd_word_terms(struct nd_view word, const char *lang, struct nd_stemmer *stemmer, nd_term_fn fn,
                   void *ctx);

#endif
