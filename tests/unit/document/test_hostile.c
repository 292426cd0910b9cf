/* What becomes of documents made to break readers: each costs itself, with a reason, and its neighbours are
 * read. */
#include "makers.h"
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "rig.h"

#include <stdio.h>
#include <string.h>

static void repeat(struct nd_bytes *out, const char *text, size_t times)
{
    for (size_t i = 0; i < times; i++) nd_bytes_add_str(out, text);
}

/* Reads the document beside a good one; its status and a part of its reason. */
static void fails(const char *name, struct nd_view bytes, enum nd_source_status status, const char *why)
{
    struct rig rig;
    rig_open(&rig);
    rig_add(&rig, "good.txt", ND_VIEW("A good neighbour."));
    const struct nd_reading *r = rig_read_one(&rig, name, bytes);
    ck_assert_msg(r->status == status, "%s is %s: %s", name, nd_source_status_word(r->status),
                  r->why ? r->why : "");
    ck_assert_msg(r->why && strstr(r->why, why), "%s: %s", name, r->why ? r->why : "");
    ck_assert_int_eq(rig_source(&rig, "good.txt")->reading->status, ND_SOURCE_READ);
    ck_assert_str_eq(rig_page(&rig, "good.txt", 1), "A good neighbour.");
    rig_close(&rig);
}

START_TEST(empty_and_cut_off_files)
{
    struct nd_bytes pdf = ND_BYTES(ND_MIB), zip = ND_BYTES(ND_MIB);
    const char *pages[] = {make_page("one"), make_page("two")};
    const struct zip_part parts[] = {{"word/document.xml", ND_VIEW("<document/>"), true, 0}};
    fails("empty.pdf", ND_VIEW(""), ND_SOURCE_FAILED, "empty");
    fails("header.pdf", ND_VIEW("%PDF-1.7\n"), ND_SOURCE_FAILED, "damaged or cut off");
    make_pdf(&pdf, pages, 2);
    fails("cut.pdf", nd_view_sub(nd_bytes_view(&pdf), 0, 80), ND_SOURCE_FAILED, "damaged or cut off");
    make_zip(&zip, parts, 1);
    fails("cut.docx", nd_view_sub(nd_bytes_view(&zip), 0, zip.len - 10), ND_SOURCE_FAILED,
          "damaged or cut off");
    nd_bytes_release(&pdf);
    nd_bytes_release(&zip);
}
END_TEST

START_TEST(pdf_flate_bomb)
{
    struct nd_bytes blanks = ND_BYTES(ND_BYTES_MAX), packed = ND_BYTES(ND_BYTES_MAX),
                    pdf = ND_BYTES(ND_BYTES_MAX);
    repeat(&blanks, "                                                                ",
           200000); /* 12.8 MB of nothing */
    make_zlib(&packed, nd_bytes_view(&blanks));
    nd_bytes_addf(&pdf, "%%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Count "
                        "1/Kids[3 0 R]>>endobj\n"
                        "3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]/Contents[4 0 R");
    repeat(&pdf, " 4 0 R", 40); /* half a gigabyte in 13 KB */
    nd_bytes_addf(&pdf, "]>>endobj\n4 0 obj<</Filter/FlateDecode/Length %zu>>stream\n", packed.len);
    nd_bytes_add_view(&pdf, nd_bytes_view(&packed));
    nd_bytes_add_str(&pdf, "\nendstream endobj\ntrailer<</Root 1 0 R>>\n");
    struct rig rig;
    rig_open(&rig);
    const struct nd_reading *r = rig_read_one(&rig, "bomb.pdf", nd_bytes_view(&pdf));
    ck_assert_int_eq(r->status,
                     ND_SOURCE_FAILED); /* a page with nothing on it, or over a limit: in no case text */
    ck_assert_ptr_nonnull(r->why);
    nd_bytes_release(&blanks);
    nd_bytes_release(&packed);
    nd_bytes_release(&pdf);
    rig_close(&rig);
}
END_TEST

