/* Word documents: paragraphs as blocks, headings by style, tables, footnotes at the end. Deleted text, field
 * codes and the second version of what has two are left out. */
#include "build.h"
#include "kinds.h"
#include "office.h"
#include "title.h"

#include <stdlib.h>
#include <string.h>

struct writer {
    struct nd_build build;
    struct nd_xml *xml;
    struct nd_styles styles;
    struct nd_grid *grid;        /* the outermost table */
    unsigned tables, paragraphs; /* how deep in either */
    char *style;                 /* of the paragraph */
    unsigned direct_level;       /* of the paragraph itself, 0: none */
    bool row_is_header, row_open;
    unsigned span;       /* columns of the cell */
    bool cell_continues; /* belongs to the one above */
    bool has_title;
    bool unseen; /* the run is marked as hidden text */
};

static bool is_one_of(const struct nd_xml *xml, const char *const *names)
{
    for (; *names; names++) {
        if (nd_xml_is(xml, *names)) return true;
    }
    return false;
}

static bool is_left_out(const struct nd_xml *xml)
{
    static const char *const names[] = {"del",        "moveFrom",   "instrText", "delInstrText",
                                        "Fallback",   "pPrChange",  "rPrChange", "tblPrChange",
                                        "trPrChange", "tcPrChange", "sectPr",    "tabs",
                                        "tblGrid",    "pict",       "ruby",      NULL};
    return is_one_of(xml, names);
}

/* ---- paragraphs ---- */

static void begin_paragraph(struct writer *w)
{
    if (w->paragraphs++ > 0) { /* a text box inside a paragraph */
        nd_build_line(&w->build);
        return;
    }
    nd_free(w->style);
    w->style = NULL;
    w->direct_level = 0;
}

static void end_paragraph(struct writer *w)
{
    if (w->paragraphs > 0 && --w->paragraphs > 0) {
        nd_build_line(&w->build);
        return;
    }
    if (w->tables > 0) {
        nd_build_add(&w->build, ND_VIEW(" "));
        return;
    }
    const struct nd_style *style = nd_styles_heading(&w->styles, w->style);
    unsigned level = w->direct_level ? w->direct_level : style ? style->level : 0;
    if (style && style->title && !w->has_title) {
        struct nd_range range = nd_build_block(&w->build);
        nd_title_from_heading(w->build.job,
                              nd_view_sub(nd_bytes_view(&w->build.text), range.start, range.end));
        w->has_title = range.end > range.start;
    } else if (level) {
        nd_build_heading(&w->build, level);
    } else {
        (void)nd_build_block(&w->build);
    }
}

/* ---- tables: those inside a cell are text of the cell ---- */

static void begin_table(struct writer *w)
{
    if (w->tables++ == 0) w->grid = nd_grid_open(&w->build, (struct nd_view){0});
}

static void end_table(struct writer *w)
{
    if (w->tables == 0 || --w->tables > 0) return;
    nd_grid_close(w->grid);
    w->grid = NULL;
}

static void begin_cell(struct writer *w)
{
    if (w->tables != 1) return;
    if (!w->row_open) nd_grid_row(w->grid, w->row_is_header);
    w->row_open = true;
    w->span = 1;
    w->cell_continues = false;
}

static void end_cell(struct writer *w)
{
    if (w->tables != 1 || !w->row_open) return;
    if (w->cell_continues)
        nd_grid_cell_above(w->grid, w->span);
    else
        nd_grid_cell(w->grid, w->span, 1);
}

/* ---- elements ---- */

static void open_property(struct writer *w)
{
    const char *value = nd_xml_attribute(w->xml, "val");
    if (nd_xml_is(w->xml, "pStyle") && w->paragraphs == 1 && !w->style) {
        w->style = nd_strdup(value);
    } else if (nd_xml_is(w->xml, "outlineLvl") && w->paragraphs == 1) {
        long level = strtol(value, NULL, 10);
        w->direct_level = level >= 0 && level < 9 ? (unsigned)level + 1 : 0;
    } else if (nd_xml_is(w->xml, "gridSpan") && w->tables == 1) {
        long span = strtol(value, NULL, 10);
        w->span = span >= 1 && span <= ND_READ_TABLE_COLUMNS_MAX ? (unsigned)span : 1;
    } else if (nd_xml_is(w->xml, "vMerge") && w->tables == 1) {
        w->cell_continues = strcmp(value, "restart") != 0;
    } else if (nd_xml_is(w->xml, "vanish")) {
        w->unseen = strcmp(value, "0") != 0 && strcmp(value, "false") != 0;
    } else if (nd_xml_is(w->xml, "tblHeader") && w->tables == 1) {
        w->row_is_header = strcmp(value, "0") != 0 && strcmp(value, "false") != 0;
    }
}

