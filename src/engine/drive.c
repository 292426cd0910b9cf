#include "drive.h"
#include "commit.h"
#include "end.h"
#include "gate.h"
#include "loop.h"
#include "nightdesk/base/alloc.h"
#include "stage.h"
#include "watch.h"

#include <string.h>

struct drive {
    struct nd_run *run;
    struct nd_stage stage;
    struct nd_meta before;      /* the limits that the pass began with */
    struct nd_lane_work *works; /* one for each lane of the stage */
    atomic_size_t next;         /* lane that the next free thread takes */
};

static enum nd_lane_end work_lane(struct drive *d, struct nd_lane_work *work, struct nd_lane *lane)
{
    struct nd_scene base = nd_run_scene(d->run);
    *work = (struct nd_lane_work){.run = d->run, .phase = d->stage.no, .lane = lane};
    work->scene = nd_stage_scene(&d->stage, &base, lane);
    return nd_lane_run(work);
}

/* ---- side by side ---- */

static void count_lanes(struct drive *d)
{
    size_t ended = 0;
    for (size_t i = 0; i < d->stage.lanes.n; i++) ended += d->stage.lanes.v[i].ended;
    (void)pthread_mutex_lock(&d->run->mutex);
    d->run->lanes_total = d->stage.lanes.n;
    d->run->lanes_ended = ended;
    (void)pthread_mutex_unlock(&d->run->mutex);
}

static void *lane_thread(void *arg)
{
    struct drive *d = arg;
    for (size_t i = atomic_fetch_add(&d->next, 1); i < d->stage.lanes.n; i = atomic_fetch_add(&d->next, 1)) {
        struct nd_lane *lane = &d->stage.lanes.v[i];
        if (lane->ended) continue;
        nd_run_event(d->run, &(struct nd_event){.kind = ND_EV_LANE, .lane = lane});
        if (work_lane(d, &d->works[i], lane) != ND_LANE_DONE) continue;
        (void)pthread_mutex_lock(&d->run->mutex);
        d->run->lanes_ended++;
        (void)pthread_mutex_unlock(&d->run->mutex);
        nd_run_event(d->run, &(struct nd_event){.kind = ND_EV_LANE_END, .lane = lane});
    }
    return NULL;
}

/* The caller is one of the threads, so lanes run even if no other can be made. */
static void run_lanes(struct drive *d)
{
    size_t wanted = d->run->e->lanes_in_flight ? d->run->e->lanes_in_flight : ND_LANES_IN_FLIGHT;
    if (wanted > d->stage.lanes.n) wanted = d->stage.lanes.n;
    pthread_t *threads = ND_ARRAY(pthread_t, wanted + 1);
    size_t made = 0;
    pthread_attr_t attr;
    (void)pthread_attr_init(&attr);
#ifdef ND_SANITIZED
    (void)pthread_attr_setstacksize(&attr, 8 * ND_LANE_STACK_BYTES); /* sanitizers make frames larger */
#else
    (void)pthread_attr_setstacksize(&attr, ND_LANE_STACK_BYTES);
#endif
    atomic_store(&d->next, 0);
    while (made + 1 < wanted && pthread_create(&threads[made], &attr, lane_thread, d) == 0) made++;
    (void)pthread_attr_destroy(&attr);
    (void)lane_thread(d);
    for (size_t i = 0; i < made; i++) (void)pthread_join(threads[i], NULL);
    nd_free(threads);
}

/* ---- a pass: as far as the lanes get ---- */

static void take_stop(struct nd_stop *stop, struct nd_stop *from)
{
    if (nd_stop_stronger(from, stop)) {
        nd_stop_release(stop);
        *stop = *from;
        *from = (struct nd_stop){.outcome = ND_RUNNING};
    }
    nd_stop_release(from);
}

/* All open questions of a phase share one gate. */
static void gather_questions(struct drive *d, struct nd_stop *stop)
{
    struct nd_json *questions = nd_json_array();
    for (size_t i = 0; i < d->stage.lanes.n; i++) {
        struct nd_stop *from = &d->works[i].stop;
        if (from->outcome != ND_AWAITING_ANSWER) continue;
        nd_json_add(questions, from->shown);
        from->shown = NULL;
    }
    stop->shown = nd_json_object();
    nd_json_set(stop->shown, "questions", questions);
}

static void gather_stops(struct drive *d, struct nd_stop *stop)
{
    struct nd_stop strongest = {.outcome = ND_RUNNING};
    for (size_t i = 0; i < d->stage.lanes.n; i++) {
        if (nd_stop_stronger(&d->works[i].stop, &strongest)) strongest = d->works[i].stop;
    }
    *stop = strongest;
    stop->shown = NULL;
    if (stop->outcome == ND_AWAITING_ANSWER) gather_questions(d, stop);
    for (size_t i = 0; i < d->stage.lanes.n; i++) nd_stop_release(&d->works[i].stop);
}

static enum nd_rc pass_lane0(struct drive *d, struct nd_stop *stop, enum nd_lane_end *end,
                             struct nd_error *err)
{
    struct nd_lane_work work;
    *end = work_lane(d, &work, &d->stage.lane0);
    take_stop(stop, &work.stop);
    if (stop->outcome == ND_AWAITING_ANSWER) {
        struct nd_json *shown = nd_json_object();
        nd_json_add(nd_json_set(shown, "questions", nd_json_array()), stop->shown);
        stop->shown = shown;
    }
    if (*end == ND_LANE_PLANNED && d->stage.laid_out)
        return nd_fail(err, ND_BROKEN, "phase '%s' planned again after its lanes had ended",
                       d->stage.phase->name);
    return ND_OK;
}

