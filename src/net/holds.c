#include "holds.h"
#include <string.h>

static struct hold *find(struct holds *h, struct nd_view where)
{
    for (size_t i = 0; i < h->n; i++)
        if (nd_view_is(where, h->v[i].where)) return &h->v[i];
    return NULL;
}

/* A new row, or that of the hold which ends first. */
static struct hold *place(struct holds *h)
{
    if (h->n < HOLDS_MAX) return &h->v[h->n++];
    struct hold *first = &h->v[0];
    for (size_t i = 1; i < h->n; i++)
        if (h->v[i].until_ms < first->until_ms) first = &h->v[i];
    return first;
}

void holds_set(struct holds *h, struct nd_view where, int64_t until_ms)
{
    if (where.len == 0 || where.len >= sizeof h->v[0].where) return;
    struct hold *at = find(h, where);
    if (at && at->until_ms >= until_ms) return;
    if (!at) at = place(h);
    memcpy(at->where, where.data, where.len);
    at->where[where.len] = 0;
    at->until_ms = until_ms;
}

int64_t holds_until(const struct holds *h, struct nd_view where)
{
    for (size_t i = 0; i < h->n; i++)
        if (nd_view_is(where, h->v[i].where)) return h->v[i].until_ms;
    return 0;
}
