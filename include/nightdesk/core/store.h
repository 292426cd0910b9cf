/**
 * A store: runs, leases, ledger, records, approvals. One contract test suite runs against every
 * implementation (SQLite + folder, memory, DynamoDB + S3). Rules: docs/reference/protocol.md.
 *
 * Who writes what: META, records, reservations and approvals are written by the lease holder only, through
 * one commit writer, in transactions conditioned on `fence = mine AND rev = r - 1`. Everybody else writes
 * CONTROL and decisions.
 */
#ifndef NIGHTDESK_CORE_STORE_H
#define NIGHTDESK_CORE_STORE_H

#include "nightdesk/base/json.h"
#include "nightdesk/core/limits.h"
#include "nightdesk/core/objects.h"
#include "nightdesk/core/outcome.h"

#define ND_META_FORMAT 1
#define ND_RECORD_FORMAT 1

/**
 * Money and counters. All money in millionths of a US dollar. In every durable state
 *     spent + reserved + unknown <= ceiling
 * but for a price fault (a bill above its reservation) and a ceiling lowered below what was already gone.
 */
struct nd_ledger {
    int64_t ceiling_microusd;
    int64_t spent_microusd;    /* bills of recorded answers */
    int64_t reserved_microusd; /* worst cases of calls in flight */
    int64_t unknown_microusd;  /* worst cases of calls whose answer never became durable */
    int64_t steps, model_calls;
    int64_t tool_calls; /* counted by action id: a repeat after a crash is not a new call */
    int64_t tokens_in, tokens_out;
};

/** The durable head of a run; its JSON form stays under ND_META_MAX_BYTES. */
struct nd_meta {
    unsigned format;
    char run_id[ND_RUN_ID_BYTES];
    char request_sha256[ND_SHA256_HEX];
    char pipeline_sha256[ND_SHA256_HEX]; /* of the program's phases and prompts that worked on it last */
    int64_t started_ms;      /* the run's recorded start: the only date that reaches an artefact */
    unsigned phase;          /* the phase being worked on; ND_PHASES when all have ended */
    enum nd_outcome outcome; /* of that phase (of the run when phase == ND_PHASES) */
    char reason[160];        /* for failed, rejected, limit_reached …: one line, "" otherwise */
    uint64_t fence, rev;
    char commit_id[33]; /* of the commit that wrote this rev */
    struct nd_ledger ledger;
    int64_t tool_calls_per_lane, tool_calls_per_run,
        steps_per_lane;           /* in force: the request's, or raised by CONTROL */
    int64_t wall_ms, wall_max_ms; /* worked so far over all processes; 0 = no limit */
    bool quiet; /* completed, and nobody needs to be told: nothing is new since the report compared with */
    unsigned idle_yields;                    /* yields in a row without a new record */
    char artefact[ND_PHASES][ND_SHA256_HEX]; /* blob of each finished phase's artefact, "" until then */
    char report[ND_SHA256_HEX];              /* blob with the list of report files, "" until then */
    char partial[ND_SHA256_HEX];             /* the same of the newest partial report */
};
struct nd_json *nd_meta_json(const struct nd_meta *meta); /* caller frees */
/** Checks everything. ND_VERSION for a newer format, ND_BROKEN for nonsense. */
enum nd_rc nd_meta_parse(struct nd_meta *out, struct nd_view json_text, struct nd_error *err);

/** The right to work on a run. `fence` is in every conditional write. */
struct nd_lease {
    char run_id[ND_RUN_ID_BYTES];
    uint64_t fence;
    void *handle; /* the store's own */
    /*
     * A timed lease serves for ttl_ms of host->monotonic_ms after the holder's last successful write was
     * sent; every commit, an empty one too, renews it. 0: the lease ends with the process and needs no
     * renewal.
     */
    int64_t ttl_ms;
    int64_t sent_ms; /* when the write that took it was sent; the holder moves it on */
};
/** No effect starts later than this after the last successful write was sent: another may take the run at
 * ttl_ms. */
#define ND_LEASE_SERVES_MS(ttl_ms) ((ttl_ms) - (ttl_ms) / 6)
#define ND_LEASE_RENEW_MS(ttl_ms) ((ttl_ms) / 3)

/** A step as stored. The payload is the deflated JSON {"action":…,"observation":…}, inline or (blob set) an
 * object. */
struct nd_record {
    unsigned format;
    unsigned phase;
    char lane[ND_LANE_ID_BYTES];
    unsigned step;
    char id[ND_ACTION_ID_BYTES];
    char version[17];
    int64_t cost_microusd;
    struct nd_view payload;   /* at most the store's inline_max; borrowed */
    char blob[ND_SHA256_HEX]; /* "" when inline */
};

enum nd_reserve_state { ND_RESERVE_OPEN, ND_RESERVE_UNKNOWN };
/** The intent to pay, durable before the call. Gone when its step is recorded or released; kept when unknown.
 */
struct nd_reserve {
    char id[33]; /* of the attempt: random, a retry is a new one */
    char action_id[ND_ACTION_ID_BYTES];
    unsigned phase;
    char lane[ND_LANE_ID_BYTES];
    unsigned step;
    int64_t amount_microusd;
    enum nd_reserve_state state;
};

/** What a person is asked. `n` counts the openings of this gate in this run, from 1. */
struct nd_approval {
    char gate[ND_NAME_BYTES]; /* plan outline final question budget limit */
    unsigned n;
    unsigned phase;
    char shown_sha256[ND_SHA256_HEX];
    struct nd_view shown;    /* JSON; larger than 64 KB lies in a blob and this is {"blob": sha256} */
    struct nd_view decision; /* JSON, empty while open */
    int64_t opened_ms, expires_ms;
};

