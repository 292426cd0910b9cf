/*
 * Tables and charts of the data points that a model took from the quotations: one for each measure of which
 * there are at least three values. Units are brought to one by a recorded formula; what can't be brought to
 * one unit stands in a table of its own. Where there are none, the extractive writer's stand; tables of
 * sources are lifted in either case.
 */
#include "nightdesk/base/alloc.h"
#include "nightdesk/core/say.h"
#include "nightdesk/report/formula.h"
#include "scene.h"
#include "writer.h"
#include "writer_extractive_draft.h"
#include "writer_model_points.h"
#include <math.h>
#include <string.h>

#define ROWS_LEAST 3
#define ROWS_MOST 20

/* Points of one measure in units of one kind. */
struct group {
    const struct nd_point *v[ROWS_MOST];
    size_t n;
    const char *unit;     /* the one that most of them have */
    bool converted;       /* not all have it */
    size_t things, dates; /* different ones */
};

static bool is_of(const struct nd_point *p, const struct nd_point *first)
{
    double value = 0;
    return nd_words_same(p->measure, first->measure) && nd_unit_convert(1, p->unit, first->unit, &value);
}

static size_t with_unit(const struct group *g, const char *unit)
{
    size_t n = 0;
    for (size_t i = 0; i < g->n; i++) n += nd_unit_same(g->v[i]->unit, unit);
    return n;
}

static void count(struct group *g)
{
    size_t most = 0;
    for (size_t i = 0; i < g->n; i++) {
        bool thing = true, date = true;
        size_t same = with_unit(g, g->v[i]->unit);
        for (size_t k = 0; k < i; k++) {
            thing = thing && !nd_words_same(g->v[k]->entity, g->v[i]->entity);
            date = date && !nd_words_same(g->v[k]->date, g->v[i]->date);
        }
        g->things += thing;
        g->dates += date;
        if (same <= most) continue;
        most = same;
        g->unit = g->v[i]->unit;
    }
    g->converted = most < g->n;
}

/* The group of the first'th point; false when there is none that starts there and is worth showing. */
static bool group_at(const struct nd_points *points, size_t first, struct group *g)
{
    *g = (struct group){0};
    for (size_t i = 0; i < points->n && g->n < ROWS_MOST; i++) {
        if (!is_of(&points->v[i], &points->v[first])) continue;
        if (i < first) return false;
        g->v[g->n++] = &points->v[i];
    }
    count(g);
    return g->n >= ROWS_LEAST &&
           (g->things >= ROWS_LEAST || g->dates >= ROWS_LEAST || g->things * g->dates >= g->n);
}

enum nd_rc nd_model_exhibits(const struct nd_scene *scene, struct nd_json **out, struct nd_error *err)
{
    struct nd_json *others = NULL;
    enum nd_rc rc = nd_extractive_exhibits(scene, &others, err);
    if (rc != ND_OK) return rc;
    struct nd_points points;
    struct group group;
    struct nd_json *json = nd_json_object(), *list = nd_json_set(json, "exhibits", nd_json_array());
    nd_points_read(&points, scene);
    for (size_t i = 0; i < points.n; i++) {
        if (!group_at(&points, i, &group)) continue;
        struct nd_json *spec = nd_json_add(list, nd_json_object());
        nd_json_set_str(spec, "kind", "points");
        nd_json_set_int(spec, "first", (int64_t)i);
        nd_json_set_str(spec, "title", points.v[i].measure);
    }
    bool any = nd_json_len(list) > 0;
    ND_JSON_EACH(spec, nd_json_get(others, "exhibits"))
    if (!any || nd_view_is(nd_json_view(nd_json_get(spec, "kind")), "table"))
        nd_json_add(list, nd_json_copy(spec));
    nd_points_release(&points);
    nd_json_free(others);
    *out = json;
    return ND_OK;
}

/* ---- building ---- */

static void add_column(struct nd_json *columns, const char *title, const char *unit)
{
    struct nd_json *column = nd_json_add(columns, nd_json_object());
    nd_json_set_str(column, "title", title);
    nd_json_set_str(column, "unit", unit && *unit ? unit : NULL);
}

static struct nd_json *stated(const struct nd_point *p, const char *column_unit)
{
    struct nd_json *cell = nd_point_cell(p, p->number);
    nd_json_set_num(cell, "value", p->value);
    if (*p->unit && !column_unit) nd_json_set_str(cell, "unit", p->unit);
    return cell;
}

/* Three significant digits at least, and no more decimals than that needs. */
static char *rounded(double value)
{
    int digits = value > 0 ? 2 - (int)floor(log10(value)) : 0;
    return nd_sprintf("%.*f", digits < 0 ? 0 : digits > 6 ? 6 : digits, value);
}

