/* OpenDocument texts: paragraphs as blocks, headings by element or style, tables, footnotes at the end.
 * Deleted text, comments and generated indexes are left out. */
#include "build.h"
#include "kinds.h"
#include "office.h"
#include "title.h"

#include <stdlib.h>
#include <string.h>

enum { LEVELS = 10 };

struct writer {
    struct nd_build build;
    struct nd_xml *xml;
    struct nd_styles styles;
    struct nd_grid *grid;        /* the outermost table */
    unsigned tables, paragraphs; /* how deep in either */
    unsigned level;              /* of the block as a heading, 0: none */
    bool title;                  /* the block is the document's title */
    bool has_title;
    bool in_header; /* rows say that they are the table's header */
    bool row_open, cell_open;
    unsigned columns, rows;  /* of the cell */
    struct nd_bytes notes;   /* each ended by a line break */
    struct nd_bytes *target; /* where text goes: NULL, the block */
};

static void add(struct writer *w, struct nd_view text)
{
    if (w->target)
        nd_bytes_add_view(w->target, text);
    else
        nd_build_add(&w->build, text);
}

static unsigned number(struct nd_xml *xml, const char *name, unsigned most)
{
    long n = strtol(nd_xml_attribute(xml, name), NULL, 10);
    return n < 1 ? 1 : n > (long)most ? most : (unsigned)n;
}

/* ---- styles: their names, what they are based on, and whether they are headings ---- */

static void add_style(struct writer *w, struct nd_xml *xml)
{
    struct nd_style style = {.id = nd_strdup(nd_xml_attribute(xml, "name"))};
    style.based_on = nd_strdup(nd_xml_attribute(xml, "parent-style-name"));
    style.title = strcmp(style.id, "Title") == 0 || strcmp(style.based_on, "Title") == 0;
    long level = strtol(nd_xml_attribute(xml, "default-outline-level"), NULL, 10);
    style.level = level >= 1 && level <= LEVELS ? (unsigned)level : 0;
    nd_styles_add(&w->styles, style);
}

static void read_styles(void *ctx, struct nd_xml *xml)
{
    for (enum nd_xml_at at = nd_xml_next(xml); at != ND_XML_END; at = nd_xml_next(xml)) {
        if (at == ND_XML_OPEN && nd_xml_is(xml, "style")) add_style(ctx, xml);
    }
}

/* ---- paragraphs ---- */

static void begin_paragraph(struct writer *w, bool heading)
{
    if (w->paragraphs++ > 0) { /* a text box inside a paragraph */
        if (!w->target) nd_build_line(&w->build);
        return;
    }
    const struct nd_style *style = nd_styles_heading(&w->styles, nd_xml_attribute(w->xml, "style-name"));
    w->title = style && style->title;
    w->level = style ? style->level : 0;
    if (!heading) return;
    long level = strtol(nd_xml_attribute(w->xml, "outline-level"), NULL, 10);
    w->level = level >= 1 && level <= LEVELS ? (unsigned)level : 1;
}

static void end_paragraph(struct writer *w)
{
    bool inner = w->paragraphs > 0 && --w->paragraphs > 0;
    if (w->target) {
        nd_bytes_add_char(w->target, ' ');
    } else if (inner) {
        nd_build_line(&w->build);
    } else if (w->tables > 0) {
        nd_build_add(&w->build, ND_VIEW(" "));
    } else if (w->title && !w->has_title) {
        struct nd_range range = nd_build_block(&w->build);
        nd_title_from_heading(w->build.job,
                              nd_view_sub(nd_bytes_view(&w->build.text), range.start, range.end));
        w->has_title = range.end > range.start;
    } else if (w->level > 0) {
        nd_build_heading(&w->build, w->level);
    } else {
        (void)nd_build_block(&w->build);
    }
}

/* ---- tables: those inside a cell are text of the cell ---- */

static void open_table_element(struct writer *w)
{
    struct nd_xml *xml = w->xml;
    if (nd_xml_is(xml, "table")) {
        if (w->tables++ > 0) return;
        (void)nd_build_block(&w->build);
        w->grid = nd_grid_open(&w->build, (struct nd_view){0});
        w->in_header = w->row_open = w->cell_open = false;
    } else if (w->tables != 1) {
        return;
    } else if (nd_xml_is(xml, "table-header-rows")) {
        w->in_header = true;
    } else if (nd_xml_is(xml, "table-row")) {
        nd_grid_row(w->grid, w->in_header);
        w->row_open = true;
    } else if (nd_xml_is(xml, "table-cell") && w->row_open) {
        w->cell_open = true;
        unsigned spanned = number(xml, "number-columns-spanned", ND_READ_TABLE_COLUMNS_MAX);
        unsigned repeated = number(xml, "number-columns-repeated", ND_READ_TABLE_COLUMNS_MAX);
        w->columns = spanned > repeated ? spanned : repeated;
        w->rows = number(xml, "number-rows-spanned", ND_READ_TABLE_COLUMNS_MAX);
    }
}

