/* Repair of page texts: clean, in NFC, and a second repair changes nothing. */
#include "fuzz.h"
#include "nightdesk/base/text.h"
#include "nightdesk/document/page_text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nd_bytes once = ND_BYTES(ND_BYTES_MAX), again = ND_BYTES(ND_BYTES_MAX),
                    nfc = ND_BYTES(ND_BYTES_MAX);
    nd_page_text_repair(fuzz_view(data, size), &once);
    struct nd_view text = nd_bytes_view(&once);
    FUZZ_CHECK(nd_page_text_clean(text) && !memchr(text.data, '\f', text.len));
    FUZZ_CHECK(nd_view_find(text, ND_VIEW(" \n"), 0) == SIZE_MAX &&
               nd_view_find(text, ND_VIEW("\t\n"), 0) == SIZE_MAX);
    nd_text_nfc(text, &nfc);
    FUZZ_CHECK(nd_view_eq(text, nd_bytes_view(&nfc)));
    nd_page_text_repair(text, &again);
    FUZZ_CHECK(nd_view_eq(text, nd_bytes_view(&again)));
    nd_bytes_release(&once);
    nd_bytes_release(&again);
    nd_bytes_release(&nfc);
    return 0;
}
