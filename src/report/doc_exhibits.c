/* Exhibits of report.json: tables and charts, cell by cell. */
#include "doc.h"
#include "reader.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/report/formula.h"

#include <math.h>

static void read_columns(struct reader *r, const struct nd_json *item, struct doc_exhibit *x)
{
    const struct nd_json *columns = rd_array(r, item, "columns", COLUMNS_MAX);
    x->columns = ND_ARRAY(struct doc_column, nd_json_len(columns) + 1);
    if (!columns) rd_fail(r, "has no 'columns'");
    ND_JSON_EACH(column, columns)
    {
        struct doc_column *c = &x->columns[x->column_count++];
        c->title = rd_text(r, column, "title");
        c->unit = rd_text(r, column, "unit");
    }
}

/* The place in the cells that a pair [row, column] names; NONE after a failure. */
static size_t place_of(struct reader *r, const struct doc_exhibit *x, const struct nd_json *pair)
{
    int64_t row = nd_json_int(nd_json_at(pair, 0), -1), column = nd_json_int(nd_json_at(pair, 1), -1);
    if (nd_json_len(pair) == 2 && row >= 0 && column >= 0 && (size_t)row < x->rows &&
        (size_t)column < x->column_count)
        return (size_t)row * x->column_count + (size_t)column;
    rd_fail(r, "'formula' names row %lld, column %lld, the exhibit has %zu and %zu", (long long)row,
            (long long)column, x->rows, x->column_count);
    return NONE;
}

static void read_formula(struct reader *r, const struct doc_exhibit *x, const struct nd_json *formula,
                         struct doc_cell *c)
{
    c->op = rd_need(r, formula, "op");
    const struct nd_json *args = rd_array(r, formula, "args", ND_FORMULA_ARGS_MAX);
    c->args.v = ND_ARRAY(size_t, nd_json_len(args) + 1);
    ND_JSON_EACH(pair, args)
    {
        size_t place = place_of(r, x, pair);
        if (place == NONE) return;
        c->args.v[c->args.n++] = place;
    }
    if (!c->has_value) rd_fail(r, "has a formula but no 'value'");
}

static void read_cell(struct doc *doc, struct reader *r, const struct nd_json *item,
                      const struct doc_exhibit *x, size_t column, struct doc_cell *c)
{
    const struct nd_json *value = nd_json_get(item, "value");
    const char *unit = rd_text(r, item, "unit"), *quote = rd_text(r, item, "quote");
    const struct nd_json *formula = rd_object(r, item, "formula");
    c->quote = NONE;
    c->text = rd_text(r, item, "text");
    c->own_unit = *unit && !nd_unit_same(unit, x->columns[column].unit);
    c->unit = c->own_unit ? unit : x->columns[column].unit;
    c->has_value = nd_json_kind(value) == ND_JSON_NUMBER;
    c->value = nd_json_num(value, 0);
    if (!(fabs(c->value) <= CELL_VALUE_MAX)) rd_fail(r, "'value' is beyond the limit of %g", CELL_VALUE_MAX);
    if (*quote) c->quote = doc_find(r, &doc->quote_ids, quote);
    if (formula) read_formula(r, x, formula, c);
    if (*quote && formula) rd_fail(r, "has both a quote and a formula");
}

static void read_row(struct doc *doc, struct reader *r, const struct nd_json *row, struct doc_exhibit *x,
                     size_t at)
{
    size_t column = 0;
    if (nd_json_kind(row) != ND_JSON_ARRAY || nd_json_len(row) != x->column_count)
        rd_fail(r, "row %zu has %zu cells, the exhibit has %zu columns", at, nd_json_len(row),
                x->column_count);
    ND_JSON_EACH(item, row)
    {
        if (r->rc != ND_OK) return;
        rd_at(r, "exhibit '%s' row %zu column %zu", x->id, at, column);
        read_cell(doc, r, item, x, column, &x->cells[at * x->column_count + column]);
        column++;
    }
}

static void read_chart(struct reader *r, const struct nd_json *item, struct doc_exhibit *x)
{
    static const char *const types[] = {"bar", "line", NULL};
    const struct nd_json *chart = rd_object(r, item, "chart");
    if (!chart) rd_fail(r, "is a chart but has no 'chart'");
    x->line = rd_word(r, chart, "type", types) == 1;
    x->x = (size_t)rd_int(r, chart, "x", 0, (int64_t)x->column_count - 1);
    x->y = (size_t)rd_int(r, chart, "y", 0, (int64_t)x->column_count - 1);
    if (x->rows == 0 || x->rows > CHART_MARKS_MAX)
        rd_fail(r, "is a chart of %zu marks, wanted 1 to %d", x->rows, CHART_MARKS_MAX);
    for (size_t i = 0; r->rc == ND_OK && i < x->rows; i++) {
        if (!x->cells[i * x->column_count + x->y].has_value)
            rd_fail(r, "row %zu has no value in the chart's column %zu", i, x->y);
    }
}

static void read_exhibit(struct doc *doc, struct reader *r, const struct nd_json *item)
{
    static const char *const kinds[] = {"table", "chart", NULL};
    struct doc_exhibit *x = &doc->exhibits[doc->exhibit_count++];
    rd_at(r, "exhibit %zu", doc->exhibit_count);
    x->id = rd_id(r, item, "id", 'x');
    x->title = rd_need(r, item, "title");
    x->note = rd_text(r, item, "note");
    x->chart = rd_word(r, item, "kind", kinds) == 1;
    x->section = NONE;
    const char *section = rd_text(r, item, "section");
    if (*section) x->section = doc_find(r, &doc->section_ids, section);
    const struct nd_json *rows = rd_array(r, item, "rows", ROWS_MAX);
    read_columns(r, item, x);
    if (r->rc != ND_OK) return;
    x->rows = nd_json_len(rows);
    x->cells = ND_ARRAY(struct doc_cell, x->rows * x->column_count + 1);
    size_t at = 0;
    ND_JSON_EACH(row, rows)
    {
        if (r->rc == ND_OK) read_row(doc, r, row, x, at++);
    }
    rd_at(r, "exhibit '%s'", x->id);
    if (x->chart && r->rc == ND_OK) read_chart(r, item, x);
    ids_add(&doc->exhibit_ids, x->id, doc->exhibit_count - 1);
}

void doc_read_exhibits(struct doc *doc, struct reader *r)
{
    size_t cells = 0;
    rd_at(r, "the report");
    const struct nd_json *array = rd_array(r, doc->json, "exhibits", EXHIBITS_MAX);
    doc->exhibits = ND_ARRAY(struct doc_exhibit, nd_json_len(array) + 1);
    ND_JSON_EACH(item, array)
    {
        if (r->rc != ND_OK) break;
        read_exhibit(doc, r, item);
        const struct doc_exhibit *x = &doc->exhibits[doc->exhibit_count - 1];
        cells += x->rows * x->column_count;
        if (cells > CELLS_MAX) rd_fail(r, "the exhibits have more than %d cells", CELLS_MAX);
    }
    const char *twice = ids_sort(&doc->exhibit_ids);
    if (twice) rd_fail(r, "id '%s' stands twice", twice);
}

void doc_free_exhibits(struct doc *doc)
{
    for (size_t i = 0; i < doc->exhibit_count; i++) {
        struct doc_exhibit *x = &doc->exhibits[i];
        for (size_t c = 0; x->cells && c < x->rows * x->column_count; c++) nd_free(x->cells[c].args.v);
        nd_free(x->cells);
        nd_free(x->columns);
    }
    nd_free(doc->exhibits);
}
