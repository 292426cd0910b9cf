#include "event_stream.h"
#include "nightdesk/base/hash.h"

#define PRELUDE_BYTES 12
#define FRAME_MIN_BYTES 16
#define TYPE_STRING 7
#define TYPES 10

static uint32_t u32(struct nd_view v, size_t at)
{
    uint32_t n = 0;
    for (size_t i = 0; i < 4; i++) n = n << 8 | (unsigned char)v.data[at + i];
    return n;
}

/* How many bytes a value of this type takes; those of varying length begin with a u16. SIZE_MAX: it is cut
 * off. */
static size_t value_bytes(struct nd_view rest, unsigned type)
{
    static const size_t fixed[TYPES] = {0, 0, 1, 2, 4, 8, 2, 2, 8, 16};
    if (type >= TYPES) return SIZE_MAX;
    size_t len = fixed[type];
    if (type == 6 || type == TYPE_STRING) {
        if (rest.len < 2) return SIZE_MAX;
        len += (size_t)(unsigned char)rest.data[0] << 8 | (unsigned char)rest.data[1];
    }
    return len <= rest.len ? len : SIZE_MAX;
}

static void take_header(struct nd_view name, struct nd_view value, struct event *out)
{
    if (nd_view_is(name, ":message-type")) out->kind = value;
    if (nd_view_is(name, ":event-type") || nd_view_is(name, ":exception-type") ||
        nd_view_is(name, ":error-code"))
        out->name = value;
}

static enum nd_rc take_headers(struct nd_view rest, struct event *out, struct nd_error *err)
{
    while (rest.len) {
        size_t name_len = (unsigned char)rest.data[0];
        if (rest.len < name_len + 2) return nd_fail(err, ND_UNKNOWN, "a header of a frame is cut off");
        struct nd_view name = nd_view_sub(rest, 1, 1 + name_len);
        unsigned type = (unsigned char)rest.data[1 + name_len];
        rest = nd_view_sub(rest, name_len + 2, rest.len);
        size_t len = value_bytes(rest, type);
        if (len == SIZE_MAX)
            return nd_fail(err, ND_UNKNOWN, "a header of a frame is cut off or of type %u", type);
        if (type == TYPE_STRING) take_header(name, nd_view_sub(rest, 2, len), out);
        rest = nd_view_sub(rest, len, rest.len);
    }
    return ND_OK;
}

enum nd_rc event_next(struct nd_view *rest, struct event *out, struct nd_error *err)
{
    *out = (struct event){.kind = {"", 0}, .name = {"", 0}, .payload = {"", 0}};
    if (rest->len == 0) return ND_NOT_FOUND;
    if (rest->len < FRAME_MIN_BYTES) return nd_fail(err, ND_UNKNOWN, "a frame breaks off within its prelude");
    size_t total = u32(*rest, 0), headers = u32(*rest, 4);
    if (u32(*rest, 8) != nd_crc32(nd_view_sub(*rest, 0, 8)))
        return nd_fail(err, ND_UNKNOWN, "the prelude of a frame is damaged: its CRC is another");
    if (headers > EVENT_HEADERS_MAX_BYTES || total < FRAME_MIN_BYTES + headers ||
        total - headers - FRAME_MIN_BYTES > EVENT_PAYLOAD_MAX_BYTES)
        return nd_fail(err, ND_UNKNOWN, "a frame of %zu bytes with %zu of headers is none", total, headers);
    if (total > rest->len) return nd_fail(err, ND_UNKNOWN, "a frame breaks off");
    struct nd_view frame = nd_view_sub(*rest, 0, total);
    if (u32(frame, total - 4) != nd_crc32(nd_view_sub(frame, 0, total - 4)))
        return nd_fail(err, ND_UNKNOWN, "a frame is damaged: its CRC is another");
    *rest = nd_view_sub(*rest, total, rest->len);
    out->payload = nd_view_sub(frame, PRELUDE_BYTES + headers, total - 4);
    return take_headers(nd_view_sub(frame, PRELUDE_BYTES, PRELUDE_BYTES + headers), out, err);
}
