#include "datafiles.h"
#include "headline.h"
#include "kinds.h"
#include "outline.h"
#include "poppler.h"
#include "sandbox.h"
#include "title.h"

#include "nightdesk/base/host.h"
#include "nightdesk/document/page_text.h"
#include <stdio.h>
#include <string.h>

/* Pages without text that are drawn to see whether they are blank; in a scan of many pages the first ones
 * tell. */
#define DRAWN_MAX 40

struct pdf {
    struct nd_job *job;
    struct nd_poppler *poppler;
    struct nd_strings labels;
    bool labelled; /* some label is not the page's number */
    unsigned drawn;
};

void nd_pdf_prepare(struct nd_job *job)
{
    (void)job;
    nd_datafiles_map();
    nd_poppler_prepare();
}

/* ---- pages ---- */

/* True when the list "3,17" has the number. */
static bool is_listed(const char *list, uint32_t page)
{
    struct nd_view left = nd_view_of(list);
    while (left.len > 0) {
        size_t comma = nd_view_find(left, ND_VIEW(","), 0);
        int64_t number = 0;
        struct nd_view item = nd_view_sub(left, 0, comma);
        if (nd_view_int(item, &number) && number == page) return true;
        left = nd_view_sub(left, comma == SIZE_MAX ? left.len : comma + 1, left.len);
    }
    return false;
}

static void add_label(struct pdf *pdf, uint32_t page, struct nd_view label)
{
    char number[16];
    (void)snprintf(number, sizeof number, "%u", page);
    char *line = nd_one_line(label);
    pdf->labelled = pdf->labelled || (line && strcmp(line, number) != 0);
    nd_strings_add(&pdf->labels, line ? line : number);
    nd_free(line);
}

/* A page without text is at fault when something is drawn on it. */
static void page_without_text(struct pdf *pdf, uint32_t page)
{
    bool blank = pdf->drawn < DRAWN_MAX && nd_poppler_page_is_blank(pdf->poppler, page - 1);
    pdf->drawn++;
    if (blank)
        nd_job_page(pdf->job, (struct nd_view){0});
    else
        nd_job_page_fault(pdf->job, "no text layer");
}

static bool is_right_to_left(struct nd_view text)
{
    size_t letters = 0, right_to_left = 0;
    for (size_t at = 0; at < text.len;) {
        uint32_t c = nd_utf8_next(text, &at);
        if (c >= 0x80) right_to_left += nd_is_rtl(c);
        letters += nd_is_letter(c);
    }
    return right_to_left * 3 > letters; /* code and names in Latin letters are common in them */
}

/* The repaired text; a page of a right-to-left script is taken again in the order of reading. */
static bool extract(const struct pdf *pdf, uint32_t page, struct nd_bytes *text, struct nd_bytes *label)
{
    struct nd_bytes raw = ND_BYTES(4 * ND_READ_PAGE_MAX_BYTES), again = ND_BYTES(4096);
    bool there = nd_poppler_page(pdf->poppler, page - 1, ND_POPPLER_STREAM, &raw, label);
    if (there && is_right_to_left(nd_bytes_view(&raw))) {
        nd_bytes_clear(&raw);
        there = nd_poppler_page(pdf->poppler, page - 1, ND_POPPLER_READING, &raw, &again);
    }
    nd_page_text_repair(nd_bytes_view(&raw), text);
    nd_bytes_release(&raw);
    nd_bytes_release(&again);
    return there;
}

static void read_page(struct pdf *pdf, uint32_t page)
{
    struct nd_bytes label = ND_BYTES(4096);
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    bool given_up = page > pdf->job->last;
    bool skipped = given_up || is_listed(pdf->job->skip, page);
    bool there = !skipped && extract(pdf, page, &text, &label);
    add_label(pdf, page, nd_bytes_view(&label));
    if (given_up)
        nd_job_page_fault(pdf->job,
                          "not read: the pages before it used up what reading one document may take");
    else if (skipped)
        nd_job_page_fault(pdf->job,
                          "the page ends the reading program or is over its limits of time and memory");
    else if (!there)
        nd_job_page_fault(pdf->job, "the page is damaged");
    else if (nd_view_trim(nd_bytes_view(&text)).len == 0)
        page_without_text(pdf, page);
    else
        nd_job_page(pdf->job, nd_bytes_view(&text));
    nd_bytes_release(&label);
    nd_bytes_release(&text);
}

/* ---- title ---- */

