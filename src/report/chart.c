#include "chart.h"

#include "words.h"

#include "nightdesk/base/text.h"

#include <math.h>

#define WIDTH 640.0
#define CHAR_WIDTH 7.0 /* of the labels' type, roughly */
#define LABEL_CHARS 30 /* longer names are cut; the table has them whole */
#define BAR_ROW 30.0
#define LINE_HEIGHT 280.0
#define TICKS_MAX 16
#define POINT_VALUES_MAX 10 /* more points than this carry no value */

struct chart {
    const struct doc *doc;
    const struct doc_exhibit *x;
    struct nd_bytes *out, scratch;
    bool alone;
    struct scale scale;
    double left, right, top, bottom; /* the plot */
};

static const struct doc_cell *cell(const struct chart *c, size_t row, size_t column)
{
    return &c->x->cells[row * c->x->column_count + column];
}

/* Wide characters count twice. */
static size_t width_of(struct nd_view text)
{
    size_t width = 0;
    for (size_t at = 0; at < text.len;) {
        uint32_t ch = nd_utf8_next(text, &at);
        width += nd_is_cjk(ch) ? 2 : !nd_is_mark(ch);
    }
    return width;
}

static void esc_scratch_svg(struct chart *c)
{
    nd_text_html(nd_bytes_view(&c->scratch), c->out);
    nd_bytes_clear(&c->scratch);
}

/* A name, cut to `chars`. */
static void put_name(struct chart *c, const char *text, size_t chars)
{
    put_one_line(&c->scratch, text);
    struct nd_view v = nd_bytes_view(&c->scratch);
    size_t end = v.len, width = width_of(v);
    while (width > chars && end > 0) {
        end = nd_utf8_cut(v, end - 1);
        width = width_of(nd_view_sub(v, 0, end)) + 1;
    }
    nd_text_html(nd_view_sub(v, 0, end), c->out);
    if (end < v.len) nd_bytes_add_str(c->out, "…");
    nd_bytes_clear(&c->scratch);
}

/* "Line 4: 12.5 km" into the scratch */
static void name_mark(struct chart *c, size_t row)
{
    const struct doc_cell *y = cell(c, row, c->x->y);
    put_one_line(&c->scratch, cell(c, row, c->x->x)->text);
    nd_bytes_add_str(&c->scratch, ": ");
    put_one_line(&c->scratch, y->text);
    if (*y->unit && !nd_unit_named(nd_view_of(y->text), y->unit)) nd_bytes_addf(&c->scratch, " %s", y->unit);
}

/* A mark with a quote is a link to it; its name is the title. */
static void open_mark(struct chart *c, size_t row)
{
    const struct doc_cell *y = cell(c, row, c->x->y);
    if (y->quote == NONE)
        nd_bytes_add_str(c->out, "<g>");
    else
        nd_bytes_addf(c->out, "<a href=\"%s#%s\">", c->alone ? "../report.html" : "",
                      c->doc->quotes[y->quote].q.id);
    nd_bytes_add_str(c->out, "<title>");
    name_mark(c, row);
    esc_scratch_svg(c);
    nd_bytes_add_str(c->out, "</title>");
}

static void close_mark(struct chart *c, size_t row)
{
    nd_bytes_add_str(c->out, cell(c, row, c->x->y)->quote == NONE ? "</g>\n" : "</a>\n");
}

static void open_text(struct chart *c, const char *css_class, const char *anchor, double x, double y)
{
    nd_bytes_addf(
        c->out,
        "<text class=\"%s\" fill=\"currentColor\" font-size=\"13\" text-anchor=\"%s\" x=\"%.1f\" y=\"%.1f\">",
        css_class, anchor, x, y);
}

static void close_text(struct chart *c)
{
    nd_bytes_add_str(c->out, "</text>\n");
}

static double value(const struct chart *c, size_t row)
{
    return cell(c, row, c->x->y)->value;
}

/* The rows of the lowest and the highest value. */
static void extremes(const struct chart *c, size_t *low, size_t *high)
{
    *low = *high = 0;
    for (size_t i = 1; i < c->x->rows; i++) {
        if (value(c, i) < value(c, *low)) *low = i;
        if (value(c, i) > value(c, *high)) *high = i;
    }
}

