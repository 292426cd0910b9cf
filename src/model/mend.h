/** JSON that was paid for and must not be lost for a broken character. */
#ifndef MODEL_MEND_H
#define MODEL_MEND_H

#include "nightdesk/base/bytes.h"

/** Broken UTF-8, \u0000 and half surrogate pairs become U+FFFD. */
void mend(struct nd_bytes *body);

#endif
