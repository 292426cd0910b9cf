#include "seal.h"

#include <string.h>

struct nd_sha256 *nd_seal_open(const char *table, const char *run_id)
{
    struct nd_sha256 *seal = nd_sha256_open();
    nd_seal_text(seal, table);
    nd_seal_text(seal, run_id);
    return seal;
}

void nd_seal_int(struct nd_sha256 *seal, int64_t value)
{
    char bytes[8];
    for (unsigned i = 0; i < sizeof bytes; i++) bytes[i] = (char)((uint64_t)value >> (8 * i) & 0xFF);
    nd_sha256_add(seal, (struct nd_view){bytes, sizeof bytes});
}

/* The length goes first, so that no two lists of members give the same bytes. */
void nd_seal_view(struct nd_sha256 *seal, struct nd_view bytes)
{
    nd_seal_int(seal, (int64_t)bytes.len);
    nd_sha256_add(seal, bytes);
}

void nd_seal_text(struct nd_sha256 *seal, const char *text)
{
    nd_seal_view(seal, nd_view_of(text));
}

void nd_seal_close(struct nd_sha256 *seal, char hex[ND_SEAL_HEX])
{
    char whole[ND_SHA256_HEX];
    nd_sha256_close(seal, whole);
    memcpy(hex, whole, ND_SEAL_HEX - 1);
    hex[ND_SEAL_HEX - 1] = '\0';
}
