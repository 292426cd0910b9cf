/* What becomes of good documents of each kind but PDF. */
#include "makers.h"
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "rig.h"

#include <string.h>

/* ---- HTML ---- */

START_TEST(html_main_content_as_blocks)
{
    static const char page[] =
        "<!DOCTYPE html><html><head><title>A page &amp; its title</title><meta name=author content='Ann "
        "Author'>"
        "<meta name=date content='2024-05-06T10:00:00Z'><style>p{}</style></head><body>"
        "<nav><a href=/>Home</a><a href=/x>Products</a></nav><div class='sidebar'><a href=/y>Links</a> <a "
        "href=/z>More</a></div>"
        "<main><h1>The heading</h1><p>A paragraph\n   over two lines,<br>with a break and &eacute; "
        "and&nbsp;more.</p>"
        "<script>document.write('</p>evil')</script><ul><li>First item</li><li>Second <b>item</b></li></ul>"
        "<!-- hidden --><h2 id=s>Sub<i>head</i></h2><pre>code  line 1\n  line 2</pre>"
        "<p hidden>Hidden text.</p><p style='color:red; Display : NONE'>Unseen text.</p>"
        "<p>More <span style=\"visibility: hidden\">unseen</span>text. <b "
        "style='display:inline'>Seen.</b></p><p>Last paragraph of the text, long enough to be the main "
        "content of this "
        "page.</p>"
        "</main><footer>Copyright</footer></body></html>";
    struct rig rig;
    rig_open(&rig);
    const struct nd_reading *r = rig_read_one(&rig, "page.html", nd_view_of(page));
    ck_assert_str_eq(r->kind, "html");
    ck_assert_str_eq(r->title, "A page & its title");
    ck_assert_str_eq(r->author, "Ann Author");
    ck_assert_str_eq(r->date, "2024-05-06");
    ck_assert_str_eq(rig_page(&rig, "page.html", 1),
                     "The heading\n\nA paragraph over two lines,\nwith a break and \xC3\xA9 "
                     "and\xC2\xA0more.\n\nFirst item\n\n"
                     "Second item\n\nSubhead\n\ncode  line 1\n  line 2\n\nMore text. Seen.\n\n"
                     "Last paragraph of the text, long enough to be the main content of this page.");
    ck_assert_uint_eq(r->heading_count, 2);
    HEADING(r, 0, 1, "The heading");
    HEADING(r, 1, 2, "Subhead");
    ck_assert_uint_eq(r->code_count, 1);
    nd_ck_view(nd_view_sub(nd_view_of(rig_page(&rig, "page.html", 1)), r->code[0].start, r->code[0].end),
               "code  line 1\n  line 2");
    rig_close(&rig);
}
END_TEST

START_TEST(html_tables_have_cells_with_their_places)
{
    static const char page[] =
        "<html><body><table><caption>Table 1. Cities</caption><thead><tr><th>City<th colspan=2>People</thead>"
        "<tr><td rowspan=2>Bern<td>134,000<td>2023<tr><td>133,000<td>2022<tr><td>Uri<td></table>"
        "<table><tr><td><h2>Layout</h2><p>A table that only places text.</p></td><td>beside</td></tr>"
        "<tr><td>below</td><td></td></tr></table></body></html>";
    struct rig rig;
    rig_open(&rig);
    const struct nd_reading *r = rig_read_one(&rig, "t.html", nd_view_of(page));
    ck_assert_uint_eq(r->table_count, 1);
    ck_assert_uint_eq(r->tables[0].rows, 4);
    ck_assert_uint_eq(r->tables[0].columns, 3);
    ck_assert_uint_eq(r->tables[0].header_rows, 1);
    ck_assert_str_eq(r->tables[0].caption, "Table 1. Cities");
    ck_assert_str_eq(rig_cell(&rig, "t.html", 0, 0, 1), "People");
    ck_assert_str_eq(rig_cell(&rig, "t.html", 0, 0, 2), "People");
    ck_assert_str_eq(rig_cell(&rig, "t.html", 0, 1, 0), "Bern");
    ck_assert_str_eq(rig_cell(&rig, "t.html", 0, 2, 0), "Bern");
    ck_assert_str_eq(rig_cell(&rig, "t.html", 0, 2, 1), "133,000");
    ck_assert_str_eq(rig_cell(&rig, "t.html", 0, 3, 1), "");
    ck_assert_str_eq(rig_page(&rig, "t.html", 1),
                     "Table 1. Cities\n\nCity\tPeople\nBern\t134,000\t2023\n133,000\t2022\nUri\n\n"
                     "Layout\n\nA table that only places text.\n\nbeside\n\nbelow");
    rig_close(&rig);
}
END_TEST

