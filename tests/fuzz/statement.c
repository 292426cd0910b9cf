/* Numbers and quotes in any text: a sentence holds its own numbers, and a page its own bytes. Parts: page,
 * sentence. */
#include "fuzz.h"
#include "nightdesk/base/text.h"
#include "nightdesk/document/page_text.h"
#include "nightdesk/report/formula.h"
#include "nightdesk/report/quote.h"

static void check_quote(struct nd_view page, struct nd_view words)
{
    struct nd_error err = {0};
    struct nd_quote quote = {.id = "q1", .end = (int64_t)page.len, .text = page, .display = words};
    bool shown = nd_display_is(page, words);
    FUZZ_CHECK((nd_quote_check(&quote, page, &err) == ND_OK) <= shown);
    quote.text = words;
    if (!nd_view_eq(page, words)) FUZZ_CHECK(nd_quote_check(&quote, page, &err) == ND_BAD_INPUT);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nd_view rest = fuzz_view(data, size);
    struct nd_bytes page = ND_BYTES(FUZZ_TEXT_MAX_BYTES), words = ND_BYTES(FUZZ_TEXT_MAX_BYTES);
    nd_page_text_repair(fuzz_part(&rest), &page);
    nd_utf8_repair(rest, &words);
    struct nd_view texts[] = {nd_bytes_view(&page), nd_bytes_view(&words)};
    char *missing = nd_number_missing(texts[1], texts, 2);
    FUZZ_CHECK(!missing);
    missing = nd_number_missing(texts[1], texts, 1);
    FUZZ_CHECK(!missing || nd_view_find(texts[1], nd_view_of(missing), 0) != SIZE_MAX);
    nd_free(missing);
    const char *kind = NULL;
    const struct nd_held own = {texts, 2, NULL, 0, NULL, 0};
    missing = nd_fact_missing(texts[1], &own, &kind);
    FUZZ_CHECK(!missing);
    size_t start = 0, end = 0;
    if (nd_quote_find(texts[0], texts[1], &start, &end)) FUZZ_CHECK(start < end && end <= texts[0].len);
    double value = 0;
    unsigned decimals = 0;
    if (nd_number_first(texts[1], &value, &decimals)) (void)nd_value_shown(texts[1], value);
    check_quote(texts[0], texts[1]);
    nd_bytes_release(&page);
    nd_bytes_release(&words);
    return 0;
}
