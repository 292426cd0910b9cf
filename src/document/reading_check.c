#include "reading_check.h"
#include "nightdesk/base/text.h"
#include "nightdesk/document/page_text.h"

#include <string.h>

enum { SHORT_MAX_BYTES = 1000 };

static enum nd_rc check_line(const char *line, const char *what, size_t max, struct nd_error *err)
{
    struct nd_view v = nd_view_of(line);
    bool fine = v.len <= max && nd_page_text_clean(v) && !memchr(v.data, '\n', v.len);
    return fine ? ND_OK
                : nd_fail(err, ND_BAD_INPUT, "%s is not one clean line of at most %zu bytes", what, max);
}

static bool starts_character(struct nd_view page, uint32_t at)
{
    return at >= page.len || ((unsigned char)page.data[at] & 0xC0) != 0x80;
}

static enum nd_rc check_range(const struct nd_pages *pages, struct nd_range range, const char *what,
                              struct nd_error *err)
{
    struct nd_view page = nd_pages_at(pages, range.page);
    bool fine = range.page >= 1 && range.page <= pages->n && range.start <= range.end &&
                range.end <= page.len && starts_character(page, range.start) &&
                starts_character(page, range.end);
    if (fine) return ND_OK;
    return nd_fail(err, ND_BAD_INPUT, "%s at bytes %u-%u of page %u does not fit its page of %zu bytes", what,
                   range.start, range.end, range.page, page.len);
}

static enum nd_rc check_lists(const struct nd_reading *r, const struct nd_pages *pages, struct nd_error *err)
{
    enum nd_rc rc = ND_OK;
    for (size_t i = 0; i < r->heading_count && rc == ND_OK; i++) {
        rc = check_line(r->headings[i].title, "a heading", ND_READ_TITLE_MAX_BYTES, err);
        if (rc == ND_OK) rc = check_range(pages, r->headings[i].range, "heading", err);
    }
    for (size_t i = 0; i < r->table_count && rc == ND_OK; i++) {
        const struct nd_table *table = &r->tables[i];
        rc = check_line(table->caption, "a caption", ND_READ_TITLE_MAX_BYTES, err);
        for (size_t k = 0; k < (size_t)table->rows * table->columns && rc == ND_OK; k++)
            rc = check_range(pages, table->cells[k], "cell", err);
    }
    for (size_t i = 0; i < r->code_count && rc == ND_OK; i++)
        rc = check_range(pages, r->code[i], "listing", err);
    return rc;
}

static enum nd_rc check_links(const struct nd_reading *r, struct nd_error *err)
{
    enum nd_rc rc = check_line(r->base, "the base of links", ND_READ_HREF_MAX_BYTES, err);
    for (size_t i = 0; i < r->link_count && rc == ND_OK; i++) {
        rc = check_line(r->links[i].href, "a link", ND_READ_HREF_MAX_BYTES, err);
        if (rc == ND_OK) rc = check_line(r->links[i].text, "a link's text", ND_READ_TITLE_MAX_BYTES, err);
    }
    return rc;
}

static enum nd_rc check_lines(const struct nd_reading *r, struct nd_error *err)
{
    enum nd_rc rc = check_line(r->title, "the title", ND_READ_TITLE_MAX_BYTES, err);
    if (rc == ND_OK) rc = check_line(r->author, "the author", ND_READ_TITLE_MAX_BYTES, err);
    if (rc == ND_OK) rc = check_line(r->date, "the date", 10, err);
    if (rc == ND_OK) rc = check_line(r->lang, "the language", 10, err);
    if (rc == ND_OK) rc = check_line(r->extractor, "the extractor", SHORT_MAX_BYTES, err);
    if (rc == ND_OK) rc = check_line(r->why, "the reason", SHORT_MAX_BYTES, err);
    for (size_t i = 0; i < r->labels.n && rc == ND_OK; i++)
        rc = check_line(r->labels.v[i], "a page label", ND_READ_TITLE_MAX_BYTES, err);
    for (size_t i = 0; i < r->fault_count && rc == ND_OK; i++)
        rc = check_line(r->faults[i].why, "the reason of a page", SHORT_MAX_BYTES, err);
    if (rc == ND_OK) rc = check_links(r, err);
    return rc;
}

static bool is_kind(const char *kind)
{
    static const char *const kinds[] = {"pdf",  "html",     "docx", "xlsx", "pptx",   "odt",
                                        "epub", "markdown", "text", "csv",  "unknown"};
    for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
        if (strcmp(kinds[i], kind) == 0) return true;
    }
    return false;
}

enum nd_rc nd_check_reading(const struct nd_reading *r, struct nd_view blob, struct nd_error *err)
{
    struct nd_pages pages = {0};
    char sha256[ND_SHA256_HEX];
    bool has_text = r->status == ND_SOURCE_READ || r->status == ND_SOURCE_PARTLY;
    enum nd_rc rc = check_lines(r, err);
    if (rc == ND_OK && !is_kind(r->kind))
        rc = nd_fail(err, ND_BAD_INPUT, "there is no kind '%.20s'", r->kind);
    if (rc == ND_OK && (r->status == ND_SOURCE_READ) != !r->why)
        rc = nd_fail(err, ND_BAD_INPUT, "a document that is %s has %s reason",
                     nd_source_status_word(r->status), r->why ? "a" : "no");
    if (rc == ND_OK) rc = nd_pages_split(&pages, blob, r->pages, err);
    if (rc == ND_OK) rc = check_lists(r, &pages, err);
    nd_sha256_hex(blob, sha256);
    if (rc == ND_OK && has_text && strcmp(sha256, r->text_sha256) != 0)
        rc = nd_fail(err, ND_BAD_INPUT, "the page texts have another hash than the record says");
    nd_pages_release(&pages);
    return rc;
}
