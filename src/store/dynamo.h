/**
 * The store in AWS inside: items of one DynamoDB table, objects of one S3 bucket.
 *
 *     pk = RUN#<run>   sk = META                            the head, as nd_meta_json has it; held, gate,
 * removing sk = CONTROL                         what others ask for sk = STEP#<phase>#<lane>#<nnnnnn> records
 *                      sk = RESERVE#<id>                    reservations, each with the fence under which it
 * was made sk = APPROVAL#<gate>#<n>             gates; task_token is the state machine's sk = NAME#<name>
 * write-once names of objects index by-outcome: outcome, started_ms (keys only), for listing
 *     runs/<run>/request.json, runs/<run>/objects/<sha256>
 *
 * Every read of the table is consistent but that of the index. META has one writer, the holder of the lease;
 * each of its writes is conditioned on fence and rev. An open reservation of an older fence is an unknown
 * one: so a takeover is one write, however many calls the dead worker had in flight.
 */
#ifndef STORE_DYNAMO_H
#define STORE_DYNAMO_H

#include "nightdesk/aws/dynamodb.h"
#include "nightdesk/base/host.h"
#include "nightdesk/core/store.h"

#include <pthread.h>

#define ND_DYNAMO_INLINE_MAX ((size_t)8 << 10)
#define ND_DYNAMO_INDEX "by-outcome"
#define ND_DYNAMO_SK_BYTES 256
#define ND_DYNAMO_TRIES 5 /* of a write that may be sent again once it is known what became of it */

/** A lease that this handle took. */
struct dynamo_hold {
    char run_id[ND_RUN_ID_BYTES];
    uint64_t fence;
    struct nd_json *stands; /* META as it was when the last write of this worker had been answered */
    uint64_t rev;           /* of that */
    struct dynamo_hold *next;
};

struct dynamo_store {
    struct nd_store base;
    struct nd_aws *aws;
    const struct nd_host *host;
    char *table, *bucket;
    int64_t lease_ms;
    pthread_mutex_t mutex; /* of the holds */
    struct dynamo_hold *holds;
};

/** META and what the store keeps beside it. */
struct dynamo_head {
    struct nd_meta meta;
    bool held;     /* a worker has it and has not let go; whether it lives is another question */
    bool removing; /* a removal has begun */
    char gate[ND_DYNAMO_SK_BYTES]; /* sort key of the gate that the run waits at, "" when it waits at none */
};

/* ---- keys and items; every read checks what it finds ---- */
struct nd_json *nd_dynamo_key(const char *run_id, const char *sk);
void nd_dynamo_step_sk(const struct nd_record *record, char out[ND_DYNAMO_SK_BYTES]);
void nd_dynamo_gate_sk(const char *gate, unsigned n, char out[ND_DYNAMO_SK_BYTES]);

struct nd_json *nd_dynamo_head_item(const struct dynamo_head *head);
enum nd_rc nd_dynamo_head_parse(const struct nd_json *item, const char *run_id, struct dynamo_head *out,
                                struct nd_error *err);
struct nd_json *nd_dynamo_record_item(const char *run_id, const struct nd_record *record);
/** `payload` keeps the bytes that *out borrows. */
enum nd_rc nd_dynamo_record_parse(const struct nd_json *item, struct nd_record *out, struct nd_bytes *payload,
                                  struct nd_error *err);
struct nd_json *nd_dynamo_reserve_item(const char *run_id, const struct nd_reserve *reserve, uint64_t fence);
enum nd_rc nd_dynamo_reserve_parse(const struct nd_json *item, struct nd_reserve *out, uint64_t *fence,
                                   struct nd_error *err);
struct nd_json *nd_dynamo_approval_item(const char *run_id, const struct nd_approval *approval);
/** `shown` and `decision` keep the bytes that *out borrows. */
enum nd_rc nd_dynamo_approval_parse(const struct nd_json *item, struct nd_approval *out,
                                    struct nd_bytes *shown, struct nd_bytes *decision, struct nd_error *err);

