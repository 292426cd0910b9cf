/* The part that says what has changed since an earlier report. */
#include "printed.h"

static const char changes[] =
    "{\"run_id\": \"spring\", \"started_at\": \"2026-05-02T03:04:05Z\", \"new\": [2], \"changed\": [1, 9],"
    " \"withdrawn\": [{\"title\": \"Old <plan>\", \"path\": \"a/plan_1.pdf\", \"used\": true},"
    "                 {\"title\": \"Page\", \"url\": \"https://example.org/a_b\", \"used\": false}],"
    " \"unchanged\": 1, \"new_statements\": [\"c11\", \"c30\"], \"gone_statements\": 1}";

static void render(const char *text)
{
    struct nd_error err = {0};
    struct nd_json *json = NULL;
    sample_init(&sample);
    nd_ck_ok(nd_json_parse(&json, nd_view_of(text), &err), &err);
    nd_json_set(sample.report, "changes", json);
    sample_render(&sample, &files);
}

static void ck_clean(void)
{
    struct nd_findings findings = {0};
    nd_report_check(sample.report, sample_output(&files, "report.html"), sample_output(&files, "report.md"),
                    &findings);
    ck_assert_msg(nd_findings_total(&findings) == 0, "%s %s %s", findings.n ? findings.v[0].file : "",
                  findings.n ? findings.v[0].subject : "", findings.n ? findings.v[0].what : "");
    nd_findings_release(&findings);
}

START_TEST(new_statements_stand_there_with_their_words)
{
    render(changes);
    ck_clean();
    ck_assert(holds("report.html", "<dt>New statements</dt><dd dir=\"auto\"><a href=\"#c11\">c11</a> "));
    ck_assert(holds("report.html", "<dd dir=\"auto\"><a href=\"#c30\">c30</a> "));
    ck_assert(holds("report.md", "- New statement: "));
    ck_assert(holds("report.md", ", section 3\n"));
    ck_assert(holds("report.html", "… <a class=\"cite\" "));
    ck_assert(
        holds("report.html", "<dt>Statements no longer here</dt><dd>1 statement of the earlier report</dd>"));
    ck_assert(holds("report.md", "- Statements no longer here: 1 statement of the earlier report\n"));
    drop();
}
END_TEST

START_TEST(sources_are_named_with_their_places)
{
    render(changes);
    ck_assert(holds("report.html",
                    "Old &lt;plan&gt; <span class=\"path\" dir=\"auto\">a/plan_1.pdf</span> (the "
                    "earlier report cites it)</dd>"));
    ck_assert(holds("report.html", "https://example.org/a_b</span></dd>"));
    ck_assert(holds("report.md",
                    "- Withdrawn source: Old \\<plan\\>, a/plan\\_1.pdf (the earlier report cites it)\n"));
    ck_assert(holds("report.md", "- New source: "));
    ck_assert(holds("report.md", " [2]\n- Changed source: "));
    drop();
}
END_TEST

START_TEST(reports_of_old_count_no_statements_that_are_gone)
{
    render("{\"run_id\": \"spring\", \"started_at\": \"2026-05-02T03:04:05Z\", \"new\": [], \"changed\": [],"
           " \"withdrawn\": [], \"unchanged\": 9, \"new_statements\": []}");
    ck_clean();
    ck_assert(holds("report.html", "Nothing in the sources has changed since the report of 2 May 2026"));
    ck_assert(!holds("report.html", "Statements no longer here"));
    ck_assert(!holds("report.md", "Statements no longer here"));
    drop();
}
END_TEST

ND_TEST_MAIN("report/changes", new_statements_stand_there_with_their_words,
             sources_are_named_with_their_places, reports_of_old_count_no_statements_that_are_gone)
