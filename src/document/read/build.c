#include "build.h"
#include "nightdesk/document/page_text.h"

#include <string.h>

static const char full[] = "text over the limit of 1 MB: the rest was left out";
static const char large_tables[] = "tables over the limit of 200,000 cells are kept as text only";

void nd_build_open(struct nd_build *b, struct nd_job *job)
{
    *b = (struct nd_build){.job = job, .text = ND_BYTES(ND_BYTES_MAX), .run = ND_BYTES(ND_BYTES_MAX)};
    nd_job_count(job, 1);
}

void nd_build_close(struct nd_build *b)
{
    (void)nd_build_block(b);
    if (b->over) nd_job_fault(b->job, 1, full);
    if (b->job->tables_left_out > 0) nd_job_fault(b->job, 1, large_tables);
    nd_job_page(b->job, nd_bytes_view(&b->text));
    nd_bytes_release(&b->text);
    nd_bytes_release(&b->run);
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

void nd_build_add(struct nd_build *b, struct nd_view text)
{
    if (b->over) return;
    if (b->pre) {
        nd_bytes_add_view(&b->run, text);
        return;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (!is_blank(text.data[i]))
            nd_bytes_add_char(&b->run, text.data[i]);
        else if (b->run.len > 0 && !is_blank(b->run.data[b->run.len - 1]))
            nd_bytes_add_char(&b->run, ' ');
    }
}

void nd_build_line(struct nd_build *b)
{
    if (b->over) return;
    while (!b->pre && b->run.len > 0 && b->run.data[b->run.len - 1] == ' ') b->run.len--;
    nd_bytes_add_char(&b->run, '\n');
}

static struct nd_range place(size_t start, size_t end)
{
    return (struct nd_range){1, (uint32_t)start, (uint32_t)end};
}

/* The text, or the whole lines of it for which the page has room; then the page is full. */
static struct nd_view what_fits(struct nd_build *b, struct nd_view text, size_t separator)
{
    size_t used = b->text.len + separator;
    size_t room = used < ND_READ_PAGE_MAX_BYTES ? ND_READ_PAGE_MAX_BYTES - used : 0;
    if (text.len <= room) return text;
    b->over = true;
    const char *line = memrchr(text.data, '\n', room);
    return nd_view_sub(text, 0, line ? (size_t)(line - text.data) : 0);
}

/* Appends the run, repaired, after the separator; where it stands. */
static struct nd_range end_run(struct nd_build *b, struct nd_view separator)
{
    struct nd_bytes clean = ND_BYTES(ND_BYTES_MAX);
    struct nd_view raw = nd_bytes_view(&b->run);
    if (!b->pre) raw = nd_view_trim(raw);
    while (raw.len > 0 && raw.data[0] == '\n') raw = nd_view_sub(raw, 1, raw.len);
    nd_page_text_repair(raw, &clean);
    nd_bytes_clear(&b->run);
    struct nd_view kept = what_fits(b, nd_bytes_view(&clean), separator.len);
    size_t start = b->text.len;
    if (kept.len > 0) {
        nd_bytes_add_view(&b->text, separator);
        start = b->text.len;
        nd_bytes_add_view(&b->text, kept);
    }
    nd_bytes_release(&clean);
    return place(start, b->text.len);
}

struct nd_range nd_build_block(struct nd_build *b)
{
    struct nd_view breaks = nd_view_sub(ND_VIEW("\n\n"), 0, b->text.len > 0 ? b->breaks : 0);
    struct nd_range range = end_run(b, breaks);
    if (range.end == range.start) return range;
    b->breaks = 2;
    b->last = range;
    return range;
}

static struct nd_view text_of(const struct nd_build *b, struct nd_range range)
{
    return nd_view_sub(nd_bytes_view(&b->text), range.start, range.end);
}

void nd_build_heading(struct nd_build *b, unsigned level)
{
    struct nd_range range = nd_build_block(b);
    if (range.end == range.start) return;
    nd_job_heading(b->job, range, level, false, text_of(b, range));
}

void nd_build_listing(struct nd_build *b)
{
    struct nd_reading *r = b->job->reading;
    struct nd_range range = nd_build_block(b);
    if (range.end == range.start || r->code_count == ND_READ_LISTINGS_MAX) return;
    ND_GROW(r->code, r->code_count, b->job->code_cap);
    r->code[r->code_count++] = range;
}

/* ---- tables ---- */

struct nd_grid {
    struct nd_build *build;
    char *caption;
    struct nd_range *cells; /* rows may be of different lengths */
    size_t cell_count, cell_cap;
    size_t *row_start; /* index in cells */
    size_t rows, row_cap;
    struct nd_range above[ND_READ_TABLE_COLUMNS_MAX]; /* the cell that reaches down into a column … */
    unsigned above_rows[ND_READ_TABLE_COLUMNS_MAX];   /* … and for how many more rows */
    size_t columns, header_rows;
    unsigned tabs;  /* owed before the next text of the row */
    bool row_begun; /* text of the row has been written */
    bool too_large, headers_end;
};

static struct nd_view caption_before(const struct nd_build *b)
{
    static const char *const words[] = {"Table",   "TABLE", "Tabelle", "Tab.",
                                        "Tableau", "Tabla", "Tabella", "Tabela"};
    struct nd_view before = text_of(b, b->last);
    if (before.len > ND_READ_TITLE_MAX_BYTES) return (struct nd_view){0};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        size_t at = strlen(words[i]);
        if (nd_view_starts(before, words[i]) && at < before.len && !nd_is_letter(nd_utf8_next(before, &at)))
            return before;
    }
    return (struct nd_view){0};
}

