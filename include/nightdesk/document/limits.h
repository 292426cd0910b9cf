/**
 * The limits of reading (protocol P9), all of them. What bites is named: as the `why` of a source, or as a
 * fault of the page where it bit. All page texts of one document together: ND_PAGE_TEXT_MAX_BYTES in
 * core/limits.h.
 */
#ifndef NIGHTDESK_DOCUMENT_LIMITS_H
#define NIGHTDESK_DOCUMENT_LIMITS_H

#include "nightdesk/core/limits.h"

/* the process that reads one document */
/* address space; off in sanitizer builds, which cannot start under it */
#define ND_READ_ADDRESS_BYTES ((size_t)1 << 30)
/* processor time: 20 s, and as much again for every 500 pages */
#define ND_READ_CPU_S 20
#define ND_READ_CPU_PAGES 500
#define ND_READ_CPU_SECONDS(pages) (ND_READ_CPU_S + (pages) / ND_READ_CPU_PAGES * ND_READ_CPU_S)
#define ND_READ_WALL_PERCENT 150 /* wall time, of the processor time allowed */
#define ND_READ_OPEN_FILES 64
/* pages that may end the process before the rest of the document is given up */
#define ND_READ_RESTARTS_MAX 3

/* what goes in */
#define ND_INPUT_DEPTH_MAX 64 /* folders in folders */
#define ND_READ_FILE_MAX_BYTES ((size_t)256 << 20)
#define ND_READ_PAGES_MAX 20000
#define ND_READ_HTML_MAX_BYTES ((size_t)10 << 20)
#define ND_READ_HTML_DEPTH 256 /* levels of nested elements; libxml2 enforces it */
#define ND_READ_HTML_TAG_MAX_BYTES                                                                           \
    ((size_t)64 << 10) /* one tag with its attributes; a longer one is left out */
#define ND_READ_ZIP_ENTRIES_MAX 10000
#define ND_READ_ZIP_ENTRY_MAX_BYTES ((size_t)64 << 20)
#define ND_READ_ZIP_TOTAL_MAX_BYTES ((size_t)256 << 20)
#define ND_READ_ZIP_RATIO_MAX 200                      /* of unpacked to packed, for entries above … */
#define ND_READ_ZIP_RATIO_FROM_BYTES ((size_t)1 << 20) /* … this size */

/* what comes out */
#define ND_READ_PAGE_MAX_BYTES ((size_t)1 << 20)
/* text of a document without pages of its own (all kinds but PDF), cut into pages of that size … */
#define ND_READ_FLOW_MAX_BYTES ((size_t)32 << 20)
/* … and how many bytes of a text, Markdown or CSV file are looked at for it */
#define ND_READ_FLOW_SOURCE_MAX_BYTES (2 * ND_READ_FLOW_MAX_BYTES)
#define ND_READ_RECORD_MAX_BYTES ((size_t)48 << 20)
#define ND_READ_HEADINGS_MAX 20000
#define ND_READ_TITLE_MAX_BYTES 300 /* of a title, heading, author, caption */
#define ND_READ_TABLES_MAX 5000
#define ND_READ_TABLE_COLUMNS_MAX 1000
#define ND_READ_CELLS_MAX 200000 /* of all tables of a document; tables beyond it are text only */
#define ND_READ_LISTINGS_MAX 50000
#define ND_READ_LINKS_MAX 1000
#define ND_READ_HREF_MAX_BYTES (ND_READ_TITLE_MAX_BYTES - 1) /* a longer link is left out */

#endif
