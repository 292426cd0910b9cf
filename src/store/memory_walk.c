/* Walks of the memory store: what is asked for is copied under the mutex, so that a visitor may use the
 * store. */
#include "memory.h"
#include "nightdesk/base/alloc.h"
#include "rules.h"

#include <stdlib.h>
#include <string.h>

static int by_number(int64_t a, int64_t b)
{
    return (a > b) - (a < b);
}

static int record_order(const void *left, const void *right)
{
    return nd_rules_record_order(left, right);
}

static int reserve_order(const void *left, const void *right)
{
    return strcmp(((const struct nd_reserve *)left)->id, ((const struct nd_reserve *)right)->id);
}

static int approval_order(const void *left, const void *right)
{
    const struct nd_approval *a = left;
    const struct nd_approval *b = right;
    int order = strcmp(a->gate, b->gate);
    return order ? order : by_number(a->n, b->n);
}

static int meta_order(const void *left, const void *right)
{
    const struct nd_meta *a = left;
    const struct nd_meta *b = right;
    int order = by_number(b->started_ms, a->started_ms);
    return order ? order : strcmp(a->run_id, b->run_id);
}

static void sort(void *items, size_t count, size_t size, int (*order)(const void *, const void *))
{
    if (count > 1) qsort(items, count, size, order);
}

enum nd_rc nd_memory_records(struct nd_store *s, const char *run_id, int phase, const char *lane,
                             nd_visit_record *visit, void *ctx, struct nd_error *err)
{
    struct nd_record *found = NULL;
    size_t count = 0, cap = 0;
    struct memory_run *run = NULL;
    struct memory *m = nd_memory_lock(s);
    enum nd_rc rc = nd_memory_find(m, run_id, &run, err);
    for (size_t i = 0; rc == ND_OK && i < run->record_count; i++) {
        const struct nd_record *record = &run->records[i];
        if ((phase >= 0 && record->phase != (unsigned)phase) || (lane && strcmp(lane, record->lane) != 0))
            continue;
        ND_GROW(found, count, cap);
        found[count] = *record;
        found[count++].payload = nd_memory_dup(record->payload);
    }
    nd_memory_unlock(m);
    sort(found, count, sizeof *found, record_order);
    for (size_t i = 0; rc == ND_OK && i < count; i++) rc = visit(ctx, &found[i], err);
    for (size_t i = 0; i < count; i++) nd_memory_drop(found[i].payload);
    nd_free(found);
    return rc;
}

enum nd_rc nd_memory_reserves(struct nd_store *s, const char *run_id, nd_visit_reserve *visit, void *ctx,
                              struct nd_error *err)
{
    struct nd_reserve *found = NULL;
    size_t count = 0;
    struct memory_run *run = NULL;
    struct memory *m = nd_memory_lock(s);
    enum nd_rc rc = nd_memory_find(m, run_id, &run, err);
    if (rc == ND_OK && run->reserve_count) {
        count = run->reserve_count;
        found = ND_ARRAY(struct nd_reserve, count);
        memcpy(found, run->reserves, count * sizeof *found);
    }
    nd_memory_unlock(m);
    sort(found, count, sizeof *found, reserve_order);
    for (size_t i = 0; rc == ND_OK && i < count; i++) rc = visit(ctx, &found[i], err);
    nd_free(found);
    return rc;
}

enum nd_rc nd_memory_approvals(struct nd_store *s, const char *run_id, nd_visit_approval *visit, void *ctx,
                               struct nd_error *err)
{
    struct nd_approval *found = NULL;
    size_t count = 0;
    struct memory_run *run = NULL;
    struct memory *m = nd_memory_lock(s);
    enum nd_rc rc = nd_memory_find(m, run_id, &run, err);
    if (rc == ND_OK) {
        count = run->approval_count;
        found = ND_ARRAY(struct nd_approval, count + 1);
        for (size_t i = 0; i < count; i++) {
            found[i] = run->approvals[i];
            found[i].shown = nd_memory_dup(found[i].shown);
            found[i].decision = nd_memory_dup(found[i].decision);
        }
    }
    nd_memory_unlock(m);
    sort(found, count, sizeof *found, approval_order);
    for (size_t i = 0; rc == ND_OK && i < count; i++) rc = visit(ctx, &found[i], err);
    for (size_t i = 0; i < count; i++) {
        nd_memory_drop(found[i].shown);
        nd_memory_drop(found[i].decision);
    }
    nd_free(found);
    return rc;
}

enum nd_rc nd_memory_list(struct nd_store *s, nd_visit_meta *visit, void *ctx, struct nd_error *err)
{
    struct memory *m = nd_memory_lock(s);
    size_t count = m->run_count;
    struct nd_meta *found = ND_ARRAY(struct nd_meta, count + 1);
    for (size_t i = 0; i < count; i++) found[i] = m->runs[i].meta;
    nd_memory_unlock(m);
    sort(found, count, sizeof *found, meta_order);
    enum nd_rc rc = ND_OK;
    for (size_t i = 0; rc == ND_OK && i < count; i++) rc = visit(ctx, &found[i], err);
    nd_free(found);
    return rc;
}
