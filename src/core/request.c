#include "nightdesk/core/request.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/hash.h"
#include "nightdesk/core/money.h"
#include "nightdesk/core/schema.h"
#include "nightdesk/core/suggest.h"
#include "request_fields.h"
#include <stdio.h>
#include <string.h>

enum { PLACE_BYTES = 96 }; /* "documents.confidential[199]" */

/* Where the parser is: the table, the struct that its offsets count from, and the name of the place for
 * messages. */
struct place {
    const struct field *fields;
    void *base;
    char prefix[PLACE_BYTES]; /* "" or "limits." */
};

static enum nd_rc wrong_kind(const struct place *p, const struct field *f, const struct nd_json *json,
                             const char *wanted, struct nd_error *err)
{
    return nd_fail(err, ND_BAD_INPUT, "'%s%s' is %s, wanted %s", p->prefix, f->name,
                   nd_json_kind_word(nd_json_kind(json)), wanted);
}

static void *slot(const struct place *p, const struct field *f)
{
    return (char *)p->base + f->at;
}

static const struct field *field_named(const struct field *fields, const char *name)
{
    for (; fields->name; fields++) {
        if (strcmp(fields->name, name) == 0) return fields;
    }
    return NULL;
}

static enum nd_rc unknown_member(const struct place *p, const char *name, struct nd_error *err)
{
    struct nd_suggestion near = nd_suggestion_for(name);
    for (const struct field *f = p->fields; f->name; f++) nd_suggest(&near, f->name);
    if (near.best) {
        return nd_fail(err, ND_BAD_INPUT, "'%s%.60s' is not a member of a request; did you mean '%s%s'?",
                       p->prefix, name, p->prefix, near.best);
    }
    return nd_fail(err, ND_BAD_INPUT, "'%s%.60s' is not a member of a request", p->prefix, name);
}

/* index of text among the words, or their number */
static size_t word_index(const char *const *words, const char *text)
{
    size_t i = 0;
    while (words[i] && strcmp(words[i], text) != 0) i++;
    return i;
}

static enum nd_rc wrong_word(const char *place, const char *text, const char *const *words,
                             struct nd_error *err)
{
    struct nd_bytes list = ND_BYTES(256);
    for (size_t i = 0; words[i]; i++) nd_bytes_addf(&list, "%s'%s'", i ? ", " : "", words[i]);
    (void)nd_fail(err, ND_BAD_INPUT, "'%s' is '%.60s', wanted one of %s", place, text, list.data);
    nd_bytes_release(&list);
    return ND_BAD_INPUT;
}

/* place: how messages name the text */
static enum nd_rc check_text(const char *place, const struct field *f, struct nd_view text,
                             struct nd_error *err)
{
    int64_t max = f->kind == FIELD_TEXT ? f->max : 4096;
    if (nd_view_trim(text).len == 0) return nd_fail(err, ND_BAD_INPUT, "'%s' is empty", place);
    if (text.len > (size_t)max) {
        return nd_fail(err, ND_BAD_INPUT, "'%s' has %zu bytes, limit is %lld", place, text.len,
                       (long long)max);
    }
    if (f->words && !f->words[word_index(f->words, text.data)])
        return wrong_word(place, text.data, f->words, err);
    const char *wanted = f->check ? f->check(text.data) : NULL;
    if (wanted) return nd_fail(err, ND_BAD_INPUT, "'%s' is '%.100s', wanted %s", place, text.data, wanted);
    return ND_OK;
}

static enum nd_rc parse_text(const struct place *p, const struct field *f, const struct nd_json *json,
                             struct nd_error *err)
{
    char name[PLACE_BYTES * 2];
    (void)snprintf(name, sizeof name, "%s%s", p->prefix, f->name);
    char **out = slot(p, f);
    bool may_be_null = f->min == 0;
    if (may_be_null && nd_json_kind(json) == ND_JSON_NULL) return ND_OK;
    if (!nd_json_str(json)) return wrong_kind(p, f, json, "a string", err);
    enum nd_rc rc = check_text(name, f, nd_json_view(json), err);
    if (rc == ND_OK) {
        nd_free(*out);
        *out = nd_strdup(nd_json_str(json));
    }
    return rc;
}

