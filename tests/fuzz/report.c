/* A report with any texts in it: what is rendered is clean, by our own check and by other people's parsers.
 */
#include "report_rig.h"
#include "second_look.h"

#include <stdio.h>

static void check_no_findings(const struct nd_findings *f)
{
    if (nd_findings_total(f) == 0) return;
    (void)fprintf(stderr, "%s, %s: %s\n", f->v[0].file, f->v[0].subject, f->v[0].what);
    fuzz_fail(__FILE__, __LINE__, "the report passes its own check");
}

/* Braces are balanced, so that no field can end its entry. */
static void check_bib(struct nd_view bib)
{
    int depth = 0;
    for (size_t i = 0; i < bib.len; i++) {
        if (bib.data[i] == '\\') {
            i++;
            continue;
        }
        depth += bib.data[i] == '{' ? 1 : bib.data[i] == '}' ? -1 : 0;
        FUZZ_CHECK(depth >= 0);
    }
    FUZZ_CHECK(depth == 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct report_rig rig;
    struct nd_artefact files = {0};
    struct nd_findings findings = {0};
    struct nd_checked checked;
    struct nd_error err = {0};
    report_rig_open(&rig, fuzz_view(data, size));
    if (report_rig_render(&rig, &files)) {
        struct nd_view html = report_rig_file(&files, "report.html"),
                       md = report_rig_file(&files, "report.md");
        nd_report_check(rig.report, html, md, &findings);
        check_no_findings(&findings);
        second_look_html(html, report_rig_url(&rig));
        second_look_markdown(md, report_rig_url(&rig));
        second_look_svg(report_rig_file(&files, "charts/x1.svg"));
        second_look_svg(report_rig_file(&files, "charts/x2.svg"));
        check_bib(report_rig_file(&files, "sources.bib"));
        FUZZ_CHECK(nd_report_statements(rig.report, rig.pages, &findings, &checked, &err) == ND_OK);
        nd_findings_release(&findings);
    }
    nd_artefact_release(&files);
    report_rig_close(&rig);
    return 0;
}