static void open_svg(struct chart *c, double height)
{
    size_t low, high;
    extremes(c, &low, &high);
    nd_bytes_addf(
        c->out,
        "<svg%s class=\"chart\" viewBox=\"0 0 %.0f %.0f\" role=\"group\" aria-labelledby=\"%s-t %s-d\">\n",
        c->alone ? " xmlns=\"http://www.w3.org/2000/svg\" font-family=\"sans-serif\"" : "", WIDTH, height,
        c->x->id, c->x->id);
    nd_bytes_addf(c->out, "<title id=\"%s-t\">", c->x->id);
    put_one_line(&c->scratch, c->x->title);
    esc_scratch_svg(c);
    nd_bytes_addf(c->out, "</title>\n<desc id=\"%s-d\">%s", c->x->id,
                  say(c->doc, c->x->line ? "Line chart of " : "Bar chart of "));
    put_plural(&c->scratch, c->doc, (int64_t)c->x->rows, "value", "values");
    nd_bytes_add_str(&c->scratch, say(c->doc, ". Lowest: "));
    name_mark(c, low);
    nd_bytes_add_str(&c->scratch, say(c->doc, ". Highest: "));
    name_mark(c, high);
    nd_bytes_add_str(&c->scratch, ".");
    esc_scratch_svg(c);
    nd_bytes_add_str(c->out, "</desc>\n");
    if (c->alone)
        nd_bytes_addf(c->out,
                      "<style>\n.chart{color:#1d1d1b;background:#fff}\n.mark{fill:#0b6072;stroke:#0b6072}\n"
                      ".line{stroke:#0b6072}\n@media "
                      "(prefers-color-scheme:dark){\n.chart{color:#e8e6e1;background:#17181a}\n"
                      ".mark{fill:#6fc3d4;stroke:#6fc3d4}\n.line{stroke:#6fc3d4}\n}\n</style>\n");
}

/* What the axis measures: the column's title and unit. */
static void put_axis_title(struct chart *c, double x, double y)
{
    const struct doc_column *column = &c->x->columns[c->x->y];
    const char *unit = *column->unit ? column->unit : cell(c, 0, c->x->y)->unit;
    open_text(c, "axis", "start", x, y);
    put_one_line(&c->scratch, column->title);
    if (*unit) {
        nd_bytes_add_str(&c->scratch, c->scratch.len ? " (" : "(");
        put_one_line(&c->scratch, unit);
        nd_bytes_add_char(&c->scratch, ')');
    }
    esc_scratch_svg(c);
    close_text(c);
}

/* "2,000,000", "0.25" */
static void put_number(struct chart *c, double value)
{
    if (c->scale.decimals)
        nd_bytes_addf(c->out, "%.*f", c->scale.decimals, value);
    else
        put_count(c->out, c->doc, (int64_t)llround(value));
}

static void put_tick(struct chart *c, double tick, double place)
{
    bool bars = !c->x->line, zero = fabs(tick) < c->scale.step / 2;
    double x1 = bars ? place : c->left, x2 = bars ? place : c->right;
    double y1 = bars ? c->top : place, y2 = bars ? c->bottom : place;
    nd_bytes_addf(
        c->out,
        "<path class=\"grid\" stroke=\"currentColor\" stroke-opacity=\"%s\" d=\"M%.1f %.1fL%.1f %.1f\"/>",
        zero ? "0.6" : "0.16", x1, y1, x2, y2);
    if (bars)
        open_text(c, "tick", "middle", place, c->bottom + 18);
    else
        open_text(c, "tick", "end", c->left - 8, place + 4);
    put_number(c, zero ? 0 : tick);
    close_text(c);
}

static void put_ticks(struct chart *c)
{
    for (int i = 0; i < TICKS_MAX; i++) {
        double tick = c->scale.first + i * c->scale.step;
        if (tick > c->scale.last + c->scale.step / 2) return;
        put_tick(c, tick,
                 c->x->line ? scale_at(&c->scale, tick, c->bottom, c->top)
                            : scale_at(&c->scale, tick, c->left, c->right));
    }
}

static void put_bar(struct chart *c, size_t row)
{
    double zero = scale_at(&c->scale, 0, c->left, c->right);
    double end = scale_at(&c->scale, value(c, row), c->left, c->right);
    double y = c->top + BAR_ROW * (double)row + 5;
    open_text(c, "name", "end", c->left - 10, y + 15);
    put_name(c, cell(c, row, c->x->x)->text, LABEL_CHARS);
    close_text(c);
    open_mark(c, row);
    nd_bytes_addf(c->out, "<rect class=\"mark\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"20\"/>",
                  fmin(zero, end), y, fmax(fabs(end - zero), 1));
    open_text(c, "value", "start", fmax(zero, end) + 6, y + 15);
    put_name(c, cell(c, row, c->x->y)->text, LABEL_CHARS / 2);
    close_text(c);
    close_mark(c, row);
}