static void close_table_element(struct writer *w)
{
    if (nd_xml_is(w->xml, "table") && w->tables > 0) {
        if (--w->tables == 0) nd_grid_close(w->grid);
    } else if (w->tables != 1) {
        return;
    } else if (nd_xml_is(w->xml, "table-header-rows")) {
        w->in_header = false;
    } else if (nd_xml_is(w->xml, "table-cell") && w->cell_open) {
        nd_grid_cell(w->grid, w->columns, w->rows);
        w->cell_open = false;
    }
}

/* ---- elements ---- */

static bool is_left_out(const struct nd_xml *xml)
{
    static const char *const names[] = {"tracked-changes",
                                        "annotation",
                                        "table-of-content",
                                        "alphabetical-index",
                                        "illustration-index",
                                        "table-index",
                                        "object-index",
                                        "user-index",
                                        "note-citation",
                                        "ruby-text",
                                        "forms",
                                        "desc",
                                        "script",
                                        "event-listeners",
                                        "covered-table-cell",
                                        "sequence-decls",
                                        "font-face-decls",
                                        NULL};
    for (const char *const *name = names; *name; name++) {
        if (nd_xml_is(xml, *name)) return true;
    }
    return false;
}

static void open_element(struct writer *w)
{
    struct nd_xml *xml = w->xml;
    if (is_left_out(xml))
        nd_xml_skip(xml);
    else if (nd_xml_is(xml, "style"))
        add_style(w, xml);
    else if (nd_xml_is(xml, "p") || nd_xml_is(xml, "h"))
        begin_paragraph(w, nd_xml_is(xml, "h"));
    else if (nd_xml_is(xml, "note"))
        w->target = &w->notes;
    else if (nd_xml_is(xml, "s") || nd_xml_is(xml, "tab"))
        add(w, ND_VIEW(" "));
    else if (nd_xml_is(xml, "line-break") && !w->target)
        nd_build_line(&w->build);
    else if (!w->target)
        open_table_element(w);
}

static void close_element(struct writer *w)
{
    if (nd_xml_is(w->xml, "p") || nd_xml_is(w->xml, "h")) {
        end_paragraph(w);
    } else if (nd_xml_is(w->xml, "note")) {
        nd_bytes_add_char(&w->notes, '\n');
        w->target = NULL;
    } else if (!w->target) {
        close_table_element(w);
    }
}

static void add_notes(struct writer *w)
{
    struct nd_view notes = nd_bytes_view(&w->notes);
    for (size_t at = 0; at < notes.len;) {
        size_t end = nd_view_find(notes, ND_VIEW("\n"), at);
        if (end == SIZE_MAX) end = notes.len;
        nd_build_add(&w->build, nd_view_sub(notes, at, end));
        (void)nd_build_block(&w->build);
        at = end + 1;
    }
}

static void read_content(void *ctx, struct nd_xml *xml)
{
    struct writer *w = ctx;
    w->xml = xml;
    for (enum nd_xml_at at = nd_xml_next(xml); at != ND_XML_END && !w->build.over; at = nd_xml_next(xml)) {
        if (at == ND_XML_OPEN) open_element(w);
        if (at == ND_XML_CLOSE) close_element(w);
        if (at == ND_XML_TEXT && w->paragraphs > 0) add(w, nd_xml_text(xml));
    }
    if (nd_xml_damaged(xml))
        nd_job_fault(w->build.job, w->build.page, "the text is damaged: the rest of it was left out");
    if (w->tables > 0) nd_grid_close(w->grid);
    (void)nd_build_block(&w->build);
    add_notes(w);
}

/* The manifest is not parsed: old ones have a document type. */
static bool is_encrypted(struct nd_archive *zip)
{
    struct nd_bytes manifest = ND_BYTES(ND_READ_ZIP_ENTRY_MAX_BYTES);
    bool there = nd_archive_part(zip, "META-INF/manifest.xml", &manifest);
    bool found = there && nd_view_find(nd_bytes_view(&manifest), ND_VIEW("encryption-data"), 0) != SIZE_MAX;
    nd_bytes_release(&manifest);
    return found;
}

static void read_text(struct nd_job *job, struct nd_archive *zip)
{
    static const struct nd_property_names names = {"title", "initial-creator", "creation-date"};
    struct writer w = {.notes = ND_BYTES(ND_READ_FLOW_MAX_BYTES)};
    nd_office_properties(zip, job, "meta.xml", &names);
    nd_office_part(zip, job, "styles.xml", read_styles, &w);
    nd_build_open(&w.build, job);
    nd_office_part(zip, job, "content.xml", read_content, &w);
    nd_build_close(&w.build);
    nd_title_from_headings(job);
    nd_styles_release(&w.styles);
    nd_bytes_release(&w.notes);
}

void nd_odt_read(struct nd_job *job)
{
    nd_office_extractor(job);
    struct nd_archive *zip = nd_archive_open(job);
    if (!zip) return;
    if (is_encrypted(zip))
        nd_job_fail(job, ND_SOURCE_FAILED, "encrypted: a password is needed to open it");
    else
        read_text(job, zip);
    nd_archive_close(zip);
}
