#include "texts.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"

#include <string.h>

static struct nd_view next_field(struct nd_view *rest, char end)
{
    size_t at = 0;
    while (at < rest->len && rest->data[at] != end) at++;
    struct nd_view field = nd_view_sub(*rest, 0, at);
    *rest = nd_view_sub(*rest, at + 1, rest->len);
    return field;
}

static enum nd_rc load_headings(struct nd_reading *r, const char *path, struct nd_error *err)
{
    struct nd_bytes file = ND_BYTES(ND_BYTES_MAX);
    enum nd_rc rc = nd_file_read(path, &file, err);
    size_t cap = 0;
    for (struct nd_view rest = nd_bytes_view(&file); rc == ND_OK && rest.len;) {
        struct nd_view line = next_field(&rest, '\n');
        int64_t page = 0;
        int64_t level = 0;
        if (!nd_view_int(next_field(&line, '\t'), &page) || !nd_view_int(next_field(&line, '\t'), &level))
            continue;
        ND_GROW(r->headings, r->heading_count, cap);
        r->headings[r->heading_count++] = (struct nd_heading){.range = {.page = (uint32_t)page},
                                                              .level = (unsigned)level,
                                                              .bookmark = true,
                                                              .title = nd_view_dup(line)};
    }
    nd_bytes_release(&file);
    return rc;
}

static enum nd_rc load_one(struct nd_texts *t, const char *path, struct nd_error *err)
{
    struct nd_bytes *text = &t->text[t->sources.n];
    *text = ND_BYTES(ND_BYTES_MAX);
    enum nd_rc rc = nd_file_read(path, text, err);
    if (rc != ND_OK) return rc;
    const char *slash = strrchr(path, '/');
    const char *name = slash ? slash + 1 : path;
    struct nd_reading *r = ND_NEW(struct nd_reading);
    r->status = ND_SOURCE_READ;
    r->kind = nd_strdup("pdf");
    r->title = nd_strndup(name, strcspn(name, "."));
    for (size_t i = 0; i < text->len; i++) r->pages += text->data[i] == '\f';
    char *headings = nd_sprintf("%.*s.headings", (int)(strlen(path) - 4), path);
    if (nd_file_exists(headings)) rc = load_headings(r, headings, err);
    nd_free(headings);
    t->view[t->sources.n] = nd_bytes_view(text);
    t->sources.v[t->sources.n++] = (struct nd_source){.path = nd_strdup(name), .reading = r};
    return rc;
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
