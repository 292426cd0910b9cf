/* Records of readings: what is accepted lies within its pages and limits. */
#include "fuzz.h"
#include "nightdesk/core/source.h"

static void check_range(const struct nd_reading *r, struct nd_range range)
{
    FUZZ_CHECK(range.page >= 1 && range.page <= r->pages && range.start <= range.end);
}

static void check_ranges(const struct nd_reading *r)
{
    for (size_t i = 0; i < r->heading_count; i++) {
        check_range(r, r->headings[i].range);
        FUZZ_CHECK(r->headings[i].title && r->headings[i].level >= 1);
    }
    for (size_t i = 0; i < r->table_count; i++) {
        const struct nd_table *t = &r->tables[i];
        FUZZ_CHECK(t->header_rows <= t->rows);
        for (size_t k = 0; k < (size_t)t->rows * t->columns; k++) check_range(r, t->cells[k]);
    }
    for (size_t i = 0; i < r->code_count; i++) check_range(r, r->code[i]);
    for (size_t i = 0; i < r->fault_count; i++)
        FUZZ_CHECK(r->faults[i].page >= 1 && r->faults[i].page <= r->pages && r->faults[i].why);
    FUZZ_CHECK(r->labels.n == 0 || r->labels.n == r->pages);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nd_reading *reading = NULL, *back = NULL;
    struct nd_error err = {0};
    if (nd_reading_parse(&reading, fuzz_view(data, size), &err) != ND_OK) {
        FUZZ_CHECK(err.rc == ND_BAD_INPUT || err.rc == ND_VERSION);
        return 0;
    }
    FUZZ_CHECK(*reading->title && reading->kind && reading->extractor && reading->size_bytes >= 0);
    check_ranges(reading);
    char *text = fuzz_canonical(nd_reading_json(reading));
    FUZZ_CHECK(nd_reading_parse(&back, nd_view_of(text), &err) == ND_OK);
    fuzz_check_same(nd_reading_json(reading), nd_reading_json(back));
    nd_free(text);
    nd_reading_free(reading);
    nd_reading_free(back);
    return 0;
}
