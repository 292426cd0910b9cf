/*
 * Exhibits that mean something, or none: values stated in the text, tables of a source lifted whole, and
 * charts of at least three values of one measure in one unit. Counts of words, pages or documents are never
 * exhibits.
 */
#include "evidence.h"
#include "question.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/core/say.h"
#include "nightdesk/index/words.h"
#include "nightdesk/report/formula.h"
#include "nightdesk/report/quote.h"
#include "scene.h"
#include "writer_extractive_draft.h"
#include <string.h>
#include <strings.h>

#define ROWS_LEAST 3
#define ROWS_MOST 20
#define TABLES_MOST 4
#define EQUAL 0.005 /* relative: 365 days are one year */
#define TITLE_LABELS 3
#define LABEL_WORDS 8

static bool same(const char *a, const char *b)
{
    return a && b && strcasecmp(a, b) == 0;
}

/* ---- figures of all sub-topics ---- */

struct figures {
    const struct nd_json *v[256];
    size_t n;
};

/* One value in two units ("365 days", "1 year")? */
static bool same_value(const struct nd_json *a, const struct nd_json *b)
{
    double value = nd_json_get_num(a, "value", 0), other = nd_json_get_num(b, "value", 0);
    const char *unit = nd_json_get_str(a, "unit"), *in = nd_json_get_str(b, "unit");
    if (!same(unit, in) && !nd_unit_convert(value, unit, in, &value)) return false;
    double off = value > other ? value - other : other - value;
    return off <= EQUAL * (other > 0 ? other : 1);
}

/* The same value stated of the same thing counts once; of another thing, or another value, it is another row.
 */
static bool known(const struct figures *list, const struct nd_json *f)
{
    for (size_t i = 0; i < list->n; i++) {
        if (same(nd_json_get_str(list->v[i], "label"), nd_json_get_str(f, "label")) &&
            same_value(list->v[i], f))
            return true;
    }
    return false;
}

static const char *section_of(const struct nd_scene *scene, const char *sub_topic)
{
    ND_JSON_EACH(section, nd_json_get(scene->artefact[ND_DRAFT], "sections"))
    {
        if (same(nd_json_get_str(section, "sub_topic"), sub_topic)) return nd_json_get_str(section, "id");
    }
    return NULL;
}

static void gather(const struct nd_scene *scene, struct figures *out)
{
    *out = (struct figures){0};
    ND_JSON_EACH(topic, nd_json_get(scene->artefact[ND_RESEARCH], "sub_topics"))
    {
        if (!section_of(scene, nd_json_get_str(topic, "id"))) continue;
        ND_JSON_EACH(f, nd_json_get(topic, "figures"))
        {
            if (out->n < sizeof out->v / sizeof *out->v && !known(out, f)) out->v[out->n++] = f;
        }
    }
}

/* ---- which exhibits ---- */

static void add_tables(const struct nd_scene *scene, struct nd_json *list)
{
    size_t n = 0;
    ND_JSON_EACH(topic, nd_json_get(scene->artefact[ND_RESEARCH], "sub_topics"))
    {
        const char *section = section_of(scene, nd_json_get_str(topic, "id"));
        ND_JSON_EACH(t, nd_json_get(topic, "tables"))
        {
            bool there = !section || n == TABLES_MOST;
            ND_JSON_EACH(other, list)
            there = there || (nd_json_get_int(other, "source", 0) == nd_json_get_int(t, "source", 0) &&
                              nd_json_get_int(other, "table", -1) == nd_json_get_int(t, "table", -1));
            if (there) continue;
            struct nd_json *spec = nd_json_add(list, nd_json_copy(t));
            nd_json_set_str(spec, "kind", "table");
            nd_json_set_str(spec, "in", section);
            n++;
        }
    }
}

static size_t words_of(const char *label, struct nd_view *out, size_t max)
{
    size_t n = 0;
    struct nd_view text = nd_view_of(label), word;
    for (size_t at = 0; n < max && nd_word_next(text, &at, &word);) out[n++] = word;
    return n;
}

static bool same_word(struct nd_view a, struct nd_view b)
{
    return a.len == b.len && strncasecmp(a.data, b.data, a.len) == 0;
}

/* How many words two labels have in common at their ends: 2 of "File retention period" and "Job retention
 * period". */
static size_t common_end(const char *a, const char *b)
{
    struct nd_view x[LABEL_WORDS], y[LABEL_WORDS];
    size_t n = words_of(a, x, LABEL_WORDS), m = words_of(b, y, LABEL_WORDS), k = 0;
    while (k < n && k < m && same_word(x[n - 1 - k], y[m - 1 - k])) k++;
    return k;
}

