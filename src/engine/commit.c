#include "commit.h"
#include "nightdesk/base/alloc.h"

#include <stdio.h>
#include <string.h>

struct batch {
    struct nd_meta meta;
    struct nd_record records[ND_COMMIT_MAX_ENTRIES];
    struct nd_reserve reserves[ND_COMMIT_MAX_ENTRIES];
    const char *released[ND_COMMIT_MAX_ENTRIES];
    struct nd_approval approvals[ND_COMMIT_MAX_ENTRIES];
    struct nd_commit commit; /* points to the above */
    size_t entries, parts, bytes;
};

static size_t parts_of(const struct nd_entry *e)
{
    return (size_t)(e->record != NULL) + (e->reserve != NULL) + (e->release != NULL) + (e->approval != NULL);
}

static size_t bytes_of(const struct nd_entry *e)
{
    return (e->record ? e->record->payload.len : 0) + (e->approval ? e->approval->shown.len : 0);
}

static void batch_add(struct batch *b, const struct nd_entry *e)
{
    struct nd_commit *c = &b->commit;
    if (e->record) b->records[c->record_count++] = *e->record;
    if (e->reserve) b->reserves[c->reserve_count++] = *e->reserve;
    if (e->release) b->released[c->released_count++] = e->release;
    if (e->approval) b->approvals[c->approval_count++] = *e->approval;
    b->entries++;
    b->parts += parts_of(e);
    b->bytes += bytes_of(e);
}

static void batch_start(struct batch *b, struct nd_run *run)
{
    b->entries = b->parts = 0;
    b->bytes = ND_META_MAX_BYTES;
    b->meta = run->meta;
    b->meta.rev++;
    b->meta.wall_ms = nd_run_wall_ms(run);
    memcpy(b->meta.pipeline_sha256, run->e->pipeline->sha256, sizeof b->meta.pipeline_sha256);
    b->commit = (struct nd_commit){.meta = &b->meta,
                                   .records = b->records,
                                   .reserves = b->reserves,
                                   .released = b->released,
                                   .approvals = b->approvals};
}

/* ---- the queue; with the mutex held ---- */

static void settle(struct nd_run *run, struct nd_entry *entry, enum nd_rc rc)
{
    struct nd_entry **at = &run->first;
    while (*at != entry) at = &(*at)->next;
    *at = entry->next;
    if (!*at) run->last = at;
    entry->rc = rc;
    entry->settled = true;
}

static void settle_taken(struct nd_run *run)
{
    for (struct nd_entry *entry = run->first, *next = NULL; entry; entry = next) {
        next = entry->next;
        if (!entry->taken) continue;
        run->calls_in_flight -= entry->counts;
        settle(run, entry, ND_OK);
    }
    (void)pthread_cond_broadcast(&run->news);
}

/* One entry's verdict on the META that the entries before it leave: ND_RETRY stays in the queue. */
static enum nd_rc judge(struct nd_run *run, struct batch *b, const struct nd_entry *entry, bool line_waits)
{
    if (entry->in_line && run->halt != ND_GO) return ND_STOPPED;
    if (b->parts + parts_of(entry) > ND_COMMIT_MAX_ENTRIES ||
        b->bytes + bytes_of(entry) > ND_COMMIT_MAX_BYTES)
        return ND_RETRY;
    struct nd_meta trial = b->meta;
    enum nd_rc rc = entry->apply ? entry->apply(&trial, entry->arg) : ND_OK;
    if (rc == ND_OK && entry->in_line && line_waits) return ND_RETRY;
    if (rc == ND_OK) b->meta = trial;
    return rc;
}

/* Takes what fits into one transaction, in order. */
static void take(struct nd_run *run, struct batch *b)
{
    bool line_waits = false, refused = false;
    batch_start(b, run);
    for (struct nd_entry *entry = run->first, *next = NULL; entry; entry = next) {
        next = entry->next;
        if (run->halt == ND_HALT_FATAL) { /* whatever its rc: nothing waits any more */
            settle(run, entry, run->fatal.rc);
            refused = true;
            continue;
        }
        enum nd_rc rc = judge(run, b, entry, line_waits);
        entry->taken = rc == ND_OK;
        if (rc == ND_OK) {
            batch_add(b, entry);
        } else if (rc == ND_RETRY) {
            line_waits = line_waits || entry->in_line;
        } else {
            settle(run, entry, rc);
            refused = true;
        }
    }
    if (refused) (void)pthread_cond_broadcast(&run->news);
}

/* ---- one transaction; without the mutex ---- */

enum fate { FATE_DONE, FATE_AGAIN, FATE_OTHER };

