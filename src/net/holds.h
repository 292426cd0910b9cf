/** Hosts (with their ports) that asked to wait, and until when. */
#ifndef ND_NET_HOLDS_H
#define ND_NET_HOLDS_H

#include "nightdesk/base/bytes.h"

#define HOLDS_MAX 64

struct holds {
    struct hold {
        char where[272];  /* "api.example.com:443" */
        int64_t until_ms; /* monotonic */
    } v[HOLDS_MAX];
    size_t n;
};
/** Keeps the later end; a full table forgets the hold that ends first. */
void holds_set(struct holds *h, struct nd_view where, int64_t until_ms);
/** Until when no request is wanted there; 0: now is fine. */
int64_t holds_until(const struct holds *h, struct nd_view where);

#endif