static void open_element(struct writer *w)
{
    struct nd_xml *xml = w->xml;
    if (is_left_out(xml)) {
        nd_xml_skip(xml);
    } else if (nd_xml_is(xml, "p")) {
        begin_paragraph(w);
    } else if (nd_xml_is(xml, "tbl")) {
        begin_table(w);
    } else if (nd_xml_is(xml, "tr") && w->tables == 1) {
        w->row_is_header = w->row_open = false;
    } else if (nd_xml_is(xml, "tc")) {
        begin_cell(w);
    } else if (nd_xml_is(xml, "r")) {
        w->unseen = false;
    } else if (nd_xml_is(xml, "t")) {
        struct nd_bytes text = ND_BYTES(ND_READ_ZIP_ENTRY_MAX_BYTES);
        nd_xml_content(xml, &text);
        if (!w->unseen) nd_build_add(&w->build, nd_bytes_view(&text));
        nd_bytes_release(&text);
    } else if (nd_xml_is(xml, "tab")) {
        nd_build_add(&w->build, ND_VIEW(" "));
    } else if (nd_xml_is(xml, "br") || nd_xml_is(xml, "cr")) {
        nd_build_line(&w->build);
    } else if (nd_xml_is(xml, "noBreakHyphen")) {
        nd_build_add(&w->build, ND_VIEW("-"));
    } else {
        open_property(w);
    }
}

static void close_element(struct writer *w)
{
    if (nd_xml_is(w->xml, "p"))
        end_paragraph(w);
    else if (nd_xml_is(w->xml, "tbl"))
        end_table(w);
    else if (nd_xml_is(w->xml, "tc"))
        end_cell(w);
}

static bool write_part(struct writer *w, struct nd_archive *zip, const char *name)
{
    struct nd_bytes part = ND_BYTES(ND_READ_ZIP_ENTRY_MAX_BYTES);
    bool there = nd_archive_part(zip, name, &part);
    if (there) {
        w->xml = nd_xml_open(w->build.job, nd_bytes_view(&part));
        for (enum nd_xml_at at = nd_xml_next(w->xml); at != ND_XML_END && !w->build.over;
             at = nd_xml_next(w->xml)) {
            if (at == ND_XML_OPEN) open_element(w);
            if (at == ND_XML_CLOSE) close_element(w);
        }
        if (nd_xml_damaged(w->xml))
            nd_job_fault(w->build.job, w->build.page,
                         "a part of the document is damaged: the rest of it was left out");
        while (w->tables > 0) end_table(w);
        (void)nd_build_block(&w->build);
        w->paragraphs = 0;
        nd_xml_close(w->xml);
    }
    nd_bytes_release(&part);
    return there;
}

void nd_docx_read(struct nd_job *job)
{
    struct writer w = {0};
    nd_office_extractor(job);
    struct nd_archive *zip = nd_archive_open(job);
    if (!zip) return;
    nd_office_core(zip, job);
    nd_styles_read(&w.styles, zip, job);
    nd_build_open(&w.build, job);
    bool there = write_part(&w, zip, "word/document.xml");
    if (!there && !nd_archive_failed(zip))
        nd_job_fail(job, ND_SOURCE_FAILED, "not a readable Word document (has no text part)");
    (void)write_part(&w, zip, "word/footnotes.xml");
    (void)write_part(&w, zip, "word/endnotes.xml");
    nd_build_close(&w.build);
    nd_title_from_headings(job);
    nd_styles_release(&w.styles);
    nd_free(w.style);
    nd_archive_close(zip);
}
