/* The rig's store and objects: a memory store whose every write is an effect. */
#include "rig_parts.h"
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/store/store.h"

struct rig_store {
    struct nd_store base;
    struct nd_store *inner;
    struct rig *rig;
};

static struct rig_store *of(struct nd_store *s)
{
    return (struct rig_store *)s;
}

static enum nd_rc s_create(struct nd_store *s, const struct nd_meta *meta, struct nd_view request,
                           struct nd_error *err)
{
    return of(s)->inner->ops->create(of(s)->inner, meta, request, err);
}

static enum nd_rc s_meta(struct nd_store *s, const char *run_id, struct nd_meta *out, struct nd_error *err)
{
    return rig_is_dead(of(s)->rig) ? rig_died(err) : of(s)->inner->ops->meta(of(s)->inner, run_id, out, err);
}

static enum nd_rc s_request(struct nd_store *s, const char *run_id, struct nd_bytes *out,
                            struct nd_error *err)
{
    return rig_is_dead(of(s)->rig) ? rig_died(err)
                                   : of(s)->inner->ops->request(of(s)->inner, run_id, out, err);
}

static enum nd_rc s_lease_take(struct nd_store *s, const char *run_id, struct nd_lease *out,
                               struct nd_meta *meta, struct nd_error *err)
{
    bool lost = false;
    if (!rig_effect(of(s)->rig, &lost)) return rig_died(err);
    enum nd_rc rc = of(s)->inner->ops->lease_take(of(s)->inner, run_id, out, meta, err);
    const struct nd_host *host = &of(s)->rig->host;
    out->ttl_ms = of(s)->rig->lease_ms;
    out->sent_ms = host->monotonic_ms(host->ctx);
    if (!lost || rc != ND_OK) return rc;
    of(s)->inner->ops->lease_release(of(s)->inner, out);
    return rig_died(err);
}

static void s_lease_release(struct nd_store *s, struct nd_lease *lease)
{
    of(s)->inner->ops->lease_release(of(s)->inner, lease);
}

/* What must be true of money in every durable state. */
static void check_money(struct rig *rig, const struct nd_ledger *l)
{
    int64_t gone = l->spent_microusd + l->reserved_microusd + l->unknown_microusd;
    bool fine = l->spent_microusd >= 0 && l->reserved_microusd >= 0 && l->unknown_microusd >= 0;
    if (!rig->expect_price_fault) fine = fine && gone <= l->ceiling_microusd && rig->bill_microusd <= gone;
    if (!fine)
        rig_breaks(rig, nd_sprintf("spent %lld, reserved %lld, unknown %lld of %lld; billed %lld",
                                   (long long)l->spent_microusd, (long long)l->reserved_microusd,
                                   (long long)l->unknown_microusd, (long long)l->ceiling_microusd,
                                   (long long)rig->bill_microusd));
}

static enum rig_commit commit_fate(struct rig *rig, const struct nd_commit *c)
{
    (void)pthread_mutex_lock(&rig->mutex);
    int64_t after = ++rig->commits - rig->commit_at;
    bool chosen = rig->commit_at && (after == 0 || (after > 0 && after < rig->commit_times));
    chosen =
        chosen || (rig->commit_as == RIG_COMMIT_POISONED && rig->commit_at && rig->commits > rig->commit_at);
    enum rig_commit fate = chosen ? rig->commit_as : RIG_COMMIT_PLAIN;
    if (fate == RIG_COMMIT_POISONED && rig->commits == rig->commit_at)
        rig->bill_at_poison = rig->bill_microusd;
    size_t parts = c->record_count + c->reserve_count + c->released_count + c->approval_count;
    if (c->record_count > rig->batch_max) rig->batch_max = c->record_count;
    if (parts > rig->parts_max) rig->parts_max = parts;
    (void)pthread_mutex_unlock(&rig->mutex);
    nd_host_posix()->sleep_ms(nd_host_posix()->ctx, rig->commit_ms);
    return fate;
}

