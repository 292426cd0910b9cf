/* Every quote in its context. */
#include "html.h"

#include "context.h"
#include "words.h"

#include <string.h>

/* One link for each part of the report. */
static void put_used_in(struct html *h, size_t quote)
{
    const struct use *v = h->uses.v;
    size_t first = h->uses.first[quote], end = h->uses.first[quote + 1];
    if (first == end) return;
    raw(h, "<p class=\"used\">Cited in ");
    for (size_t i = first; i < end; i++) {
        size_t same = first;
        while (strcmp(v[same].where, v[i].where) != 0) same++;
        if (same < i) continue;
        rawf(h, "%s<a href=\"#%s\">", i == first ? "" : ", ", v[i].id);
        esc(h, v[i].where);
        raw(h, "</a>");
    }
    raw(h, "</p>\n");
}

static void put_in_context(struct html *h, const struct doc_quote *q)
{
    struct context c = context_of(q);
    raw(h, "<blockquote class=\"context\"");
    put_lang(h, q->lang);
    put_dir(h, q->q.display);
    raw(h, "><p>");
    if (c.cut_before) raw(h, "… ");
    put_context(c.before, h->out);
    raw(h, "<mark>");
    esc_view(h, q->q.display);
    raw(h, "</mark>");
    put_context(c.after, h->out);
    if (c.cut_after) raw(h, " …");
    raw(h, "</p></blockquote>\n");
}

static void put_card(struct html *h, size_t quote)
{
    const struct doc_quote *q = &h->doc->quotes[quote];
    const struct doc_source *s = &h->doc->sources[q->source];
    rawf(h,
         "<article class=\"card\" id=\"%s\" aria-labelledby=\"%s-h\">\n"
         "<h3 id=\"%s-h\"><span class=\"label\">Quotation %s",
         q->q.id, q->q.id, q->q.id, q->q.id + 1);
    rawf(h, "</span> <cite dir=\"auto\">");
    put_one_line(&h->scratch, s->title);
    esc_scratch(h);
    raw(h, "</cite></h3>\n<a class=\"close\" href=\"#closed\">Close</a>\n<p class=\"place\">");
    if (*q->section_title) {
        raw(h, "<span dir=\"auto\">");
        put_one_line(&h->scratch, q->section_title);
        esc_scratch(h);
        raw(h, doc_paged(s) ? "</span> · " : "</span>");
    }
    put_page(&h->scratch, h->doc, q);
    esc_scratch(h);
    rawf(h, " · <a href=\"#src%zu\">source %zu</a></p>\n", q->source + 1, q->source + 1);
    put_in_context(h, q);
    put_used_in(h, quote);
    rawf(h, "<p class=\"check\">Bytes %lld–%lld of the page’s text: equal.</p>\n</article>\n",
         (long long)q->q.start, (long long)q->q.end);
}

void html_cards(struct html *h)
{
    if (!h->doc->quote_count) return;
    open_part(h, "quotes", "part back", "Quotations in context");
    raw(h, "<p class=\"note\">Each quotation as it stands on its page, with some of the text around "
           "it. Citations such as [3, p. 12] lead here.</p>\n"
           "<div class=\"cards\">\n");
    for (size_t i = 0; i < h->doc->quote_count; i++) put_card(h, i);
    raw(h, "</div>\n");
    close_part(h);
}
