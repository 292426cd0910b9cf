/** Small words for people: counts, dates, citations. Everything is plain text, not yet escaped. */
#ifndef ND_REPORT_WORDS_H
#define ND_REPORT_WORDS_H

#include "doc.h"

#define CHANGED_HEAD_BYTES 120 /* of a statement that is new */

/** Our own English words in the report's language. */
const char *say(const struct doc *doc, const char *english) __attribute__((format_arg(2)));
/** "3,204", in German "3.204" */
void put_count(struct nd_bytes *out, const struct doc *doc, int64_t n);
/** "1 page", "3,204 pages"; one and many in English */
void put_plural(struct nd_bytes *out, const struct doc *doc, int64_t n, const char *one, const char *many);
/** Formats in the report's language; fmt in English. */
void put_said(struct nd_bytes *out, const struct doc *doc, const char *fmt, ...) ND_PRINTF(3, 4);
/** "24 November 2026" of "2026-11-24T06:00:00Z"; the text as it stands when it is no date. */
void put_date(struct nd_bytes *out, const struct doc *doc, const char *started_at);
/** Appends text with every run of white space as one space. */
void put_one_line(struct nd_bytes *out, const char *text);
/** The first words of a text on one line, at most max bytes of it, with "…" when there is more. */
void put_beginning(struct nd_bytes *out, const char *text, size_t max);
/** The text with its first letter in upper case, if that is ASCII: "From your question". */
void put_sentence(struct nd_bytes *out, const char *text);
/** What stands behind the reason for a section: a stop, or ": " before a question. One that is a sentence (a
 * model's is) has its stop. */
const char *after_why(const char *why, bool question);
/** "[3, p. xii]", or "[3]" when the document has no pages. */
void put_citation(struct nd_bytes *out, const struct doc *doc, const struct doc_quote *q);
/** "page xii (the file's page 12)", or "" when the document has no pages. */
void put_page(struct nd_bytes *out, const struct doc *doc, const struct doc_quote *q);
/** Since when, and how many sources are new, changed, withdrawn and as they were. */
void put_changes_lead(struct nd_bytes *out, const struct doc *doc);
/** "name (provider)" of a model among the writers. */
void put_model(struct nd_bytes *out, const struct nd_json *writer);
/** ": writing, reading and judging"; nothing when the report does not say. */
void put_roles(struct nd_bytes *out, const struct doc *doc, const struct nd_json *writer);
/** "12 of 12 quotations equal the bytes …; 9 statements were checked, 1 removed, 0": of those demoted. */
void put_checks(struct nd_bytes *out, const struct doc *doc);
/** What the report is, in one or two sentences. */
void put_standfirst(struct nd_bytes *out, const struct doc *doc);
/** "Change: change from 2023 to 2024": cells of the formula's own row by their column, of its own column by
 * their row. */
void put_formula(struct nd_bytes *out, const struct doc *doc, const struct doc_exhibit *x,
                 const struct doc_cell *c);
/** Has the cell a formula whose words no cell above it in its column has? */
bool formula_is_new(const struct doc *doc, const struct doc_exhibit *x, size_t cell);
/** Why a source was not read whole, each reason once: "pages 3, 9–12: no text layer; page 14: …", "none of
 * its 36 pages has text: no text layer"; nothing when it was. Into an empty buffer. */
void put_reason(struct nd_bytes *out, const struct doc *doc, const struct doc_source *s);
/** "Key findings"; without any, only the introduction stands there, and the words promise no more. */
const char *doc_summary_title(const struct doc *doc);
/** "12, 14, 203": pages of the source's quotes, ascending, by label; nothing for documents without pages. */
void put_quoted_pages(struct nd_bytes *out, const struct doc *doc, size_t source);

/** Is the finding one of safety, not of a check that a statement failed? */
bool doc_of_safety(const struct nd_json *finding);
size_t doc_findings_of_safety(const struct doc *doc);
/** What stands in place of gaps when there are none. */
const char *doc_no_gaps_words(const struct doc *doc);
bool doc_extractive(const struct doc *doc); /* no model took part */
/** Are the two quotes on one page of one source? */
bool doc_same_page(const struct doc *doc, size_t a, size_t b);
/** Has the cell a quote from a page that no cell before it in its row has? */
bool cell_cites_anew(const struct doc *doc, const struct doc_exhibit *x, size_t row, size_t column);
/** Does the second quote go on where the first ends, on the next page? */
bool doc_continues(const struct doc_quote *first, const struct doc_quote *second);
const char *doc_verdict_word(const struct doc *doc, enum verdict verdict);
const char *doc_status_word(const struct doc *doc, enum source_status status);
/** "three or more sources", "two sources", "one source"; "" when not known. */
const char *doc_confidence_words(const struct doc *doc, const char *confidence);
/** "3+", "2", "1"; "" when not known. */
const char *doc_confidence_number(const char *confidence);
/** May the address be printed as a link? http or https, printable ASCII without quotes, brackets and spaces.
 */
bool url_is_plain(const char *url);
/** A language tag fit for an attribute. */
bool lang_is_plain(const char *lang);

#endif
