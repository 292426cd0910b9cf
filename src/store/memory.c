#include "memory.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/store/store.h"
#include "rules.h"

#include <string.h>

static struct memory *memory_of(struct nd_store *s)
{
    return ((struct memory_store *)s)->memory;
}

struct memory *nd_memory_lock(struct nd_store *s)
{
    struct memory *m = memory_of(s);
    (void)pthread_mutex_lock(&m->mutex);
    return m;
}

void nd_memory_unlock(struct memory *m)
{
    (void)pthread_mutex_unlock(&m->mutex);
}

struct nd_view nd_memory_dup(struct nd_view v)
{
    return (struct nd_view){nd_view_dup(v), v.len};
}

void nd_memory_drop(struct nd_view v)
{
    nd_free((void *)(uintptr_t)v.data);
}

enum nd_rc nd_memory_find(struct memory *m, const char *run_id, struct memory_run **out, struct nd_error *err)
{
    for (size_t i = 0; i < m->run_count; i++) {
        if (strcmp(m->runs[i].meta.run_id, run_id) == 0) {
            *out = &m->runs[i];
            return ND_OK;
        }
    }
    return nd_fail(err, ND_NOT_FOUND, "there is no run '%.64s'", run_id);
}

static void release_run(struct memory_run *run)
{
    for (size_t i = 0; i < run->record_count; i++) nd_memory_drop(run->records[i].payload);
    for (size_t i = 0; i < run->approval_count; i++) {
        nd_memory_drop(run->approvals[i].shown);
        nd_memory_drop(run->approvals[i].decision);
    }
    nd_free(run->records);
    nd_free(run->reserves);
    nd_free(run->approvals);
    nd_bytes_release(&run->request);
}

/* ---- runs ---- */

static enum nd_rc memory_create(struct nd_store *s, const struct nd_meta *meta, struct nd_view request,
                                struct nd_error *err)
{
    enum nd_rc rc = nd_rules_create(meta, request, err);
    if (rc != ND_OK) return rc;
    struct memory *m = nd_memory_lock(s);
    struct memory_run *run = NULL;
    if (nd_memory_find(m, meta->run_id, &run, NULL) == ND_OK) {
        rc = nd_fail(err, ND_CONFLICT, "run '%s' exists already", meta->run_id);
    } else {
        ND_GROW(m->runs, m->run_count, m->run_cap);
        run = &m->runs[m->run_count++];
        *run = (struct memory_run){0};
        run->no = ++m->last_no;
        run->meta = *meta;
        run->control = ND_CONTROL_NONE;
        run->request = ND_BYTES(ND_REQUEST_MAX_BYTES);
        nd_bytes_add_view(&run->request, request);
    }
    nd_memory_unlock(m);
    return rc;
}

static enum nd_rc memory_meta(struct nd_store *s, const char *run_id, struct nd_meta *out,
                              struct nd_error *err)
{
    struct memory *m = nd_memory_lock(s);
    struct memory_run *run = NULL;
    enum nd_rc rc = nd_memory_find(m, run_id, &run, err);
    if (rc == ND_OK) *out = run->meta;
    nd_memory_unlock(m);
    return rc;
}

static enum nd_rc memory_request(struct nd_store *s, const char *run_id, struct nd_bytes *out,
                                 struct nd_error *err)
{
    struct memory *m = nd_memory_lock(s);
    struct memory_run *run = NULL;
    enum nd_rc rc = nd_memory_find(m, run_id, &run, err);
    if (rc == ND_OK) nd_bytes_add_view(out, nd_bytes_view(&run->request));
    nd_memory_unlock(m);
    if (rc == ND_OK && out->over)
        rc =
            nd_fail(err, ND_OVER_LIMIT, "the request of run '%s' is larger than %zu bytes", run_id, out->max);
    return rc;
}

static enum nd_rc memory_remove(struct nd_store *s, const char *run_id, struct nd_error *err)
{
    struct memory *m = nd_memory_lock(s);
    struct memory_run *run = NULL;
    enum nd_rc rc = nd_memory_find(m, run_id, &run, err);
    if (rc == ND_OK && run->holder) rc = nd_fail(err, ND_RETRY, "a worker holds run '%s'", run_id);
    if (rc == ND_OK) {
        nd_memory_forget_objects(m, run->no);
        release_run(run);
        *run = m->runs[--m->run_count];
    }
    nd_memory_unlock(m);
    return rc;
}

/* ---- leases ---- */

static enum nd_rc take_run(struct memory_run *run, const char *commit_id, struct nd_error *err)
{
    int64_t open = 0;
    for (size_t i = 0; i < run->reserve_count; i++) {
        if (run->reserves[i].state == ND_RESERVE_OPEN) open += run->reserves[i].amount_microusd;
    }
    enum nd_rc rc = nd_rules_take(&run->meta, open, commit_id, err);
    for (size_t i = 0; rc == ND_OK && i < run->reserve_count; i++)
        run->reserves[i].state = ND_RESERVE_UNKNOWN;
    return rc;
}

static enum nd_rc memory_lease_take(struct nd_store *s, const char *run_id, struct nd_lease *out,
                                    struct nd_meta *meta, struct nd_error *err)
{
    char commit_id[33];
    enum nd_rc rc = nd_rules_run_id(run_id, err);
    if (rc == ND_OK) rc = nd_random_id(((struct memory_store *)s)->host, commit_id, err);
    if (rc != ND_OK) return rc;
    struct memory *m = nd_memory_lock(s);
    struct memory_run *run = NULL;
    rc = nd_memory_find(m, run_id, &run, err);
    if (rc == ND_OK && run->holder) rc = nd_fail(err, ND_RETRY, "another worker holds run '%s'", run_id);
    if (rc == ND_OK) rc = take_run(run, commit_id, err);
    if (rc == ND_OK) {
        run->holder = s;
        *meta = run->meta;
        *out = (struct nd_lease){.fence = run->meta.fence, .handle = s};
        memcpy(out->run_id, run->meta.run_id, sizeof out->run_id);
    }
    nd_memory_unlock(m);
    return rc;
}

