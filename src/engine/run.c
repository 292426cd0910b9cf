#include "run.h"
#include "commit.h"
#include "kept.h"
#include "look.h"
#include "nightdesk/base/alloc.h"
#include "watch.h"

#include <stdio.h>
#include <string.h>

#define TRIES_MIN 5               /* of one write, and of one look at META */
#define FIRST_WAIT_MS INT64_C(50) /* between tries; doubles */
#define DOUBLINGS_MAX 6

/* ---- gates as they stand ---- */

void nd_asked_release(struct nd_asked_list *list)
{
    for (size_t i = 0; i < list->n; i++) {
        nd_json_free(list->v[i].shown);
        nd_json_free(list->v[i].decision);
    }
    nd_free(list->v);
    *list = (struct nd_asked_list){0};
}

struct asked_walk {
    struct nd_asked_list list;
    struct nd_objects *objects;
};

static enum nd_rc parse_object(struct nd_json **out, struct nd_view text, const struct nd_approval *a,
                               struct nd_error *err)
{
    struct nd_error why = {0};
    enum nd_rc rc = nd_json_parse(out, text, &why);
    if (rc == ND_OK && nd_json_kind(*out) == ND_JSON_OBJECT) return ND_OK;
    nd_json_free(*out);
    *out = NULL;
    return nd_fail(err, ND_BROKEN, "gate '%.31s' %u holds no JSON object: the store is damaged", a->gate,
                   a->n);
}

static enum nd_rc parse_shown(struct nd_json **out, struct nd_objects *objects, const struct nd_approval *a,
                              struct nd_error *err)
{
    enum nd_rc rc = parse_object(out, a->shown, a, err);
    const char *blob = rc == ND_OK ? nd_json_get_str(*out, "blob") : NULL;
    if (!blob || nd_json_len(*out) != 1) return rc;
    struct nd_bytes text = ND_BYTES(ND_ARTEFACT_MAX_BYTES);
    rc = nd_objects_get(objects, blob, &text, err);
    nd_json_free(*out);
    *out = NULL;
    if (rc == ND_OK) rc = parse_object(out, nd_bytes_view(&text), a, err);
    nd_bytes_release(&text);
    return rc;
}

static enum nd_rc visit_approval(void *ctx, const struct nd_approval *a, struct nd_error *err)
{
    struct asked_walk *walk = ctx;
    struct nd_asked asked = {
        .n = a->n, .phase = a->phase, .opened_ms = a->opened_ms, .expires_ms = a->expires_ms};
    memcpy(asked.gate, a->gate, sizeof asked.gate);
    memcpy(asked.shown_sha256, a->shown_sha256, sizeof asked.shown_sha256);
    enum nd_rc rc = parse_shown(&asked.shown, walk->objects, a, err);
    if (rc == ND_OK && a->decision.len) rc = parse_object(&asked.decision, a->decision, a, err);
    if (rc != ND_OK) {
        nd_json_free(asked.shown);
        return rc;
    }
    ND_GROW(walk->list.v, walk->list.n, walk->list.cap);
    walk->list.v[walk->list.n++] = asked;
    return ND_OK;
}

enum nd_rc nd_asked_load(const struct nd_engine *e, const char *run_id, struct nd_objects *objects,
                         struct nd_asked_list *out, struct nd_error *err)
{
    struct asked_walk walk = {.objects = objects};
    enum nd_rc rc = e->store->ops->approvals(e->store, run_id, visit_approval, &walk, err);
    if (rc == ND_OK) {
        nd_asked_release(out);
        *out = walk.list;
    } else {
        nd_asked_release(&walk.list);
    }
    return rc;
}

/* ---- opening and closing ---- */

static enum nd_rc visit_started(void *ctx, const struct nd_reserve *reserve, struct nd_error *err)
{
    (void)err;
    nd_strings_add(&((struct nd_run *)ctx)->started, reserve->action_id);
    return ND_OK;
}

static void init_sync(struct nd_run *run)
{
    pthread_condattr_t monotonic;
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&run->closing_, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    (void)pthread_cond_init(&run->work, NULL);
    (void)pthread_cond_init(&run->news, NULL);
    (void)pthread_mutex_init(&run->mutex, NULL);
    (void)pthread_mutex_init(&run->event_mutex, NULL);
}

