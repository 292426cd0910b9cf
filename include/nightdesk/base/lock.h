/** Locks on files that the kernel frees when their holder dies: open-file-description locks (fcntl(2)). */
#ifndef NIGHTDESK_BASE_LOCK_H
#define NIGHTDESK_BASE_LOCK_H

#include "nightdesk/base/error.h"
#include <stdint.h>

/**
 * Locks the file, which is made when it is not there. *fd is ended with nd_lock_release.
 * @param wait_ms  for so long until it is free (its holder may be stopped); then ND_RETRY
 */
enum nd_rc nd_lock_take(const char *path, int64_t wait_ms, int *fd, struct nd_error *err);
void nd_lock_release(int fd);

#endif
