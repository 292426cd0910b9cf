/** What a stretch of text looks like: counts that tell running text from code, figures and headings. */
#ifndef NIGHTDESK_INDEX_MEASURE_H
#define NIGHTDESK_INDEX_MEASURE_H

#include "languages.h"

enum nd_edge { /* the kind of a first or last character, brackets and quotes passed over where useful */
               ND_EDGE_NONE,
               ND_EDGE_LOWER,
               ND_EDGE_UPPER,
               ND_EDGE_LETTER, /* of a script without case */
               ND_EDGE_DIGIT,
               ND_EDGE_STOP,  /* . ! ? … and their sisters in other scripts */
               ND_EDGE_COLON, /* : and ; */
               ND_EDGE_COMMA,
               ND_EDGE_HYPHEN,
               ND_EDGE_OTHER,
};

struct nd_measure {
    uint32_t words;    /* runs without white space that hold a letter or digit; CJK: two characters are one */
    uint32_t stops;    /* words of grammar in the document's language or English */
    uint32_t capitals; /* words that start with a capital */
    uint32_t numbers;  /* runs that are a number, with its signs and units of one letter */
    uint32_t names;    /* file names, paths, addresses, identifiers: at home in prose and in code */
    uint32_t marks;    /* runs with characters of code: = { } ; < > | \ $, options, lone symbols */
    uint32_t chars, letters, digits, cjk;
    int brackets;             /* opening round brackets minus closing ones */
    enum nd_edge first, last; /* quotes and brackets passed over */
    bool ends_closed;         /* a closing bracket or quote stands behind the last */
};

/** language: of the document, or NULL. Text may hold line breaks. */
void nd_measure(struct nd_view text, const struct nd_language *language, struct nd_measure *out);

bool nd_is_stop(uint32_t c);   /* ends a sentence: . ! ? … 。 ؟ ۔ । … */
bool nd_is_closer(uint32_t c); /* closing bracket or quote */
bool nd_is_opener(uint32_t c); /* opening bracket or quote */
bool nd_is_quote(uint32_t c);  /* straight quotes, which open and close */

/** Em widths of the characters, as in a common text face: enough to compare the lengths of printed lines. */
double nd_printed_width(struct nd_view text);

#endif
