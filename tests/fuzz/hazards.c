/* Hazards in any text: places in order, within it, cutting no character; a text whose secrets are hidden
 * holds none. Two pages and a quote: what is found over the page's end lies within both. Parts: text, next
 * page, quote. */
#include "fuzz.h"
#include "nightdesk/base/text.h"
#include "nightdesk/report/quote.h"
#include "nightdesk/report/safety.h"

static bool at_character(struct nd_view v, size_t at)
{
    return at >= v.len || ((unsigned char)v.data[at] & 0xC0) != 0x80;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nd_view rest = fuzz_view(data, size);
    struct nd_bytes text = ND_BYTES(FUZZ_TEXT_MAX_BYTES), next = ND_BYTES(FUZZ_TEXT_MAX_BYTES);
    struct nd_bytes quote = ND_BYTES(FUZZ_TEXT_MAX_BYTES), hidden = ND_BYTES(FUZZ_TEXT_MAX_BYTES);
    nd_utf8_repair(fuzz_part(&rest), &text);
    nd_utf8_repair(fuzz_part(&rest), &next);
    nd_utf8_repair(rest, &quote);
    struct nd_view v = nd_bytes_view(&text);
    struct nd_hazard_list found = {0};
    nd_hazards_find(v, NULL, &found);
    size_t behind = 0;
    for (size_t i = 0; i < found.n; i++) {
        FUZZ_CHECK(found.v[i].start >= behind && found.v[i].end > found.v[i].start &&
                   found.v[i].end <= v.len);
        FUZZ_CHECK(at_character(v, found.v[i].start) && at_character(v, found.v[i].end));
        behind = found.v[i].end;
    }
    nd_hazards_release(&found);
    nd_safety_hide(v, &hidden);
    FUZZ_CHECK(hidden.len == v.len);
    struct nd_quote_part parts[2];
    if (nd_quote_find_across(v, nd_bytes_view(&next), nd_bytes_view(&quote), parts))
        FUZZ_CHECK(parts[0].start < parts[0].end && parts[0].end <= v.len && parts[1].start < parts[1].end &&
                   parts[1].end <= next.len);
    nd_bytes_release(&text);
    nd_bytes_release(&next);
    nd_bytes_release(&quote);
    nd_bytes_release(&hidden);
    return 0;
}
