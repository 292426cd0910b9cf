#include "nightdesk/base/hash.h"
#include "nightdesk/base/alloc.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define READ_BYTES ((size_t)64 << 10)

/* libcrypto's digest calls fail only when memory is short. */
static void need(int done)
{
    if (done != 1) nd_no_memory();
}

struct nd_sha256 {
    EVP_MD_CTX *ctx;
};

struct nd_sha256 *nd_sha256_open(void)
{
    struct nd_sha256 *h = ND_NEW(struct nd_sha256);
    h->ctx = EVP_MD_CTX_new();
    if (!h->ctx) nd_no_memory();
    need(EVP_DigestInit_ex(h->ctx, EVP_sha256(), NULL));
    return h;
}

void nd_sha256_add(struct nd_sha256 *h, struct nd_view data)
{
    need(EVP_DigestUpdate(h->ctx, data.data, data.len));
}

static void hash_end(struct nd_sha256 *h, uint8_t digest[ND_SHA256_BYTES])
{
    need(EVP_DigestFinal_ex(h->ctx, digest, NULL));
    EVP_MD_CTX_free(h->ctx);
    nd_free(h);
}

void nd_sha256_close(struct nd_sha256 *h, char hex[ND_SHA256_HEX])
{
    uint8_t digest[ND_SHA256_BYTES];
    hash_end(h, digest);
    nd_hex(digest, sizeof digest, hex);
}

void nd_sha256_hex(struct nd_view data, char hex[ND_SHA256_HEX])
{
    struct nd_sha256 *h = nd_sha256_open();
    nd_sha256_add(h, data);
    nd_sha256_close(h, hex);
}

void nd_sha256_raw(struct nd_view data, uint8_t out[ND_SHA256_BYTES])
{
    struct nd_sha256 *h = nd_sha256_open();
    nd_sha256_add(h, data);
    hash_end(h, out);
}

enum nd_rc nd_sha256_file(const char *path, char hex[ND_SHA256_HEX], int64_t *size_bytes,
                          struct nd_error *err)
{
    struct stat info = {0};
    int64_t size = 0;
    ssize_t got = -1;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY); /* a pipe must not hold us up */
    if (fd < 0 || fstat(fd, &info) != 0) goto failed;
    if (!S_ISREG(info.st_mode)) {
        close(fd);
        return nd_fail(err, ND_BAD_INPUT, "'%.160s' is not a regular file", path);
    }
    char *buffer = nd_realloc(NULL, READ_BYTES, 1);
    struct nd_sha256 *h = nd_sha256_open();
    while ((got = TEMP_FAILURE_RETRY(read(fd, buffer, READ_BYTES))) > 0) {
        nd_sha256_add(h, (struct nd_view){buffer, (size_t)got});
        size += got;
    }
    nd_free(buffer);
    char digest[ND_SHA256_HEX];
    nd_sha256_close(h, digest);
    if (got < 0) goto failed;
    close(fd);
    memcpy(hex, digest, sizeof digest);
    *size_bytes = size;
    return ND_OK;

failed:;
    int e = errno;
    if (fd >= 0) close(fd);
    return nd_fail(err, ND_BAD_INPUT, "cannot read '%.160s': %s, %s", path, strerrorname_np(e),
                   strerrordesc_np(e));
}

void nd_hmac_sha256(struct nd_view key, struct nd_view data, uint8_t out[ND_SHA256_BYTES])
{
    uint8_t digest[ND_SHA256_BYTES];
    if (key.len >
        SHA256_CBLOCK) { /* RFC 2104: a long key is hashed first; this also keeps the length an int */
        struct nd_sha256 *h = nd_sha256_open();
        nd_sha256_add(h, key);
        hash_end(h, digest);
        key = (struct nd_view){(const char *)digest, sizeof digest};
    }
    const unsigned char *bytes = (const unsigned char *)(data.data ? data.data : "");
    if (!HMAC(EVP_sha256(), key.data ? key.data : "", (int)key.len, bytes, data.len, out, NULL))
        nd_no_memory();
}

uint32_t nd_crc32(struct nd_view data)
{
    return (uint32_t)crc32_z(0, (const unsigned char *)data.data, data.data ? data.len : 0);
}

void nd_hex(const uint8_t *data, size_t len, char *out)
{
    static const char digits[] = "0123456789abcdef";
    for (size_t i = 0; i < len; i++) {
        out[2 * i] = digits[data[i] >> 4];
        out[2 * i + 1] = digits[data[i] & 15];
    }
    out[2 * len] = '\0';
}

bool nd_is_hex(const char *text, size_t digits)
{
    return text && strspn(text, "0123456789abcdef") == digits && text[digits] == '\0';
}