static enum nd_rc load_artefacts(struct nd_run *run, struct nd_error *err)
{
    const struct nd_meta *meta = &run->meta;
    for (unsigned i = 0; i < ND_PHASES; i++) {
        if (!*meta->artefact[i] && i < meta->phase)
            return nd_fail(err, ND_BROKEN, "run '%s' is in phase %u, but has no artefact of phase %u",
                           meta->run_id, meta->phase, i);
        enum nd_rc rc = *meta->artefact[i] ? nd_run_artefact(run, i, meta->artefact[i], err) : ND_OK;
        if (rc != ND_OK) return rc;
    }
    return ND_OK;
}

static enum nd_rc start_threads(struct nd_run *run, struct nd_error *err)
{
    if (pthread_create(&run->writer, NULL, nd_commit_writer, run) != 0)
        return nd_fail(err, ND_RETRY, "no thread for the commit writer");
    if (pthread_create(&run->watcher, NULL, nd_watcher, run) != 0) {
        (void)pthread_mutex_lock(&run->mutex);
        run->closed = true;
        (void)pthread_cond_signal(&run->work);
        (void)pthread_mutex_unlock(&run->mutex);
        (void)pthread_join(run->writer, NULL);
        return nd_fail(err, ND_RETRY, "no thread for the watcher");
    }
    run->threads = true;
    return ND_OK;
}

enum nd_rc nd_run_open(struct nd_run **out, const struct nd_engine *e, const char *run_id,
                       struct nd_error *err)
{
    struct nd_run *run = ND_NEW(struct nd_run);
    run->e = e;
    run->last = &run->first;
    run->steps_left = e->max_steps > 0 ? e->max_steps : -1;
    init_sync(run);
    enum nd_rc rc = e->store->ops->lease_take(e->store, run_id, &run->lease, &run->meta, err);
    if (rc == ND_OK) {
        run->began_ms = run->committed_ms = e->host->monotonic_ms(e->host->ctx);
        run->wall_before_ms = run->meta.wall_ms;
        run->started_ms = run->meta.started_ms;
        memcpy(run->run_id, run->meta.run_id, sizeof run->run_id);
        (void)snprintf(run->version, sizeof run->version, "%.16s", e->pipeline->sha256);
        rc = e->store->ops->objects(e->store, run_id, &run->objects, err);
    }
    if (rc == ND_OK) run->objects = nd_kept_open(run->objects, &run->named);
    if (rc == ND_OK) rc = nd_look_request(e, &run->meta, &run->request, err);
    if (rc == ND_OK) rc = e->store->ops->reserves(e->store, run_id, visit_started, run, err);
    if (rc == ND_OK) rc = load_artefacts(run, err);
    if (rc == ND_OK) run->earlier = nd_earlier_open(e, run->request);
    if (rc == ND_OK) rc = start_threads(run, err);
    if (rc == ND_OK) {
        *out = run;
    } else {
        nd_run_close(run);
    }
    return rc;
}

/* The watcher first: a renewal that it has begun needs the writer. */
static void stop_threads(struct nd_run *run)
{
    (void)pthread_mutex_lock(&run->mutex);
    run->closing = true;
    (void)pthread_cond_signal(&run->closing_);
    (void)pthread_mutex_unlock(&run->mutex);
    (void)pthread_join(run->watcher, NULL);
    (void)pthread_mutex_lock(&run->mutex);
    run->closed = true;
    (void)pthread_cond_signal(&run->work);
    (void)pthread_mutex_unlock(&run->mutex);
    (void)pthread_join(run->writer, NULL);
}

