#include "nightdesk/core/objects.h"

enum nd_rc nd_objects_put(struct nd_objects *o, struct nd_view bytes, char sha256[ND_SHA256_HEX],
                          struct nd_error *err)
{
    return o->ops->put(o, bytes, sha256, err);
}

enum nd_rc nd_objects_get(struct nd_objects *o, const char *sha256, struct nd_bytes *out,
                          struct nd_error *err)
{
    return o->ops->get(o, sha256, out, err);
}

enum nd_rc nd_objects_name_put(struct nd_objects *o, const char *name, struct nd_view bytes,
                               struct nd_error *err)
{
    return o->ops->name_put(o, name, bytes, err);
}

enum nd_rc nd_objects_name_get(struct nd_objects *o, const char *name, struct nd_bytes *out,
                               struct nd_error *err)
{
    return o->ops->name_get(o, name, out, err);
}

void nd_objects_close(struct nd_objects *o)
{
    if (o) o->ops->close(o);
}
