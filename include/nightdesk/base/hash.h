/** SHA-256 (FIPS 180-4) and HMAC (RFC 2104) by OpenSSL's libcrypto, CRC-32 by zlib, and hex. */
#ifndef NIGHTDESK_BASE_HASH_H
#define NIGHTDESK_BASE_HASH_H

#include "nightdesk/base/bytes.h"
#include "nightdesk/base/error.h"

#define ND_SHA256_BYTES 32
#define ND_SHA256_HEX 65 /* 64 digits and a NUL */

struct nd_sha256; /* a running hash */
struct nd_sha256 *nd_sha256_open(void);
void nd_sha256_add(struct nd_sha256 *h, struct nd_view data);
/** Ends the hash and frees it. */
void nd_sha256_close(struct nd_sha256 *h, char hex[ND_SHA256_HEX]);

void nd_sha256_hex(struct nd_view data, char hex[ND_SHA256_HEX]);
void nd_sha256_raw(struct nd_view data, uint8_t out[ND_SHA256_BYTES]);
/** The hash of a file's bytes and its size; ND_BAD_INPUT when it cannot be read. */
enum nd_rc nd_sha256_file(const char *path, char hex[ND_SHA256_HEX], int64_t *size_bytes,
                          struct nd_error *err);
void nd_hmac_sha256(struct nd_view key, struct nd_view data, uint8_t out[ND_SHA256_BYTES]);
uint32_t nd_crc32(struct nd_view data);                  /* of ISO 3309, as in gzip */
void nd_hex(const uint8_t *data, size_t len, char *out); /* out has 2 * len + 1 bytes */
bool nd_is_hex(const char *text, size_t digits);         /* exactly that many lower-case hex digits */

#endif