static enum nd_rc inner_commit(struct rig_store *s, const struct nd_lease *lease, const struct nd_commit *c,
                               struct nd_error *err)
{
    enum nd_rc rc = s->inner->ops->commit(s->inner, lease, c, err);
    (void)pthread_mutex_lock(&s->rig->mutex);
    if (rc == ND_OK) check_money(s->rig, &c->meta->ledger);
    (void)pthread_mutex_unlock(&s->rig->mutex);
    return rc;
}

/* Another worker takes the run away from under this one. */
static void take_over(struct rig_store *s, const struct nd_lease *lease)
{
    struct nd_lease mine = *lease, theirs;
    struct nd_meta meta;
    struct nd_store *rival = nd_store_memory_share(s->inner);
    s->inner->ops->lease_release(s->inner, &mine);
    ck_assert_int_eq(rival->ops->lease_take(rival, lease->run_id, &theirs, &meta, NULL), ND_OK);
    rival->ops->lease_release(rival, &theirs);
    nd_store_close(rival);
}

static enum nd_rc s_commit(struct nd_store *s, const struct nd_lease *lease, const struct nd_commit *c,
                           struct nd_error *err)
{
    bool lost = false;
    struct rig_store *store = of(s);
    if (!rig_effect(store->rig, &lost)) return rig_died(err);
    switch (commit_fate(store->rig, c)) {
    case RIG_COMMIT_DONE_UNANSWERED:
        ck_assert_int_eq(inner_commit(store, lease, c, err), ND_OK);
        return nd_fail(err, ND_UNKNOWN, "the answer was lost");
    case RIG_COMMIT_NOT_DONE:
        return nd_fail(err, ND_UNKNOWN, "the question was lost");
    case RIG_COMMIT_FENCED:
        take_over(store, lease);
        return nd_fail(err, ND_UNKNOWN, "the answer was lost");
    case RIG_COMMIT_POISONED:
        return nd_fail(err, ND_UNKNOWN, "could not be flushed");
    case RIG_COMMIT_BUSY:
        return nd_fail(err, ND_RETRY, "the store is busy");
    case RIG_COMMIT_FULL:
        return nd_fail(err, ND_FULL, "no space left");
    default:
        break;
    }
    enum nd_rc rc = inner_commit(store, lease, c, err);
    return lost ? rig_died(err) : rc;
}

static enum nd_rc s_records(struct nd_store *s, const char *run_id, int phase, const char *lane,
                            nd_visit_record *visit, void *ctx, struct nd_error *err)
{
    if (rig_is_dead(of(s)->rig)) return rig_died(err);
    return of(s)->inner->ops->records(of(s)->inner, run_id, phase, lane, visit, ctx, err);
}

static enum nd_rc s_reserves(struct nd_store *s, const char *run_id, nd_visit_reserve *visit, void *ctx,
                             struct nd_error *err)
{
    return rig_is_dead(of(s)->rig) ? rig_died(err)
                                   : of(s)->inner->ops->reserves(of(s)->inner, run_id, visit, ctx, err);
}

static enum nd_rc s_approvals(struct nd_store *s, const char *run_id, nd_visit_approval *visit, void *ctx,
                              struct nd_error *err)
{
    return rig_is_dead(of(s)->rig) ? rig_died(err)
                                   : of(s)->inner->ops->approvals(of(s)->inner, run_id, visit, ctx, err);
}

static enum nd_rc s_decide(struct nd_store *s, const char *run_id, const char *gate, unsigned n,
                           const char *shown, struct nd_view decision, const struct nd_control *control,
                           struct nd_error *err)
{
    if (of(s)->rig->on_decide) of(s)->rig->on_decide(of(s)->rig);
    return of(s)->inner->ops->decide(of(s)->inner, run_id, gate, n, shown, decision, control, err);
}

static enum nd_rc s_control_get(struct nd_store *s, const char *run_id, struct nd_control *out,
                                struct nd_error *err)
{
    if (of(s)->rig->on_look) of(s)->rig->on_look(of(s)->rig);
    return rig_is_dead(of(s)->rig) ? rig_died(err)
                                   : of(s)->inner->ops->control_get(of(s)->inner, run_id, out, err);
}

