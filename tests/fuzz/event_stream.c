/* Frames of an event stream: as they are, or (first byte odd) with their checksums set right. */
#include "event_stream.h"
#include "fuzz.h"
#include "nightdesk/base/hash.h"

static size_t u32(const struct nd_bytes *b, size_t at)
{
    size_t n = 0;
    for (size_t i = 0; i < 4; i++) n = n << 8 | (unsigned char)b->data[at + i];
    return n;
}

static void set_crc(struct nd_bytes *b, size_t from, size_t at)
{
    uint32_t crc = nd_crc32(nd_view_sub(nd_bytes_view(b), from, at));
    for (size_t i = 0; i < 4; i++) b->data[at + i] = (char)(crc >> (24 - 8 * i) & 0xFF);
}

static void mend_checksums(struct nd_bytes *b)
{
    size_t at = 0;
    while (b->len - at >= 16) {
        size_t total = u32(b, at);
        set_crc(b, at, at + 8);
        if (total < 16 || total > b->len - at) return;
        set_crc(b, at, at + total - 4);
        at += total;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nd_view rest = fuzz_view(data, size);
    struct nd_bytes bytes = ND_BYTES(ND_BYTES_MAX);
    struct nd_error err = {0};
    struct event event;
    bool mended = fuzz_byte(&rest) & 1;
    nd_bytes_add_view(&bytes, rest);
    if (mended) mend_checksums(&bytes);
    struct nd_view left = nd_bytes_view(&bytes);
    enum nd_rc rc = ND_OK;
    while (rc == ND_OK) {
        size_t before = left.len;
        rc = event_next(&left, &event, &err);
        FUZZ_CHECK(rc == ND_OK || rc == ND_NOT_FOUND || rc == ND_UNKNOWN);
        FUZZ_CHECK(rc != ND_OK || (left.len < before && event.payload.len + 16 <= before - left.len));
        FUZZ_CHECK(rc != ND_NOT_FOUND || left.len == 0);
    }
    nd_bytes_release(&bytes);
    return 0;
}
