/* Documents without pages of their own that are longer than a page may be. */
#include "nd_test.h"
#include "nightdesk/document/limits.h"
#include "rig.h"

#include <string.h>

/* Paragraphs of two lines, each with its number. */
static void add_paragraphs(struct nd_bytes *out, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        nd_bytes_addf(out, "Paragraph %u says a thing of its own\nand ends on a second line.\n\n", i);
}

static void ck_pages(const struct nd_reading *r, uint32_t pages)
{
    ck_assert_msg(r->status == ND_SOURCE_READ, "%s", r->why ? r->why : "");
    ck_assert_uint_eq(r->fault_count, 0);
    ck_assert_uint_eq(r->pages, pages);
}

START_TEST(long_text_is_cut_between_paragraphs)
{
    struct rig rig;
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX), joined = ND_BYTES(ND_BYTES_MAX);
    rig_open(&rig);
    add_paragraphs(&text, 40000);
    text.len -= 2; /* a page ends in no white space */
    ck_pages(rig_read_one(&rig, "book.txt", nd_bytes_view(&text)), 3);
    for (uint32_t page = 1; page <= 3; page++) {
        const char *found = rig_page(&rig, "book.txt", page);
        ck_assert_uint_le(strlen(found), ND_READ_PAGE_MAX_BYTES);
        ck_assert(nd_view_starts(nd_view_of(found), "Paragraph "));
        nd_bytes_addf(&joined, "%s%s", page > 1 ? "\n\n" : "", found);
    }
    ck_assert(nd_view_eq(nd_bytes_view(&joined), nd_bytes_view(&text)));
    nd_bytes_release(&text);
    nd_bytes_release(&joined);
    rig_close(&rig);
}
END_TEST

START_TEST(text_without_borders_is_cut_all_the_same)
{
    struct rig rig;
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    rig_open(&rig);
    for (unsigned i = 0; i < 800000; i++) nd_bytes_add_str(&text, "\xC3\xA9"); /* one word of 1.6 MB */
    nd_bytes_add_str(&text, "\nThe last line.");
    ck_pages(rig_read_one(&rig, "word.txt", nd_bytes_view(&text)), 2);
    ck_assert_uint_eq(strlen(rig_page(&rig, "word.txt", 1)), ND_READ_PAGE_MAX_BYTES);
    ck_assert_ptr_nonnull(strstr(rig_page(&rig, "word.txt", 2), "\xC3\xA9\nThe last line."));
    nd_bytes_clear(&text);
    for (unsigned i = 0; i < 200000; i++) nd_bytes_addf(&text, "w%05u ", i % 100000);
    ck_pages(rig_read_one(&rig, "line.txt", nd_bytes_view(&text)), 2);
    ck_assert_uint_eq(strlen(rig_page(&rig, "line.txt", 1)) % 7, 6); /* whole words */
    ck_assert_int_eq(rig_page(&rig, "line.txt", 2)[0], 'w');
    nd_bytes_release(&text);
    rig_close(&rig);
}
END_TEST

static void ck_range(const struct rig *rig, struct nd_range range, uint32_t page, const char *text)
{
    ck_assert_uint_eq(range.page, page);
    nd_ck_view(nd_view_sub(nd_view_of(rig_page(rig, "book.md", page)), range.start, range.end), text);
}

START_TEST(long_markdown_keeps_its_headings_tables_and_listings)
{
    struct rig rig;
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    rig_open(&rig);
    nd_bytes_add_str(&text, "# The book\n\n");
    add_paragraphs(&text, 20000);
    nd_bytes_add_str(&text,
                     "## On the second page\n\n| Name | N |\n|---|---|\n| a | 1 |\n\n```\nint x;\n```\n");
    const struct nd_reading *r = rig_read_one(&rig, "book.md", nd_bytes_view(&text));
    ck_pages(r, 2);
    ck_assert_str_eq(r->title, "The book");
    ck_assert_uint_eq(r->heading_count, 2);
    ck_range(&rig, r->headings[0].range, 1, "The book");
    ck_range(&rig, r->headings[1].range, 2, "On the second page");
    ck_assert_uint_eq(r->table_count, 1);
    ck_assert_uint_eq(r->tables[0].page, 2);
    ck_assert_uint_eq(r->tables[0].header_rows, 1);
    ck_range(&rig, r->tables[0].cells[2], 2, "a");
    ck_assert_uint_eq(r->code_count, 1);
    ck_range(&rig, r->code[0], 2, "int x;");
    ck_assert(nd_view_starts(nd_view_of(rig_page(&rig, "book.md", 2)), "Paragraph "));
    nd_bytes_release(&text);
    rig_close(&rig);
}
END_TEST