START_TEST(pdf_page_with_too_much_text)
{
    struct nd_bytes content = ND_BYTES(ND_BYTES_MAX), pdf = ND_BYTES(ND_BYTES_MAX);
    nd_bytes_add_str(&content, "BT /F 6.5 Tf 10 59900 Td 7 TL ");
    for (unsigned i = 0; i < 8000; i++) { /* 180 letters each */
        nd_bytes_addf(&content, "(%u", i);
        repeat(&content, " a line of some text on a page", 6);
        nd_bytes_add_str(&content, ") Tj T* ");
    }
    nd_bytes_add_str(&content, "ET");
    const char *pages[] = {make_page("A good page."), content.data, make_page("Another good page.")};
    make_pdf(&pdf, pages, 3);
    struct rig rig;
    rig_open(&rig);
    const struct nd_reading *r = rig_read_one(&rig, "much.pdf", nd_bytes_view(&pdf));
    ck_assert_msg(r->status == ND_SOURCE_PARTLY, "%s", r->why ? r->why : "");
    ck_assert_ptr_nonnull(strstr(r->why, "page 2: text over the limit of 1 MB"));
    ck_assert_uint_le(strlen(rig_page(&rig, "much.pdf", 2)), ND_READ_PAGE_MAX_BYTES);
    ck_assert_str_eq(rig_page(&rig, "much.pdf", 3), "Another good page.");
    nd_bytes_release(&content);
    nd_bytes_release(&pdf);
    rig_close(&rig);
}
END_TEST

START_TEST(pdf_structures_without_end)
{
    static const char kids[] = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 "
                               "obj<</Type/Pages/Count 3/Kids[2 0 R 2 0 R]>>"
                               "endobj\ntrailer<</Root 1 0 R>>\n";
    static const char outlines[] =
        "6 0 obj<</Type/Outlines/First 7 0 R/Last 7 0 R/Count 1>>endobj\n"
        "7 0 obj<</Title(again)/Parent 6 0 R/Next 7 0 R/First 7 0 R/Dest[10 0 R/Fit]>>endobj\n";
    struct nd_bytes pdf = ND_BYTES(ND_MIB), deep = ND_BYTES(ND_BYTES_MAX);
    const char *pages[] = {make_page("One page of text."), make_page("And one more.")};
    fails("kids.pdf", ND_VIEW(kids), ND_SOURCE_FAILED, "");
    struct rig rig;
    rig_open(&rig);
    make_pdf_with(&pdf, pages, 2, "", "/Outlines 6 0 R", outlines);
    const struct nd_reading *r = rig_read_one(&rig, "loop.pdf", nd_bytes_view(&pdf));
    ck_assert_msg(r->status == ND_SOURCE_READ, "%s", r->why ? r->why : "");
    ck_assert_str_eq(rig_page(&rig, "loop.pdf", 2), "And one more.");
    nd_bytes_add_str(&deep, "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/X ");
    repeat(&deep, "[", 500000);
    r = rig_read_one(&rig, "deep.pdf", nd_bytes_view(&deep));
    ck_assert_int_eq(r->status, ND_SOURCE_FAILED);
    nd_bytes_release(&pdf);
    nd_bytes_release(&deep);
    rig_close(&rig);
}
END_TEST

static const char workbook[] =
    "<workbook xmlns:r='r'><sheets><sheet name='S' r:id='r1'/></sheets></workbook>";

