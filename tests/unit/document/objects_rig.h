/** Objects in memory that count and fail on demand. */
#ifndef ND_DOCUMENT_OBJECTS_RIG_H
#define ND_DOCUMENT_OBJECTS_RIG_H

#include "nightdesk/core/objects.h"

struct nd_objects *test_objects_open(void);
/** How often something was put, names included. */
size_t test_objects_puts(const struct nd_objects *o);
/** From that put on (0: the next), puts give rc and store nothing. */
void test_objects_fail_from(struct nd_objects *o, size_t put, enum nd_rc rc);
/** Forgets a blob, as a store whose file was deleted. */
void test_objects_lose(struct nd_objects *o, const char *sha256);

#endif
