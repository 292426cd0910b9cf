/* Presentations: each slide is a page, its title a heading, its paragraphs and tables blocks, the speaker's
 * notes at its end. Numbers, dates and feet that stand on every slide are left out. */
#include "build.h"
#include "kinds.h"
#include "office.h"
#include "title.h"

#include <stdlib.h>
#include <string.h>

enum { SLIDES_MAX = 5000 };

struct writer {
    struct nd_build build;
    struct nd_xml *xml;
    struct nd_grid *grid;
    bool notes;               /* the part is a slide's notes */
    bool title, beside;       /* of the shape: it is the slide's title; it stands on every slide */
    bool pictures;            /* the slide has some */
    bool row_open;            /* the table's row has been begun */
    unsigned tables, columns; /* how deep in tables; columns and rows of the cell */
    unsigned rows;
    bool covered; /* the cell belongs to one beside or above it */
};

static unsigned span(struct nd_xml *xml, const char *name)
{
    long n = strtol(nd_xml_attribute(xml, name), NULL, 10);
    return n >= 1 && n <= ND_READ_TABLE_COLUMNS_MAX ? (unsigned)n : 1;
}

static bool flag(struct nd_xml *xml, const char *name)
{
    const char *value = nd_xml_attribute(xml, name);
    return strcmp(value, "1") == 0 || strcmp(value, "true") == 0;
}

static void open_placeholder(struct writer *w)
{
    const char *type = nd_xml_attribute(w->xml, "type");
    w->title = !w->notes && (strcmp(type, "title") == 0 || strcmp(type, "ctrTitle") == 0);
    w->beside = strcmp(type, "sldNum") == 0 || strcmp(type, "dt") == 0 || strcmp(type, "ftr") == 0 ||
                strcmp(type, "hdr") == 0;
}

static void open_cell(struct writer *w)
{
    if (w->tables != 1) return;
    if (!w->row_open) nd_grid_row(w->grid, false);
    w->row_open = true;
    w->columns = span(w->xml, "gridSpan");
    w->rows = span(w->xml, "rowSpan");
    w->covered = flag(w->xml, "hMerge") || flag(w->xml, "vMerge");
}

static void open_element(struct writer *w)
{
    struct nd_xml *xml = w->xml;
    if (nd_xml_is(xml, "Fallback") || nd_xml_is(xml, "fld")) {
        nd_xml_skip(xml);
    } else if (nd_xml_is(xml, "sp")) {
        w->title = w->beside = false;
    } else if (nd_xml_is(xml, "ph")) {
        open_placeholder(w);
    } else if (nd_xml_is(xml, "txBody") && w->beside) {
        nd_xml_skip(xml);
    } else if (nd_xml_is(xml, "pic")) {
        w->pictures = true;
    } else if (nd_xml_is(xml, "tbl")) {
        if (w->tables++ == 0) w->grid = nd_grid_open(&w->build, (struct nd_view){0});
    } else if (nd_xml_is(xml, "tr") && w->tables == 1) {
        w->row_open = false;
    } else if (nd_xml_is(xml, "tc")) {
        open_cell(w);
    } else if (nd_xml_is(xml, "t")) {
        struct nd_bytes text = ND_BYTES(ND_READ_ZIP_ENTRY_MAX_BYTES);
        nd_xml_content(xml, &text);
        nd_build_add(&w->build, nd_bytes_view(&text));
        nd_bytes_release(&text);
    } else if (nd_xml_is(xml, "br")) {
        nd_build_line(&w->build);
    }
}

static void close_element(struct writer *w)
{
    if (nd_xml_is(w->xml, "p")) {
        if (w->tables > 0)
            nd_build_add(&w->build, ND_VIEW(" "));
        else if (w->title)
            nd_build_line(&w->build);
        else
            (void)nd_build_block(&w->build);
    } else if (nd_xml_is(w->xml, "txBody") && w->title && w->tables == 0) {
        nd_build_heading(&w->build, 1);
    } else if (nd_xml_is(w->xml, "tc") && w->tables == 1 && w->row_open) {
        if (w->covered)
            nd_bytes_clear(&w->build.run);
        else
            nd_grid_cell(w->grid, w->columns, w->rows);
    } else if (nd_xml_is(w->xml, "tbl") && w->tables > 0 && --w->tables == 0) {
        nd_grid_close(w->grid);
    }
}

static void read_part(void *ctx, struct nd_xml *xml)
{
    struct writer *w = ctx;
    w->xml = xml;
    for (enum nd_xml_at at = nd_xml_next(xml); at != ND_XML_END && !w->build.over; at = nd_xml_next(xml)) {
        if (at == ND_XML_OPEN) open_element(w);
        if (at == ND_XML_CLOSE) close_element(w);
    }
    if (nd_xml_damaged(xml))
        nd_job_fault(w->build.job, w->build.page, "the slide is damaged: the rest of it was left out");
    if (w->tables > 0) nd_grid_close(w->grid);
    w->tables = 0;
    w->title = w->beside = false;
    (void)nd_build_block(&w->build);
}

static void read_slide(struct writer *w, struct nd_archive *zip, const char *part)
{
    struct nd_job *job = w->build.job;
    uint32_t page = w->build.page;
    w->notes = w->pictures = false;
    nd_office_part(zip, job, part, read_part, w);
    char *notes = nd_office_related(zip, job, part, "notesSlide");
    w->notes = true;
    if (notes) nd_office_part(zip, job, notes, read_part, w);
    nd_free(notes);
    if (w->build.text.len == 0 && w->build.page == page && w->pictures)
        nd_job_fault(job, page, "a slide of pictures only, no text");
    nd_build_page(&w->build);
}

void nd_pptx_read(struct nd_job *job)
{
    struct writer w = {0};
    struct nd_listed slides = {0};
    nd_office_extractor(job);
    struct nd_archive *zip = nd_archive_open(job);
    if (!zip) return;
    nd_office_core(zip, job);
    nd_listed_read(&slides, zip, job, "ppt", "presentation.xml", "sldId", SLIDES_MAX);
    nd_build_open(&w.build, job);
    for (size_t i = 0; i < slides.n && !w.build.over; i++) {
        if (slides.v[i].part) read_slide(&w, zip, slides.v[i].part);
    }
    nd_build_close(&w.build);
    nd_title_from_headings(job);
    nd_listed_release(&slides);
    nd_archive_close(zip);
}
