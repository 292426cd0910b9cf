#include "outgoing.h"
#include "library.h"

static int64_t bytes_of(const struct nd_pages *pages)
{
    int64_t bytes = 0;
    for (size_t i = 0; i < pages->n; i++) bytes += (int64_t)pages->page[i].len;
    return bytes;
}

static void name_source(struct nd_json *list, const char *path, int64_t bytes)
{
    if (nd_json_len(list) == ND_OUTGOING_NAMED) return;
    struct nd_json *one = nd_json_add(list, nd_json_object());
    nd_json_set_str(one, "path", path);
    nd_json_set_int(one, "bytes", bytes);
}

enum nd_rc nd_outgoing_add(const struct nd_scene *scene, struct nd_json *shown, struct nd_error *err)
{
    struct nd_library *lib = NULL;
    if (nd_json_len(nd_scene_sources(scene)) == 0) return ND_OK;
    enum nd_rc rc = nd_library_of(scene, &lib, err);
    if (rc != ND_OK) return rc;
    const struct nd_sources *sources = nd_library_sources(lib);
    int64_t open = 0, open_bytes = 0, local = 0, local_bytes = 0;
    struct nd_json *list = nd_json_array();
    for (uint32_t i = 0; i < sources->n && rc == ND_OK; i++) {
        const struct nd_source *s = &sources->v[i];
        const struct nd_pages *pages = NULL;
        rc = nd_library_pages(lib, scene->objects, i + 1, &pages, err);
        int64_t bytes = rc == ND_OK ? bytes_of(pages) : 0;
        if (bytes == 0) continue;
        *(s->local ? &local : &open) += 1;
        *(s->local ? &local_bytes : &open_bytes) += bytes;
        if (!s->local) name_source(list, s->path, bytes);
    }
    if (rc != ND_OK) {
        nd_json_free(list);
        return rc;
    }
    struct nd_json *outgoing = nd_json_set(shown, "outgoing", nd_json_object());
    nd_json_set_int(outgoing, "documents", open);
    nd_json_set_int(outgoing, "bytes", open_bytes);
    nd_json_set_int(outgoing, "stay_documents", local);
    nd_json_set_int(outgoing, "stay_bytes", local_bytes);
    nd_json_set(outgoing, "sources", list);
    return ND_OK;
}
