/*
 * Reads report.md as a Markdown reader (CommonMark with tables and bare links) would, for the constructs that
 * could become HTML, an image or a link. Those that nightdesk writes: `code` of letters and digits, [3, p.
 * 12], <a source's address>,
 * ![Chart 1](charts/x1.svg). Everything else must be escaped.
 */
#include "output_check.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"
#include "nightdesk/core/say.h"

#include <string.h>
#include <strings.h>

#define FILE_NAME "report.md"

struct line {
    const struct nd_json *report;
    struct nd_view text;
    size_t no;
    struct nd_findings *out;
};

static void finding(struct line *l, const char *what, size_t at)
{
    struct nd_view text = nd_view_sub(l->text, at, l->text.len);
    char *subject = nd_sprintf("line %zu", l->no);
    nd_findings_add(l->out, FILE_NAME, subject, "found %s '%.*s', wanted only what nightdesk writes", what,
                    (int)nd_utf8_cut(text, 60), text.data);
    nd_free(subject);
}

static char char_at(const struct line *l, size_t at)
{
    return at < l->text.len ? l->text.data[at] : '\0';
}

static bool is_punctuation(char c)
{
    return c > ' ' && c < 0x7F && !(c >= '0' && c <= '9') && !((c | 0x20) >= 'a' && (c | 0x20) <= 'z');
}

/* Behind a `code span` of letters, digits and spaces. */
static size_t behind_code(struct line *l, size_t at)
{
    size_t end = at + 1;
    while (char_at(l, end) &&
           strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -_", char_at(l, end)))
        end++;
    if (char_at(l, end) == '`' && end > at + 1) return end + 1;
    finding(l, "the code", at);
    return l->text.len;
}

static size_t behind_address(struct line *l, size_t at)
{
    size_t end = nd_view_find(l->text, ND_VIEW(">"), at);
    if (end != SIZE_MAX && is_source_url(l->report, nd_view_sub(l->text, at + 1, end))) return end + 1;
    finding(l, "the tag or address", at);
    return l->text.len;
}

/* Behind ![Chart 1](charts/x1.svg), in the report's language. */
static size_t behind_image(struct line *l, size_t at)
{
    struct nd_view rest = nd_view_sub(l->text, at, l->text.len);
    struct nd_view word = nd_view_of(nd_say(nd_json_get_str(l->report, "language"), "Chart"));
    bool named = nd_view_starts(rest, "![") && nd_view_find(rest, word, 2) == 2 &&
                 char_at(l, at + 2 + word.len) == ' ';
    size_t middle = nd_view_find(rest, ND_VIEW("](charts/x"), 0),
           end = nd_view_find(rest, ND_VIEW(".svg)"), 0);
    int64_t no, id;
    if (named && middle != SIZE_MAX && end != SIZE_MAX && middle + 10 < end &&
        nd_view_int(nd_view_sub(rest, word.len + 3, middle), &no) &&
        nd_view_int(nd_view_sub(rest, middle + 10, end), &id))
        return at + end + 5;
    finding(l, "the image", at);
    return l->text.len;
}

/* Behind the opening of a citation, whose number is read; its end must not make it a link or a definition. */
static size_t behind_bracket(struct line *l, size_t at)
{
    size_t end = at + 1;
    while (char_at(l, end) >= '0' && char_at(l, end) <= '9') end++;
    bool number = end > at + 1 && (char_at(l, end) == ',' || char_at(l, end) == ']');
    while (end < l->text.len && char_at(l, end) != ']') end += char_at(l, end) == '\\' ? 2 : 1;
    char after = char_at(l, end + 1);
    if (number && end < l->text.len && after != '(' && after != '[' && after != ':') return at + 1;
    finding(l, "the bracket", at);
    return l->text.len;
}

static bool is_www(const struct line *l, size_t at)
{
    return at >= 3 && strncasecmp(l->text.data + at - 3, "www", 3) == 0;
}

static size_t walk(struct line *l, size_t at)
{
    size_t next = at;
    char c = char_at(l, at);
    switch (c) {
    case '\\':
        return at + (is_punctuation(char_at(l, at + 1)) ? 2 : 1);
    case '`':
        return behind_code(l, at);
    case '<':
        return behind_address(l, at);
    case '!':
        return char_at(l, at + 1) == '[' ? behind_image(l, at) : at + 1;
    case '[':
        return behind_bracket(l, at);
    default:
        break;
    }
    if (c == '&' || c == '@' || c == '~' || c == '{' || c == '$') finding(l, "the character", at);
    if (c == ':' && nd_view_starts(nd_view_sub(l->text, at, l->text.len), "://"))
        finding(l, "an address", at);
    if (c == '.' && is_www(l, at)) finding(l, "an address", at - 3);
    if (nd_is_unsafe(nd_utf8_next(l->text, &next))) finding(l, "a control character before", next);
    return next;
}

static void check_line(struct line *l)
{
    if (nd_view_starts(l->text, "    ") || nd_view_starts(l->text, "\t") || nd_view_starts(l->text, "="))
        finding(l, "the start of a line", 0);
    for (size_t at = 0; at < l->text.len;) at = walk(l, at);
}

void check_markdown(const struct nd_json *report, struct nd_view md, struct nd_findings *out)
{
    struct line line = {.report = report, .out = out};
    for (size_t at = 0; at < md.len;) {
        size_t end = nd_view_find(md, ND_VIEW("\n"), at);
        if (end == SIZE_MAX) end = md.len;
        line.text = nd_view_sub(md, at, end);
        line.no++;
        check_line(&line);
        at = end + 1;
    }
}
