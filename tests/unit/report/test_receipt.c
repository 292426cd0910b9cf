/* What the receipt and the head of the findings say. */
#include "printed.h"

static const struct {
    const char *status, *why;
    int pages;
    const char *faults, *told; /* faults: "PAGE why; …" */
} rows[] = {
    {"partly", "page 1: no text layer", 9, "1 no text layer", "page 1: no text layer"},
    {"partly", "3 of 9 pages were not read whole, the first is page 1: no text layer", 9,
     "1 no text layer;2 no text layer;3 damaged;4 damaged;7 no text layer",
     "pages 1–2, 7: no text layer; pages 3–4: damaged"},
    {"partly", "text over the limit", 1, "1 text over the limit", "text over the limit"},
    {"partly", "has 20005 pages, limit is 20000", 9, "2 no text layer",
     "has 20005 pages, limit is 20000; page 2: no text layer"},
    {"failed", "none of its 3 pages has text: no text layer", 3,
     "1 no text layer;2 no text layer;3 no text layer", "none of its 3 pages has text: no text layer"},
    {"failed", "the file is empty", 1, "", "the file is empty"},
    {"partly", "page 1: a", 9, "1 a;2 b;3 c;4 d;5 e;6 f;7 g;8 h;9 i",
     "page 1: a; page 2: b; page 3: c; page 4: d; page 5: e; page 6: f; page 7: g; page 8: h; and other "
     "reasons"},
};

static struct nd_json *faults_of(const char *text)
{
    struct nd_json *faults = nd_json_array();
    while (*text) {
        size_t end = strcspn(text, ";");
        struct nd_json *fault = nd_json_add(faults, nd_json_object());
        char *why = nd_view_dup((struct nd_view){text + 2, end - 2});
        nd_json_set_int(fault, "page", text[0] - '0');
        nd_json_set_str(fault, "why", why);
        nd_free(why);
        text += end + (text[end] == ';');
    }
    return faults;
}

static void ck_row(size_t row)
{
    sample_init(&sample);
    struct nd_json *source = sample_open(nd_json_at(nd_json_get(sample.report, "sources"), 8));
    nd_json_set_str(source, "status", rows[row].status);
    nd_json_set_str(source, "why", rows[row].why);
    nd_json_set_int(source, "pages", rows[row].pages);
    nd_json_set(source, "pages_failed", faults_of(rows[row].faults));
    sample_render(&sample, &files);
    char *md = nd_sprintf("%s: %s | %d |", rows[row].status[0] == 'f' ? "failed" : "partly read",
                          rows[row].told, rows[row].pages);
    char *html = nd_sprintf("<span class=\"fault\">%s</span>", rows[row].told);
    ck_assert_msg(holds("report.md", md), "no '%s'", md);
    ck_assert_msg(holds("report.html", html), "no '%s'", html);
    nd_free(md);
    nd_free(html);
    drop();
}

START_TEST(says_each_reason_once)
{
    for (size_t row = 0; row < sizeof rows / sizeof rows[0]; row++) ck_row(row);
}
END_TEST

START_TEST(promises_no_findings_when_there_are_none)
{
    sample_init(&sample);
    nd_json_set_str(sample.report, "introduction", "Nothing was found.");
    nd_json_set(sample.report, "summary", nd_json_array());
    sample_render(&sample, &files);
    ck_assert(!holds("report.md", "Key findings"));
    ck_assert(!holds("report.html", "Key findings"));
    ck_assert(holds("report.md", "## In short\n\nNothing was found"));
    ck_assert(holds("report.html", ">In short</h2>"));
    drop();
}
END_TEST

START_TEST(a_reason_that_is_a_sentence_keeps_its_stop)
{
    make();
    ck_assert(holds("report.md", "*Suggested by the model: Readers asked for it. How do cyclists"));
    ck_assert(holds("report.md", "*From your question: What does a new tramway cost"));
    ck_assert(holds("report.html", "Suggested by the model: Readers asked for it. <span"));
    ck_assert(holds("report.html", "From section titles of the handbook.</p>"));
    drop();
}
END_TEST

START_TEST(quotes_of_one_page_are_one_mark)
{
    make();
    ck_assert(holds("report.md", "foundations of old houses. [2, p. 117] ("));
    drop();
}
END_TEST

