/* Method, references and receipt of report.html. */
#include "html.h"

#include "words.h"

static void put_method_steps(struct html *h)
{
    raw(h, "<p>nightdesk read every document given to it, page by page, and kept the text of each "
           "page. It\nsplit what was asked into parts and searched the pages for each of them.</p>\n");
    if (doc_extractive(h->doc))
        raw(h,
            "<p>No language model took part. A program scored whole sentences by how well they answer each\n"
            "part, left out headings, listings, contents lists and repetitions, and printed the best ones\n"
            "word for word. It does not paraphrase, weigh or conclude; what two quotations mean together\n"
            "is for you to judge.</p>\n");
    else
        raw(h,
            "<p>A language model chose evidence and wrote the statements; it never typed a quotation, page\n"
            "number or address that is printed here. Programs compared each quotation with its page, each\n"
            "number with its quotation, and removed or marked what failed.</p>\n");
    raw(h,
        "<p>Every quotation was compared byte for byte with the page it comes from. Line breaks and hyphens\n"
        "at the end of lines are joined for reading; nothing else is changed. How many independent sources\n"
        "a statement rests on is said with it: one, two, or three or more. A quotation is what one source\n"
        "says.</p>\n");
}

static void put_wish(struct html *h, const char *member, const char *label)
{
    const char *wish = nd_json_get_str(h->doc->request, member);
    if (!wish || !*wish) return;
    rawf(h, "<div><dt>%s</dt><dd dir=\"auto\">", say(h->doc, label));
    esc(h, wish);
    raw(h, "</dd></div>\n");
}

static void put_models(struct html *h)
{
    if (doc_extractive(h->doc)) return;
    raw(h, "<div><dt>Models</dt>");
    ND_JSON_EACH(writer, h->doc->writers)
    {
        if (!nd_json_get_str(writer, "model")) continue;
        raw(h, "<dd dir=\"auto\">");
        put_model(&h->scratch, writer);
        put_roles(&h->scratch, h->doc, writer);
        esc_scratch(h);
        raw(h, "</dd>");
    }
    raw(h, "</div>\n");
}

void html_method(struct html *h)
{
    open_part(h, "method", "part", "How this was made");
    put_method_steps(h);
    raw(h, "<dl class=\"facts\">\n<div><dt>Topic</dt><dd dir=\"auto\">");
    esc(h, h->doc->topic);
    raw(h, "</dd></div>\n");
    put_wish(h, "audience", "Audience");
    put_wish(h, "tone", "Tone");
    put_wish(h, "length", "Length");
    put_wish(h, "style", "Style");
    put_models(h);
    raw(h, "</dl>\n");
    close_part(h);
}

static void put_link_or_path(struct html *h, const struct doc_source *s)
{
    if (*s->url && url_is_plain(s->url)) {
        raw(h, "<a rel=\"noreferrer noopener\" href=\"");
        esc(h, s->url);
        raw(h, "\">");
        esc(h, s->url);
        raw(h, "</a>");
        return;
    }
    raw(h, "<span class=\"path\" dir=\"auto\">");
    esc(h, *s->path ? s->path : s->url);
    raw(h, "</span>");
}

static void put_reference(struct html *h, size_t source)
{
    const struct doc_source *s = &h->doc->sources[source];
    rawf(h, "<li id=\"src%zu\" value=\"%zu\"><cite dir=\"auto\"", source + 1, source + 1);
    put_lang(h, s->lang);
    raw(h, ">");
    put_one_line(&h->scratch, s->title);
    esc_scratch(h);
    raw(h, "</cite>.");
    if (*s->author) {
        raw(h, " <span dir=\"auto\">");
        esc(h, s->author);
        raw(h, "</span>.");
    }
    if (*s->date) {
        raw(h, " ");
        esc(h, s->date);
        raw(h, ".");
    }
    raw(h, " <span class=\"meta\">");
    esc(h, s->kind);
    if (doc_paged(s)) {
        raw(h, ", ");
        put_plural(h->out, h->doc, s->pages, "page", "pages");
        raw(h, "; quoted: p. ");
        put_quoted_pages(&h->scratch, h->doc, source);
        esc_scratch(h);
    }
    raw(h, ".</span> ");
    put_link_or_path(h, s);
    if (s->local || s->confidential) {
        raw(h, s->confidential ? " <span class=\"tag\">confidential</span>"
                               : " <span class=\"tag\">local only</span>");
    }
    raw(h, "</li>\n");
}

void html_references(struct html *h)
{
    open_part(h, "references", "part", "Sources cited");
    raw(h, "<ol class=\"references\">\n");
    for (size_t i = 0; i < h->doc->source_count; i++) {
        if (h->doc->sources[i].used || h->doc->sources[i].quotes) put_reference(h, i);
    }
    raw(h, "</ol>\n");
    close_part(h);
}

static int64_t receipt(struct html *h, const char *member)
{
    return nd_json_get_int(h->doc->receipt, member, 0);
}

