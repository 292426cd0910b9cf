/**
 * One document being read by nightdesk-read: its bytes, and the reading as it grows. The readers of the kinds
 * fill it.
 */
#ifndef ND_READ_JOB_H
#define ND_READ_JOB_H

#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"
#include "nightdesk/core/source.h"
#include "nightdesk/document/limits.h"

struct nd_charset;

struct nd_job {
    struct nd_view bytes;       /* the whole document */
    const char *hint;           /* what the file's name says: "markdown", "csv", "html", "text" or "" */
    const char *skip;           /* pages that ended an earlier reader: "3,17", or "" */
    uint32_t last;              /* pages after it are given up; UINT32_MAX: none */
    bool no_outline;            /* an earlier reader ended after the last page */
    struct nd_charset *charset; /* how the bytes are read as text; NULL for kinds that are not text */
    struct nd_reading *reading;
    struct nd_bytes blob; /* page texts so far, each ended by a form feed */
    uint32_t pages_done, pages_with_text;
    size_t heading_cap, table_cap, fault_cap, code_cap; /* of the lists in reading */
    size_t cells;                                       /* of all tables */
    int out;                                            /* the pipe */
};

/** Opens the conversation with the parent. */
void nd_job_begin(const struct nd_job *job);
/** Names what reads the document: "poppler", "22.12.0". */
void nd_job_extractor(struct nd_job *job, const char *library, const char *version);
/** Says how many pages will come. */
void nd_job_count(struct nd_job *job, uint32_t pages);
/** The repaired text of the next page; what passes a limit is cut off and becomes a fault of the page. */
void nd_job_page(struct nd_job *job, struct nd_view text);
/** The next page has no text, and why. */
void nd_job_page_fault(struct nd_job *job, const char *why);
/** Something of that page is missing, and why. */
void nd_job_fault(struct nd_job *job, uint32_t page, const char *why);
/** The document cannot be read, and why; ends what was said before. */
void nd_job_fail(struct nd_job *job, enum nd_source_status status, const char *why);
/** Fills in what follows from the rest (status, language, hashes) and sends the record. */
void nd_job_end(struct nd_job *job);

/** Adds a heading; too many are left out without a word, since the text is still there. Title: see
 * nd_one_line. */
void nd_job_heading(struct nd_job *job, struct nd_range range, unsigned level, bool bookmark,
                    struct nd_view title);
/** The text repaired, on one line, blanks collapsed, at most ND_READ_TITLE_MAX_BYTES; NULL when nothing is
 * left. */
char *nd_one_line(struct nd_view text);

#endif
