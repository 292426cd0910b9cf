/* The content of a page as blocks of text. */
#include "html.h"

#include <stdlib.h>
#include <string.h>

enum { CELL_LETTERS_MAX = 2000, LINKS_MIN = 200 };

static const char block_names[] = "p div section article main h1 h2 h3 h4 h5 h6 ul ol li dl dt dd table tr "
                                  "td th thead tbody tfoot caption pre blockquote "
                                  "figure figcaption hr body center address details summary fieldset header "
                                  "footer form hgroup legend title listing xmp";

struct writer {
    struct nd_build *build;
    size_t letters; /* of all that is written */
    bool in_cell;
};

static void write_nodes(struct writer *w, const xmlNode *node);

/* ---- tables ---- */

static unsigned span(const xmlNode *cell, const char *name)
{
    xmlChar *value = nd_html_attribute(cell, name);
    long n = value ? strtol((const char *)value, NULL, 10) : 1;
    xmlFree(value);
    return n < 1 ? 1 : n > ND_READ_TABLE_COLUMNS_MAX ? ND_READ_TABLE_COLUMNS_MAX : (unsigned)n;
}

struct shape {
    size_t rows, columns;
    bool layout; /* holds what no cell of data holds */
};

/* A table of data has rows and columns, and neither tables, headings nor long text in its cells; others only
 * place text. */
static void look_at(const xmlNode *node, struct shape *shape)
{
    for (; node; node = node->next) {
        if (node->type != XML_ELEMENT_NODE) continue;
        if (nd_html_is(node, "tr")) {
            size_t cells = 0;
            for (const xmlNode *cell = node->children; cell; cell = cell->next)
                cells += nd_html_is(cell, "td th");
            shape->rows += cells > 0;
            if (cells > shape->columns) shape->columns = cells;
        }
        bool too_long = nd_html_is(node, "td th") && nd_html_count(node->children).all > CELL_LETTERS_MAX;
        if (too_long || nd_html_is(node, "table h1 h2 h3 h4 h5 h6")) shape->layout = true;
        if (!shape->layout) look_at(node->children, shape);
    }
}

static bool is_data(const xmlNode *table)
{
    struct shape shape = {0};
    look_at(table->children, &shape);
    return !shape.layout && shape.rows >= 2 && shape.columns >= 2;
}

static void write_row(struct writer *w, struct nd_grid *grid, const xmlNode *row, bool in_head)
{
    bool header = true;
    size_t cells = 0;
    for (const xmlNode *cell = row->children; cell; cell = cell->next) {
        cells += nd_html_is(cell, "td th");
        if (nd_html_is(cell, "td")) header = false;
    }
    if (cells == 0) return;
    nd_grid_row(grid, header || in_head);
    for (const xmlNode *cell = row->children; cell; cell = cell->next) {
        if (!nd_html_is(cell, "td th")) continue;
        write_nodes(w, cell->children);
        nd_grid_cell(grid, span(cell, "colspan"), span(cell, "rowspan"));
    }
}

static void write_rows(struct writer *w, struct nd_grid *grid, const xmlNode *node, bool in_head)
{
    for (; node; node = node->next) {
        if (nd_html_is(node, "tr"))
            write_row(w, grid, node, in_head);
        else if (nd_html_is(node, "thead tbody tfoot"))
            write_rows(w, grid, node->children, nd_html_is(node, "thead"));
    }
}

static void write_table(struct writer *w, const xmlNode *table)
{
    struct nd_range caption = {0};
    for (const xmlNode *child = table->children; child; child = child->next) {
        if (!nd_html_is(child, "caption")) continue;
        (void)nd_build_block(w->build);
        write_nodes(w, child->children);
        caption = nd_build_block(w->build);
    }
    struct nd_view page = nd_bytes_view(&w->build->text);
    struct nd_grid *grid = nd_grid_open(w->build, nd_view_sub(page, caption.start, caption.end));
    w->in_cell = true;
    write_rows(w, grid, table->children, false);
    w->in_cell = false;
    nd_grid_close(grid);
}

/* ---- blocks ---- */

static void end_block(struct writer *w)
{
    struct nd_build *b = w->build;
    if (w->in_cell)
        nd_build_add(b, ND_VIEW(" "));
    else if (!b->pre)
        (void)nd_build_block(b);
    else if (b->run.len > 0 && b->run.data[b->run.len - 1] != '\n')
        nd_build_line(b);
}

/* A page that is one large pre is a text, not a listing. */
static void write_pre(struct writer *w, const xmlNode *pre)
{
    bool listing = nd_html_count(pre->children).all * 2 <= w->letters;
    end_block(w);
    w->build->pre = true;
    write_nodes(w, pre->children);
    if (listing)
        nd_build_listing(w->build);
    else
        (void)nd_build_block(w->build);
    w->build->pre = false;
}

/* Lists and tables of links lead elsewhere. */
static bool is_menu(const xmlNode *node)
{
    if (!nd_html_is(node, "ul ol dl table")) return false;
    struct nd_html_letters n = nd_html_count(node->children);
    return n.all > LINKS_MIN && n.linked * 10 > n.all * 8;
}

static void write_element(struct writer *w, const xmlNode *node)
{
    bool nested = w->in_cell || w->build->pre;
    if (nd_html_is(node, "br")) {
        nd_build_line(w->build);
        return;
    }
    if (!nd_html_is(node, block_names)) {
        write_nodes(w, node->children);
        return;
    }
    if (is_menu(node)) return;
    end_block(w);
    if (!nested && nd_html_is(node, "table") && is_data(node)) {
        write_table(w, node);
    } else if (!nested && nd_html_is(node, "pre listing xmp")) {
        write_pre(w, node);
    } else {
        write_nodes(w, node->children);
        if (!nested && nd_html_is(node, "h1 h2 h3 h4 h5 h6"))
            nd_build_heading(w->build, (unsigned)(node->name[1] - '0'));
        end_block(w);
    }
}

static void write_nodes(struct writer *w, const xmlNode *node)
{
    for (; node && !w->build->over; node = node->next) {
        if (node->type == XML_ELEMENT_NODE)
            write_element(w, node);
        else if ((node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) && node->content)
            nd_build_add(w->build, nd_view_of((const char *)node->content));
    }
}

void nd_html_blocks(struct nd_build *b, const xmlNode *node)
{
    struct writer w = {.build = b, .letters = nd_html_count(node->children).all};
    write_nodes(&w, node->children);
    (void)nd_build_block(b);
}
