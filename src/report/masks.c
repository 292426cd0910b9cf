#include "masks.h"

#include "nightdesk/base/text.h"

#include <string.h>

void mask_fill(char *text, size_t start, size_t end)
{
    struct nd_view v = {text, end};
    for (size_t at = start; at < end;) {
        size_t from = at;
        if (!nd_is_space(nd_utf8_next(v, &at))) memset(text + from, '*', at - from);
    }
}

bool mask_is_filled(struct nd_view text, size_t start, size_t end)
{
    for (size_t at = start; at < end && at < text.len;) {
        uint32_t c = nd_utf8_next(text, &at);
        if (c != '*' && !nd_is_space(c)) return false;
    }
    return end <= text.len;
}

void mask_display(struct nd_view text, struct nd_bytes *out)
{
    bool space = false;
    size_t first = out->len;
    for (size_t at = 0; at < text.len;) {
        size_t from = at;
        bool blank = nd_is_space(nd_utf8_next(text, &at));
        if (!blank && space && out->len > first) nd_bytes_add_char(out, ' ');
        if (!blank) nd_bytes_add(out, text.data + from, at - from);
        space = blank;
    }
}
