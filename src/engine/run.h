// clang-format off
/**
 * A run at work in this process: what its threads share.
 *
 *     driver    the caller's thread: phases one after the other (drive.c): lane 0, the lanes side by side, lane 0 again
 *     lanes     one thread for each lane in flight (loop.c)
 *     writer    the only one that commits (commit.c)
 *     watcher   signal, CONTROL, clock: sets `halt` (watch.c)
 *
 * META in memory is what is durable; only the writer changes it, after the commit.
 */
// clang-format on
#ifndef ENGINE_RUN_H
#define ENGINE_RUN_H

#include "earlier.h"
#include "nightdesk/engine/engine.h"

#include <pthread.h>

/** Why no further action may start; a higher one wins. */
enum nd_halt {
    ND_GO,
    ND_HALT_YIELD,  /* signal or max_ms */
    ND_HALT_WALL,   /* the run's wall time is over */
    ND_HALT_CANCEL, /* CONTROL */
    ND_HALT_FAIL,   /* a lane failed; the phase will */
    ND_HALT_LEAVE, /* the model is gone: answers in flight are recorded, then this process stops; `fatal` says
                      why */
    ND_HALT_FULL,  /* the disk is full: answers in flight are recorded, then this process stops */
    ND_HALT_FATAL, /* nothing more can be recorded: `fatal` says why */
};

struct nd_entry;

/** A gate as it stands in the store; parsed. */
struct nd_asked {
    char gate[ND_NAME_BYTES];
    unsigned n, phase;
    char shown_sha256[ND_SHA256_HEX];
    struct nd_json *shown;
    struct nd_json *decision; /* NULL while open */
    int64_t opened_ms, expires_ms;
};
struct nd_asked_list {
    struct nd_asked *v;
    size_t n, cap;
};
void nd_asked_release(struct nd_asked_list *list);
/** All gates of the run, in (gate, n) order. */
enum nd_rc nd_asked_load(const struct nd_engine *e, const char *run_id, struct nd_objects *objects,
                         struct nd_asked_list *out, struct nd_error *err);

struct nd_run {
    const struct nd_engine *e;
    struct nd_request *request;
    struct nd_earlier *earlier;          /* answers that an earlier run paid for; NULL: none */
    struct nd_objects *objects;          /* counts in `named` */
    atomic_size_t named;                 /* objects that this process kept under a name: parts of a step */
    struct nd_json *artefact[ND_PHASES]; /* of finished phases, as stored */
    struct nd_asked_list asked; /* as read at the start of a pass; no lane is at work when it changes */
    char run_id[ND_RUN_ID_BYTES];
    int64_t started_ms;
    char version[17]; /* of the pipeline, for records */
    atomic_bool stop; /* what tools and models see */

    pthread_mutex_t mutex;   /* guards all below */
    pthread_cond_t work;     /* the writer has something to do */
    pthread_cond_t news;     /* an entry was settled, an ambiguous commit was cleared, or halt was set */
    pthread_cond_t closing_; /* the watcher may end */
    struct nd_meta meta;
    struct nd_lease lease;
    struct nd_entry *first, **last; /* what waits for the writer */
    bool ambiguous;                 /* a commit's result is unknown: no effect may start */
    bool closing;                   /* the watcher ends */
    bool closed;                    /* nobody commits any more: the writer ends */
    enum nd_halt halt;
    struct nd_error fatal;
    int64_t steps_left;        /* that this process may still record; -1: no limit */
    int64_t steps_new;         /* recorded by this process */
    int64_t calls_in_flight;   /* counted tool calls that are not durable yet */
    unsigned unknown_in_row;   /* model answers that never came, since the last one that did */
    struct nd_strings started; /* action ids of tool calls that were counted, but may have no record */
    int64_t began_ms, wall_before_ms, committed_ms;
    size_t lanes_total, lanes_ended; /* of the phase, for events */

    pthread_mutex_t event_mutex;
    pthread_t writer, watcher;
    bool threads;
};

/** Takes the lease and loads what does not belong to one phase; starts writer and watcher. */
enum nd_rc nd_run_open(struct nd_run **out, const struct nd_engine *e, const char *run_id,
                       struct nd_error *err);
/** Ends the threads and releases the lease. NULL is fine. */
void nd_run_close(struct nd_run *run);

void nd_run_meta(struct nd_run *run, struct nd_meta *out); /* a copy of what is durable */
enum nd_halt nd_run_halted(struct nd_run *run);
void nd_run_halt(struct nd_run *run, enum nd_halt why);
void nd_run_go_on(struct nd_run *run); /* after a higher wall time came into force */
/** Nothing more can be recorded; the first reason stays. */
void nd_run_fatal(struct nd_run *run, enum nd_rc rc, const struct nd_error *err);
/** This process ends with that reason and no outcome, once the answers in flight are recorded. */
void nd_run_leave(struct nd_run *run, enum nd_rc rc, const struct nd_error *err);
/** The reason of such a halt, as the result of the whole call. */
enum nd_rc nd_run_fatal_rc(struct nd_run *run, struct nd_error *err);
/** Looks at the signal and the clocks, and halts the run if they say so. */
void nd_run_look(struct nd_run *run);
/** Waits until no commit is ambiguous and the lease serves; an effect may start only if this is ND_GO. */
enum nd_halt nd_run_may_start(struct nd_run *run);
/**
 * Whether what the store refused for now is sent again, after a wait that grows: a few times, and while the
 * lease serves, since answers that were paid for wait to be recorded.
 * @param tried  so often, from 1; began_ms: when the first try began
 */
bool nd_run_try_again(struct nd_run *run, unsigned tried, int64_t began_ms);
/** Sleeps in small parts and ends early when the run is halted. */
void nd_run_pause(struct nd_run *run, int64_t ms);
/** Ms worked on this run by all processes so far. */
int64_t nd_run_wall_ms(struct nd_run *run); /* with the mutex held */

/** A scene without lanes: what all functions of a phase may see. */
struct nd_scene nd_run_scene(const struct nd_run *run);
/** The artefact of a finished phase, as it is stored, for the phases after it. */
enum nd_rc nd_run_artefact(struct nd_run *run, unsigned phase, const char *sha256, struct nd_error *err);

/** Tells the listener; every part but kind may be absent. */
void nd_run_event(struct nd_run *run, const struct nd_event *event);
void nd_run_note(struct nd_run *run, const char *fmt, ...) ND_PRINTF(2, 3);

#endif
