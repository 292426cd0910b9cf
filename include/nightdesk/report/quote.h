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
 * The first number of `sentence` that is in none of the n texts, as it stands there; NULL when all are found.
 * Numbers are compared by value: 1,500 = 1 500 = 1500, 12.50 = 12.5; digits of any script; a number inside an
 * identifier
 * ("IPv6", "ext4", "CVE-2023-1234") counts as that whole word. Caller frees.
 */
char *nd_number_missing(struct nd_view sentence, const struct nd_view *texts, size_t n);
/** The first number in text; false when there is none. */
bool nd_number_first(struct nd_view text, double *value, unsigned *decimals);

#endif
