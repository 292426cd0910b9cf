/** A small report that has one of everything, with any texts in it: what a hostile document or model could
 * put there. */
#ifndef ND_FUZZ_REPORT_RIG_H
#define ND_FUZZ_REPORT_RIG_H

#include "fuzz.h"
#include "nightdesk/report/report.h"

#define RIG_TEXTS 64

struct report_rig {
    struct nd_json *report;
    struct nd_cited *pages;
};
/**
 * Part 0 becomes page 1, which quote q1 quotes whole; part n becomes the text "$n" of report_template.json. A
 * part that is empty leaves a plain word there, with which the report is true.
 */
void report_rig_open(struct report_rig *rig, struct nd_view parts);
void report_rig_close(struct report_rig *rig);
/** The address of source 1, or NULL. */
const char *report_rig_url(const struct report_rig *rig);
/** Makes the files; false when the report was refused. */
bool report_rig_render(const struct report_rig *rig, struct nd_artefact *out);
struct nd_view report_rig_file(const struct nd_artefact *files, const char *name);

#endif
