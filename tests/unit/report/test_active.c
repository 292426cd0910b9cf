/* No text of a source becomes markup, and the check finds any that did. */
#include "printed.h"

#include "html.h"
#include "markdown.h"
#include "words.h"

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

/* A chart is named in the report's language, and in no other. */
START_TEST(knows_charts_by_their_language)
{
    static const char *const rows[][2] = {{"en", "![Chart 1](charts/x1.svg)"},
                                          {"de", "![Diagramm 1](charts/x1.svg)"}};
    make();
    for (size_t i = 0; i < 4; i++) {
        struct nd_json *report = nd_json_copy(sample.report);
        struct nd_findings findings = {0};
        nd_json_set_str(report, "language", rows[i / 2][0]);
        nd_report_check(report, (struct nd_view){"", 0}, nd_view_of(rows[i % 2][1]), &findings);
        ck_assert_uint_eq(nd_findings_total(&findings), i / 2 == i % 2 ? 0 : 1);
        nd_findings_release(&findings);
        nd_json_free(report);
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

ND_TEST_MAIN("report/active", finds_active_content_in_html, wants_the_policy_and_a_whole_page,
             checks_any_bytes, finds_active_content_in_markdown, knows_charts_by_their_language,
             escapes_markers_at_the_start_of_a_line, stays_clean_whatever_the_texts_are,
             prints_any_page_verbatim)
