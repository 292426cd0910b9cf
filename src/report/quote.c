#include "nightdesk/report/quote.h"

#include "nightdesk/base/text.h"

#include <inttypes.h>
#include <string.h>

#define SHOWN_BYTES 60 /* of found and wanted bytes in a note */

static bool at_character(struct nd_view v, size_t at)
{
    return at >= v.len || ((unsigned char)v.data[at] & 0xC0) != 0x80;
}

/* What a note shows of bytes: printable, cut. */
static const char *shown(struct nd_view v, struct nd_bytes *out)
{
    nd_bytes_clear(out);
    struct nd_view cut = nd_view_sub(v, 0, nd_utf8_cut(v, SHOWN_BYTES));
    nd_text_printable(cut, out);
    if (cut.len < v.len) nd_bytes_add_str(out, "…");
    return nd_bytes_view(out).data;
}

/* The first byte that differs, moved back to a character. */
static size_t first_difference(struct nd_view a, struct nd_view b)
{
    size_t at = 0;
    while (at < a.len && at < b.len && a.data[at] == b.data[at]) at++;
    while (at > 0 && !(at_character(a, at) && at_character(b, at))) at--;
    return at;
}

static enum nd_rc differs(const struct nd_quote *quote, struct nd_view found, struct nd_error *err)
{
    struct nd_bytes a = ND_BYTES(ND_BYTES_MAX), b = ND_BYTES(ND_BYTES_MAX);
    size_t at = first_difference(found, quote->text);
    enum nd_rc rc =
        nd_fail(err, ND_BAD_INPUT, "quote '%s': found '%s' at byte %" PRId64 " of the page, wanted '%s'",
                quote->id, shown(nd_view_sub(found, at, found.len), &a), quote->start + (int64_t)at,
                shown(nd_view_sub(quote->text, at, quote->text.len), &b));
    nd_bytes_release(&a);
    nd_bytes_release(&b);
    return rc;
}

enum nd_rc nd_quote_check(const struct nd_quote *quote, struct nd_view page_text, struct nd_error *err)
{
    int64_t start = quote->start, end = quote->end, len = (int64_t)page_text.len;
    if (start < 0 || end <= start || end > len)
        return nd_fail(err, ND_BAD_INPUT,
                       "quote '%s': found bytes %" PRId64 " to %" PRId64
                       ", wanted a range within the page's %" PRId64,
                       quote->id, start, end, len);
    if (!at_character(page_text, (size_t)start) || !at_character(page_text, (size_t)end))
        return nd_fail(err, ND_BAD_INPUT,
                       "quote '%s': bytes %" PRId64 " to %" PRId64 " cut a character, wanted whole ones",
                       quote->id, start, end);
    struct nd_view found = nd_view_sub(page_text, (size_t)start, (size_t)end);
    if (!nd_view_eq(found, quote->text)) return differs(quote, found, err);
    if (!nd_display_is(quote->text, quote->display)) {
        struct nd_bytes a = ND_BYTES(ND_BYTES_MAX);
        nd_fail(err, ND_BAD_INPUT, "quote '%s': found display '%s', wanted its text on one line", quote->id,
                shown(quote->display, &a));
        nd_bytes_release(&a);
        return ND_BAD_INPUT;
    }
    return ND_OK;
}

struct walk {
    struct nd_view text, display;
    size_t i, j;
    uint32_t before; /* the last character taken from the text but white space; 0 at the start */
    bool in_word;    /* a letter or digit stands right before */
};

static bool is_line_end(uint32_t c)
{
    return c == '\n' || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029;
}

static bool is_hyphen(uint32_t c)
{
    return c == '-' || c == 0x2010;
}

static bool is_wide(uint32_t c)
{
    return nd_is_cjk(c) || (c >= 0x3000 && c <= 0x303F) || (c >= 0xFF00 && c <= 0xFF65);
}

/* A stop or bracket that a superscript or an odd break put at the start of a line belongs to the word before
 * it. */
static bool clings(uint32_t c)
{
    return c == 0x201D || c == 0x2019 || (c > 0 && c < 0x80 && strchr(")],;.:!?", (int)c));
}

/* The end of the run of white space at `at`; *breaks: it holds a line's end. */
static size_t space_end(struct nd_view v, size_t at, bool *breaks)
{
    *breaks = false;
    while (at < v.len) {
        size_t next = at;
        uint32_t c = nd_utf8_next(v, &next);
        if (!nd_is_space(c)) break;
        *breaks = *breaks || is_line_end(c);
        at = next;
    }
    return at;
}

static uint32_t peek(struct nd_view v, size_t at)
{
    return at < v.len ? nd_utf8_next(v, &at) : 0;
}

/* White space in the text: one space, or nothing where a line's end may vanish. */
static bool walk_space(struct walk *w)
{
    bool breaks;
    w->i = space_end(w->text, w->i, &breaks);
    w->in_word = false;
    if (w->before == 0 || w->i >= w->text.len) return true; /* at either end it goes */
    if (w->j < w->display.len && w->display.data[w->j] == ' ') {
        w->j++;
        return true;
    }
    uint32_t after = peek(w->text, w->i);
    return breaks && (is_hyphen(w->before) || (is_wide(w->before) && is_wide(after)) || clings(after));
}

/* A hyphen between two letters at a line's end that the display leaves out, with the break: both are taken.
 */
static bool walk_dropped_hyphen(struct walk *w, uint32_t c, size_t next)
{
    bool breaks;
    if (!w->in_word || !is_hyphen(c)) return false;
    size_t after = space_end(w->text, next, &breaks);
    uint32_t follows = peek(w->text, after);
    if (!breaks || !nd_is_letter(follows) || nd_is_upper(follows) || is_hyphen(peek(w->display, w->j)))
        return false;
    w->before = c;
    w->i = after;
    return true;
}

bool nd_display_is(struct nd_view text, struct nd_view display)
{
    struct walk w = {.text = text, .display = display};
    while (w.i < text.len) {
        size_t next = w.i;
        uint32_t c = nd_utf8_next(text, &next);
        if (nd_is_space(c)) {
            if (!walk_space(&w)) return false;
            continue;
        }
        if (walk_dropped_hyphen(&w, c, next)) continue;
        struct nd_view one = nd_view_sub(text, w.i, next);
        if (!nd_view_eq(one, nd_view_sub(display, w.j, w.j + one.len))) return false;
        w.before = c;
        w.in_word = nd_is_letter(c) || nd_is_digit(c);
        w.i = next;
        w.j += one.len;
    }
    return w.j == display.len && display.len > 0;
}
