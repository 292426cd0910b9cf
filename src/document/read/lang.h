/** Which language most of a text is in. */
#ifndef ND_READ_LANG_H
#define ND_READ_LANG_H

#include "nightdesk/base/bytes.h"

/**
 * A BCP 47 code by script (zh ja ko ru ar fa hi he el) or, in Latin letters, by how often common words stand
 * in it (en de fr es it pt nl); NULL when the text is too short or too mixed to tell.
 */
const char *nd_guess_language(struct nd_view text);

#endif
