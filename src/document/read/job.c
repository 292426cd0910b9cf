#include "job.h"
#include "frame.h"
#include "lang.h"

#include "nightdesk/document/document.h"
#include "nightdesk/document/page_text.h"
#include <string.h>
#include <unistd.h>

/* ---- the pipe ---- */

static void send_bytes(const struct nd_job *job, struct nd_view bytes)
{
    while (bytes.len > 0) {
        ssize_t sent = write(job->out, bytes.data, bytes.len);
        if (sent <= 0) _exit(ND_READ_EXIT_PIPE); /* nobody is there to tell */
        bytes = nd_view_sub(bytes, (size_t)sent, bytes.len);
    }
}

static void send_frame(const struct nd_job *job, enum nd_frame type, struct nd_view body)
{
    char head[ND_FRAME_HEAD_BYTES] = {(char)type};
    for (unsigned i = 0; i < 4; i++) head[i + 1] = (char)((body.len >> (8 * i)) & 0xFF);
    send_bytes(job, (struct nd_view){head, sizeof head});
    send_bytes(job, body);
}

void nd_job_begin(const struct nd_job *job)
{
    send_bytes(job, ND_VIEW(ND_FRAME_MAGIC));
}

void nd_job_extractor(struct nd_job *job, const char *library, const char *version)
{
    nd_free(job->reading->extractor);
    job->reading->extractor = nd_sprintf("%s %s, reader %s", library, version, ND_READER_VERSION);
}

void nd_job_count(struct nd_job *job, uint32_t pages)
{
    char body[4];
    for (unsigned i = 0; i < 4; i++) body[i] = (char)((pages >> (8 * i)) & 0xFF);
    job->reading->pages = pages;
    send_frame(job, ND_FRAME_COUNT, (struct nd_view){body, sizeof body});
}

/* ---- pages ---- */

void nd_job_fault(struct nd_job *job, uint32_t page, const char *why)
{
    struct nd_reading *r = job->reading;
    for (size_t i = r->fault_count; i > 0 && r->faults[i - 1].page == page; i--) {
        if (strcmp(r->faults[i - 1].why, why) == 0) return; /* of another part of the page */
    }
    ND_GROW(r->faults, r->fault_count, job->fault_cap);
    r->faults[r->fault_count++] = (struct nd_page_fault){.page = page, .why = nd_strdup(why)};
}

/* The most of text that fits into max bytes, cut after a line if there is one. */
static struct nd_view cut(struct nd_view text, size_t max)
{
    size_t end = nd_utf8_cut(text, max);
    const char *line = memrchr(text.data, '\n', end);
    return nd_view_sub(text, 0, line ? (size_t)(line - text.data) : end);
}

void nd_job_page(struct nd_job *job, struct nd_view text)
{
    job->pages_done++;
    if (text.len > ND_READ_PAGE_MAX_BYTES) {
        text = cut(text, ND_READ_PAGE_MAX_BYTES);
        nd_job_fault(job, job->pages_done, "text over the limit of 1 MB: the rest was left out");
    }
    if (job->blob.len + text.len + ND_READ_PAGES_MAX > ND_PAGE_TEXT_MAX_BYTES) {
        text = (struct nd_view){0};
        nd_job_fault(job, job->pages_done, "over the limit of 256 MB of text in one document");
    }
    if (text.len > 0) job->pages_with_text++;
    nd_bytes_add_view(&job->blob, text);
    nd_bytes_add_char(&job->blob, '\f');
    send_frame(job, ND_FRAME_PAGE, text);
}

void nd_job_page_fault(struct nd_job *job, const char *why)
{
    nd_job_fault(job, job->pages_done + 1, why);
    nd_job_page(job, (struct nd_view){0});
}

void nd_job_fail(struct nd_job *job, enum nd_source_status status, const char *why)
{
    job->reading->status = status;
    nd_free(job->reading->why);
    job->reading->why = nd_strdup(why);
}

/* ---- headings ---- */

