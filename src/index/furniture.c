#include "analysis.h"
#include "strmap.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"

#include <string.h>

/* Running heads and feet stand in the first or last lines of a page. */
#define EDGE_LINES 2

/* A shape that recurs there on this many pages is furniture: 2 % of the pages, at least 3, never more than 8.
 */
static size_t recurs_from(uint32_t pages)
{
    size_t share = pages / 50;
    if (share < 3) return 3;
    return share > 8 ? 8 : share;
}

static bool roman_word(struct nd_view v)
{
    if (v.len == 0 || v.len > 8) return false;
    for (size_t i = 0; i < v.len; i++) {
        if (!strchr("ivxlc", (int)nd_text_lower((unsigned char)v.data[i]))) return false;
    }
    return true;
}

/* "6.12.1", which tells a heading from its neighbours, not a page from them. */
static bool is_section_number(struct nd_view word)
{
    for (size_t i = 0; i + 1 < word.len; i++) {
        bool inner = word.data[i] == '.' && i > 0 && word.data[i + 1] >= '0' && word.data[i + 1] <= '9';
        if (inner && word.data[0] >= '0' && word.data[0] <= '9') return true;
    }
    return false;
}

/* Words in lower case, numbers (roman ones too) as '#': what stays the same from page to page. */
static void shape_of(struct nd_view line, size_t max_words, struct nd_bytes *out)
{
    nd_bytes_clear(out);
    size_t words = 0;
    for (size_t at = 0; at < line.len && words < max_words; words++) {
        size_t end = at;
        while (end < line.len && line.data[end] != ' ') end++;
        struct nd_view word = nd_view_sub(line, at, end);
        if (roman_word(word)) {
            nd_bytes_add_char(out, '#');
        } else if (is_section_number(word)) {
            nd_bytes_add_view(out, word);
        } else {
            bool digits = false;
            for (size_t i = 0; i < word.len;) {
                uint32_t c = nd_utf8_next(word, &i);
                if (nd_is_digit(c)) {
                    if (!digits) nd_bytes_add_char(out, '#');
                } else {
                    nd_utf8_add(out, nd_text_lower(c));
                }
                digits = nd_is_digit(c);
            }
        }
        nd_bytes_add_char(out, ' ');
        at = end + 1;
    }
}

/* Line number `edge` of the page counted from its head (0, 1) or its foot (2, 3); NULL when the page is too
 * short. */
static struct nd_line *edge_line(struct nd_analysis *a, uint32_t page, size_t edge)
{
    size_t first = a->first_line[page];
    size_t n = a->first_line[page + 1] - first;
    size_t from_end = edge % EDGE_LINES;
    if (from_end >= n || (edge >= EDGE_LINES && n < EDGE_LINES + 1)) return NULL;
    return &a->lines[edge < EDGE_LINES ? first + from_end : first + n - 1 - from_end];
}

/* A number at the start or end of the line; false when there is none. */
static bool number_at_edge(struct nd_view line, bool at_end, long *value)
{
    size_t start = 0;
    size_t end = line.len;
    if (at_end) {
        start = end;
        while (start > 0 && line.data[start - 1] >= '0' && line.data[start - 1] <= '9') start--;
        if (start > 0 && line.data[start - 1] != ' ') return false;
    } else {
        end = 0;
        while (end < line.len && line.data[end] >= '0' && line.data[end] <= '9') end++;
        if (end < line.len && line.data[end] != ' ') return false;
    }
    if (start == end || end - start > 5) return false;
    *value = 0;
    for (size_t i = start; i < end; i++) *value = *value * 10 + (line.data[i] - '0');
    return true;
}

/*
 * A line at the page's edge that carries the page's number is furniture. Which line carries it is learnt from
 * the pages themselves: number minus page must stay the same on neighbouring pages.
 */
