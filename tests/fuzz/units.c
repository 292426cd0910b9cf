/* Page texts cut into units: each lies within its page and cuts no character; searching what was asked does
 * no harm. */
#include "fuzz.h"
#include "nightdesk/base/text.h"
#include "nightdesk/document/page_text.h"
#include "nightdesk/index/search.h"

static bool starts_character(struct nd_view page, uint32_t at)
{
    return at >= page.len || ((unsigned char)page.data[at] & 0xC0) != 0x80;
}

static void check_range(const struct nd_collection *c, struct nd_range range)
{
    struct nd_view page = nd_collection_page(c, 0, range.page);
    FUZZ_CHECK(range.start < range.end && range.end <= page.len);
    FUZZ_CHECK(starts_character(page, range.start) && starts_character(page, range.end));
}

static void check_units(const struct nd_collection *c)
{
    struct nd_bytes line = ND_BYTES(FUZZ_TEXT_MAX_BYTES);
    struct nd_range last = {1, 0, 0};
    for (uint32_t i = 0; i < nd_collection_units(c); i++) {
        const struct nd_unit *unit = nd_collection_unit(c, i);
        check_range(c, unit->at);
        bool after = unit->at.page > last.page || unit->at.start >= last.end;
        FUZZ_CHECK(after || unit->at.end <= last.start); /* a head that the rest of a sentence goes around */
        if (unit->rest.page) check_range(c, unit->rest);
        last = unit->rest.page ? unit->rest : unit->at;
        nd_bytes_clear(&line);
        nd_collection_show(c, i, &line);
        FUZZ_CHECK(nd_utf8_valid(nd_bytes_view(&line)) &&
                   !memchr(line.data ? line.data : "", '\n', line.len));
    }
    nd_bytes_release(&line);
}

static void check_search(const struct nd_collection *c, struct nd_view asked)
{
    struct nd_query query;
    struct nd_hits hits = {0};
    struct nd_error err = {0};
    nd_query_init(&query, c);
    nd_query_add(&query, asked, 1.0, 0.7);
    FUZZ_CHECK(nd_search(&query, ND_COLUMNS, 10, &hits, &err) == ND_OK);
    for (size_t i = 0; i < hits.n; i++)
        FUZZ_CHECK(hits.v[i].passage < nd_collection_passages(c) && hits.v[i].score > 0);
    nd_hits_release(&hits);
    nd_query_release(&query);
}

/* Parts: what is looked for, then page by page. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nd_view rest = fuzz_view(data, size);
    struct nd_bytes asked = ND_BYTES(FUZZ_TEXT_MAX_BYTES), blob = ND_BYTES(FUZZ_TEXT_MAX_BYTES);
    struct nd_reading reading = {.kind = "text", .extractor = "text", .title = "A text", .lang = "en"};
    nd_utf8_repair(fuzz_part(&rest), &asked);
    do {
        nd_page_text_repair(fuzz_part(&rest), &blob);
        nd_bytes_add_char(&blob, '\f');
        reading.pages++;
    } while (rest.len > 0 && reading.pages < 100);
    struct nd_view text = nd_bytes_view(&blob);
    nd_sha256_hex(text, reading.text_sha256);
    nd_sha256_hex(text, reading.sha256);
    struct nd_source source = {.path = "a.txt", .reading = &reading};
    struct nd_sources sources = {.v = &source, .n = 1};
    struct nd_collection *c = NULL;
    struct nd_error err = {0};
    FUZZ_CHECK(nd_collection_build(&c, &sources, &text, 1, &err) == ND_OK);
    check_units(c);
    check_search(c, nd_bytes_view(&asked));
    nd_collection_free(c);
    nd_bytes_release(&asked);
    nd_bytes_release(&blob);
    return 0;
}
