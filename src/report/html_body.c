/* Findings, contradictions and gaps of report.html. */
#include "html.h"

#include "words.h"

#include <string.h>

#define PARAGRAPH_CLAIMS 5 /* written statements that make a paragraph */

static void put_title_of(struct html *h, const struct doc_quote *q)
{
    raw(h, "<cite dir=\"auto\">");
    put_one_line(&h->scratch, h->doc->sources[q->source].title);
    esc_scratch(h);
    raw(h, "</cite>");
}

/* Is there a section's title that says more than the document's? */
static bool has_section(const struct doc *doc, const struct doc_quote *q)
{
    return *q->section_title && strcmp(q->section_title, doc->sources[q->source].title) != 0;
}

/* Whose words follow: the document, unless it is the one before, and the part of it. */
static void put_from(struct html *h, const struct doc_quote *q, bool same_document)
{
    bool section = has_section(h->doc, q), title = !same_document || !section;
    raw(h, "<p class=\"from\">");
    if (title) put_title_of(h, q);
    if (section) {
        raw(h, title ? " · <span dir=\"auto\">" : "<span class=\"on\" dir=\"auto\">");
        put_one_line(&h->scratch, q->section_title);
        esc_scratch(h);
        raw(h, "</span>");
    }
    raw(h, "</p>\n");
}

static bool same_place(const struct doc_quote *a, const struct doc_quote *b)
{
    return a->source == b->source && strcmp(a->section_title, b->section_title) == 0;
}

/* Quoted claims from `first` on that come from one place of one document; the index behind them. `before` is
   the place of those right above, or NULL. */
static size_t put_quoted(struct html *h, size_t first, size_t end, const struct doc_quote *before)
{
    const struct doc *doc = h->doc;
    const struct doc_quote *place = &doc->quotes[doc->claims[first].quotes.v[0]];
    size_t i = first;
    raw(h, "<div class=\"said\">\n");
    put_from(h, place, before && before->source == place->source);
    for (; i < end && doc->claims[i].verdict == QUOTED; i++) {
        const struct doc_claim *c = &doc->claims[i];
        if (!same_place(place, &doc->quotes[c->quotes.v[0]])) break;
        rawf(h, "<blockquote id=\"%s\"><p", c->id);
        put_dir(h, doc->quotes[c->quotes.v[0]].q.display);
        raw(h, ">");
        put_quotes(h, &c->quotes);
        raw(h, "</p></blockquote>\n");
    }
    raw(h, "</div>\n");
    return i;
}

static void put_written(struct html *h, const struct doc_claim *c)
{
    const char *sources = doc_confidence_words(h->doc, c->confidence);
    rawf(h, "<span id=\"%s\" class=\"claim\">", c->id);
    esc(h, c->text);
    for (size_t i = 0; i < c->quotes.n; i++) {
        raw(h, " ");
        put_cite(h, c->quotes.v[i]);
    }
    raw(h, " <span class=\"tag\">");
    raw(h, sources);
    if (c->verdict == UNJUDGED) raw(h, *sources ? ", checked by program only" : "checked by program only");
    raw(h, "</span></span>\n");
}

static size_t put_paragraph(struct html *h, size_t first, size_t end)
{
    size_t i = first;
    raw(h, "<p dir=\"auto\"");
    put_lang(h, h->doc->language);
    raw(h, ">");
    for (; i < end && i < first + PARAGRAPH_CLAIMS; i++) {
        enum verdict verdict = h->doc->claims[i].verdict;
        if (verdict != SUPPORTED && verdict != UNJUDGED) break;
        put_written(h, &h->doc->claims[i]);
    }
    raw(h, "</p>\n");
    return i;
}

static void put_caveat(struct html *h, const struct doc_claim *c)
{
    rawf(h, "<p class=\"caveat\" id=\"%s\" role=\"note\"><strong>Not confirmed.</strong> ", c->id);
    esc(h, c->text);
    for (size_t i = 0; i < c->quotes.n; i++) {
        raw(h, " ");
        put_cite(h, c->quotes.v[i]);
    }
    raw(h, " <span class=\"tag\">no quotation supports this as it stands</span></p>\n");
}

