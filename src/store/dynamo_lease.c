/* Timed leases: whether a worker lives is judged by the head's rev over one's own clock, never by comparing
 * clocks. */
#include "dynamo.h"
#include "nightdesk/base/alloc.h"
#include "rules.h"

#include <stdio.h>
#include <string.h>

#define LOOKS_PER_LEASE 6

/* ---- holds ---- */

struct dynamo_hold *nd_dynamo_hold_find(struct dynamo_store *s, const struct nd_lease *lease)
{
    struct dynamo_hold *hold = s->holds;
    while (hold && (hold->fence != lease->fence || strcmp(hold->run_id, lease->run_id) != 0))
        hold = hold->next;
    return hold;
}

static struct dynamo_hold *hold_new(struct dynamo_store *s, const struct dynamo_head *head)
{
    struct dynamo_hold *hold = ND_NEW(struct dynamo_hold);
    hold->fence = head->meta.fence;
    memcpy(hold->run_id, head->meta.run_id, sizeof hold->run_id);
    hold->stands = nd_dynamo_head_item(head);
    hold->rev = head->meta.rev;
    (void)pthread_mutex_lock(&s->mutex);
    hold->next = s->holds;
    s->holds = hold;
    (void)pthread_mutex_unlock(&s->mutex);
    return hold;
}

static void hold_drop(struct dynamo_store *s, const struct dynamo_hold *hold)
{
    (void)pthread_mutex_lock(&s->mutex);
    struct dynamo_hold **at = &s->holds;
    while (*at && *at != hold) at = &(*at)->next;
    struct dynamo_hold *found = *at;
    if (found) *at = found->next;
    (void)pthread_mutex_unlock(&s->mutex);
    if (found) nd_json_free(found->stands);
    nd_free(found);
}

void nd_dynamo_holds_free(struct dynamo_store *s)
{
    while (s->holds) hold_drop(s, s->holds);
}

/* ---- is anybody there? ---- */

static int64_t clock_ms(struct dynamo_store *s)
{
    return s->host->monotonic_ms(s->host->ctx);
}

static bool stands_still(const struct dynamo_head *a, const struct dynamo_head *b)
{
    return a->meta.fence == b->meta.fence && a->meta.rev == b->meta.rev && a->held == b->held;
}

enum nd_rc nd_dynamo_wait_free(struct dynamo_store *s, const char *run_id, struct dynamo_head *out,
                               struct nd_error *err)
{
    struct dynamo_head first, now;
    enum nd_rc rc = nd_dynamo_head_get(s, run_id, &first, err);
    if (rc != ND_OK) return rc;
    int64_t since_ms = clock_ms(s); /* after the answer: the head stood like this at the latest now */
    now = first;
    while (now.held && clock_ms(s) - since_ms < s->lease_ms) {
        s->host->sleep_ms(s->host->ctx, s->lease_ms / LOOKS_PER_LEASE);
        rc = nd_dynamo_head_get(s, run_id, &now, err);
        if (rc != ND_OK) return rc;
        if (now.held && !stands_still(&first, &now))
            return nd_fail(err, ND_RETRY, "another worker holds run '%s'", run_id);
    }
    *out = now;
    return ND_OK;
}

/* ---- replacing the head ---- */

/* What became of a replacement whose answer was lost: ND_OK it stands, ND_UNKNOWN send it again, ND_RETRY
 * another's. */
static enum nd_rc look(struct dynamo_store *s, const struct dynamo_head *before,
                       const struct dynamo_head *after, struct nd_error *err)
{
    struct dynamo_head now;
    nd_error_clear(err);
    enum nd_rc rc = nd_dynamo_head_get(s, after->meta.run_id, &now, err);
    if (rc != ND_OK) return rc;
    if (stands_still(&now, before)) return ND_UNKNOWN;
    if (now.meta.rev == after->meta.rev && strcmp(now.meta.commit_id, after->meta.commit_id) == 0)
        return ND_OK;
    return nd_fail(err, ND_RETRY, "another worker took run '%s'", after->meta.run_id);
}

enum nd_rc nd_dynamo_head_replace(struct dynamo_store *s, const struct dynamo_head *before,
                                  const struct dynamo_head *after, int64_t *sent_ms, struct nd_error *err)
{
    struct nd_json *item = nd_dynamo_head_item(after);
    struct dynamo_head_write w;
    nd_dynamo_head_write_init(&w, after->meta.run_id, before->meta.fence, before->meta.rev, NULL, item);
    enum nd_rc rc = ND_UNKNOWN;
    *sent_ms = clock_ms(s); /* of the first try: which of them was the one that was done is not known */
    for (unsigned tried = 0; rc == ND_UNKNOWN && tried < ND_DYNAMO_TRIES; tried++) {
        if (tried) s->host->sleep_ms(s->host->ctx, INT64_C(50) << tried);
        nd_error_clear(err);
        rc = nd_dynamodb_write(s->aws, s->table, &w.write, NULL, err);
        /* an earlier try of ours may be what is in the way now */
        if (rc == ND_UNKNOWN || rc == ND_CONFLICT) rc = look(s, before, after, err);
    }
    nd_dynamo_head_write_release(&w);
    nd_json_free(item);
    return rc;
}

