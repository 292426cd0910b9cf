#include "memory.h"
#include "nightdesk/base/alloc.h"
#include "rules.h"

#include <string.h>

struct memory_objects {
    struct nd_objects base;
    struct nd_store *store;
    int64_t run_no;
};

static struct memory *lock_of(struct nd_objects *o)
{
    return nd_memory_lock(((struct memory_objects *)o)->store);
}

static struct memory_blob *find_blob(struct memory *m, const char *sha256)
{
    for (size_t i = 0; i < m->blob_count; i++) {
        if (strcmp(m->blobs[i].sha256, sha256) == 0) return &m->blobs[i];
    }
    return NULL;
}

static struct memory_name *find_name(struct memory *m, const char *name)
{
    for (size_t i = 0; i < m->name_count; i++) {
        if (strcmp(m->names[i].name, name) == 0) return &m->names[i];
    }
    return NULL;
}

/* From now on the run of this handle names the blob. */
static void refer(struct nd_objects *o, struct memory_blob *blob)
{
    int64_t no = ((struct memory_objects *)o)->run_no;
    for (size_t i = 0; i < blob->run_count; i++) {
        if (blob->runs[i] == no) return;
    }
    ND_GROW(blob->runs, blob->run_count, blob->run_cap);
    blob->runs[blob->run_count++] = no;
}

static void put_locked(struct nd_objects *o, struct memory *m, struct nd_view bytes, const char *sha256)
{
    struct memory_blob *blob = find_blob(m, sha256);
    if (!blob) {
        ND_GROW(m->blobs, m->blob_count, m->blob_cap);
        blob = &m->blobs[m->blob_count++];
        *blob = (struct memory_blob){.bytes = nd_memory_dup(bytes)};
        memcpy(blob->sha256, sha256, ND_SHA256_HEX);
    }
    refer(o, blob);
}

static enum nd_rc get_locked(struct nd_objects *o, struct memory *m, const char *sha256, struct nd_bytes *out,
                             struct nd_error *err)
{
    struct memory_blob *blob = find_blob(m, sha256);
    if (!blob) return nd_fail(err, ND_NOT_FOUND, "there is no object %.64s", sha256);
    if (out->over || blob->bytes.len > out->max - out->len)
        return nd_fail(err, ND_OVER_LIMIT, "object %.64s has %zu bytes, limit is %zu", sha256,
                       blob->bytes.len, out->max - out->len);
    nd_bytes_add_view(out, blob->bytes);
    refer(o, blob);
    return ND_OK;
}

static enum nd_rc memory_put(struct nd_objects *o, struct nd_view bytes, char sha256[ND_SHA256_HEX],
                             struct nd_error *err)
{
    (void)err;
    nd_sha256_hex(bytes, sha256);
    struct memory *m = lock_of(o);
    put_locked(o, m, bytes, sha256);
    nd_memory_unlock(m);
    return ND_OK;
}

static enum nd_rc memory_get(struct nd_objects *o, const char *sha256, struct nd_bytes *out,
                             struct nd_error *err)
{
    enum nd_rc rc = nd_rules_sha256(sha256, err);
    if (rc != ND_OK) return rc;
    struct memory *m = lock_of(o);
    rc = get_locked(o, m, sha256, out, err);
    nd_memory_unlock(m);
    return rc;
}

static enum nd_rc memory_name_put(struct nd_objects *o, const char *name, struct nd_view bytes,
                                  struct nd_error *err)
{
    enum nd_rc rc = nd_rules_object_name(name, err);
    if (rc != ND_OK) return rc;
    char sha256[ND_SHA256_HEX];
    nd_sha256_hex(bytes, sha256);
    struct memory *m = lock_of(o);
    struct memory_name *there = find_name(m, name);
    if (there && strcmp(there->sha256, sha256) != 0) {
        rc = nd_fail(err, ND_CONFLICT, "object name '%s' stands for other bytes already", name);
    } else {
        put_locked(o, m, bytes, sha256);
        if (!there) {
            ND_GROW(m->names, m->name_count, m->name_cap);
            there = &m->names[m->name_count++];
            there->name = nd_strdup(name);
            memcpy(there->sha256, sha256, ND_SHA256_HEX);
        }
    }
    nd_memory_unlock(m);
    return rc;
}

static enum nd_rc memory_name_get(struct nd_objects *o, const char *name, struct nd_bytes *out,
                                  struct nd_error *err)
{
    enum nd_rc rc = nd_rules_object_name(name, err);
    if (rc != ND_OK) return rc;
    struct memory *m = lock_of(o);
    struct memory_name *there = find_name(m, name);
    rc = there ? get_locked(o, m, there->sha256, out, err)
               : nd_fail(err, ND_NOT_FOUND, "there is no object named '%s'", name);
    nd_memory_unlock(m);
    return rc;
}

static void memory_objects_close(struct nd_objects *o)
{
    nd_free(o);
}

static const struct nd_objects_ops memory_objects_ops = {
    .put = memory_put,
    .get = memory_get,
    .name_put = memory_name_put,
    .name_get = memory_name_get,
    .close = memory_objects_close,
};

enum nd_rc nd_memory_objects(struct nd_store *s, const char *run_id, struct nd_objects **out,
                             struct nd_error *err)
{
    struct memory *m = nd_memory_lock(s);
    struct memory_run *run = NULL;
    enum nd_rc rc = nd_memory_find(m, run_id, &run, err);
    if (rc == ND_OK) {
        struct memory_objects *handle = ND_NEW(struct memory_objects);
        *handle =
            (struct memory_objects){.base = {.ops = &memory_objects_ops}, .store = s, .run_no = run->no};
        *out = &handle->base;
    }
    nd_memory_unlock(m);
    return rc;
}

/* ---- removal ---- */

static void drop_blob(struct memory *m, size_t at)
{
    struct memory_blob *blob = &m->blobs[at];
    for (size_t i = m->name_count; i-- > 0;) {
        if (strcmp(m->names[i].sha256, blob->sha256) != 0) continue;
        nd_free(m->names[i].name);
        m->names[i] = m->names[--m->name_count];
    }
    nd_memory_drop(blob->bytes);
    nd_free(blob->runs);
    m->blobs[at] = m->blobs[--m->blob_count];
}

void nd_memory_forget_objects(struct memory *m, int64_t run_no)
{
    for (size_t i = m->blob_count; i-- > 0;) {
        struct memory_blob *blob = &m->blobs[i];
        size_t at = 0;
        while (at < blob->run_count && blob->runs[at] != run_no) at++;
        if (at == blob->run_count) continue;
        blob->runs[at] = blob->runs[--blob->run_count];
        if (!blob->run_count) drop_blob(m, i);
    }
}

void nd_memory_free_objects(struct memory *m)
{
    while (m->blob_count) drop_blob(m, m->blob_count - 1);
    nd_free(m->blobs);
    nd_free(m->names);
}