static void put_claims(struct html *h, const struct doc_section *s)
{
    const struct doc *doc = h->doc;
    const struct doc_quote *before = NULL;
    size_t i = s->first, end = s->first + s->n;
    while (i < end) {
        const struct doc_claim *c = &doc->claims[i];
        switch (c->verdict) {
        case QUOTED:
            i = put_quoted(h, i, end, before);
            break;
        case SUPPORTED:
        case UNJUDGED:
            i = put_paragraph(h, i, end);
            break;
        case CAVEAT:
            put_caveat(h, &doc->claims[i++]);
            break;
        }
        before = c->verdict == QUOTED ? &doc->quotes[c->quotes.v[0]] : NULL;
    }
}

static void put_section_head(struct html *h, const struct doc_section *s, size_t number)
{
    rawf(h,
         "<section id=\"%s\" class=\"part\" aria-labelledby=\"%s-h\">\n"
         "<h2 id=\"%s-h\"><span class=\"no\">%zu</span> <span dir=\"auto\">",
         s->id, s->id, s->id, number);
    esc(h, s->title);
    raw(h, "</span></h2>\n");
    bool question = *s->question && strcmp(s->question, s->title) != 0;
    if (!*s->why && !question) return;
    raw(h, "<p class=\"why\">");
    if (*s->why) {
        put_sentence(&h->scratch, say(h->doc, s->why));
        esc_scratch(h);
        raw(h, after_why(s->why, question));
    }
    if (question) {
        raw(h, "<span dir=\"auto\">");
        esc(h, s->question);
        raw(h, "</span>");
    }
    raw(h, "</p>\n");
}

void html_sections(struct html *h)
{
    for (size_t i = 0; i < h->doc->section_count; i++) {
        const struct doc_section *s = &h->doc->sections[i];
        put_section_head(h, s, i + 1);
        if (!s->found) {
            raw(h, "<p class=\"empty\" role=\"note\"><strong>Nothing solid found.</strong> ");
            esc(h, say(h->doc, s->note));
            raw(h, "</p>\n");
        } else if (*s->note) {
            raw(h, "<p class=\"note\">");
            esc(h, say(h->doc, s->note));
            raw(h, "</p>\n");
        }
        put_claims(h, s);
        html_exhibits(h, i);
        close_part(h);
    }
}

static void put_value(struct html *h, const struct doc_value *v)
{
    const struct doc_quote *q = &h->doc->quotes[v->quote];
    raw(h, "<div><dt dir=\"auto\">");
    esc(h, v->text);
    if (*v->unit) {
        raw(h, " ");
        esc(h, v->unit);
    }
    raw(h, "</dt><dd>");
    put_quotes(h, &(struct refs){(size_t[]){v->quote}, 1});
    put_from(h, q, false);
    raw(h, "</dd></div>\n");
}

void html_contradictions(struct html *h)
{
    const struct doc *doc = h->doc;
    if (!doc->contradiction_count) return;
    open_part(h, "different", "part", "Different values stated");
    raw(h, "<p class=\"note\">Sources give different values for what looks like the same thing. Both "
           "stand here as they are; which one holds for you depends on what each is about.</p>\n");
    for (size_t i = 0; i < doc->contradiction_count; i++) {
        const struct doc_contradiction *d = &doc->contradictions[i];
        rawf(h, "<div class=\"differ\" id=\"%s\">\n<h3 dir=\"auto\">", d->id);
        esc(h, d->label);
        raw(h, "</h3>\n<dl>\n");
        for (size_t k = 0; k < d->n; k++) put_value(h, &d->values[k]);
        raw(h, "</dl>\n</div>\n");
    }
    close_part(h);
}

void html_gaps(struct html *h)
{
    const struct doc *doc = h->doc;
    open_part(h, "gaps", "part", "Not found");
    if (!doc->gap_count) {
        rawf(h, "<p class=\"note\">%s</p>\n", doc_no_gaps_words(doc));
        close_part(h);
        return;
    }
    raw(h, "<p class=\"note\">Asked, and not answered by these documents:</p>\n<dl class=\"gaps\">\n");
    for (size_t i = 0; i < doc->gap_count; i++) {
        const struct doc_gap *g = &doc->gaps[i];
        rawf(h, "<div id=\"%s\"><dt dir=\"auto\">", g->id);
        esc(h, g->what);
        raw(h, "</dt><dd dir=\"auto\">");
        esc(h, say(h->doc, g->why));
        raw(h, "</dd></div>\n");
    }
    raw(h, "</dl>\n");
    close_part(h);
}
