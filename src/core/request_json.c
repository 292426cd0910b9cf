#include "nightdesk/base/hash.h"
#include "nightdesk/core/money.h"
#include "nightdesk/core/request.h"
#include "request_fields.h"
#include <stdio.h>

static struct nd_json *fields_json(const struct field *fields, const void *base);

static struct nd_json *texts_json(const struct nd_strings *texts)
{
    struct nd_json *array = nd_json_array();
    for (size_t i = 0; i < texts->n; i++) nd_json_add_str(array, texts->v[i]);
    return array;
}

static struct nd_json *gates_json(const char *const *words, unsigned gates)
{
    struct nd_json *array = nd_json_array();
    for (unsigned i = 0; words[i]; i++) {
        if (gates & 1U << i) nd_json_add_str(array, words[i]);
    }
    return array;
}

static struct nd_json *outline_json(const struct nd_request *request)
{
    struct nd_json *array = nd_json_array();
    for (size_t i = 0; i < request->outline_count; i++) {
        nd_json_add(array, fields_json(nd_outline_fields, &request->outline[i]));
    }
    return array;
}

/* NULL: the member is absent. */
static struct nd_json *field_json(const struct field *f, const void *base)
{
    const void *at = (const char *)base + f->at;
    char text[ND_MONEY_BYTES];
    if (f->late && (f->kind == FIELD_INT ? *(const int64_t *)at == 0 : !*(char *const *)at)) return NULL;
    switch (f->kind) {
    case FIELD_SCHEMA:
        (void)snprintf(text, sizeof text, "%s/%d", ND_REQUEST_SCHEMA, ND_REQUEST_VERSION);
        return nd_json_string(text);
    case FIELD_TEXT: {
        const char *value = *(char *const *)at;
        return value ? nd_json_string(value) : nd_json_null();
    }
    case FIELD_TEXTS:
        return texts_json(at);
    case FIELD_INT:
        return nd_json_integer(*(const int64_t *)at);
    case FIELD_MONEY:
        nd_money_format(*(const int64_t *)at, text);
        return nd_json_string(text + 1); /* without the dollar sign */
    case FIELD_FLAG:
        return nd_json_boolean(*(const bool *)at);
    case FIELD_LENGTH:
        return nd_json_string(f->words[*(const enum nd_length *)at]);
    case FIELD_GATES:
        return gates_json(f->words, *(const unsigned *)at);
    case FIELD_OUTLINE:
        return outline_json(base);
    case FIELD_OBJECT:
        return nd_json_copy(*(struct nd_json *const *)at);
    case FIELD_GROUP:
        return fields_json(f->members, base);
    }
    return nd_json_null();
}

static struct nd_json *fields_json(const struct field *fields, const void *base)
{
    struct nd_json *object = nd_json_object();
    for (const struct field *f = fields; f->name; f++) {
        struct nd_json *value = field_json(f, base);
        if (value) nd_json_set(object, f->name, value);
    }
    return object;
}

struct nd_json *nd_request_json(const struct nd_request *request)
{
    return fields_json(nd_request_fields, request);
}

/* Frees json. */
static void hash(struct nd_json *json, char hex[ND_SHA256_HEX])
{
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    nd_json_print_canonical(json, &text);
    nd_sha256_hex(nd_bytes_view(&text), hex);
    nd_bytes_release(&text);
    nd_json_free(json);
}

void nd_request_sha256(const struct nd_request *request, char hex[ND_SHA256_HEX])
{
    hash(nd_request_json(request), hex);
}

void nd_request_asked_sha256(const struct nd_request *request, char hex[ND_SHA256_HEX])
{
    struct nd_request elsewhere = *request;
    elsewhere.roots = (struct nd_strings){0};
    elsewhere.listing = NULL;
    hash(nd_request_json(&elsewhere), hex);
}
