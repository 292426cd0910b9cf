#include "nightdesk/base/deflate.h"
#include "nightdesk/base/alloc.h"

#include <limits.h>
#include <zlib.h>

#define LEVEL 6
#define RAW_WINDOW (-15) /* negative: no zlib header */
#define MEMORY_LEVEL 8
#define WINDOW_BYTES ((size_t)32 << 10)
#define CHUNK_BYTES 16384

static Bytef *bytes_of(struct nd_view v)
{
    return (Bytef *)(uintptr_t)v.data; /* zlib reads only, but its type is not const */
}

/* The end of the dictionary is what lies nearest to the data. */
static struct nd_view window_of(struct nd_view dictionary)
{
    return dictionary.len > WINDOW_BYTES
               ? nd_view_sub(dictionary, dictionary.len - WINDOW_BYTES, dictionary.len)
               : dictionary;
}

static enum nd_rc begin(z_stream *z, struct nd_view data, struct nd_error *err)
{
    if (data.len > UINT_MAX) {
        return nd_fail(err, ND_OVER_LIMIT, "a stream of %zu bytes, limit is %u", data.len, UINT_MAX);
    }
    *z = (z_stream){.next_in = bytes_of(data), .avail_in = (uInt)data.len};
    return ND_OK;
}

/* Runs step until it stops making progress and returns its last answer. */
static int run(z_stream *z, int (*step)(z_stream *, int), int flush, struct nd_bytes *out)
{
    unsigned char chunk[CHUNK_BYTES];
    int answer;
    do {
        z->next_out = chunk;
        z->avail_out = sizeof chunk;
        answer = step(z, flush);
        nd_bytes_add(out, chunk, sizeof chunk - z->avail_out);
    } while (answer == Z_OK && !out->over);
    return answer;
}

/* Takes back what a failed run appended. */
static enum nd_rc give_up(struct nd_bytes *out, size_t before, enum nd_rc rc)
{
    out->len = before;
    if (out->data) out->data[before] = '\0';
    return rc;
}

enum nd_rc nd_deflate(struct nd_view data, struct nd_view dictionary, struct nd_bytes *out,
                      struct nd_error *err)
{
    z_stream z;
    enum nd_rc rc = begin(&z, data, err);
    if (rc != ND_OK) return rc;
    size_t before = out->len;
    if (deflateInit2(&z, LEVEL, Z_DEFLATED, RAW_WINDOW, MEMORY_LEVEL, Z_DEFAULT_STRATEGY) != Z_OK)
        nd_no_memory();
    struct nd_view window = window_of(dictionary);
    if (window.len) (void)deflateSetDictionary(&z, bytes_of(window), (uInt)window.len);
    int answer = run(&z, deflate, Z_FINISH, out);
    (void)deflateEnd(&z);
    if (out->over) {
        rc = nd_fail(err, ND_OVER_LIMIT, "compressed bytes pass the limit of %zu bytes", out->max);
    } else if (answer != Z_STREAM_END) {
        rc = nd_fail(err, ND_BROKEN, "compressing stopped with zlib's answer %d", answer);
    }
    return rc == ND_OK ? ND_OK : give_up(out, before, rc);
}

enum nd_rc nd_inflate(struct nd_view data, struct nd_view dictionary, struct nd_bytes *out,
                      struct nd_error *err)
{
    z_stream z;
    enum nd_rc rc = begin(&z, data, err);
    if (rc != ND_OK) return rc;
    size_t before = out->len;
    if (inflateInit2(&z, RAW_WINDOW) != Z_OK) nd_no_memory();
    struct nd_view window = window_of(dictionary);
    if (window.len) (void)inflateSetDictionary(&z, bytes_of(window), (uInt)window.len);
    int answer = run(&z, inflate, Z_NO_FLUSH, out);
    size_t unread = z.avail_in;
    (void)inflateEnd(&z);
    if (answer == Z_MEM_ERROR) nd_no_memory();
    if (out->over) {
        rc = nd_fail(err, ND_OVER_LIMIT, "inflated bytes pass the limit of %zu bytes", out->max);
    } else if (answer == Z_BUF_ERROR) {
        rc = nd_fail(err, ND_BAD_INPUT, "a deflate stream of %zu bytes ends too early", data.len);
    } else if (answer != Z_STREAM_END) {
        rc = nd_fail(err, ND_BAD_INPUT, "a deflate stream is damaged %zu bytes before its end", unread);
    } else if (unread) {
        rc = nd_fail(err, ND_BAD_INPUT, "%zu bytes follow the end of a deflate stream", unread);
    }
    return rc == ND_OK ? ND_OK : give_up(out, before, rc);
}
