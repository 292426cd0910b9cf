/* What the files hold: escaped text, right citations, charts in proportion, and a check that finds what is
 * not ours. */
#include "sample.h"

#include "chart.h"
#include "context.h"
#include "html.h"
#include "markdown.h"
#include "words.h"

#include <math.h>
#include <stdlib.h>

static struct sample sample;
static struct nd_artefact files;

static void make(void)
{
    sample_init(&sample);
    sample_render(&sample, &files);
}

static void drop(void)
{
    nd_artefact_release(&files);
    sample_release(&sample);
}

static bool holds(const char *file, const char *text)
{
    return nd_view_find(sample_output(&files, file), nd_view_of(text), 0) != SIZE_MAX;
}

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

/* what is put before </main>, and a word of the finding */
static const char *const active[][2] = {
    {"<script>x</script>", "the element"},
    {"<img src=\"x\">", "the element"},
    {"<iframe></iframe>", "the element"},
    {"<svg onload=\"x\"></svg>", "the attribute"},
    {"<p onclick=\"x\">a</p>", "the attribute"},
    {"<p style=\"x\">a</p>", "the attribute"},
    {"<p class='x'>a</p>", "the attribute"},
    {"<p class=x>a</p>", "the attribute"},
    {"<a href=\"javascript:x\">a</a>", "a link to"},
    {"<a href=\"https://evil.example/\">a</a>", "a link to"},
    {"<a href=\"&#106;avascript:x\">a</a>", "a link to"},
    {"<a href=\"report2.html\">a</a>", "a link to"},
    {"<a href=\"#nowhere\">a</a>", "the missing id"},
    {"<p id=\"main\">a</p>", "twice the id"},
    {"<style>p{}</style>", "another style sheet"},
    {"<meta http-equiv=\"refresh\" content=\"0\">", "the http-equiv"},
    {"<meta http-equiv=\"Content-Security-Policy\" content=\"default-src *\">", "the policy"},
    {"<!-- x -->", "the element"},
    {"<P>a</P>", "the element"},
    {"<p>a", "the end tag"},
    {"</div>", "the end tag"},
    {"a & b", "the character"},
    {"&nbsp;", "the character"},
    {"a > b", "the character"},
    {"a \x01 b", "the character"},
    {"a \u202E b", "the character"},
    {"<p", "the tag"},
    {"<a href=\"#main", "the character"},
    {"<form action=\"x\"></form>", "the element"},
    {"<base href=\"x\">", "the element"},
};

static bool found(const struct nd_findings *f, const char *what)
{
    for (size_t i = 0; i < f->n; i++) {
        if (strstr(f->v[i].what, what)) return true;
    }
    return false;
}

START_TEST(finds_active_content_in_html)
{
    make();
    struct nd_view html = sample_output(&files, "report.html"), none = {"", 0};
    size_t end = nd_view_find(html, ND_VIEW("</main>"), 0);
    for (size_t i = 0; i < sizeof active / sizeof active[0]; i++) {
        struct nd_findings findings = {0};
        struct nd_bytes changed = ND_BYTES(ND_MIB * 4);
        nd_bytes_add_view(&changed, nd_view_sub(html, 0, end));
        nd_bytes_add_str(&changed, active[i][0]);
        nd_bytes_add_view(&changed, nd_view_sub(html, end, html.len));
        nd_report_check(sample.report, nd_bytes_view(&changed), none, &findings);
        ck_assert_msg(found(&findings, active[i][1]), "%s: %s", active[i][0],
                      findings.n ? findings.v[0].what : "nothing found");
        nd_findings_release(&findings);
        nd_bytes_release(&changed);
    }
    drop();
}
END_TEST

