#include "json_tree.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"

#include <math.h>
#include <string.h>

static struct nd_json *json_of(cJSON *node)
{
    return (struct nd_json *)node;
}

struct nd_json *nd_json_object(void)
{
    return json_of(cJSON_CreateObject());
}

struct nd_json *nd_json_array(void)
{
    return json_of(cJSON_CreateArray());
}

struct nd_json *nd_json_string(const char *text)
{
    return nd_json_string_view(nd_view_of(text));
}

/* A copy that is UTF-8 without NUL. */
static char *clean_copy(struct nd_view text)
{
    if (nd_utf8_valid(text) && (text.len == 0 || !memchr(text.data, 0, text.len))) return nd_view_dup(text);
    struct nd_bytes clean = ND_BYTES(SIZE_MAX / 2);
    for (size_t at = 0; at < text.len;) {
        uint32_t c = nd_utf8_next(text, &at);
        nd_utf8_add(&clean, c ? c : ND_REPLACEMENT);
    }
    return nd_bytes_take(&clean, NULL);
}

struct nd_json *nd_json_string_view(struct nd_view text)
{
    cJSON *node = cJSON_CreateNull();
    node->type = cJSON_String;
    node->valuestring = clean_copy(text);
    return json_of(node);
}

struct nd_json *nd_json_integer(int64_t value)
{
    return json_of(cJSON_CreateNumber((double)value));
}

struct nd_json *nd_json_number(double value)
{
    return json_of(isfinite(value) ? cJSON_CreateNumber(value) : cJSON_CreateNull());
}

struct nd_json *nd_json_boolean(bool value)
{
    return json_of(cJSON_CreateBool(value));
}

struct nd_json *nd_json_null(void)
{
    return json_of(cJSON_CreateNull());
}

struct nd_json *nd_json_set(struct nd_json *object, const char *member, struct nd_json *child)
{
    cJSON *parent = (cJSON *)object;
    if (!child) child = nd_json_null();
    if (cJSON_GetObjectItemCaseSensitive(parent, member)) {
        cJSON_ReplaceItemInObjectCaseSensitive(parent, member, (cJSON *)child);
    } else {
        cJSON_AddItemToObject(parent, member, (cJSON *)child);
    }
    return child;
}

void nd_json_set_str(struct nd_json *object, const char *member, const char *text)
{
    nd_json_set(object, member, text ? nd_json_string(text) : nd_json_null());
}

void nd_json_set_view(struct nd_json *object, const char *member, struct nd_view text)
{
    nd_json_set(object, member, nd_json_string_view(text));
}

void nd_json_set_int(struct nd_json *object, const char *member, int64_t value)
{
    nd_json_set(object, member, nd_json_integer(value));
}

void nd_json_set_num(struct nd_json *object, const char *member, double value)
{
    nd_json_set(object, member, nd_json_number(value));
}

void nd_json_set_bool(struct nd_json *object, const char *member, bool value)
{
    nd_json_set(object, member, nd_json_boolean(value));
}

void nd_json_remove(struct nd_json *object, const char *member)
{
    cJSON_DeleteItemFromObjectCaseSensitive((cJSON *)object, member);
}

struct nd_json *nd_json_add(struct nd_json *array, struct nd_json *child)
{
    if (!child) child = nd_json_null();
    cJSON_AddItemToArray((cJSON *)array, (cJSON *)child);
    return child;
}

void nd_json_add_str(struct nd_json *array, const char *text)
{
    nd_json_add(array, text ? nd_json_string(text) : nd_json_null());
}

void nd_json_add_int(struct nd_json *array, int64_t value)
{
    nd_json_add(array, nd_json_integer(value));
}
