#include "pieces.h"
#include "nightdesk/base/alloc.h"

struct piece *piece_at(struct pieces *p, int64_t index)
{
    if (index < 0 || index >= PIECES_MAX) return NULL;
    struct piece *at = &p->v[index];
    if (!at->seen) {
        *at = (struct piece){.seen = true,
                             .text = ND_BYTES(ND_BYTES_MAX),
                             .thought = ND_BYTES(ND_BYTES_MAX),
                             .proof = ND_BYTES(ND_BYTES_MAX)};
    }
    if ((size_t)index >= p->n) p->n = (size_t)index + 1;
    return at;
}

void piece_name(char **text, const char *name)
{
    if (!*text && name && *name) *text = nd_strdup(name);
}

void pieces_release(struct pieces *p)
{
    for (size_t i = 0; i < p->n; i++) {
        struct piece *at = &p->v[i];
        nd_free(at->id);
        nd_free(at->name);
        nd_free(at->redacted);
        nd_json_free(at->start);
        nd_bytes_release(&at->text);
        nd_bytes_release(&at->thought);
        nd_bytes_release(&at->proof);
    }
    nd_free(p);
}
