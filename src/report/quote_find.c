/* Where a quote that somebody wrote down stands. Both texts become rows of characters, each with what stands
 * before it; rows are compared one by one. */
#include "nightdesk/report/quote.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"

#include <string.h>

#define FURNITURE_SIGNS 100 /* of a running head or foot that a quote may go around */
#define FURNITURE_LINES 3   /* of them on a page */

enum gap { NONE_BEFORE, BLANK, LINE_END, BROKEN /* a hyphen and a line's end, which may join a word */ };

struct sign {
    uint32_t c;
    uint32_t start, end; /* bytes of the text that it comes from */
    enum gap gap;
};
struct signs {
    struct sign *v;
    size_t n, cap;
};

/* ---- rows ---- */

static bool is_invisible(uint32_t c)
{
    return c == 0xAD || (c >= 0x200B && c <= 0x200F) || (c >= 0x202A && c <= 0x202E) || c == 0x2060 ||
           (c >= 0x2066 && c <= 0x2069) || c == 0xFEFF;
}

/* Ligatures, full-width letters and letters of a fixed place in the word have a plain form; raised digits and
 * fractions are not the same as plain ones. */
static bool has_plain_form(uint32_t c)
{
    return (c >= 0xFB00 && c <= 0xFDFF) || (c >= 0xFE70 && c <= 0xFEFC) || (c >= 0xFF01 && c <= 0xFFEF);
}

static uint32_t sign_of(uint32_t c)
{
    if (c == 0x2018 || c == 0x2019 || c == 0x201A || c == 0x201B || c == 0x2032) return '\'';
    if (c == 0x201C || c == 0x201D || c == 0x201E || c == 0x201F || c == 0x2033) return '"';
    if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212) return '-';
    return c;
}

static bool is_line_end(uint32_t c)
{
    return c == '\n' || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029;
}

static void put(struct signs *row, uint32_t c, size_t start, size_t end, enum gap gap)
{
    ND_GROW(row->v, row->n, row->cap);
    row->v[row->n++] = (struct sign){c, (uint32_t)start, (uint32_t)end, gap};
}

/* One character as the signs that it stands for. */
static void put_plain(struct signs *row, struct nd_view one, uint32_t c, size_t start, enum gap gap)
{
    if (c == 0x2026) {
        for (int i = 0; i < 3; i++) put(row, '.', start, start + one.len, i ? NONE_BEFORE : gap);
        return;
    }
    if (!has_plain_form(c)) {
        put(row, sign_of(c), start, start + one.len, gap);
        return;
    }
    struct nd_bytes plain = ND_BYTES(ND_BYTES_MAX);
    nd_text_nfkc(one, &plain);
    struct nd_view v = nd_bytes_view(&plain);
    for (size_t at = 0; at < v.len; gap = NONE_BEFORE)
        put(row, sign_of(nd_utf8_next(v, &at)), start, start + one.len, gap);
    nd_bytes_release(&plain);
}

/* The hyphen that ends the row joins a word over the line's end that follows it. */
static bool joins(const struct signs *row, uint32_t after)
{
    if (row->n < 2 || row->v[row->n - 1].c != '-' || row->v[row->n - 1].gap != NONE_BEFORE) return false;
    return nd_is_letter(row->v[row->n - 2].c) && nd_is_letter(after);
}

static struct signs row_of(struct nd_view text)
{
    struct signs row = {0};
    enum gap gap = NONE_BEFORE;
    for (size_t at = 0; at < text.len;) {
        size_t start = at;
        uint32_t c = nd_utf8_next(text, &at);
        if (is_invisible(c)) continue;
        if (nd_is_space(c)) {
            if (gap != LINE_END) gap = is_line_end(c) ? LINE_END : BLANK;
            continue;
        }
        if (gap == LINE_END && joins(&row, c)) {
            row.n--;
            gap = BROKEN;
        }
        put_plain(&row, nd_view_sub(text, start, at), c, start, row.n ? gap : NONE_BEFORE);
        gap = NONE_BEFORE;
    }
    return row;
}

/* ---- comparing ---- */

static bool is_wide(uint32_t c)
{
    return nd_is_cjk(c) || (c >= 0x3000 && c <= 0x303F);
}

/* May the page's gap before sign i be what is written there? */
static bool same_gap(const struct signs *page, size_t i, enum gap written)
{
    enum gap there = page->v[i].gap;
    uint32_t before = page->v[i - 1].c, after = page->v[i].c;
    if (there == NONE_BEFORE) return written == NONE_BEFORE;
    if (written == NONE_BEFORE)
        return there == BROKEN ||
               (there == LINE_END && (before == '-' || (is_wide(before) && is_wide(after)) ||
                                      (after < 0x80 && strchr(")],;.:!?", (int)after))));
    return there == BROKEN ? written == BROKEN : true;
}

