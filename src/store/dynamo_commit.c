/* The lease holder's commits: one transaction of META and what comes with it. */
#include "dynamo.h"
#include "nightdesk/base/alloc.h"
#include "rules.h"

#include <stdio.h>
#include <string.h>

/* What a write of the transaction is about, for telling whose condition failed. */
enum part { PART_HEAD, PART_RECORD, PART_RESERVE, PART_RELEASE, PART_APPROVAL };

struct batch {
    struct nd_dynamodb_write writes[ND_COMMIT_MAX_ENTRIES + 1];
    struct nd_json *items[ND_COMMIT_MAX_ENTRIES + 1]; /* what the writes borrow */
    enum part parts[ND_COMMIT_MAX_ENTRIES + 1];
    size_t indexes[ND_COMMIT_MAX_ENTRIES + 1];
    struct dynamo_head_write head;
    struct nd_json *before; /* META as it stands, NULL when that is not known */
    size_t n;
};

static void batch_free(struct batch *b)
{
    for (size_t i = 0; i < b->n; i++) nd_json_free(b->items[i]);
    nd_dynamo_head_write_release(&b->head);
    nd_json_free(b->before);
    nd_free(b);
}

static void add(struct batch *b, enum part part, size_t index, struct nd_dynamodb_write write,
                struct nd_json *item)
{
    if (!write.item) write.item = item;
    b->writes[b->n] = write;
    b->items[b->n] = item;
    b->parts[b->n] = part;
    b->indexes[b->n++] = index;
}

static bool is_released(const struct nd_commit *c, const char *id)
{
    for (size_t i = 0; i < c->released_count; i++)
        if (strcmp(c->released[i], id) == 0) return true;
    return false;
}

/* The head first: its condition is the one that counts when several fail. */
static void add_head(struct batch *b, const struct nd_commit *c, const char *gate)
{
    struct dynamo_head head = {.meta = *c->meta, .held = true};
    (void)snprintf(head.gate, sizeof head.gate, "%s", gate);
    struct nd_json *item = nd_dynamo_head_item(&head);
    nd_dynamo_head_write_init(&b->head, c->meta->run_id, c->meta->fence, c->meta->rev - 1, b->before, item);
    add(b, PART_HEAD, 0, b->head.write, item);
}

/* Takes `before`. */
static struct batch *batch_of(const struct nd_commit *c, const char *gate, struct nd_json *before)
{
    static const struct nd_dynamodb_write put = {.kind = ND_DYNAMODB_PUT};
    static const struct nd_dynamodb_write put_new = {.kind = ND_DYNAMODB_PUT,
                                                     .when = "attribute_not_exists(pk)"};
    static const struct nd_dynamodb_write drop = {.kind = ND_DYNAMODB_DELETE};
    struct batch *b = ND_NEW(struct batch);
    const char *run_id = c->meta->run_id;
    b->before = before;
    add_head(b, c, gate);
    for (size_t i = 0; i < c->record_count; i++)
        add(b, PART_RECORD, i, put_new, nd_dynamo_record_item(run_id, &c->records[i]));
    for (size_t i = 0; i < c->reserve_count; i++)
        if (!is_released(c, c->reserves[i].id))
            add(b, PART_RESERVE, i, put, nd_dynamo_reserve_item(run_id, &c->reserves[i], c->meta->fence));
    for (size_t i = 0; i < c->released_count; i++) {
        char sk[ND_DYNAMO_SK_BYTES];
        (void)snprintf(sk, sizeof sk, "RESERVE#%.32s", c->released[i]);
        add(b, PART_RELEASE, i, drop, nd_dynamo_key(run_id, sk));
    }
    for (size_t i = 0; i < c->approval_count; i++)
        add(b, PART_APPROVAL, i, put_new, nd_dynamo_approval_item(run_id, &c->approvals[i]));
    return b;
}

/* ---- refusals ---- */

static enum nd_rc refused_head(const struct nd_json *stands, const struct nd_meta *wanted,
                               struct nd_error *err)
{
    struct dynamo_head head;
    nd_error_clear(err);
    if (!stands) return nd_fail(err, ND_LOST_LEASE, "run '%s' is gone", wanted->run_id);
    enum nd_rc rc = nd_dynamo_head_parse(stands, wanted->run_id, &head, err);
    if (rc != ND_OK) return rc;
    switch (nd_rules_condition(&head.meta, wanted)) {
    case ND_CONDITION_DONE:
        return ND_OK;
    case ND_CONDITION_HOLDS: /* it was not so a moment ago, or a member is of another type */
        return nd_fail(err, ND_RETRY, "run '%s' refused a commit that fits", wanted->run_id);
    case ND_CONDITION_LOST:
        break;
    }
    return nd_rules_lost(&head.meta, wanted, err);
}

static enum nd_rc there_already(const struct nd_commit *c, enum part part, size_t index, struct nd_error *err)
{
    const char *run_id = c->meta->run_id;
    nd_error_clear(err);
    if (part == PART_RECORD)
        return nd_fail(err, ND_CONFLICT, "run '%s' has a record of phase %u, lane '%s', step %u already",
                       run_id, c->records[index].phase, c->records[index].lane, c->records[index].step);
    if (part == PART_APPROVAL)
        return nd_fail(err, ND_CONFLICT, "run '%s' has a gate '%s' %u already", run_id,
                       c->approvals[index].gate, c->approvals[index].n);
    return nd_fail(err, ND_BROKEN, "dynamodb refused a write of run '%s' that has no condition", run_id);
}

