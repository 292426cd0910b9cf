/* The sample report as files: whole, the same every time, and nothing active in it. */
#include "sample.h"

static void ck_no_findings(const struct nd_findings *f)
{
    ck_assert_msg(nd_findings_total(f) == 0, "%zu findings, first: %s %s %s", nd_findings_total(f),
                  f->n ? f->v[0].file : "", f->n ? f->v[0].subject : "", f->n ? f->v[0].what : "");
}

/* The files also stay in the build folder, for people to look at. */
START_TEST(makes_every_file)
{
    struct sample s;
    struct nd_artefact files = {0};
    sample_init(&s);
    sample_render(&s, &files);
    sample_write(&files, ND_BINARY_DIR "/sample-report");
    ck_assert_str_eq(files.files[files.file_count - 1].name, "manifest.json");
    ck_assert_uint_gt(sample_output(&files, "report.html").len, 1000);
    ck_assert_uint_gt(sample_output(&files, "report.md").len, 1000);
    ck_assert_uint_gt(sample_output(&files, "sources.bib").len, 100);
    ck_assert_uint_gt(sample_output(&files, "charts/x1.svg").len, 100);
    ck_assert_uint_gt(sample_output(&files, "charts/x3.svg").len, 100);
    ck_assert_uint_gt(sample_output(&files, "evidence/index.json").len, 100);
    nd_artefact_release(&files);
    sample_release(&s);
}
END_TEST

START_TEST(gives_the_same_bytes_again)
{
    struct sample s, t;
    struct nd_artefact a = {0}, b = {0};
    sample_init(&s);
    sample_init(&t);
    sample_render(&s, &a);
    sample_render(&t, &b);
    ck_assert_uint_eq(a.file_count, b.file_count);
    for (size_t i = 0; i < a.file_count; i++) {
        ck_assert_str_eq(a.files[i].name, b.files[i].name);
        ck_assert(nd_view_eq(nd_bytes_view(&a.files[i].bytes), nd_bytes_view(&b.files[i].bytes)));
    }
    nd_artefact_release(&a);
    nd_artefact_release(&b);
    sample_release(&s);
    sample_release(&t);
}
END_TEST

START_TEST(passes_its_own_check)
{
    struct sample s;
    struct nd_artefact files = {0};
    struct nd_findings findings = {0};
    sample_init(&s);
    sample_render(&s, &files);
    nd_report_check(s.report, sample_output(&files, "report.html"), sample_output(&files, "report.md"),
                    &findings);
    ck_no_findings(&findings);
    nd_findings_release(&findings);
    nd_artefact_release(&files);
    sample_release(&s);
}
END_TEST

ND_TEST_MAIN("report/render", makes_every_file, gives_the_same_bytes_again, passes_its_own_check)
