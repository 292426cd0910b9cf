/** The memory store's shared state. One mutex guards all of it; visitors are called without it, on copies. */
#ifndef STORE_MEMORY_H
#define STORE_MEMORY_H

#include "nightdesk/base/host.h"
#include "nightdesk/core/store.h"

#include <pthread.h>

#define ND_MEMORY_INLINE_MAX ((size_t)64 << 10)

struct memory_run {
    int64_t no; /* never used again, unlike the run id */
    struct nd_meta meta;
    struct nd_bytes request;
    const struct nd_store *holder; /* the handle whose worker has the lease */
    struct nd_control control;
    struct nd_record *records; /* payloads are owned */
    size_t record_count, record_cap;
    struct nd_reserve *reserves;
    size_t reserve_count, reserve_cap;
    struct nd_approval *approvals; /* shown and decision are owned */
    size_t approval_count, approval_cap;
};

struct memory_blob {
    char sha256[ND_SHA256_HEX];
    struct nd_view bytes; /* owned */
    int64_t *runs;        /* that name it */
    size_t run_count, run_cap;
};

struct memory_name {
    char *name;
    char sha256[ND_SHA256_HEX];
};

struct memory {
    pthread_mutex_t mutex;
    size_t handles;
    int64_t last_no;
    struct memory_run *runs;
    size_t run_count, run_cap;
    struct memory_blob *blobs;
    size_t blob_count, blob_cap;
    struct memory_name *names;
    size_t name_count, name_cap;
};

struct memory_store {
    struct nd_store base;
    struct memory *memory;
    const struct nd_host *host;
};

struct memory *nd_memory_lock(struct nd_store *s);
void nd_memory_unlock(struct memory *m);
/** With the mutex held. ND_NOT_FOUND */
enum nd_rc nd_memory_find(struct memory *m, const char *run_id, struct memory_run **out,
                          struct nd_error *err);
struct nd_view nd_memory_dup(struct nd_view v);
void nd_memory_drop(struct nd_view v);

/* the parts of the table that lie in other files */
enum nd_rc nd_memory_commit(struct nd_store *s, const struct nd_lease *lease, const struct nd_commit *commit,
                            struct nd_error *err);
enum nd_rc nd_memory_records(struct nd_store *s, const char *run_id, int phase, const char *lane,
                             nd_visit_record *visit, void *ctx, struct nd_error *err);
enum nd_rc nd_memory_reserves(struct nd_store *s, const char *run_id, nd_visit_reserve *visit, void *ctx,
                              struct nd_error *err);
enum nd_rc nd_memory_approvals(struct nd_store *s, const char *run_id, nd_visit_approval *visit, void *ctx,
                               struct nd_error *err);
enum nd_rc nd_memory_list(struct nd_store *s, nd_visit_meta *visit, void *ctx, struct nd_error *err);
enum nd_rc nd_memory_objects(struct nd_store *s, const char *run_id, struct nd_objects **out,
                             struct nd_error *err);
/** With the mutex held: forgets the blobs that only this run names. */
void nd_memory_forget_objects(struct memory *m, int64_t run_no);
void nd_memory_free_objects(struct memory *m);

#endif
