/* The head of a run as a store gives it back. */
#include "fuzz.h"
#include "nightdesk/core/store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nd_meta meta, back;
    struct nd_error err = {0};
    enum nd_rc rc = nd_meta_parse(&meta, fuzz_view(data, size), &err);
    FUZZ_CHECK(rc == ND_OK || rc == ND_BROKEN || rc == ND_VERSION);
    if (rc != ND_OK) return 0;
    FUZZ_CHECK(meta.phase <= ND_PHASES && meta.ledger.spent_microusd >= 0);
    char *text = fuzz_canonical(nd_meta_json(&meta));
    FUZZ_CHECK(nd_meta_parse(&back, nd_view_of(text), &err) == ND_OK);
    fuzz_check_same(nd_meta_json(&meta), nd_meta_json(&back));
    nd_free(text);
    return 0;
}