static void mark_page_numbers(struct nd_analysis *a)
{
    long *difference = ND_ARRAY(long, (size_t)a->pages *EDGE_LINES * 4);
    bool *known = ND_ARRAY(bool, (size_t)a->pages *EDGE_LINES * 4);
    for (size_t k = 0; k < EDGE_LINES * 4; k++) {
        for (uint32_t page = 0; page < a->pages; page++) {
            struct nd_line *line = edge_line(a, page, k / 2);
            long value = 0;
            size_t at = (size_t)page * EDGE_LINES * 4 + k;
            known[at] = line && number_at_edge(nd_line_whole(a, line), k % 2, &value);
            difference[at] = value - (long)page;
        }
    }
    for (uint32_t page = 0; page < a->pages; page++) {
        for (size_t k = 0; k < EDGE_LINES * 4; k++) {
            size_t at = (size_t)page * EDGE_LINES * 4 + k;
            if (!known[at]) continue;
            size_t same = 0;
            for (uint32_t near = page < 4 ? 0 : page - 4; near <= page + 4 && near < a->pages; near++) {
                for (size_t j = 0; j < EDGE_LINES * 4; j++) {
                    size_t other = (size_t)near * EDGE_LINES * 4 + j;
                    if (near != page && known[other] && difference[other] == difference[at]) {
                        same++;
                        break;
                    }
                }
            }
            if (same >= 3) edge_line(a, page, k / 2)->kind = ND_UNIT_FURNITURE;
        }
    }
    nd_free(difference);
    nd_free(known);
}

static bool only_a_number(const struct nd_line *line, struct nd_view text)
{
    if (roman_word(text)) return true;
    return line->m.letters == 0 && line->m.digits > 0 && line->m.digits <= 5 && line->m.words <= 3 &&
           text.len < 16;
}

/* Pages on which each shape stands at an edge; the last page seen keeps one page from counting twice. */
struct shapes {
    struct nd_strmap map;
    uint32_t *pages, *last;
    size_t cap;
};

static void shape_seen(struct shapes *s, struct nd_view shape, uint32_t page)
{
    uint32_t i = nd_strmap_add(&s->map, shape);
    if (i >= s->cap) {
        size_t cap = s->cap ? s->cap * 2 : 256;
        s->pages = nd_realloc(s->pages, cap, sizeof *s->pages);
        s->last = nd_realloc(s->last, cap, sizeof *s->last);
        for (size_t k = s->cap; k < cap; k++) s->pages[k] = s->last[k] = 0;
        s->cap = cap;
    }
    if (s->last[i] == page + 1) return;
    s->last[i] = page + 1;
    s->pages[i]++;
}

static void shapes_release(struct shapes *s)
{
    nd_strmap_release(&s->map);
    nd_free(s->pages);
    nd_free(s->last);
}

/* "CHAPTER 3. TOOL SETUPS": the first words recur on a quarter of the pages though the rest changes. */
#define PREFIX_WORDS 2

static void mark_recurring(struct nd_analysis *a, size_t max_words, size_t from, bool heads_only)
{
    struct shapes shapes = {0};
    struct nd_bytes shape = ND_BYTES(ND_BYTES_MAX);
    for (int pass = 0; pass < 2; pass++) {
        for (uint32_t page = 0; page < a->pages; page++) {
            for (size_t edge = 0; edge < (heads_only ? 1 : 2 * EDGE_LINES); edge++) {
                struct nd_line *line = edge_line(a, page, edge);
                if (!line || line->m.letters == 0) continue;
                shape_of(nd_line_whole(a, line), max_words, &shape);
                if (heads_only && !memchr(shape.data, '#', shape.len)) continue;
                if (pass == 0)
                    shape_seen(&shapes, nd_bytes_view(&shape), page);
                else if (shapes.pages[nd_strmap_find(&shapes.map, nd_bytes_view(&shape))] >= from)
                    line->kind = ND_UNIT_FURNITURE;
            }
        }
    }
    nd_bytes_release(&shape);
    shapes_release(&shapes);
}

void nd_furniture_mark(struct nd_analysis *a)
{
    if (a->pages < 2) return;
    mark_recurring(a, SIZE_MAX, recurs_from(a->pages), false);
    if (a->pages >= 20) mark_recurring(a, PREFIX_WORDS, a->pages / 4, true);
    mark_page_numbers(a);
    for (uint32_t page = 0; page < a->pages; page++) {
        for (size_t edge = 0; edge < 2 * EDGE_LINES; edge++) {
            struct nd_line *line = edge_line(a, page, edge);
            if (line && only_a_number(line, nd_line_whole(a, line))) line->kind = ND_UNIT_FURNITURE;
        }
    }
}
