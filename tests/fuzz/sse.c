/* Server-sent events: every event ends, and what it says was in the stream. */
#include "fuzz.h"
#include "sse.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nd_view rest = fuzz_view(data, size);
    struct nd_bytes event = ND_BYTES(ND_BYTES_MAX);
    size_t total = 0, events = 0;
    while (sse_next(&rest, &event)) {
        total += event.len;
        events++;
        FUZZ_CHECK(nd_view_find(nd_bytes_view(&event), ND_VIEW("\r"), 0) == SIZE_MAX);
    }
    FUZZ_CHECK(rest.len == 0 && total <= size && events <= size);
    nd_bytes_release(&event);
    return 0;
}
