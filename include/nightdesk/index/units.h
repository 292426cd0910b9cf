/**
 * What a document's page texts are made of: sections, passages and units.
 *
 * A unit is one sentence, or one line or block that is no sentence (a heading, a line of code, a row of
 * figures, an entry of a contents list). Every byte of a page that is not white space, a bullet or a note's
 * mark belongs to exactly one unit, except that a sentence across a page break is one unit with two ranges.
 * Only ND_UNIT_PROSE is fit to be quoted.
 */
#ifndef NIGHTDESK_INDEX_UNITS_H
#define NIGHTDESK_INDEX_UNITS_H

#include "nightdesk/core/source.h"

enum nd_unit_kind {
    ND_UNIT_PROSE,     /* a whole sentence: opens as one, ends with a stop */
    ND_UNIT_FRAGMENT,  /* running text that is not one: a lead-in, a broken-off piece, a bare phrase */
    ND_UNIT_ITEM,      /* a list item that is not a sentence (one that is, is PROSE with ND_UNIT_BULLET) */
    ND_UNIT_HEAD,      /* heading or title */
    ND_UNIT_CODE,      /* listing, command, terminal output, file content */
    ND_UNIT_NUMERIC,   /* rows of figures, formulae */
    ND_UNIT_TABLE,     /* a cell or row of a table */
    ND_UNIT_CAPTION,   /* "Figure 3: …" */
    ND_UNIT_REFERENCE, /* entry of a bibliography */
    ND_UNIT_CONTENTS,  /* line of a contents list */
    ND_UNIT_INDEX,     /* entry of an index */
    ND_UNIT_FURNITURE, /* running head or foot, page number */
};
const char *nd_unit_kind_word(enum nd_unit_kind kind); /* prose fragment item head code … */

enum nd_unit_flag {
    ND_UNIT_OPENS = 1,     /* first of its paragraph */
    ND_UNIT_BULLET = 2,    /* a bullet or number stood before it (outside its range) */
    ND_UNIT_LOWER = 4,     /* starts in lower case (an identifier: "upsmon reads …") */
    ND_UNIT_CONTINUES = 8, /* goes on at `rest` on the next page */
    ND_UNIT_LEAD = 16,     /* ends in ':' and leads to what follows: items, code, a table */
};

struct nd_unit {
    struct nd_range at;    /* white space trimmed off both ends */
    struct nd_range rest;  /* second part on the next page; page 0: none */
    uint32_t document;     /* index in the collection */
    uint32_t paragraph;    /* counts through the document */
    uint32_t section;      /* index in the collection; ND_NONE before the first heading */
    uint32_t passage;      /* index in the collection; ND_NONE for kinds that are not indexed */
    uint16_t words, stops; /* words, and how many of them are stop words */
    uint8_t kind;          /* enum nd_unit_kind */
    uint8_t flags;         /* enum nd_unit_flag */
};

#define ND_NONE UINT32_MAX

/** A heading and what follows it. */
struct nd_section {
    uint32_t document, page; /* where its heading stands */
    uint32_t parent;         /* ND_NONE at the top */
    unsigned level;          /* 1 is the highest */
    bool bookmark;           /* from the document's own outline or markup; else recognised by its look */
    char *title;             /* one line, leading number kept ("4.2 Remote login") */
    char *path;              /* titles from the top, joined by " > " */
};

/** Neighbouring units of a page, closed at ND_PASSAGE_WORDS, or at a section from ND_PASSAGE_SHORT words on.
 */
struct nd_passage {
    uint32_t document, page, section; /* section of its first unit */
    uint32_t unit, unit_count;        /* first unit; units of kinds that are not indexed may lie between */
    uint32_t words;
};
#define ND_PASSAGE_WORDS 150
#define ND_PASSAGE_SHORT 50

/** One document of a collection; its units, passages and sections lie side by side in the collection's. */
struct nd_document {
    uint32_t source;                 /* index in the nd_sources that it came from */
    const char *title, *name, *lang; /* name: file name without folders; lang: NULL when not known */
    uint32_t pages;
    uint32_t unit, unit_count, passage, passage_count, section, section_count;
};

#endif