/* ---- taking ---- */

struct open_sum {
    uint64_t fence;
    int64_t open_microusd;
};

static enum nd_rc sum_open(void *ctx, const struct nd_json *item, struct nd_error *err)
{
    struct open_sum *sum = ctx;
    struct nd_reserve reserve;
    uint64_t fence = 0;
    enum nd_rc rc = nd_dynamo_reserve_parse(item, &reserve, &fence, err);
    if (rc == ND_OK && fence == sum->fence && reserve.state == ND_RESERVE_OPEN)
        sum->open_microusd += reserve.amount_microusd;
    return rc;
}

/* Head and reservations are read one after the other. What does not add up was written in between, by a
 * worker that lives after all, or is damaged. */
static enum nd_rc why_not(struct dynamo_store *s, const struct dynamo_head *before, struct nd_error *err)
{
    struct dynamo_head now;
    if (nd_dynamo_head_get(s, before->meta.run_id, &now, NULL) != ND_OK || stands_still(before, &now))
        return ND_BROKEN;
    nd_error_clear(err);
    return nd_fail(err, ND_RETRY, "another worker holds run '%s'", before->meta.run_id);
}

static enum nd_rc take_over(struct dynamo_store *s, const struct dynamo_head *before,
                            struct dynamo_head *after, int64_t *sent_ms, struct nd_error *err)
{
    struct open_sum sum = {.fence = before->meta.fence};
    char commit_id[33];
    enum nd_rc rc = nd_random_id(s->host, commit_id, err);
    if (rc == ND_OK) rc = nd_dynamo_each(s, before->meta.run_id, "RESERVE#", sum_open, &sum, err);
    *after = *before;
    after->held = true;
    after->gate[0] = '\0'; /* it works on, whatever it waited at before */
    if (rc == ND_OK) rc = nd_rules_take(&after->meta, sum.open_microusd, commit_id, err);
    if (rc == ND_BROKEN) rc = why_not(s, before, err);
    if (rc == ND_OK) rc = nd_dynamo_head_replace(s, before, after, sent_ms, err);
    return rc;
}

enum nd_rc nd_dynamo_lease_take(struct nd_store *store, const char *run_id, struct nd_lease *out,
                                struct nd_meta *meta, struct nd_error *err)
{
    struct dynamo_store *s = (struct dynamo_store *)store;
    struct dynamo_head before = {0}, after;
    int64_t sent_ms = 0;
    enum nd_rc rc = nd_dynamo_wait_free(s, run_id, &before, err);
    if (rc == ND_OK && before.removing)
        rc = nd_fail(err, ND_BAD_INPUT, "run '%s' is half removed: remove it again", run_id);
    if (rc == ND_OK) rc = take_over(s, &before, &after, &sent_ms, err);
    if (rc != ND_OK) return rc;
    *meta = after.meta;
    *out = (struct nd_lease){
        .fence = after.meta.fence, .handle = hold_new(s, &after), .ttl_ms = s->lease_ms, .sent_ms = sent_ms};
    memcpy(out->run_id, after.meta.run_id, sizeof out->run_id);
    return ND_OK;
}

/* ---- releasing ---- */

/* Whoever takes the run next need not wait. If this fails, they wait: nothing else is lost. */
static void let_go(struct dynamo_store *s, const struct nd_lease *lease)
{
    struct nd_json *key = nd_dynamo_key(lease->run_id, "META"), *values = nd_json_object();
    nd_item_set_int(values, ":f", (int64_t)lease->fence);
    nd_item_set_bool(values, ":no", false);
    const struct nd_dynamodb_write write = {.kind = ND_DYNAMODB_UPDATE,
                                            .item = key,
                                            .set = "SET held = :no",
                                            .when = "fence = :f",
                                            .values = values};
    enum nd_rc rc = ND_UNKNOWN;
    for (unsigned tried = 0; rc == ND_UNKNOWN && tried < ND_DYNAMO_TRIES; tried++)
        rc = nd_dynamodb_write(s->aws, s->table, &write, NULL, NULL);
    nd_json_free(key);
    nd_json_free(values);
}

void nd_dynamo_lease_release(struct nd_store *store, struct nd_lease *lease)
{
    struct dynamo_store *s = (struct dynamo_store *)store;
    if (!lease->handle) return;
    let_go(s, lease);
    hold_drop(s, lease->handle);
    lease->handle = NULL;
}
