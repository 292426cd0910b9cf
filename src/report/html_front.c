/* Title block, key findings and contents list of report.html. */
#include "html.h"

#include "words.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/core/say.h"

#include <string.h>

#define LONG_TOPIC_BYTES 70 /* set in smaller type */

static void put_count_item(struct html *h, int64_t n, const char *one, const char *many)
{
    rawf(h, "<div><dt>%s</dt><dd>", nd_plural(h->doc->language, n, one, many));
    put_count(h->out, h->doc, n);
    raw(h, "</dd></div>");
}

static void put_counts(struct html *h)
{
    const struct doc *doc = h->doc;
    int64_t used = 0, read = 0;
    for (size_t i = 0; i < doc->source_count; i++) {
        used += doc->sources[i].used;
        read += doc->sources[i].status == READ || doc->sources[i].status == PARTLY;
    }
    put_said(&h->scratch, doc, doc->source_count == 1 ? "of %zu document read" : "of %zu documents read",
             doc->source_count);
    char *of = nd_bytes_take(&h->scratch, NULL);
    raw(h, "<dl class=\"counts\">");
    put_count_item(h, read, of, of);
    int64_t pages = nd_json_get_int(doc->receipt, "pages_read", 0);
    put_count_item(h, pages, "page read", "pages read");
    put_count_item(h, used, "source cited", "sources cited");
    put_count_item(h, (int64_t)doc->quote_count, "quotation", "quotations");
    raw(h, "</dl>\n");
    nd_free(of);
}

static void put_questions(struct html *h)
{
    const struct nd_json *questions = nd_json_get(h->doc->request, "questions");
    if (!nd_json_len(questions)) return;
    raw(h, "<div class=\"asked\"><p class=\"label\">Asked</p>\n<ul>\n");
    ND_JSON_EACH(question, questions)
    {
        raw(h, "<li dir=\"auto\">");
        esc_view(h, nd_json_view(question));
        raw(h, "</li>\n");
    }
    raw(h, "</ul></div>\n");
}

static void put_stop(struct html *h)
{
    if (!h->doc->partial) return;
    const char *reason = nd_json_get_str(h->doc->stop, "reason");
    const char *phase = nd_json_get_str(h->doc->stop, "phase");
    raw(h, "<p class=\"stop\" role=\"note\"><strong>Partial report.</strong> The run stopped");
    if (phase) {
        raw(h, " in its phase ");
        esc(h, phase);
    }
    if (reason) {
        raw(h, ": ");
        esc(h, reason);
    }
    raw(h, ". What is here was checked like any other; what is missing stands under <a "
           "href=\"#gaps\">Not found</a>.</p>\n");
}

static void put_notes(struct html *h)
{
    if (!nd_json_len(h->doc->notes)) return;
    raw(h, "<ul class=\"notes\" aria-label=\"Notes on this report\">\n");
    ND_JSON_EACH(note, h->doc->notes)
    {
        raw(h, "<li>");
        esc(h, say(h->doc, nd_json_str(note)));
        raw(h, "</li>\n");
    }
    raw(h, "</ul>\n");
}

void html_front(struct html *h)
{
    const struct doc *doc = h->doc;
    raw(h, "<a class=\"skip\" href=\"#main\">Skip to the report</a>\n"
           "<header class=\"title\">\n<p class=\"label\">Research report · ");
    raw(h, "<time datetime=\"");
    esc(h, doc->started_at);
    raw(h, "\">");
    put_date(&h->scratch, h->doc, doc->started_at);
    esc_scratch(h);
    rawf(h, "</time></p>\n<h1 dir=\"auto\"%s>",
         strlen(doc->topic) > LONG_TOPIC_BYTES ? " class=\"long\"" : "");
    put_one_line(&h->scratch, doc->topic);
    esc_scratch(h);
    raw(h, "</h1>\n<p class=\"standfirst\">");
    put_standfirst(&h->scratch, doc);
    esc_scratch(h);
    raw(h, "</p>\n");
    put_stop(h);
    put_questions(h);
    put_counts(h);
    put_notes(h);
    raw(h, "<p class=\"run\">Run <code>");
    esc(h, doc->run_id);
    raw(h, "</code></p>\n</header>\n");
}

