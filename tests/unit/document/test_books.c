/* Presentations, OpenDocument texts and EPUB books. */
#include "makers.h"
#include "nd_test.h"
#include "rig.h"

#include <string.h>

#define PARTS(parts) (parts), sizeof(parts) / sizeof *(parts)

static struct rig rig;
static struct nd_bytes zip;

static void done(void)
{
    nd_bytes_release(&zip);
    rig_close(&rig);
}

static const struct nd_reading *read_zip(const char *name, const struct zip_part *parts, size_t n)
{
    if (!rig.objects) rig_open(&rig);
    zip.max = ND_MIB;
    nd_bytes_clear(&zip);
    make_zip(&zip, parts, n);
    return rig_read_one(&rig, name, nd_bytes_view(&zip));
}

/* ---- PPTX ---- */

#define SHAPE(type, paragraphs)                                                                              \
    "<p:sp><p:nvSpPr><p:nvPr><p:ph type='" type "'/></p:nvPr></p:nvSpPr><p:txBody>" paragraphs               \
    "</p:txBody></p:sp>"
#define PARA(text) "<a:p><a:r><a:t>" text "</a:t></a:r></a:p>"
#define SLIDE(shapes)                                                                                        \
    "<p:sld xmlns:p='p' xmlns:a='a'><p:cSld><p:spTree>" shapes "</p:spTree></p:cSld></p:sld>"

static const char presentation[] = "<p:presentation xmlns:p='p' xmlns:r='r'><p:sldIdLst>"
                                   "<p:sldId id='256' r:id='rId9'/><p:sldId id='257' r:id='rId2'/>"
                                   "<p:sldId id='258' r:id='rId3'/></p:sldIdLst></p:presentation>";
static const char slide_relations[] =
    "<Relationships>"
    "<Relationship Id='rId2' Type='x/slide' Target='slides/slide1.xml'/>"
    "<Relationship Id='rId3' Type='x/slide' Target='/ppt/slides/slide3.xml'/>"
    "<Relationship Id='rId9' Type='x/slide' Target='slides/slide2.xml'/>"
    "</Relationships>";

START_TEST(pptx_slides_are_pages_in_their_order)
{
    static const char first[] =
        SLIDE(SHAPE("ctrTitle", PARA("The") PARA("title")) SHAPE(
            "body",
            PARA("One &amp; two") "<a:p><a:r><a:t>line</a:t></a:r><a:br/><a:r><a:t>broken</a:t></a:r></a:p>")
                  SHAPE("sldNum", "<a:p><a:fld type='slidenum'><a:t>7</a:t></a:fld></a:p>")
                      SHAPE("ftr", PARA("Company")));
    static const char second[] = SLIDE("<a:tbl><a:tr><a:tc gridSpan='2'><a:txBody>" PARA(
        "Both") "</a:txBody></a:tc><a:tc "
                "hMerge='1'/></a:tr><a:tr><a:tc><a:txBody>" PARA("a") PARA(
                    "b") "</a:txBody></a:tc><a:tc><a:txBody>" PARA("12") "</a:txBody></a:tc></a:tr></a:tbl>");
    static const char third[] = SLIDE("<p:pic/>");
    static const char relations[] = "<Relationships><Relationship Id='a' Type='x/notesSlide' "
                                    "Target='../notesSlides/n.xml'/></Relationships>";
    static const char notes[] = SLIDE(SHAPE("sldImg", "") SHAPE("body", PARA("Say this slowly.")));
    const struct zip_part parts[] = {
        {"ppt/presentation.xml", ND_VIEW(presentation), true, 0},
        {"ppt/_rels/presentation.xml.rels", ND_VIEW(slide_relations), true, 0},
        {"ppt/slides/slide1.xml", ND_VIEW(second), true, 0},
        {"ppt/slides/slide2.xml", ND_VIEW(first), true, 0},
        {"ppt/slides/slide3.xml", ND_VIEW(third), true, 0},
        {"ppt/slides/_rels/slide2.xml.rels", ND_VIEW(relations), true, 0},
        {"ppt/notesSlides/n.xml", ND_VIEW(notes), true, 0},
    };
    const struct nd_reading *r = read_zip("talk.pptx", PARTS(parts));
    ck_assert_str_eq(r->kind, "pptx");
    ck_assert_uint_eq(r->pages, 3);
    ck_assert_str_eq(rig_page(&rig, "talk.pptx", 1),
                     "The\ntitle\n\nOne & two\n\nline\nbroken\n\nSay this slowly.");
    ck_assert_str_eq(rig_page(&rig, "talk.pptx", 2), "Both\na b\t12");
    ck_assert_str_eq(rig_page(&rig, "talk.pptx", 3), "");
    HEADING(r, 0, 1, "The title");
    ck_assert_str_eq(r->title, "The title");
    ck_assert_str_eq(rig_cell(&rig, "talk.pptx", 0, 0, 1), "Both");
    ck_assert_int_eq(r->status, ND_SOURCE_PARTLY);
    ck_assert_str_eq(r->why, "page 3: a slide of pictures only, no text");
    done();
}
END_TEST

