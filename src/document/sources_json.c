/* Sources as JSON, both ways: the record of the step `read`. */
#include "nightdesk/base/alloc.h"
#include "nightdesk/core/schema.h"
#include "reader.h"

#include <stdio.h>
#include <string.h>

#define SCHEMA "nightdesk.sources"
enum { VERSION = 1, ROOTS_MAX = 1000 };

struct nd_json *nd_source_json(const struct nd_source *s, size_t number)
{
    const struct nd_reading *r = s->reading;
    struct nd_json *item = nd_json_object();
    nd_json_set_int(item, "n", (int64_t)number);
    nd_json_set_int(item, "root", s->root);
    nd_json_set_str(item, "path", s->path);
    if (s->url) nd_json_set_str(item, "url", s->url);
    if (s->found) nd_json_set_bool(item, "found", true);
    if (s->kb) nd_json_set_str(item, "kb", s->kb);
    struct nd_json *also = nd_json_set(item, "also", nd_json_array());
    for (size_t k = 0; k < s->also.n; k++) nd_json_add_str(also, s->also.v[k]);
    nd_json_set_str(item, "sha256", r->sha256);
    nd_json_set_int(item, "size_bytes", r->size_bytes);
    nd_json_set_str(item, "reading", s->reading_sha256);
    nd_json_set_str(item, "text_sha256", r->text_sha256);
    nd_json_set_str(item, "status", nd_source_status_word(r->status));
    nd_json_set_str(item, "why", r->why);
    nd_json_set_str(item, "kind", r->kind);
    nd_json_set_str(item, "title", r->title);
    nd_json_set_int(item, "pages", r->pages);
    nd_json_set_str(item, "lang", r->lang);
    nd_json_set_str(item, "extractor", r->extractor);
    nd_json_set_bool(item, "local", s->local);
    nd_json_set_bool(item, "confidential", s->confidential);
    return item;
}

struct nd_json *nd_sources_json(const struct nd_sources *sources)
{
    struct nd_json *json = nd_json_object();
    nd_json_set_str(json, "schema", SCHEMA "/1");
    struct nd_json *list = nd_json_set(json, "sources", nd_json_array());
    for (size_t i = 0; i < sources->n; i++) nd_json_add(list, nd_source_json(&sources->v[i], i + 1));
    return json;
}

/* A source without a record could not be read, so what the item says is all there is. */
static enum nd_rc parse_unread(struct nd_source *out, const struct nd_json *json, const char *sha256,
                               struct nd_error *err)
{
    const char *why = NULL, *status = NULL;
    struct nd_input input = {.path = out->path};
    enum nd_rc rc = nd_json_need_str(json, "source", "why", &why, err);
    if (rc == ND_OK) rc = nd_json_need_str(json, "source", "status", &status, err);
    if (rc == ND_OK)
        rc = nd_json_need_int(json, "source", "size_bytes", 0, INT64_C(1) << 53, &input.size_bytes, err);
    if (rc == ND_OK && strcmp(status, "failed") != 0)
        rc = nd_fail(err, ND_BAD_INPUT, "source '%.80s' is %.20s, but names no record", out->path, status);
    if (rc != ND_OK) return rc;
    (void)snprintf(input.sha256, sizeof input.sha256, "%s", sha256);
    out->reading = nd_reading_failed(&input, why);
    return ND_OK;
}

static enum nd_rc load_record(struct nd_source *out, struct nd_objects *objects, struct nd_error *err)
{
    struct nd_bytes record = ND_BYTES(ND_READ_RECORD_MAX_BYTES);
    enum nd_rc rc = nd_objects_get(objects, out->reading_sha256, &record, err);
    if (rc == ND_OK) rc = nd_reading_parse(&out->reading, nd_bytes_view(&record), err);
    if (rc == ND_OK) nd_title_from_path(out->reading, out->path);
    if (rc == ND_OK && out->kb) nd_title_of_passage(out);
    nd_bytes_release(&record);
    return rc == ND_OK ? ND_OK : nd_while(err, "while loading the record of '%.80s'", out->path);
}

static enum nd_rc parse_hash(const struct nd_json *json, const char *member, const char **out,
                             struct nd_error *err)
{
    enum nd_rc rc = nd_json_need_str(json, "source", member, out, err);
    if (rc == ND_OK && **out != '\0' && !nd_is_hex(*out, ND_SHA256_HEX - 1))
        rc = nd_fail(err, ND_BAD_INPUT, "'%s' of a source is '%.80s', wanted a sha256", member, *out);
    return rc;
}

static enum nd_rc parse_source(struct nd_source *out, const struct nd_json *json, struct nd_objects *objects,
                               struct nd_error *err)
{
    const char *path = NULL, *record = NULL, *sha256 = NULL;
    const struct nd_json *also = NULL;
    int64_t root = 0;
    enum nd_rc rc = nd_json_need_int(json, "source", "root", 0, ROOTS_MAX, &root, err);
    if (rc == ND_OK) rc = nd_json_need_str(json, "source", "path", &path, err);
    if (rc == ND_OK) rc = nd_json_need(json, "source", "also", ND_JSON_ARRAY, &also, err);
    if (rc == ND_OK) rc = parse_hash(json, "reading", &record, err);
    if (rc == ND_OK) rc = parse_hash(json, "sha256", &sha256, err);
    if (rc != ND_OK) return rc;
    out->root = (unsigned)root;
    out->path = nd_strdup(path);
    ND_JSON_EACH(item, also)
    {
        if (!nd_json_str(item))
            return nd_fail(err, ND_BAD_INPUT, "'also' of source '%.80s' holds no text", path);
        nd_strings_add(&out->also, nd_json_str(item));
    }
    out->local = nd_json_get_bool(json, "local", false);
    out->confidential = nd_json_get_bool(json, "confidential", false);
    out->url = nd_strdup(nd_json_get_str(json, "url"));
    out->found = nd_json_get_bool(json, "found", false);
    out->kb = nd_strdup(nd_json_get_str(json, "kb"));
    (void)snprintf(out->reading_sha256, sizeof out->reading_sha256, "%s", record);
    return *record ? load_record(out, objects, err) : parse_unread(out, json, sha256, err);
}

enum nd_rc nd_sources_parse(struct nd_sources *out, const struct nd_json *json, struct nd_objects *objects,
                            struct nd_error *err)
{
    struct nd_sources sources = {0};
    const struct nd_json *list = NULL;
    enum nd_rc rc = nd_schema_check(json, SCHEMA, VERSION, err);
    if (rc == ND_OK) rc = nd_json_need(json, SCHEMA, "sources", ND_JSON_ARRAY, &list, err);
    if (rc == ND_OK && nd_json_len(list) > ND_INPUTS_MAX)
        rc = nd_fail(err, ND_BAD_INPUT, "list of %zu sources, limit is %d", nd_json_len(list), ND_INPUTS_MAX);
    ND_JSON_EACH(item, rc == ND_OK ? list : NULL)
    {
        ND_GROW(sources.v, sources.n, sources.cap);
        sources.v[sources.n] = (struct nd_source){0};
        rc = parse_source(&sources.v[sources.n++], item, objects, err);
        if (rc != ND_OK) break;
    }
    if (rc == ND_OK) {
        nd_titles_apart(&sources);
        *out = sources;
    } else {
        nd_sources_release(&sources);
    }
    return rc;
}