START_TEST(text_encodings_are_found)
{
    static const struct {
        const char *name;
        struct nd_view bytes;
        const char *text;
    } rows[] = {
        {"utf8.html", ND_VIEW("<html><p>\xC3\x89tude</p>"), "\xC3\x89tude"},
        {"meta.html", ND_VIEW("<html><meta charset=windows-1251><p>\xCF\xF0\xE8\xE2\xE5\xF2</p>"),
         "\xD0\x9F\xD1\x80\xD0\xB8\xD0\xB2\xD0\xB5\xD1\x82"},
        {"sjis.html",
         ND_VIEW("<html><meta http-equiv=x content='text/html; charset=Shift_JIS'><p>\x93\xFA\x96\x7B</p>"),
         "\xE6\x97\xA5\xE6\x9C\xAC"},
        {"wrong.html", ND_VIEW("<html><meta charset=no-such-set><p>caf\xE9</p>"), "caf\xC3\xA9"},
        {"lies.html", ND_VIEW("<html><meta charset=iso-8859-1><p>\xC3\x89tude</p>"), "\xC3\x89tude"},
        {"none.txt", ND_VIEW("caf\xE9 \x93quoted\x94"), "caf\xC3\xA9 \xE2\x80\x9Cquoted\xE2\x80\x9D"},
        {"bom.txt", ND_VIEW("\xEF\xBB\xBFtext"), "text"},
        {"le.txt", ND_VIEW("\xFF\xFEh\0i\0"), "hi"},
        {"be.txt", ND_VIEW("\xFE\xFF\0h\0i"), "hi"},
        {"feeds.txt", ND_VIEW("one\ftwo\r\nthree"), "one\ntwo\nthree"},
    };
    struct rig rig;
    rig_open(&rig);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct nd_reading *r = rig_read_one(&rig, rows[i].name, rows[i].bytes);
        ck_assert_msg(r->status == ND_SOURCE_READ, "%s: %s", rows[i].name, r->why ? r->why : "");
        ck_assert_msg(strcmp(rig_page(&rig, rows[i].name, 1), rows[i].text) == 0, "%s: '%s'", rows[i].name,
                      rig_page(&rig, rows[i].name, 1));
    }
    rig_close(&rig);
}
END_TEST

/* ---- Office ---- */

#define W "<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'><w:body>"
#define P(style, text) "<w:p><w:pPr><w:pStyle w:val='" style "'/></w:pPr><w:r><w:t>" text "</w:t></w:r></w:p>"
#define T(text) "<w:p><w:r><w:t>" text "</w:t></w:r></w:p>"

