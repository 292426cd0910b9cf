#include "nightdesk/core/phase.h"
#include "nightdesk/base/alloc.h"

void nd_artefact_release(struct nd_artefact *artefact)
{
    if (!artefact) return;
    nd_json_free(artefact->json);
    for (size_t i = 0; i < artefact->file_count; i++) {
        nd_free(artefact->files[i].name);
        nd_bytes_release(&artefact->files[i].bytes);
    }
    nd_free(artefact->files);
    *artefact = (struct nd_artefact){0};
}

struct nd_bytes *nd_artefact_add(struct nd_artefact *artefact, const char *name)
{
    ND_GROW(artefact->files, artefact->file_count, artefact->file_cap);
    struct nd_file *file = &artefact->files[artefact->file_count++];
    *file = (struct nd_file){.name = nd_strdup(name), .bytes = ND_BYTES(ND_ARTEFACT_MAX_BYTES)};
    return &file->bytes;
}
