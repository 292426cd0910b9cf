/* What the files of a report say. */
#include "printed.h"

#include "context.h"

START_TEST(escapes_what_comes_from_sources)
{
    make();
    ck_assert(holds("report.html",
                    "Our street &lt;script&gt;alert(&#39;trams&#39;)&lt;/script&gt; &amp; the works"));
    ck_assert(!holds("report.html", "<script"));
    ck_assert(!holds("report.html", "<b>"));
    ck_assert(holds("report.html",
                    "Tram &lt;b&gt;number 7&lt;/b&gt; now stops at the door &amp; the &quot;café&quot;"));
    ck_assert(holds("report.md", "Our street \\<script\\>alert('trams')\\</script\\> \\& the works"));
    ck_assert(holds("report.md", "2026-05-12 \\*draft\\* \\[v2\\].md"));
    ck_assert(holds("sources.bib", "Norrby Tramways \\textbraceleft{}AB\\textbraceright{} \\& Co\\_50\\%"));
    ck_assert(holds("charts/x1.svg", "href=\"../report.html#q"));
    drop();
}
END_TEST

START_TEST(links_only_what_is_a_plain_address)
{
    static const char *const bad[] = {"javascript:alert(1)",   "https://a.example/\" onclick=\"x",
                                      "https://a.example/>",   "ftp://a.example/",
                                      "https://a b",           "data:text/html,x",
                                      "https://a.example/\nx", "https://"};
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        sample_init(&sample);
        nd_json_set_str(sample_open(nd_json_at(nd_json_get(sample.report, "sources"), 3)), "url", bad[i]);
        sample_render(&sample, &files);
        ck_assert_msg(!holds("report.html", "href=\"h"), "'%s' became a link", bad[i]);
        ck_assert(!holds("report.html", "href=\"j"));
        ck_assert(!holds("sources.bib", "url "));
        ck_assert(!holds("report.md", "<http"));
        drop();
    }
}
END_TEST

START_TEST(cites_source_and_page)
{
    make();
    /* the printed label where there is one, no page for a document without pages */
    ck_assert(holds("report.html", "href=\"#q3\">[1, p. viii]</a>"));
    ck_assert(holds("report.html", "page viii (page 9 of the file’s 64)"));
    ck_assert(holds("report.html", ">[8]</a>"));
    ck_assert(holds("report.html", "<span class=\"q\" lang=\"ar\" dir=\"rtl\">“يحتاج كل سائق"));
    ck_assert(holds("report.md", "> “Below a radius of 25 m standard vehicles wear the rail quickly and "
                                 "squeal; a radius of 18 m is the "
                                 "least that makers accept, and then only at walking speed.” [2, p. 47]"));
    ck_assert(holds("sources.bib", "pages        = {{viii, 3, 11, 20}}"));
    drop();
}
END_TEST

/* A sentence over a page break is one quotation with two citations. */
START_TEST(joins_a_quote_over_a_page_break)
{
    sample_init(&sample);
    const struct nd_json *first = nd_json_first(nd_json_get(sample.report, "summary"));
    struct nd_json *quotes = sample_open(nd_json_get(first, "quotes"));
    ck_assert_uint_eq(nd_json_len(quotes), 1);
    struct nd_json *q1 = sample_open(nd_json_at(nd_json_get(sample.report, "quotes"), 2));
    struct nd_json *q2 = sample_open(nd_json_at(nd_json_get(sample.report, "quotes"), 3));
    nd_json_set_str(q1, "page_label", "2");
    ck_assert_int_eq(nd_json_get_int(q1, "page", 0), 9);
    ck_assert_int_eq(nd_json_get_int(q2, "page", 0), 14);
    /* the second quote's page comes right behind: its text is put on page 10 of the same document */
    struct nd_error err = {0};
    struct nd_view text;
    const char *sha256 = nd_json_get_str(nd_json_first(nd_json_get(sample.report, "sources")), "text_sha256");
    ck_assert(nd_cited_text(sample.pages, sha256, 14, &text));
    nd_ck_ok(nd_cited_add(sample.pages, sha256, 10, text, &err), &err);
    nd_json_set_int(q2, "page", 10);
    nd_json_add_str(quotes, "q4");
    sample_render(&sample, &files);
    ck_assert(holds("report.html", "which is forty years. The line is estimated at 312 million euros"));
    ck_assert(
        holds("report.html",
              "included.”</span>\u00A0<a class=\"cite\" dir=\"ltr\" href=\"#q3\">[1, p. 2]</a>\u00A0<a"));
    drop();
}
END_TEST