static enum nd_rc check_texts(const struct place *p, const struct field *f, const struct nd_json *json,
                              int64_t max, struct nd_error *err)
{
    if (nd_json_kind(json) != ND_JSON_ARRAY) return wrong_kind(p, f, json, "an array of strings", err);
    if (nd_json_len(json) > (size_t)max) {
        return nd_fail(err, ND_BAD_INPUT, "'%s%s' has %zu items, limit is %lld", p->prefix, f->name,
                       nd_json_len(json), (long long)max);
    }
    enum nd_rc rc = ND_OK;
    size_t i = 0;
    for (const struct nd_json *item = nd_json_first(json); item && rc == ND_OK;
         item = nd_json_next(item), i++) {
        char name[PLACE_BYTES * 2];
        (void)snprintf(name, sizeof name, "%s%s[%zu]", p->prefix, f->name, i);
        if (nd_json_str(item)) {
            rc = check_text(name, f, nd_json_view(item), err);
        } else {
            rc = nd_fail(err, ND_BAD_INPUT, "'%s' is %s, wanted a string", name,
                         nd_json_kind_word(nd_json_kind(item)));
        }
    }
    return rc;
}

static enum nd_rc parse_texts(const struct place *p, const struct field *f, const struct nd_json *json,
                              struct nd_error *err)
{
    enum nd_rc rc = check_texts(p, f, json, f->max, err);
    if (rc == ND_OK) ND_JSON_EACH(item, json) nd_strings_add(slot(p, f), nd_json_str(item));
    return rc;
}

static enum nd_rc parse_gates(const struct place *p, const struct field *f, const struct nd_json *json,
                              struct nd_error *err)
{
    enum nd_rc rc = check_texts(p, f, json, 16, err);
    if (rc != ND_OK) return rc;
    unsigned *gates = slot(p, f);
    ND_JSON_EACH(item, json) *gates |= 1U << word_index(f->words, nd_json_str(item));
    return ND_OK;
}

static enum nd_rc parse_length(const struct place *p, const struct field *f, const struct nd_json *json,
                               struct nd_error *err)
{
    if (!nd_json_str(json)) return wrong_kind(p, f, json, "a string", err);
    size_t i = word_index(f->words, nd_json_str(json));
    if (!f->words[i]) return wrong_word(f->name, nd_json_str(json), f->words, err);
    *(enum nd_length *)slot(p, f) = (enum nd_length)i;
    return ND_OK;
}

static enum nd_rc parse_int(const struct place *p, const struct field *f, const struct nd_json *json,
                            struct nd_error *err)
{
    if (nd_json_kind(json) != ND_JSON_NUMBER) return wrong_kind(p, f, json, "a whole number", err);
    int64_t value = nd_json_int(json, f->min - 1);
    if (!nd_json_is_int(json) || value < f->min || value > f->max) {
        return nd_fail(err, ND_BAD_INPUT, "'%s%s' is %.15g, wanted a whole number from %lld to %lld",
                       p->prefix, f->name, nd_json_num(json, 0), (long long)f->min, (long long)f->max);
    }
    *(int64_t *)slot(p, f) = value;
    return ND_OK;
}

static enum nd_rc parse_money(const struct place *p, const struct field *f, const struct nd_json *json,
                              struct nd_error *err)
{
    enum nd_json_kind kind = nd_json_kind(json);
    if (kind != ND_JSON_NUMBER && kind != ND_JSON_STRING) return wrong_kind(p, f, json, "dollars", err);
    int64_t value = 0;
    bool exact = kind == ND_JSON_STRING ? nd_money_parse(nd_json_view(json), &value)
                                        : nd_money_of_number(nd_json_num(json, -1), &value);
    if (exact && value >= f->min && value <= f->max) {
        *(int64_t *)slot(p, f) = value;
        return ND_OK;
    }
    char found[64];
    if (kind == ND_JSON_STRING) {
        (void)snprintf(found, sizeof found, "'%.50s'", nd_json_str(json));
    } else {
        (void)snprintf(found, sizeof found, "%.15g", nd_json_num(json, 0));
    }
    return nd_fail(err, ND_BAD_INPUT,
                   "'%s%s' is %s, wanted dollars from 0 to %lld with at most 6 decimals, like 5 or \"2.50\"",
                   p->prefix, f->name, found, (long long)(f->max / ND_MICROUSD));
}

