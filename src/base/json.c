#include "nightdesk/base/json.h"
#include "json_check.h"
#include "json_tree.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define WHOLE_MAX ((int64_t)1 << 53)

static void *take_memory(size_t size)
{
    return nd_realloc(NULL, size, 1);
}

__attribute__((constructor)) static void use_our_memory(void)
{
    cJSON_InitHooks(&(cJSON_Hooks){.malloc_fn = take_memory, .free_fn = nd_free});
}

static cJSON *node_of(struct nd_json *json)
{
    return (cJSON *)json;
}

static struct nd_json *json_of(cJSON *node)
{
    return (struct nd_json *)node;
}

/* ---- parsing ---- */

static const cJSON *twice_in(const cJSON *object)
{
    size_t n = 0;
    const cJSON **sorted = nd_json_sorted(object, &n);
    const cJSON *twice = NULL;
    for (size_t i = 1; i < n && !twice; i++) {
        if (strcmp(sorted[i - 1]->string, sorted[i]->string) == 0) twice = sorted[i];
    }
    nd_free(sorted);
    return twice;
}

static const cJSON *find_twice(const cJSON *node)
{
    const cJSON *twice = cJSON_IsObject(node) ? twice_in(node) : NULL;
    for (const cJSON *item = node->child; item && !twice; item = item->next) twice = find_twice(item);
    return twice;
}

/* Counts the members before `wanted` in the order of the text; true when it was met. */
static bool count_until(const cJSON *node, const cJSON *wanted, size_t *count)
{
    for (const cJSON *item = node->child; item; item = item->next) {
        if (item == wanted) return true;
        if (cJSON_IsObject(node)) ++*count;
        if (count_until(item, wanted, count)) return true;
    }
    return false;
}

static enum nd_rc fail_twice(struct nd_view text, const cJSON *root, const cJSON *twice, struct nd_error *err)
{
    size_t nth = 0;
    (void)count_until(root, twice, &nth);
    struct nd_json_fault place = nd_json_place_of_member(text, nth);
    struct nd_bytes name = ND_BYTES(ND_BYTES_MAX);
    nd_text_printable(nd_view_of(twice->string), &name);
    nd_bytes_add_char(&name, '\0');
    enum nd_rc rc = nd_fail(err, ND_BAD_INPUT, "JSON, line %zu, column %zu: member '%.100s' is there twice",
                            place.line, place.column, name.data);
    nd_bytes_release(&name);
    return rc;
}

enum nd_rc nd_json_parse(struct nd_json **out, struct nd_view text, struct nd_error *err)
{
    if (nd_view_starts(text, "\xEF\xBB\xBF")) text = nd_view_sub(text, 3, text.len);
    struct nd_json_fault fault = nd_json_check(text);
    if (fault.what) {
        return nd_fail(err, ND_BAD_INPUT, "JSON, line %zu, column %zu: %s", fault.line, fault.column,
                       fault.what);
    }
    cJSON *root = cJSON_ParseWithLength(text.data, text.len);
    if (!root) return nd_fail(err, ND_BROKEN, "JSON that passed the check was not parsed");
    const cJSON *twice = find_twice(root);
    if (twice) {
        enum nd_rc rc = fail_twice(text, root, twice, err);
        cJSON_Delete(root);
        return rc;
    }
    *out = json_of(root);
    return ND_OK;
}

void nd_json_free(struct nd_json *tree)
{
    cJSON_Delete(node_of(tree));
}

struct nd_json *nd_json_copy(const struct nd_json *node)
{
    if (!node) return NULL;
    cJSON *copy = cJSON_Duplicate((const cJSON *)node, true);
    nd_free(copy->string); /* a copy is not a member of anything yet */
    copy->string = NULL;
    return json_of(copy);
}

bool nd_json_equal(const struct nd_json *a, const struct nd_json *b)
{
    if (!a || !b || a == b) return a == b;
    struct nd_bytes left = ND_BYTES(ND_BYTES_MAX);
    struct nd_bytes right = ND_BYTES(ND_BYTES_MAX);
    nd_json_print_canonical(a, &left);
    nd_json_print_canonical(b, &right);
    bool equal = !left.over && !right.over && nd_view_eq(nd_bytes_view(&left), nd_bytes_view(&right));
    nd_bytes_release(&left);
    nd_bytes_release(&right);
    return equal;
}

/* ---- reading ---- */

enum nd_json_kind nd_json_kind(const struct nd_json *node)
{
    switch (node ? ((const cJSON *)node)->type & 0xFF : cJSON_Invalid) {
    case cJSON_NULL:
        return ND_JSON_NULL;
    case cJSON_False:
    case cJSON_True:
        return ND_JSON_BOOL;
    case cJSON_Number:
        return ND_JSON_NUMBER;
    case cJSON_String:
        return ND_JSON_STRING;
    case cJSON_Array:
        return ND_JSON_ARRAY;
    case cJSON_Object:
        return ND_JSON_OBJECT;
    default:
        return ND_JSON_ABSENT;
    }
}