char *nd_one_line(struct nd_view text)
{
    struct nd_bytes repaired = ND_BYTES(ND_BYTES_MAX);
    struct nd_bytes line = ND_BYTES(ND_BYTES_MAX);
    nd_page_text_repair(nd_view_sub(text, 0, nd_utf8_cut(text, 8 * (size_t)ND_READ_TITLE_MAX_BYTES)),
                        &repaired);
    struct nd_view v = nd_bytes_view(&repaired);
    for (size_t at = 0; at < v.len;) {
        uint32_t c = nd_utf8_next(v, &at);
        if (!nd_is_space(c))
            nd_utf8_add(&line, c);
        else if (line.len > 0 && line.data[line.len - 1] != ' ')
            nd_bytes_add_char(&line, ' ');
    }
    struct nd_view whole = nd_view_trim(nd_bytes_view(&line));
    struct nd_view kept = nd_view_trim(nd_view_sub(whole, 0, nd_utf8_cut(whole, ND_READ_TITLE_MAX_BYTES)));
    char *out = kept.len > 0 ? nd_view_dup(kept) : NULL;
    nd_bytes_release(&repaired);
    nd_bytes_release(&line);
    return out;
}

void nd_job_heading(struct nd_job *job, struct nd_range range, unsigned level, bool bookmark,
                    struct nd_view title)
{
    struct nd_reading *r = job->reading;
    char *line = r->heading_count < ND_READ_HEADINGS_MAX ? nd_one_line(title) : NULL;
    if (!line) return;
    ND_GROW(r->headings, r->heading_count, job->heading_cap);
    r->headings[r->heading_count++] =
        (struct nd_heading){.range = range, .level = level, .bookmark = bookmark, .title = line};
}

/* ---- the end ---- */

/* "page 3: no text layer", or how many pages and the first reason. */
static char *faults_in_short(const struct nd_reading *r)
{
    const struct nd_page_fault *first = &r->faults[0];
    size_t pages = 1;
    for (size_t i = 1; i < r->fault_count; i++) pages += r->faults[i].page != r->faults[i - 1].page;
    if (r->pages == 1) return nd_strdup(first->why);
    if (pages == 1) return nd_sprintf("page %u: %s", first->page, first->why);
    return nd_sprintf("%zu of %u pages were not read whole, the first is page %u: %s", pages, r->pages,
                      first->page, first->why);
}

static void judge(struct nd_job *job)
{
    struct nd_reading *r = job->reading;
    if (r->status == ND_SOURCE_FAILED || r->status == ND_SOURCE_UNSUPPORTED) return;
    if (job->pages_with_text == 0) {
        char *why = r->fault_count == 0 ? nd_strdup("holds no text")
                    : r->pages > 1
                        ? nd_sprintf("none of its %u pages has text: %s", r->pages, r->faults[0].why)
                        : nd_strdup(r->faults[0].why);
        nd_job_fail(job, ND_SOURCE_FAILED, why);
        nd_free(why);
    } else if (r->fault_count > 0 && !r->why) {
        r->status = ND_SOURCE_PARTLY;
        r->why = faults_in_short(r);
    }
}

void nd_job_end(struct nd_job *job)
{
    struct nd_reading *r = job->reading;
    judge(job);
    if (r->status == ND_SOURCE_READ || r->status == ND_SOURCE_PARTLY) {
        nd_sha256_hex(nd_bytes_view(&job->blob), r->text_sha256);
        if (!r->lang) r->lang = nd_strdup(nd_guess_language(nd_bytes_view(&job->blob)));
    }
    if (!r->title) {
        r->title = nd_strdup(r->kind); /* the parent puts the file's name in its place */
        r->title_from = ND_TITLE_FILE_NAME;
    }
    struct nd_json *json = nd_reading_json(r);
    struct nd_bytes record = ND_BYTES(ND_READ_RECORD_MAX_BYTES);
    nd_json_print(json, &record);
    send_frame(job, ND_FRAME_RECORD, nd_bytes_view(&record));
    nd_bytes_release(&record);
    nd_json_free(json);
}