/* ---- ODT ---- */

#define CONTENT(styles, body)                                                                                \
    "<office:document-content xmlns:office='o' xmlns:text='t' xmlns:style='s' xmlns:table='b'>"              \
    "<office:automatic-styles>" styles "</office:automatic-styles><office:body><office:text>" body           \
    "</office:text></office:body></office:document-content>"

START_TEST(odt_paragraphs_headings_tables_notes)
{
    static const char content[] =
        CONTENT("<style:style style:name='P1' style:parent-style-name='Title'/>"
                "<style:style style:name='P2' style:parent-style-name='Chapter'/>",
                "<text:tracked-changes><text:p>gone</text:p></text:tracked-changes>"
                "<text:p text:style-name='P1'>The Document</text:p><text:h text:outline-level='2'>A "
                "<text:span>head</text:span></text:h>"
                "<text:p text:style-name='P2'>By style</text:p>"
                "<text:p>One<text:s "
                "text:c='3'/>two<text:tab/>three<text:line-break/>four<text:note><text:note-citation>1</"
                "text:note-citation>"
                "<text:note-body><text:p>The note.</text:p></text:note-body></text:note>, five"
                "<office:annotation><text:p>comment</text:p></office:annotation></text:p>"
                "<text:list><text:list-item><text:p>item</text:p></text:list-item></text:list>"
                "<table:table><table:table-header-rows><table:table-row><table:table-cell "
                "table:number-columns-spanned='2'>"
                "<text:p>H</text:p></table:table-cell><table:covered-table-cell/></table:table-row></"
                "table:table-header-rows>"
                "<table:table-row><table:table-cell><text:p>a</text:p></"
                "table:table-cell><table:table-cell><text:p>1</text:p>"
                "<text:p>2</text:p></table:table-cell></table:table-row></table:table><text:p>End.</text:p>");
    static const char styles[] =
        "<office:document-styles xmlns:office='o' xmlns:style='s'><style:style style:name='Chapter' "
        "style:default-outline-level='1'/></office:document-styles>";
    static const char meta[] =
        "<office:document-meta xmlns:office='o' xmlns:meta='m' xmlns:dc='d'>"
        "<meta:initial-creator>Ann</meta:initial-creator><dc:creator>Bob</dc:creator>"
        "<meta:creation-date>2021-02-03T04:05:06</meta:creation-date></office:document-meta>";
    const struct zip_part parts[] = {
        {"mimetype", ND_VIEW("application/vnd.oasis.opendocument.text"), false, 0},
        {"content.xml", ND_VIEW(content), true, 0},
        {"styles.xml", ND_VIEW(styles), true, 0},
        {"meta.xml", ND_VIEW(meta), true, 0},
    };
    const struct nd_reading *r = read_zip("d.odt", PARTS(parts));
    ck_assert_str_eq(r->kind, "odt");
    ck_assert_str_eq(r->title, "The Document");
    ck_assert_str_eq(r->author, "Ann");
    ck_assert_str_eq(r->date, "2021-02-03");
    ck_assert_str_eq(rig_page(&rig, "d.odt", 1),
                     "The Document\n\nA head\n\nBy style\n\nOne two three\nfour, five\n\nitem\n\nH\na\t1 "
                     "2\n\nEnd.\n\nThe note.");
    HEADING(r, 0, 2, "A head");
    HEADING(r, 1, 1, "By style");
    ck_assert_uint_eq(r->tables[0].header_rows, 1);
    ck_assert_str_eq(rig_cell(&rig, "d.odt", 0, 0, 1), "H");
    done();
}
END_TEST

