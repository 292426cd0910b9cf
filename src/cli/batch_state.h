/**
 * A batch: the items of a manifest at a scheduled time. Its books are the runs themselves: one that is at
 * work or waits for a person counts with its whole ceiling, any other with what it used. So there is nothing
 * beside the store that could disagree with it after a crash. STORE/batches has for each batch
 *
 *     NAME.lock     held by the process that works on a batch of this name
 *     BATCH.json    "nightdesk.batch/1": its time, its manifest, its runs, whether it has ended
 *
 * where NAME is the manifest's file name without its ending, and BATCH is NAME-yyyymmddThhmmss.
 */
#ifndef NIGHTDESK_CLI_BATCH_STATE_H
#define NIGHTDESK_CLI_BATCH_STATE_H

#include "batch_child.h"
#include "batch_manifest.h"

#define BATCH_NAME_BYTES 49
#define BATCH_BYTES (BATCH_NAME_BYTES + BATCH_STAMP_BYTES)

enum job_state {
    JOB_TO_DO,   /* not begun by this process */
    JOB_AT_WORK, /* a child works on it */
    JOB_PAUSES,  /* its child got nowhere; another try at again_ms */
    JOB_ENDED,   /* nothing is to be done for it now */
};
/** Why an item was not started; NULL: it was, or may be. */
#define JOB_OVER_TOTAL "over_total"
#define JOB_TOO_MANY_FAILED "too_many_failed"

struct job {
    const struct batch_item *item;
    char run_id[ND_RUN_ID_BYTES];
    char *out; /* its report's folder */
    enum job_state state;
    const char *refused; /* JOB_… */
    bool made;           /* the run exists; meta is its head as it was last looked at */
    struct nd_meta meta;
    struct child child;
    unsigned tries;
    int64_t began_ms, again_ms; /* monotonic */
    char *why;                  /* it ended without an outcome: the reason; NULL otherwise */
    enum nd_exit status;        /* with `why` */
};

struct batch {
    struct cli *cli;
    struct wiring *w;
    const struct manifest *manifest;
    char name[BATCH_NAME_BYTES], stamp[BATCH_STAMP_BYTES], id[BATCH_BYTES];
    char *folder; /* STORE/batches */
    char *out;    /* of results and reports, absolute */
    char *where;  /* the manifest's absolute path */
    int lock;     /* -1: not held */
    int64_t scheduled_ms, max_total_microusd, tolerated;
    struct job *jobs; /* in the manifest's order */
    size_t n;
    struct nd_strings gone; /* runs of this batch whose line is in the manifest no more */
};

/**
 * Takes the batch: its name, its time (--scheduled-time, else that of the batch of this manifest that has not
 * ended, else now), its lock, what became of its runs so far. Durable before it returns.
 * @return ND_RETRY another process works on it · ND_BAD_INPUT a run exists with another request, or --out
 * holds other things
 */
enum nd_rc batch_open(struct batch *b, struct nd_error *err);
/** Nothing is left to be done for it, now or later: the next call without --scheduled-time is another batch.
 */
enum nd_rc batch_end(const struct batch *b, struct nd_error *err);
void batch_close(struct batch *b);

/** Reads the head of the job's run; `made` says whether there is one. */
enum nd_rc job_look(const struct batch *b, struct job *job, struct nd_error *err);
/** Has the run come to an end that gives back what it did not use? */
bool job_settled(const struct nd_meta *meta);
int64_t job_used(const struct job *job); /* spent, and unknown */
int64_t job_gone(const struct job *job); /* and what is reserved for calls in flight */
/** What all runs of the batch use or may use yet, looked up now. */
enum nd_rc batch_counted(const struct batch *b, int64_t *used, int64_t *reserved, struct nd_error *err);
size_t batch_failed(const struct batch *b);

#endif
