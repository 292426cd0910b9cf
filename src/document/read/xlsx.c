/* Workbooks: each sheet is a heading and a table of its cells; rows and columns without text are left out. */
#include "xlsx.h"
#include "build.h"
#include "kinds.h"
#include "title.h"

#include <stdlib.h>
#include <string.h>

enum { SHEETS_MAX = 1000 };

/* ---- one sheet ---- */

struct cell {
    size_t column, style;
    char type[12]; /* s, str, inlineStr, b, e, n */
};

/* "BC12" is column 54, counted from 0; a cell without a reference follows the one before it. */
static size_t column_of(const char *reference, size_t otherwise)
{
    size_t column = 0;
    const char *c = reference;
    for (; *c >= 'A' && *c <= 'Z' && column < 100000; c++) column = column * 26 + (size_t)(*c - 'A') + 1;
    return c == reference ? otherwise : column - 1;
}

static void add_value(struct nd_build *b, const struct nd_workbook *book, const struct cell *cell,
                      const char *value)
{
    struct nd_bytes text = ND_BYTES(1 << 16);
    if (strcmp(cell->type, "s") == 0)
        nd_build_add(b, nd_workbook_string(book, strtoul(value, NULL, 10)));
    else if (strcmp(cell->type, "b") == 0)
        nd_build_add(b, nd_view_of(strcmp(value, "1") == 0 ? "TRUE" : "FALSE"));
    else if (strcmp(cell->type, "") == 0 || strcmp(cell->type, "n") == 0)
        nd_workbook_number(book, value, cell->style, &text);
    else
        nd_build_add(b, nd_view_of(value));
    nd_build_add(b, nd_bytes_view(&text));
    nd_bytes_release(&text);
}

/* After OPEN of c: its value into the build's run. */
static void read_cell(struct nd_build *b, const struct nd_workbook *book, struct nd_xml *xml,
                      const struct cell *cell)
{
    struct nd_bytes value = ND_BYTES(1 << 20);
    for (unsigned depth = 1; depth > 0;) {
        enum nd_xml_at at = nd_xml_next(xml);
        if (at == ND_XML_END) break;
        if (at == ND_XML_CLOSE) depth--;
        if (at != ND_XML_OPEN) continue;
        if (nd_xml_is(xml, "f") || nd_xml_is(xml, "rPh"))
            nd_xml_skip(xml);
        else if (nd_xml_is(xml, "v") || nd_xml_is(xml, "t"))
            nd_xml_content(xml, &value);
        else
            depth++;
    }
    if (value.len > 0) add_value(b, book, cell, value.data);
    nd_bytes_release(&value);
}

/* After OPEN of row. The row begins in the table with its first cell that has text. */
static void read_row(struct nd_build *b, struct nd_grid *grid, const struct nd_workbook *book,
                     struct nd_xml *xml)
{
    size_t next = 0; /* column that the table's next cell has */
    bool begun = false;
    for (size_t column = 0;; column++) {
        enum nd_xml_at at = nd_xml_next(xml);
        while (at == ND_XML_OPEN && !nd_xml_is(xml, "c")) {
            nd_xml_skip(xml);
            at = nd_xml_next(xml);
        }
        if (at == ND_XML_TEXT) continue;
        if (at != ND_XML_OPEN) return;
        struct cell cell = {.column = column_of(nd_xml_attribute(xml, "r"), column)};
        cell.style = strtoul(nd_xml_attribute(xml, "s"), NULL, 10);
        (void)strncat(cell.type, nd_xml_attribute(xml, "t"), sizeof cell.type - 1);
        column = cell.column;
        read_cell(b, book, xml, &cell);
        if (b->run.len == 0 || column >= ND_READ_TABLE_COLUMNS_MAX || column < next) {
            nd_bytes_clear(&b->run);
            continue;
        }
        if (!begun) nd_grid_row(grid, false);
        begun = true;
        struct nd_bytes held = b->run;
        b->run = ND_BYTES(ND_BYTES_MAX);
        for (; next < column; next++) nd_grid_cell(grid, 1, 1);
        nd_bytes_release(&b->run);
        b->run = held;
        nd_grid_cell(grid, 1, 1);
        next++;
    }
}

static void read_sheet(struct nd_build *b, const struct nd_workbook *book, const struct nd_listed_part *sheet)
{
    struct nd_bytes part = ND_BYTES(ND_READ_ZIP_ENTRY_MAX_BYTES);
    nd_build_add(b, nd_view_of(sheet->name));
    nd_build_heading(b, 1);
    if (sheet->part && nd_archive_part(book->zip, sheet->part, &part)) {
        struct nd_xml *xml = nd_xml_open(book->job, nd_bytes_view(&part));
        struct nd_grid *grid = nd_grid_open(b, nd_view_of(sheet->name));
        for (enum nd_xml_at at = nd_xml_next(xml); at != ND_XML_END && !b->over; at = nd_xml_next(xml)) {
            if (at == ND_XML_OPEN && nd_xml_is(xml, "row")) read_row(b, grid, book, xml);
        }
        nd_grid_close(grid);
        if (nd_xml_damaged(xml))
            nd_job_fault(book->job, b->page, "a sheet is damaged: the rest of it was left out");
        nd_xml_close(xml);
    }
    nd_bytes_release(&part);
}

static void read_sheets(struct nd_workbook *book)
{
    struct nd_listed sheets = {0};
    struct nd_build b;
    nd_listed_read(&sheets, book->zip, book->job, "xl", "workbook.xml", "sheet", SHEETS_MAX);
    nd_build_open(&b, book->job);
    for (size_t i = 0; i < sheets.n && !b.over; i++) read_sheet(&b, book, &sheets.v[i]);
    nd_build_close(&b);
    nd_listed_release(&sheets);
}

void nd_xlsx_read(struct nd_job *job)
{
    struct nd_workbook book;
    nd_office_extractor(job);
    struct nd_archive *zip = nd_archive_open(job);
    if (!zip) return;
    nd_office_core(zip, job);
    nd_workbook_read(&book, zip, job);
    read_sheets(&book);
    nd_workbook_release(&book);
    nd_archive_close(zip);
}
