/**
 * Ballast: a file that only holds space. When the disk is full it is given up, so that what is in flight can
 * still be recorded and the run can stop in order.
 */
#ifndef STORE_BALLAST_H
#define STORE_BALLAST_H

#include "nightdesk/base/error.h"

#define ND_BALLAST_BYTES (4 << 20)

/** Makes it when it is not there; ND_FULL when there is no room for it. */
enum nd_rc nd_ballast_make(const char *path, struct nd_error *err);
void nd_ballast_drop(const char *path);

#endif