START_TEST(wants_the_policy_and_a_whole_page)
{
    make();
    struct nd_findings findings = {0};
    struct nd_view html = sample_output(&files, "report.html"), none = {"", 0};
    size_t policy = nd_view_find(html, ND_VIEW("<meta http-equiv"), 0),
           end = nd_view_find(html, ND_VIEW("\n"), policy);
    struct nd_bytes changed = ND_BYTES(ND_MIB * 4);
    nd_bytes_add_view(&changed, nd_view_sub(html, 0, policy));
    nd_bytes_add_view(&changed, nd_view_sub(html, end, html.len));
    nd_report_check(sample.report, nd_bytes_view(&changed), none, &findings);
    ck_assert(found(&findings, "content security policy"));
    nd_report_check(sample.report, nd_view_sub(html, 0, nd_view_find(html, ND_VIEW("<footer>"), 0)), none,
                    &findings);
    ck_assert(found(&findings, "no end of"));
    nd_findings_release(&findings);
    nd_bytes_release(&changed);
    drop();
}
END_TEST

/* No prefix of the page and no page with bytes changed makes the check crash or run for ever. */
START_TEST(checks_any_bytes)
{
    make();
    struct nd_view html = sample_output(&files, "report.html"), md = sample_output(&files, "report.md");
    char *copy = nd_view_dup(html);
    for (size_t at = 0; at < html.len; at += 1499) {
        struct nd_findings findings = {0};
        copy[at] = "<>&\"\0 "[at % 6];
        nd_report_check(sample.report, (struct nd_view){copy, html.len - at / 2},
                        nd_view_sub(md, at % md.len, md.len), &findings);
        ck_assert_uint_gt(nd_findings_total(&findings) + 1, 0);
        nd_findings_release(&findings);
    }
    nd_free(copy);
    drop();
}
END_TEST

static const char *const active_md[] = {
    "<b>x</b>",
    "[x](https://evil.example)",
    "![x](https://evil.example/p.png)",
    "https://evil.example",
    "www.evil.example",
    "[3]: https://evil.example",
    "<https://evil.example>",
    "a@evil.example",
    "&lt;b&gt;",
    "    code",
    "`<b>`",
    "~~~",
    "[3, p. 1](x)",
    "$x$",
    "![Chart 1](charts/../x1.svg)",
    "a \x02 b",
};

START_TEST(finds_active_content_in_markdown)
{
    make();
    struct nd_view none = {"", 0};
    for (size_t i = 0; i < sizeof active_md / sizeof active_md[0]; i++) {
        struct nd_findings findings = {0};
        nd_report_check(sample.report, none, nd_view_of(active_md[i]), &findings);
        ck_assert_msg(nd_findings_total(&findings) > 0, "'%s' was accepted", active_md[i]);
        nd_findings_release(&findings);
        /* as text of a source it comes out escaped and is fine */
        struct nd_bytes escaped = ND_BYTES(ND_MIB);
        put_markdown(nd_view_of(active_md[i]), &escaped);
        nd_report_check(sample.report, none, nd_bytes_view(&escaped), &findings);
        ck_assert_msg(nd_findings_total(&findings) == 0, "'%s': %s", nd_bytes_view(&escaped).data,
                      findings.n ? findings.v[0].what : "");
        nd_bytes_release(&escaped);
        nd_findings_release(&findings);
    }
    drop();
}
END_TEST

START_TEST(escapes_markers_at_the_start_of_a_line)
{
    static const char *const texts[][2] = {
        {"# head", "\\# head"},     {"- item", "\\- item"}, {"+ item", "\\+ item"}, {"1. item", "1\\. item"},
        {"12) item", "12\\) item"}, {"1.5 km", "1.5 km"},   {"a\n\nb", "a b"},      {"> q", "\\> q"},
        {"=== x", "\\=== x"},       {"| a |", "\\| a \\|"}, {"a_b*c", "a\\_b\\*c"}, {"  x  ", "x"}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        struct nd_bytes out = ND_BYTES(ND_MIB);
        put_markdown(nd_view_of(texts[i][0]), &out);
        nd_ck_view(nd_bytes_view(&out), texts[i][1]);
        nd_bytes_release(&out);
    }
}
END_TEST