static enum nd_rc parse_object(const struct place *p, const struct field *f, const struct nd_json *json,
                               struct nd_error *err)
{
    if (nd_json_kind(json) != ND_JSON_OBJECT) return wrong_kind(p, f, json, "an object", err);
    struct nd_json **out = slot(p, f);
    nd_json_free(*out);
    *out = nd_json_copy(json);
    return ND_OK;
}

static enum nd_rc parse_members(const struct place *p, const struct nd_json *json, struct nd_error *err);

static enum nd_rc parse_group(const struct place *p, const struct field *f, const struct nd_json *json,
                              struct nd_error *err)
{
    if (nd_json_kind(json) != ND_JSON_OBJECT) return wrong_kind(p, f, json, "an object", err);
    struct place inner = {.fields = f->members, .base = p->base};
    (void)snprintf(inner.prefix, sizeof inner.prefix, "%s.", f->name);
    return parse_members(&inner, json, err);
}

static enum nd_rc parse_outline(const struct place *p, const struct field *f, const struct nd_json *json,
                                struct nd_error *err)
{
    if (nd_json_kind(json) != ND_JSON_ARRAY) return wrong_kind(p, f, json, "an array of objects", err);
    size_t count = nd_json_len(json);
    if (count > (size_t)f->max) {
        return nd_fail(err, ND_BAD_INPUT, "'outline' has %zu items, limit is %lld", count, (long long)f->max);
    }
    struct nd_request *request = p->base;
    request->outline = ND_ARRAY(struct nd_outline_item, count + 1);
    enum nd_rc rc = ND_OK;
    for (const struct nd_json *item = nd_json_first(json); item && rc == ND_OK; item = nd_json_next(item)) {
        size_t i = request->outline_count++;
        struct place inner = {.fields = nd_outline_fields, .base = &request->outline[i]};
        (void)snprintf(inner.prefix, sizeof inner.prefix, "outline[%zu].", i);
        if (nd_json_kind(item) != ND_JSON_OBJECT) {
            rc = nd_fail(err, ND_BAD_INPUT, "'outline[%zu]' is %s, wanted an object with a 'title'", i,
                         nd_json_kind_word(nd_json_kind(item)));
        } else {
            rc = parse_members(&inner, item, err);
        }
        if (rc == ND_OK && !request->outline[i].title) {
            rc = nd_fail(err, ND_BAD_INPUT, "'outline[%zu]' has no 'title'", i);
        }
    }
    return rc;
}

static enum nd_rc parse_field(const struct place *p, const struct field *f, const struct nd_json *json,
                              struct nd_error *err)
{
    switch (f->kind) {
    case FIELD_SCHEMA:
        return ND_OK; /* checked before anything else */
    case FIELD_TEXT:
        return parse_text(p, f, json, err);
    case FIELD_TEXTS:
        return parse_texts(p, f, json, err);
    case FIELD_INT:
        return parse_int(p, f, json, err);
    case FIELD_MONEY:
        return parse_money(p, f, json, err);
    case FIELD_FLAG:
        if (nd_json_kind(json) != ND_JSON_BOOL) return wrong_kind(p, f, json, "true or false", err);
        *(bool *)slot(p, f) = nd_json_bool(json, false);
        return ND_OK;
    case FIELD_LENGTH:
        return parse_length(p, f, json, err);
    case FIELD_GATES:
        return parse_gates(p, f, json, err);
    case FIELD_OUTLINE:
        return parse_outline(p, f, json, err);
    case FIELD_OBJECT:
        return parse_object(p, f, json, err);
    case FIELD_GROUP:
        return parse_group(p, f, json, err);
    }
    return nd_fail(err, ND_BROKEN, "member '%s' has no kind", f->name);
}

