/** report.json ("nightdesk.report/1") from the artefacts of the phases and the verdicts on their claims. */
#ifndef PIPELINE_REPORT_JSON_H
#define PIPELINE_REPORT_JSON_H

#include "nightdesk/core/phase.h"

/** One drafted statement and what became of it. Strings are borrowed. */
struct nd_verdict {
    const char *section; /* "s3", "summary" */
    size_t index;        /* place in its section */
    bool kept;
    const char *verdict;             /* quoted supported unjudged caveat */
    const char *text;                /* printed in its place: its quotes; NULL: as it was drafted */
    const char *what;                /* why it was removed or demoted; NULL */
    const char *done;                /* removed demoted repaired; NULL */
    const struct nd_json *guardrail; /* what it said, as of grounding.h; NULL: it was not asked */
    const char *missed;              /* why it was to be asked and did not say; NULL */
};
struct nd_verdicts {
    struct nd_verdict *v;
    size_t n, cap;
};
const struct nd_verdict *nd_verdicts_find(const struct nd_verdicts *list, const char *section, size_t index);

/** Caller frees. ND_BROKEN: an artefact is not as its phase makes it. */
enum nd_rc nd_report_json(const struct nd_scene *scene, const struct nd_verdicts *verdicts,
                          struct nd_json **out, struct nd_error *err);

#endif
