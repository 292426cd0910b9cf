/**
 * The checks that a printed statement must pass. The fact-check phase and `verify` call the same functions,
 * so what was accepted when the report was made is what a reader can check later, offline and without a
 * model.
 */
#ifndef NIGHTDESK_REPORT_QUOTE_H
#define NIGHTDESK_REPORT_QUOTE_H

#include "nightdesk/base/bytes.h"
#include "nightdesk/base/error.h"

/** A quote as report.json has it. start and end are byte offsets in the page text. */
struct nd_quote {
    const char *id; /* "q7" */
    int64_t start, end;
    struct nd_view text, display;
};

/**
 * The quote against the text of its page: the range lies within the page and cuts no character, its bytes are
 * `text`, and `display` is that text on one line (nd_display_is).
 * @return ND_BAD_INPUT names the quote, what was found and what was wanted
 */
enum nd_rc nd_quote_check(const struct nd_quote *quote, struct nd_view page_text, struct nd_error *err);

/**
 * Is `display` the text on one line? White space becomes one space and goes at both ends; a line's end may
 * also become nothing after a hyphen, between two wide (Chinese, Japanese, Korean) characters, and before a
 * closing bracket or stop; a hyphen before a line's end may go with it. Nothing else may differ.
 */
bool nd_display_is(struct nd_view text, struct nd_view display);

/**
 * Where a quote that somebody wrote down stands on a page: the same signs in the same order, from the edge of
 * a word to the edge of one. What may differ: white space and the ends of lines, a hyphen at a line's end
 * (kept or joined), ligatures and full-width letters, the shape of quotation marks, apostrophes and dashes,
 * marks that have no width. Never a letter, a digit, a stop, the case of a letter, or a blank within a line.
 */
bool nd_quote_find(struct nd_view page_text, struct nd_view written, size_t *start, size_t *end);
struct nd_quote_part {
    size_t start, end;
};
/** The same for a quote that goes over a page's end, past a running foot and head of a few lines. */
bool nd_quote_find_across(struct nd_view page_text, struct nd_view next_text, struct nd_view written,
                          struct nd_quote_part parts[2]);

/** Do the words stand in the text, not within a longer word or number? Case and white space may differ, and
 * an "s" may follow. */
bool nd_words_stand(struct nd_view text, const char *words);

/**
 * The first number of `sentence` that is in none of the n texts, as it stands there; NULL when all are found.
 * Numbers are compared by value: 1,500 = 1 500 = 1500, 12.50 = 12.5; digits of any script; a word of the
 * texts
 * ("three") is its number; 1.500 may be 1500, so it is not 1.5; -5 must be negative there, 5 may be (a fall
 * of 5); a number inside an identifier ("IPv6", "ext4", "CVE-2023-1234") counts as that whole word. Caller
 * frees.
 */
char *nd_number_missing(struct nd_view sentence, const struct nd_view *texts, size_t n);
/** What a sentence is held against. Borrowed; any may be empty. */
struct nd_held {
    const struct nd_view *texts; /* of its quotes: all that it tells must stand there */
    size_t text_count;
    const struct nd_view *titles; /* of sections and documents, the topic: names may stand there too */
    size_t title_count;
    const struct nd_view
        *pages; /* a word that stands there in small letters is no name when it begins a sentence */
    size_t page_count;
};
/**
 * The first thing that `sentence` tells and its texts do not, as it stands there; NULL when all is held. In
 * this order: a number (nd_number_missing; words such as "three" too), the unit of a number, a month, a name.
 * A name is a word with a capital within a sentence, or one that begins it and is no common word; in German,
 * where every noun has a capital, only one with a capital inside. *kind: "number", "unit", "date", "name".
 * Caller frees.
 */
char *nd_fact_missing(struct nd_view sentence, const struct nd_held *held, const char **kind);
/** The first number in text; false when there is none. */
bool nd_number_first(struct nd_view text, double *value, unsigned *decimals);

#endif