START_TEST(docx_paragraphs_headings_tables_notes)
{
    static const char styles[] =
        "<w:styles xmlns:w='x'><w:style w:styleId='berschrift1'><w:name w:val='heading 1'/></w:style>"
        "<w:style w:styleId='Mine'><w:name w:val='My style'/><w:basedOn w:val='berschrift1'/></w:style>"
        "<w:style w:styleId='Lvl'><w:name w:val='Other'/><w:pPr><w:outlineLvl "
        "w:val='2'/></w:pPr></w:style></w:styles>";
    static const char
        document[] =
            W
                P("berschrift1", "Chapter one")
                    T("Plain &amp; <![CDATA[simple]]>")
                        P("Mine", "Derived heading")
                            P("Lvl",
                              "Third level") "<w:p><w:r><w:t xml:space='preserve'>kept "
                                             "</w:t></w:r><w:del><w:r><w:delText>gone</w:delText></w:r></"
                                             "w:del>"
                                             "<w:r><w:rPr><w:vanish/></w:rPr><w:t>unseen</w:t></w:r>"
                                             "<w:r><w:rPr><w:vanish w:val='0'/></w:rPr><w:t></w:t></w:r>"
                                             "<w:ins><w:r><w:t>added</w:t></w:r></w:ins><w:r><w:tab/"
                                             "><w:t>tab</w:t><w:br/><w:t>line</w:t></w:r>"
                                             "<w:r><w:instrText>PAGE</w:instrText></w:r></w:p>"
                                             "<w:tbl><w:tr><w:trPr><w:tblHeader/></w:trPr><w:tc>" T("Name") "</w:tc><w:tc><w:tcPr><w:gridSpan w:val='2'/></w:tcPr>" T(
                                                 "Values") "</w:tc></w:tr>"
                                                           "<w:tr><w:tc><w:tcPr><w:vMerge "
                                                           "w:val='restart'/></w:tcPr>" T(
                                                               "a") "</w:tc><w:tc>" T("1") "</w:tc><w:tc>" T("2")
                                                               T("x") "</w:tc></w:tr>"
                                                                      "<w:tr><w:tc><w:tcPr><w:vMerge/></"
                                                                      "w:tcPr><w:p/></w:tc><w:tc>" T(
                                                                          "3") "</w:tc><w:tc><w:p/></w:tc></"
                                                                               "w:tr></w:tbl>" T(
                                                                                   "After.") "<"
                                                                                             "/"
                                                                                             "w"
                                                                                             ":"
                                                                                             "b"
                                                                                             "o"
                                                                                             "d"
                                                                                             "y"
                                                                                             ">"
                                                                                             "<"
                                                                                             "/"
                                                                                             "w"
                                                                                             ":"
                                                                                             "d"
                                                                                             "o"
                                                                                             "c"
                                                                                             "u"
                                                                                             "m"
                                                                                             "e"
                                                                                             "n"
                                                                                             "t"
                                                                                             ">";
    static const char notes[] = "<w:footnotes xmlns:w='x'><w:footnote><w:p><w:r><w:t>A "
                                "note.</w:t></w:r></w:p></w:footnote></w:footnotes>";
    static const char core[] =
        "<cp:coreProperties xmlns:cp='a' xmlns:dc='b' xmlns:dcterms='c'><dc:title>The Document</dc:title>"
        "<dc:creator>Ann</dc:creator><dcterms:created>2023-01-02T03:04:05Z</dcterms:created></"
        "cp:coreProperties>";
    const struct zip_part parts[] = {{"word/document.xml", ND_VIEW(document), true, 0},
                                     {"word/styles.xml", ND_VIEW(styles), false, 0},
                                     {"word/footnotes.xml", ND_VIEW(notes), true, 0},
                                     {"docProps/core.xml", ND_VIEW(core), true, 0}};
    struct rig rig;
    struct nd_bytes zip = ND_BYTES(ND_MIB);
    rig_open(&rig);
    make_zip(&zip, parts, 4);
    const struct nd_reading *r = rig_read_one(&rig, "d.docx", nd_bytes_view(&zip));
    ck_assert_msg(r->status == ND_SOURCE_READ, "%s", r->why ? r->why : "");
    ck_assert_str_eq(r->kind, "docx");
    ck_assert_str_eq(r->title, "The Document");
    ck_assert_str_eq(r->author, "Ann");
    ck_assert_str_eq(r->date, "2023-01-02");
    ck_assert_str_eq(
        rig_page(&rig, "d.docx", 1),
        "Chapter one\n\nPlain & simple\n\nDerived heading\n\nThird level\n\nkept added tab\nline\n\n"
        "Name\tValues\na\t1\t2 x\n\t3\n\nAfter.\n\nA note.");
    ck_assert_uint_eq(r->heading_count, 3);
    HEADING(r, 0, 1, "Chapter one");
    HEADING(r, 1, 1, "Derived heading");
    HEADING(r, 2, 3, "Third level");
    ck_assert_uint_eq(r->tables[0].header_rows, 1);
    ck_assert_str_eq(rig_cell(&rig, "d.docx", 0, 0, 2), "Values");
    ck_assert_str_eq(rig_cell(&rig, "d.docx", 0, 2, 0), "a");
    nd_bytes_release(&zip);
    rig_close(&rig);
}
END_TEST

