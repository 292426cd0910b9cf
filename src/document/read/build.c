#include "build.h"
#include "charset.h"
#include "nightdesk/document/page_text.h"

#include <string.h>

static const char full[] = "text over the limit of 32 MB: the rest was left out";
static const char large_tables[] = "tables over the limit of 200,000 cells are kept as text only";

void nd_build_open(struct nd_build *b, struct nd_job *job)
{
    *b = (struct nd_build){.job = job,
                           .page = 1,
                           .done = ND_BYTES(ND_BYTES_MAX),
                           .text = ND_BYTES(ND_BYTES_MAX),
                           .run = ND_BYTES(ND_BYTES_MAX)};
}

void nd_build_source(struct nd_build *b, struct nd_bytes *out)
{
    struct nd_view bytes = b->job->bytes;
    b->cut = bytes.len > ND_READ_FLOW_SOURCE_MAX_BYTES;
    nd_charset_convert(b->job->charset,
                       nd_view_sub(bytes, 0, b->cut ? ND_READ_FLOW_SOURCE_MAX_BYTES : bytes.len), out);
}

/* ---- pages ---- */

static struct nd_view without_blank_end(struct nd_view text)
{
    while (text.len > 0 && strchr(" \t\n", text.data[text.len - 1])) text.len--;
    return text;
}

/* Ends the page at that byte; what stands after it begins the next one. */
static void turn_page(struct nd_build *b, size_t at)
{
    struct nd_view page = without_blank_end(nd_view_sub(nd_bytes_view(&b->text), 0, at));
    ND_GROW(b->page_at, b->page - 1, b->page_cap);
    b->page_at[b->page - 1] = b->done.len;
    b->page++;
    nd_bytes_add_view(&b->done, page);
    nd_bytes_add_char(&b->done, '\f');
    if (at < b->text.len) memmove(b->text.data, b->text.data + at, b->text.len - at);
    b->text.len -= at;
}

void nd_build_page(struct nd_build *b)
{
    (void)nd_build_block(b);
    turn_page(b, b->text.len);
    b->breaks = 0;
}

