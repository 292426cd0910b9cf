/* The memory store's commit: first everything that could refuse it is looked at, then all of it is applied.
 */
#include "memory.h"
#include "nightdesk/base/alloc.h"
#include "rules.h"

#include <string.h>

static bool same_step(const struct nd_record *a, const struct nd_record *b)
{
    return a->phase == b->phase && a->step == b->step && strcmp(a->lane, b->lane) == 0;
}

static bool same_gate(const struct nd_approval *a, const struct nd_approval *b)
{
    return a->n == b->n && strcmp(a->gate, b->gate) == 0;
}

static enum nd_rc check_records(const struct memory_run *run, const struct nd_commit *c, struct nd_error *err)
{
    for (size_t i = 0; i < c->record_count; i++) {
        const struct nd_record *record = &c->records[i];
        bool there = false;
        for (size_t k = 0; k < run->record_count; k++) there = there || same_step(&run->records[k], record);
        for (size_t k = 0; k < i; k++) there = there || same_step(&c->records[k], record);
        if (there)
            return nd_fail(err, ND_CONFLICT, "run '%s' has a record of phase %u, lane '%s', step %u already",
                           run->meta.run_id, record->phase, record->lane, record->step);
    }
    return ND_OK;
}

static enum nd_rc check_approvals(const struct memory_run *run, const struct nd_commit *c,
                                  struct nd_error *err)
{
    for (size_t i = 0; i < c->approval_count; i++) {
        const struct nd_approval *approval = &c->approvals[i];
        bool there = false;
        for (size_t k = 0; k < run->approval_count; k++)
            there = there || same_gate(&run->approvals[k], approval);
        for (size_t k = 0; k < i; k++) there = there || same_gate(&c->approvals[k], approval);
        if (there)
            return nd_fail(err, ND_CONFLICT, "run '%s' has a gate '%s' %u already", run->meta.run_id,
                           approval->gate, approval->n);
    }
    return ND_OK;
}

static void put_reserve(struct memory_run *run, const struct nd_reserve *reserve)
{
    size_t at = 0;
    while (at < run->reserve_count && strcmp(run->reserves[at].id, reserve->id) != 0) at++;
    if (at == run->reserve_count) {
        ND_GROW(run->reserves, run->reserve_count, run->reserve_cap);
        run->reserve_count++;
    }
    run->reserves[at] = *reserve;
}

static void drop_reserve(struct memory_run *run, const char *id)
{
    for (size_t i = 0; i < run->reserve_count; i++) {
        if (strcmp(run->reserves[i].id, id) == 0) {
            run->reserves[i] = run->reserves[--run->reserve_count];
            return;
        }
    }
}

static void apply(struct memory_run *run, const struct nd_commit *c)
{
    run->meta = *c->meta;
    for (size_t i = 0; i < c->record_count; i++) {
        ND_GROW(run->records, run->record_count, run->record_cap);
        struct nd_record *record = &run->records[run->record_count++];
        *record = c->records[i];
        record->payload = nd_memory_dup(record->payload);
    }
    for (size_t i = 0; i < c->reserve_count; i++) put_reserve(run, &c->reserves[i]);
    for (size_t i = 0; i < c->released_count; i++) drop_reserve(run, c->released[i]);
    for (size_t i = 0; i < c->approval_count; i++) {
        ND_GROW(run->approvals, run->approval_count, run->approval_cap);
        struct nd_approval *approval = &run->approvals[run->approval_count++];
        *approval = c->approvals[i];
        approval->shown = nd_memory_dup(approval->shown);
        approval->decision = nd_memory_dup(approval->decision);
    }
}

enum nd_rc nd_memory_commit(struct nd_store *s, const struct nd_lease *lease, const struct nd_commit *commit,
                            struct nd_error *err)
{
    enum nd_rc rc = nd_rules_commit(lease, commit, ND_MEMORY_INLINE_MAX, err);
    if (rc != ND_OK) return rc;
    struct memory *m = nd_memory_lock(s);
    struct memory_run *run = NULL;
    enum nd_condition condition = ND_CONDITION_LOST;
    if (nd_memory_find(m, lease->run_id, &run, NULL) != ND_OK) {
        rc = nd_fail(err, ND_LOST_LEASE, "run '%s' is gone", lease->run_id);
    } else {
        condition = nd_rules_condition(&run->meta, commit->meta);
        if (condition == ND_CONDITION_LOST) rc = nd_rules_lost(&run->meta, commit->meta, err);
    }
    if (rc == ND_OK && condition == ND_CONDITION_HOLDS) {
        rc = check_records(run, commit, err);
        if (rc == ND_OK) rc = check_approvals(run, commit, err);
        if (rc == ND_OK) apply(run, commit);
    }
    nd_memory_unlock(m);
    return rc;
}