/** What others ask of the lease holder. Members that are not set keep -1 / false. */
struct nd_control {
    bool cancel;
    int64_t ceiling_microusd, tool_calls_per_lane, tool_calls_per_run, steps_per_lane, wall_max_ms;
};
#define ND_CONTROL_NONE ((struct nd_control){false, -1, -1, -1, -1, -1})

/** One transaction of the lease holder. `meta` is absolute: its rev is the stored one + 1, its commit_id is
 * fresh. */
struct nd_commit {
    const struct nd_meta *meta;
    const struct nd_record *records;
    size_t record_count;
    const struct nd_reserve *reserves; /* put (new or state changed) */
    size_t reserve_count;
    const char *const *released; /* reservation ids to remove */
    size_t released_count;
    const struct nd_approval *approvals; /* opened */
    size_t approval_count;
};

struct nd_store;
/**
 * Visitors return ND_OK to go on; anything else ends the walk and is returned. What they get is borrowed for
 * the call. They may use the store.
 */
typedef enum nd_rc nd_visit_meta(void *ctx, const struct nd_meta *meta, struct nd_error *err);
typedef enum nd_rc nd_visit_record(void *ctx, const struct nd_record *record, struct nd_error *err);
typedef enum nd_rc nd_visit_reserve(void *ctx, const struct nd_reserve *reserve, struct nd_error *err);
typedef enum nd_rc nd_visit_approval(void *ctx, const struct nd_approval *approval, struct nd_error *err);

struct nd_store_ops {
    const char *name;  /* "sqlite", "memory", "aws" */
    size_t inline_max; /* payloads above it are blobs */

    /**
     * Makes the run: META at rev 0 and the request. ND_CONFLICT when the run id is taken (read META to
     * compare) · ND_BAD_INPUT a run id or a start that no run may have.
     */
    enum nd_rc (*create)(struct nd_store *s, const struct nd_meta *meta, struct nd_view request,
                         struct nd_error *err);
    /** ND_NOT_FOUND no such run · ND_VERSION written by a newer program. Always consistent. */
    enum nd_rc (*meta)(struct nd_store *s, const char *run_id, struct nd_meta *out, struct nd_error *err);
    enum nd_rc (*request)(struct nd_store *s, const char *run_id, struct nd_bytes *out, struct nd_error *err);

    /**
     * Takes the run. In one transaction: fence + 1, outcome running, every open reservation booked as
     * unknown. *meta is what stands then. ND_RETRY another worker lives · ND_NOT_FOUND · ND_VERSION · ND_FULL
     * no room to set space aside for answers in flight. Closing the store ends its leases as the process's
     * death does. A store with timed leases waits here for as long as a dead worker's lease could serve.
     */
    enum nd_rc (*lease_take)(struct nd_store *s, const char *run_id, struct nd_lease *out,
                             struct nd_meta *meta, struct nd_error *err);
    void (*lease_release)(struct nd_store *s, struct nd_lease *lease);
    /**
     * All of it or none. ND_OK also when it stands already (our own commit whose answer was lost).
     * ND_LOST_LEASE the condition failed · ND_UNKNOWN no answer or a failed flush: read META, rev and
     * commit_id tell; after a failed flush every later write is ND_UNKNOWN too · ND_FULL nothing was written,
     * and space that the store had set aside was given up: send once more what is in flight, start nothing
     * new · ND_RETRY the store was busy, nothing was written · ND_CONFLICT a record or gate is there already,
     * nothing was written
     */
    enum nd_rc (*commit)(struct nd_store *s, const struct nd_lease *lease, const struct nd_commit *commit,
                         struct nd_error *err);

    /** Records in (phase, lane, step) order; phase < 0: all; lane NULL: all. */
    enum nd_rc (*records)(struct nd_store *s, const char *run_id, int phase, const char *lane,
                          nd_visit_record *visit, void *ctx, struct nd_error *err);
    enum nd_rc (*reserves)(struct nd_store *s, const char *run_id, nd_visit_reserve *visit, void *ctx,
                           struct nd_error *err);
    /** In (gate, n) order. */
    enum nd_rc (*approvals)(struct nd_store *s, const char *run_id, nd_visit_approval *visit, void *ctx,
                            struct nd_error *err);
    /**
     * Decides an open gate: needs no decision yet and the sha256 of what was shown. The same decision again
     * is ND_OK; another is ND_CONFLICT. `control` (may be NULL) is merged in the same transaction (once: not
     * by a repeat). ND_NOT_FOUND no such gate.
     */
    enum nd_rc (*decide)(struct nd_store *s, const char *run_id, const char *gate, unsigned n,
                         const char *shown_sha256, struct nd_view decision, const struct nd_control *control,
                         struct nd_error *err);
    enum nd_rc (*control_get)(struct nd_store *s, const char *run_id, struct nd_control *out,
                              struct nd_error *err);
    /** Merges: members that are set replace. */
    enum nd_rc (*control_put)(struct nd_store *s, const char *run_id, const struct nd_control *c,
                              struct nd_error *err);

    /** Newest start first. A run whose head cannot be read is passed over; why is returned when all were
     * visited. */
    enum nd_rc (*list)(struct nd_store *s, nd_visit_meta *visit, void *ctx, struct nd_error *err);
    /** Records, objects that no other run names, files. ND_RETRY while a worker holds it. */
    enum nd_rc (*remove)(struct nd_store *s, const char *run_id, struct nd_error *err);
    /** The run's objects; close with nd_objects_close before the store. */
    enum nd_rc (*objects)(struct nd_store *s, const char *run_id, struct nd_objects **out,
                          struct nd_error *err);
    void (*close)(struct nd_store *s);
};
struct nd_store {
    const struct nd_store_ops *ops;
};
void nd_store_close(struct nd_store *s); /* NULL is fine */

#endif