static void memory_lease_release(struct nd_store *s, struct nd_lease *lease)
{
    struct memory *m = nd_memory_lock(s);
    struct memory_run *run = NULL;
    if (lease->handle && nd_memory_find(m, lease->run_id, &run, NULL) == ND_OK && run->holder == s &&
        run->meta.fence == lease->fence)
        run->holder = NULL;
    lease->handle = NULL;
    nd_memory_unlock(m);
}

/* ---- what others write ---- */

static struct nd_approval *find_approval(struct memory_run *run, const char *gate, unsigned n)
{
    for (size_t i = 0; i < run->approval_count; i++) {
        if (strcmp(run->approvals[i].gate, gate) == 0 && run->approvals[i].n == n) return &run->approvals[i];
    }
    return NULL;
}

static enum nd_rc decide_locked(struct memory_run *run, const char *gate, unsigned n,
                                const char *shown_sha256, struct nd_view decision,
                                const struct nd_control *control, struct nd_error *err)
{
    struct nd_approval *approval = find_approval(run, gate, n);
    bool again = false;
    if (!approval)
        return nd_fail(err, ND_NOT_FOUND, "run '%s' has no gate '%.31s' %u", run->meta.run_id, gate, n);
    enum nd_rc rc = nd_rules_decide(approval, shown_sha256, decision, &again, err);
    if (rc == ND_OK && !again) {
        nd_memory_drop(approval->decision);
        approval->decision = nd_memory_dup(decision);
        if (control) nd_rules_merge(&run->control, control);
    }
    return rc;
}

static enum nd_rc memory_decide(struct nd_store *s, const char *run_id, const char *gate, unsigned n,
                                const char *shown_sha256, struct nd_view decision,
                                const struct nd_control *control, struct nd_error *err)
{
    struct memory *m = nd_memory_lock(s);
    struct memory_run *run = NULL;
    enum nd_rc rc = nd_memory_find(m, run_id, &run, err);
    if (rc == ND_OK) rc = decide_locked(run, gate, n, shown_sha256, decision, control, err);
    nd_memory_unlock(m);
    return rc;
}

static enum nd_rc memory_control_get(struct nd_store *s, const char *run_id, struct nd_control *out,
                                     struct nd_error *err)
{
    struct memory *m = nd_memory_lock(s);
    struct memory_run *run = NULL;
    enum nd_rc rc = nd_memory_find(m, run_id, &run, err);
    if (rc == ND_OK) *out = run->control;
    nd_memory_unlock(m);
    return rc;
}

static enum nd_rc memory_control_put(struct nd_store *s, const char *run_id, const struct nd_control *c,
                                     struct nd_error *err)
{
    struct memory *m = nd_memory_lock(s);
    struct memory_run *run = NULL;
    enum nd_rc rc = nd_memory_find(m, run_id, &run, err);
    if (rc == ND_OK) nd_rules_merge(&run->control, c);
    nd_memory_unlock(m);
    return rc;
}

/* ---- handles ---- */

static void free_memory(struct memory *m)
{
    for (size_t i = 0; i < m->run_count; i++) release_run(&m->runs[i]);
    nd_free(m->runs);
    nd_memory_free_objects(m);
    (void)pthread_mutex_destroy(&m->mutex);
    nd_free(m);
}

static void memory_close(struct nd_store *s)
{
    struct memory *m = nd_memory_lock(s);
    for (size_t i = 0; i < m->run_count; i++) {
        if (m->runs[i].holder == s) m->runs[i].holder = NULL;
    }
    bool last = --m->handles == 0;
    nd_memory_unlock(m);
    if (last) free_memory(m);
    nd_free(s);
}

static const struct nd_store_ops memory_ops = {
    .name = "memory",
    .inline_max = ND_MEMORY_INLINE_MAX,
    .create = memory_create,
    .meta = memory_meta,
    .request = memory_request,
    .lease_take = memory_lease_take,
    .lease_release = memory_lease_release,
    .commit = nd_memory_commit,
    .records = nd_memory_records,
    .reserves = nd_memory_reserves,
    .approvals = nd_memory_approvals,
    .decide = memory_decide,
    .control_get = memory_control_get,
    .control_put = memory_control_put,
    .list = nd_memory_list,
    .remove = memory_remove,
    .objects = nd_memory_objects,
    .close = memory_close,
};

static struct nd_store *handle_to(struct memory *m, const struct nd_host *host)
{
    struct memory_store *handle = ND_NEW(struct memory_store);
    *handle = (struct memory_store){.base = {.ops = &memory_ops}, .memory = m, .host = host};
    m->handles++;
    return &handle->base;
}

struct nd_store *nd_store_memory_open(const struct nd_host *host)
{
    struct memory *m = ND_NEW(struct memory);
    (void)pthread_mutex_init(&m->mutex, NULL);
    return handle_to(m, host);
}

struct nd_store *nd_store_memory_share(struct nd_store *memory_store)
{
    struct memory *m = nd_memory_lock(memory_store);
    struct nd_store *handle = handle_to(m, ((struct memory_store *)memory_store)->host);
    nd_memory_unlock(m);
    return handle;
}
