/* Walks. A page of a query is visited before the next is asked for; nothing is locked, so a visitor may use
 * the store. */
#include "dynamo.h"
#include "nightdesk/base/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- records ---- */

struct record_walk {
    const char *lane; /* NULL: all */
    nd_visit_record *visit;
    void *ctx;
    struct nd_bytes payload;
};

static enum nd_rc visit_record(void *ctx, const struct nd_json *item, struct nd_error *err)
{
    struct record_walk *walk = ctx;
    struct nd_record record;
    enum nd_rc rc = nd_dynamo_record_parse(item, &record, &walk->payload, err);
    if (rc != ND_OK || (walk->lane && strcmp(walk->lane, record.lane) != 0)) return rc;
    return walk->visit(walk->ctx, &record, err);
}

enum nd_rc nd_dynamo_records(struct nd_store *store, const char *run_id, int phase, const char *lane,
                             nd_visit_record *visit, void *ctx, struct nd_error *err)
{
    struct dynamo_store *s = (struct dynamo_store *)store;
    struct dynamo_head head;
    struct record_walk walk = {lane, visit, ctx, ND_BYTES(ND_DYNAMO_INLINE_MAX)};
    char prefix[ND_DYNAMO_SK_BYTES] = "STEP#";
    enum nd_rc rc = nd_dynamo_head_get(s, run_id, &head, err);
    if (phase >= 0)
        (void)snprintf(prefix, sizeof prefix, "STEP#%d#%.16s%s", phase, lane ? lane : "", lane ? "#" : "");
    if (rc == ND_OK) rc = nd_dynamo_each(s, run_id, prefix, visit_record, &walk, err);
    nd_bytes_release(&walk.payload);
    return rc;
}

/* ---- reservations ---- */

struct reserve_walk {
    uint64_t fence; /* of the head: what is open under an older one is unknown */
    nd_visit_reserve *visit;
    void *ctx;
};

static enum nd_rc visit_reserve(void *ctx, const struct nd_json *item, struct nd_error *err)
{
    struct reserve_walk *walk = ctx;
    struct nd_reserve reserve;
    uint64_t fence = 0;
    enum nd_rc rc = nd_dynamo_reserve_parse(item, &reserve, &fence, err);
    if (rc != ND_OK) return rc;
    if (fence < walk->fence) reserve.state = ND_RESERVE_UNKNOWN;
    return walk->visit(walk->ctx, &reserve, err);
}

enum nd_rc nd_dynamo_reserves(struct nd_store *store, const char *run_id, nd_visit_reserve *visit, void *ctx,
                              struct nd_error *err)
{
    struct dynamo_store *s = (struct dynamo_store *)store;
    struct dynamo_head head;
    enum nd_rc rc = nd_dynamo_head_get(s, run_id, &head, err);
    struct reserve_walk walk = {rc == ND_OK ? head.meta.fence : 0, visit, ctx};
    return rc == ND_OK ? nd_dynamo_each(s, run_id, "RESERVE#", visit_reserve, &walk, err) : rc;
}

/* ---- gates: their numbers are not padded in the sort key, so they are put in order here ---- */

struct kept_approval {
    struct nd_approval approval;
    struct nd_bytes shown, decision;
};
struct approval_list {
    struct kept_approval *v;
    size_t n, cap;
};

static enum nd_rc keep_approval(void *ctx, const struct nd_json *item, struct nd_error *err)
{
    struct approval_list *list = ctx;
    ND_GROW(list->v, list->n, list->cap);
    struct kept_approval *kept = &list->v[list->n++];
    *kept = (struct kept_approval){.shown = ND_BYTES(ND_COMMIT_MAX_BYTES),
                                   .decision = ND_BYTES(ND_COMMIT_MAX_BYTES)};
    return nd_dynamo_approval_parse(item, &kept->approval, &kept->shown, &kept->decision, err);
}

static int approval_order(const void *left, const void *right)
{
    const struct nd_approval *a = &((const struct kept_approval *)left)->approval;
    const struct nd_approval *b = &((const struct kept_approval *)right)->approval;
    int order = strcmp(a->gate, b->gate);
    return order ? order : (a->n > b->n) - (a->n < b->n);
}

enum nd_rc nd_dynamo_approvals(struct nd_store *store, const char *run_id, nd_visit_approval *visit,
                               void *ctx, struct nd_error *err)
{
    struct dynamo_store *s = (struct dynamo_store *)store;
    struct dynamo_head head;
    struct approval_list list = {0};
    enum nd_rc rc = nd_dynamo_head_get(s, run_id, &head, err);
    if (rc == ND_OK) rc = nd_dynamo_each(s, run_id, "APPROVAL#", keep_approval, &list, err);
    if (list.n > 1) qsort(list.v, list.n, sizeof *list.v, approval_order);
    for (size_t i = 0; rc == ND_OK && i < list.n; i++) rc = visit(ctx, &list.v[i].approval, err);
    for (size_t i = 0; i < list.n; i++) {
        nd_bytes_release(&list.v[i].shown);
        nd_bytes_release(&list.v[i].decision);
    }
    nd_free(list.v);
    return rc;
}

/* ---- all runs, by the index: it may lag behind the table, so heads are read from the table, a hundred at a
 * time ---- */

struct listed {
    char run_id[ND_RUN_ID_BYTES];
    int64_t started_ms;
};
struct run_list {
    struct listed *v;
    size_t n, cap;
};