static enum nd_rc parse_members(const struct place *p, const struct nd_json *json, struct nd_error *err)
{
    enum nd_rc rc = ND_OK;
    for (const struct nd_json *item = nd_json_first(json); item && rc == ND_OK; item = nd_json_next(item)) {
        const struct field *f = field_named(p->fields, nd_json_name(item));
        rc = f ? parse_field(p, f, item, err) : unknown_member(p, nd_json_name(item), err);
    }
    return rc;
}

static struct nd_request *request_with_defaults(void)
{
    struct nd_request *request = ND_NEW(struct nd_request);
    request->sub_topics = 10;
    request->language = nd_strdup("en");
    request->length = ND_LENGTH_STANDARD;
    request->writer = nd_strdup("extractive");
    request->safety = nd_strdup("flag");
    request->limits = (struct nd_limits){
        .budget_microusd = ND_BUDGET_MICROUSD,
        .tool_calls_per_lane = ND_LANE_TOOL_CALLS,
        .tool_calls_per_run = ND_RUN_TOOL_CALLS,
        .steps_per_lane = ND_LANE_STEPS_MAX,
        .max_failed_inputs_percent = 10,
    };
    return request;
}

enum nd_rc nd_request_parse(struct nd_request **out, const struct nd_json *json, struct nd_error *err)
{
    if (nd_json_kind(json) != ND_JSON_OBJECT) {
        return nd_fail(err, ND_BAD_INPUT, "a request is %s, wanted an object",
                       nd_json_kind_word(nd_json_kind(json)));
    }
    if (nd_json_get(json, "schema")) {
        enum nd_rc rc = nd_schema_check(json, ND_REQUEST_SCHEMA, ND_REQUEST_VERSION, err);
        if (rc != ND_OK) return rc;
    }
    struct nd_request *request = request_with_defaults();
    struct place top = {.fields = nd_request_fields, .base = request};
    enum nd_rc rc = parse_members(&top, json, err);
    if (rc == ND_OK && !request->topic) rc = nd_fail(err, ND_BAD_INPUT, "a request needs a 'topic'");
    if (rc == ND_OK && request->since) rc = nd_since_check(request->since, err);
    if (rc == ND_OK && request->listing && request->roots.n > 0)
        rc = nd_fail(err, ND_BAD_INPUT, "'documents' has 'roots' and 'listing', wanted one of them");
    if (rc == ND_OK) {
        *out = request;
    } else {
        nd_request_free(request);
    }
    return rc;
}

enum nd_rc nd_request_parse_text(struct nd_request **out, struct nd_view text, struct nd_error *err)
{
    if (text.len > ND_REQUEST_MAX_BYTES) {
        return nd_fail(err, ND_BAD_INPUT, "a request has %zu bytes, limit is %zu", text.len,
                       ND_REQUEST_MAX_BYTES);
    }
    struct nd_json *json = NULL;
    enum nd_rc rc = nd_json_parse(&json, text, err);
    if (rc == ND_OK) rc = nd_request_parse(out, json, err);
    nd_json_free(json);
    return rc;
}

static void release_fields(const struct field *fields, void *base)
{
    struct place p = {.fields = fields, .base = base};
    for (const struct field *f = fields; f->name; f++) {
        if (f->kind == FIELD_TEXT) nd_free(*(char **)slot(&p, f));
        if (f->kind == FIELD_TEXTS) nd_strings_release(slot(&p, f));
        if (f->kind == FIELD_OBJECT) nd_json_free(*(struct nd_json **)slot(&p, f));
        if (f->kind == FIELD_GROUP) release_fields(f->members, base);
    }
}

void nd_request_free(struct nd_request *request)
{
    if (!request) return;
    for (size_t i = 0; i < request->outline_count; i++)
        release_fields(nd_outline_fields, &request->outline[i]);
    nd_free(request->outline);
    release_fields(nd_request_fields, request);
    nd_free(request);
}

bool nd_run_id_valid(const char *run_id)
{
    size_t len = run_id ? strlen(run_id) : 0;
    static const char allowed[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-";
    return len >= 1 && len < ND_RUN_ID_BYTES && strspn(run_id, allowed) == len;
}