START_TEST(context_joins_full_lines_only)
{
    static const char *const texts[][2] = {
        {"end of a line before\na line that is about as long\nas this next line of text is\nshort\nand on",
         "end of a line before a line that is about as long as this next line of text is short<br>and on"},
        {"the first line is full here\nthe second is as well <b>\n",
         "the first line is full here the second is as well &lt;b&gt;<br>"},
        {"a line that is quite long\n• an item of a good length\n| a | row of some length |",
         "a line that is quite long<br>• an item of a good length<br>| a | row of some length |"},
        {"a line that is quite long\n4.2 A heading after it is",
         "a line that is quite long<br>4.2 A heading after it is"},
        {"the first of the long com-\npound words that are here",
         "the first of the long com-pound words that are here"},
        {"", ""},
    };
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct nd_bytes out = ND_BYTES(ND_MIB);
        put_context(nd_view_of(texts[i][0]), &out);
        nd_ck_view(nd_bytes_view(&out), texts[i][1]);
        nd_bytes_release(&out);
    }
}
END_TEST

START_TEST(says_that_a_report_is_partial)
{
    sample_init(&sample);
    struct nd_json *stop = nd_json_object();
    nd_json_set_str(stop, "reason", "the ceiling of $5.00 was reached");
    nd_json_set_str(stop, "phase", "draft");
    nd_json_set(sample.report, "stop", stop);
    nd_json_set_bool(sample.report, "partial", true);
    sample_render(&sample, &files);
    ck_assert(holds(
        "report.html",
        "Partial report.</strong> The run stopped in its phase draft: the ceiling of $5.00 was reached."));
    ck_assert(
        holds("report.md",
              "**Partial report.** The run stopped before its end: the ceiling of \\$5.00 was reached."));
    drop();
}
END_TEST

START_TEST(says_that_all_was_found_only_when_it_was)
{
    sample_init(&sample);
    nd_json_set(sample.report, "gaps", nd_json_array());
    sample_render(&sample, &files);
    ck_assert(holds("report.html", "nothing solid was found are marked so above"));
    nd_artefact_release(&files);
    nd_json_set_str(sample_open(nd_json_at(nd_json_get(sample.report, "sections"), 6)), "status", "found");
    sample_render(&sample, &files);
    ck_assert(holds("report.html", "Every part of what was asked has at least one quotation."));
    ck_assert(holds("report.md", "Every part of what was asked has at least one quotation."));
    drop();
}
END_TEST

START_TEST(marks_what_is_not_confirmed_among_the_findings)
{
    sample_init(&sample);
    struct nd_json *first = sample_open(nd_json_first(nd_json_get(sample.report, "summary")));
    nd_json_set_str(first, "verdict", "caveat");
    nd_json_set_str(first, "text", "Trams are free of charge.");
    sample_render(&sample, &files);
    ck_assert(holds("report.html", "<strong>Not confirmed.</strong> Trams are free of charge."));
    ck_assert(holds("report.md", "**Not confirmed:** Trams are free of charge."));
    drop();
}
END_TEST

START_TEST(names_the_models_that_wrote)
{
    sample_init(&sample);
    struct nd_json *writer = nd_json_object(), *writers = nd_json_array();
    nd_json_set_str(writer, "provider", "openai");
    nd_json_set_str(writer, "model", "small <1>");
    nd_json_add(writers, writer);
    nd_json_set(sample.report, "writers", writers);
    sample_render(&sample, &files);
    ck_assert(holds("report.html", "Written by small &lt;1&gt; (openai) from 9 documents (744 pages)."));
    ck_assert(!holds("report.html", "No language model took part"));
    drop();
}
END_TEST

static void ck_standfirst(const char *writers, const char *wanted)
{
    struct nd_error err = {0};
    struct nd_json *list = NULL;
    sample_init(&sample);
    nd_ck_ok(nd_json_parse(&list, nd_view_of(writers), &err), &err);
    nd_json_set(sample.report, "writers", list);
    sample_render(&sample, &files);
    ck_assert_msg(holds("report.md", wanted), "no '%s'", wanted);
    drop();
}

START_TEST(claims_no_writing_for_a_model_that_only_read)
{
    ck_standfirst("[{\"provider\": \"p\", \"model\": \"eye\", \"roles\": [\"read\"]}, \"extractive\"]",
                  "Written by a language model, read and judged by eye (p) from 9 documents");
    ck_standfirst("[{\"provider\": \"p\", \"model\": \"spare\", \"roles\": [\"fallback\"]}]",
                  "Written in part by spare (p) from 9 documents");
    ck_standfirst("[{}]", "Written by a language model from 9 documents");
}
END_TEST