/* What became of a commit whose answer was lost: rev and commit id tell. */
static enum fate look(struct nd_run *run, const struct nd_meta *wanted, int64_t began_ms, enum nd_rc *rc,
                      struct nd_error *err)
{
    struct nd_meta found;
    struct nd_store *store = run->e->store;
    for (unsigned tried = 0; !tried || nd_run_try_again(run, tried, began_ms); tried++) {
        nd_error_clear(err);
        *rc = store->ops->meta(store, wanted->run_id, &found, err);
        if (*rc == ND_RETRY) continue;
        if (*rc != ND_OK) return FATE_OTHER;
        if (found.fence == wanted->fence && found.rev == wanted->rev &&
            strcmp(found.commit_id, wanted->commit_id) == 0)
            return FATE_DONE;
        if (found.fence == wanted->fence && found.rev + 1 == wanted->rev) return FATE_AGAIN;
        *rc = nd_fail(err, ND_LOST_LEASE, "run '%s' was taken over: fence %llu, rev %llu; wanted %llu, %llu",
                      wanted->run_id, (unsigned long long)found.fence, (unsigned long long)found.rev,
                      (unsigned long long)wanted->fence, (unsigned long long)wanted->rev);
        return FATE_OTHER;
    }
    return FATE_OTHER;
}

static void set_ambiguous(struct nd_run *run, bool ambiguous)
{
    (void)pthread_mutex_lock(&run->mutex);
    run->ambiguous = ambiguous;
    (void)pthread_cond_broadcast(&run->news);
    (void)pthread_mutex_unlock(&run->mutex);
}

/* Until the fate of a commit is known no effect may start: `ambiguous` stays set, even between tries. */
static enum nd_rc send(struct nd_run *run, const struct batch *b, int64_t began_ms, struct nd_error *err)
{
    struct nd_store *store = run->e->store;
    enum nd_rc rc = ND_RETRY;
    bool open = true;
    unsigned tried = 0;
    for (; open && (!tried || nd_run_try_again(run, tried, began_ms)); tried++) {
        nd_error_clear(err);
        rc = store->ops->commit(store, &run->lease, &b->commit, err);
        open = rc == ND_RETRY;
        if (rc == ND_UNKNOWN) {
            set_ambiguous(run, true);
            enum fate fate = look(run, &b->meta, began_ms, &rc, err);
            if (fate == FATE_OTHER) return rc;
            open = fate == FATE_AGAIN;
            rc = open ? ND_UNKNOWN : ND_OK;
        }
    }
    if (open) return nd_fail(err, rc, "the store took no commit in %u tries", tried);
    if (run->ambiguous && (rc == ND_OK || rc == ND_FULL)) set_ambiguous(run, false);
    return rc;
}

/* ---- the thread ---- */

/* The store gave up its ballast: what is in flight is sent again, nothing new starts. True when it may be. */
static bool disk_full(struct nd_run *run, enum nd_rc rc)
{
    if (rc != ND_FULL || run->halt >= ND_HALT_FULL) return false;
    run->halt = ND_HALT_FULL;
    atomic_store(&run->stop, true);
    (void)pthread_cond_broadcast(&run->news);
    return true;
}

static void write_batch(struct nd_run *run, struct batch *b)
{
    struct nd_error err = {0};
    int64_t sent_ms = run->e->host->monotonic_ms(run->e->host->ctx);
    (void)pthread_mutex_unlock(&run->mutex);
    enum nd_rc rc = nd_random_id(run->e->host, b->meta.commit_id, &err);
    if (rc == ND_OK) rc = send(run, b, sent_ms, &err);
    (void)pthread_mutex_lock(&run->mutex);
    run->committed_ms = run->e->host->monotonic_ms(run->e->host->ctx);
    if (rc == ND_OK) {
        run->meta = b->meta;
        run->lease.sent_ms = sent_ms;
        settle_taken(run);
    } else if (!disk_full(run, rc)) {
        (void)pthread_mutex_unlock(&run->mutex);
        nd_run_fatal(run, rc, &err);
        (void)pthread_mutex_lock(&run->mutex);
    }
}

void *nd_commit_writer(void *arg)
{
    struct nd_run *run = arg;
    struct batch *b = ND_NEW(struct batch);
    (void)pthread_mutex_lock(&run->mutex);
    while (!run->closed) {
        take(run, b);
        if (b->entries) {
            write_batch(run, b);
        } else {
            (void)pthread_cond_wait(&run->work, &run->mutex);
        }
    }
    (void)pthread_mutex_unlock(&run->mutex);
    nd_free(b);
    return NULL;
}

enum nd_rc nd_commit(struct nd_run *run, struct nd_entry *entry, struct nd_error *err)
{
    (void)pthread_mutex_lock(&run->mutex);
    entry->settled = entry->taken = false;
    entry->next = NULL;
    *run->last = entry;
    run->last = &entry->next;
    (void)pthread_cond_signal(&run->work);
    while (!entry->settled) (void)pthread_cond_wait(&run->news, &run->mutex);
    enum nd_rc rc = entry->rc;
    if (run->halt == ND_HALT_FATAL && rc == run->fatal.rc && err) *err = run->fatal;
    (void)pthread_mutex_unlock(&run->mutex);
    return rc;
}
