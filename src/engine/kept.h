/**
 * The run's objects, with a count of what was kept under a name. A tool that works for long (reading many
 * documents) keeps its parts under write-once names as it goes: a process that was stopped within such a call
 * has got on, though it recorded no step.
 */
#ifndef ENGINE_KEPT_H
#define ENGINE_KEPT_H

#include "nightdesk/core/objects.h"

#include <stdatomic.h>

/** A handle that owns `inner` and counts successful name_put in *named, which outlives it. */
struct nd_objects *nd_kept_open(struct nd_objects *inner, atomic_size_t *named);

#endif
