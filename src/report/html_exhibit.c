/* Tables and charts of report.html. */
#include "html.h"

#include "chart.h"
#include "words.h"

bool html_has_loose_exhibits(const struct doc *doc)
{
    for (size_t i = 0; i < doc->exhibit_count; i++) {
        if (doc->exhibits[i].section == NONE) return true;
    }
    return false;
}

static const struct doc_cell *cell(const struct doc_exhibit *x, size_t row, size_t column)
{
    return &x->cells[row * x->column_count + column];
}

/* A quote of the exhibit when all its quotes are from one page; NONE otherwise. */
static size_t only_page(const struct doc *doc, const struct doc_exhibit *x)
{
    size_t first = NONE;
    for (size_t i = 0; i < x->rows * x->column_count; i++) {
        size_t quote = x->cells[i].quote;
        if (quote == NONE) continue;
        if (first == NONE) first = quote;
        if (!doc_same_page(doc, first, quote)) return NONE;
    }
    return first;
}

static bool is_numeric(const struct doc_exhibit *x, size_t column)
{
    bool any = false;
    for (size_t i = 0; i < x->rows; i++) {
        const struct doc_cell *c = cell(x, i, column);
        any = any || c->has_value;
        if (!c->has_value && *c->text) return false;
    }
    return any;
}

static void put_row_sources(struct html *h, const struct doc_exhibit *x, size_t row)
{
    bool any = false;
    raw(h, "<td class=\"source\">");
    for (size_t i = 0; i < x->column_count; i++) {
        if (!cell_cites_anew(h->doc, x, row, i)) continue;
        if (any) raw(h, " ");
        put_cite(h, cell(x, row, i)->quote);
        any = true;
    }
    raw(h, any ? "</td>" : "computed</td>");
}

static void put_cell(struct html *h, const struct doc_exhibit *x, size_t row, size_t column)
{
    const struct doc_cell *c = cell(x, row, column);
    bool head = column == 0 && *c->text;
    raw(h, head ? "<th scope=\"row\"" : "<td");
    raw(h, is_numeric(x, column) && !head ? " class=\"num\">" : " dir=\"auto\">");
    if (c->quote != NONE && !head) rawf(h, "<a class=\"value\" href=\"#%s\">", h->doc->quotes[c->quote].q.id);
    esc(h, c->text);
    if (c->own_unit && !nd_unit_named(nd_view_of(c->text), c->unit)) {
        raw(h, " ");
        esc(h, c->unit);
    }
    if (c->quote != NONE && !head) raw(h, "</a>");
    if (c->op) raw(h, "<sup>ƒ</sup>");
    raw(h, head ? "</th>" : "</td>");
}

static void put_table(struct html *h, const struct doc_exhibit *x, bool row_sources)
{
    rawf(h,
         "<div class=\"wide\" tabindex=\"0\" role=\"region\" aria-labelledby=\"%s-h\">\n<table>\n<thead><tr>",
         x->id);
    for (size_t i = 0; i < x->column_count; i++) {
        raw(h, is_numeric(x, i) && i ? "<th scope=\"col\" class=\"num\">" : "<th scope=\"col\">");
        esc(h, x->columns[i].title);
        if (*x->columns[i].unit) {
            raw(h, " <span class=\"unit\">(");
            esc(h, x->columns[i].unit);
            raw(h, ")</span>");
        }
        raw(h, "</th>");
    }
    if (row_sources) raw(h, "<th scope=\"col\">Source</th>");
    raw(h, "</tr></thead>\n<tbody>\n");
    for (size_t row = 0; row < x->rows; row++) {
        raw(h, "<tr>");
        for (size_t i = 0; i < x->column_count; i++) put_cell(h, x, row, i);
        if (row_sources) put_row_sources(h, x, row);
        raw(h, "</tr>\n");
    }
    raw(h, "</tbody></table></div>\n");
}

static void put_notes(struct html *h, const struct doc_exhibit *x, size_t page)
{
    if (page != NONE) {
        raw(h, "<p class=\"source\">Source: <cite dir=\"auto\">");
        put_one_line(&h->scratch, h->doc->sources[h->doc->quotes[page].source].title);
        esc_scratch(h);
        raw(h, "</cite> ");
        put_cite(h, page);
        raw(h, "</p>\n");
    }
    for (size_t i = 0; i < x->rows * x->column_count; i++) {
        if (!formula_is_new(h->doc, x, i)) continue;
        raw(h, "<p class=\"source\">ƒ ");
        put_formula(&h->scratch, h->doc, x, &x->cells[i]);
        esc_scratch(h);
        raw(h, ".</p>\n");
    }
    if (*x->note) {
        raw(h, "<p class=\"source\">Note: ");
        esc(h, x->note);
        raw(h, "</p>\n");
    }
}

void html_exhibits(struct html *h, size_t section)
{
    for (size_t i = 0; i < h->doc->exhibit_count; i++) {
        const struct doc_exhibit *x = &h->doc->exhibits[i];
        if (x->section != section) continue;
        size_t page = only_page(h->doc, x);
        rawf(h, "<figure id=\"%s\" class=\"exhibit\">\n<figcaption><span class=\"label\">%s %zu</span>",
             x->id, say(h->doc, x->chart ? "Chart" : "Table"), i + 1);
        rawf(h, "<h3 id=\"%s-h\" dir=\"auto\">", x->id);
        esc(h, x->title);
        raw(h, "</h3></figcaption>\n");
        if (x->chart) {
            rawf(h, "<div class=\"wide\" tabindex=\"0\" role=\"group\" aria-labelledby=\"%s-h\">\n", x->id);
            chart_svg(h->doc, x, false, h->out);
            raw(h, "</div>\n");
        }
        put_table(h, x, page == NONE);
        put_notes(h, x, page);
        raw(h, "</figure>\n");
    }
}