/* ---- reading and writing ---- */
/** A write of META where fence and rev stand. */
struct dynamo_head_write {
    struct nd_dynamodb_write write; /* borrows the rest */
    struct nd_json *key, *names, *values;
    struct nd_bytes set;
};
/**
 * @param before  what stands under that rev: only what differs is sent; NULL: all of `after` is. Both are
 * borrowed until the release.
 */
void nd_dynamo_head_write_init(struct dynamo_head_write *w, const char *run_id, uint64_t fence, uint64_t rev,
                               const struct nd_json *before, const struct nd_json *after);
void nd_dynamo_head_write_release(struct dynamo_head_write *w);
/** ND_NOT_FOUND "there is no run" */
enum nd_rc nd_dynamo_head_get(struct dynamo_store *s, const char *run_id, struct dynamo_head *out,
                              struct nd_error *err);
/** All items of the run whose sort key begins so, in order. */
enum nd_rc nd_dynamo_each(struct dynamo_store *s, const char *run_id, const char *sk_prefix,
                          nd_visit_item *visit, void *ctx, struct nd_error *err);
/**
 * A transaction of somebody who holds no lease: sent again with its token until it is known what became of
 * it.
 */
enum nd_rc nd_dynamo_settle(struct dynamo_store *s, const struct nd_dynamodb_write *writes, size_t count,
                            struct nd_dynamodb_refusal *refusal, struct nd_error *err);
/** Puts the head where `before` stands. ND_RETRY another head stands there · ND_UNKNOWN */
enum nd_rc nd_dynamo_head_replace(struct dynamo_store *s, const struct dynamo_head *before,
                                  const struct dynamo_head *after, int64_t *sent_ms, struct nd_error *err);
/**
 * Waits until the worker that holds the run lets go or is dead by this process's own clock, and gives the
 * head as it stands then. ND_RETRY it lives.
 */
enum nd_rc nd_dynamo_wait_free(struct dynamo_store *s, const char *run_id, struct dynamo_head *out,
                               struct nd_error *err);
/** "runs/<run>/" + rest. Caller frees. */
char *nd_dynamo_object_key(const char *run_id, const char *rest);

/* ---- the parts of the table that lie in other files ---- */
enum nd_rc nd_dynamo_lease_take(struct nd_store *s, const char *run_id, struct nd_lease *out,
                                struct nd_meta *meta, struct nd_error *err);
void nd_dynamo_lease_release(struct nd_store *s, struct nd_lease *lease);
void nd_dynamo_holds_free(struct dynamo_store *s);
/** The hold of that lease, or NULL; with the mutex held. */
struct dynamo_hold *nd_dynamo_hold_find(struct dynamo_store *s, const struct nd_lease *lease);
enum nd_rc nd_dynamo_commit(struct nd_store *s, const struct nd_lease *lease, const struct nd_commit *commit,
                            struct nd_error *err);
enum nd_rc nd_dynamo_records(struct nd_store *s, const char *run_id, int phase, const char *lane,
                             nd_visit_record *visit, void *ctx, struct nd_error *err);
enum nd_rc nd_dynamo_reserves(struct nd_store *s, const char *run_id, nd_visit_reserve *visit, void *ctx,
                              struct nd_error *err);
enum nd_rc nd_dynamo_approvals(struct nd_store *s, const char *run_id, nd_visit_approval *visit, void *ctx,
                               struct nd_error *err);
enum nd_rc nd_dynamo_list(struct nd_store *s, nd_visit_meta *visit, void *ctx, struct nd_error *err);
enum nd_rc nd_dynamo_decide(struct nd_store *s, const char *run_id, const char *gate, unsigned n,
                            const char *shown_sha256, struct nd_view decision,
                            const struct nd_control *control, struct nd_error *err);
enum nd_rc nd_dynamo_control_get(struct nd_store *s, const char *run_id, struct nd_control *out,
                                 struct nd_error *err);
enum nd_rc nd_dynamo_control_put(struct nd_store *s, const char *run_id, const struct nd_control *c,
                                 struct nd_error *err);
enum nd_rc nd_dynamo_remove(struct nd_store *s, const char *run_id, struct nd_error *err);
enum nd_rc nd_dynamo_objects(struct nd_store *s, const char *run_id, struct nd_objects **out,
                             struct nd_error *err);

#endif
