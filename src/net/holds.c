#include "holds.h"
#include <string.h>

static struct hold *find(struct holds *h, struct nd_view host)
{
    for (size_t i = 0; i < h->n; i++)
        if (nd_view_is(host, h->v[i].host)) return &h->v[i];
    return NULL;
}

void holds_set(struct holds *h, struct nd_view host, int64_t until_ms)
{
    if (host.len == 0 || host.len >= sizeof h->v[0].host) return;
    struct hold *at = find(h, host);
    if (!at && h->n < HOLDS_MAX) {
        at = &h->v[h->n++];
    } else if (!at) {
        at = &h->v[0];
        for (size_t i = 1; i < h->n; i++)
            if (h->v[i].until_ms < at->until_ms) at = &h->v[i];
    } else if (at->until_ms >= until_ms) {
        return;
    }
    memcpy(at->host, host.data, host.len);
    at->host[host.len] = 0;
    at->until_ms = until_ms;
}

int64_t holds_until(const struct holds *h, struct nd_view host)
{
    for (size_t i = 0; i < h->n; i++)
        if (nd_view_is(host, h->v[i].host)) return h->v[i].until_ms;
    return 0;
}