struct nd_grid *nd_grid_open(struct nd_build *b, struct nd_view caption)
{
    struct nd_grid *grid = ND_NEW(struct nd_grid);
    (void)nd_build_block(b);
    grid->build = b;
    grid->caption = nd_one_line(caption.len > 0 ? caption : caption_before(b));
    return grid;
}

static void put(struct nd_grid *grid, struct nd_range range, unsigned rows_below)
{
    size_t column = grid->cell_count - grid->row_start[grid->rows - 1];
    if (column == ND_READ_TABLE_COLUMNS_MAX || grid->cell_count == ND_READ_CELLS_MAX) {
        grid->too_large = true;
        return;
    }
    ND_GROW(grid->cells, grid->cell_count, grid->cell_cap);
    grid->cells[grid->cell_count++] = range;
    grid->above[column] = range;
    grid->above_rows[column] = rows_below;
    if (column + 1 > grid->columns) grid->columns = column + 1;
}

/* Places of the row that a cell above reaches into. */
static void fill_from_above(struct nd_grid *grid)
{
    for (;;) {
        size_t column = grid->cell_count - grid->row_start[grid->rows - 1];
        if (grid->too_large || column >= grid->columns || grid->above_rows[column] == 0) return;
        put(grid, grid->above[column], grid->above_rows[column] - 1);
    }
}

void nd_grid_row(struct nd_grid *grid, bool header)
{
    struct nd_build *b = grid->build;
    if (grid->rows > 0) {
        fill_from_above(grid);
        if (grid->row_begun) b->breaks = 1;
    }
    ND_GROW(grid->row_start, grid->rows, grid->row_cap);
    grid->row_start[grid->rows++] = grid->cell_count;
    grid->headers_end = grid->headers_end || !header;
    if (!grid->headers_end) grid->header_rows = grid->rows;
    grid->tabs = 0;
    grid->row_begun = false;
    fill_from_above(grid);
}

/* The run as one line. */
static void flatten(struct nd_build *b)
{
    for (size_t i = 0; i < b->run.len; i++) {
        if (is_blank(b->run.data[i])) b->run.data[i] = ' ';
    }
}