/* The title page is the first of the first pages that has text. */
static void title_from_page(struct pdf *pdf)
{
    enum { TITLE_WITHIN = 3 };
    struct nd_pages pages = {0};
    uint32_t count = pdf->job->reading->pages;
    if (nd_pages_split(&pages, nd_bytes_view(&pdf->job->blob), count, NULL) != ND_OK) return;
    uint32_t page = 1;
    while (page < count && page < TITLE_WITHIN && nd_pages_at(&pages, page).len == 0) page++;
    if (nd_pages_at(&pages, page).len > 0) nd_headline(pdf->job, pdf->poppler, page - 1);
    nd_pages_release(&pages);
}

/* Text in PDF's own 8-bit encoding reaches us as Latin-1; these are the places where the two differ. */
static void mend_encoding(struct nd_view latin, struct nd_bytes *out)
{
    static const uint16_t from_0x80[] = {0x2022, 0x2020, 0x2021, 0x2026, 0x2014, 0x2013, 0x0192, 0x2044,
                                         0x2039, 0x203A, 0x2212, 0x2030, 0x201E, 0x201C, 0x201D, 0x2018,
                                         0x2019, 0x201A, 0x2122, 0xFB01, 0xFB02, 0x0141, 0x0152, 0x0160,
                                         0x0178, 0x017D, 0x0131, 0x0142, 0x0153, 0x0161, 0x017E};
    for (size_t at = 0; at < latin.len;) {
        uint32_t c = nd_utf8_next(latin, &at);
        nd_utf8_add(out,
                    c >= 0x80 && c < 0x80 + sizeof from_0x80 / sizeof from_0x80[0] ? from_0x80[c - 0x80] : c);
    }
}

static void information(const struct pdf *pdf, const char *member, struct nd_bytes *out)
{
    struct nd_bytes raw = ND_BYTES(1 << 16);
    nd_poppler_info(pdf->poppler, member, &raw);
    mend_encoding(nd_bytes_view(&raw), out);
    nd_bytes_release(&raw);
}

static void read_information(struct pdf *pdf)
{
    struct nd_bytes value = ND_BYTES(1 << 16);
    information(pdf, "Title", &value);
    if (!nd_title_from_metadata(pdf->job, nd_bytes_view(&value))) title_from_page(pdf);
    nd_bytes_clear(&value);
    information(pdf, "Author", &value);
    nd_author(pdf->job, nd_bytes_view(&value));
    nd_bytes_release(&value);
    int64_t created = nd_poppler_created(pdf->poppler);
    if (created > 0) {
        char when[ND_TIME_BYTES];
        nd_time_format(created * 1000, when);
        nd_date(pdf->job, nd_view_of(when));
    }
}

static void add_bookmark(void *ctx, unsigned level, struct nd_view title)
{
    nd_bookmarks_add(ctx, level, title);
}

static void read_bookmarks(struct pdf *pdf)
{
    struct nd_bookmarks list = {0};
    if (!pdf->job->no_outline) nd_poppler_bookmarks(pdf->poppler, add_bookmark, &list);
    nd_bookmarks_place(pdf->job, &list);
    nd_bookmarks_release(&list);
}

/* ---- the document ---- */

static void read_pages(struct pdf *pdf)
{
    uint32_t pages = nd_poppler_pages(pdf->poppler);
    if (pages == 0) {
        nd_job_fail(pdf->job, ND_SOURCE_FAILED, "has no pages (damaged or cut off)");
        return;
    }
    if (pages > ND_READ_PAGES_MAX) {
        pdf->job->reading->status = ND_SOURCE_PARTLY;
        pdf->job->reading->why =
            nd_sprintf("has %u pages, limit is %d: the rest was not read", pages, ND_READ_PAGES_MAX);
        pages = ND_READ_PAGES_MAX;
    }
    nd_sandbox_allow_pages(pages);
    nd_job_count(pdf->job, pages);
    for (uint32_t page = 1; page <= pages; page++) read_page(pdf, page);
    read_information(pdf);
    read_bookmarks(pdf);
    if (pdf->labelled) {
        pdf->job->reading->labels = pdf->labels;
        pdf->labels = (struct nd_strings){0};
    }
}

void nd_pdf_read(struct nd_job *job)
{
    bool locked = false;
    struct pdf pdf = {.job = job};
    nd_job_extractor(job, "poppler", nd_poppler_version());
    pdf.poppler = nd_poppler_open(job->bytes, &locked);
    if (locked)
        nd_job_fail(job, ND_SOURCE_FAILED, "encrypted: a password is needed to open it");
    else if (!pdf.poppler)
        nd_job_fail(job, ND_SOURCE_FAILED, "not a readable PDF (damaged or cut off)");
    else
        read_pages(&pdf);
    nd_strings_release(&pdf.labels);
    nd_poppler_free(pdf.poppler);
}