/* DynamoDB takes no two writes of one item; the engine makes none, and a test may. */
static enum nd_rc check_twice(const struct batch *b, const struct nd_commit *c, struct nd_error *err)
{
    for (size_t i = 0; i < b->n; i++) {
        const char *sk = nd_item_str(b->items[i], "sk");
        for (size_t k = 0; k < i; k++)
            if (strcmp(sk, nd_item_str(b->items[k], "sk")) == 0)
                return there_already(c, b->parts[i], b->indexes[i], err);
    }
    return ND_OK;
}

/* ---- sending ---- */

static enum nd_rc send(struct dynamo_store *s, const struct batch *b, const struct nd_commit *c,
                       struct nd_error *err)
{
    struct nd_dynamodb_refusal refusal = {0};
    enum nd_rc rc = check_twice(b, c, err);
    if (rc != ND_OK) return rc;
    if (b->n == 1) { /* a renewal: half the price of a transaction */
        rc = nd_dynamodb_write(s->aws, s->table, b->writes, &refusal.stands, err);
    } else {
        char
            token[40]; /* the same token must bring the same writes, and one commit may be told in two ways */
        (void)snprintf(token, sizeof token, "%s%s", c->meta->commit_id, b->before ? "" : "-all");
        rc = nd_dynamodb_transact(s->aws, s->table, b->writes, b->n, token, &refusal, err);
    }
    if (rc == ND_CONFLICT)
        rc = refusal.at == 0 ? refused_head(refusal.stands, c->meta, err)
                             : there_already(c, b->parts[refusal.at], b->indexes[refusal.at], err);
    nd_json_free(refusal.stands);
    return rc;
}

/* ---- what is known to stand ---- */

/* META as it stands, if this worker knows it: under another rev than this commit builds on, it does not. */
static struct nd_json *recall(struct dynamo_store *s, const struct nd_lease *lease, const struct nd_commit *c)
{
    struct nd_json *stands = NULL;
    (void)pthread_mutex_lock(&s->mutex);
    const struct dynamo_hold *hold = nd_dynamo_hold_find(s, lease);
    if (hold && hold->rev + 1 == c->meta->rev) stands = nd_json_copy(hold->stands);
    (void)pthread_mutex_unlock(&s->mutex);
    return stands;
}

static void keep(struct dynamo_store *s, const struct nd_lease *lease, const struct batch *b, uint64_t rev)
{
    (void)pthread_mutex_lock(&s->mutex);
    struct dynamo_hold *hold = nd_dynamo_hold_find(s, lease);
    if (hold) {
        nd_json_free(hold->stands);
        hold->stands = nd_json_copy(b->items[0]);
        hold->rev = rev;
    }
    (void)pthread_mutex_unlock(&s->mutex);
}

/* ---- the gate that META names: the newest open one that the outcome waits at; if all are decided by now,
 * the newest of these, so that who waits finds the decision ---- */

struct waits_at {
    const struct nd_meta *meta;
    struct nd_bytes shown, decision; /* of the item that is being looked at */
    bool is_open;
    int64_t opened_ms;
    char *sk; /* of ND_DYNAMO_SK_BYTES */
};

static void look_at(struct waits_at *best, const struct nd_approval *approval)
{
    bool is_open = !approval->decision.len;
    bool fits =
        approval->phase == best->meta->phase && nd_outcome_waits_at(best->meta->outcome, approval->gate);
    bool better = is_open == best->is_open ? approval->opened_ms >= best->opened_ms : is_open;
    if (!fits || (*best->sk && !better)) return;
    best->is_open = is_open;
    best->opened_ms = approval->opened_ms;
    nd_dynamo_gate_sk(approval->gate, approval->n, best->sk);
}

static enum nd_rc visit_gate(void *ctx, const struct nd_json *item, struct nd_error *err)
{
    struct waits_at *best = ctx;
    struct nd_approval approval;
    enum nd_rc rc = nd_dynamo_approval_parse(item, &approval, &best->shown, &best->decision, err);
    if (rc == ND_OK) look_at(best, &approval);
    return rc;
}

/* Only a phase that ends waiting at a gate of an earlier commit has to look into the table. */
static enum nd_rc find_gate(struct dynamo_store *s, const struct nd_commit *c, char sk[ND_DYNAMO_SK_BYTES],
                            struct nd_error *err)
{
    struct waits_at best = {.meta = c->meta,
                            .shown = ND_BYTES(ND_COMMIT_MAX_BYTES),
                            .decision = ND_BYTES(ND_COMMIT_MAX_BYTES),
                            .sk = sk};
    enum nd_rc rc = ND_OK;
    *sk = '\0';
    for (size_t i = 0; i < c->approval_count; i++) look_at(&best, &c->approvals[i]);
    if (!*sk && nd_outcome_waits(c->meta->outcome))
        rc = nd_dynamo_each(s, c->meta->run_id, "APPROVAL#", visit_gate, &best, err);
    nd_bytes_release(&best.shown);
    nd_bytes_release(&best.decision);
    return rc;
}

enum nd_rc nd_dynamo_commit(struct nd_store *store, const struct nd_lease *lease,
                            const struct nd_commit *commit, struct nd_error *err)
{
    struct dynamo_store *s = (struct dynamo_store *)store;
    char gate[ND_DYNAMO_SK_BYTES];
    enum nd_rc rc = nd_rules_commit(lease, commit, ND_DYNAMO_INLINE_MAX, err);
    if (rc == ND_OK) rc = find_gate(s, commit, gate, err);
    if (rc != ND_OK) return rc;
    struct nd_json *before = recall(s, lease, commit);
    struct batch *b = batch_of(commit, gate, before);
    rc = send(s, b, commit, err);
    if (rc == ND_OK) keep(s, lease, b, commit->meta->rev);
    batch_free(b);
    return rc;
}