START_TEST(xlsx_sheets_are_tables)
{
    static const char book[] = "<workbook xmlns:r='r'><sheets><sheet name='People' sheetId='1' r:id='rId2'/>"
                               "<sheet name='Empty' sheetId='2' r:id='rId3'/></sheets></workbook>";
    static const char rels[] = "<Relationships><Relationship Id='rId2' Target='worksheets/one.xml'/>"
                               "<Relationship Id='rId3' Target='/xl/worksheets/two.xml'/></Relationships>";
    static const char strings[] =
        "<sst><si><t>Name</t></si><si><r><t>Ann </t></r><r><t>B</t></r><rPh><t>no</t></rPh></si></sst>";
    static const char styles[] =
        "<styleSheet><numFmts><numFmt numFmtId='164' formatCode='yyyy&quot;x&quot;'/>"
        "<numFmt numFmtId='165' formatCode='0.0 &quot;days&quot;'/></numFmts>"
        "<cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='164'/><xf "
        "numFmtId='165'/></cellXfs></styleSheet>";
    static const char one[] =
        "<worksheet><sheetData><row r='2'><c r='B2' t='s'><v>0</v></c><c r='C2' "
        "t='inlineStr'><is><t>Born</t></is></c>"
        "<c r='E2' t='str'><f>1+1</f><v>Share</v></c></row><row r='3'><c r='B3' t='s'><v>1</v></c><c r='C3' "
        "s='1'><v>45000</v></c>"
        "<c r='E3'><v>0.30000000000000004</v></c></row><row r='9'><c r='B9' t='b'><v>1</v></c><c r='C9' "
        "s='2'><v>45000.25</v></c>"
        "<c r='E9' s='3'><v>12</v></c></row><row r='10'><c r='B10'/></row></sheetData></worksheet>";
    static const char two[] = "<worksheet><sheetData/></worksheet>";
    const struct zip_part parts[] = {{"xl/workbook.xml", ND_VIEW(book), true, 0},
                                     {"xl/_rels/workbook.xml.rels", ND_VIEW(rels), true, 0},
                                     {"xl/sharedStrings.xml", ND_VIEW(strings), true, 0},
                                     {"xl/styles.xml", ND_VIEW(styles), true, 0},
                                     {"xl/worksheets/one.xml", ND_VIEW(one), true, 0},
                                     {"xl/worksheets/two.xml", ND_VIEW(two), true, 0}};
    struct rig rig;
    struct nd_bytes zip = ND_BYTES(ND_MIB);
    rig_open(&rig);
    make_zip(&zip, parts, 6);
    const struct nd_reading *r = rig_read_one(&rig, "b.xlsx", nd_bytes_view(&zip));
    ck_assert_msg(r->status == ND_SOURCE_READ, "%s", r->why ? r->why : "");
    ck_assert_str_eq(rig_page(&rig, "b.xlsx", 1),
                     "People\n\n\tName\tBorn\t\tShare\n\tAnn B\t2023-03-15\t\t0.3\n\tTRUE\t2023-03-15 "
                     "06:00:00\t\t12\n\nEmpty");
    ck_assert_uint_eq(r->heading_count, 2);
    HEADING(r, 1, 1, "Empty");
    ck_assert_uint_eq(r->table_count, 1);
    ck_assert_str_eq(r->tables[0].caption, "People");
    ck_assert_str_eq(rig_cell(&rig, "b.xlsx", 0, 1, 2), "2023-03-15");
    nd_bytes_release(&zip);
    rig_close(&rig);
}
END_TEST

/* ---- Markdown, CSV ---- */

START_TEST(markdown_headings_tables_listings)
{
    static const char text[] = "---\ntitle: \"The Notes\"\nauthor: Ann Author\ndate: 2024-01-05\n---\n# "
                               "First *head*\n\nA line\nand its "
                               "second with `code`, a [link](http://x.y/) and &eacute;&#33;.\n\n- item "
                               "one\n- item two\n\n```c\nint x;\n```\n\n"
                               "| Name | N |\n|------|---|\n| a    | 1 |\n| b    | 2 |\n\n<div>inside "
                               "<b>html</b></div>\n\nSetext\n------\n";
    struct rig rig;
    rig_open(&rig);
    const struct nd_reading *r = rig_read_one(&rig, "notes.md", nd_view_of(text));
    ck_assert_str_eq(r->kind, "markdown");
    ck_assert_str_eq(r->title, "The Notes");
    ck_assert_str_eq(r->author, "Ann Author");
    ck_assert_str_eq(r->date, "2024-01-05");
    ck_assert_str_eq(rig_page(&rig, "notes.md", 1), "First head\n\nA line and its second with code, a link "
                                                    "and \xC3\xA9!.\n\nitem one\n\nitem two\n\nint x;\n\n"
                                                    "Name\tN\na\t1\nb\t2\n\ninside html\n\nSetext");
    HEADING(r, 0, 1, "First head");
    HEADING(r, 1, 2, "Setext");
    ck_assert_uint_eq(r->code_count, 1);
    ck_assert_uint_eq(r->tables[0].header_rows, 1);
    ck_assert_str_eq(rig_cell(&rig, "notes.md", 0, 2, 1), "2");
    r = rig_read_one(&rig, "readme.md", ND_VIEW("# Contents\n\n# The real title\n\nText.\n"));
    ck_assert_str_eq(r->title, "The real title");
    rig_close(&rig);
}
END_TEST

