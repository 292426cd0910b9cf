#include "nightdesk/base/text.h"
#include "nightdesk/base/alloc.h"

#include <string.h>
#include <utf8proc.h>

/* Sorting a run of combining marks costs its square, so a run is cut here; real text has a handful in a row.
 */
#define MARK_RUN_MAX 128

uint32_t nd_utf8_next(struct nd_view v, size_t *at)
{
    const unsigned char *from = (const unsigned char *)v.data + *at;
    if (*from < 0x80) {
        *at += 1;
        return *from;
    }
    size_t left = v.len - *at;
    utf8proc_int32_t code_point;
    utf8proc_ssize_t len = utf8proc_iterate(from, left < 4 ? (utf8proc_ssize_t)left : 4, &code_point);
    if (len <= 0) {
        *at += 1;
        return ND_REPLACEMENT;
    }
    *at += (size_t)len;
    return (uint32_t)code_point;
}

void nd_utf8_add(struct nd_bytes *out, uint32_t code_point)
{
    utf8proc_uint8_t encoded[4];
    if (code_point > 0x10FFFF || (code_point >= 0xD800 && code_point <= 0xDFFF)) code_point = ND_REPLACEMENT;
    utf8proc_ssize_t len = utf8proc_encode_char((utf8proc_int32_t)code_point, encoded);
    nd_bytes_add(out, encoded, (size_t)len);
}

/* The end of the longest valid prefix. */
static size_t valid_until(struct nd_view v)
{
    size_t at = 0;
    while (at < v.len) {
        size_t next = at;
        if (nd_utf8_next(v, &next) == ND_REPLACEMENT && next == at + 1) return at;
        at = next;
    }
    return at;
}

bool nd_utf8_valid(struct nd_view v)
{
    return valid_until(v) == v.len;
}

void nd_utf8_repair(struct nd_view v, struct nd_bytes *out)
{
    for (;;) {
        size_t good = valid_until(v);
        nd_bytes_add(out, v.data, good);
        if (good == v.len) return;
        nd_utf8_add(out, ND_REPLACEMENT);
        v = nd_view_sub(v, good + 1, v.len);
    }
}

size_t nd_utf8_cut(struct nd_view v, size_t max)
{
    if (max >= v.len) return v.len;
    for (size_t back = 0; back < 4 && back <= max; back++) {
        if ((v.data[max - back] & 0xC0) != 0x80) return max - back;
    }
    return max; /* not UTF-8 here: nothing to keep whole */
}

static void map_part(struct nd_view v, utf8proc_option_t options, struct nd_bytes *out)
{
    if (v.len == 0) return;
    utf8proc_uint8_t *mapped = NULL;
    utf8proc_ssize_t len =
        utf8proc_map((const utf8proc_uint8_t *)v.data, (utf8proc_ssize_t)v.len, &mapped, options);
    if (len == UTF8PROC_ERROR_NOMEM || len == UTF8PROC_ERROR_OVERFLOW) nd_no_memory();
    if (len >= 0) nd_bytes_add(out, mapped, (size_t)len);
    nd_free(mapped);
}

static void normalise(struct nd_view v, utf8proc_option_t options, struct nd_bytes *out)
{
    size_t start = 0;
    size_t marks = 0;
    for (size_t at = 0; at < v.len;) {
        marks = nd_is_mark(nd_utf8_next(v, &at)) ? marks + 1 : 0;
        if (marks == MARK_RUN_MAX) {
            map_part(nd_view_sub(v, start, at), options, out);
            start = at;
            marks = 0;
        }
    }
    map_part(nd_view_sub(v, start, v.len), options, out);
}

static bool is_ascii(struct nd_view v)
{
    for (size_t i = 0; i < v.len; i++) {
        if ((unsigned char)v.data[i] >= 0x80) return false;
    }
    return true;
}

void nd_text_nfc(struct nd_view v, struct nd_bytes *out)
{
    if (is_ascii(v))
        nd_bytes_add_view(out, v);
    else
        normalise(v, UTF8PROC_STABLE | UTF8PROC_COMPOSE, out);
}

void nd_text_nfkc(struct nd_view v, struct nd_bytes *out)
{
    if (is_ascii(v))
        nd_bytes_add_view(out, v);
    else
        normalise(v, UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT, out);
}

uint32_t nd_text_lower(uint32_t code_point)
{
    if (code_point < 0x80) return code_point >= 'A' && code_point <= 'Z' ? code_point + 32 : code_point;
    return (uint32_t)utf8proc_tolower((utf8proc_int32_t)code_point);
}

static utf8proc_category_t category(uint32_t c)
{
    return c > 0x10FFFF ? UTF8PROC_CATEGORY_CN : utf8proc_category((utf8proc_int32_t)c);
}