static enum nd_rc pass_plan(struct drive *d, struct nd_stop *stop, enum nd_lane_end *end,
                            struct nd_error *err)
{
    struct nd_scene base = nd_run_scene(d->run);
    enum nd_rc rc = nd_stage_find_plan(&d->stage, &base, err);
    if (rc != ND_OK || d->stage.planned) return rc;
    rc = pass_lane0(d, stop, end, err);
    if (rc == ND_OK && *end == ND_LANE_PLANNED) nd_stage_planned(&d->stage);
    return rc;
}

/* stop->outcome stays ND_RUNNING when the phase can be finished. */
static enum nd_rc pass(struct drive *d, struct nd_stop *stop, struct nd_error *err)
{
    enum nd_lane_end end = ND_LANE_PLANNED;
    enum nd_rc rc = ND_OK;
    if (!d->stage.planned) rc = pass_plan(d, stop, &end, err);
    if (rc != ND_OK || end != ND_LANE_PLANNED) return rc;
    if (!d->stage.laid_out) {
        struct nd_scene base = nd_run_scene(d->run);
        rc = nd_stage_lay_out(&d->stage, &base, err);
        if (rc != ND_OK) return rc;
        d->works = ND_ARRAY(struct nd_lane_work, d->stage.lanes.n + 1);
    }
    count_lanes(d);
    run_lanes(d);
    gather_stops(d, stop);
    return stop->outcome == ND_RUNNING ? pass_lane0(d, stop, &end, err) : ND_OK;
}

/* ---- the phase ---- */

static enum nd_rc apply_begin(struct nd_meta *meta, void *arg)
{
    const struct nd_stage *stage = arg;
    meta->phase = stage->no;
    meta->outcome = ND_RUNNING;
    meta->reason[0] = '\0';
    return ND_OK;
}

static enum nd_rc begin(struct drive *d, struct nd_error *err)
{
    struct nd_run *run = d->run;
    struct nd_meta meta;
    nd_run_meta(run, &meta);
    unsigned no = meta.phase;
    while (no < ND_PHASES - 1 && *meta.artefact[no]) no++;
    enum nd_rc rc = nd_stage_load(&d->stage, run->e->store, run->run_id, no, run->e->pipeline->phases[no],
                                  run->objects, err);
    struct nd_entry entry = {.apply = apply_begin, .arg = &d->stage};
    if (rc == ND_OK && (meta.phase != no || *meta.reason)) rc = nd_commit(run, &entry, err);
    count_lanes(d);
    if (rc == ND_OK) nd_run_event(run, &(struct nd_event){.kind = ND_EV_PHASE});
    return rc;
}

static enum nd_rc apply_completed(struct nd_meta *meta, void *arg)
{
    (void)arg;
    meta->outcome = ND_COMPLETED;
    return ND_OK;
}

/* The run was finished by another worker just before this one took its lease. */
static enum nd_rc finished_before(struct nd_run *run, struct nd_error *err)
{
    struct nd_entry entry = {.apply = apply_completed};
    return nd_commit(run, &entry, err);
}

/* True when the halt leaves no outcome to write; *rc is the result of the whole call then. */
static bool no_outcome(struct nd_run *run, enum nd_rc *rc, struct nd_error *err)
{
    enum nd_halt halt = nd_run_halted(run);
    if (halt == ND_HALT_FATAL || halt == ND_HALT_LEAVE) *rc = nd_run_fatal_rc(run, err);
    if (halt == ND_HALT_FULL)
        *rc =
            nd_fail(err, ND_FULL, "no space left for run '%s'; answers in flight were recorded", run->run_id);
    return halt >= ND_HALT_LEAVE;
}

/* One pass, and what CONTROL has become meanwhile: *again when a raised ceiling or limit lets it go on. */
static enum nd_rc pass_and_look(struct drive *d, struct nd_stop *stop, bool *again, struct nd_error *err)
{
    struct nd_run *run = d->run;
    enum nd_rc rc = nd_asked_load(run->e, run->run_id, run->objects, &run->asked, err);
    if (rc == ND_OK) rc = nd_control_adopt(run, err);
    if (rc != ND_OK) return rc;
    nd_run_meta(run, &d->before);
    if (nd_gate_given_up(&run->asked, d->stage.no, stop)) return ND_OK;
    rc = pass(d, stop, err);
    if (no_outcome(run, &rc, err)) return rc;
    if (nd_stop_fails(rc)) {
        nd_stop_fail(stop, err);
        nd_error_clear(err);
        rc = ND_OK;
    }
    return rc == ND_OK ? nd_control_at_stop(run, &d->before, stop, again, err) : rc;
}

enum nd_rc nd_phase_work(struct nd_run *run, struct nd_error *err)
{
    struct nd_meta meta;
    nd_run_meta(run, &meta);
    if (meta.phase == ND_PHASES) return finished_before(run, err);
    struct drive d = {.run = run};
    struct nd_stop stop = {.outcome = ND_RUNNING};
    bool again = true;
    enum nd_rc rc = begin(&d, err);
    while (rc == ND_OK && again) {
        nd_stop_release(&stop);
        again = false;
        rc = pass_and_look(&d, &stop, &again, err);
        if (rc == ND_OK && !again) rc = nd_phase_end(run, &d.stage, &d.before, &stop, &again, err);
    }
    if (rc != ND_OK) (void)no_outcome(run, &rc, err);
    nd_stop_release(&stop);
    nd_free(d.works);
    nd_stage_release(&d.stage);
    return rc;
}