START_TEST(zip_bombs)
{
    struct nd_bytes zeros = ND_BYTES(ND_BYTES_MAX), zip = ND_BYTES(ND_BYTES_MAX),
                    many = ND_BYTES(ND_BYTES_MAX);
    repeat(&zeros, "<t>                                                            ", 1000000); /* 63 MB */
    struct zip_part parts[] = {{"word/document.xml", nd_bytes_view(&zeros), true, 0}};
    make_zip(&zip, parts, 1);
    fails("ratio.docx", nd_bytes_view(&zip), ND_SOURCE_FAILED, "zip bomb");
    nd_bytes_clear(&zip);
    parts[0].claims_size = 1000; /* a lie */
    make_zip(&zip, parts, 1);
    fails("lies.docx", nd_bytes_view(&zip), ND_SOURCE_FAILED, "Office file");
    nd_bytes_clear(&zip);
    parts[0].claims_size = 0x7FFFFFFF;
    make_zip(&zip, parts, 1);
    fails("large.docx", nd_bytes_view(&zip), ND_SOURCE_FAILED, "limit of 64 MB");
    struct zip_part *entries = ND_ARRAY(struct zip_part, 10001);
    for (size_t i = 0; i <= 10000; i++)
        entries[i] = (struct zip_part){.name = i ? "x" : "xl/workbook.xml", .bytes = ND_VIEW(workbook)};
    make_zip(&many, entries, 10001);
    fails("many.xlsx", nd_bytes_view(&many), ND_SOURCE_FAILED, "limit of 10,000 entries");
    nd_free(entries);
    nd_bytes_release(&zeros);
    nd_bytes_release(&zip);
    nd_bytes_release(&many);
}
END_TEST

START_TEST(xml_bombs_and_outside_files)
{
    static const char laughs[] =
        "<?xml version='1.0'?><!DOCTYPE d [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>"
        "<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'>]><w:document xmlns:w='w'><w:body><w:p><w:r><w:t>&c;"
        "</w:t></w:r></w:p></w:body></w:document>";
    static const char outside[] = "<!DOCTYPE d [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><w:document "
                                  "xmlns:w='w'><w:body><w:p><w:r><w:t>"
                                  "&x;</w:t></w:r></w:p></w:body></w:document>";
    const char *const bombs[] = {laughs, outside};
    for (size_t i = 0; i < 2; i++) {
        struct nd_bytes zip = ND_BYTES(ND_MIB);
        const struct zip_part parts[] = {{"word/document.xml", nd_view_of(bombs[i]), true, 0}};
        make_zip(&zip, parts, 1);
        fails("bomb.docx", nd_bytes_view(&zip), ND_SOURCE_FAILED, "declares a document type");
        nd_bytes_release(&zip);
    }
}
END_TEST

START_TEST(damaged_xml_gives_what_came_before)
{
    struct nd_bytes document = ND_BYTES(ND_MIB);
    nd_bytes_add_str(&document, "<w:document xmlns:w='w'><w:body>");
    repeat(&document, "<w:p><w:r><w:t>A paragraph before the damage.</w:t></w:r></w:p>", 100);
    nd_bytes_add_str(&document, "<w:p><w:r></w:p>");
    const struct zip_part parts[] = {{"word/document.xml", nd_bytes_view(&document), true, 0}};
    struct nd_bytes zip = ND_BYTES(ND_MIB);
    struct rig rig;
    rig_open(&rig);
    make_zip(&zip, parts, 1);
    const struct nd_reading *r = rig_read_one(&rig, "d.docx", nd_bytes_view(&zip));
    ck_assert_int_eq(r->status, ND_SOURCE_PARTLY);
    ck_assert_ptr_nonnull(strstr(r->why, "damaged"));
    const char *text = rig_page(&rig, "d.docx", 1);
    ck_assert_int_eq(strncmp(text, "A paragraph before the damage.\n\nA paragraph", 43), 0);
    ck_assert_uint_ge(strlen(text), 32 * 80); /* what the parser had taken in last is lost with it */
    nd_bytes_release(&document);
    nd_bytes_release(&zip);
    rig_close(&rig);
}
END_TEST

