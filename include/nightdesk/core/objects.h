/**
 * Objects: content-addressed blobs and write-once names. Three implementations: folder, memory, S3. A handle
 * belongs to one run of one store; it may be used from any thread.
 */
#ifndef NIGHTDESK_CORE_OBJECTS_H
#define NIGHTDESK_CORE_OBJECTS_H

#include "nightdesk/base/bytes.h"
#include "nightdesk/base/error.h"
#include "nightdesk/base/hash.h"

struct nd_objects; /* a handle; its first member is the table */

struct nd_objects_ops {
    /**
     * Stores bytes under their sha256. Durable when it returns; storing again costs a look. ND_FULL ·
     * ND_RETRY not now · ND_UNKNOWN (a failed flush, as for a commit). What a handle puts or gets is named by
     * its run and stays until no run names it.
     */
    enum nd_rc (*put)(struct nd_objects *o, struct nd_view bytes, char sha256[ND_SHA256_HEX],
                      struct nd_error *err);
    /** Appends the blob to out and checks its hash. ND_NOT_FOUND · ND_BROKEN other bytes than the name says ·
     * ND_OVER_LIMIT */
    enum nd_rc (*get)(struct nd_objects *o, const char *sha256, struct nd_bytes *out, struct nd_error *err);
    /**
     * Write-once names ("reading/<sha256>-<reader version>"), shared by the runs of an embedded store,
     * of one run in S3.
     * name_put: the first writer wins; a second with other bytes is ND_CONFLICT, with the same ND_OK.
     */
    enum nd_rc (*name_put)(struct nd_objects *o, const char *name, struct nd_view bytes,
                           struct nd_error *err);
    enum nd_rc (*name_get)(struct nd_objects *o, const char *name, struct nd_bytes *out,
                           struct nd_error *err);
    void (*close)(struct nd_objects *o);
};
struct nd_objects {
    const struct nd_objects_ops *ops;
};

enum nd_rc nd_objects_put(struct nd_objects *o, struct nd_view bytes, char sha256[ND_SHA256_HEX],
                          struct nd_error *err);
enum nd_rc nd_objects_get(struct nd_objects *o, const char *sha256, struct nd_bytes *out,
                          struct nd_error *err);
enum nd_rc nd_objects_name_put(struct nd_objects *o, const char *name, struct nd_view bytes,
                               struct nd_error *err);
enum nd_rc nd_objects_name_get(struct nd_objects *o, const char *name, struct nd_bytes *out,
                               struct nd_error *err);
void nd_objects_close(struct nd_objects *o); /* NULL is fine */

#endif
