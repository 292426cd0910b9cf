#include "reader.h"

#include "nightdesk/base/hash.h"

#include <stdio.h>
#include <string.h>

#define ID_DIGITS_MAX 6

void rd_at(struct reader *r, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(r->what, sizeof r->what, fmt, args);
    va_end(args);
}

void rd_fail(struct reader *r, const char *fmt, ...)
{
    if (r->rc != ND_OK) return;
    char text[ND_ERROR_NOTE_BYTES];
    va_list args;
    va_start(args, fmt);
    (void)vsnprintf(text, sizeof text, fmt, args);
    va_end(args);
    r->rc = nd_fail(r->err, ND_BAD_INPUT, "%s: %.170s", r->what, text);
}

/* The member when it is of that kind; NULL when it is absent or null, or (with a failure) of another kind. */
static const struct nd_json *member_of(struct reader *r, const struct nd_json *object, const char *member,
                                       enum nd_json_kind kind)
{
    if (r->rc != ND_OK) return NULL;
    const struct nd_json *node = nd_json_get(object, member);
    enum nd_json_kind found = nd_json_kind(node);
    if (found == ND_JSON_ABSENT || found == ND_JSON_NULL) return NULL;
    if (found == kind) return node;
    rd_fail(r, "'%s' is %s, wanted %s", member, nd_json_kind_word(found), nd_json_kind_word(kind));
    return NULL;
}

const char *rd_text(struct reader *r, const struct nd_json *object, const char *member)
{
    const char *text = nd_json_str(member_of(r, object, member, ND_JSON_STRING));
    return text ? text : "";
}

const char *rd_need(struct reader *r, const struct nd_json *object, const char *member)
{
    const char *text = rd_text(r, object, member);
    if (!*text) rd_fail(r, "has no '%s'", member);
    return text;
}

unsigned rd_word(struct reader *r, const struct nd_json *object, const char *member, const char *const *words)
{
    const char *text = rd_need(r, object, member);
    for (unsigned i = 0; words[i]; i++) {
        if (strcmp(words[i], text) == 0) return i;
    }
    rd_fail(r, "'%s' is '%.60s', which is none of its words", member, text);
    return 0;
}

int64_t rd_int_or(struct reader *r, const struct nd_json *object, const char *member, int64_t min,
                  int64_t max, int64_t otherwise)
{
    const struct nd_json *node = member_of(r, object, member, ND_JSON_NUMBER);
    if (!node) return otherwise;
    int64_t value = nd_json_int(node, min - 1);
    if (nd_json_is_int(node) && value >= min && value <= max) return value;
    rd_fail(r, "'%s' is %.17g, wanted a whole number from %lld to %lld", member, nd_json_num(node, 0),
            (long long)min, (long long)max);
    return otherwise;
}

int64_t rd_int(struct reader *r, const struct nd_json *object, const char *member, int64_t min, int64_t max)
{
    int64_t value = rd_int_or(r, object, member, min, max, min - 1);
    if (value >= min) return value;
    rd_fail(r, "has no '%s'", member);
    return min;
}

bool rd_bool(struct reader *r, const struct nd_json *object, const char *member)
{
    return nd_json_bool(member_of(r, object, member, ND_JSON_BOOL), false);
}

const struct nd_json *rd_array(struct reader *r, const struct nd_json *object, const char *member, size_t max)
{
    const struct nd_json *node = member_of(r, object, member, ND_JSON_ARRAY);
    size_t n = nd_json_len(node);
    if (n <= max) return node;
    rd_fail(r, "'%s' has %zu items, the limit is %zu", member, n, max);
    return NULL;
}

const struct nd_json *rd_object(struct reader *r, const struct nd_json *object, const char *member)
{
    return member_of(r, object, member, ND_JSON_OBJECT);
}

const char *rd_sha256(struct reader *r, const struct nd_json *object, const char *member)
{
    const char *text = rd_text(r, object, member);
    if (!*text || nd_is_hex(text, 64)) return text;
    rd_fail(r, "'%s' is '%.70s', wanted 64 lower-case hex digits", member, text);
    return "";
}

const char *rd_id(struct reader *r, const struct nd_json *object, const char *member, char letter)
{
    const char *text = rd_need(r, object, member);
    size_t digits = *text ? strspn(text + 1, "0123456789") : 0;
    if (text[0] == letter && digits > 0 && digits <= ID_DIGITS_MAX && text[1] != '0' &&
        text[1 + digits] == '\0')
        return text;
    rd_fail(r, "'%s' is '%.60s', wanted '%c' and a number", member, text, letter);
    return "";
}
