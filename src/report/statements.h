/** Checks of a report's statements; each wrong one becomes a finding of report.json. */
#ifndef ND_REPORT_STATEMENTS_H
#define ND_REPORT_STATEMENTS_H

#include "doc.h"

#include "nightdesk/report/report.h"

#define STATEMENTS_FILE "report.json"

void check_statements(const struct doc *doc, struct nd_findings *out, struct nd_checked *checked);
/** What `text` says that claim `claim` does not rest on; NULL: nothing. Caller frees. */
char *statement_problem(const struct doc *doc, size_t claim, const char *text);
/** Cells, formulas and values (statements_cells.c). */
void check_exhibits(const struct doc *doc, struct nd_findings *out, struct nd_checked *checked);
void check_contradictions(const struct doc *doc, struct nd_findings *out);

#endif
