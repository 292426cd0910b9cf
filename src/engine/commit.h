/**
 * The commit writer: one thread, which takes what waits (no timer) and makes one transaction of it. Each
 * entry has its own verdict; a refused one fails nobody else. META in memory changes only after the commit
 * (PROTOCOL P3).
 *
 *     take entries -> META', rev + 1, new commit id -> commit --OK--> META = META', entries settled
 *                                                        \--no answer--> read META: ours? done · rev - 1?
 * again · else lost
 */
#ifndef ENGINE_COMMIT_H
#define ENGINE_COMMIT_H

#include "run.h"

/**
 * Changes a copy of META. ND_OK: goes into the transaction · ND_RETRY: not now, ask again after the next
 * commit · anything else: refused, that is the entry's verdict.
 */
typedef enum nd_rc nd_apply(struct nd_meta *meta, void *arg);

struct nd_entry {
    nd_apply *apply; /* NULL: META does not change but for rev and time */
    void *arg;
    bool in_line; /* a new reservation: never overtakes an earlier one that waits; refused (ND_STOPPED) when
                     halted */
    bool counts;  /* makes a counted tool call durable: from then on META counts it, not calls_in_flight */
    const struct nd_record *record; /* what is put; NULL: none. All borrowed until settled */
    const struct nd_reserve *reserve;
    const char *release;
    const struct nd_approval *approval;
    /* the writer's */
    enum nd_rc rc;
    bool taken, settled;
    struct nd_entry *next;
};

/** Queues the entry and waits for its verdict: ND_OK when it is durable, what `apply` said, or the fatal
 * reason. */
enum nd_rc nd_commit(struct nd_run *run, struct nd_entry *entry, struct nd_error *err);

void *nd_commit_writer(void *run); /* the thread */

#endif
