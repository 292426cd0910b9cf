/**
 * A title from the look of a PDF's first page: the first lines in letters larger than the rest of the page.
 * Where all letters are of one size, its first line, if it is short.
 */
#ifndef ND_READ_HEADLINE_H
#define ND_READ_HEADLINE_H

#include "job.h"
#include "poppler.h"

/** Takes the title of the reading from that page (counted from 0), if there is none and the page shows one.
 */
void nd_headline(struct nd_job *job, const struct nd_poppler *pdf, uint32_t page);

#endif