static void put_receipt_counts(struct html *h)
{
    static const struct {
        const char *member, *words;
    } results[] = {
        {"read", "read"}, {"partly", "partly read"}, {"failed", "failed"}, {"unsupported", "unsupported"}};
    bool any = false;
    raw(h, "<p>");
    put_plural(h->out, h->doc, receipt(h, "inputs") - receipt(h, "found"), "input was given",
               "inputs were given");
    int64_t pages = receipt(h, "found") - receipt(h, "retrieved");
    if (pages > 0) {
        raw(h, " and ");
        put_plural(h->out, h->doc, pages, "page was found on the web", "pages were found on the web");
    }
    if (receipt(h, "retrieved")) {
        raw(h, " and ");
        put_plural(h->out, h->doc, receipt(h, "retrieved"), "passage came from a knowledge base",
                   "passages came from knowledge bases");
    }
    for (size_t i = 0; i < sizeof results / sizeof results[0]; i++) {
        if (!receipt(h, results[i].member)) continue;
        raw(h, any ? ", " : ": ");
        put_count(h->out, h->doc, receipt(h, results[i].member));
        rawf(h, " %s", say(h->doc, results[i].words));
        any = true;
    }
    raw(h, ". ");
    put_plural(h->out, h->doc, receipt(h, "unused"), "was read and is not cited. ",
               "were read and are not cited. ");
    if (receipt(h, "identical"))
        put_plural(h->out, h->doc, receipt(h, "identical"), "has the same bytes as another.",
                   "have the same bytes as another.");
    raw(h, "</p>\n");
}

/* Title, file, copies, hash, and why not all of it could be read. */
static void put_input(struct html *h, const struct doc_source *s)
{
    raw(h, "<span dir=\"auto\">");
    put_one_line(&h->scratch, s->title);
    esc_scratch(h);
    raw(h, "</span><br><span class=\"path\" dir=\"auto\">");
    esc(h, *s->path ? s->path : s->url);
    ND_JSON_EACH(also, nd_json_get(s->json, "also"))
    {
        raw(h, "</span><br><span class=\"path\" dir=\"auto\">same bytes: ");
        esc_view(h, nd_json_view(also));
    }
    raw(h, "</span>");
    if (*s->sha256) rawf(h, "<br><code class=\"hash\">%s</code>", s->sha256);
    put_reason(&h->scratch, h->doc, s);
    if (!h->scratch.len) return;
    raw(h, "<br><span class=\"fault\">");
    esc_scratch(h);
    raw(h, "</span>");
}

static void put_receipt_row(struct html *h, size_t source)
{
    const struct doc_source *s = &h->doc->sources[source];
    rawf(h, "<tr><td>%zu</td><th scope=\"row\">", source + 1);
    put_input(h, s);
    rawf(h, "</th><td%s>%s</td><td class=\"num\">", s->status == READ ? "" : " class=\"fault\"",
         doc_status_word(h->doc, s->status));
    if (doc_paged(s)) put_count(h->out, h->doc, s->pages);
    raw(h, "</td><td class=\"num\">");
    if (s->quotes)
        put_count(h->out, h->doc, (int64_t)s->quotes);
    else
        raw(h, s->used ? "used" : "–");
    raw(h, "</td></tr>\n");
}

/* "covered: 2 Title (c3, c4)", or why not */
static void put_point(struct html *h, const struct doc_point *p)
{
    raw(h, "<div><dt dir=\"auto\">");
    esc(h, p->text);
    raw(h, p->covered ? "</dt><dd>covered" : "</dt><dd class=\"fault\">not covered");
    if (*p->why) {
        raw(h, ": ");
        esc(h, say(h->doc, p->why));
    }
    if (p->section != NONE) {
        const struct doc_section *s = &h->doc->sections[p->section];
        rawf(h, ": <a dir=\"auto\" href=\"#%s\">%zu\u00A0", s->id, p->section + 1);
        esc(h, s->title);
        raw(h, "</a>");
    }
    for (size_t i = 0; i < p->claims.n; i++) {
        const char *id = h->doc->claims[p->claims.v[i]].id;
        rawf(h, ", <a href=\"#%s\">%s</a>", id, id);
    }
    raw(h, "</dd></div>\n");
}

static void put_points(struct html *h)
{
    if (!h->doc->point_count) return;
    raw(h, "<h3>What had to be covered</h3>\n<dl class=\"facts points\">\n");
    for (size_t i = 0; i < h->doc->point_count; i++) put_point(h, &h->doc->points[i]);
    raw(h, "</dl>\n");
}

void html_receipt(struct html *h)
{
    open_part(h, "receipt", "part back", "Receipt: every input");
    put_receipt_counts(h);
    raw(h, "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-label=\"Every input\">\n"
           "<table class=\"small receipt\">\n<thead><tr><th scope=\"col\">No.</th><th "
           "scope=\"col\">Document, file, SHA-256</th><th scope=\"col\">Result</th><th scope=\"col\" "
           "class=\"num\">Pages</th><th scope=\"col\" class=\"num\">Quotations</th></tr></thead>\n"
           "<tbody>\n");
    for (size_t i = 0; i < h->doc->source_count; i++) put_receipt_row(h, i);
    raw(h, "</tbody></table></div>\n");
    put_points(h);
    close_part(h);
}
