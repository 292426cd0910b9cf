#include "analysis.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"

#include <string.h>

struct nd_view nd_line_text(const struct nd_analysis *a, const struct nd_line *line)
{
    return nd_view_sub(a->page[line->page - 1], line->text, line->end);
}

struct nd_view nd_line_whole(const struct nd_analysis *a, const struct nd_line *line)
{
    return nd_view_sub(a->page[line->page - 1], line->start, line->end);
}

size_t nd_line_at(const struct nd_analysis *a, uint32_t page, uint32_t offset)
{
    size_t low = a->first_line[page - 1];
    size_t high = a->first_line[page];
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (a->lines[middle].end <= offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static bool is_bullet_sign(uint32_t c)
{
    switch (c) {
    case 0x2022: /* • */
    case 0x2023: /* ‣ */
    case 0x2043: /* ⁃ */
    case 0x25E6: /* ◦ */
    case 0x25AA: /* ▪ */
    case 0x25AB:
    case 0x25A0: /* ■ */
    case 0x25A1:
    case 0x25CF: /* ● */
    case 0x25CB: /* ○ */
    case 0x25C6: /* ◆ */
    case 0x25C7:
    case 0x25BA: /* ► */
    case 0x25B6: /* ▶ */
    case 0x27A2:
    case 0x27A4:
    case 0x2713: /* ✓ */
    case 0x2714:
    case 0x2756:
    case 0x2219: /* ∙ */
    case 0x00B7: /* · */
    case 0x30FB: /* ・ */
        return true;
    default:
        return c >= 0xF000 && c <= 0xF0FF; /* signs of a symbol font */
    }
}

static size_t skip_spaces(struct nd_view line, size_t at)
{
    while (at < line.len) {
        size_t next = at;
        if (!nd_is_space(nd_utf8_next(line, &next))) break;
        at = next;
    }
    return at;
}

static bool is_roman(struct nd_view v)
{
    if (v.len == 0 || v.len > 5) return false;
    for (size_t i = 0; i < v.len; i++) {
        if (!strchr("ivx", v.data[i])) return false;
    }
    return true;
}

/* "3." "12)" "(4)" "a)" "(b)" "c." "iv)": the length with the mark, or 0. */
static size_t number_length(struct nd_view line)
{
    bool open = line.len && line.data[0] == '(';
    size_t start = open ? 1 : 0;
    size_t at = start;
    while (at < line.len && line.data[at] >= '0' && line.data[at] <= '9') at++;
    bool digits = at > start;
    if (!digits) {
        while (at < line.len && line.data[at] >= 'a' && line.data[at] <= 'z') at++;
        if (at == start && at < line.len && line.data[at] >= 'A' && line.data[at] <= 'H') at++;
    }
    size_t length = at - start;
    if (length == 0 || at >= line.len || (digits && length > 2)) return 0;
    bool capital = line.data[start] >= 'A' && line.data[start] <= 'H';
    if (!digits && length > 1 && !is_roman(nd_view_sub(line, start, at))) return 0;
    char mark = line.data[at];
    if (mark != ')' && (open || capital || mark != '.')) return 0;
    return at + 1;
}

/* Where the text starts behind a bullet or number and its white space; 0 when there is none. */
static size_t bullet_length(struct nd_view line)
{
    size_t at = 0;
    if (line.len == 0) return 0;
    uint32_t c = nd_utf8_next(line, &at);
    if (is_bullet_sign(c)) return skip_spaces(line, at);
    bool lost = c == ND_REPLACEMENT; /* a sign whose font had no map */
    bool dash =
        lost || c == '-' || c == '*' || c == '+' || c == 0x2013 || c == 0x2014 || c == 0x2212 || c == 'o';
    if (!dash) at = number_length(line);
    size_t text = skip_spaces(line, at);
    return at > 0 && text > at && text < line.len ? text : 0;
}

/* Adds the line [start, end) of the page; false when it is nothing but a bullet, which belongs to the next
 * line. */
static bool add_line(struct nd_analysis *a, uint32_t page, size_t start, size_t end)
{
    struct nd_line line = {.page = page, .start = (uint32_t)start, .end = (uint32_t)end};
    struct nd_view whole = nd_line_whole(a, &line);
    size_t bullet = bullet_length(whole);
    if (bullet == whole.len) return false;
    line.bullet = bullet > 0;
    line.text = line.start + (uint32_t)bullet;
    line.width = nd_printed_width(whole);
    nd_measure(nd_line_text(a, &line), a->language, &line.m);
    ND_GROW(a->lines, a->line_count, a->line_cap);
    a->lines[a->line_count++] = line;
    return true;
}

static size_t trimmed_end(struct nd_view line, size_t start)
{
    size_t last = line.len;
    while (last > start) {
        size_t back = last - 1;
        while (back > start && (line.data[back] & 0xC0) == 0x80) back--;
        size_t next = back;
        if (!nd_is_space(nd_utf8_next(line, &next))) break;
        last = back;
    }
    return last;
}

static void split_page(struct nd_analysis *a, uint32_t page)
{
    struct nd_view text = a->page[page - 1];
    bool gap = false;
    bool bullet = false; /* one stands on a line of its own above */
    for (size_t at = 0; at < text.len;) {
        size_t end = at;
        while (end < text.len && text.data[end] != '\n') end++;
        struct nd_view line = nd_view_sub(text, at, end);
        size_t start = skip_spaces(line, 0);
        size_t last = trimmed_end(line, start);
        if (last == start) {
            gap = true;
        } else if (add_line(a, page, at + start, at + last)) {
            struct nd_line *added = &a->lines[a->line_count - 1];
            added->gap = gap;
            added->bullet = added->bullet || bullet;
            gap = false;
            bullet = false;
        } else {
            bullet = true;
        }
        at = end + 1;
    }
}

void nd_lines_split(struct nd_analysis *a)
{
    a->first_line = ND_ARRAY(size_t, (size_t)a->pages + 1);
    for (uint32_t page = 1; page <= a->pages; page++) {
        a->first_line[page - 1] = a->line_count;
        split_page(a, page);
    }
    a->first_line[a->pages] = a->line_count;
}