START_TEST(csv_is_one_table)
{
    struct rig rig;
    rig_open(&rig);
    const struct nd_reading *r = rig_read_one(
        &rig, "c.csv",
        ND_VIEW(
            "name;value;\"what, for\"\r\n\"A \"\"quoted\"\" one\";1,5;\"two\nlines\"\r\nb;;x\r\n\r\nlast;3"));
    ck_assert_str_eq(r->kind, "csv");
    ck_assert_str_eq(rig_page(&rig, "c.csv", 1),
                     "name\tvalue\twhat, for\nA \"quoted\" one\t1,5\ttwo lines\nb\t\tx\nlast\t3");
    ck_assert_uint_eq(r->tables[0].rows, 4);
    ck_assert_uint_eq(r->tables[0].columns, 3);
    ck_assert_uint_eq(r->tables[0].header_rows, 1);
    ck_assert_str_eq(rig_cell(&rig, "c.csv", 0, 1, 0), "A \"quoted\" one");
    ck_assert_str_eq(rig_cell(&rig, "c.csv", 0, 2, 1), "");
    ck_assert_str_eq(rig_cell(&rig, "c.csv", 0, 3, 2), "");
    rig_close(&rig);
}
END_TEST

/* ---- which kind ---- */

START_TEST(kinds_are_told_by_content_before_names)
{
    struct rig rig;
    struct nd_bytes pdf = ND_BYTES(ND_MIB);
    const char *pages[] = {make_page(make_english)};
    static const struct {
        const char *name;
        struct nd_view bytes;
        const char *kind, *why;
    } rows[] = {
        {"page.txt", ND_VIEW("<!DOCTYPE HTML><p>hello</p>"), "html", NULL},
        {"fragment.htm", ND_VIEW("<p>hello</p>"), "html", NULL},
        {"xhtml.txt", ND_VIEW("<?xml version='1.0'?>\n<!-- c --><html><body>hello</body></html>"), "html",
         NULL},
        {"notes.markdown", ND_VIEW("hello"), "markdown", NULL},
        {"data.tsv", ND_VIEW("a\tb\n1\t2\n"), "csv", NULL},
        {"noname", ND_VIEW("hello"), "text", NULL},
        {"feed.xml", ND_VIEW("<?xml version='1.0'?><rss/>"), "unknown", "XML that is no web page"},
        {"x.doc", ND_VIEW("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1rest"), "unknown", "old Office file"},
        {"x.rtf", ND_VIEW("{\\rtf1 x}"), "unknown", "RTF"},
        {"x.png", ND_VIEW("\x89PNG\r\n\x1A\n\0\0"), "unknown", "image"},
        {"x.zip", ND_VIEW("PK\x03\x04 nothing that is known"), "unknown", "archive (zip)"},
        {"x.gz", ND_VIEW("\x1F\x8B\x08\0"), "unknown", "gzip"},
        {"x.bin", ND_VIEW("abc\0\0\0def"), "unknown", "binary data"},
    };
    rig_open(&rig);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const struct nd_reading *r = rig_read_one(&rig, rows[i].name, rows[i].bytes);
        ck_assert_msg(strcmp(r->kind, rows[i].kind) == 0, "%s is '%s'", rows[i].name, r->kind);
        ck_assert_msg(r->status == (rows[i].why ? ND_SOURCE_UNSUPPORTED : ND_SOURCE_READ), "%s",
                      rows[i].name);
        if (rows[i].why) ck_assert_msg(strstr(r->why, rows[i].why) != NULL, "%s: %s", rows[i].name, r->why);
    }
    make_pdf(&pdf, pages, 1);
    ck_assert_str_eq(rig_read_one(&rig, "really.html", nd_bytes_view(&pdf))->kind, "pdf");
    nd_bytes_release(&pdf);
    rig_close(&rig);
}
END_TEST

