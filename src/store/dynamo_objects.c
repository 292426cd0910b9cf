/*
 * Objects of the store in AWS. A blob lies in S3 under a key that ends in its hash and is written once; a
 * name is an item of the table that says which blob it stands for, written after the blob.
 */
#include "dynamo.h"
#include "nightdesk/aws/s3.h"
#include "nightdesk/base/alloc.h"
#include "rules.h"

#include <stdio.h>
#include <string.h>

struct s3_objects {
    struct nd_objects base;
    struct dynamo_store *store;
    char run_id[ND_RUN_ID_BYTES];
};

static char *key_of(const struct s3_objects *o, const char *sha256)
{
    char rest[16 + ND_SHA256_HEX];
    (void)snprintf(rest, sizeof rest, "objects/%s", sha256);
    return nd_dynamo_object_key(o->run_id, rest);
}

/* ---- blobs ---- */

static enum nd_rc get_once(struct s3_objects *o, const char *key, const char *sha256, struct nd_bytes *out,
                           struct nd_error *err)
{
    size_t before = out->len;
    char found[ND_SHA256_HEX];
    enum nd_rc rc = nd_s3_get(o->store->aws, o->store->bucket, key, out, err);
    if (rc == ND_NOT_FOUND) {
        nd_error_clear(err);
        (void)nd_fail(err, ND_NOT_FOUND, "there is no object %.64s", sha256);
    }
    if (rc == ND_OK) {
        nd_sha256_hex(nd_view_sub(nd_bytes_view(out), before, out->len), found);
        if (strcmp(found, sha256) != 0) {
            out->len = before;
            if (out->data) out->data[before] = '\0';
            rc = nd_fail(err, ND_BROKEN, "S3 object '%.150s' holds other bytes than its name says", key);
        }
    }
    return rc;
}

/* Where S3 kept no checksum, only the hash tells that the bytes were bent on their way: they are asked for
 * once more. */
static enum nd_rc get_blob(struct s3_objects *o, const char *sha256, struct nd_bytes *out,
                           struct nd_error *err)
{
    char *key = key_of(o, sha256);
    enum nd_rc rc = get_once(o, key, sha256, out, err);
    if (rc == ND_BROKEN) {
        nd_error_clear(err);
        rc = get_once(o, key, sha256, out, err);
    }
    nd_free(key);
    return rc;
}

/* Something lies under the key: ours of a moment ago, or of an earlier time. Its checksum tells, or its
 * bytes. */
static enum nd_rc compare(struct s3_objects *o, const char *key, const char *sha256, size_t len,
                          struct nd_error *err)
{
    struct nd_s3_object there;
    struct nd_bytes bytes = ND_BYTES(len + 1);
    enum nd_rc rc = nd_s3_head(o->store->aws, o->store->bucket, key, &there, err);
    if (rc != ND_OK || strcmp(there.sha256, sha256) == 0) return rc;
    bool same_size = there.size_bytes == (int64_t)len;
    if (!*there.sha256 && same_size) {
        rc = get_blob(o, sha256, &bytes, err);
    } else {
        rc = nd_fail(
            err, ND_BROKEN,
            "S3 object '%.150s' holds other bytes than its name says: delete it to have it made again", key);
    }
    nd_bytes_release(&bytes);
    return rc;
}

static enum nd_rc put_blob(struct s3_objects *o, struct nd_view bytes, const char *sha256,
                           struct nd_error *err)
{
    const struct nd_s3_condition once = {.if_absent = true};
    struct dynamo_store *s = o->store;
    char *key = key_of(o, sha256);
    enum nd_rc rc = nd_s3_put(s->aws, s->bucket, key, bytes, "application/octet-stream", &once, err);
    if (rc == ND_CONFLICT) {
        nd_error_clear(err);
        rc = compare(o, key, sha256, bytes.len, err);
    }
    nd_free(key);
    return rc;
}

/* The same bytes under the same key: whether it was done matters to nobody, so an open answer is one to ask
 * for again. It ends no work of others, as an open commit has to. */
static enum nd_rc objects_put(struct nd_objects *objects, struct nd_view bytes, char sha256[ND_SHA256_HEX],
                              struct nd_error *err)
{
    char hex[ND_SHA256_HEX];
    nd_sha256_hex(bytes, hex);
    enum nd_rc rc = put_blob((struct s3_objects *)objects, bytes, hex, err);
    if (rc == ND_OK) memcpy(sha256, hex, sizeof hex);
    if (rc != ND_UNKNOWN) return rc;
    if (err) err->rc = ND_RETRY;
    return ND_RETRY;
}

static enum nd_rc objects_get(struct nd_objects *objects, const char *sha256, struct nd_bytes *out,
                              struct nd_error *err)
{
    enum nd_rc rc = nd_rules_sha256(sha256, err);
    return rc == ND_OK ? get_blob((struct s3_objects *)objects, sha256, out, err) : rc;
}

