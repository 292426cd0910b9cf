#include "nightdesk/base/text.h"
#include "nightdesk/core/money.h"
#include "progress.h"
#include <stdarg.h>

enum { BAR_CELLS = 20, WARN_PERCENT = 80, BAD_PERCENT = 95 };

/* A line that is being filled: what does not fit is cut, styles take no room. */
struct line {
    struct nd_bytes *out;
    unsigned room;
    bool color;
};

static void put(struct line *line, enum style style, const char *fmt, ...) ND_PRINTF(3, 4);
static void put(struct line *line, enum style style, const char *fmt, ...)
{
    char text[512];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    struct nd_bytes fitted = ND_BYTES(4096);
    text_fit(&fitted, nd_view_of(text), line->room, false);
    if (fitted.len == 0) return;
    line->room -= text_columns(nd_bytes_view(&fitted));
    nd_bytes_addf(line->out, "%s%s%s", style_on(line->color, style), fitted.data,
                  style_off(line->color, style));
    nd_bytes_release(&fitted);
}

void duration_text(int64_t ms, char out[DURATION_BYTES])
{
    long long s = ms > 0 ? ms / 1000 : 0;
    if (s >= 3600) {
        (void)snprintf(out, DURATION_BYTES, "%lld:%02lld:%02lld", s / 3600, s / 60 % 60, s % 60);
    } else {
        (void)snprintf(out, DURATION_BYTES, "%lld:%02lld", s / 60, s % 60);
    }
}

static void phases_line(const struct progress_view *v, struct line *line)
{
    char time[DURATION_BYTES];
    for (unsigned i = 0; i < ND_PHASES; i++) {
        duration_text(v->phase_ms[i], time);
        if (i > 0) put(line, STYLE_DIM, "  ");
        if (v->phase_done[i]) {
            put(line, STYLE_GOOD, "✓ %s", v->phase_names[i]);
            if (v->phase_ms[i] >= 1000) put(line, STYLE_DIM, " %s", time);
        } else if (i == v->phase) {
            put(line, STYLE_BOLD, "▶ %s", v->phase_names[i]);
            put(line, STYLE_PLAIN, " %s", time);
        } else {
            put(line, STYLE_DIM, "· %s", v->phase_names[i]);
        }
    }
}

/* what to say when no lane is at work */
static const char *between(const struct progress_view *v)
{
    if (*v->note) return v->note;
    return v->lanes_total > 0 && v->lanes_ended == v->lanes_total ? "putting it together" : "starting";
}

static void lane_line(const struct progress_view *v, struct line *line)
{
    if (v->lanes_total > 0) put(line, STYLE_PLAIN, "lanes %zu/%zu  ", v->lanes_ended, v->lanes_total);
    if (v->documents < v->documents_total) {
        put(line, STYLE_BOLD, "reading documents");
    } else if (*v->lane) {
        put(line, STYLE_BOLD, "%s", v->lane);
        put(line, STYLE_DIM, "  step %u  %s", v->lane_steps, v->doing);
    } else {
        put(line, STYLE_DIM, "%s", between(v));
    }
}

static void counts_line(const struct progress_view *v, struct line *line)
{
    put(line, STYLE_PLAIN, "documents %zu/%zu  tool calls %lld/%lld  steps %lld", v->documents,
        v->documents_total, (long long)v->tool_calls, (long long)v->tool_calls_max, (long long)v->steps);
    if (v->documents < v->documents_total) put(line, STYLE_DIM, "  %s", v->document);
}

static void money_line(const struct progress_view *v, struct line *line)
{
    char gone[ND_MONEY_BYTES], ceiling[ND_MONEY_BYTES], time[DURATION_BYTES];
    nd_money_format(v->gone_microusd, gone);
    nd_money_format(v->ceiling_microusd, ceiling);
    duration_text(v->elapsed_ms, time);
    int64_t percent = v->ceiling_microusd > 0 ? v->gone_microusd * 100 / v->ceiling_microusd : 0;
    if (percent > 100) percent = 100;
    enum style style = percent >= BAD_PERCENT ? STYLE_BAD : percent >= WARN_PERCENT ? STYLE_WARN : STYLE_GOOD;

    put(line, STYLE_BOLD, "%s", gone);
    put(line, STYLE_PLAIN, " of %s  ", ceiling);
    char full[BAR_CELLS * 3 + 1] = "", empty[BAR_CELLS * 3 + 1] = "";
    size_t f = 0, e = 0;
    for (int64_t cell = 0; cell < BAR_CELLS; cell++) {
        bool on = cell * 100 < percent * BAR_CELLS;
        if (on) f += (size_t)snprintf(full + f, sizeof full - f, "█");
        if (!on) e += (size_t)snprintf(empty + e, sizeof empty - e, "░");
    }
    put(line, style, "%s", full);
    put(line, STYLE_DIM, "%s", empty);
    put(line, STYLE_PLAIN, " %lld%%  %s", (long long)percent, time);
}

unsigned progress_draw(const struct progress_view *view, unsigned width, bool color, struct nd_bytes *out)
{
    static void (*const lines[])(const struct progress_view *, struct line *) = {phases_line, lane_line,
                                                                                 counts_line, money_line};
    enum { LINES = sizeof lines / sizeof *lines };
    for (unsigned i = 0; i < LINES; i++) {
        struct line line = {.out = out, .room = width, .color = color};
        lines[i](view, &line);
        nd_bytes_add_str(out, "\n");
    }
    return LINES;
}
