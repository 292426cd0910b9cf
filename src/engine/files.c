#include "files.h"
#include "nightdesk/core/schema.h"

#include <string.h>

static enum nd_rc put_json(struct nd_objects *objects, const struct nd_json *json, char sha256[ND_SHA256_HEX],
                           struct nd_error *err)
{
    struct nd_bytes text = ND_BYTES(ND_ARTEFACT_MAX_BYTES);
    nd_json_print(json, &text);
    enum nd_rc rc = ND_OK;
    if (text.over)
        rc = nd_fail(err, ND_OVER_LIMIT, "an artefact is larger than %zu bytes", ND_ARTEFACT_MAX_BYTES);
    if (rc == ND_OK) rc = nd_objects_put(objects, nd_bytes_view(&text), sha256, err);
    nd_bytes_release(&text);
    return rc;
}

enum nd_rc nd_artefact_put(struct nd_objects *objects, const struct nd_artefact *artefact,
                           char sha256[ND_SHA256_HEX], struct nd_error *err)
{
    if (!artefact->json) return nd_fail(err, ND_BROKEN, "the phase made no artefact");
    return put_json(objects, artefact->json, sha256, err);
}

enum nd_rc nd_files_put(struct nd_objects *objects, const struct nd_artefact *artefact,
                        const struct nd_json *stop, char sha256[ND_SHA256_HEX], struct nd_error *err)
{
    *sha256 = '\0';
    if (!artefact->file_count) return ND_OK;
    struct nd_json *list = nd_json_object();
    nd_json_set_str(list, "schema", "nightdesk.files/1");
    if (stop) nd_json_set(list, "stop", nd_json_copy(stop));
    struct nd_json *files = nd_json_set(list, "files", nd_json_array());
    enum nd_rc rc = ND_OK;
    for (size_t i = 0; rc == ND_OK && i < artefact->file_count; i++) {
        const struct nd_file *file = &artefact->files[i];
        char blob[ND_SHA256_HEX] = "";
        if (file->bytes.over) rc = nd_fail(err, ND_OVER_LIMIT, "file '%s' is too large", file->name);
        if (rc == ND_OK) rc = nd_objects_put(objects, nd_bytes_view(&file->bytes), blob, err);
        struct nd_json *entry = nd_json_add(files, nd_json_object());
        nd_json_set_str(entry, "name", file->name);
        nd_json_set_str(entry, "sha256", blob);
        nd_json_set_int(entry, "size_bytes", (int64_t)file->bytes.len);
    }
    if (rc == ND_OK) rc = put_json(objects, list, sha256, err);
    nd_json_free(list);
    return rc;
}

static enum nd_rc get_file(struct nd_objects *objects, const struct nd_json *entry, struct nd_artefact *out,
                           struct nd_error *err)
{
    const char *name = nd_json_get_str(entry, "name"), *blob = nd_json_get_str(entry, "sha256");
    if (!name || !*name || !blob) return nd_fail(err, ND_BROKEN, "the list of report files is damaged");
    return nd_objects_get(objects, blob, nd_artefact_add(out, name), err);
}

enum nd_rc nd_files_list(struct nd_objects *objects, const char *sha256, struct nd_json **out,
                         struct nd_error *err)
{
    struct nd_bytes text = ND_BYTES(ND_ARTEFACT_MAX_BYTES);
    struct nd_json *list = NULL;
    enum nd_rc rc = nd_objects_get(objects, sha256, &text, err);
    if (rc == ND_OK) rc = nd_json_parse(&list, nd_bytes_view(&text), err);
    if (rc == ND_OK) rc = nd_schema_check(list, "nightdesk.files", 1, err);
    nd_bytes_release(&text);
    if (rc == ND_OK) {
        *out = list;
    } else {
        nd_json_free(list);
    }
    return rc;
}

enum nd_rc nd_files_get(struct nd_objects *objects, const char *sha256, struct nd_artefact *out,
                        struct nd_error *err)
{
    struct nd_json *list = NULL;
    struct nd_artefact found = {0};
    enum nd_rc rc = nd_files_list(objects, sha256, &list, err);
    const struct nd_json *entry = nd_json_first(nd_json_get(list, "files"));
    for (; rc == ND_OK && entry; entry = nd_json_next(entry)) rc = get_file(objects, entry, &found, err);
    nd_json_free(list);
    if (rc == ND_OK) {
        *out = found;
    } else {
        nd_artefact_release(&found);
    }
    return rc;
}