void nd_build_close(struct nd_build *b)
{
    (void)nd_build_block(b);
    if (b->text.len > 0 || b->page == 1) turn_page(b, b->text.len);
    uint32_t pages = b->page - 1;
    if (b->over || b->cut) nd_job_fault(b->job, pages, full);
    if (b->tables_left_out > 0) nd_job_fault(b->job, b->tables_left_out, large_tables);
    nd_job_count(b->job, pages);
    for (uint32_t i = 0; i < pages; i++) {
        size_t end = (i + 1 < pages ? b->page_at[i + 1] : b->done.len) - 1;
        nd_job_page(b->job, nd_view_sub(nd_bytes_view(&b->done), b->page_at[i], end));
    }
    nd_free(b->page_at);
    nd_bytes_release(&b->done);
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

/* Where a text of at most max bytes best ends: after a paragraph if one ends in the last quarter, else after
 * a line, a word, a character. */
static size_t border(struct nd_view text, size_t max)
{
    size_t end = nd_utf8_cut(text, max);
    for (size_t i = end; i > 1 && i > end - end / 4; i--) {
        if (text.data[i - 1] == '\n' && text.data[i - 2] == '\n') return i;
    }
    const char *last = memrchr(text.data, '\n', end);
    if (!last) last = memrchr(text.data, ' ', end);
    return last ? (size_t)(last - text.data) + 1 : end;
}

/* The text as far as the document has room for it; then it is full. */
static struct nd_view within_limit(struct nd_build *b, struct nd_view text)
{
    size_t used = b->done.len + b->text.len;
    size_t room = used < ND_READ_FLOW_MAX_BYTES ? ND_READ_FLOW_MAX_BYTES - used : 0;
    if (text.len <= room) return text;
    b->over = true;
    return without_blank_end(nd_view_sub(text, 0, border(text, room)));
}

static bool fits(const struct nd_build *b, size_t bytes)
{
    return b->text.len + bytes <= ND_READ_PAGE_MAX_BYTES;
}

/* Appends a text that fits, after its separator. */
static struct nd_range put_text(struct nd_build *b, unsigned breaks, unsigned tabs, struct nd_view text)
{
    struct nd_reading *r = b->job->reading;
    for (; breaks > 0; breaks--) nd_bytes_add_char(&b->text, '\n');
    for (; tabs > 0; tabs--) nd_bytes_add_char(&b->text, '\t');
    struct nd_range range = {b->page, (uint32_t)b->text.len, (uint32_t)(b->text.len + text.len)};
    nd_bytes_add_view(&b->text, text);
    if (b->listing && r->code_count < ND_READ_LISTINGS_MAX) {
        ND_GROW(r->code, r->code_count, b->job->code_cap);
        r->code[r->code_count++] = range;
    }
    return range;
}

/* Appends the text after its separator, on a new page if this one has no room for it, and on as many as it
 * needs. Where it (its first part) stands. */
static struct nd_range add_text(struct nd_build *b, unsigned breaks, unsigned tabs, struct nd_view text)
{
    struct nd_range first = {b->page, (uint32_t)b->text.len, (uint32_t)b->text.len};
    text = within_limit(b, text);
    while (text.len > 0) {
        if (b->text.len > 0 && !fits(b, breaks + tabs + text.len)) turn_page(b, b->text.len);
        if (b->text.len == 0) breaks = 0;
        size_t room = ND_READ_PAGE_MAX_BYTES - b->text.len - breaks - tabs;
        size_t end = text.len <= room ? text.len : border(text, room);
        struct nd_view piece = without_blank_end(nd_view_sub(text, 0, end));
        if (piece.len > 0) {
            struct nd_range range = put_text(b, breaks, tabs, piece);
            if (first.end == first.start) first = range;
            tabs = 0;
        }
        text = nd_view_sub(text, end, text.len);
        while (text.len > 0 && text.data[0] == '\n') text = nd_view_sub(text, 1, text.len);
    }
    return first;
}

/* Ends the run; its repaired text. */
static void clean_run(struct nd_build *b, struct nd_bytes *clean)
{
    struct nd_view raw = nd_bytes_view(&b->run);
    if (!b->pre) raw = nd_view_trim(raw);
    while (raw.len > 0 && raw.data[0] == '\n') raw = nd_view_sub(raw, 1, raw.len);
    nd_page_text_repair(raw, clean);
    nd_bytes_clear(&b->run);
}

struct nd_range nd_build_block(struct nd_build *b)
{
    struct nd_bytes clean = ND_BYTES(ND_BYTES_MAX);
    clean_run(b, &clean);
    struct nd_range range = add_text(b, b->breaks, 0, nd_bytes_view(&clean));
    nd_bytes_release(&clean);
    if (range.end == range.start) return range;
    b->breaks = 2;
    b->last = range;
    return range;
}

static struct nd_view text_of(const struct nd_build *b, struct nd_range range)
{
    bool now = range.page >= b->page;
    size_t at = now || range.page == 0 ? 0 : b->page_at[range.page - 1];
    return nd_view_sub(nd_bytes_view(now ? &b->text : &b->done), at + range.start, at + range.end);
}

void nd_build_heading(struct nd_build *b, unsigned level)
{
    struct nd_range range = nd_build_block(b);
    if (range.end == range.start) return;
    nd_job_heading(b->job, range, level, false, text_of(b, range));
}

void nd_build_listing(struct nd_build *b)
{
    b->listing = true;
    (void)nd_build_block(b);
    b->listing = false;
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
    bool row_begun; /* text of the row has been written … */
    size_t row_at;  /* … from here on */
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

static void move(struct nd_range *cell, uint32_t page, size_t from)
{
    if (cell->page != page || cell->start < from) return;
    *cell = (struct nd_range){page + 1, cell->start - (uint32_t)from, cell->end - (uint32_t)from};
}

/* Takes the row that has begun to the next page. */
static void carry_row(struct nd_grid *grid)
{
    struct nd_build *b = grid->build;
    uint32_t page = b->page;
    size_t from = grid->row_at;
    if (from == 0) return; /* the page holds nothing else */
    turn_page(b, from);
    for (size_t i = grid->row_start[grid->rows - 1]; i < grid->cell_count; i++)
        move(&grid->cells[i], page, from);
    for (size_t i = 0; i < grid->columns; i++) move(&grid->above[i], page, from);
    grid->row_at = 0;
}

static struct nd_range put_cell(struct nd_grid *grid)
{
    struct nd_build *b = grid->build;
    struct nd_bytes clean = ND_BYTES(ND_BYTES_MAX);
    flatten(b);
    clean_run(b, &clean);
    if (grid->row_begun && !fits(b, grid->tabs + clean.len)) carry_row(grid);
    struct nd_range range = add_text(b, grid->row_begun ? 0 : b->breaks, grid->tabs, nd_bytes_view(&clean));
    nd_bytes_release(&clean);
    if (range.end == range.start) return range;
    if (!grid->row_begun) grid->row_at = range.start - grid->tabs;
    grid->tabs = 0;
    grid->row_begun = true;
    return range;
}

void nd_grid_cell(struct nd_grid *grid, unsigned columns, unsigned rows)
{
    struct nd_range range = put_cell(grid);
    if (grid->row_begun || grid->tabs < ND_READ_TABLE_COLUMNS_MAX) grid->tabs++;
    for (unsigned i = 0; i < (columns ? columns : 1) && !grid->too_large; i++)
        put(grid, range, rows > 1 ? rows - 1 : 0);
    fill_from_above(grid);
}

void nd_grid_cell_above(struct nd_grid *grid, unsigned columns)
{
    const struct nd_build *b = grid->build;
    nd_bytes_clear(&grid->build->run);
    for (unsigned i = 0; i < columns && !grid->too_large; i++) {
        size_t column = grid->cell_count - grid->row_start[grid->rows - 1];
        if (column == ND_READ_TABLE_COLUMNS_MAX) break;
        struct nd_range above = grid->above[column];
        uint32_t here = (uint32_t)b->text.len;
        if (above.page == 0) above = (struct nd_range){b->page, here, here}; /* there is none */
        put(grid, above, 0);
    }
    grid->tabs++;
}

static bool has_digit(const struct nd_build *b, struct nd_range range)
{
    struct nd_view text = text_of(b, range);
    for (size_t i = 0; i < text.len; i++) {
        if (text.data[i] >= '0' && text.data[i] <= '9') return true;
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
        struct nd_range none = to > 0 ? grid->cells[to - 1] : (struct nd_range){1, 0, 0};
        none.start = none.end;
        for (size_t column = 0; column < grid->columns; column++)
            cells[row * grid->columns + column] = from + column < to ? grid->cells[from + column] : none;
    }
    ND_GROW(r->tables, r->table_count, job->table_cap);
    r->tables[r->table_count++] = (struct nd_table){
        .page = grid->cells[0].page,
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
        b->job->reading->table_count == ND_READ_TABLES_MAX) {
        if (b->tables_left_out == 0) b->tables_left_out = b->page;
    } else if (size > 0) {
        keep(grid);
    }
    b->breaks = 2;
    nd_free(grid->caption);
    nd_free(grid->cells);
    nd_free(grid->row_start);
    nd_free(grid);
}
