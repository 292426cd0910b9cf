/**
 * The report's files, from report.json ("nightdesk.report/1", docs/reference/formats.md) and the texts of the
 * cited pages. Pure: the same input gives the same bytes. Everything that came from a document or a model is
 * escaped; the HTML holds no script, needs no network and no other file.
 */
#ifndef NIGHTDESK_REPORT_REPORT_H
#define NIGHTDESK_REPORT_REPORT_H

#include "nightdesk/core/phase.h"
#include "nightdesk/report/cited.h"
#include "nightdesk/report/findings.h"

/** What the manifest says of the program and the run. Borrowed. */
struct nd_report_about {
    const char *program; /* "nightdesk 0.1.0" */
    const char *pipeline_sha256, *request_sha256;
};

/**
 * Adds to out->files: report.json, report.md, report.html, sources.bib, charts/xN.svg, evidence/…, and
 * manifest.json as the last one. `report` is checked first: shapes, ids, references, page texts of all quotes
 * at hand.
 * @return ND_BAD_INPUT the report is not well-formed (the note names the member) or a cited page is not in
 * `pages`; ND_VERSION its schema is newer; out is then unchanged
 */
enum nd_rc nd_report_files(const struct nd_json *report, const struct nd_cited *pages,
                           const struct nd_report_about *about, struct nd_artefact *out,
                           struct nd_error *err);

/** How much was checked. */
struct nd_checked {
    size_t quotes, quotes_verified, claims, cells, formulas;
};

/**
 * Checks every statement of report.json against the page texts: quotes, quoted claims, numbers of written
 * claims, cells and formulas of exhibits, values of contradictions, quotes that nothing cites. What is wrong
 * goes to `out`.
 * @return ND_BAD_INPUT the report is not well-formed (nothing was checked); a cited page that is not in
 * `pages` is a finding, not an error
 */
enum nd_rc nd_report_statements(const struct nd_json *report, const struct nd_cited *pages,
                                struct nd_findings *out, struct nd_checked *checked, struct nd_error *err);

/**
 * Checks that report.html and report.md hold no active content and no link that is not a source's address or
 * an anchor of the same file. It reads them with a tokenizer of its own against a closed list of elements,
 * attributes and Markdown constructs, so it finds what an escaping fault would let through.
 * @param report  gives the addresses that may be linked to
 * @param html, md  either may be empty: not checked
 */
void nd_report_check(const struct nd_json *report, struct nd_view html, struct nd_view md,
                     struct nd_findings *out);

#endif