/* How many signs of the page, from `at` on, are the written ones from *w on; *w moves on. */
static size_t match(const struct signs *page, size_t at, const struct signs *written, size_t *w)
{
    size_t i = at;
    bool first = true;
    while (i < page->n && *w < written->n) {
        const struct sign *p = &page->v[i], *q = &written->v[*w];
        if (!first && p->gap == BROKEN && q->c == '-' && q->gap == NONE_BEFORE && *w + 1 < written->n) {
            if (written->v[*w + 1].c != p->c) break; /* the hyphen that the page has at the line's end */
            (*w)++;
        } else if (p->c != q->c || (!first && !same_gap(page, i, q->gap))) {
            break;
        }
        first = false;
        i++;
        (*w)++;
    }
    return i - at;
}

static bool is_word(uint32_t c)
{
    return nd_is_letter(c) || nd_is_digit(c) || nd_is_mark(c);
}

/* Does no word go on over the place before sign i? */
static bool is_edge(const struct signs *row, size_t i)
{
    if (i == 0 || i == row->n || row->v[i].gap == BLANK || row->v[i].gap == LINE_END) return true;
    uint32_t before = row->v[i - 1].c, after = row->v[i].c;
    return row->v[i].gap != BROKEN &&
           (!is_word(before) || !is_word(after) || is_wide(before) || is_wide(after));
}

static bool find(const struct signs *page, const struct signs *written, size_t *first, size_t *behind)
{
    for (size_t at = 0; written->n && at < page->n; at++) {
        size_t w = 0;
        if (page->v[at].c != written->v[0].c || !is_edge(page, at)) continue;
        size_t n = match(page, at, written, &w);
        if (w < written->n || !is_edge(page, at + n)) continue;
        *first = at;
        *behind = at + n;
        return true;
    }
    return false;
}

bool nd_quote_find(struct nd_view page_text, struct nd_view written, size_t *start, size_t *end)
{
    struct signs page = row_of(page_text), quote = row_of(written);
    size_t first = 0, behind = 0;
    bool found = find(&page, &quote, &first, &behind);
    if (found) {
        *start = page.v[first].start;
        *end = page.v[behind - 1].end;
    }
    nd_free(page.v);
    nd_free(quote.v);
    return found;
}

/* ---- over a page's end ---- */

/* The sign that begins the next line at or after i. */
static size_t next_line(const struct signs *row, size_t i)
{
    do i++;
    while (i < row->n && row->v[i].gap != LINE_END && row->v[i].gap != BROKEN);
    return i < row->n ? i : row->n;
}

/* Is the token at the edge of line [i, end) a number, as of a page? */
static bool is_number(const struct signs *row, size_t i, size_t end, bool last)
{
    size_t at = last ? end - 1 : i;
    if (!nd_is_digit(row->v[at].c)) return false;
    while (nd_is_digit(row->v[at].c) || row->v[at].c == '.') {
        bool edge = last ? at == i || row->v[at].gap != NONE_BEFORE
                         : at + 1 == end || row->v[at + 1].gap != NONE_BEFORE;
        if (edge) return true;
        at = last ? at - 1 : at + 1;
    }
    return false;
}

/* Is the line a running head or foot: short, with a number at its start or end? */
static bool is_furniture(const struct signs *row, size_t i)
{
    size_t end = next_line(row, i);
    return end - i <= FURNITURE_SIGNS && (is_number(row, i, end, false) || is_number(row, i, end, true));
}

/* Is there nothing but running feet from line i on? */
static bool only_feet(const struct signs *page, size_t i)
{
    for (unsigned lines = 0; i < page->n; i = next_line(page, i))
        if (lines++ == FURNITURE_LINES || !is_furniture(page, i)) return false;
    return true;
}

/* The rest of the quote from its sign w on, behind the running heads of the next page. */
static bool rest_on(const struct signs *next, const struct signs *written, size_t w,
                    struct nd_quote_part *part)
{
    size_t at = 0;
    for (unsigned lines = 0; at < next->n; at = next_line(next, at)) {
        size_t to = w, n = match(next, at, written, &to);
        if (to == written->n && is_edge(next, at + n)) {
            *part = (struct nd_quote_part){next->v[at].start, next->v[at + n - 1].end};
            return true;
        }
        if (lines++ == FURNITURE_LINES || !is_furniture(next, at)) return false;
    }
    return false;
}

bool nd_quote_find_across(struct nd_view page_text, struct nd_view next_text, struct nd_view written,
                          struct nd_quote_part parts[2])
{
    struct signs page = row_of(page_text), next = row_of(next_text), quote = row_of(written);
    bool found = false;
    for (size_t at = 0; at < page.n && quote.n && !found; at++) {
        size_t w = 0;
        if (page.v[at].c != quote.v[0].c || !is_edge(&page, at)) continue;
        size_t end = at + match(&page, at, &quote, &w);
        bool line_ends = end == page.n || page.v[end].gap == LINE_END;
        if (w == 0 || w == quote.n || !line_ends || !is_edge(&quote, w) || !only_feet(&page, end)) continue;
        parts[0] = (struct nd_quote_part){page.v[at].start, page.v[end - 1].end};
        found = rest_on(&next, &quote, w, &parts[1]);
    }
    nd_free(page.v);
    nd_free(next.v);
    nd_free(quote.v);
    return found;
}