static size_t widest(struct chart *c, size_t column, size_t limit)
{
    size_t most = 0;
    for (size_t i = 0; i < c->x->rows; i++) {
        put_one_line(&c->scratch, cell(c, i, column)->text);
        size_t width = width_of(nd_bytes_view(&c->scratch));
        nd_bytes_clear(&c->scratch);
        most = width > most ? width : most;
    }
    return most < limit ? most : limit;
}

static void put_bars(struct chart *c)
{
    double height = BAR_ROW * (double)c->x->rows;
    c->left = 14 + CHAR_WIDTH * (double)widest(c, c->x->x, LABEL_CHARS);
    c->right = WIDTH - 14 - CHAR_WIDTH * (double)widest(c, c->x->y, LABEL_CHARS / 2);
    c->top = 8;
    c->bottom = c->top + height;
    open_svg(c, c->bottom + 48);
    put_ticks(c);
    for (size_t i = 0; i < c->x->rows; i++) put_bar(c, i);
    put_axis_title(c, c->left, c->bottom + 38);
}

/* Names may be numbers in rising order (years): then distances count. */
static bool measured_x(const struct chart *c)
{
    for (size_t i = 0; i < c->x->rows; i++) {
        const struct doc_cell *x = cell(c, i, c->x->x);
        if (!x->has_value || (i && !(x->value > cell(c, i - 1, c->x->x)->value))) return false;
    }
    return c->x->rows > 1;
}

static double x_of(const struct chart *c, size_t row, bool measured)
{
    size_t last = c->x->rows - 1;
    double part = last ? (double)row / (double)last : 0.5;
    if (measured) {
        double first = cell(c, 0, c->x->x)->value, range = cell(c, last, c->x->x)->value - first;
        part = (cell(c, row, c->x->x)->value - first) / range;
    }
    return c->left + 24 + part * (c->right - c->left - 48);
}

static void put_path(struct chart *c, bool measured)
{
    nd_bytes_add_str(c->out, "<path class=\"line\" fill=\"none\" stroke-width=\"2\" d=\"");
    for (size_t i = 0; i < c->x->rows; i++) {
        nd_bytes_addf(c->out, "%s%.1f %.1f", i ? "L" : "M", x_of(c, i, measured),
                      scale_at(&c->scale, value(c, i), c->bottom, c->top));
    }
    nd_bytes_add_str(c->out, "\"/>\n");
}

static void put_point(struct chart *c, size_t row, double x)
{
    double y = scale_at(&c->scale, value(c, row), c->bottom, c->top);
    open_mark(c, row);
    nd_bytes_addf(c->out, "<circle class=\"mark\" cx=\"%.1f\" cy=\"%.1f\" r=\"5\"/>", x, y);
    if (c->x->rows <= POINT_VALUES_MAX) {
        open_text(c, "value", "middle", x, y - 11);
        put_name(c, cell(c, row, c->x->y)->text, LABEL_CHARS / 2);
        close_text(c);
    }
    close_mark(c, row);
}

/* Names that would run into the one before are left out; the table has them. */
static void put_points(struct chart *c, bool measured)
{
    double room = CHAR_WIDTH * (double)(widest(c, c->x->x, LABEL_CHARS / 2) + 1), last = -room;
    for (size_t i = 0; i < c->x->rows; i++) {
        double x = x_of(c, i, measured);
        put_point(c, i, x);
        if (x - last < room) continue;
        last = x;
        open_text(c, "name", "middle", x, c->bottom + 18);
        put_name(c, cell(c, i, c->x->x)->text, LABEL_CHARS / 2);
        close_text(c);
    }
}

static void put_line(struct chart *c)
{
    bool measured = measured_x(c);
    c->left = 24 + CHAR_WIDTH * (double)widest(c, c->x->y, LABEL_CHARS / 2);
    c->right = WIDTH - 14;
    c->top = 34;
    c->bottom = c->top + LINE_HEIGHT;
    open_svg(c, c->bottom + 30);
    put_axis_title(c, 0, 14);
    put_ticks(c);
    put_path(c, measured);
    put_points(c, measured);
}

void chart_svg(const struct doc *doc, const struct doc_exhibit *x, bool alone, struct nd_bytes *out)
{
    struct chart c = {.doc = doc, .x = x, .out = out, .alone = alone, .scratch = ND_BYTES(ND_BYTES_MAX)};
    size_t low, high;
    extremes(&c, &low, &high);
    c.scale = scale_of(value(&c, low), value(&c, high), !x->line);
    if (x->line)
        put_line(&c);
    else
        put_bars(&c);
    nd_bytes_add_str(out, "</svg>\n");
    nd_bytes_release(&c.scratch);
}