void nd_run_close(struct nd_run *run)
{
    if (!run) return;
    if (run->threads) stop_threads(run);
    if (run->lease.handle) run->e->store->ops->lease_release(run->e->store, &run->lease);
    nd_objects_close(run->objects);
    nd_request_free(run->request);
    nd_earlier_close(run->earlier);
    for (unsigned i = 0; i < ND_PHASES; i++) nd_json_free(run->artefact[i]);
    nd_asked_release(&run->asked);
    nd_strings_release(&run->started);
    (void)pthread_cond_destroy(&run->work);
    (void)pthread_cond_destroy(&run->news);
    (void)pthread_cond_destroy(&run->closing_);
    (void)pthread_mutex_destroy(&run->mutex);
    (void)pthread_mutex_destroy(&run->event_mutex);
    nd_free(run);
}

/* ---- what is shared ---- */

void nd_run_meta(struct nd_run *run, struct nd_meta *out)
{
    (void)pthread_mutex_lock(&run->mutex);
    *out = run->meta;
    (void)pthread_mutex_unlock(&run->mutex);
}

int64_t nd_run_wall_ms(struct nd_run *run)
{
    return run->wall_before_ms + run->e->host->monotonic_ms(run->e->host->ctx) - run->began_ms;
}

enum nd_halt nd_run_halted(struct nd_run *run)
{
    (void)pthread_mutex_lock(&run->mutex);
    enum nd_halt halt = run->halt;
    (void)pthread_mutex_unlock(&run->mutex);
    return halt;
}

/* With the mutex held. */
static void halt_to(struct nd_run *run, enum nd_halt why)
{
    if (why <= run->halt) return;
    run->halt = why;
    atomic_store(&run->stop, true);
    (void)pthread_cond_signal(&run->work);
    (void)pthread_cond_broadcast(&run->news);
}

void nd_run_halt(struct nd_run *run, enum nd_halt why)
{
    (void)pthread_mutex_lock(&run->mutex);
    halt_to(run, why);
    (void)pthread_mutex_unlock(&run->mutex);
}

void nd_run_go_on(struct nd_run *run)
{
    (void)pthread_mutex_lock(&run->mutex);
    if (run->halt == ND_HALT_WALL &&
        (!run->meta.wall_max_ms || nd_run_wall_ms(run) < run->meta.wall_max_ms)) {
        run->halt = ND_GO;
        atomic_store(&run->stop, false);
    }
    (void)pthread_mutex_unlock(&run->mutex);
}

/* Halts, and keeps the reason of the first of the highest such halt. */
static void halt_because(struct nd_run *run, enum nd_halt halt, enum nd_rc rc, const struct nd_error *err)
{
    struct nd_error why = *err;
    if (why.rc != rc) (void)nd_fail(&why, rc, "%s, and no reason was given", nd_rc_word(rc));
    (void)pthread_mutex_lock(&run->mutex);
    if (run->halt < halt) run->fatal = why;
    halt_to(run, halt);
    (void)pthread_mutex_unlock(&run->mutex);
}

void nd_run_fatal(struct nd_run *run, enum nd_rc rc, const struct nd_error *err)
{
    halt_because(run, ND_HALT_FATAL, rc, err);
}

void nd_run_leave(struct nd_run *run, enum nd_rc rc, const struct nd_error *err)
{
    halt_because(run, ND_HALT_LEAVE, rc, err);
}

enum nd_rc nd_run_fatal_rc(struct nd_run *run, struct nd_error *err)
{
    (void)pthread_mutex_lock(&run->mutex);
    enum nd_rc rc = run->fatal.rc;
    if (err) *err = run->fatal;
    (void)pthread_mutex_unlock(&run->mutex);
    return rc;
}

void nd_run_look(struct nd_run *run)
{
    const struct nd_engine *e = run->e;
    int64_t now_ms = e->host->monotonic_ms(e->host->ctx);
    if (e->stop && atomic_load(e->stop)) nd_run_halt(run, ND_HALT_YIELD);
    if (e->max_ms > 0 && now_ms - run->began_ms >= e->max_ms) nd_run_halt(run, ND_HALT_YIELD);
    (void)pthread_mutex_lock(&run->mutex);
    bool over = run->meta.wall_max_ms > 0 && nd_run_wall_ms(run) >= run->meta.wall_max_ms;
    (void)pthread_mutex_unlock(&run->mutex);
    if (over) nd_run_halt(run, ND_HALT_WALL);
}

