/**
 * Seals: SQLite does not notice a flipped bit in a row, and a raw deflate stream may survive one as other
 * text. Each row carries 64 bits of a hash over its place and content, checked whenever it is read. It finds
 * damage, not malice.
 */
#ifndef STORE_SEAL_H
#define STORE_SEAL_H

#include "nightdesk/base/hash.h"

#define ND_SEAL_HEX 17 /* 16 digits and a NUL */

struct nd_sha256 *nd_seal_open(const char *table, const char *run_id);
void nd_seal_text(struct nd_sha256 *seal, const char *text);
void nd_seal_view(struct nd_sha256 *seal, struct nd_view bytes);
void nd_seal_int(struct nd_sha256 *seal, int64_t value);
void nd_seal_close(struct nd_sha256 *seal, char hex[ND_SEAL_HEX]);

#endif
