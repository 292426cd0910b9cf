/** What a check found wrong: a list of mismatches, each naming its place, what is there and what was wanted.
 */
#ifndef NIGHTDESK_REPORT_FINDINGS_H
#define NIGHTDESK_REPORT_FINDINGS_H

#include "nightdesk/base/error.h"

#include <stddef.h>

#define ND_FINDINGS_MAX 1000          /* kept; those after it are counted only */
#define ND_FINDING_TEXT_MAX_BYTES 400 /* of each text of a finding; longer ones are cut and end in "…" */

struct nd_finding {
    char *file;    /* "report.json", "evidence/…/p12.txt" */
    char *subject; /* "quote q7", "claim c3", "cell x1 row 2 column 3", or "" for the file as a whole */
    char *what;    /* "found …, wanted …": safe to print on a terminal */
};

struct nd_findings {
    struct nd_finding *v;
    size_t n, cap;
    size_t more; /* found beyond ND_FINDINGS_MAX */
};

/** Adds a finding; texts are copied, made printable and cut. */
void nd_findings_add(struct nd_findings *f, const char *file, const char *subject, const char *fmt, ...)
    ND_PRINTF(4, 5);
/** n + more. */
size_t nd_findings_total(const struct nd_findings *f);
void nd_findings_release(struct nd_findings *f);

#endif
