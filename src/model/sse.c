#include "sse.h"

/* Up to a line's end, which is LF, CR LF or CR. */
static struct nd_view take_line(struct nd_view *rest)
{
    size_t end = 0;
    while (end < rest->len && rest->data[end] != '\n' && rest->data[end] != '\r') end++;
    struct nd_view line = nd_view_sub(*rest, 0, end);
    size_t next = end + (end < rest->len);
    if (end + 1 < rest->len && rest->data[end] == '\r' && rest->data[end + 1] == '\n') next++;
    *rest = nd_view_sub(*rest, next, rest->len);
    return line;
}

bool sse_next(struct nd_view *rest, struct nd_bytes *data)
{
    bool some = false;
    nd_bytes_clear(data);
    while (rest->len) {
        struct nd_view line = take_line(rest);
        if (line.len == 0 && some) return true;
        if (!nd_view_starts(line, "data:")) continue; /* names, ids, comments */
        struct nd_view value = nd_view_sub(line, 5, line.len);
        if (nd_view_starts(value, " ")) value = nd_view_sub(value, 1, value.len);
        if (some) nd_bytes_add_char(data, '\n');
        nd_bytes_add_view(data, value);
        some = true;
    }
    return some; /* the last may end without its blank line */
}