START_TEST(a_listing_over_two_pages_is_two_ranges)
{
    struct rig rig;
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    rig_open(&rig);
    nd_bytes_add_str(&text, "```\n");
    for (unsigned i = 0; i < 60000; i++) nd_bytes_addf(&text, "int variable_number_%u;\n", i);
    nd_bytes_add_str(&text, "```\n");
    const struct nd_reading *r = rig_read_one(&rig, "code.md", nd_bytes_view(&text));
    ck_pages(r, 2);
    ck_assert_uint_eq(r->code_count, 2);
    for (uint32_t page = 1; page <= 2; page++) {
        ck_assert_uint_eq(r->code[page - 1].page, page);
        ck_assert_uint_eq(r->code[page - 1].start, 0);
        ck_assert_uint_eq(r->code[page - 1].end, strlen(rig_page(&rig, "code.md", page)));
    }
    nd_bytes_release(&text);
    rig_close(&rig);
}
END_TEST

START_TEST(long_csv_is_one_table_over_its_pages)
{
    enum { ROWS = 30000 };
    struct rig rig;
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    rig_open(&rig);
    nd_bytes_add_str(&text, "Name,Words,Number\n");
    for (unsigned i = 1; i < ROWS; i++)
        nd_bytes_addf(&text, "row %05u,some words that make the row as long as rows are,%u\n", i, i);
    const struct nd_reading *r = rig_read_one(&rig, "long.csv", nd_bytes_view(&text));
    ck_pages(r, 2);
    ck_assert_uint_eq(r->table_count, 1);
    ck_assert_uint_eq(r->tables[0].page, 1);
    ck_assert_uint_eq(r->tables[0].rows, ROWS);
    ck_assert_uint_eq(r->tables[0].header_rows, 1);
    for (uint32_t row = 1; row < ROWS; row++) { /* a row is not torn */
        const struct nd_range *cell = &r->tables[0].cells[(size_t)row * 3];
        ck_assert_uint_eq(cell[0].page, cell[2].page);
        ck_assert_uint_eq(cell[0].end + 1, cell[1].start);
        ck_assert_uint_eq(cell[1].end + 1, cell[2].start);
    }
    ck_assert_str_eq(rig_cell(&rig, "long.csv", 0, 12345, 0), "row 12345");
    ck_assert_str_eq(rig_cell(&rig, "long.csv", 0, ROWS - 1, 0), "row 29999");
    ck_assert_str_eq(rig_cell(&rig, "long.csv", 0, ROWS - 1, 2), "29999");
    ck_assert(nd_view_starts(nd_view_of(rig_page(&rig, "long.csv", 2)), "row "));
    nd_bytes_release(&text);
    rig_close(&rig);
}
END_TEST

START_TEST(text_over_the_limit_of_a_document_is_named)
{
#ifndef ND_SANITIZED /* a sanitized reader runs out of its processor time on so much text */
    struct rig rig;
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    rig_open(&rig);
    while (text.len < ND_READ_FLOW_MAX_BYTES + ND_MIB) add_paragraphs(&text, 1000);
    const struct nd_reading *r = rig_read_one(&rig, "large.txt", nd_bytes_view(&text));
    ck_assert_int_eq(r->status, ND_SOURCE_PARTLY);
    ck_assert_uint_eq(r->fault_count, 1);
    ck_assert_uint_eq(r->faults[0].page, r->pages);
    ck_assert_str_eq(r->faults[0].why, "text over the limit of 32 MB: the rest was left out");
    ck_assert_ptr_nonnull(strstr(r->why, "text over the limit of 32 MB"));
    nd_bytes_release(&text);
    rig_close(&rig);
#endif
}
END_TEST

ND_TEST_MAIN("document/long", long_text_is_cut_between_paragraphs, text_without_borders_is_cut_all_the_same,
             long_markdown_keeps_its_headings_tables_and_listings, a_listing_over_two_pages_is_two_ranges,
             long_csv_is_one_table_over_its_pages, text_over_the_limit_of_a_document_is_named)
