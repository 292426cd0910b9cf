/* What becomes of good PDFs. */
#include "makers.h"
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "rig.h"

#include <string.h>

START_TEST(pdf_pages_labels_information_and_bookmarks)
{
    struct rig rig;
    struct nd_bytes pdf = ND_BYTES(ND_MIB);
    const char *pages[] = {
        make_page("Contents\n1 First things 2\n2 Second things 3"),
        make_page("First things\n1 First things\nThe first thing is the text of the fir-\nst page."),
        make_page("2 Second\nthings\nAnd here is the second thing, which is not the first one.")};
    rig_open(&rig);
    make_pdf_with(&pdf, pages, 3,
                  "/Title(A Book of Things)/Author(Ann Author)/CreationDate(D:20240229120000Z)",
                  "/PageLabels<</Nums[0<</S/r>>1<</S/D>>]>>/Outlines 6 0 R",
                  "6 0 obj<</Type/Outlines/First 7 0 R/Last 8 0 R/Count 2>>endobj\n"
                  "7 0 obj<</Title(First things)/Parent 6 0 R/Next 8 0 R/Dest[12 0 R/Fit]>>endobj\n"
                  "8 0 obj<</Title(Second things)/Parent 6 0 R/Prev 7 0 R/Dest[14 0 R/Fit]>>endobj\n");
    const struct nd_reading *r = rig_read_one(&rig, "book.pdf", nd_bytes_view(&pdf));
    ck_assert_int_eq(r->status, ND_SOURCE_READ);
    ck_assert_ptr_null(r->why);
    ck_assert_str_eq(r->kind, "pdf");
    ck_assert_str_eq(r->title, "A Book of Things");
    ck_assert_int_eq(r->title_from, ND_TITLE_METADATA);
    ck_assert_str_eq(r->author, "Ann Author");
    ck_assert_str_eq(r->date, "2024-02-29");
    ck_assert_uint_eq(r->pages, 3);
    ck_assert_uint_eq(r->labels.n, 3);
    ck_assert_str_eq(r->labels.v[0], "i");
    ck_assert_str_eq(r->labels.v[1], "1");
    ck_assert_str_eq(rig_page(&rig, "book.pdf", 2),
                     "First things\n1 First things\nThe first thing is the text of the fir-\nst page.");
    ck_assert_uint_eq(r->heading_count, 2);
    HEADING(r, 0, 1, "First things");
    ck_assert_uint_eq(r->headings[0].range.page, 2); /* below the running head */
    ck_assert_uint_eq(r->headings[0].range.start, strlen("First things\n"));
    ck_assert_uint_eq(r->headings[1].range.page, 3);
    ck_assert_uint_eq(r->headings[1].range.end, strlen("2 Second\nthings"));
    ck_assert(r->headings[1].bookmark);
    nd_bytes_release(&pdf);
    rig_close(&rig);
}
END_TEST

START_TEST(pdf_columns_stay_apart)
{
    struct rig rig;
    struct nd_bytes pdf = ND_BYTES(ND_MIB);
    const char *pages[] = {"BT /F 10 Tf 50 700 Td 12 TL (left one) Tj T* (left two) Tj ET "
                           "BT /F 10 Tf 350 700 Td 12 TL (right one) Tj T* (right two) Tj ET"};
    rig_open(&rig);
    make_pdf(&pdf, pages, 1);
    (void)rig_read_one(&rig, "columns.pdf", nd_bytes_view(&pdf));
    ck_assert_str_eq(rig_page(&rig, "columns.pdf", 1), "left one\nleft two\nright one\nright two");
    nd_bytes_release(&pdf);
    rig_close(&rig);
}
END_TEST

START_TEST(pdf_in_an_encoding_that_is_not_in_the_file)
{
    static const char pdf[] =
        "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count 1/Kids[6 0 "
        "R]>>endobj\n"
        "3 0 obj<</Type/Font/Subtype/Type0/BaseFont/STSong-Light/Encoding/UniGB-UCS2-H/DescendantFonts[4 0 "
        "R]>>endobj\n"
        "4 0 "
        "obj<</Type/Font/Subtype/CIDFontType0/BaseFont/STSong-Light/CIDSystemInfo<</Registry(Adobe)/"
        "Ordering(GB1)"
        "/Supplement 4>>/FontDescriptor 5 0 R>>endobj\n"
        "5 0 obj<</Type/FontDescriptor/FontName/STSong-Light/Flags 6/FontBBox[-25 -254 1000 880]/ItalicAngle "
        "0/Ascent 880"
        "/Descent -120/StemV 93>>endobj\n"
        "6 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 7 0 R/Resources<</Font<</F 3 0 "
        "R>>>>>>endobj\n"
        "7 0 obj<</Length 53>>stream\nBT /F 20 Tf 50 700 Td <4F60597D4E16754C> Tj ET      \nendstream "
        "endobj\n"
        "trailer<</Root 1 0 R/Size 8>>\n";
    struct rig rig;
    rig_open(&rig);
    (void)rig_read_one(&rig, "chinese.pdf",
                       ND_VIEW(pdf)); /* the tables of the package poppler-data, through the sandbox */
    ck_assert_str_eq(rig_page(&rig, "chinese.pdf", 1), "\xE4\xBD\xA0\xE5\xA5\xBD\xE4\xB8\x96\xE7\x95\x8C");
    rig_close(&rig);
}
END_TEST

