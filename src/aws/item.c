/* Attributes as DynamoDB writes them. Numbers travel as text, bytes as base64. */
#include "nightdesk/aws/dynamodb.h"
#include "nightdesk/base/base64.h"

#include <stdio.h>
#include <string.h>

#define WHOLE_MAX (INT64_C(1) << 53)

static struct nd_json *typed(const char *type, struct nd_json *value)
{
    struct nd_json *attribute = nd_json_object();
    nd_json_set(attribute, type, value);
    return attribute;
}

static struct nd_json *number(int64_t value)
{
    char text[24];
    (void)snprintf(text, sizeof text, "%lld", (long long)value);
    return typed("N", nd_json_string(text));
}

void nd_item_set_str(struct nd_json *item, const char *name, const char *text)
{
    nd_json_set(item, name, typed("S", nd_json_string(text)));
}

void nd_item_set_view(struct nd_json *item, const char *name, struct nd_view text)
{
    nd_json_set(item, name, typed("S", nd_json_string_view(text)));
}

void nd_item_set_int(struct nd_json *item, const char *name, int64_t value)
{
    nd_json_set(item, name, number(value));
}

void nd_item_set_bool(struct nd_json *item, const char *name, bool value)
{
    nd_json_set(item, name, typed("BOOL", nd_json_boolean(value)));
}

void nd_item_set_bytes(struct nd_json *item, const char *name, struct nd_view bytes)
{
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    nd_base64_add(bytes, &text);
    nd_json_set(item, name, typed("B", nd_json_string_view(nd_bytes_view(&text))));
    nd_bytes_release(&text);
}

static struct nd_json *from_json(const struct nd_json *value)
{
    switch (nd_json_kind(value)) {
    case ND_JSON_STRING:
        return typed("S", nd_json_copy(value));
    case ND_JSON_NUMBER:
        return number(nd_json_int(value, 0));
    case ND_JSON_BOOL:
        return typed("BOOL", nd_json_copy(value));
    case ND_JSON_ARRAY: {
        struct nd_json *list = nd_json_array();
        ND_JSON_EACH(member, value) nd_json_add(list, from_json(member));
        return typed("L", list);
    }
    case ND_JSON_NULL:
    case ND_JSON_OBJECT:
    case ND_JSON_ABSENT:
        break;
    }
    return typed("NULL", nd_json_boolean(true));
}

void nd_item_set_json(struct nd_json *item, const char *name, const struct nd_json *value)
{
    nd_json_set(item, name, from_json(value));
}

/* ---- reading ---- */

static const struct nd_json *value_of(const struct nd_json *item, const char *name, const char *type)
{
    return nd_json_get(nd_json_get(item, name), type);
}

static bool parse_number(const struct nd_json *text, int64_t *out)
{
    return nd_json_str(text) && nd_view_int(nd_json_view(text), out) && *out >= -WHOLE_MAX &&
           *out <= WHOLE_MAX;
}

const char *nd_item_str(const struct nd_json *item, const char *name)
{
    return nd_json_str(value_of(item, name, "S"));
}

int64_t nd_item_int(const struct nd_json *item, const char *name, int64_t otherwise)
{
    int64_t value = 0;
    return parse_number(value_of(item, name, "N"), &value) ? value : otherwise;
}

bool nd_item_bool(const struct nd_json *item, const char *name, bool otherwise)
{
    return nd_json_bool(value_of(item, name, "BOOL"), otherwise);
}

bool nd_item_has(const struct nd_json *item, const char *name)
{
    return nd_json_get(item, name) != NULL;
}

bool nd_item_bytes(const struct nd_json *item, const char *name, struct nd_bytes *out)
{
    const struct nd_json *text = value_of(item, name, "B");
    return nd_json_str(text) && nd_base64_decode(nd_json_view(text), out);
}

static struct nd_json *to_json(const struct nd_json *attribute)
{
    const struct nd_json *value = nd_json_first(attribute);
    const char *type = value ? nd_json_name(value) : NULL;
    int64_t whole = 0;
    if (!type || nd_json_len(attribute) != 1) return NULL;
    if (strcmp(type, "S") == 0 && nd_json_str(value)) return nd_json_copy(value);
    if (strcmp(type, "BOOL") == 0 && nd_json_kind(value) == ND_JSON_BOOL) return nd_json_copy(value);
    if (strcmp(type, "N") == 0 && parse_number(value, &whole)) return nd_json_integer(whole);
    if (strcmp(type, "NULL") == 0) return nd_json_null();
    if (strcmp(type, "L") != 0 || nd_json_kind(value) != ND_JSON_ARRAY) return NULL;
    struct nd_json *list = nd_json_array();
    ND_JSON_EACH(member, value)
    {
        struct nd_json *child = to_json(member);
        if (!child) {
            nd_json_free(list);
            return NULL;
        }
        nd_json_add(list, child);
    }
    return list;
}

struct nd_json *nd_item_json(const struct nd_json *item, const char *name)
{
    return to_json(nd_json_get(item, name));
}
