#include "json_check.h"
#include "nightdesk/base/json.h"
#include "nightdesk/base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NUMBER_MAX_CHARS 63 /* what the library's parser takes */

_Static_assert(ND_JSON_MAX_BYTES == (size_t)64 << 20 && ND_JSON_MAX_DEPTH == 64 &&
                   ND_JSON_MAX_NODES == 2097152,
               "the messages below name these limits");

struct scan {
    struct nd_view text;
    size_t at;
    size_t nodes;
    unsigned depth;
    size_t members;
    size_t wanted_member; /* stop there */
    const char *what;
    size_t what_at;
};

static bool scan_value(struct scan *s);

static bool wrong(struct scan *s, size_t at, const char *what)
{
    s->what = what;
    s->what_at = at;
    return false;
}

/* The byte at hand, or -1 at the end. */
static int peek(const struct scan *s)
{
    return s->at < s->text.len ? (unsigned char)s->text.data[s->at] : -1;
}

static bool take(struct scan *s, char c)
{
    if (peek(s) != c) return false;
    s->at++;
    return true;
}

static void skip_space(struct scan *s)
{
    for (int c = peek(s); c == ' ' || c == '\t' || c == '\n' || c == '\r'; c = peek(s)) s->at++;
}

static size_t skip_digits(struct scan *s)
{
    size_t start = s->at;
    for (int c = peek(s); c >= '0' && c <= '9'; c = peek(s)) s->at++;
    return s->at - start;
}

static bool scan_number(struct scan *s)
{
    size_t start = s->at;
    (void)take(s, '-');
    size_t first = s->at;
    size_t whole = skip_digits(s);
    if (whole == 0) return wrong(s, s->at, "a digit is wanted");
    if (whole > 1 && s->text.data[first] == '0') return wrong(s, start, "a number starts with a needless 0");
    if (take(s, '.') && skip_digits(s) == 0) return wrong(s, s->at, "a digit is wanted after the point");
    if (take(s, 'e') || take(s, 'E')) {
        if (!take(s, '+')) (void)take(s, '-');
        if (skip_digits(s) == 0) return wrong(s, s->at, "a digit is wanted in the exponent");
    }
    size_t len = s->at - start;
    if (len > NUMBER_MAX_CHARS) return wrong(s, start, "a number is longer than 63 characters");
    char digits[NUMBER_MAX_CHARS + 1];
    memcpy(digits, s->text.data + start, len);
    digits[len] = '\0';
    if (!isfinite(strtod(digits, NULL))) return wrong(s, start, "a number is too large");
    return true;
}

/* Four hex digits as a number, or -1. */
static long scan_hex4(struct scan *s)
{
    long value = 0;
    for (int i = 0; i < 4; i++, s->at++) {
        int c = peek(s);
        int lower = c | 0x20;
        if (c >= '0' && c <= '9')
            value = value * 16 + (c - '0');
        else if (lower >= 'a' && lower <= 'f')
            value = value * 16 + (lower - 'a' + 10);
        else
            return -1;
    }
    return value;
}

static bool scan_unicode_escape(struct scan *s, size_t start)
{
    long unit = scan_hex4(s);
    if (unit < 0) return wrong(s, start, "\\u wants four hex digits");
    if (unit == 0) return wrong(s, start, "a string holds \\u0000");
    if (unit >= 0xDC00 && unit <= 0xDFFF) return wrong(s, start, "half a surrogate pair");
    if (unit < 0xD800 || unit > 0xDBFF) return true;
    if (!take(s, '\\') || !take(s, 'u')) return wrong(s, start, "half a surrogate pair");
    long low = scan_hex4(s);
    if (low < 0xDC00 || low > 0xDFFF) return wrong(s, start, "half a surrogate pair");
    return true;
}

static bool scan_escape(struct scan *s)
{
    size_t start = s->at - 1;
    int c = peek(s);
    if (c < 0) return wrong(s, s->at, "a string does not end");
    s->at++;
    if (c == 'u') return scan_unicode_escape(s, start);
    if (c == 0 || !strchr("\"\\/bfnrt", c)) return wrong(s, start, "an unknown escape in a string");
    return true;
}

