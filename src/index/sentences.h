/** Where sentences end. Latin, Greek, Cyrillic, Arabic, Indic and CJK; text may hold line breaks, which count
 * as spaces. */
#ifndef NIGHTDESK_INDEX_SENTENCES_H
#define NIGHTDESK_INDEX_SENTENCES_H

#include "languages.h"

/** The end (exclusive, with closing quotes and brackets) of the sentence that starts at `start`; text.len if
 * it never ends. */
size_t nd_sentence_end(struct nd_view text, size_t start, const struct nd_language *language);
/** Where the next sentence starts: white space, and the mark of a note behind the stop before, are passed
 * over. */
size_t nd_sentence_start(struct nd_view text, size_t end);

enum nd_abbreviation {
    ND_ABBREVIATION_NOT,
    ND_ABBREVIATION_NEVER_ENDS,    /* "e.g.", "Dr.", "vgl." */
    ND_ABBREVIATION_BEFORE_NUMBER, /* "No. 5", "p. 12", "Fig. 3"; may end a sentence otherwise */
    ND_ABBREVIATION_MAY_END,       /* "etc.", "usw."; ends one when a capital follows */
};
/** word: without its last point, as it stands in the text ("e.g", "Fig"). */
enum nd_abbreviation nd_abbreviation_of(struct nd_view word);

#endif