void nd_grid_cell(struct nd_grid *grid, unsigned columns, unsigned rows)
{
    struct nd_build *b = grid->build;
    flatten(b);
    struct nd_bytes separator = ND_BYTES(ND_BYTES_MAX);
    if (!grid->row_begun && b->text.len > 0)
        nd_bytes_add_view(&separator, nd_view_sub(ND_VIEW("\n\n"), 0, b->breaks));
    for (unsigned i = 0; i < grid->tabs; i++) nd_bytes_add_char(&separator, '\t');
    struct nd_range range = end_run(b, nd_bytes_view(&separator));
    nd_bytes_release(&separator);
    if (range.end > range.start) {
        grid->tabs = 0;
        grid->row_begun = true;
    }
    if (grid->row_begun || grid->tabs < ND_READ_TABLE_COLUMNS_MAX) grid->tabs++;
    for (unsigned i = 0; i < (columns ? columns : 1) && !grid->too_large; i++)
        put(grid, range, rows > 1 ? rows - 1 : 0);
    fill_from_above(grid);
}

void nd_grid_cell_above(struct nd_grid *grid, unsigned columns)
{
    nd_bytes_clear(&grid->build->run);
    for (unsigned i = 0; i < columns && !grid->too_large; i++) {
        size_t column = grid->cell_count - grid->row_start[grid->rows - 1];
        if (column < ND_READ_TABLE_COLUMNS_MAX) put(grid, grid->above[column], 0);
    }
    grid->tabs++;
}

static bool has_digit(const struct nd_build *b, struct nd_range range)
{
    for (uint32_t i = range.start; i < range.end; i++) {
        if (b->text.data[i] >= '0' && b->text.data[i] <= '9') return true;
    }
    return false;
}

/* Whether the first row, which nothing marks as a header, is one: no digits in it, digits below, nothing
 * missing. */
static bool first_row_names_columns(const struct nd_grid *grid)
{
    bool digits_below = false;
    if (grid->rows < 2) return false;
    for (size_t i = 0; i < grid->row_start[1]; i++) {
        if (grid->cells[i].end == grid->cells[i].start || has_digit(grid->build, grid->cells[i]))
            return false;
    }
    for (size_t i = grid->row_start[1]; i < grid->cell_count && !digits_below; i++)
        digits_below = has_digit(grid->build, grid->cells[i]);
    return digits_below;
}

/* The rows as a rectangle; missing cells are empty at the end of their row. */
static void keep(struct nd_grid *grid)
{
    struct nd_job *job = grid->build->job;
    struct nd_reading *r = job->reading;
    struct nd_range *cells = ND_ARRAY(struct nd_range, grid->rows * grid->columns);
    for (size_t row = 0; row < grid->rows; row++) {
        size_t from = grid->row_start[row],
               to = row + 1 < grid->rows ? grid->row_start[row + 1] : grid->cell_count;
        uint32_t end = to > 0 ? grid->cells[to - 1].end : 0;
        for (size_t column = 0; column < grid->columns; column++)
            cells[row * grid->columns + column] =
                from + column < to ? grid->cells[from + column] : place(end, end);
    }
    ND_GROW(r->tables, r->table_count, job->table_cap);
    r->tables[r->table_count++] = (struct nd_table){
        .page = 1,
        .caption = grid->caption,
        .rows = (uint32_t)grid->rows,
        .columns = (uint32_t)grid->columns,
        .header_rows = (uint32_t)(grid->header_rows ? grid->header_rows : first_row_names_columns(grid)),
        .cells = cells,
    };
    job->cells += grid->rows * grid->columns;
    grid->caption = NULL;
}

void nd_grid_close(struct nd_grid *grid)
{
    struct nd_build *b = grid->build;
    if (grid->rows > 0) fill_from_above(grid);
    while (grid->rows > 1 && grid->row_start[grid->rows - 1] == grid->cell_count) grid->rows--;
    size_t size = grid->rows * grid->columns;
    if (grid->too_large || b->job->cells + size > ND_READ_CELLS_MAX ||
        b->job->reading->table_count == ND_READ_TABLES_MAX)
        b->job->tables_left_out++;
    else if (size > 0)
        keep(grid);
    b->breaks = 2;
    nd_free(grid->caption);
    nd_free(grid->cells);
    nd_free(grid->row_start);
    nd_free(grid);
}
