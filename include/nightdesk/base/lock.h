/** Locks on files that the kernel frees when their holder dies: open-file-description locks (fcntl(2)). */
#ifndef NIGHTDESK_BASE_LOCK_H
#define NIGHTDESK_BASE_LOCK_H

#include "nightdesk/base/error.h"
#include <stdbool.h>

/**
 * Locks the file, which is made when it is not there. *fd is ended with nd_lock_release.
 * @param wait  until it is free; otherwise ND_RETRY when another holds it
 */
enum nd_rc nd_lock_take(const char *path, bool wait, int *fd, struct nd_error *err);
void nd_lock_release(int fd);

#endif