bool nd_is_letter(uint32_t c)
{
    utf8proc_category_t k = category(c);
    return k >= UTF8PROC_CATEGORY_LU && k <= UTF8PROC_CATEGORY_LO;
}

bool nd_is_digit(uint32_t c)
{
    return category(c) == UTF8PROC_CATEGORY_ND;
}

bool nd_is_upper(uint32_t c)
{
    return category(c) == UTF8PROC_CATEGORY_LU;
}

bool nd_is_lower(uint32_t c)
{
    return category(c) == UTF8PROC_CATEGORY_LL;
}

bool nd_is_space(uint32_t c)
{
    utf8proc_category_t k = category(c);
    return (c >= '\t' && c <= '\r') || c == 0x85 || (k >= UTF8PROC_CATEGORY_ZS && k <= UTF8PROC_CATEGORY_ZP);
}

bool nd_is_mark(uint32_t c)
{
    utf8proc_category_t k = category(c);
    return k >= UTF8PROC_CATEGORY_MN && k <= UTF8PROC_CATEGORY_ME;
}

struct range {
    uint32_t first, last;
};

static bool within(const struct range *ranges, size_t n, uint32_t c)
{
    for (size_t i = 0; i < n && ranges[i].first <= c; i++) {
        if (c <= ranges[i].last) return true;
    }
    return false;
}

bool nd_is_cjk(uint32_t c)
{
    static const struct range cjk[] = {
        {0x1100, 0x11FF}, {0x2E80, 0x2FD5},   {0x3005, 0x3005},   {0x3007, 0x3007},   {0x3021, 0x3029},
        {0x3031, 0x3035}, {0x3038, 0x303B},   {0x3041, 0x309F},   {0x30A1, 0x30FA},   {0x30FC, 0x30FF},
        {0x3105, 0x312F}, {0x3131, 0x318E},   {0x31A0, 0x31BF},   {0x31F0, 0x31FF},   {0x3400, 0x4DBF},
        {0x4E00, 0x9FFF}, {0xA960, 0xA97C},   {0xAC00, 0xD7FB},   {0xF900, 0xFAD9},   {0xFF66, 0xFF9F},
        {0xFFA0, 0xFFDC}, {0x1AFF0, 0x1B16F}, {0x20000, 0x2FA1F}, {0x30000, 0x323AF},
    };
    return within(cjk, sizeof cjk / sizeof cjk[0], c);
}

bool nd_is_rtl(uint32_t c)
{
    if (!nd_is_letter(c)) return false;
    utf8proc_propval_t bidi = utf8proc_get_property((utf8proc_int32_t)c)->bidi_class;
    return bidi == UTF8PROC_BIDI_CLASS_R || bidi == UTF8PROC_BIDI_CLASS_AL;
}

bool nd_is_unsafe(uint32_t c)
{
    static const struct range unsafe[] = {
        {0x00, 0x08},     {0x0B, 0x1F},     {0x7F, 0x9F},     {0x061C, 0x061C},
        {0x180E, 0x180E}, {0x200B, 0x200B}, {0x200E, 0x200F}, {0x202A, 0x202E},
        {0x2060, 0x206F}, {0xFEFF, 0xFEFF}, {0xFFF9, 0xFFFB}, {0xE0000, 0xE007F},
    };
    return within(unsafe, sizeof unsafe / sizeof unsafe[0], c);
}

static bool is_line_end(uint32_t c)
{
    return c == '\n' || c == '\r' || c == 0x85 || c == 0x2028 || c == 0x2029;
}

void nd_text_printable(struct nd_view v, struct nd_bytes *out)
{
    for (size_t at = 0; at < v.len;) {
        uint32_t c = nd_utf8_next(v, &at);
        if (is_line_end(c) || c == '\t')
            nd_bytes_add_char(out, ' ');
        else if (nd_is_unsafe(c))
            nd_bytes_add_char(out, '?');
        else
            nd_utf8_add(out, c);
    }
}

static const char *html_escape(uint32_t c)
{
    switch (c) {
    case '&':
        return "&amp;";
    case '<':
        return "&lt;";
    case '>':
        return "&gt;";
    case '"':
        return "&quot;";
    case '\'':
        return "&#39;";
    default:
        return nd_is_unsafe(c) ? "" : NULL;
    }
}

void nd_text_html(struct nd_view v, struct nd_bytes *out)
{
    for (size_t at = 0; at < v.len;) {
        uint32_t c = nd_utf8_next(v, &at);
        const char *escape = html_escape(c);
        if (escape)
            nd_bytes_add_str(out, escape);
        else
            nd_utf8_add(out, c);
    }
}