START_TEST(pdf_with_more_pages_than_are_read)
{
    enum { PAGES = ND_READ_PAGES_MAX + 5 };
    struct rig rig;
    struct nd_bytes pdf = ND_BYTES(ND_BYTES_MAX);
    const char **pages = ND_ARRAY(const char *, PAGES);
    for (unsigned i = 0; i < PAGES; i++) pages[i] = "BT /F 12 Tf 50 700 Td (One of very many pages.) Tj ET";
    rig_open(&rig);
    make_pdf(&pdf, pages, PAGES);
    const struct nd_reading *r = rig_read_one(&rig, "long.pdf", nd_bytes_view(&pdf));
    ck_assert_int_eq(r->status, ND_SOURCE_PARTLY);
    ck_assert_str_eq(r->why, "has 20005 pages, limit is 20000: the rest was not read");
    ck_assert_uint_eq(r->pages, ND_READ_PAGES_MAX);
    ck_assert_str_eq(rig_page(&rig, "long.pdf", ND_READ_PAGES_MAX), "One of very many pages.");
    nd_free(pages);
    nd_bytes_release(&pdf);
    rig_close(&rig);
}
END_TEST

START_TEST(pdf_pages_without_text_are_blank_or_at_fault)
{
    struct rig rig;
    struct nd_bytes pdf = ND_BYTES(ND_MIB), drawn = ND_BYTES(ND_MIB);
    const char *pages[] = {make_page(make_english), "", "0 0 0 rg 100 100 300 400 re f"};
    rig_open(&rig);
    make_pdf(&pdf, pages, 3);
    const struct nd_reading *r = rig_read_one(&rig, "some.pdf", nd_bytes_view(&pdf));
    ck_assert_int_eq(r->status, ND_SOURCE_PARTLY);
    ck_assert_str_eq(r->why, "page 3: no text layer");
    ck_assert_uint_eq(r->fault_count, 1);
    ck_assert_uint_eq(r->faults[0].page, 3);
    ck_assert_str_eq(r->lang, "en");
    make_pdf(&drawn, pages + 2, 1);
    r = rig_read_one(&rig, "scan.pdf", nd_bytes_view(&drawn));
    ck_assert_int_eq(r->status, ND_SOURCE_FAILED);
    ck_assert_str_eq(r->why, "no text layer");
    nd_bytes_release(&pdf);
    nd_bytes_release(&drawn);
    rig_close(&rig);
}
END_TEST

START_TEST(pdf_titles_come_from_metadata_or_the_largest_letters)
{
    static const struct {
        const char *info, *title;
        enum nd_title_from from;
    } rows[] = {
        {"/Title(Annual Report 2024)", "Annual Report 2024", ND_TITLE_METADATA},
        {"/Title(Microsoft Word - Minutes of June)", "Minutes of June", ND_TITLE_METADATA},
        {"/Title(\xFE\xFF\x00T\x00h\x00\xE9\x00 \x00v\x00e\x00r\x00t)", "Th\xC3\xA9 vert", ND_TITLE_METADATA},
        {"/Title(Bob\x90s Book)", "Bob\xE2\x80\x99s Book",
         ND_TITLE_METADATA}, /* PDF's own encoding of a quote mark */
        {"/Title(Microsoft Word - final_v3.doc)", "The Large Headline", ND_TITLE_HEADING},
        {"/Title(untitled)", "The Large Headline", ND_TITLE_HEADING},
        {"/Title(CMR10)", "The Large Headline", ND_TITLE_HEADING},
        {"/Title(/srv/me/thesis.tex)", "The Large Headline", ND_TITLE_HEADING},
        {"/Title()", "The Large Headline", ND_TITLE_HEADING},
        {"", "The Large Headline", ND_TITLE_HEADING},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct rig rig;
        struct nd_bytes pdf = ND_BYTES(ND_MIB), info = ND_BYTES(256);
        const char *pages[] = {
            "BT /F 24 Tf 50 750 Td (The Large Headline) Tj ET BT /F 10 Tf 50 700 Td (and a line in small "
            "letters that is much longer than the headline is) Tj ET"};
        rig_open(&rig);
        if (i == 2) /* UTF-16 holds NULs */
            nd_bytes_add_str(&info, "/Title<FEFF0054006800E90020007600650072007400>");
        else
            nd_bytes_add_str(&info, rows[i].info);
        make_pdf_with(&pdf, pages, 1, nd_bytes_view(&info).len ? info.data : "", "", "");
        const struct nd_reading *r = rig_read_one(&rig, "file_name.pdf", nd_bytes_view(&pdf));
        if (i != 2) ck_assert_msg(strcmp(r->title, rows[i].title) == 0, "row %zu: '%s'", i, r->title);
        ck_assert_msg(r->title_from == rows[i].from, "row %zu", i);
        nd_bytes_release(&pdf);
        nd_bytes_release(&info);
        rig_close(&rig);
    }
}
END_TEST

ND_TEST_MAIN("document/pdf", pdf_pages_labels_information_and_bookmarks, pdf_columns_stay_apart,
             pdf_in_an_encoding_that_is_not_in_the_file, pdf_with_more_pages_than_are_read,
             pdf_pages_without_text_are_blank_or_at_fault,
             pdf_titles_come_from_metadata_or_the_largest_letters)