/* With the mutex held: another worker might take the run before an effect that starts now has ended. */
static bool lease_serves(const struct nd_run *run)
{
    int64_t now_ms = run->e->host->monotonic_ms(run->e->host->ctx);
    return !run->lease.ttl_ms || now_ms - run->lease.sent_ms < ND_LEASE_SERVES_MS(run->lease.ttl_ms);
}

enum nd_halt nd_run_may_start(struct nd_run *run)
{
    nd_run_look(run);
    (void)pthread_mutex_lock(&run->mutex);
    while ((run->ambiguous || !lease_serves(run)) && run->halt != ND_HALT_FATAL)
        (void)pthread_cond_wait(&run->news, &run->mutex);
    enum nd_halt halt = run->halt;
    (void)pthread_mutex_unlock(&run->mutex);
    return halt;
}

bool nd_run_try_again(struct nd_run *run, unsigned tried, int64_t began_ms)
{
    const struct nd_host *host = run->e->host;
    int64_t serves_ms = run->lease.ttl_ms ? ND_LEASE_SERVES_MS(run->lease.ttl_ms) : 0;
    if (tried >= TRIES_MIN && host->monotonic_ms(host->ctx) - began_ms >= serves_ms) return false;
    host->sleep_ms(host->ctx, FIRST_WAIT_MS << (tried < DOUBLINGS_MAX ? tried : DOUBLINGS_MAX));
    return true;
}

void nd_run_pause(struct nd_run *run, int64_t ms)
{
    const int64_t part_ms = 100;
    while (ms > 0 && nd_run_halted(run) == ND_GO) {
        run->e->host->sleep_ms(run->e->host->ctx, ms < part_ms ? ms : part_ms);
        ms -= part_ms;
        nd_run_look(run);
    }
}

struct nd_scene nd_run_scene(const struct nd_run *run)
{
    struct nd_scene scene = {
        .run_id = run->run_id,
        .started_ms = run->started_ms,
        .request = run->request,
        .writer = run->request->writer,
        .objects = run->objects,
        .pipeline = run->e->pipeline_ctx,
    };
    memcpy(scene.artefact, run->artefact, sizeof scene.artefact);
    return scene;
}

enum nd_rc nd_run_artefact(struct nd_run *run, unsigned phase, const char *sha256, struct nd_error *err)
{
    struct nd_bytes text = ND_BYTES(ND_ARTEFACT_MAX_BYTES);
    struct nd_json *json = NULL;
    enum nd_rc rc = nd_objects_get(run->objects, sha256, &text, err);
    if (rc == ND_OK && nd_json_parse(&json, nd_bytes_view(&text), NULL) != ND_OK)
        rc = nd_fail(err, ND_BROKEN, "object %.12s is not JSON: the store is damaged", sha256);
    nd_bytes_release(&text);
    if (rc != ND_OK)
        return nd_while(err, "while loading the artefact of phase '%s'",
                        run->e->pipeline->phases[phase]->name);
    nd_json_free(run->artefact[phase]);
    run->artefact[phase] = json;
    return ND_OK;
}

/* ---- events ---- */

void nd_run_event(struct nd_run *run, const struct nd_event *event)
{
    if (!run->e->on_event) return;
    struct nd_event full = *event;
    (void)pthread_mutex_lock(&run->mutex);
    struct nd_meta meta = run->meta;
    full.meta = &meta;
    full.lanes_total = run->lanes_total;
    full.lanes_ended = run->lanes_ended;
    (void)pthread_mutex_unlock(&run->mutex);
    full.phase = meta.phase;
    full.phase_name = meta.phase < ND_PHASES ? run->e->pipeline->phases[meta.phase]->name : "";
    (void)pthread_mutex_lock(&run->event_mutex);
    run->e->on_event(run->e->event_ctx, &full);
    (void)pthread_mutex_unlock(&run->event_mutex);
}

void nd_run_note(struct nd_run *run, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *text = nd_vsprintf(fmt, args);
    va_end(args);
    nd_run_event(run, &(struct nd_event){.kind = ND_EV_NOTE, .text = text});
    nd_free(text);
}
