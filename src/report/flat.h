/** Text made flat for a search: one line, ASCII forms of digits and signs, and the way back. */
#ifndef ND_REPORT_FLAT_H
#define ND_REPORT_FLAT_H

#include "nightdesk/base/bytes.h"

/**
 * Digits of all scripts, full-width forms, dashes and blanks as ASCII; soft hyphens and zero-width characters
 * gone; a hyphen at a line's end before a small letter gone with the break. Other line ends stay '\n'.
 */
struct flat {
    struct nd_bytes text;
    uint32_t *start, *end; /* byte i of text comes from bytes [start[i], end[i]) */
    size_t start_cap, end_cap;
};

void flat_make(struct flat *out, struct nd_view text);
void flat_release(struct flat *flat);

#endif
