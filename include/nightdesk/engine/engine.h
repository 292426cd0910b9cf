/**
 * The engine: works on a run until its phase (or all phases) ended in order, whatever happened before.
 *
 *     next -> reserve (durable) -> perform -> record (durable) -> next …
 *
 * Starting is resuming from empty transcripts: one code path. Lanes are threads of plain blocking code; their
 * records ride together through one commit writer. Rules: docs/reference/protocol.md.
 */
#ifndef NIGHTDESK_ENGINE_ENGINE_H
#define NIGHTDESK_ENGINE_ENGINE_H

#include "nightdesk/base/host.h"
#include "nightdesk/core/model.h"
#include "nightdesk/core/notify.h"
#include "nightdesk/core/phase.h"
#include "nightdesk/core/store.h"

enum nd_event_kind { ND_EV_PHASE, ND_EV_LANE, ND_EV_STEP, ND_EV_LANE_END, ND_EV_PHASE_END, ND_EV_NOTE };
/** For progress. Called by one thread at a time; everything is borrowed for the call. */
struct nd_event {
    enum nd_event_kind kind;
    unsigned phase;
    const char *phase_name;
    const struct nd_lane *lane; /* NULL where it makes no sense */
    const struct nd_step *step; /* ND_EV_STEP */
    size_t lanes_total, lanes_ended;
    const struct nd_meta *meta; /* ledger and counters */
    const char *text;           /* ND_EV_NOTE: one line for people */
};

struct nd_engine {
    struct nd_store *store;
    const struct nd_host *host;
    const struct nd_pipeline *pipeline;
    void *pipeline_ctx;           /* scene->pipeline */
    struct nd_model *model;       /* NULL: none; a model action then fails the run with ND_CONFIG */
    struct nd_notifier *notifier; /* NULL: none */
    unsigned lanes_in_flight;     /* 1-1024; 0: 10 */
    int64_t max_steps;            /* this process yields after so many new records; 0: no limit */
    int64_t max_ms;               /* this process yields after so long; 0: no limit */
    int64_t gate_wait_ms;         /* a gate expires after so long; 0: 7 days */
    const atomic_bool
        *stop; /* set by SIGINT/SIGTERM: no new call starts, answers in flight are recorded, yield */
    void (*on_event)(void *ctx, const struct nd_event *event); /* NULL: none */
    void *event_ctx;
};

/**
 * Makes the run (META at rev 0 and the request, durable).
 * ND_OK also when it exists with the same request; ND_CONFLICT when it exists with another.
 */
enum nd_rc nd_engine_create(const struct nd_engine *e, const char *run_id, const struct nd_request *request,
                            int64_t started_ms, struct nd_error *err);

/**
 * Works until `phase` has an outcome (phase < 0: until the run has one). ND_OK: an outcome is durable and
 * *out holds it. A run that is completed, rejected or cancelled is only looked at, and so is a phase that is
 * finished (*out then says `completed` for that phase). Every other outcome goes on where it stopped: a
 * failed run is tried again, an expired gate still takes a decision. Records win over the program: what is
 * recorded is never performed again, even if `next` would ask for something else by now. Notifications are
 * sent after the outcome is durable; what was delivered is remembered, what was not is sent by the next call.
 * Any other result means that none was written:
 * ND_LOST_LEASE · ND_RETRY (another worker lives, or three unknown outcomes in a row) · ND_UNKNOWN (a sync
 * failed) · ND_FULL · ND_VERSION · ND_CONFIG · ND_BROKEN · ND_BAD_INPUT (phase asked for out of order)
 */
enum nd_rc nd_engine_work(const struct nd_engine *e, const char *run_id, int phase, struct nd_meta *out,
                          struct nd_error *err);

/** Rebuilds every artefact from request and transcripts, with no tool, model or network; fills the report's
 * files. */
enum nd_rc nd_engine_replay(const struct nd_engine *e, const char *run_id, struct nd_artefact *out,
                            struct nd_error *err);

/** The files of the finished (or partial) report from the store. ND_NOT_FOUND when there is none yet. */
enum nd_rc nd_engine_report(const struct nd_engine *e, const char *run_id, struct nd_artefact *out,
                            struct nd_error *err);

/** "nightdesk.ledger/1": what depends on attempts. Caller frees. */
enum nd_rc nd_engine_ledger(const struct nd_engine *e, const char *run_id, struct nd_json **out,
                            struct nd_error *err);

/** Loads the transcripts of a phase (for status, watch, replay): lane 0 first, then by lane id. */
enum nd_rc nd_engine_transcripts(const struct nd_engine *e, const char *run_id, unsigned phase,
                                 struct nd_lanes *out, struct nd_error *err);

/**
 * The open gate of a run, if any. ND_CONFLICT: it was decided, and nobody has resumed the run since ·
 * ND_NOT_FOUND: the run waits for nobody. `shown` is parsed; free with nd_gate_release. plan, outline, final
 * what the phase shows question               {"questions": [{"id", "lane", "title", "prompt", "shown",
 * "answer"?}]}: all that are open; `answer` stands where one was given already budget, limit {"outcome",
 * "reason", "phase", "ceiling_microusd", "spent_microusd", "unknown_microusd", "needed_microusd",
 * "tool_calls", "tool_calls_per_run"}
 */
struct nd_gate {
    char gate[ND_NAME_BYTES];
    unsigned n, phase;
    char shown_sha256[ND_SHA256_HEX];
    struct nd_json *shown;
    int64_t opened_ms, expires_ms;
};
enum nd_rc nd_engine_gate(const struct nd_engine *e, const char *run_id, struct nd_gate *out,
                          struct nd_error *err);
void nd_gate_release(struct nd_gate *gate);
/**
 * Decides the open gate; does not need the lease. `control` (NULL: none) is merged in the same transaction.
 *     plan, outline, final   {"decision": "approve|revise|reject", "edited"?, "why"?, "by"?, "at"?}
 *     budget, limit          {"decision": "raise|reject", "why"?, "by"?, "at"?}; `control` says to what
 *     question               {"answers": {id: text}, "by"?, "at"?}: ND_OK keeps them; the last one missing
 * makes the decision ND_CONFLICT decided otherwise · ND_BAD_INPUT another form · ND_OVER_LIMIT sent back
 * ND_REVISIONS_MAX times already
 */
enum nd_rc nd_engine_decide(const struct nd_engine *e, const char *run_id, const struct nd_gate *gate,
                            const struct nd_json *decision, const struct nd_control *control,
                            struct nd_error *err);

#endif
