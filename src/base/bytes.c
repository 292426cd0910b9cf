#include "nightdesk/base/bytes.h"
#include "nightdesk/base/alloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define FIRST_CAPACITY 64

struct nd_view nd_view_of(const char *text)
{
    if (!text) text = "";
    return (struct nd_view){text, strlen(text)};
}

struct nd_view nd_view_sub(struct nd_view v, size_t start, size_t end)
{
    if (end > v.len) end = v.len;
    if (start > end) start = end;
    return (struct nd_view){v.data ? v.data + start : "", end - start};
}

static bool is_blank(char c)
{
    return c == ' ' || (c >= '\t' && c <= '\r');
}

struct nd_view nd_view_trim(struct nd_view v)
{
    size_t start = 0;
    size_t end = v.len;
    while (start < end && is_blank(v.data[start])) start++;
    while (end > start && is_blank(v.data[end - 1])) end--;
    return nd_view_sub(v, start, end);
}

bool nd_view_eq(struct nd_view a, struct nd_view b)
{
    return a.len == b.len && (a.len == 0 || memcmp(a.data, b.data, a.len) == 0);
}

bool nd_view_is(struct nd_view a, const char *text)
{
    return nd_view_eq(a, nd_view_of(text));
}

bool nd_view_starts(struct nd_view a, const char *prefix)
{
    return nd_view_is(nd_view_sub(a, 0, strlen(prefix)), prefix);
}

bool nd_view_ends(struct nd_view a, const char *suffix)
{
    size_t len = strlen(suffix);
    return a.len >= len && nd_view_is(nd_view_sub(a, a.len - len, a.len), suffix);
}

int nd_view_cmp(struct nd_view a, struct nd_view b)
{
    size_t common = a.len < b.len ? a.len : b.len;
    int order = common ? memcmp(a.data, b.data, common) : 0;
    return order ? order : (a.len > b.len) - (a.len < b.len);
}

size_t nd_view_find(struct nd_view hay, struct nd_view needle, size_t from)
{
    if (from > hay.len || needle.len > hay.len - from) return SIZE_MAX;
    if (needle.len == 0) return from;
    const char *hit = memmem(hay.data + from, hay.len - from, needle.data, needle.len);
    return hit ? (size_t)(hit - hay.data) : SIZE_MAX;
}

char *nd_view_dup(struct nd_view v)
{
    return nd_strndup(v.data, v.len);
}

bool nd_view_int(struct nd_view v, int64_t *out)
{
    bool negative = nd_view_starts(v, "-");
    size_t at = negative ? 1 : 0;
    if (at == v.len) return false;
    int64_t value = 0; /* counts downwards, where the range is larger by one */
    for (; at < v.len; at++) {
        int digit = v.data[at] - '0';
        if (digit < 0 || digit > 9) return false;
        if (__builtin_mul_overflow(value, (int64_t)10, &value)) return false;
        if (__builtin_sub_overflow(value, (int64_t)digit, &value)) return false;
    }
    if (!negative && value == INT64_MIN) return false;
    *out = negative ? value : -value;
    return true;
}

char *nd_bytes_room(struct nd_bytes *b, size_t len)
{
    if (b->over || b->len > b->max || len > b->max - b->len) {
        b->over = true;
        return NULL;
    }
    size_t wanted = b->len + len;
    if (!b->data || wanted >= b->cap) {
        size_t cap = b->cap ? b->cap : FIRST_CAPACITY;
        while (cap <= wanted && cap <= b->max / 2) cap *= 2;
        if (cap <= wanted) cap = wanted + 1;
        b->data = nd_realloc(b->data, cap, 1);
        b->cap = cap;
        b->data[b->len] = '\0';
    }
    return b->data + b->len;
}

void nd_bytes_add(struct nd_bytes *b, const void *data, size_t len)
{
    if (len == 0) return;
    char *to = nd_bytes_room(b, len);
    if (!to) return;
    memcpy(to, data, len);
    b->len += len;
    b->data[b->len] = '\0';
}

void nd_bytes_add_view(struct nd_bytes *b, struct nd_view v)
{
    nd_bytes_add(b, v.data, v.len);
}

void nd_bytes_add_str(struct nd_bytes *b, const char *text)
{
    nd_bytes_add_view(b, nd_view_of(text));
}

void nd_bytes_add_char(struct nd_bytes *b, char c)
{
    nd_bytes_add(b, &c, 1);
}

void nd_bytes_addf(struct nd_bytes *b, const char *fmt, ...)
{
    char small[256];
    va_list args;
    va_start(args, fmt);
    int len = vsnprintf(small, sizeof small, fmt, args);
    va_end(args);
    if (len < 0) nd_no_memory();
    if ((size_t)len < sizeof small) {
        nd_bytes_add(b, small, (size_t)len);
        return;
    }
    va_start(args, fmt);
    char *text = nd_vsprintf(fmt, args);
    va_end(args);
    nd_bytes_add(b, text, (size_t)len);
    nd_free(text);
}

struct nd_view nd_bytes_view(const struct nd_bytes *b)
{
    return (struct nd_view){b->data ? b->data : "", b->len};
}

char *nd_bytes_take(struct nd_bytes *b, size_t *len)
{
    char *data = b->data ? b->data : nd_strdup("");
    if (len) *len = b->len;
    *b = ND_BYTES(b->max);
    return data;
}

void nd_bytes_clear(struct nd_bytes *b)
{
    b->len = 0;
    b->over = false;
    if (b->data) b->data[0] = '\0';
}

void nd_bytes_release(struct nd_bytes *b)
{
    nd_free(b->data);
    *b = ND_BYTES(b->max);
}
