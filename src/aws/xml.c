#include "xml.h"
#include "nightdesk/base/text.h"

#include <string.h>

/* ---- names, attributes, entities ---- */

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.' || c == ':';
}

static bool is_space(char c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

static size_t skip_space(struct nd_view v, size_t at)
{
    while (at < v.len && is_space(v.data[at])) at++;
    return at;
}

static bool take_name(struct nd_view v, size_t *at, struct nd_view *name)
{
    size_t start = *at;
    while (*at < v.len && is_name_char(v.data[*at])) ++*at;
    *name = nd_view_sub(v, start, *at);
    return name->len > 0 && name->len <= ND_XML_NAME_MAX;
}

/* name="value" or name='value' */
static bool take_attribute(struct nd_view v, size_t *at)
{
    struct nd_view name;
    if (!take_name(v, at, &name) || *at + 1 >= v.len || v.data[*at] != '=') return false;
    char quote = v.data[*at + 1];
    if (quote != '"' && quote != '\'') return false;
    for (*at += 2; *at < v.len && v.data[*at] != quote; ++*at)
        if (v.data[*at] == '<') return false;
    return (*at)++ < v.len;
}

/* At "&": the character that the entity stands for, or 0. */
static uint32_t take_entity(struct nd_view v, size_t *at)
{
    static const struct {
        const char *text;
        uint32_t c;
    } known[] = {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&apos;", '\''}};
    struct nd_view rest = nd_view_sub(v, *at, v.len);
    for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
        if (!nd_view_starts(rest, known[i].text)) continue;
        *at += strlen(known[i].text);
        return known[i].c;
    }
    bool hex = nd_view_starts(rest, "&#x");
    if (!nd_view_starts(rest, "&#")) return 0;
    uint32_t c = 0;
    size_t i = hex ? 3 : 2;
    for (; i < rest.len && i < 10 && rest.data[i] != ';'; i++) {
        static const char digits[] = "0123456789abcdef";
        const char *digit = memchr(digits, rest.data[i] | (hex ? 0x20 : 0), hex ? 16 : 10);
        if (!digit) return 0;
        c = c * (hex ? 16 : 10) + (uint32_t)(digit - digits);
    }
    bool fine = i < rest.len && rest.data[i] == ';' && c > 0 && c <= 0x10FFFF && (c < 0xD800 || c > 0xDFFF);
    if (fine) *at += i + 1;
    return fine ? c : 0;
}

/* ---- tags ---- */

enum tag { TAG_BAD, TAG_OPEN, TAG_CLOSE, TAG_EMPTY };

/* At "<": reads the tag; *at is behind its ">". */
static enum tag take_tag(struct nd_view v, size_t *at, struct nd_view *name)
{
    size_t i = *at + 1;
    bool closes = i < v.len && v.data[i] == '/';
    if (closes) i++;
    if (!take_name(v, &i, name)) return TAG_BAD;
    for (;;) {
        size_t next = skip_space(v, i);
        if (next >= v.len) return TAG_BAD;
        bool spaced = next > i;
        i = next;
        if (v.data[i] == '>') {
            *at = i + 1;
            return closes ? TAG_CLOSE : TAG_OPEN;
        }
        if (!closes && v.data[i] == '/') {
            if (i + 1 >= v.len || v.data[i + 1] != '>') return TAG_BAD;
            *at = i + 2;
            return TAG_EMPTY;
        }
        if (closes || !spaced || !take_attribute(v, &i)) return TAG_BAD;
    }
}

/* Behind the open tag of `name`: finds its end; every tag in between must close. *content is what lies
 * between. */
static bool take_content(struct nd_view v, size_t *at, struct nd_view name, struct nd_view *content)
{
    struct nd_view open[ND_XML_MAX_DEPTH] = {name};
    size_t depth = 1, start = *at;
    for (size_t i = start; i < v.len;) {
        struct nd_view found;
        if (v.data[i] == '&') {
            if (!take_entity(v, &i)) return false;
            continue;
        }
        if (v.data[i] != '<') {
            if (!v.data[i]) return false;
            i++;
            continue;
        }
        size_t tag_at = i;
        switch (take_tag(v, &i, &found)) {
        case TAG_OPEN:
            if (depth == ND_XML_MAX_DEPTH) return false;
            open[depth++] = found;
            break;
        case TAG_CLOSE:
            if (!nd_view_eq(open[--depth], found)) return false;
            if (depth) break;
            *content = nd_view_sub(v, start, tag_at);
            *at = i;
            return true;
        case TAG_EMPTY:
            break;
        case TAG_BAD:
            return false;
        }
    }
    return false;
}

/* At "<": an element, whole. */
static bool take_element(struct nd_view v, size_t *at, struct nd_view *name, struct nd_view *content)
{
    switch (take_tag(v, at, name)) {
    case TAG_OPEN:
        return take_content(v, at, *name, content);
    case TAG_EMPTY:
        *content = (struct nd_view){"", 0};
        return true;
    case TAG_CLOSE:
    case TAG_BAD:
        break;
    }
    return false;
}

/* ---- documents ---- */

bool nd_xml_open(struct nd_view document, struct nd_view *root, struct nd_view *inner)
{
    size_t at = nd_view_starts(document, "\xef\xbb\xbf") ? 3 : 0;
    if (!nd_utf8_valid(document)) return false;
    at = skip_space(document, at);
    if (nd_view_starts(nd_view_sub(document, at, document.len), "<?xml ")) {
        size_t end = nd_view_find(document, ND_VIEW("?>"), at);
        if (end == SIZE_MAX) return false;
        at = skip_space(document, end + 2);
    }
    if (at >= document.len || document.data[at] != '<') return false;
    return take_element(document, &at, root, inner) && skip_space(document, at) == document.len;
}

bool nd_xml_next(struct nd_view inner, size_t *at, struct nd_view *name, struct nd_view *content)
{
    while (*at < inner.len && inner.data[*at] != '<') ++*at;
    return *at < inner.len && take_element(inner, at, name, content);
}

struct nd_view nd_xml_child(struct nd_view inner, const char *wanted)
{
    struct nd_view name, content;
    for (size_t at = 0; nd_xml_next(inner, &at, &name, &content);)
        if (nd_view_is(name, wanted)) return content;
    return (struct nd_view){"", 0};
}

bool nd_xml_text(struct nd_view content, struct nd_bytes *out)
{
    for (size_t at = 0; at < content.len;) {
        char c = content.data[at];
        if (c == '<') return false;
        if (c == '&') {
            uint32_t code = take_entity(content, &at);
            if (!code) return false;
            nd_utf8_add(out, code);
        } else {
            nd_bytes_add_char(out, c);
            at++;
        }
    }
    return true;
}

void nd_xml_escape(struct nd_view text, struct nd_bytes *out)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.data[i];
        if (c == '&') {
            nd_bytes_add_str(out, "&amp;");
        } else if (c == '<') {
            nd_bytes_add_str(out, "&lt;");
        } else if (c == '>') {
            nd_bytes_add_str(out, "&gt;");
        } else if ((unsigned char)c < ' ') {
            nd_bytes_addf(out, "&#%d;", c);
        } else {
            nd_bytes_add_char(out, c);
        }
    }
}