START_TEST(html_nested_deeper_than_the_limit)
{
    struct nd_bytes page = ND_BYTES(ND_BYTES_MAX);
    nd_bytes_add_str(&page, "<html><body><p>The text before it is long enough to be read.</p>");
    repeat(&page, "<div>", 300000);
    nd_bytes_add_str(&page, "lost");
    struct rig rig;
    rig_open(&rig);
    const struct nd_reading *r = rig_read_one(&rig, "deep.html", nd_bytes_view(&page));
    ck_assert_msg(r->status == ND_SOURCE_PARTLY, "%s", r->why ? r->why : "");
    ck_assert_str_eq(r->why, "elements nested deeper than 256: the rest was left out");
    ck_assert_str_eq(rig_page(&rig, "deep.html", 1), "The text before it is long enough to be read.");
    nd_bytes_release(&page);
    rig_close(&rig);
}
END_TEST

START_TEST(html_with_a_tag_of_200000_attributes)
{
    struct nd_bytes page = ND_BYTES(ND_BYTES_MAX);
    nd_bytes_add_str(&page, "<html><body><div");
    for (unsigned i = 0; i < 200000; i++) nd_bytes_addf(&page, " a%u=1", i);
    nd_bytes_add_str(&page, "><p>Text after the tag.</p></body></html>");
    struct rig rig;
    rig_open(&rig);
    const struct nd_reading *r = rig_read_one(&rig, "tag.html", nd_bytes_view(&page));
    ck_assert_msg(r->status == ND_SOURCE_READ, "%s", r->why ? r->why : "");
    ck_assert_str_eq(rig_page(&rig, "tag.html", 1), "Text after the tag.");
    nd_bytes_release(&page);
    rig_close(&rig);
}
END_TEST

START_TEST(pages_over_their_limits)
{
    struct nd_bytes html = ND_BYTES(ND_BYTES_MAX), csv = ND_BYTES(ND_BYTES_MAX);
    struct rig rig;
    repeat(&html, "<p>x</p>", 1400000);
    fails("large.html", nd_bytes_view(&html), ND_SOURCE_FAILED, "limit of 10 MB");
    rig_open(&rig);
    repeat(&csv, "1,2,3,4,5,6,7,8\n", 30000);
    const struct nd_reading *r = rig_read_one(&rig, "cells.csv", nd_bytes_view(&csv));
    ck_assert_int_eq(r->status, ND_SOURCE_PARTLY);
    ck_assert_str_eq(r->why, "tables over the limit of 200,000 cells are kept as text only");
    ck_assert_uint_eq(r->table_count, 0);
    ck_assert_uint_eq(strlen(rig_page(&rig, "cells.csv", 1)), csv.len - 1);
    nd_bytes_release(&html);
    nd_bytes_release(&csv);
    rig_close(&rig);
}
END_TEST

START_TEST(text_that_hides_or_reorders_is_shown_as_it_is)
{
    struct rig rig;
    rig_open(&rig);
    const struct nd_reading *r =
        rig_read_one(&rig, "t.html",
                     ND_VIEW("<title>A \xE2\x80\xAEtitle\xE2\x80\xAC\x07</title><p>pay \xE2\x80\xAE"
                             "100\xE2\x80\xAC to\xE2\x80\x8B m&#xAD;e&#x202e;&#8203;</p>"));
    ck_assert_str_eq(rig_page(&rig, "t.html", 1), "pay 100 to me");
    ck_assert_str_eq(r->title, "A title");
    rig_close(&rig);
}
END_TEST

ND_TEST_MAIN("document/hostile", empty_and_cut_off_files, pdf_flate_bomb, pdf_page_with_too_much_text,
             pdf_structures_without_end, zip_bombs, xml_bombs_and_outside_files,
             damaged_xml_gives_what_came_before, html_nested_deeper_than_the_limit,
             html_with_a_tag_of_200000_attributes, pages_over_their_limits,
             text_that_hides_or_reorders_is_shown_as_it_is)