/* ---- names ---- */

static struct nd_json *name_key(const struct s3_objects *o, const char *name)
{
    char sk[ND_DYNAMO_SK_BYTES];
    (void)snprintf(sk, sizeof sk, "NAME#%s", name);
    return nd_dynamo_key(o->run_id, sk);
}

static enum nd_rc name_look(struct s3_objects *o, const char *name, char sha256[ND_SHA256_HEX],
                            struct nd_error *err)
{
    struct nd_json *key = name_key(o, name), *item = NULL;
    enum nd_rc rc = nd_dynamodb_get(o->store->aws, o->store->table, key, &item, err);
    if (rc == ND_NOT_FOUND) {
        nd_error_clear(err);
        (void)nd_fail(err, ND_NOT_FOUND, "there is no object named '%s'", name);
    }
    const char *found = rc == ND_OK ? nd_item_str(item, "sha256") : NULL;
    if (found && nd_is_hex(found, ND_SHA256_HEX - 1)) {
        memcpy(sha256, found, ND_SHA256_HEX);
    } else if (rc == ND_OK) {
        rc = nd_fail(err, ND_BROKEN, "object name '%s' of run '%s' stands for no hash: the table is damaged",
                     name, o->run_id);
    }
    nd_json_free(key);
    nd_json_free(item);
    return rc;
}

static enum nd_rc name_write(struct s3_objects *o, const char *name, const char *sha256, struct nd_error *err)
{
    struct nd_json *item = name_key(o, name);
    nd_item_set_str(item, "sha256", sha256);
    const struct nd_dynamodb_write write = {
        .kind = ND_DYNAMODB_PUT, .item = item, .when = "attribute_not_exists(pk)"};
    char stands[ND_SHA256_HEX];
    enum nd_rc rc = nd_dynamodb_write(o->store->aws, o->store->table, &write, NULL, err);
    if (rc == ND_CONFLICT || rc == ND_UNKNOWN) { /* what stands tells */
        nd_error_clear(err);
        rc = name_look(o, name, stands, err);
        if (rc == ND_NOT_FOUND) rc = ND_UNKNOWN;
        if (rc == ND_OK && strcmp(stands, sha256) != 0)
            rc = nd_fail(err, ND_CONFLICT, "object name '%s' stands for other bytes already", name);
    }
    nd_json_free(item);
    return rc;
}

static enum nd_rc objects_name_put(struct nd_objects *objects, const char *name, struct nd_view bytes,
                                   struct nd_error *err)
{
    struct s3_objects *o = (struct s3_objects *)objects;
    char sha256[ND_SHA256_HEX];
    enum nd_rc rc = nd_rules_object_name(name, err);
    if (rc == ND_OK) rc = objects_put(objects, bytes, sha256, err);
    if (rc != ND_OK) return rc;
    rc = ND_UNKNOWN;
    for (unsigned tried = 0; rc == ND_UNKNOWN && tried < ND_DYNAMO_TRIES; tried++) {
        if (tried) o->store->host->sleep_ms(o->store->host->ctx, INT64_C(50) << tried);
        nd_error_clear(err);
        rc = name_write(o, name, sha256, err);
    }
    return rc;
}

static enum nd_rc objects_name_get(struct nd_objects *objects, const char *name, struct nd_bytes *out,
                                   struct nd_error *err)
{
    struct s3_objects *o = (struct s3_objects *)objects;
    char sha256[ND_SHA256_HEX];
    enum nd_rc rc = nd_rules_object_name(name, err);
    if (rc == ND_OK) rc = name_look(o, name, sha256, err);
    return rc == ND_OK ? get_blob(o, sha256, out, err) : rc;
}

/* ---- handles ---- */

static void objects_close(struct nd_objects *objects)
{
    nd_free(objects);
}

static const struct nd_objects_ops s3_objects_ops = {
    .put = objects_put,
    .get = objects_get,
    .name_put = objects_name_put,
    .name_get = objects_name_get,
    .close = objects_close,
};

enum nd_rc nd_dynamo_objects(struct nd_store *store, const char *run_id, struct nd_objects **out,
                             struct nd_error *err)
{
    struct dynamo_store *s = (struct dynamo_store *)store;
    struct dynamo_head head;
    enum nd_rc rc = nd_dynamo_head_get(s, run_id, &head, err);
    if (rc != ND_OK) return rc;
    struct s3_objects *o = ND_NEW(struct s3_objects);
    *o = (struct s3_objects){.base = {.ops = &s3_objects_ops}, .store = s};
    memcpy(o->run_id, head.meta.run_id, sizeof o->run_id);
    *out = &o->base;
    return ND_OK;
}