static enum nd_rc keep_run(void *ctx, const struct nd_json *item, struct nd_error *err)
{
    struct run_list *list = ctx;
    const char *pk = nd_item_str(item, "pk");
    int64_t started_ms = nd_item_int(item, "started_ms", -1);
    if (!pk || strncmp(pk, "RUN#", 4) != 0 || strlen(pk + 4) >= ND_RUN_ID_BYTES || started_ms < 0)
        return nd_fail(err, ND_BROKEN, "the index '%s' has an entry that is no run: the table is damaged",
                       ND_DYNAMO_INDEX);
    ND_GROW(list->v, list->n, list->cap);
    list->v[list->n].started_ms = started_ms;
    (void)snprintf(list->v[list->n++].run_id, ND_RUN_ID_BYTES, "%s", pk + 4);
    return ND_OK;
}

static enum nd_rc list_outcome(struct dynamo_store *s, enum nd_outcome outcome, struct run_list *list,
                               struct nd_error *err)
{
    struct nd_json *values = nd_json_object();
    nd_item_set_str(values, ":o", nd_outcome_word(outcome));
    const struct nd_dynamodb_query query = {.table = s->table,
                                            .index = ND_DYNAMO_INDEX,
                                            .where = "outcome = :o",
                                            .values = values,
                                            .backward = true};
    enum nd_rc rc = nd_dynamodb_query(s->aws, &query, keep_run, list, err);
    nd_json_free(values);
    return rc;
}

static int run_order(const void *left, const void *right)
{
    const struct listed *a = left, *b = right;
    int order = (b->started_ms > a->started_ms) - (b->started_ms < a->started_ms);
    return order ? order : strcmp(a->run_id, b->run_id);
}

/* Heads of up to ND_DYNAMODB_BATCH_MAX runs, read at once. */
struct head_batch {
    const struct listed **runs;
    struct nd_meta *metas; /* format 0: not there, removed meanwhile */
    size_t n;
    struct nd_error *broken; /* why the first head that cannot be read cannot */
};

static enum nd_rc keep_head(void *ctx, const struct nd_json *item, struct nd_error *err)
{
    struct head_batch *batch = ctx;
    struct dynamo_head head;
    struct nd_error why = {0};
    const char *pk = nd_item_str(item, "pk");
    size_t i = 0;
    (void)err;
    if (!pk || strncmp(pk, "RUN#", 4) != 0) return ND_OK; /* not asked for, as below */
    while (i < batch->n && strcmp(pk + 4, batch->runs[i]->run_id) != 0) i++;
    if (i == batch->n) return ND_OK;
    if (nd_dynamo_head_parse(item, batch->runs[i]->run_id, &head, &why) == ND_OK) {
        batch->metas[i] = head.meta;
    } else if (batch->broken->rc == ND_OK) {
        *batch->broken = why;
    }
    return ND_OK;
}

static enum nd_rc read_heads(struct dynamo_store *s, struct head_batch *batch, struct nd_error *err)
{
    struct nd_json *keys[ND_DYNAMODB_BATCH_MAX];
    for (size_t i = 0; i < batch->n; i++) {
        keys[i] = nd_dynamo_key(batch->runs[i]->run_id, "META");
        batch->metas[i] = (struct nd_meta){.format = 0};
    }
    enum nd_rc rc = nd_dynamodb_get_many(s->aws, s->table, (const struct nd_json *const *)keys, batch->n,
                                         keep_head, batch, err);
    for (size_t i = 0; i < batch->n; i++) nd_json_free(keys[i]);
    return rc;
}

static enum nd_rc visit_batch(struct dynamo_store *s, struct head_batch *batch, nd_visit_meta *visit,
                              void *ctx, struct nd_error *err)
{
    enum nd_rc rc = read_heads(s, batch, err);
    for (size_t i = 0; rc == ND_OK && i < batch->n; i++)
        if (batch->metas[i].format) rc = visit(ctx, &batch->metas[i], err);
    batch->n = 0;
    return rc;
}

static enum nd_rc visit_runs(struct dynamo_store *s, const struct run_list *list, nd_visit_meta *visit,
                             void *ctx, struct nd_error *err)
{
    struct nd_error broken = {0};
    struct head_batch batch = {.runs = ND_ARRAY(const struct listed *, ND_DYNAMODB_BATCH_MAX),
                               .metas = ND_ARRAY(struct nd_meta, ND_DYNAMODB_BATCH_MAX),
                               .broken = &broken};
    enum nd_rc rc = ND_OK;
    for (size_t i = 0; rc == ND_OK && i < list->n; i++) {
        /* one that changed its outcome meanwhile is in the index twice */
        if (i == 0 || strcmp(list->v[i].run_id, list->v[i - 1].run_id) != 0)
            batch.runs[batch.n++] = &list->v[i];
        if (batch.n == ND_DYNAMODB_BATCH_MAX) rc = visit_batch(s, &batch, visit, ctx, err);
    }
    if (rc == ND_OK && batch.n) rc = visit_batch(s, &batch, visit, ctx, err);
    nd_free(batch.runs);
    nd_free(batch.metas);
    if (rc != ND_OK || broken.rc == ND_OK) return rc;
    if (err) *err = broken;
    return broken.rc;
}

enum nd_rc nd_dynamo_list(struct nd_store *store, nd_visit_meta *visit, void *ctx, struct nd_error *err)
{
    struct dynamo_store *s = (struct dynamo_store *)store;
    struct run_list list = {0};
    enum nd_rc rc = ND_OK;
    for (unsigned outcome = 0; rc == ND_OK && outcome < ND_OUTCOMES; outcome++)
        rc = list_outcome(s, (enum nd_outcome)outcome, &list, err);
    if (list.n > 1) qsort(list.v, list.n, sizeof *list.v, run_order);
    if (rc == ND_OK) rc = visit_runs(s, &list, visit, ctx, err);
    nd_free(list.v);
    return rc;
}
