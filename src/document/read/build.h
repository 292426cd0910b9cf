/**
 * Builds the text of a document without pages of its own, block by block. Blocks (paragraphs, headings, list
 * items, listings, tables) are set apart by a blank line, rows of a table by a line break, cells of a row by
 * tabs. What does not fit a page of ND_READ_PAGE_MAX_BYTES any more begins the next one: a block, or a row of
 * a table. A block larger than a page is cut after a paragraph, a line or a word, and its range is that of
 * its first part.
 */
#ifndef ND_READ_BUILD_H
#define ND_READ_BUILD_H

#include "job.h"

struct nd_build {
    struct nd_job *job;
    uint32_t page;        /* being built, counted from 1 */
    struct nd_bytes done; /* the pages before it, each ended by a form feed … */
    size_t *page_at;      /* … and where each begins */
    size_t page_cap;
    struct nd_bytes text;     /* the page so far */
    struct nd_bytes run;      /* the block being gathered, as it came */
    bool pre;                 /* white space of the run counts */
    bool listing;             /* the block is one */
    unsigned breaks;          /* line breaks owed before the next text */
    struct nd_range last;     /* the last block, for a table's caption */
    bool over;                /* the document is full: what follows is dropped */
    bool cut;                 /* not all of the document's bytes were taken */
    uint32_t tables_left_out; /* the page where the first table ends that is text only; 0: none */
};

void nd_build_open(struct nd_build *b, struct nd_job *job);
/** Appends the document's bytes as UTF-8, at most ND_READ_FLOW_SOURCE_MAX_BYTES of them. */
void nd_build_source(struct nd_build *b, struct nd_bytes *out);
/** Sends the pages. */
void nd_build_close(struct nd_build *b);

/** Text of the current block; white space is collapsed unless pre is set. */
void nd_build_add(struct nd_build *b, struct nd_view text);
/** A line break inside the block. */
void nd_build_line(struct nd_build *b);
/** Ends the block, which may be empty; where it stands. */
struct nd_range nd_build_block(struct nd_build *b);
/** Ends the block as a heading. */
void nd_build_heading(struct nd_build *b, unsigned level);
/** Ends the page, which may be empty: what follows stands on the next one. */
void nd_build_page(struct nd_build *b);
/** Ends the block as a listing. */
void nd_build_listing(struct nd_build *b);

/** A table being built. Between open and close, blocks end as cells only. */
struct nd_grid;
/**
 * caption: may be empty; then the block before the table is one if it begins as captions do ("Table 3. …").
 * header_rows is counted from the rows that say so.
 */
struct nd_grid *nd_grid_open(struct nd_build *b, struct nd_view caption);
void nd_grid_row(struct nd_grid *grid, bool header);
/** Ends the run as the next cell of the row. A cell that spans has its text in each place. */
void nd_grid_cell(struct nd_grid *grid, unsigned columns, unsigned rows);
/** The next places of the row belong to the cell above them. */
void nd_grid_cell_above(struct nd_grid *grid, unsigned columns);
/** Without a row that says it is one, the first row is the header when it holds no number and others do. */
void nd_grid_close(struct nd_grid *grid);

#endif