/* Values of one measure in one unit, stated in one way: their labels end alike and begin differently. */
static bool of_group(const struct nd_json *f, const struct nd_json *first)
{
    const char *a = nd_json_get_str(f, "label"), *b = nd_json_get_str(first, "label");
    return a && b && common_end(a, b) > 0 && strchr(a, ' ') &&
           same(nd_json_get_str(f, "unit"), nd_json_get_str(first, "unit")) &&
           same(nd_json_get_str(f, "kind"), nd_json_get_str(first, "kind")) &&
           strcmp(nd_json_get_str(f, "unit"), "port") != 0;
}

/* Figures of the group of `first`, one for each thing; 0 when `first` is not the group's first. */
static size_t group(const struct figures *all, size_t first, const struct nd_json **out, size_t max)
{
    size_t n = 0;
    for (size_t i = 0; i < all->n && n < max; i++) {
        if (!of_group(all->v[i], all->v[first])) continue;
        if (i < first) return 0;
        bool named = false;
        for (size_t k = 0; k < n; k++)
            named = named || same(nd_json_get_str(out[k], "label"), nd_json_get_str(all->v[i], "label"));
        if (!named) out[n++] = all->v[i];
    }
    return n;
}

enum nd_rc nd_extractive_exhibits(const struct nd_scene *scene, struct nd_json **out, struct nd_error *err)
{
    (void)err;
    struct nd_json *json = nd_json_object(), *list = nd_json_set(json, "exhibits", nd_json_array());
    struct figures figures;
    gather(scene, &figures);
    const struct nd_json *members[ROWS_MOST];
    bool all_shown = false; /* a chart shows every figure there is */
    for (size_t i = 0; i < figures.n; i++) {
        size_t n = group(&figures, i, members, ROWS_MOST);
        if (n < ROWS_LEAST) continue;
        all_shown = all_shown || n == figures.n;
        struct nd_json *spec = nd_json_add(list, nd_json_object());
        nd_json_set_str(spec, "kind", "chart");
        nd_json_set_int(spec, "first", (int64_t)i);
        nd_json_set_str(spec, "title", nd_json_get_str(figures.v[i], "label"));
    }
    if (figures.n >= ROWS_LEAST && !all_shown) {
        struct nd_json *spec = nd_json_add(list, nd_json_object());
        nd_json_set_str(spec, "kind", "figures");
        nd_json_set_str(spec, "title", "Stated values");
    }
    add_tables(scene, list);
    *out = json;
    return ND_OK;
}

enum nd_rc nd_extractive_exhibit_next(const struct nd_scene *scene, struct nd_action *out,
                                      struct nd_error *err)
{
    (void)err;
    if (!same(nd_json_get_str(scene->lane->spec, "kind"), "table") ||
        nd_steps_of(scene->lane, ND_ACT_TOOL, "lift") > 0)
        return nd_do_done(out);
    struct nd_json *args = nd_json_object();
    nd_json_set_int(args, "source", nd_json_get_int(scene->lane->spec, "source", 0));
    nd_json_set_int(args, "table", nd_json_get_int(scene->lane->spec, "table", 0));
    return nd_do_tool(out, "lift", args);
}

/* ---- building ---- */

static void add_column(struct nd_json *columns, const char *title, const char *unit)
{
    struct nd_json *column = nd_json_add(columns, nd_json_object());
    nd_json_set_str(column, "title", title);
    nd_json_set_str(column, "unit", unit);
}

/* A cell whose text stands in the figure's sentence. */
static struct nd_json *figure_cell(const struct nd_json *f, const char *text)
{
    struct nd_json *cell = nd_json_object();
    nd_json_set_str(cell, "text", text);
    static const char *const kept[] = {"parts", "section", "lang"};
    for (size_t i = 0; i < sizeof kept / sizeof *kept; i++) {
        const struct nd_json *member = nd_json_get(f, kept[i]);
        if (member) nd_json_set(cell, kept[i], nd_json_copy(member));
    }
    nd_json_set_str(cell, "shown", nd_json_get_str(f, "text"));
    return cell;
}

static struct nd_json *value_cell(const struct nd_json *f)
{
    struct nd_json *cell = figure_cell(f, nd_json_get_str(f, "number"));
    nd_json_set_num(cell, "value", nd_json_get_num(f, "value", 0));
    nd_json_set_str(cell, "unit", nd_json_get_str(f, "unit"));
    return cell;
}

