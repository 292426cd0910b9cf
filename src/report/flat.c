#include "flat.h"

#include "numbers.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"

static void put(struct flat *f, uint32_t c, size_t start, size_t end)
{
    size_t n = f->text.len;
    nd_utf8_add(&f->text, c);
    for (; n < f->text.len; n++) {
        ND_GROW(f->start, n, f->start_cap);
        ND_GROW(f->end, n, f->end_cap);
        f->start[n] = (uint32_t)start;
        f->end[n] = (uint32_t)end;
    }
}

static bool is_invisible(uint32_t c)
{
    return c == 0xAD || (c >= 0x200B && c <= 0x200D) || c == 0x2060 || c == 0xFEFF;
}

/* One character in the form that is searched for. */
static uint32_t plain(uint32_t c)
{
    int digit = digit_value(c);
    if (digit >= 0) return (uint32_t)('0' + digit);
    if (c == '\n' || c == '\r' || c == 0x2028 || c == 0x2029) return '\n';
    if (nd_is_space(c)) return ' ';
    if ((c >= 0x2010 && c <= 0x2015) || c == 0x2212) return '-';
    return c >= 0xFF01 && c <= 0xFF5E ? c - 0xFEE0 : c;
}

/* Behind a line's end and the blanks around it, when a small letter follows: else `at`. */
static size_t past_break(struct nd_view text, size_t at)
{
    bool breaks = false;
    for (size_t next = at; next < text.len;) {
        size_t here = next;
        uint32_t c = nd_utf8_next(text, &next);
        if (!nd_is_space(c)) return breaks && nd_is_lower(c) ? here : at;
        breaks = breaks || plain(c) == '\n';
    }
    return at;
}

void flat_make(struct flat *out, struct nd_view text)
{
    *out = (struct flat){.text = ND_BYTES(ND_BYTES_MAX)};
    uint32_t before = 0;
    for (size_t at = 0; at < text.len;) {
        size_t start = at;
        uint32_t c = nd_utf8_next(text, &at);
        if (is_invisible(c)) continue;
        c = plain(c);
        if (c == '-' && (nd_is_letter(before) || nd_is_digit(before))) {
            size_t behind = past_break(text, at);
            if (behind != at) {
                at = behind;
                continue;
            }
        }
        put(out, c, start, at);
        before = c;
    }
}

void flat_release(struct flat *flat)
{
    nd_bytes_release(&flat->text);
    nd_free(flat->start);
    nd_free(flat->end);
}