START_TEST(languages_are_guessed)
{
    static const struct {
        const char *name, *text, *lang;
    } rows[] = {
        {"en", make_english, "en"},
        {"de",
         "Der schnelle braune Fuchs springt \xC3\xBC"
         "ber den faulen Hund und ist nicht mehr zu sehen, denn es war sp\xC3\xA4t und die "
         "Sonne war hinter den H\xC3\xBCgeln des Landes, das sie mit so viel Hoffnung im Herzen besuchen "
         "wollten.",
         "de"},
        {"fr",
         "Le renard brun et rapide saute par-dessus le chien paresseux et on ne le voit plus, car il est "
         "tard et la lumi\xC3\xA8re du "
         "jour est partie des collines que les gens sont venus voir avec tant d'espoir dans le coeur.",
         "fr"},
        {"es",
         "El r\xC3\xA1pido zorro marr\xC3\xB3n salta sobre el perro perezoso y no se le vuelve a ver, porque "
         "es tarde y la luz del d\xC3\xAD"
         "a se ha "
         "ido de las colinas que los hombres han venido a ver con tanta esperanza en el coraz\xC3\xB3n.",
         "es"},
        {"it",
         "La veloce volpe marrone salta sopra il cane pigro e non si vede pi\xC3\xB9, perch\xC3\xA9 \xC3\xA8 "
         "tardi e la luce del giorno se ne \xC3\xA8 "
         "andata dalle colline che gli uomini sono venuti a vedere con tanta speranza nel cuore.",
         "it"},
        {"nl",
         "De snelle bruine vos springt over de luie hond en is niet meer te zien, want het was laat en het "
         "licht van de dag was weg van de "
         "heuvels van het land dat zij met zoveel hoop in hun hart wilden bezoeken.",
         "nl"},
        {"pt",
         "A r\xC3\xA1pida raposa marrom pula sobre o c\xC3\xA3o pregui\xC3\xA7oso e n\xC3\xA3o se v\xC3\xAA "
         "mais, porque \xC3\xA9 tarde e a luz do dia foi "
         "embora das colinas do pa\xC3\xADs que os homens vieram para ver com uma grande esperan\xC3\xA7"
         "a.",
         "pt"},
        {"ru",
         "\xD0\x91\xD1\x8B\xD1\x81\xD1\x82\xD1\x80\xD0\xB0\xD1\x8F \xD0\xBB\xD0\xB8\xD1\x81\xD0\xB0 "
         "\xD0\xBF\xD1\x80\xD1\x8B\xD0\xB3\xD0\xB0\xD0\xB5\xD1\x82 "
         "\xD1\x87\xD0\xB5\xD1\x80\xD0\xB5\xD0\xB7 \xD0\xBB\xD0\xB5\xD0\xBD\xD0\xB8\xD0\xB2\xD1\x83\xD1\x8E "
         "\xD1\x81\xD0\xBE\xD0\xB1\xD0\xB0\xD0\xBA\xD1\x83 "
         "\xD0\xB8 \xD0\xB1\xD0\xBE\xD0\xBB\xD1\x8C\xD1\x88\xD0\xB5 \xD0\xB5\xD1\x91 "
         "\xD0\xBD\xD0\xB8\xD0\xBA\xD1\x82\xD0\xBE \xD0\xBD\xD0\xB5 \xD0\xB2\xD0\xB8\xD0\xB4\xD0\xB5\xD0\xBB",
         "ru"},
        {"none",
         "x = 1; y = foo(x); bar(baz[qux]); zot(blorb, gnarf); x += y; qwe(rty, uio); asd(fgh, jkl); "
         "zxc(vbn); mno(pqr); stu(vwx)",
         NULL},
        {"short", "The end.", NULL},
    };
    struct rig rig;
    rig_open(&rig);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        rig_add(&rig, rows[i].name, nd_view_of(rows[i].text));
    nd_ck_ok(rig_read(&rig), &rig.err);
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const char *lang = rig_source(&rig, rows[i].name)->reading->lang;
        if (rows[i].lang)
            ck_assert_msg(lang && strcmp(lang, rows[i].lang) == 0, "%s: '%s'", rows[i].name,
                          lang ? lang : "none");
        else
            ck_assert_msg(!lang, "%s: '%s'", rows[i].name, lang);
    }
    rig_close(&rig);
}
END_TEST

ND_TEST_MAIN("document/kinds", html_main_content_as_blocks, html_tables_have_cells_with_their_places,
             text_encodings_are_found, docx_paragraphs_headings_tables_notes, xlsx_sheets_are_tables,
             markdown_headings_tables_listings, csv_is_one_table, kinds_are_told_by_content_before_names,
             languages_are_guessed)
