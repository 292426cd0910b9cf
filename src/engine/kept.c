#include "kept.h"
#include "nightdesk/base/alloc.h"

struct kept {
    struct nd_objects base;
    struct nd_objects *inner;
    atomic_size_t *named;
};

static struct nd_objects *inner_of(struct nd_objects *o)
{
    return ((struct kept *)o)->inner;
}

static enum nd_rc kept_put(struct nd_objects *o, struct nd_view bytes, char sha256[ND_SHA256_HEX],
                           struct nd_error *err)
{
    return nd_objects_put(inner_of(o), bytes, sha256, err);
}

static enum nd_rc kept_get(struct nd_objects *o, const char *sha256, struct nd_bytes *out,
                           struct nd_error *err)
{
    return nd_objects_get(inner_of(o), sha256, out, err);
}

static enum nd_rc kept_name_put(struct nd_objects *o, const char *name, struct nd_view bytes,
                                struct nd_error *err)
{
    enum nd_rc rc = nd_objects_name_put(inner_of(o), name, bytes, err);
    if (rc == ND_OK) atomic_fetch_add(((struct kept *)o)->named, 1);
    return rc;
}

static enum nd_rc kept_name_get(struct nd_objects *o, const char *name, struct nd_bytes *out,
                                struct nd_error *err)
{
    return nd_objects_name_get(inner_of(o), name, out, err);
}

static void kept_close(struct nd_objects *o)
{
    nd_objects_close(inner_of(o));
    nd_free(o);
}

struct nd_objects *nd_kept_open(struct nd_objects *inner, atomic_size_t *named)
{
    static const struct nd_objects_ops ops = {.put = kept_put,
                                              .get = kept_get,
                                              .name_put = kept_name_put,
                                              .name_get = kept_name_get,
                                              .close = kept_close};
    struct kept *kept = ND_NEW(struct kept);
    *kept = (struct kept){.base = {.ops = &ops}, .inner = inner, .named = named};
    return &kept->base;
}
