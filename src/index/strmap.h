/** A set of byte strings numbered in the order of their first appearance; arrays beside it hold what belongs
 * to them. */
#ifndef NIGHTDESK_INDEX_STRMAP_H
#define NIGHTDESK_INDEX_STRMAP_H

#include "nightdesk/base/bytes.h"

struct nd_strmap {
    struct nd_bytes text; /* all strings, one after the other, each ended by a NUL */
    uint32_t *start;      /* of string i in text; start[n] is where the next one goes */
    uint32_t *slots;      /* open addressing: number + 1, or 0 */
    size_t n, cap, slot_count;
};

/** The string's number; adds it when it is new. */
uint32_t nd_strmap_add(struct nd_strmap *map, struct nd_view key);
uint32_t nd_strmap_find(const struct nd_strmap *map, struct nd_view key); /* UINT32_MAX: not there */
struct nd_view nd_strmap_at(const struct nd_strmap *map,
                            uint32_t i); /* NUL-ended; valid until the next add */
void nd_strmap_release(struct nd_strmap *map);

#endif