/* "Stated values: File retention period, Reschedule interval and 3 more" */
static char *table_title(const struct figures *all, const char *language)
{
    struct nd_bytes title = ND_BYTES(ND_MIB);
    size_t rows = all->n < ROWS_MOST ? all->n : ROWS_MOST;
    nd_bytes_add_str(&title, nd_say(language, "Stated values: "));
    for (size_t i = 0; i < rows && i < TITLE_LABELS; i++)
        nd_bytes_addf(&title, "%s%s",
                      i == 0          ? ""
                      : i + 1 == rows ? nd_say(language, " and ")
                                      : ", ",
                      nd_json_get_str(all->v[i], "label"));
    if (rows > TITLE_LABELS) {
        char *more = nd_sayf(language, " and %zu more", rows - TITLE_LABELS);
        nd_bytes_add_str(&title, more);
        nd_free(more);
    }
    return nd_bytes_take(&title, NULL);
}

static struct nd_json *figures_table(const struct figures *all, const char *language)
{
    struct nd_json *x = nd_json_object(), *columns = nd_json_array(), *rows = nd_json_array();
    char *title = table_title(all, language);
    nd_json_set_str(x, "kind", "table");
    nd_json_set_str(x, "title", title);
    nd_free(title);
    nd_json_set_str(
        x, "note",
        "Values as sentences of the documents state them; the wording of each stands in its source.");
    add_column(columns, nd_say(language, "What"), NULL);
    add_column(columns, nd_say(language, "Stated as"), NULL);
    add_column(columns, nd_say(language, "Value"), NULL);
    for (size_t i = 0; i < all->n && i < ROWS_MOST; i++) {
        struct nd_json *row = nd_json_add(rows, nd_json_array());
        nd_json_add(row, figure_cell(all->v[i], nd_json_get_str(all->v[i], "label")));
        nd_json_add(row, figure_cell(all->v[i], nd_json_get_str(all->v[i], "kind")));
        nd_json_add(row, value_cell(all->v[i]));
    }
    nd_json_set(x, "columns", columns);
    nd_json_set(x, "rows", rows);
    return x;
}

static void set_chart(struct nd_json *x, const char *type, int64_t y)
{
    struct nd_json *chart = nd_json_set(x, "chart", nd_json_object());
    nd_json_set_str(chart, "type", type);
    nd_json_set_int(chart, "x", 0);
    nd_json_set_int(chart, "y", y);
}

/* The words before the measure: "File" of "File retention period". */
static struct nd_view thing_of(const char *label, size_t measure_words)
{
    struct nd_view words[LABEL_WORDS];
    size_t n = words_of(label, words, LABEL_WORDS);
    if (n <= measure_words) return nd_view_of(label);
    return (struct nd_view){
        label, (size_t)(words[n - 1 - measure_words].data + words[n - 1 - measure_words].len - label)};
}

/* "Retention period (default) of File, Job and Volume, in days" */
static char *chart_title(const struct nd_json *const *members, size_t n, const char *language)
{
    const char *label = nd_json_get_str(members[0], "label");
    size_t measure = common_end(label, nd_json_get_str(members[1], "label"));
    for (size_t i = 2; i < n; i++) {
        size_t common = common_end(label, nd_json_get_str(members[i], "label"));
        if (common < measure) measure = common;
    }
    struct nd_view thing = thing_of(label, measure);
    struct nd_bytes title = ND_BYTES(ND_MIB);
    nd_bytes_addf(&title, "%s (%s)%s", label + thing.len + 1, nd_json_get_str(members[0], "kind"),
                  nd_say(language, " of "));
    for (size_t i = 0; i < n; i++) {
        struct nd_view its = thing_of(nd_json_get_str(members[i], "label"), measure);
        nd_bytes_addf(&title, "%s%.*s",
                      i == 0       ? ""
                      : i + 1 == n ? nd_say(language, " and ")
                                   : ", ",
                      (int)its.len, its.data);
    }
    nd_bytes_addf(&title, ", in %s", nd_json_get_str(members[0], "unit"));
    char *clean = nd_title_of(nd_bytes_view(&title));
    nd_bytes_release(&title);
    return clean;
}

static struct nd_json *figures_chart(const struct figures *all, size_t first, const char *language)
{
    const struct nd_json *members[ROWS_MOST];
    size_t n = first < all->n ? group(all, first, members, ROWS_MOST) : 0;
    if (n < ROWS_LEAST) return nd_json_null();
    struct nd_json *x = nd_json_object(), *columns = nd_json_array(), *rows = nd_json_array();
    char *title = chart_title(members, n, language);
    nd_json_set_str(x, "kind", "chart");
    nd_json_set_str(x, "title", title);
    nd_free(title);
    add_column(columns, nd_say(language, "What"), NULL);
    add_column(columns, nd_say(language, "Value"), nd_json_get_str(members[0], "unit"));
    for (size_t i = 0; i < n; i++) {
        struct nd_json *row = nd_json_add(rows, nd_json_array());
        nd_json_add(row, figure_cell(members[i], nd_json_get_str(members[i], "label")));
        nd_json_add(row, value_cell(members[i]));
    }
    nd_json_set(x, "columns", columns);
    nd_json_set(x, "rows", rows);
    set_chart(x, "bar", 1);
    return x;
}