static enum nd_rc s_control_put(struct nd_store *s, const char *run_id, const struct nd_control *c,
                                struct nd_error *err)
{
    return of(s)->inner->ops->control_put(of(s)->inner, run_id, c, err);
}

/* ---- objects ---- */

struct rig_objects {
    struct nd_objects base;
    struct nd_objects *inner;
    struct rig *rig;
};

static struct rig_objects *with(struct nd_objects *o)
{
    return (struct rig_objects *)o;
}

static bool is_busy(struct rig *rig)
{
    (void)pthread_mutex_lock(&rig->mutex);
    bool busy = rig->puts_busy > 0;
    rig->puts_busy -= busy;
    (void)pthread_mutex_unlock(&rig->mutex);
    return busy;
}

static enum nd_rc o_put(struct nd_objects *o, struct nd_view bytes, char sha256[ND_SHA256_HEX],
                        struct nd_error *err)
{
    bool lost = false;
    if (is_busy(with(o)->rig)) return nd_fail(err, ND_RETRY, "the store is busy");
    if (!rig_effect(with(o)->rig, &lost)) return rig_died(err);
    enum nd_rc rc = nd_objects_put(with(o)->inner, bytes, sha256, err);
    return lost ? rig_died(err) : rc;
}

static enum nd_rc o_get(struct nd_objects *o, const char *sha256, struct nd_bytes *out, struct nd_error *err)
{
    return rig_is_dead(with(o)->rig) ? rig_died(err) : nd_objects_get(with(o)->inner, sha256, out, err);
}

static enum nd_rc o_name_put(struct nd_objects *o, const char *name, struct nd_view bytes,
                             struct nd_error *err)
{
    bool lost = false;
    if (!rig_effect(with(o)->rig, &lost)) return rig_died(err);
    enum nd_rc rc = nd_objects_name_put(with(o)->inner, name, bytes, err);
    return lost ? rig_died(err) : rc;
}

static enum nd_rc o_name_get(struct nd_objects *o, const char *name, struct nd_bytes *out,
                             struct nd_error *err)
{
    struct rig *rig = with(o)->rig;
    if (rig->events_unreadable && nd_view_starts(nd_view_of(name), "event/"))
        return nd_fail(err, ND_RETRY, "the store is busy");
    return rig_is_dead(rig) ? rig_died(err) : nd_objects_name_get(with(o)->inner, name, out, err);
}

static void o_close(struct nd_objects *o)
{
    nd_objects_close(with(o)->inner);
    nd_free(o);
}

static enum nd_rc s_objects(struct nd_store *s, const char *run_id, struct nd_objects **out,
                            struct nd_error *err)
{
    static const struct nd_objects_ops ops = {
        .put = o_put, .get = o_get, .name_put = o_name_put, .name_get = o_name_get, .close = o_close};
    struct rig_objects *objects = ND_NEW(struct rig_objects);
    *objects = (struct rig_objects){.base = {&ops}, .rig = of(s)->rig};
    enum nd_rc rc = of(s)->inner->ops->objects(of(s)->inner, run_id, &objects->inner, err);
    if (rc == ND_OK) {
        *out = &objects->base;
    } else {
        nd_free(objects);
    }
    return rc;
}

static void s_close(struct nd_store *s)
{
    nd_store_close(of(s)->inner);
    nd_free(s);
}

static const struct nd_store_ops store_ops = {
    .name = "rig",
    .inline_max = 1 << 10,
    .create = s_create,
    .meta = s_meta,
    .request = s_request,
    .lease_take = s_lease_take,
    .lease_release = s_lease_release,
    .commit = s_commit,
    .records = s_records,
    .reserves = s_reserves,
    .approvals = s_approvals,
    .decide = s_decide,
    .control_get = s_control_get,
    .control_put = s_control_put,
    .objects = s_objects,
    .close = s_close,
};

struct nd_store *rig_store(struct rig *rig)
{
    struct rig_store *store = ND_NEW(struct rig_store);
    *store = (struct rig_store){.base = {&store_ops}, .inner = nd_store_memory_share(rig->root), .rig = rig};
    return &store->base;
}
