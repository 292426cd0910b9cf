#include "texts.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"

#include <string.h>

/* The record beside the text, or a bare one. */
static enum nd_rc load_reading(struct nd_reading **out, const char *path, const char *name,
                               struct nd_view text, struct nd_error *err)
{
    struct nd_bytes json = ND_BYTES(ND_BYTES_MAX);
    enum nd_rc rc = ND_OK;
    char *record = nd_sprintf("%.*s.json", (int)(strlen(path) - 4), path);
    if (nd_file_exists(record)) {
        rc = nd_file_read(record, &json, err);
        if (rc == ND_OK) rc = nd_reading_parse(out, nd_bytes_view(&json), err);
        if (rc != ND_OK) nd_while(err, "while loading '%s'", record);
    } else {
        *out = ND_NEW(struct nd_reading);
        (*out)->status = ND_SOURCE_READ;
        (*out)->kind = nd_strdup("pdf");
        (*out)->title = nd_strdup(name);
        for (size_t i = 0; i < text.len; i++) (*out)->pages += text.data[i] == '\f';
    }
    nd_bytes_release(&json);
    nd_free(record);
    return rc;
}

static enum nd_rc load_one(struct nd_texts *t, const char *path, struct nd_error *err)
{
    struct nd_bytes *text = &t->text[t->sources.n];
    *text = ND_BYTES(ND_BYTES_MAX);
    enum nd_rc rc = nd_file_read(path, text, err);
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    char *document = nd_strndup(name, strlen(name) - 4);
    struct nd_reading *reading = NULL;
    if (rc == ND_OK) rc = load_reading(&reading, path, document, nd_bytes_view(text), err);
    if (rc != ND_OK) {
        nd_free(document);
        nd_bytes_release(text);
        return rc;
    }
    t->view[t->sources.n] = nd_bytes_view(text);
    t->sources.v[t->sources.n++] = (struct nd_source){.path = document, .reading = reading};
    return ND_OK;
}

enum nd_rc nd_texts_load(struct nd_texts *out, char *const *paths, size_t n, struct nd_error *err)
{
    *out = (struct nd_texts){.text = ND_ARRAY(struct nd_bytes, n), .view = ND_ARRAY(struct nd_view, n)};
    out->sources.v = ND_ARRAY(struct nd_source, n);
    for (size_t i = 0; i < n; i++) {
        if (!nd_view_ends(nd_view_of(paths[i]), ".txt")) continue;
        enum nd_rc rc = load_one(out, paths[i], err);
        if (rc != ND_OK) return rc;
    }
    return ND_OK;
}

void nd_texts_release(struct nd_texts *texts)
{
    for (size_t i = 0; i < texts->sources.n; i++) nd_bytes_release(&texts->text[i]);
    nd_free(texts->text);
    nd_free(texts->view);
    nd_sources_release(&texts->sources);
}