START_TEST(says_where_each_point_is_covered_and_why_not)
{
    sample_init(&sample);
    sample_render(&sample, &files);
    ck_assert(holds("report.html",
                    "<dt dir=\"auto\">stray current</dt><dd>covered: <a dir=\"auto\" "
                    "href=\"#s3\">3\u00A0Track, power and depot</a>, <a href=\"#c34\">c34</a>, "
                    "<a href=\"#c37\">c37</a></dd>"));
    ck_assert(holds("report.html",
                    "<dt dir=\"auto\">drivers &amp; pay</dt><dd class=\"fault\">not covered: it "
                    "was looked for, and nothing solid was found: <a"));
    ck_assert(holds("report.md",
                    "- **stray current** covered — section 3, Track, power and depot, 2 statements\n"));
    ck_assert(
        holds("report.md", "** not covered: it was looked for, and nothing solid was found — section 6, "));
    drop();
}
END_TEST

static size_t at(const char *file, const char *words)
{
    size_t found = nd_view_find(sample_output(&files, file), nd_view_of(words), 0);
    ck_assert_msg(found != SIZE_MAX, "no '%s' in %s", words, file);
    return found;
}

START_TEST(safety_stands_apart_from_failed_checks)
{
    sample_init(&sample);
    sample_render(&sample, &files);
    size_t safety =
        at("report.html", ">Safety: personal data, secrets, forbidden and confidential text</caption>");
    ck_assert_uint_lt(at("report.html", "<td dir=\"auto\">demoted</td>"), safety);
    ck_assert_uint_lt(at("report.html", "<td dir=\"auto\">removed</td>"), safety);
    ck_assert_uint_gt(
        at("report.html", "<tr><td dir=\"auto\">email</td><td dir=\"auto\"><a href=\"#c37\">c37</a> "),
        safety);
    ck_assert_uint_gt(at("report.html", "<td dir=\"auto\">secret</td><td dir=\"auto\">evidence</td><td "
                                        "dir=\"auto\">holds 2 secrets</td><td dir=\"auto\">masked</td></tr>"),
                      safety);
    safety = at("report.md", "\n### Safety: personal data, secrets, forbidden and confidential text\n");
    ck_assert_uint_lt(at("report.md", "\n- c45 demoted: no quotation speaks of foundations"), safety);
    ck_assert_uint_gt(at("report.md", "\n- email, c37: holds an e-mail address (flagged)"), safety);
    ck_assert_uint_gt(at("report.md", "\n- secret, evidence: holds 2 secrets (masked)\n"), safety);
    drop();
}
END_TEST

START_TEST(without_findings_of_safety_nothing_is_said_of_them)
{
    sample_init(&sample);
    struct nd_json *checks = sample_open(nd_json_get(sample.report, "checks"));
    nd_json_set(checks, "findings", nd_json_array());
    sample_render(&sample, &files);
    ck_assert(holds("report.html", "<p>Nothing had to be repaired, demoted or removed.</p>"));
    ck_assert(!holds("report.html", "Safety: "));
    ck_assert(!holds("report.md", "Safety: "));
    drop();
}
END_TEST

START_TEST(a_point_names_what_is_there)
{
    struct nd_error err = {0};
    struct nd_artefact out = {0};
    sample_init(&sample);
    struct nd_json *points = sample_open(nd_json_get(nd_json_get(sample.report, "receipt"), "must_cover"));
    nd_json_set_str(sample_open(nd_json_first(points)), "section", "s99");
    ck_assert_int_eq(nd_report_files(sample.report, sample.pages, &sample_about, &out, &err), ND_BAD_INPUT);
    ck_assert_ptr_nonnull(
        strstr(err.note[0], "point 1 of 'must_cover': names 's99', which is not in the report"));
    nd_artefact_release(&out);
    sample_release(&sample);
}
END_TEST

ND_TEST_MAIN("report/receipt", says_each_reason_once, promises_no_findings_when_there_are_none,
             a_reason_that_is_a_sentence_keeps_its_stop, quotes_of_one_page_are_one_mark,
             says_where_each_point_is_covered_and_why_not, safety_stands_apart_from_failed_checks,
             without_findings_of_safety_nothing_is_said_of_them, a_point_names_what_is_there)
