/* Small pieces of report.html. */
#include "html.h"

#include "words.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"

void raw(struct html *h, const char *markup)
{
    nd_bytes_add_str(h->out, say(h->doc, markup));
}

void rawf(struct html *h, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *text = nd_vsprintf(say(h->doc, fmt), args);
    va_end(args);
    nd_bytes_add_str(h->out, text);
    nd_free(text);
}

void esc_view(struct html *h, struct nd_view text)
{
    nd_text_html(text, h->out);
}

void esc(struct html *h, const char *text)
{
    esc_view(h, nd_view_of(text));
}

void esc_scratch(struct html *h)
{
    esc_view(h, nd_bytes_view(&h->scratch));
    nd_bytes_clear(&h->scratch);
}

/* Does the first letter run from right to left? */
static bool is_rtl(struct nd_view text)
{
    for (size_t at = 0; at < text.len;) {
        uint32_t c = nd_utf8_next(text, &at);
        if (nd_is_letter(c)) return nd_is_rtl(c);
    }
    return false;
}

void put_dir(struct html *h, struct nd_view text)
{
    if (is_rtl(text)) raw(h, " dir=\"rtl\"");
}

void put_lang(struct html *h, const char *lang)
{
    if (lang_is_plain(lang)) rawf(h, " lang=\"%s\"", lang);
}

void open_part(struct html *h, const char *id, const char *css_class, const char *title)
{
    rawf(h, "<section id=\"%s\" class=\"%s\" aria-labelledby=\"%s-h\">\n<h2 id=\"%s-h\">", id, css_class, id,
         id);
    esc(h, say(h->doc, title));
    raw(h, "</h2>\n");
}

void close_part(struct html *h)
{
    raw(h, "</section>\n");
}

void open_table(struct html *h, const char *id, const char *title, const char *const *columns)
{
    rawf(h,
         "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-labelledby=\"%s-t\">\n"
         "<table class=\"small\"><caption id=\"%s-t\">%s</caption>\n"
         "<thead><tr>",
         id, id, say(h->doc, title));
    for (; *columns; columns++) rawf(h, "<th scope=\"col\">%s</th>", say(h->doc, *columns));
    raw(h, "</tr></thead>\n<tbody>\n");
}

void close_table(struct html *h)
{
    raw(h, "</tbody></table></div>\n");
}

void put_cite(struct html *h, size_t quote)
{
    const struct doc_quote *q = &h->doc->quotes[quote];
    rawf(h, "<a class=\"cite\" dir=\"ltr\" href=\"#%s\">", q->q.id);
    put_citation(&h->scratch, h->doc, q);
    esc_scratch(h);
    raw(h, "</a>");
}

void put_quotes(struct html *h, const struct refs *quotes)
{
    size_t first = 0; /* of the quotes that run on across pages */
    for (size_t i = 0; i < quotes->n; i++) {
        const struct doc_quote *q = &h->doc->quotes[quotes->v[i]];
        bool more = i + 1 < quotes->n, goes_on = more && doc_continues(q, &h->doc->quotes[quotes->v[i + 1]]);
        if (first == i) {
            raw(h, "<span class=\"q\"");
            put_lang(h, q->lang);
            put_dir(h, q->q.display);
            raw(h, ">“");
        }
        esc_view(h, q->q.display);
        if (goes_on) {
            raw(h, " ");
            continue;
        }
        raw(h, "”</span>");
        for (; first <= i; first++) {
            raw(h, "\u00A0"); /* a citation does not stand alone on a line */
            put_cite(h, quotes->v[first]);
        }
        if (more) raw(h, " ");
    }
}
