/* Deflated bytes from a store: any stream ends within the buffer's ceiling; what was deflated comes back. */
#include "fuzz.h"
#include "nightdesk/base/deflate.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nd_view rest = fuzz_view(data, size);
    struct nd_view dictionary = nd_view_sub(rest, 0, fuzz_byte(&rest));
    struct nd_bytes out = ND_BYTES(1 << 16), packed = ND_BYTES(ND_BYTES_MAX), back = ND_BYTES(size);
    struct nd_error err = {0};
    enum nd_rc rc = nd_inflate(rest, dictionary, &out, &err);
    FUZZ_CHECK(rc == ND_OK || rc == ND_BAD_INPUT || rc == ND_OVER_LIMIT);
    FUZZ_CHECK(out.len <= out.max);
    FUZZ_CHECK(nd_deflate(rest, dictionary, &packed, &err) == ND_OK);
    FUZZ_CHECK(nd_inflate(nd_bytes_view(&packed), dictionary, &back, &err) == ND_OK);
    FUZZ_CHECK(nd_view_eq(rest, nd_bytes_view(&back)));
    nd_bytes_release(&out);
    nd_bytes_release(&packed);
    nd_bytes_release(&back);
    return 0;
}
