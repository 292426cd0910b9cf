/* The recorded list of sources, both ways. What is loaded comes from a store: every member is checked. */
#include "library.h"
#include "nightdesk/base/alloc.h"

static struct nd_json *strings_json(const struct nd_strings *s)
{
    struct nd_json *array = nd_json_array();
    for (size_t i = 0; i < s->n; i++) nd_json_add_str(array, s->v[i]);
    return array;
}

static struct nd_json *source_json(const struct nd_source *source, size_t n)
{
    const struct nd_reading *r = source->reading;
    struct nd_json *json = nd_json_object();
    nd_json_set_int(json, "n", (int64_t)n);
    nd_json_set_int(json, "root", source->root);
    nd_json_set_str(json, "path", source->path);
    nd_json_set(json, "also", strings_json(&source->also));
    nd_json_set_str(json, "sha256", r->sha256);
    nd_json_set_int(json, "size_bytes", r->size_bytes);
    nd_json_set_str(json, "reading", source->reading_sha256);
    nd_json_set_str(json, "text_sha256", r->text_sha256);
    nd_json_set_str(json, "status", nd_source_status_word(r->status));
    nd_json_set_str(json, "why", r->why);
    nd_json_set_str(json, "kind", r->kind);
    nd_json_set_str(json, "title", r->title);
    nd_json_set_int(json, "pages", r->pages);
    nd_json_set_str(json, "lang", r->lang);
    nd_json_set_str(json, "extractor", r->extractor);
    nd_json_set_bool(json, "local", source->local);
    nd_json_set_bool(json, "confidential", source->confidential);
    return json;
}

struct nd_json *nd_sources_json(const struct nd_sources *sources)
{
    struct nd_json *json = nd_json_object(), *array = nd_json_array();
    nd_json_set_str(json, "schema", "nightdesk.sources/1");
    for (size_t i = 0; i < sources->n; i++) nd_json_add(array, source_json(&sources->v[i], i + 1));
    nd_json_set(json, "sources", array);
    return json;
}

static bool status_parse(const char *word, enum nd_source_status *out)
{
    for (int s = ND_SOURCE_READ; s <= ND_SOURCE_UNSUPPORTED; s++) {
        if (word && nd_view_is(nd_view_of(word), nd_source_status_word((enum nd_source_status)s))) {
            *out = (enum nd_source_status)s;
            return true;
        }
    }
    return false;
}

static char *dup_member(const struct nd_json *json, const char *member, const char *otherwise)
{
    const char *text = nd_json_get_str(json, member);
    return nd_strdup(text ? text : otherwise);
}

static bool hash_member(const struct nd_json *json, const char *member, char out[ND_SHA256_HEX])
{
    const char *hex = nd_json_get_str(json, member);
    out[0] = '\0';
    if (!hex || hex[0] == '\0') return true;
    if (!nd_is_hex(hex, 64)) return false;
    for (size_t i = 0; i < ND_SHA256_HEX; i++) out[i] = hex[i];
    return true;
}

/* A source without a reading record (it failed before there was one): what the list says is all there is. */
static enum nd_rc bare_reading(struct nd_source *source, const struct nd_json *json, struct nd_error *err)
{
    struct nd_reading *r = source->reading = ND_NEW(struct nd_reading);
    if (!hash_member(json, "sha256", r->sha256) || !status_parse(nd_json_get_str(json, "status"), &r->status))
        return nd_fail(err, ND_BROKEN, "the record of source '%s' is damaged", source->path);
    r->size_bytes = nd_json_get_int(json, "size_bytes", 0);
    r->why = dup_member(json, "why", NULL);
    r->kind = dup_member(json, "kind", "unknown");
    r->title = dup_member(json, "title", source->path);
    r->extractor = dup_member(json, "extractor", "");
    return ND_OK;
}

static enum nd_rc load_reading(struct nd_source *source, struct nd_objects *objects, struct nd_error *err)
{
    struct nd_bytes record = ND_BYTES(ND_JSON_MAX_BYTES);
    enum nd_rc rc = nd_objects_get(objects, source->reading_sha256, &record, err);
    if (rc == ND_OK && record.over) rc = nd_fail(err, ND_BROKEN, "the record is larger than a reading can be");
    if (rc == ND_OK) rc = nd_reading_parse(&source->reading, nd_bytes_view(&record), err);
    nd_bytes_release(&record);
    return rc == ND_OK ? ND_OK : nd_while(err, "while loading the reading of '%s'", source->path);
}

static enum nd_rc load_source(struct nd_source *source, const struct nd_json *json, struct nd_objects *objects, struct nd_error *err)
{
    const char *path = NULL;
    int64_t root = 0;
    enum nd_rc rc = nd_json_need_str(json, "source", "path", &path, err);
    if (rc == ND_OK) rc = nd_json_need_int(json, "source", "root", 0, ND_INPUTS_MAX, &root, err);
    if (rc != ND_OK) return rc;
    source->path = nd_strdup(path);
    source->root = (unsigned)root;
    source->local = nd_json_get_bool(json, "local", false);
    source->confidential = nd_json_get_bool(json, "confidential", false);
    ND_JSON_EACH(also, nd_json_get(json, "also")) if (nd_json_str(also)) nd_strings_add(&source->also, nd_json_str(also));
    if (!hash_member(json, "reading", source->reading_sha256))
        return nd_fail(err, ND_BROKEN, "the reading of source '%s' has no proper hash", path);
    return source->reading_sha256[0] ? load_reading(source, objects, err) : bare_reading(source, json, err);
}

enum nd_rc nd_sources_load(struct nd_sources *out, const struct nd_json *sources, struct nd_objects *objects, struct nd_error *err)
{
    struct nd_sources list = {0};
    enum nd_rc rc = ND_OK;
    if (nd_json_len(sources) > ND_INPUTS_MAX) rc = nd_fail(err, ND_BROKEN, "%zu sources, limit is %d", nd_json_len(sources), ND_INPUTS_MAX);
    for (const struct nd_json *json = nd_json_first(sources); json && rc == ND_OK; json = nd_json_next(json)) {
        ND_GROW(list.v, list.n, list.cap);
        list.v[list.n] = (struct nd_source){0};
        rc = load_source(&list.v[list.n++], json, objects, err);
    }
    if (rc != ND_OK) {
        nd_sources_release(&list);
        return rc;
    }
    *out = list;
    return ND_OK;
}
