/** The two halves of nd_report_check. */
#ifndef ND_REPORT_OUTPUT_CHECK_H
#define ND_REPORT_OUTPUT_CHECK_H

#include "nightdesk/base/json.h"
#include "nightdesk/report/findings.h"

/** Is it the address of one of the report's sources, fit to be a link? */
bool is_source_url(const struct nd_json *report, struct nd_view url);

void check_html(const struct nd_json *report, struct nd_view html, struct nd_findings *out);
void check_markdown(const struct nd_json *report, struct nd_view md, struct nd_findings *out);

#endif
