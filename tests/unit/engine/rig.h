/**
 * A world for the engine: a memory store, a model that keeps its own bill, a notifier and a clock, all of
 * them wrapped so that each effect has a number. At effect `die_at` the process "dies": the effect is left
 * out (or done, and its answer lost), and from then on nothing has any effect. The next process is a new
 * engine on the same world.
 *
 *     struct rig rig;
 *     rig_open(&rig);
 *     rig.die_at = 17; rig.die_after = true;
 *     (void)rig_work(&rig, -1);     // the process that dies
 *     rig_revive(&rig);
 *     ck_assert_int_eq(rig_work(&rig, -1), ND_OK);
 */
#ifndef RIG_H
#define RIG_H

#include "nightdesk/base/host.h"
#include "nightdesk/engine/engine.h"
#include "toy.h"

#include <pthread.h>

/** How a model's call ends. */
enum rig_answer {
    RIG_ANSWERS,
    RIG_BUSY,          /* ND_RETRY */
    RIG_ABSENT,        /* ND_RETRY, there is no connection */
    RIG_LOST,          /* ND_UNKNOWN, billed */
    RIG_LOST_UNBILLED, /* ND_UNKNOWN, not billed */
    RIG_REFUSES_KEY,   /* ND_CONFIG */
    RIG_OVERBILLS,     /* bills more than its bound */
    RIG_ERROR,         /* a whole error answer, not billed */
};

/** How a commit ends that is chosen by number. */
enum rig_commit {
    RIG_COMMIT_PLAIN,
    RIG_COMMIT_DONE_UNANSWERED,
    RIG_COMMIT_NOT_DONE,
    RIG_COMMIT_FENCED,
    RIG_COMMIT_POISONED, /* not done, nor any later one: a flush failed */
    RIG_COMMIT_FULL,
    RIG_COMMIT_BUSY, /* not done, for now */
};

struct rig_bill {
    char *key; /* phase, lane and what of the call */
    unsigned times;
    int64_t microusd;
};

struct rig {
    struct nd_host host;
    int64_t now_ms; /* the clock; each sleep moves it on */
    struct nd_store *root;
    struct nd_store *store; /* the process's handle, wrapped */
    struct toy toy;
    struct nd_pipeline pipeline;
    struct nd_model *model;
    struct nd_notifier *notifier;
    struct nd_engine engine;
    const char *run_id;
    struct nd_error err; /* of the last rig_work */
    struct nd_meta meta; /* its result */

    pthread_mutex_t mutex; /* guards all below */
    int64_t effects;       /* so far */
    int64_t die_at;        /* 0: never */
    bool die_after, dead;
    enum rig_answer answers[16]; /* of the next calls of the model, then RIG_ANSWERS */
    size_t answers_n;
    enum rig_answer always; /* RIG_ANSWERS, or how all calls end */
    int64_t commit_at;      /* this commit (counted from 1) ends as commit_as */
    int64_t commit_times;   /* and so many in all, this one included; 0: it alone */
    enum rig_commit commit_as;
    int64_t commits;
    int64_t puts_busy;           /* so many objects are not taken, for now */
    int64_t lease_ms;            /* leases are timed; 0: they are not */
    int64_t bill_at_poison;      /* what had been billed when the flush failed */
    int64_t commit_ms;           /* that each commit takes, 0: no time */
    size_t batch_max, parts_max; /* most records, and most parts, in one commit */
    struct rig_bill *bills;
    size_t bill_count, bill_cap;
    int64_t bill_microusd; /* what the provider says */
    unsigned calls_out;    /* fetches that left the machine */
    struct nd_strings calls_distinct;
    struct nd_strings sent; /* event ids delivered */
    bool sends_fail;
    bool counts;            /* the model counts tokens before it is asked */
    bool events_unreadable; /* whether an event was delivered cannot be found out */
    char *broken;           /* the first invariant that did not hold; NULL: none */
    bool expect_price_fault;
    /** Called at each model call and tool call with the mutex released; may be NULL. */
    void (*on_effect)(struct rig *rig);
    /** The same, at each look at CONTROL, also by the watcher. */
    void (*on_look)(struct rig *rig);
    /** The same, before a decision is stored. */
    void (*on_decide)(struct rig *rig);
};

void rig_open(struct rig *rig);
void rig_close(struct rig *rig);

/** Makes the run; members of `limits` and others as JSON text merged into the request, e.g. "{\"ask\":true}".
 */
void rig_create(struct rig *rig, const char *request_json);
/** One process: works and closes its store handle. */
enum nd_rc rig_work(struct rig *rig, int phase);
/** A new process after a death. */
void rig_revive(struct rig *rig);
/** Works until completed, however many processes it takes (each must do something). */
void rig_finish(struct rig *rig);

/** Works and decides (approve, answer, raise) until the run is completed: true; false when the process died.
 */
bool rig_go_through(struct rig *rig);

/** The report's bytes (report.json); the test fails when there is none. Caller frees. */
char *rig_report(struct rig *rig);
char *rig_replay(struct rig *rig);
/** Most times that one call was billed. */
unsigned rig_most_billed(const struct rig *rig);
unsigned rig_billed_again(const struct rig *rig); /* bills beyond the first of each call */
/** Decides the open gate. */
enum nd_rc rig_decide(struct rig *rig, const char *decision_json, const struct nd_control *control);
#define RIG_STARTED_MS INT64_C(1767323045000)

#endif
