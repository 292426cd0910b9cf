/**
 * Sources: documents as they were read. The reading of a document is a JSON record and one blob with its page
 * texts; both are content-addressed, so a document is parsed once per content.
 *
 * Page text (DESIGN 1): UTF-8 in NFC after the closed list of repairs in docs/reference/page-text.md. It
 * keeps line breaks and line-end hyphens. It never contains a form feed, so the blob of a document is its
 * page texts in order, each ended by one form feed, and the blob's sha256 is the document's text_sha256.
 */
#ifndef NIGHTDESK_CORE_SOURCE_H
#define NIGHTDESK_CORE_SOURCE_H

#include "nightdesk/base/hash.h"
#include "nightdesk/base/json.h"
#include "nightdesk/core/request.h"

/** A byte range [start, end) of one page text; page counts from 1. */
struct nd_range {
    uint32_t page, start, end;
};

enum nd_source_status { ND_SOURCE_READ, ND_SOURCE_PARTLY, ND_SOURCE_FAILED, ND_SOURCE_UNSUPPORTED };
const char *nd_source_status_word(enum nd_source_status status); /* read partly failed unsupported */

/** Where a title came from, in order of trust. */
enum nd_title_from { ND_TITLE_METADATA, ND_TITLE_HEADING, ND_TITLE_FILE_NAME };

/**
 * A heading or bookmark. range.start == range.end when its line was not found; then the page is that of the
 * heading before it, or 1.
 */
struct nd_heading {
    struct nd_range range;
    unsigned level; /* 1 is the highest */
    bool bookmark;  /* from the document's own outline */
    char *title;    /* one line; leading numbering kept */
};

/** A table that the source marks as one (HTML, DOCX, XLSX, CSV, Markdown): every cell is a range of the page
 * text. */
struct nd_table {
    uint32_t page;
    char *caption; /* NULL: none */
    uint32_t rows, columns, header_rows;
    struct nd_range *cells; /* rows * columns, row by row; an empty cell has start == end */
};

/** A link in the content of a web page, as the page writes it: hostile until it is resolved and checked. */
struct nd_link {
    char *href, *text; /* one line each; text may be "" */
};

struct nd_page_fault {
    uint32_t page;
    char *why; /* "no text layer", "text over the limit of 1 MB: …" */
};

struct nd_reading {
    char sha256[ND_SHA256_HEX];      /* of the document's bytes */
    char text_sha256[ND_SHA256_HEX]; /* of the blob of page texts; "" when failed or unsupported */
    int64_t size_bytes;
    enum nd_source_status status;
    char *why;       /* NULL when read */
    char *kind;      /* pdf html docx xlsx pptx odt epub markdown text csv, or "unknown" */
    char *extractor; /* "poppler 22.12.0", "libxml2 2.9.14" … with the reader's version */
    char *title;     /* never empty */
    enum nd_title_from title_from;
    char *author, *date;         /* from metadata; NULL: not stated */
    char *lang;                  /* "en", "de", "zh" … of most of the text; NULL: not known */
    uint32_t pages;              /* kinds without pages: 1, or more when over 1 MB (page-text.md) */
    struct nd_strings labels;    /* page labels where they differ from 1..n, else empty */
    struct nd_heading *headings; /* in document order */
    size_t heading_count;
    struct nd_table *tables;
    size_t table_count;
    struct nd_range *code; /* listings that the source marks as such (pre, code fence), in document order */
    size_t code_count;
    struct nd_page_fault *faults; /* pages without usable text */
    size_t fault_count;
    char *base;            /* of links, as the page says it; NULL: its address */
    struct nd_link *links; /* in document order, no href twice */
    size_t link_count;
};

/** Checks everything (ranges within limits, counts); ND_BAD_INPUT names what is wrong, ND_VERSION a newer
 * format. */
enum nd_rc nd_reading_parse(struct nd_reading **out, struct nd_view json_text, struct nd_error *err);
/** The record as JSON ("nightdesk.reading/1"); caller frees. */
struct nd_json *nd_reading_json(const struct nd_reading *reading);
void nd_reading_free(struct nd_reading *reading);

/** The pages of a blob; page[i] is page i + 1. Views borrow the blob. */
struct nd_pages {
    struct nd_view *page;
    size_t n;
};
/** ND_BAD_INPUT when the blob does not end in a form feed or has not `expected` pages. */
enum nd_rc nd_pages_split(struct nd_pages *out, struct nd_view blob, size_t expected, struct nd_error *err);
void nd_pages_release(struct nd_pages *pages);
/** The page's text, or an empty view when there is no such page. */
struct nd_view nd_pages_at(const struct nd_pages *pages, uint32_t page);

/**
 * A source of a run: one input file or fetched page and the reading of its content. Identical files give one
 * source with several paths. Files are ordered by (root, path) of their first file, so their numbers are the
 * same on every machine; pages come after them (pipeline/web_pages.h).
 */
struct nd_source {
    unsigned root;          /* which of the request's roots */
    char *path;             /* relative to that root; '/' between names; broken UTF-8 repaired for display */
    struct nd_strings also; /* other paths with the same bytes */
    char reading_sha256[ND_SHA256_HEX]; /* blob with the reading record; "" when there is none */
    struct nd_reading *reading;         /* never NULL; status, why, kind, title are always set */
    bool local, confidential;
    char *url;  /* of a fetched page, path is the same without its scheme; of a passage its place, path is the
                   same; NULL: a file */
    bool found; /* research found the page; it was not given */
    char *kb;   /* the knowledge base elsewhere that gave this passage (core/kb.h); NULL: none did */
};
struct nd_sources {
    struct nd_source *v;
    size_t n, cap;
};
void nd_source_release(struct nd_source *source);
void nd_sources_release(struct nd_sources *sources);

#endif
