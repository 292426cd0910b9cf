#include "context.h"

#include "nightdesk/base/text.h"

#include <string.h>

#define FULL_LINE_PERCENT 80 /* of the longest line: a shorter one ended before the margin */

/* Moves `at` up to the end of a line or else of a word, within the first half of the window. */
static size_t begin_at(struct nd_view page, size_t at, size_t limit)
{
    size_t half = at + (limit - at) / 2, word = at;
    for (size_t i = at; i < half; i++) {
        if (page.data[i] == '\n') return i + 1;
        if (page.data[i] == ' ' && word == at) word = i + 1;
    }
    while (word < limit && ((unsigned char)page.data[word] & 0xC0) == 0x80) word++;
    return word;
}

static size_t end_at(struct nd_view page, size_t at, size_t limit)
{
    size_t half = at - (at - limit) / 2, word = at;
    for (size_t i = at; i > half; i--) {
        if (page.data[i - 1] == '\n') return i - 1;
        if (page.data[i - 1] == ' ' && word == at) word = i - 1;
    }
    while (word > limit && word < page.len && ((unsigned char)page.data[word] & 0xC0) == 0x80) word--;
    return word;
}

struct context context_of(const struct doc_quote *q)
{
    struct nd_view page = q->page_text;
    size_t start = (size_t)q->q.start, end = (size_t)q->q.end;
    size_t from = start > CONTEXT_BYTES ? begin_at(page, start - CONTEXT_BYTES, start) : 0;
    size_t to = page.len - end > CONTEXT_BYTES ? end_at(page, end + CONTEXT_BYTES, end) : page.len;
    return (struct context){
        .before = nd_view_sub(page, from, start),
        .after = nd_view_sub(page, end, to),
        .cut_before = nd_view_trim(nd_view_sub(page, 0, from)).len > 0,
        .cut_after = nd_view_trim(nd_view_sub(page, to, page.len)).len > 0,
    };
}

static size_t line_end(struct nd_view text, size_t at)
{
    size_t end = nd_view_find(text, ND_VIEW("\n"), at);
    return end == SIZE_MAX ? text.len : end;
}

static size_t longest_line(struct nd_view text)
{
    size_t longest = 0;
    for (size_t at = 0; at <= text.len;) {
        size_t end = line_end(text, at);
        if (end - at > longest) longest = end - at;
        at = end + 1;
    }
    return longest;
}

/* "• item", "| cell", "3. item", "4.2 Heading", or nothing at all: the line before it ends there. */
static bool starts_anew(struct nd_view text, size_t at)
{
    size_t next = at, digits = at;
    uint32_t c = at < text.len ? nd_utf8_next(text, &next) : '\n';
    if (!nd_is_letter(c) && !nd_is_digit(c) && !strchr("(\"'", c < 0x80 ? (int)c : 'a') && c != 0x201C &&
        c != 0x2018)
        return true;
    while (digits < text.len && text.data[digits] >= '0' && text.data[digits] <= '9') digits++;
    return digits > at && digits < text.len && (text.data[digits] == '.' || text.data[digits] == ')');
}

void put_context(struct nd_view text, struct nd_bytes *out)
{
    size_t longest = longest_line(text);
    for (size_t at = 0; at <= text.len;) {
        size_t end = line_end(text, at);
        struct nd_view line = nd_view_sub(text, at, end);
        bool first = at == 0, last = end >= text.len;
        nd_text_html(line, out);
        if (last) return;
        /* the piece before the first break may be the rest of a line */
        bool full = (first || (end - at) * 100 >= longest * FULL_LINE_PERCENT) && !starts_anew(text, end + 1);
        bool hyphen = line.len > 1 && line.data[line.len - 1] == '-';
        if (!full)
            nd_bytes_add_str(out, "<br>");
        else if (!hyphen)
            nd_bytes_add_char(out, ' ');
        at = end + 1;
    }
}