static bool scan_string(struct scan *s)
{
    size_t start = s->at++;
    for (;;) {
        size_t here = s->at;
        int c = peek(s);
        if (c < 0) return wrong(s, start, "a string does not end");
        if (c < 0x20) return wrong(s, here, "a string holds a control character");
        if (c >= 0x80) {
            if (nd_utf8_next(s->text, &s->at) == ND_REPLACEMENT && s->at == here + 1)
                return wrong(s, here, "a byte that is not UTF-8");
            continue;
        }
        s->at++;
        if (c == '"') return true;
        if (c == '\\' && !scan_escape(s)) return false;
    }
}

static bool scan_word(struct scan *s, const char *word)
{
    size_t len = strlen(word);
    if (!nd_view_is(nd_view_sub(s->text, s->at, s->at + len), word))
        return wrong(s, s->at, "an unknown word");
    s->at += len;
    return true;
}

static bool scan_member_name(struct scan *s)
{
    if (peek(s) != '"') return wrong(s, s->at, "a member name in quotes is wanted");
    if (s->members++ == s->wanted_member) return wrong(s, s->at, "");
    if (!scan_string(s)) return false;
    skip_space(s);
    if (!take(s, ':')) return wrong(s, s->at, "':' is wanted");
    return true;
}

static bool scan_items(struct scan *s, char end)
{
    s->at++;
    skip_space(s);
    if (take(s, end)) return true;
    for (;;) {
        skip_space(s);
        if (end == '}' && !scan_member_name(s)) return false;
        if (!scan_value(s)) return false;
        skip_space(s);
        if (take(s, end)) return true;
        if (!take(s, ','))
            return wrong(s, s->at, end == '}' ? "',' or '}' is wanted" : "',' or ']' is wanted");
    }
}

static bool scan_value(struct scan *s)
{
    skip_space(s);
    if (++s->nodes > ND_JSON_MAX_NODES) return wrong(s, s->at, "more than 2097152 values");
    int c = peek(s);
    if (c == '{' || c == '[') {
        if (++s->depth > ND_JSON_MAX_DEPTH) return wrong(s, s->at, "nested deeper than 64");
        bool fine = scan_items(s, c == '{' ? '}' : ']');
        s->depth--;
        return fine;
    }
    if (c == '"') return scan_string(s);
    if (c == '-' || (c >= '0' && c <= '9')) return scan_number(s);
    if (c == 't') return scan_word(s, "true");
    if (c == 'f') return scan_word(s, "false");
    if (c == 'n') return scan_word(s, "null");
    return wrong(s, s->at, c < 0 ? "the text ends where a value is wanted" : "a value is wanted");
}

static struct nd_json_fault fault_of(const struct scan *s)
{
    struct nd_json_fault fault = {.what = s->what, .line = 1, .column = 1};
    for (size_t i = 0; i < s->what_at && i < s->text.len; i++) {
        unsigned char c = (unsigned char)s->text.data[i];
        if (c == '\n') {
            fault.line++;
            fault.column = 1;
        } else if ((c & 0xC0) != 0x80) {
            fault.column++;
        }
    }
    return fault;
}

struct nd_json_fault nd_json_check(struct nd_view text)
{
    struct scan s = {.text = text, .wanted_member = SIZE_MAX};
    if (text.len > ND_JSON_MAX_BYTES) {
        (void)wrong(&s, 0, "larger than 64 MiB");
    } else if (scan_value(&s)) {
        skip_space(&s);
        if (s.at < text.len) (void)wrong(&s, s.at, "text after the end of the document");
    }
    return fault_of(&s);
}

struct nd_json_fault nd_json_place_of_member(struct nd_view text, size_t nth)
{
    struct scan s = {.text = text, .wanted_member = nth};
    (void)scan_value(&s);
    return fault_of(&s);
}
