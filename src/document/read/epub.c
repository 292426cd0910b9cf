/* Books: the chapters of the spine in its order, each read as a web page. */
#include "html.h"
#include "kinds.h"
#include "office.h"
#include "title.h"

#include <string.h>

enum { ITEMS_MAX = 10000 };

struct item {
    char *id, *part;
};
struct book {
    struct nd_job *job;
    char *package; /* the part that lists the others */
    struct item *items;
    size_t n, cap;
    size_t *spine; /* indexes in items */
    size_t chapters, spine_cap;
    struct nd_bytes encryption; /* META-INF/encryption.xml */
};

static void find_package(void *ctx, struct nd_xml *xml)
{
    struct book *book = ctx;
    for (enum nd_xml_at at = nd_xml_next(xml); at != ND_XML_END; at = nd_xml_next(xml)) {
        if (at == ND_XML_OPEN && nd_xml_is(xml, "rootfile") && !book->package)
            book->package = nd_strdup(nd_xml_attribute(xml, "full-path"));
    }
}

static int hex(char c)
{
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/* An address beside the package as the name of a part: without a fragment, %20 as a blank. */
static char *part_of(const struct book *book, const char *href)
{
    const char *slash = strrchr(book->package, '/');
    struct nd_bytes part = ND_BYTES(1 << 16);
    if (slash) nd_bytes_add(&part, book->package, (size_t)(slash + 1 - book->package));
    for (const char *c = href; *c && *c != '#'; c++) {
        int high = *c == '%' ? hex(c[1]) : -1, low = high >= 0 ? hex(c[2]) : -1;
        nd_bytes_add_char(&part, low >= 0 ? (char)(high * 16 + low) : *c);
        if (low >= 0) c += 2;
    }
    nd_bytes_add_char(&part, '\0');
    return nd_bytes_take(&part, NULL);
}

static void add_chapter(struct book *book, const char *id)
{
    for (size_t i = 0; i < book->n; i++) {
        if (strcmp(book->items[i].id, id) != 0 || book->chapters == ITEMS_MAX) continue;
        ND_GROW(book->spine, book->chapters, book->spine_cap);
        book->spine[book->chapters++] = i;
        return;
    }
}

static void read_package(void *ctx, struct nd_xml *xml)
{
    struct book *book = ctx;
    for (enum nd_xml_at at = nd_xml_next(xml); at != ND_XML_END; at = nd_xml_next(xml)) {
        if (at != ND_XML_OPEN) continue;
        if (nd_xml_is(xml, "item") && book->n < ITEMS_MAX) {
            ND_GROW(book->items, book->n, book->cap);
            struct item *item = &book->items[book->n++];
            item->id = nd_strdup(nd_xml_attribute(xml, "id"));
            item->part = part_of(book, nd_xml_attribute(xml, "href"));
        } else if (nd_xml_is(xml, "itemref")) {
            add_chapter(book, nd_xml_attribute(xml, "idref"));
        }
    }
}

/* Why the chapter cannot be read; NULL: it can. */
static const char *problem_of(const struct book *book, const char *part, struct nd_view bytes)
{
    char *uri = nd_sprintf("\"%s\"", part);
    bool encrypted = nd_view_find(nd_bytes_view(&book->encryption), nd_view_of(uri), 0) != SIZE_MAX;
    nd_free(uri);
    if (encrypted) return "a chapter is locked by its seller (DRM)";
    if (nd_view_starts(bytes, "\xFE\xFF") || nd_view_starts(bytes, "\xFF\xFE"))
        return "a chapter is in UTF-16, which is not read here";
    if (bytes.len > ND_READ_HTML_MAX_BYTES) return "a chapter is over the limit of 10 MB for a web page";
    return NULL;
}

static void read_chapter(struct book *book, struct nd_build *b, struct nd_view bytes)
{
    bool too_deep = false;
    xmlDocPtr document = nd_html_parse(bytes, true, &too_deep);
    xmlNode *root = document ? xmlDocGetRootElement(document) : NULL;
    xmlNode *body = root ? nd_html_find(root, "body") : NULL;
    if (too_deep) nd_job_fault(book->job, b->page, "elements nested deeper than 256: the rest was left out");
    if (body) nd_html_blocks(b, nd_html_main(body));
    xmlFreeDoc(document);
}

static void read_chapters(struct book *book, struct nd_archive *zip)
{
    struct nd_build b;
    nd_build_open(&b, book->job);
    for (size_t i = 0; i < book->chapters && !b.over; i++) {
        struct nd_bytes bytes = ND_BYTES(ND_READ_ZIP_ENTRY_MAX_BYTES);
        const char *part = book->items[book->spine[i]].part;
        const char *why = nd_archive_part(zip, part, &bytes) ? problem_of(book, part, nd_bytes_view(&bytes))
                                                             : "a chapter is not in the file";
        if (why)
            nd_job_fault(book->job, b.page, why);
        else
            read_chapter(book, &b, nd_bytes_view(&bytes));
        nd_bytes_release(&bytes);
    }
    nd_build_close(&b);
    nd_title_from_headings(book->job);
}

static void release(struct book *book)
{
    for (size_t i = 0; i < book->n; i++) {
        nd_free(book->items[i].id);
        nd_free(book->items[i].part);
    }
    nd_free(book->items);
    nd_free(book->spine);
    nd_free(book->package);
    nd_bytes_release(&book->encryption);
}

void nd_epub_read(struct nd_job *job)
{
    static const struct nd_property_names names = {"title", "creator", "date"};
    struct book book = {.job = job, .encryption = ND_BYTES(ND_READ_ZIP_ENTRY_MAX_BYTES)};
    nd_office_extractor(job);
    struct nd_archive *zip = nd_archive_open(job);
    if (!zip) return;
    nd_office_part(zip, job, "META-INF/container.xml", find_package, &book);
    (void)nd_archive_part(zip, "META-INF/encryption.xml", &book.encryption);
    if (book.package) {
        nd_office_properties(zip, job, book.package, &names);
        nd_office_part(zip, job, book.package, read_package, &book);
    }
    if (book.chapters > 0)
        read_chapters(&book, zip);
    else if (!nd_archive_failed(zip))
        nd_job_fail(job, ND_SOURCE_FAILED, "not a readable book (lists no chapters)");
    release(&book);
    nd_archive_close(zip);
}