/* Pieces that have broken renderers: markup of every kind, controls, broken and unusual characters. */
static const char *const nasty[] = {
    "<script>",
    "</style>",
    "<!--",
    "]]>",
    "\"",
    "'",
    "&lt;",
    "&#x3c;",
    "&",
    "`",
    "```",
    "**",
    "__",
    "[x](https://e.example)",
    "![",
    "]: https://e.example",
    "https://e.example",
    "www.e.example",
    "a@e.example",
    "\\",
    "$x$",
    "{{",
    "}}",
    "%",
    "#",
    "|",
    "~~",
    "<b",
    "\x01",
    "\x1b[31m",
    "\u202E",
    "\u200B",
    "\u2028",
    "\uFEFF",
    "\xC3",
    "\xFF\xFE",
    "\U000E0041",
    "路面電車",
    "ترام",
    "é",
    "e\u0301",
    "\u00A0",
    " ",
    "  ",
    "\n",
    "\n\n",
    "\t",
    "1. ",
    "- ",
    "# ",
    "> ",
    "=== ",
    "word",
    "soft-\nware",
    "12.5 km",
    "\U0001F68B",
};

static uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

static char *nasty_text(uint32_t *state, bool valid)
{
    struct nd_bytes text = ND_BYTES(ND_MIB), repaired = ND_BYTES(ND_MIB);
    size_t n = 1 + next_random(state) % 8;
    for (size_t i = 0; i < n; i++)
        nd_bytes_add_str(&text, nasty[next_random(state) % (sizeof nasty / sizeof nasty[0])]);
    nd_bytes_add_char(&text, 'x');
    if (!valid) return nd_bytes_take(&text, NULL);
    nd_utf8_repair(nd_bytes_view(&text), &repaired);
    nd_bytes_release(&text);
    return nd_bytes_take(&repaired, NULL);
}

/* Every text that may be anything becomes nasty. */
static void spoil(const struct nd_json *node, uint32_t *state)
{
    static const char *const free_texts[] = {
        "title",  "author",     "date",       "path",     "url",          "why",           "note",
        "what",   "label",      "page_label", "topic",    "question",     "section_title", "unit",
        "kind",   "extractor",  "tone",       "audience", "introduction", "lang",          "language",
        "run_id", "started_at", "done",       "claim",    "value"};
    for (size_t i = 0; i < sizeof free_texts / sizeof free_texts[0]; i++) {
        const char *name = free_texts[i];
        bool kind_of_exhibit = strcmp(name, "kind") == 0 && nd_json_get(node, "columns");
        if (!nd_json_get_str(node, name) || kind_of_exhibit) continue;
        char *text = nasty_text(state, true);
        nd_json_set_str(sample_open(node), name, text);
        nd_free(text);
    }
    ND_JSON_EACH(child, node)
    {
        if (nd_json_kind(child) == ND_JSON_ARRAY || nd_json_kind(child) == ND_JSON_OBJECT)
            spoil(child, state);
    }
}

static void ck_clean(const struct nd_json *report)
{
    struct nd_findings findings = {0};
    nd_report_check(report, sample_output(&files, "report.html"), sample_output(&files, "report.md"),
                    &findings);
    ck_assert_msg(nd_findings_total(&findings) == 0, "%s %s: %s", findings.n ? findings.v[0].file : "",
                  findings.n ? findings.v[0].subject : "", findings.n ? findings.v[0].what : "");
    nd_findings_release(&findings);
}

START_TEST(stays_clean_whatever_the_texts_are)
{
    for (uint32_t seed = 1; seed <= 40; seed++) {
        uint32_t state = seed;
        sample_init(&sample);
        spoil(sample.report, &state);
        sample_render(&sample, &files);
        ck_clean(sample.report);
        drop();
        files = (struct nd_artefact){0};
    }
}
END_TEST

