#include "kinds.h"
#include "charset.h"

#include <string.h>
#include <strings.h>

enum { LOOK_BYTES = 8192 };

static void prepare_text(struct nd_job *job)
{
    job->charset = nd_charset_choose(job->bytes, false);
}

static void prepare_html(struct nd_job *job)
{
    job->charset = nd_charset_choose(job->bytes, true);
}

enum kind { PDF, HTML, DOCX, XLSX, PPTX, ODT, EPUB, MARKDOWN, CSV, TEXT };

static const struct nd_kind kinds[] = {
    [PDF] = {"pdf", nd_pdf_prepare, nd_pdf_read}, [HTML] = {"html", prepare_html, nd_html_read},
    [DOCX] = {"docx", NULL, nd_docx_read},        [XLSX] = {"xlsx", NULL, nd_xlsx_read},
    [PPTX] = {"pptx", NULL, nd_pptx_read},        [ODT] = {"odt", NULL, nd_odt_read},
    [EPUB] = {"epub", NULL, nd_epub_read},        [MARKDOWN] = {"markdown", prepare_text, nd_markdown_read},
    [CSV] = {"csv", prepare_text, nd_csv_read},   [TEXT] = {"text", prepare_text, nd_text_read},
};

/* What a file starts with, for formats that are not read; the reason is what the receipt says. */
static const struct {
    const char *start;
    size_t len;
    const char *why;
} foreign[] = {
    {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", 8,
     "an old Office file (.doc, .xls, .ppt): save it as .docx, .xlsx or .pptx"},
    {"{\\rtf", 5, "RTF is not read: save it as .docx or PDF"},
    {"%!PS", 4, "PostScript is not read: convert it to PDF"},
    {"\x1F\x8B", 2, "a compressed file (gzip): unpack it first"},
    {"BZh", 3, "a compressed file (bzip2): unpack it first"},
    {"\xFD"
     "7zXZ",
     5, "a compressed file (xz): unpack it first"},
    {"7z\xBC\xAF", 4, "an archive (7z): unpack it first"},
    {"Rar!", 4, "an archive (rar): unpack it first"},
    {"\x89PNG", 4, "an image: only text is read"},
    {"\xFF\xD8\xFF", 3, "an image: only text is read"},
    {"GIF8", 4, "an image: only text is read"},
    {"II*\0", 4, "an image: only text is read"},
    {"MM\0*", 4, "an image: only text is read"},
    {"AT&TFORM", 8, "DjVu is not read: convert it to PDF"},
    {"\x7F"
     "ELF",
     4, "a program"},
};

static bool holds(struct nd_view bytes, const char *text)
{
    return nd_view_find(bytes, nd_view_of(text), 0) != SIZE_MAX;
}

/* Names of parts stand in the archive as they are. */
static const struct nd_kind *kind_of_zip(struct nd_view bytes, const char **why)
{
    struct nd_view head = nd_view_sub(bytes, 0, LOOK_BYTES);
    if (holds(head, "application/epub+zip") || holds(bytes, "META-INF/container.xml")) return &kinds[EPUB];
    if (holds(head, "application/vnd.oasis.opendocument.text")) return &kinds[ODT];
    if (holds(head, "application/vnd.oasis.opendocument")) {
        *why = "an OpenDocument file that is no text: save it as .xlsx, .pptx or PDF";
        return NULL;
    }
    if (holds(bytes, "word/document.xml")) return &kinds[DOCX];
    if (holds(bytes, "xl/workbook.xml")) return &kinds[XLSX];
    if (holds(bytes, "ppt/presentation.xml")) return &kinds[PPTX];
    if (holds(bytes, "META-INF/manifest.xml") && holds(bytes, "content.xml")) return &kinds[ODT];
    *why = "an archive (zip): unpack it first";
    return NULL;
}

/* The first tag that is not a comment, a processing instruction or a doctype of another language. */
static bool looks_like_html(struct nd_view bytes)
{
    static const char *const starts[] = {"<!doctype html", "<html", "<head", "<body"};
    struct nd_view head = nd_view_sub(bytes, 0, LOOK_BYTES);
    if (nd_view_starts(head, "\xEF\xBB\xBF")) head = nd_view_sub(head, 3, head.len);
    head = nd_view_trim(head);
    while (nd_view_starts(head, "<!--") || nd_view_starts(head, "<?")) {
        size_t end = nd_view_find(head, nd_view_of(head.data[1] == '?' ? "?>" : "-->"), 0);
        if (end == SIZE_MAX) return false;
        head = nd_view_trim(nd_view_sub(head, end + (head.data[1] == '?' ? 2 : 3), head.len));
    }
    for (size_t i = 0; i < sizeof starts / sizeof starts[0]; i++) {
        size_t len = strlen(starts[i]);
        if (head.len >= len && strncasecmp(head.data, starts[i], len) == 0) return true;
    }
    return false;
}

static bool looks_like_text(struct nd_view bytes)
{
    if (nd_view_starts(bytes, "\xFE\xFF") || nd_view_starts(bytes, "\xFF\xFE")) return true;
    struct nd_view head = nd_view_sub(bytes, 0, LOOK_BYTES);
    size_t odd = 0;
    for (size_t i = 0; i < head.len; i++) {
        unsigned char c = (unsigned char)head.data[i];
        if (c == 0) return false;
        odd += c < 0x20 && !strchr("\n\r\t\f\b\x1b", c);
    }
    return odd * 50 <= head.len;
}

const struct nd_kind *nd_kind_of(struct nd_view bytes, const char *hint, const char **why)
{
    struct nd_view head = nd_view_sub(bytes, 0, 1024);
    if (holds(head, "%PDF-")) return &kinds[PDF];
    if (nd_view_starts(bytes, "PK\x03\x04") || nd_view_starts(bytes, "PK\x05\x06"))
        return kind_of_zip(bytes, why);
    for (size_t i = 0; i < sizeof foreign / sizeof foreign[0]; i++) {
        struct nd_view start = {foreign[i].start, foreign[i].len};
        if (!nd_view_eq(nd_view_sub(bytes, 0, start.len), start)) continue;
        *why = foreign[i].why;
        return NULL;
    }
    if (looks_like_html(bytes)) return &kinds[HTML];
    if (!looks_like_text(bytes)) {
        *why = "not a document that is read here (binary data)";
        return NULL;
    }
    if (nd_view_starts(nd_view_trim(head), "<?xml") && strcmp(hint, "html") != 0) {
        *why = "XML that is no web page";
        return NULL;
    }
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        bool by_name = i == HTML || i == MARKDOWN || i == CSV;
        if (by_name && strcmp(kinds[i].name, hint) == 0) return &kinds[i];
    }
    return &kinds[TEXT];
}