/* Are there two sources to tell apart? */
static bool has_sources(const struct doc *doc)
{
    size_t n = 0;
    for (size_t i = 0; i < doc->source_count; i++) n += doc->sources[i].quotes > 0;
    return n > 1;
}

/* "The Tram Handbook · 2 Track": who says it, and where the report goes on about it. */
static void put_finding_source(struct html *h, const struct doc_claim *c)
{
    bool source = c->quotes.n && has_sources(h->doc);
    raw(h, "<p class=\"from\">");
    if (source) {
        raw(h, "<cite dir=\"auto\">");
        put_one_line(&h->scratch, h->doc->sources[h->doc->quotes[c->quotes.v[0]].source].title);
        esc_scratch(h);
        raw(h, "</cite>");
    }
    if (c->section != NONE) {
        const struct doc_section *s = &h->doc->sections[c->section];
        raw(h, source ? " · " : "");
        rawf(h, "<a href=\"#%s\">%zu\u00A0", s->id, c->section + 1);
        esc(h, s->title);
        raw(h, "</a>");
    }
    raw(h, "</p>");
}

void html_summary(struct html *h)
{
    const struct doc *doc = h->doc;
    if (!doc->summary_count && !*doc->introduction) return;
    open_part(h, "summary", "summary", doc_summary_title(doc));
    if (*doc->introduction) {
        raw(h, "<p class=\"lead\" dir=\"auto\">");
        esc(h, doc->introduction);
        raw(h, "</p>\n");
    }
    if (doc->summary_count) raw(h, "<ol class=\"findings\">\n");
    for (size_t i = 0; i < doc->summary_count; i++) {
        const struct doc_claim *c = &doc->claims[i];
        rawf(h, "<li id=\"%s\"><p class=\"finding\">", c->id);
        if (c->verdict == QUOTED) {
            put_quotes(h, &c->quotes);
        } else {
            if (c->verdict == CAVEAT) raw(h, "<strong>Not confirmed.</strong> ");
            esc(h, c->text);
            for (size_t k = 0; k < c->quotes.n; k++) {
                raw(h, " ");
                put_cite(h, c->quotes.v[k]);
            }
        }
        raw(h, "</p>");
        put_finding_source(h, c);
        raw(h, "</li>\n");
    }
    if (doc->summary_count) raw(h, "</ol>\n");
    close_part(h);
}

static void put_entry(struct html *h, bool there, const char *id, const char *title)
{
    if (!there) return;
    rawf(h, "<li><a href=\"#%s\">", id);
    esc(h, title);
    raw(h, "</a></li>\n");
}

void html_contents(struct html *h)
{
    const struct doc *doc = h->doc;
    raw(h, "<nav class=\"contents\" aria-labelledby=\"contents-h\">\n"
           "<h2 id=\"contents-h\">Contents</h2>\n<ul>\n");
    put_entry(h, doc->changes.there, "changes", say(doc, "What has changed"));
    put_entry(h, doc->summary_count > 0 || *doc->introduction, "summary", doc_summary_title(doc));
    raw(h, "</ul>\n");
    if (doc->section_count) raw(h, "<ol>\n");
    for (size_t i = 0; i < doc->section_count; i++)
        put_entry(h, true, doc->sections[i].id, doc->sections[i].title);
    if (doc->section_count) raw(h, "</ol>\n");
    raw(h, "<ul>\n");
    put_entry(h, html_has_loose_exhibits(doc), "exhibits", say(doc, "Tables and charts"));
    put_entry(h, doc->contradiction_count > 0, "different", say(doc, "Different values stated"));
    put_entry(h, true, "gaps", say(doc, "Not found"));
    put_entry(h, true, "method", say(doc, "How this was made"));
    put_entry(h, true, "references", say(doc, "Sources cited"));
    put_entry(h, true, "receipt", say(doc, "Receipt: every input"));
    put_entry(h, true, "ledger", say(doc, "Verification ledger"));
    put_entry(h, doc->quote_count > 0, "quotes", say(doc, "Quotations in context"));
    raw(h, "</ul>\n</nav>\n");
}
