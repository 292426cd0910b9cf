/** report.md and sources.bib. */
#ifndef ND_REPORT_MARKDOWN_H
#define ND_REPORT_MARKDOWN_H

#include "doc.h"

void markdown_report(const struct doc *doc, struct nd_bytes *out);
/** Appends text on one line so that a Markdown reader shows it as it is: no markup, no HTML, no link comes
 * out of it. */
void put_markdown(struct nd_view text, struct nd_bytes *out);

void bib_report(const struct doc *doc, struct nd_bytes *out);

#endif