/* The value of the cell before it, in the unit of its column. */
static struct nd_json *converted(const struct nd_point *p, const char *unit, int64_t row, int64_t column)
{
    struct nd_json *cell = nd_json_object(), *formula = nd_json_object(), *place = nd_json_array();
    double value = 0;
    (void)nd_unit_convert(p->value, p->unit, unit, &value);
    char *text = rounded(value);
    nd_json_set_str(cell, "text", text);
    nd_json_set_num(cell, "value", value);
    nd_json_set_str(formula, "op", "convert");
    nd_json_add_int(place, row);
    nd_json_add_int(place, column);
    nd_json_add(nd_json_set(formula, "args", nd_json_array()), place);
    nd_json_set(cell, "formula", formula);
    nd_free(text);
    return cell;
}

static bool has_dates(const struct group *g)
{
    for (size_t i = 0; i < g->n; i++)
        if (*g->v[i]->date) return true;
    return false;
}

/* A bar for each thing, or a line over dates of one thing; else it stays a table. */
static void set_chart(struct nd_json *x, const struct group *g, bool dated, int64_t y)
{
    bool bars = g->things == g->n && g->dates == 1, line = g->things == 1 && g->dates == g->n && dated;
    nd_json_set_str(x, "kind", bars || line ? "chart" : "table");
    if (!bars && !line) return;
    struct nd_json *chart = nd_json_set(x, "chart", nd_json_object());
    nd_json_set_str(chart, "type", line ? "line" : "bar");
    nd_json_set_int(chart, "x", line ? 1 : 0);
    nd_json_set_int(chart, "y", y);
}

static struct nd_json *empty_cell(void)
{
    struct nd_json *cell = nd_json_object();
    nd_json_set_str(cell, "text", "");
    return cell;
}

static void add_row(struct nd_json *rows, const struct group *g, size_t i, bool dated)
{
    const struct nd_point *p = g->v[i];
    struct nd_json *row = nd_json_add(rows, nd_json_array());
    nd_json_add(row, nd_point_cell(p, p->entity));
    if (dated) nd_json_add(row, *p->date ? nd_point_cell(p, p->date) : empty_cell());
    int64_t column = dated ? 2 : 1;
    nd_json_add(row, stated(p, g->converted ? NULL : g->unit));
    if (g->converted) nd_json_add(row, converted(p, g->unit, (int64_t)i, column));
}

static char *title_of(const struct group *g)
{
    struct nd_bytes title = ND_BYTES(ND_MIB);
    nd_bytes_add_str(&title, g->v[0]->measure);
    if (title.data[0] >= 'a' && title.data[0] <= 'z') title.data[0] = (char)(title.data[0] - 'a' + 'A');
    if (*g->unit) nd_bytes_addf(&title, ", in %s", g->unit);
    return nd_bytes_take(&title, NULL);
}

static struct nd_json *build(const struct group *g, const char *language)
{
    struct nd_json *x = nd_json_object(), *columns = nd_json_array(), *rows = nd_json_array();
    bool dated = has_dates(g);
    char *title = title_of(g);
    nd_json_set_str(x, "title", title);
    nd_json_set_str(x, "note",
                    g->converted ? "Values as quotations of the documents state them, brought to one unit."
                                 : "Values as quotations of the documents state them.");
    add_column(columns, nd_say(language, "What"), NULL);
    if (dated) add_column(columns, nd_say(language, "When"), NULL);
    add_column(columns, nd_say(language, g->converted ? "Stated as" : "Value"),
               g->converted ? NULL : g->unit);
    if (g->converted) add_column(columns, nd_say(language, "Value"), g->unit);
    for (size_t i = 0; i < g->n; i++) add_row(rows, g, i, dated);
    nd_json_set(x, "columns", columns);
    nd_json_set(x, "rows", rows);
    set_chart(x, g, dated, (dated ? 2 : 1) + g->converted);
    nd_free(title);
    return x;
}

enum nd_rc nd_model_exhibit(const struct nd_scene *scene, struct nd_json **out, struct nd_error *err)
{
    const struct nd_json *spec = scene->lane->spec;
    if (!nd_view_is(nd_json_view(nd_json_get(spec, "kind")), "points"))
        return nd_extractive_exhibit(scene, out, err);
    struct nd_points points;
    struct group group;
    nd_points_read(&points, scene);
    size_t first = (size_t)nd_json_get_int(spec, "first", 0);
    *out = first < points.n && group_at(&points, first, &group) ? build(&group, scene->request->language)
                                                                : nd_json_null();
    nd_points_release(&points);
    return ND_OK;
}
