#include "objects_rig.h"
#include "nightdesk/base/alloc.h"

#include <pthread.h>
#include <stdint.h>
#include <string.h>

struct entry {
    char *key; /* a blob's hash or a name */
    struct nd_bytes bytes;
};
struct rig_objects {
    struct nd_objects base;
    pthread_mutex_t lock;
    struct entry *v;
    size_t n, cap, puts, fail_from;
    enum nd_rc fail_rc;
};

static struct entry *find(struct rig_objects *r, const char *key)
{
    for (size_t i = 0; i < r->n; i++) {
        if (strcmp(r->v[i].key, key) == 0) return &r->v[i];
    }
    return NULL;
}

static enum nd_rc store(struct nd_objects *o, const char *key, struct nd_view bytes, struct nd_error *err)
{
    struct rig_objects *r = (struct rig_objects *)o;
    enum nd_rc rc = ND_OK;
    pthread_mutex_lock(&r->lock);
    struct entry *there = find(r, key);
    if (r->puts++ >= r->fail_from) {
        rc = nd_fail(err, r->fail_rc, "the store was told to fail");
    } else if (there) {
        if (!nd_view_eq(nd_bytes_view(&there->bytes), bytes))
            rc = nd_fail(err, ND_CONFLICT, "'%s' is taken", key);
    } else {
        ND_GROW(r->v, r->n, r->cap);
        r->v[r->n] = (struct entry){nd_strdup(key), ND_BYTES(ND_BYTES_MAX)};
        nd_bytes_add_view(&r->v[r->n++].bytes, bytes);
    }
    pthread_mutex_unlock(&r->lock);
    return rc;
}

static enum nd_rc load(struct nd_objects *o, const char *key, struct nd_bytes *out, struct nd_error *err)
{
    struct rig_objects *r = (struct rig_objects *)o;
    pthread_mutex_lock(&r->lock);
    struct entry *there = find(r, key);
    if (there) nd_bytes_add_view(out, nd_bytes_view(&there->bytes));
    pthread_mutex_unlock(&r->lock);
    return there ? ND_OK : nd_fail(err, ND_NOT_FOUND, "there is no '%s'", key);
}

static enum nd_rc put(struct nd_objects *o, struct nd_view bytes, char sha256[ND_SHA256_HEX],
                      struct nd_error *err)
{
    nd_sha256_hex(bytes, sha256);
    return store(o, sha256, bytes, err);
}

static void close_all(struct nd_objects *o)
{
    struct rig_objects *r = (struct rig_objects *)o;
    for (size_t i = 0; i < r->n; i++) {
        nd_free(r->v[i].key);
        nd_bytes_release(&r->v[i].bytes);
    }
    nd_free(r->v);
    pthread_mutex_destroy(&r->lock);
    nd_free(r);
}

static const struct nd_objects_ops ops = {
    .put = put, .get = load, .name_put = store, .name_get = load, .close = close_all};

struct nd_objects *test_objects_open(void)
{
    struct rig_objects *r = ND_NEW(struct rig_objects);
    r->base.ops = &ops;
    r->fail_from = SIZE_MAX;
    pthread_mutex_init(&r->lock, NULL);
    return &r->base;
}

size_t test_objects_puts(const struct nd_objects *o)
{
    return ((const struct rig_objects *)o)->puts;
}

void test_objects_fail_from(struct nd_objects *o, size_t from, enum nd_rc rc)
{
    struct rig_objects *r = (struct rig_objects *)o;
    r->fail_from = from == SIZE_MAX ? SIZE_MAX : r->puts + from;
    r->fail_rc = rc;
}

void test_objects_lose(struct nd_objects *o, const char *sha256)
{
    struct entry *there = find((struct rig_objects *)o, sha256);
    if (there) there->key[0] = '-';
}
