/* Retrieve of Bedrock's knowledge bases: the question, and its answer with everything about it checked. */
#include "kb_private.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"
#include "nightdesk/core/url.h"
#include <string.h>

#define KIND_MAX_BYTES 24

void kb_ask(const char *query, struct nd_bytes *out)
{
    struct nd_json *json = nd_json_object();
    struct nd_json *text = nd_json_set(json, "retrievalQuery", nd_json_object());
    struct nd_json *how = nd_json_set(json, "retrievalConfiguration", nd_json_object());
    nd_json_set_str(text, "text", query);
    nd_json_set_int(nd_json_set(how, "vectorSearchConfiguration", nd_json_object()), "numberOfResults",
                    ND_KB_PASSAGES_MAX);
    nd_json_print(json, out);
    nd_json_free(json);
}

/* ---- what is left out or not understood ---- */

struct told {
    size_t no_text, too_long, too_many, unplaced;
    char content[KIND_MAX_BYTES + 1], location[KIND_MAX_BYTES + 1]; /* the first kind of each */
};

/* A word like "IMAGE"; anything else is not repeated. */
static void keep_kind(const char *kind, char kept[KIND_MAX_BYTES + 1])
{
    static const char wanted[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_";
    size_t len = kind ? strspn(kind, wanted) : 0;
    bool fine = len > 0 && len <= KIND_MAX_BYTES && !kind[len];
    if (!*kept) memcpy(kept, fine ? kind : "?", fine ? len + 1 : 2);
}

static void add_told(struct nd_bytes *out, size_t n, const char *what, const char *kind)
{
    if (n > 0) nd_bytes_addf(out, "%s%zu %s", out->len > 0 ? "; " : "", n, what);
    if (n > 0 && kind) nd_bytes_addf(out, " (%s)", kind);
}

static char *told_text(const struct told *t)
{
    struct nd_bytes out = ND_BYTES(1024);
    add_told(&out, t->no_text, "left out that are no text", t->content);
    add_told(&out, t->too_long, "left out that are longer than 64 KiB", NULL);
    add_told(&out, t->too_many, "left out beyond those asked for", NULL);
    add_told(&out, t->unplaced, "of a place that is not known", t->location);
    if (out.len > 0) return nd_bytes_take(&out, NULL);
    nd_bytes_release(&out);
    return NULL;
}

/* ---- places ---- */

/* Where each kind of location says where it is; .object NULL: what it says is no place. */
static const struct {
    const char *kind, *object, *member;
} locations[] = {{"S3", "s3Location", "uri"},
                 {"WEB", "webLocation", "url"},
                 {"CONFLUENCE", "confluenceLocation", "url"},
                 {"SALESFORCE", "salesforceLocation", "url"},
                 {"SHAREPOINT", "sharePointLocation", "url"},
                 {"ONEDRIVE", "oneDriveLocation", "url"},
                 {"GOOGLEDRIVE", "googleDriveLocation", "url"},
                 {"KENDRA", "kendraDocumentLocation", "uri"},
                 {"CUSTOM", "customDocumentLocation", "id"},
                 {"SQL", NULL, NULL}};

/* One line that can be shown, within its limit. */
static bool is_line(struct nd_view text)
{
    if (text.len == 0 || text.len > ND_KB_PLACE_MAX_BYTES) return false;
    for (size_t at = 0; at < text.len;) {
        uint32_t c = nd_utf8_next(text, &at);
        if (c < ' ' || nd_is_unsafe(c)) return false;
    }
    return true;
}

/* NULL: the location is of a kind that is not known, or says nothing that can be shown. */
static char *named_place(const struct nd_json *location, const char *address)
{
    const char *kind = nd_json_get_str(location, "type");
    for (size_t i = 0; kind && i < sizeof locations / sizeof *locations; i++) {
        if (strcmp(locations[i].kind, kind) != 0) continue;
        if (!locations[i].object) return nd_strdup(address);
        struct nd_view said =
            nd_json_view(nd_json_get(nd_json_get(location, locations[i].object), locations[i].member));
        char *url = nd_url_clean(said);
        if (url || !is_line(said)) return url;
        return nd_view_starts(said, "s3://") ? nd_view_dup(said)
                                             : nd_sprintf("%s/%.*s", address, (int)said.len, said.data);
    }
    return NULL;
}

static char *place_of(const struct nd_json *result, const char *address, struct told *told)
{
    const struct nd_json *location = nd_json_get(result, "location");
    char *place = location ? named_place(location, address) : nd_strdup(address);
    if (place) return place;
    told->unplaced++;
    keep_kind(nd_json_get_str(location, "type"), told->location);
    return nd_strdup(address);
}

/* ---- passages ---- */

static enum nd_rc add(struct nd_kb_passages *out, const struct nd_json *result, const char *address,
                      struct told *told, struct nd_error *err)
{
    const struct nd_json *content = NULL;
    enum nd_rc rc = nd_json_need(result, "retrievalResults", "content", ND_JSON_OBJECT, &content, err);
    if (rc != ND_OK) return rc;
    const char *kind = nd_json_get_str(content, "type");
    struct nd_view text = nd_view_trim(nd_json_view(nd_json_get(content, "text")));
    if ((kind && strcmp(kind, "TEXT") != 0) || text.len == 0) {
        told->no_text++;
        keep_kind(kind ? kind : "TEXT", told->content);
    } else if (text.len > ND_KB_PASSAGE_MAX_BYTES) {
        told->too_long++;
    } else if (out->n == ND_KB_PASSAGES_MAX) {
        told->too_many++;
    } else {
        out->v[out->n++] =
            (struct nd_kb_passage){.text = nd_view_dup(text), .place = place_of(result, address, told)};
    }
    return ND_OK;
}

enum nd_rc kb_read(const struct nd_json *answer, const char *address, struct nd_kb_passages *out,
                   struct nd_error *err)
{
    const struct nd_json *results = NULL;
    struct told told = {.no_text = 0};
    struct nd_kb_passages passages = {.n = 0};
    enum nd_rc rc = nd_json_need(answer, "its answer", "retrievalResults", ND_JSON_ARRAY, &results, err);
    for (const struct nd_json *r = nd_json_first(results); r && rc == ND_OK; r = nd_json_next(r))
        rc = add(&passages, r, address, &told, err);
    if (rc != ND_OK) {
        nd_kb_passages_release(&passages);
        return rc;
    }
    passages.told = told_text(&told);
    *out = passages;
    return ND_OK;
}