START_TEST(odt_with_a_password_and_other_opendocument_are_named)
{
    static const char manifest[] = "<!DOCTYPE m><m><file-entry><encryption-data/></file-entry></m>";
    const struct zip_part locked[] = {
        {"mimetype", ND_VIEW("application/vnd.oasis.opendocument.text"), false, 0},
        {"META-INF/manifest.xml", ND_VIEW(manifest), true, 0},
        {"content.xml", ND_VIEW("\x01\x02\x03"), false, 0},
    };
    const struct zip_part sheet[] = {
        {"mimetype", ND_VIEW("application/vnd.oasis.opendocument.spreadsheet"), false, 0},
        {"content.xml", ND_VIEW("<x/>"), true, 0},
    };
    const struct nd_reading *r = read_zip("locked.odt", PARTS(locked));
    ck_assert_int_eq(r->status, ND_SOURCE_FAILED);
    ck_assert_str_eq(r->why, "encrypted: a password is needed to open it");
    r = read_zip("s.ods", PARTS(sheet));
    ck_assert_int_eq(r->status, ND_SOURCE_UNSUPPORTED);
    ck_assert_ptr_nonnull(strstr(r->why, "OpenDocument"));
    done();
}
END_TEST

/* ---- EPUB ---- */

static const char container[] =
    "<container><rootfiles><rootfile full-path='OEBPS/book.opf'/></rootfiles></container>";
static const char package[] =
    "<package xmlns:dc='d'><metadata><dc:title>The "
    "Book</dc:title><dc:creator>Ann</dc:creator><dc:date>2020-05</dc:date>"
    "</metadata><manifest><item id='two' href='second%20chapter.xhtml'/><item id='one' href='one.xhtml#top'/>"
    "<item id='css' href='x.css'/><item id='gone' href='gone.xhtml'/></manifest>"
    "<spine><itemref idref='one'/><itemref idref='two'/><itemref idref='gone'/></spine></package>";
static const char chapter_one[] =
    "<?xml version='1.0'?><!DOCTYPE html><html><head><title/><script src='x.js'/></head><body><h1>One</h1>"
    "<p>First &mdash; text.</p></body></html>";
static const char chapter_two[] = "<html><body><h2>Two</h2><p>Second <b>text.</body></html>";

START_TEST(epub_chapters_in_the_order_of_the_spine)
{
    const struct zip_part parts[] = {
        {"mimetype", ND_VIEW("application/epub+zip"), false, 0},
        {"META-INF/container.xml", ND_VIEW(container), true, 0},
        {"OEBPS/book.opf", ND_VIEW(package), true, 0},
        {"OEBPS/second chapter.xhtml", ND_VIEW(chapter_two), true, 0},
        {"OEBPS/one.xhtml", ND_VIEW(chapter_one), true, 0},
    };
    const struct nd_reading *r = read_zip("b.epub", PARTS(parts));
    ck_assert_str_eq(r->kind, "epub");
    ck_assert_str_eq(r->title, "The Book");
    ck_assert_str_eq(r->author, "Ann");
    ck_assert_str_eq(r->date, "2020-05");
    ck_assert_str_eq(rig_page(&rig, "b.epub", 1), "One\n\nFirst \xE2\x80\x94 text.\n\nTwo\n\nSecond text.");
    HEADING(r, 1, 2, "Two");
    ck_assert_str_eq(r->why, "a chapter is not in the file");
    done();
}
END_TEST

START_TEST(epub_locked_or_without_chapters_is_named)
{
    static const char encryption[] = "<encryption><CipherReference URI=\"OEBPS/one.xhtml\"/></encryption>";
    const struct zip_part locked[] = {
        {"META-INF/container.xml", ND_VIEW(container), true, 0},
        {"OEBPS/book.opf", ND_VIEW(package), true, 0},
        {"META-INF/encryption.xml", ND_VIEW(encryption), true, 0},
        {"OEBPS/one.xhtml", ND_VIEW("\x90\x91\x92"), false, 0},
    };
    const struct nd_reading *r = read_zip("locked.epub", PARTS(locked));
    ck_assert_int_eq(r->status, ND_SOURCE_FAILED);
    ck_assert_str_eq(r->why, "a chapter is locked by its seller (DRM)");
    r = read_zip("empty.epub", locked, 1);
    ck_assert_str_eq(r->why, "not a readable book (lists no chapters)");
    done();
}
END_TEST

ND_TEST_MAIN("document/books", pptx_slides_are_pages_in_their_order, odt_paragraphs_headings_tables_notes,
             odt_with_a_password_and_other_opendocument_are_named, epub_chapters_in_the_order_of_the_spine,
             epub_locked_or_without_chapters_is_named)