/* A page of nothing but nasty pieces, quoted whole: printed, clean, and found again in both files. */
START_TEST(prints_any_page_verbatim)
{
    for (uint32_t seed = 1; seed <= 200; seed++) {
        uint32_t state = seed * 7919;
        struct nd_error err = {0};
        struct nd_json *report = NULL;
        char *page = nasty_text(&state, true), sha256[ND_SHA256_HEX];
        struct nd_bytes display = ND_BYTES(ND_MIB), json = ND_BYTES(ND_MIB), blob = ND_BYTES(ND_MIB),
                        in_md = ND_BYTES(ND_MIB);
        struct nd_cited *pages = nd_cited_new();
        nd_bytes_addf(&blob, "%s\f", page);
        nd_sha256_hex(nd_bytes_view(&blob), sha256);
        put_one_line(&display, page);
        nd_bytes_add_str(
            &json, "{\"schema\":\"nightdesk.report/"
                   "1\",\"run_id\":\"r\",\"topic\":\"t\",\"started_at\":\"x\",\"outcome\":\"completed\","
                   "\"writers\":[\"extractive\"],\"checks\":{\"quotes_total\":1,\"quotes_verified\":1},");
        nd_bytes_addf(&json,
                      "\"sources\":[{\"id\":1,\"title\":\"t\",\"status\":\"read\",\"used\":true,\"pages\":1,"
                      "\"text_sha256\":\"%s\"}],\"quotes\":"
                      "[{\"id\":\"q1\",\"source\":1,\"page\":1,\"start\":0,\"end\":%zu,\"text\":",
                      sha256, strlen(page));
        nd_json_quote(nd_view_of(page), &json);
        nd_bytes_add_str(&json, ",\"display\":");
        nd_json_quote(nd_bytes_view(&display), &json);
        nd_bytes_add_str(
            &json, "}],\"summary\":[{\"id\":\"c1\",\"verdict\":\"quoted\",\"quotes\":[\"q1\"],\"text\":");
        nd_json_quote(nd_bytes_view(&display), &json);
        nd_bytes_add_str(&json, "}]}");
        nd_ck_ok(nd_json_parse(&report, nd_bytes_view(&json), &err), &err);
        nd_ck_ok(nd_cited_add(pages, sha256, 1, nd_view_of(page), &err), &err);
        nd_ck_ok(nd_report_files(report, pages, &sample_about, &files, &err), &err);
        ck_clean(report);
        put_markdown(nd_bytes_view(&display), &in_md);
        ck_assert(holds("report.md", nd_bytes_view(&in_md).data));
        nd_artefact_release(&files);
        nd_cited_free(pages);
        nd_json_free(report);
        nd_bytes_release(&display);
        nd_bytes_release(&json);
        nd_bytes_release(&blob);
        nd_bytes_release(&in_md);
        nd_free(page);
    }
}
END_TEST

/* The number behind `name="` that follows `after` in the SVG. */
static double attribute(struct nd_view svg, const char *after, const char *name)
{
    size_t at = nd_view_find(svg, nd_view_of(after), 0);
    ck_assert_msg(at != SIZE_MAX, "no '%s'", after);
    at = nd_view_find(svg, nd_view_of(name), at);
    ck_assert_msg(at != SIZE_MAX, "no '%s'", name);
    return strtod(svg.data + at + strlen(name), NULL);
}

START_TEST(bars_are_as_long_as_their_values)
{
    make();
    struct nd_view svg = sample_output(&files, "charts/x1.svg");
    double one = attribute(svg, "<title>Line 1", "width=\""),
           two = attribute(svg, "<title>Line 2", "width=\"");
    double four = attribute(svg, "<title>Line 4", "width=\"");
    ck_assert_double_eq_tol(two / one, 5110000.0 / 8960000.0, 0.001);
    ck_assert_double_eq_tol(four / one, 4530000.0 / 8960000.0, 0.001);
    ck_assert_double_eq_tol(attribute(svg, "<title>Line 1", " x=\""),
                            attribute(svg, "<title>Line 2", " x=\""), 0.01);
    ck_assert(holds("charts/x1.svg",
                    "<title id=\"x1-t\">Passengers in 2024 on each line of the Norrby network</title>"));
    ck_assert(holds("charts/x1.svg", "Lowest: Line 4: 4,530,000. Highest: Line 1: 8,960,000."));
    ck_assert(holds("charts/x1.svg", ">Passengers in 2024</text>"));
    ck_assert(holds("charts/x3.svg", ">Speed (km/h)</text>"));
    drop();
}
END_TEST

