/** Masks: what is not printed becomes '*', byte for byte; white space stays. */
#ifndef ND_REPORT_MASKS_H
#define ND_REPORT_MASKS_H

#include "nightdesk/base/bytes.h"

#define MASKS_MAX 20000    /* of one report */
#define PAGE_MASKS_MAX 200 /* of one page; more become one from the first to the last */

/** Fills bytes [start, end) of text, which cut no character. */
void mask_fill(char *text, size_t start, size_t end);
/** Is everything there '*' or white space? */
bool mask_is_filled(struct nd_view text, size_t start, size_t end);
/** Masked text on one line; nd_display_is holds. */
void mask_display(struct nd_view text, struct nd_bytes *out);

#endif
