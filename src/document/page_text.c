#include "nightdesk/document/page_text.h"
#include "nightdesk/base/text.h"

enum { SOFT_HYPHEN = 0xAD };

/* Removed wherever they stand: they change how text looks or is ordered, or hide text, and are no part of
 * what it says. The joiners U+200C and U+200D stay: Persian and Hindi spell with them. */
static bool is_mark_to_drop(uint32_t c)
{
    return c == 0x061C || c == 0x180E || c == 0x200B || c == 0x200E || c == 0x200F ||
           (c >= 0x202A && c <= 0x202E) || (c >= 0x2060 && c <= 0x206F) || c == 0xFEFF ||
           (c >= 0xFFF9 && c <= 0xFFFB) || (c >= 0xE0000 && c <= 0xE007F);
}

/* Code points that no page text holds. */
static bool is_forbidden(uint32_t c)
{
    return (c < 0x20 && c != '\n' && c != '\t') || (c >= 0x7F && c <= 0x9F) || c == SOFT_HYPHEN ||
           (c & 0xFFFE) == 0xFFFE || c == 0x2028 || c == 0x2029 || is_mark_to_drop(c);
}

/* What TeX's T1 fonts have at 0x1b-0x1f when a PDF does not say what its glyphs mean. */
static const char *ligature(uint32_t c)
{
    static const char *const letters[] = {"ff", "fi", "fl", "ffi", "ffl"};
    return c >= 0x1B && c <= 0x1F ? letters[c - 0x1B] : NULL;
}

/* Latin ligatures, Hebrew and Arabic presentation forms: glyphs of letters that have code points of their
 * own. */
static bool is_presentation_form(uint32_t c)
{
    return (c >= 0xFB00 && c <= 0xFDFF) || (c >= 0xFE70 && c <= 0xFEFC);
}

static uint32_t peek(struct nd_view v, size_t at)
{
    return at < v.len ? nd_utf8_next(v, &at) : '\n';
}

static bool is_line_end(uint32_t c)
{
    return c == '\n' || c == '\r' || c == 0x2028 || c == 0x2029;
}

static void add_form(uint32_t c, struct nd_bytes *out)
{
    struct nd_bytes one = ND_BYTES(8);
    nd_utf8_add(&one, c);
    nd_text_nfkc(nd_bytes_view(&one), out);
    nd_bytes_release(&one);
}

/* One code point that is not plain ASCII text; before and after are its neighbours. */
static void repair_one(uint32_t c, uint32_t before, uint32_t after, struct nd_bytes *out)
{
    const char *letters = ligature(c);
    if (is_line_end(c)) {
        if (c != '\r' || after != '\n') nd_bytes_add_char(out, '\n');
    } else if (letters && (nd_is_letter(before) || nd_is_letter(after))) {
        nd_bytes_add_str(out, letters);
    } else if (c == SOFT_HYPHEN) {
        if (is_line_end(after)) nd_bytes_add_char(out, '-'); /* it shows at the end of a line */
    } else if (is_presentation_form(c)) {
        add_form(c, out);
    } else if (!is_mark_to_drop(c)) {
        nd_utf8_add(out, is_forbidden(c) ? ND_REPLACEMENT : c);
    }
}

static void repair_characters(struct nd_view raw, struct nd_bytes *out)
{
    uint32_t before = '\n';
    for (size_t at = 0; at < raw.len;) {
        unsigned char byte = (unsigned char)raw.data[at];
        if ((byte >= 0x20 && byte < 0x7F) || byte == '\n' || byte == '\t') {
            nd_bytes_add_char(out, raw.data[at++]);
            before = byte;
            continue;
        }
        uint32_t c = nd_utf8_next(raw, &at);
        repair_one(c, before, peek(raw, at), out);
        before = c;
    }
}

static void trim_lines(struct nd_view text, struct nd_bytes *out)
{
    size_t line_ends = 0;
    for (size_t at = 0; at < text.len;) {
        size_t end = nd_view_find(text, ND_VIEW("\n"), at);
        if (end == SIZE_MAX) end = text.len;
        size_t last = end;
        while (last > at && (text.data[last - 1] == ' ' || text.data[last - 1] == '\t')) last--;
        for (; last > at && line_ends > 0; line_ends--) nd_bytes_add_char(out, '\n');
        nd_bytes_add(out, text.data + at, last - at);
        line_ends++;
        at = end + 1;
    }
}

void nd_page_text_repair(struct nd_view raw, struct nd_bytes *out)
{
    struct nd_bytes repaired = ND_BYTES(ND_BYTES_MAX);
    struct nd_bytes composed = ND_BYTES(ND_BYTES_MAX);
    repair_characters(raw, &repaired);
    nd_text_nfc(nd_bytes_view(&repaired), &composed);
    trim_lines(nd_bytes_view(&composed), out);
    nd_bytes_release(&repaired);
    nd_bytes_release(&composed);
}

bool nd_page_text_clean(struct nd_view text)
{
    if (!nd_utf8_valid(text)) return false;
    for (size_t at = 0; at < text.len;) {
        if (is_forbidden(nd_utf8_next(text, &at))) return false;
    }
    return true;
}