START_TEST(claims_no_writing_where_all_is_quoted)
{
    static const char text[] =
        "[{\"provider\": \"p\", \"model\": \"hand\", \"roles\": [\"write\"]},"
        " {\"provider\": \"p\", \"model\": \"eye\", \"roles\": [\"read\"]}, \"extractive\"]";
    struct nd_error err = {0};
    struct nd_json *writers = NULL;
    sample_init(&sample);
    nd_ck_ok(nd_json_parse(&writers, nd_view_of(text), &err), &err);
    nd_json_set(sample.report, "writers", writers);
    ND_JSON_EACH(section, nd_json_get(sample.report, "sections"))
    nd_json_set(sample_open(section), "claims", nd_json_array());
    nd_json_remove(sample_open(nd_json_get(sample.report, "receipt")), "must_cover");
    sample_render(&sample, &files);
    ck_assert(holds("report.md", "Quotations chosen by program and by hand (p), eye (p) from 9 documents"));
    drop();
}
END_TEST

START_TEST(names_what_each_model_did)
{
    struct nd_error err = {0};
    struct nd_json *writers = NULL;
    static const char text[] =
        "[{\"provider\": \"p\", \"model\": \"judge\", \"roles\": [\"read\"]},"
        " {\"provider\": \"p\", \"model\": \"hand\", \"roles\": [\"write\"]},"
        " {\"provider\": \"q\", \"model\": \"spare\", \"roles\": [\"fallback\"]}, \"extractive\"]";
    sample_init(&sample);
    nd_ck_ok(nd_json_parse(&writers, nd_view_of(text), &err), &err);
    nd_json_set(sample.report, "writers", writers);
    sample_render(&sample, &files);
    static const char line[] =
        "Written by hand (p), in part by spare (q), read and judged by judge (p) from 9 documents";
    ck_assert(holds("report.html", line));
    ck_assert(holds("report.md", "Written by hand (p), in part by spare (q), read and judged by judge (p)"));
    ck_assert(holds("report.html",
                    "<dd dir=\"auto\">judge (p): reading and judging</dd>"
                    "<dd dir=\"auto\">hand (p): writing</dd>"
                    "<dd dir=\"auto\">spare (q): in place of one that did not answer</dd></div>"));
    drop();
}
END_TEST

START_TEST(makes_a_report_of_nothing)
{
    struct nd_error err = {0};
    struct nd_findings findings = {0};
    struct nd_json *report = NULL;
    struct nd_cited *pages = nd_cited_new();
    nd_ck_ok(
        nd_json_parse(
            &report,
            ND_VIEW("{\"schema\":\"nightdesk.report/1\",\"run_id\":\"r\",\"topic\":\"tea\",\"started_at\":"
                    "\"2026-11-24T06:00:00Z\",\"outcome\":\"completed\",\"writers\":[\"extractive\"]}"),
            &err),
        &err);
    nd_ck_ok(nd_report_files(report, pages, &sample_about, &files, &err), &err);
    nd_report_check(report, sample_output(&files, "report.html"), sample_output(&files, "report.md"),
                    &findings);
    ck_assert_uint_eq(nd_findings_total(&findings), 0);
    nd_findings_release(&findings);
    nd_artefact_release(&files);
    nd_cited_free(pages);
    nd_json_free(report);
}
END_TEST

START_TEST(refuses_a_quote_that_is_not_on_its_page)
{
    struct nd_error err = {0};
    sample_init(&sample);
    nd_json_set_int(sample_open(nd_json_at(nd_json_get(sample.report, "quotes"), 4)), "start", 3);
    nd_ck_rc(nd_report_files(sample.report, sample.pages, &sample_about, &files, &err), ND_BAD_INPUT, &err);
    nd_ck_note(&err, "quote 'q5'");
    ck_assert_uint_eq(files.file_count, 0);
    nd_json_set_int(sample_open(nd_json_at(nd_json_get(sample.report, "quotes"), 4)), "page", 15);
    nd_error_clear(&err);
    nd_ck_rc(nd_report_files(sample.report, sample.pages, &sample_about, &files, &err), ND_BAD_INPUT, &err);
    nd_ck_note(&err, "not at hand");
    drop();
}
END_TEST

ND_TEST_MAIN("report/output", escapes_what_comes_from_sources, links_only_what_is_a_plain_address,
             cites_source_and_page, joins_a_quote_over_a_page_break, context_joins_full_lines_only,
             says_that_a_report_is_partial, says_that_all_was_found_only_when_it_was,
             marks_what_is_not_confirmed_among_the_findings, names_the_models_that_wrote,
             names_what_each_model_did, claims_no_writing_where_all_is_quoted,
             claims_no_writing_for_a_model_that_only_read, makes_a_report_of_nothing,
             refuses_a_quote_that_is_not_on_its_page)