/* ---- lifted tables ---- */

/* The whole cell is one number (with a percent sign, maybe). */
static bool numeric(struct nd_view text, double *value)
{
    unsigned decimals = 0;
    for (size_t i = 0; i < text.len; i++) {
        if (!strchr("0123456789.,-+% ", text.data[i])) return false;
    }
    return text.len > 0 && nd_number_first(text, value, &decimals);
}

static struct nd_json *lifted_cell(const struct nd_json *cell, const char *section)
{
    struct nd_json *copy = nd_json_copy(cell);
    double value = 0;
    if (numeric(nd_json_view(nd_json_get(cell, "text")), &value)) nd_json_set_num(copy, "value", value);
    nd_json_set_str(copy, "section", section);
    return copy;
}

static struct nd_json *lifted(const struct nd_scene *scene, const struct nd_json *spec)
{
    const struct nd_json *seen = nd_seen_last(scene->lane, ND_ACT_TOOL, "lift");
    int64_t header = nd_json_get_int(seen, "header_rows", 0), r = 0;
    if (!seen || header < 1) return nd_json_null();
    struct nd_json *x = nd_json_object(), *columns = nd_json_array(), *rows = nd_json_array();
    const char *section = nd_json_get_str(spec, "section"), *in = nd_json_get_str(spec, "in");
    nd_json_set_str(x, "kind", "table");
    nd_json_set_str(x, "section", in);
    nd_json_set_str(x, "title", nd_json_get_str(spec, "title"));
    nd_json_set_str(x, "note", "A table of the source, with every row and column that it has there.");
    ND_JSON_EACH(row, nd_json_get(seen, "rows"))
    {
        bool is_header = r++ < header;
        struct nd_json *cells = is_header ? NULL : nd_json_add(rows, nd_json_array());
        ND_JSON_EACH(cell, row)
        {
            if (!is_header)
                nd_json_add(cells, lifted_cell(cell, section));
            else if (r == header)
                add_column(columns, nd_json_get_str(cell, "text"), NULL);
        }
    }
    nd_json_set(x, "columns", columns);
    nd_json_set(x, "rows", rows);
    return x;
}

enum nd_rc nd_extractive_exhibit(const struct nd_scene *scene, struct nd_json **out, struct nd_error *err)
{
    (void)err;
    const struct nd_json *spec = scene->lane->spec;
    const char *kind = nd_json_get_str(spec, "kind"), *language = scene->request->language;
    struct figures figures;
    gather(scene, &figures);
    if (same(kind, "figures"))
        *out = figures_table(&figures, language);
    else if (same(kind, "chart"))
        *out = figures_chart(&figures, (size_t)nd_json_get_int(spec, "first", 0), language);
    else
        *out = lifted(scene, spec);
    return ND_OK;
}

/* ---- different values stated of one thing ---- */

static bool differ(const struct nd_json *a, const struct nd_json *b)
{
    const char *label = nd_json_get_str(a, "label");
    double value = 0;
    bool one_thing = label && strchr(label, ' ') && same(label, nd_json_get_str(b, "label")) &&
                     same(nd_json_get_str(a, "kind"), nd_json_get_str(b, "kind"));
    if (!one_thing) return false;
    bool comparable = same(nd_json_get_str(a, "unit"), nd_json_get_str(b, "unit")) ||
                      nd_unit_convert(1, nd_json_get_str(a, "unit"), nd_json_get_str(b, "unit"), &value);
    return comparable && !same_value(a, b);
}

static struct nd_json *stated(const struct nd_json *f)
{
    struct nd_json *value = value_cell(f);
    nd_json_set_str(value, "value", nd_json_get_str(f, "number"));
    nd_json_remove(value, "text");
    return value;
}

struct nd_json *nd_extractive_differences(const struct nd_scene *scene)
{
    struct nd_json *array = nd_json_array();
    struct figures all;
    gather(scene, &all);
    for (size_t i = 0; i < all.n; i++) {
        for (size_t j = i + 1; j < all.n; j++) {
            if (!differ(all.v[i], all.v[j])) continue;
            struct nd_json *d = nd_json_add(array, nd_json_object()),
                           *values = nd_json_set(d, "values", nd_json_array());
            nd_json_set_str(d, "label", nd_json_get_str(all.v[i], "label"));
            nd_json_add(values, stated(all.v[i]));
            nd_json_add(values, stated(all.v[j]));
            break;
        }
    }
    return array;
}
