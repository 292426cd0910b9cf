#include "markdown.h"

#include "nightdesk/base/text.h"

#include <string.h>

/* Where the point of a list marker stands ("12. ", "3) ") when the text starts with one; SIZE_MAX otherwise.
 */
static size_t block_marker(struct nd_view text)
{
    size_t at = 0;
    while (at < text.len && at < 9 && text.data[at] >= '0' && text.data[at] <= '9') at++;
    bool point = at && at < text.len && (text.data[at] == '.' || text.data[at] == ')');
    return point && (at + 1 == text.len || strchr(" \t\n", text.data[at + 1])) ? at : SIZE_MAX;
}

static bool is_special(uint32_t c)
{
    return c < 0x80 && c > ' ' && strchr("\\`*_{}[]<>#|~&@$", (int)c);
}

/* "://" and "www." would become links by themselves. */
static bool starts_link(struct nd_view text, size_t at, uint32_t c)
{
    if (c == ':') return nd_view_starts(nd_view_sub(text, at, text.len), "://");
    return c == '.' && at >= 3 && (text.data[at - 1] | 0x20) == 'w' && (text.data[at - 2] | 0x20) == 'w' &&
           (text.data[at - 3] | 0x20) == 'w';
}

void put_markdown(struct nd_view text, struct nd_bytes *out)
{
    bool first = true, space = false;
    text = nd_view_trim(text);
    size_t marker = block_marker(text);
    for (size_t at = 0; at < text.len;) {
        size_t here = at;
        uint32_t c = nd_utf8_next(text, &at);
        if (nd_is_space(c)) {
            space = !first;
            continue;
        }
        if (nd_is_unsafe(c)) continue;
        if (space) nd_bytes_add_char(out, ' ');
        bool opens = first && (c == '-' || c == '+' || c == '=' || c == ':');
        if (opens || here == marker || is_special(c) || starts_link(text, here, c))
            nd_bytes_add_char(out, '\\');
        nd_utf8_add(out, c);
        first = space = false;
    }
}
