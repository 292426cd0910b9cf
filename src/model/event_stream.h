/**
 * application/vnd.amazon.eventstream: one framed message after the other. Pure. A frame, all numbers
 * big-endian:
 *
 *     u32 length  u32 length of headers  u32 CRC of these 8 bytes  headers  payload  u32 CRC of all before
 *
 * and a header: u8 length, name, u8 type, value.
 */
#ifndef MODEL_EVENT_STREAM_H
#define MODEL_EVENT_STREAM_H

#include "nightdesk/base/bytes.h"
#include "nightdesk/base/error.h"

#define EVENT_HEADERS_MAX_BYTES ((size_t)128 << 10)
#define EVENT_PAYLOAD_MAX_BYTES ((size_t)24 << 20)

struct event {
    struct nd_view kind; /* :message-type: "event", "exception", "error" */
    struct nd_view name; /* :event-type, :exception-type or :error-code */
    struct nd_view payload;
};

/** The next frame; ND_NOT_FOUND at the end · ND_UNKNOWN a frame is torn or damaged: the note says how. */
enum nd_rc event_next(struct nd_view *rest, struct event *out, struct nd_error *err);

#endif
