/** zlib behind two calls: raw deflate streams (RFC 1951), level 6. */
#ifndef NIGHTDESK_BASE_DEFLATE_H
#define NIGHTDESK_BASE_DEFLATE_H

#include "nightdesk/base/bytes.h"
#include "nightdesk/base/error.h"

/** Appends the compressed bytes of data; `dictionary` (may be empty, at most 32 KiB are used) primes the
 * window. */
enum nd_rc nd_deflate(struct nd_view data, struct nd_view dictionary, struct nd_bytes *out,
                      struct nd_error *err);
/** Appends the bytes again; never more than out->max (ND_OVER_LIMIT). ND_BAD_INPUT on a damaged stream. */
enum nd_rc nd_inflate(struct nd_view data, struct nd_view dictionary, struct nd_bytes *out,
                      struct nd_error *err);

#endif
