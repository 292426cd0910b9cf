/**
 * The stores of this program. What they must do is in core/store.h and core/objects.h; this is how one is
 * opened. A store may be used from any thread; the lease holder's commits come from one thread at a time.
 */
#ifndef NIGHTDESK_STORE_STORE_H
#define NIGHTDESK_STORE_STORE_H

#include "nightdesk/base/host.h"
#include "nightdesk/core/store.h"

/**
 * The embedded store: one SQLite file for all runs and content-addressed files beside it.
 *
 *     FOLDER/nightdesk.db    runs, records, reservations, approvals, control, which run names which object
 *     FOLDER/objects/ab/…    blobs; the name is the sha256 of the bytes
 *     FOLDER/locks/RUN       held by the worker of a run (open-file-description lock, freed by the kernel)
 *     FOLDER/ballast         space that is given up when the disk is full, so that answers in flight can be
 * recorded
 *
 * Everything is flushed before a call returns. A failed flush makes this handle refuse every later write with
 * ND_UNKNOWN: what is on disk is then known only to a new process. On a full disk a write gives ND_FULL,
 * nothing is written, and the ballast is given up: send again what is in flight, start nothing new, stop.
 * lease_take makes the ballast anew, or gives ND_FULL when there is no room for it.
 *
 * @param create  make the store when there is none; otherwise that is ND_NOT_FOUND
 * @return ND_VERSION made by a newer nightdesk · ND_BROKEN damaged, or not a store · ND_BAD_INPUT cannot be
 * written
 */
enum nd_rc nd_store_sqlite_open(struct nd_store **out, const char *folder, bool create,
                                const struct nd_host *host, struct nd_error *err);

/** An empty store in memory, for tests, dry runs and partial reports; gone when its last handle is closed. */
struct nd_store *nd_store_memory_open(const struct nd_host *host);
/** Another handle to the same memory store. Closing a handle ends its leases, as a process's death does. */
struct nd_store *nd_store_memory_share(struct nd_store *memory_store);

struct nd_aws;
/** Everything is borrowed until the store is closed, names until the call returns. */
struct nd_store_aws_config {
    struct nd_aws *aws;
    const struct nd_host *host;
    const char *table, *bucket; /* both must exist; layout: docs/reference/formats.md */
    int64_t lease_ms;           /* how long a silent worker keeps its run; 0: thirty seconds */
};
/**
 * The store in AWS: a DynamoDB table and an S3 bucket. Leases are timed: the holder renews by committing, a
 * taker waits until the head has stood still for a whole lease of its own clock. Reads and writes may give
 * ND_CONFIG for what only an administrator can put right.
 */
enum nd_rc nd_store_aws_open(struct nd_store **out, const struct nd_store_aws_config *config,
                             struct nd_error *err);
/**
 * The state machine's token of a gate's wait, from the same item as the decision: what a decider sends its
 * answer with. ND_NOT_FOUND nobody waits there. Appends.
 */
enum nd_rc nd_store_aws_task_token(struct nd_store *aws_store, const char *run_id, const char *gate,
                                   unsigned n, struct nd_bytes *out, struct nd_error *err);
/**
 * Leaves beside the run why a container refused to work on it, also when there is no such run yet: the state
 * machine, which sees an exit status alone, ends with this text as its cause. The last one stands.
 */
enum nd_rc nd_store_aws_refuse(struct nd_store *aws_store, const char *run_id, const char *reason,
                               struct nd_error *err);

#endif
