#include "vocabulary.h"

#include "nightdesk/base/text.h"

/* A half seen less often than this is a piece of a broken word, not a word of its own. */
#define RARE 3

static bool is_line_end(uint32_t c)
{
    return c == '\n' || c == '\r' || c == 0x2028 || c == 0x2029;
}

static bool is_wide(uint32_t c)
{
    bool hangul = (c >= 0x1100 && c <= 0x11FF) || (c >= 0xAC00 && c <= 0xD7FB);
    return !hangul && (nd_is_cjk(c) || (c >= 0x3000 && c <= 0x303F) || (c >= 0xFF01 && c <= 0xFFEF));
}

/* Appends the run of letters that ends (before) or starts (after) at `at` in lower case. */
static void letters_before(struct nd_view text, size_t at, struct nd_bytes *out)
{
    size_t start = at;
    while (start > 0) {
        size_t back = start - 1;
        while (back > 0 && (text.data[back] & 0xC0) == 0x80) back--;
        size_t next = back;
        uint32_t c = nd_utf8_next(text, &next);
        if (!nd_is_letter(c) && !nd_is_mark(c)) break;
        start = back;
    }
    while (start < at) nd_utf8_add(out, nd_text_lower(nd_utf8_next(text, &start)));
}

static void letters_after(struct nd_view text, size_t at, struct nd_bytes *out)
{
    while (at < text.len) {
        uint32_t c = nd_utf8_next(text, &at);
        if (!nd_is_letter(c) && !nd_is_mark(c)) return;
        nd_utf8_add(out, nd_text_lower(c));
    }
}

/* Is the hyphen between text[..hyphen) and text[after..) only there because the line was full? */
static bool hyphen_goes(struct nd_view text, size_t hyphen, size_t after,
                        const struct nd_vocabulary *vocabulary)
{
    size_t next = after;
    if (after >= text.len || !nd_is_lower(nd_utf8_next(text, &next))) return false;
    struct nd_bytes word = ND_BYTES(ND_BYTES_MAX);
    letters_before(text, hyphen, &word);
    size_t first = word.len;
    nd_bytes_add_char(&word, '-');
    letters_after(text, after, &word);
    struct nd_view all = nd_bytes_view(&word);
    bool goes = first > 0;
    if (goes && vocabulary) {
        struct nd_view left = nd_view_sub(all, 0, first);
        struct nd_view right = nd_view_sub(all, first + 1, all.len);
        uint32_t compound = nd_vocabulary_of(vocabulary, all);
        bool rare = nd_vocabulary_of(vocabulary, left) < RARE || nd_vocabulary_of(vocabulary, right) < RARE;
        struct nd_bytes joined = ND_BYTES(ND_BYTES_MAX);
        nd_bytes_add_view(&joined, left);
        nd_bytes_add_view(&joined, right);
        uint32_t whole = nd_vocabulary_of(vocabulary, nd_bytes_view(&joined));
        nd_bytes_release(&joined);
        goes = whole || compound ? whole >= compound : rare;
    }
    nd_bytes_release(&word);
    return goes;
}

/* ")" or "," that a superscript or an odd break put at the start of a line belongs to the word before it. */
static bool clings(struct nd_view text, size_t at)
{
    uint32_t c = nd_utf8_next(text, &at);
    bool closing = c == ')' || c == ']' || c == ',' || c == ';' || c == 0x201D || c == 0x2019;
    bool stop = c == '.' || c == ':' || c == '!' || c == '?';
    if (closing) return true;
    return stop && (at >= text.len || nd_is_space(nd_utf8_next(text, &at)));
}

struct line_out {
    struct nd_bytes *out;
    size_t begin;     /* where this text starts in out */
    size_t hyphen_at; /* offset in the text of a hyphen that was written last, or SIZE_MAX */
    uint32_t last;    /* code point written last; 0: none yet */
};

static void write_break(struct line_out *o, struct nd_view text, size_t after, bool line_break,
                        const struct nd_vocabulary *vocabulary)
{
    size_t next = after;
    uint32_t c = nd_utf8_next(text, &next);
    if (line_break && o->hyphen_at != SIZE_MAX) {
        if (hyphen_goes(text, o->hyphen_at, after, vocabulary)) o->out->len -= (o->last == '-' ? 1U : 3U);
        return;
    }
    if (line_break && ((is_wide(o->last) && is_wide(c)) || clings(text, after))) return;
    nd_bytes_add_char(o->out, ' ');
    o->last = ' ';
}

void nd_display(struct nd_view text, const struct nd_vocabulary *vocabulary, struct nd_bytes *out)
{
    struct line_out o = {.out = out, .begin = out->len, .hyphen_at = SIZE_MAX};
    for (size_t at = 0; at < text.len;) {
        size_t here = at;
        uint32_t c = nd_utf8_next(text, &at);
        if (nd_is_space(c)) {
            bool line_break = is_line_end(c);
            size_t after = at;
            while (after < text.len && nd_is_space(c = nd_utf8_next(text, &after))) {
                line_break = line_break || is_line_end(c);
                at = after;
            }
            if (o.last && at < text.len) write_break(&o, text, at, line_break, vocabulary);
            o.hyphen_at = SIZE_MAX;
            continue;
        }
        bool after_word = nd_is_letter(o.last) || nd_is_digit(o.last);
        o.hyphen_at = (c == '-' || c == 0x2010) && after_word && out->len > o.begin ? here : SIZE_MAX;
        o.last = c;
        nd_bytes_add(out, text.data + here, at - here);
    }
}
