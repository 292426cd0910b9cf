/** The blocks of an answer that comes in pieces, while they grow. */
#ifndef MODEL_PIECES_H
#define MODEL_PIECES_H

#include "nightdesk/base/json.h"

#define PIECES_MAX 256 /* blocks of one answer */

struct piece {
    bool seen;
    char *id, *name;                /* of a call; NULL until told */
    struct nd_json *start;          /* as the block was announced, or NULL */
    struct nd_bytes text;           /* what grows: words, or a call's input */
    struct nd_bytes thought, proof; /* hidden reasoning and its signature */
    char *redacted;                 /* reasoning that is not shown, or NULL */
};
struct pieces {
    struct piece v[PIECES_MAX];
    size_t n; /* one beyond the last that was seen */
};

/** The block with that index; NULL when it is none. */
struct piece *piece_at(struct pieces *p, int64_t index);
/** Sets *text once; later names are not heard. */
void piece_name(char **text, const char *name);
void pieces_release(struct pieces *p);

#endif