const char *nd_json_kind_word(enum nd_json_kind kind)
{
    static const char *const words[] = {
        [ND_JSON_ABSENT] = "nothing",   [ND_JSON_NULL] = "null",       [ND_JSON_BOOL] = "true or false",
        [ND_JSON_NUMBER] = "a number",  [ND_JSON_STRING] = "a string", [ND_JSON_ARRAY] = "an array",
        [ND_JSON_OBJECT] = "an object",
    };
    return words[kind];
}

const struct nd_json *nd_json_get(const struct nd_json *object, const char *member)
{
    if (nd_json_kind(object) != ND_JSON_OBJECT) return NULL;
    return json_of(cJSON_GetObjectItemCaseSensitive((const cJSON *)object, member));
}

size_t nd_json_len(const struct nd_json *array_or_object)
{
    size_t len = 0;
    ND_JSON_EACH(item, array_or_object) len++;
    return len;
}

const struct nd_json *nd_json_at(const struct nd_json *array, size_t i)
{
    const struct nd_json *item = nd_json_first(array);
    while (item && i-- > 0) item = nd_json_next(item);
    return item;
}

const struct nd_json *nd_json_first(const struct nd_json *array_or_object)
{
    return array_or_object ? json_of(((const cJSON *)array_or_object)->child) : NULL;
}

const struct nd_json *nd_json_next(const struct nd_json *node)
{
    return node ? json_of(((const cJSON *)node)->next) : NULL;
}

const char *nd_json_name(const struct nd_json *member)
{
    return member ? ((const cJSON *)member)->string : NULL;
}

const char *nd_json_str(const struct nd_json *node)
{
    return nd_json_kind(node) == ND_JSON_STRING ? ((const cJSON *)node)->valuestring : NULL;
}

struct nd_view nd_json_view(const struct nd_json *node)
{
    return nd_view_of(nd_json_str(node));
}

bool nd_json_is_int(const struct nd_json *node)
{
    double value = nd_json_num(node, NAN);
    return fabs(value) <= (double)WHOLE_MAX && trunc(value) == value;
}

int64_t nd_json_int(const struct nd_json *node, int64_t otherwise)
{
    return nd_json_is_int(node) ? (int64_t)((const cJSON *)node)->valuedouble : otherwise;
}

double nd_json_num(const struct nd_json *node, double otherwise)
{
    return nd_json_kind(node) == ND_JSON_NUMBER ? ((const cJSON *)node)->valuedouble : otherwise;
}

bool nd_json_bool(const struct nd_json *node, bool otherwise)
{
    return nd_json_kind(node) == ND_JSON_BOOL ? cJSON_IsTrue((const cJSON *)node) : otherwise;
}

const char *nd_json_get_str(const struct nd_json *object, const char *member)
{
    return nd_json_str(nd_json_get(object, member));
}

int64_t nd_json_get_int(const struct nd_json *object, const char *member, int64_t otherwise)
{
    return nd_json_int(nd_json_get(object, member), otherwise);
}

double nd_json_get_num(const struct nd_json *object, const char *member, double otherwise)
{
    return nd_json_num(nd_json_get(object, member), otherwise);
}

bool nd_json_get_bool(const struct nd_json *object, const char *member, bool otherwise)
{
    return nd_json_bool(nd_json_get(object, member), otherwise);
}

/* ---- required members ---- */

enum nd_rc nd_json_need(const struct nd_json *object, const char *what, const char *member,
                        enum nd_json_kind kind, const struct nd_json **out, struct nd_error *err)
{
    enum nd_json_kind outer = nd_json_kind(object);
    if (outer != ND_JSON_OBJECT) {
        return nd_fail(err, ND_BAD_INPUT, "'%s' is %s, wanted an object with '%s'", what,
                       nd_json_kind_word(outer), member);
    }
    const struct nd_json *found = nd_json_get(object, member);
    if (!found) return nd_fail(err, ND_BAD_INPUT, "'%s' has no '%s'", what, member);
    if (nd_json_kind(found) != kind) {
        return nd_fail(err, ND_BAD_INPUT, "'%s.%s' is %s, wanted %s", what, member,
                       nd_json_kind_word(nd_json_kind(found)), nd_json_kind_word(kind));
    }
    *out = found;
    return ND_OK;
}

enum nd_rc nd_json_need_str(const struct nd_json *object, const char *what, const char *member,
                            const char **out, struct nd_error *err)
{
    const struct nd_json *found = NULL;
    enum nd_rc rc = nd_json_need(object, what, member, ND_JSON_STRING, &found, err);
    if (rc == ND_OK) *out = nd_json_str(found);
    return rc;
}

enum nd_rc nd_json_need_int(const struct nd_json *object, const char *what, const char *member, int64_t min,
                            int64_t max, int64_t *out, struct nd_error *err)
{
    const struct nd_json *found = NULL;
    enum nd_rc rc = nd_json_need(object, what, member, ND_JSON_NUMBER, &found, err);
    if (rc != ND_OK) return rc;
    int64_t value = nd_json_int(found, 0);
    if (!nd_json_is_int(found) || value < min || value > max) {
        return nd_fail(err, ND_BAD_INPUT, "'%s.%s' is %.17g, wanted a whole number from %lld to %lld", what,
                       member, nd_json_num(found, 0), (long long)min, (long long)max);
    }
    *out = value;
    return ND_OK;
}