START_TEST(points_are_as_high_as_their_values)
{
    make();
    struct nd_view svg = sample_output(&files, "charts/x3.svg");
    double low = attribute(svg, "<title>shares its lane", "cy=\""),
           middle = attribute(svg, "<title>own lane", "cy=\"");
    double high = attribute(svg, "<title>grass track", "cy=\"");
    ck_assert_double_eq_tol((low - middle) / (low - high), (20.5 - 15.8) / (30 - 15.8), 0.001);
    ck_assert(attribute(svg, "<title>own lane", "cx=\"") > attribute(svg, "<title>shares its lane", "cx=\""));
    drop();
}
END_TEST

static const struct {
    double low, high;
    bool zero;
    double first, last, step;
} scales[] = {
    {0, 8960000, true, 0, 10000000, 2000000},
    {-3, 7, true, -4, 8, 2},
    {15.8, 30, false, 15, 30, 5},
    {5, 5, true, 0, 5, 1},
    {0, 0, true, 0, 1, 0.2},
    {-5, -5, true, -5, 0, 1},
    {0.001, 0.0042, true, 0, 0.005, 0.001},
    {1e14, 9e14, true, 0, 1e15, 2e14},
    {2019, 2024, false, 2019, 2024, 1},
};

START_TEST(axes_count_as_people_do)
{
    for (size_t i = 0; i < sizeof scales / sizeof scales[0]; i++) {
        struct scale s = scale_of(scales[i].low, scales[i].high, scales[i].zero);
        ck_assert_double_eq_tol(s.first, scales[i].first, 1e-9 * fmax(1, fabs(s.last)));
        ck_assert_double_eq_tol(s.last, scales[i].last, 1e-9 * fmax(1, fabs(s.last)));
        ck_assert_double_eq_tol(s.step, scales[i].step, 1e-9 * fmax(1, fabs(s.step)));
    }
}
END_TEST

START_TEST(marks_of_negative_values_start_at_zero)
{
    sample_init(&sample);
    const struct nd_json *x = nd_json_first(nd_json_get(sample.report, "exhibits"));
    struct nd_json *cell = sample_open(nd_json_at(nd_json_at(nd_json_get(x, "rows"), 1), 1));
    nd_json_set_num(cell, "value", -8960000);
    sample_render(&sample, &files);
    struct nd_view svg = sample_output(&files, "charts/x1.svg");
    double x1 = attribute(svg, "<title>Line 1", " x=\""), x2 = attribute(svg, "<title>Line 2", " x=\"");
    double width1 = attribute(svg, "<title>Line 1", "width=\""),
           width2 = attribute(svg, "<title>Line 2", "width=\"");
    ck_assert_double_eq_tol(width1, width2, 0.2);
    ck_assert_double_eq_tol(x2 + width2, x1, 0.2);
    drop();
}
END_TEST

ND_TEST_MAIN("report/output", escapes_what_comes_from_sources, links_only_what_is_a_plain_address,
             cites_source_and_page, joins_a_quote_over_a_page_break, context_joins_full_lines_only,
             says_that_a_report_is_partial, says_that_all_was_found_only_when_it_was,
             names_the_models_that_wrote, makes_a_report_of_nothing, refuses_a_quote_that_is_not_on_its_page,
             finds_active_content_in_html, wants_the_policy_and_a_whole_page, checks_any_bytes,
             finds_active_content_in_markdown, escapes_markers_at_the_start_of_a_line,
             bars_are_as_long_as_their_values, points_are_as_high_as_their_values, axes_count_as_people_do,
             stays_clean_whatever_the_texts_are, prints_any_page_verbatim,
             marks_of_negative_values_start_at_zero)
