/* Making a run and working on it. */
#include "nightdesk/engine/engine.h"
#include "drive.h"
#include "notify.h"
#include "run.h"

#include <stdio.h>
#include <string.h>

static enum nd_rc first_meta(const struct nd_engine *e, const char *run_id, const struct nd_request *request,
                             int64_t started_ms, struct nd_meta *out, struct nd_error *err)
{
    const struct nd_limits *limits = &request->limits;
    *out = (struct nd_meta){.format = ND_META_FORMAT,
                            .started_ms = started_ms,
                            .outcome = ND_RUNNING,
                            .ledger = {.ceiling_microusd = limits->budget_microusd},
                            .tool_calls_per_lane = limits->tool_calls_per_lane,
                            .tool_calls_per_run = limits->tool_calls_per_run,
                            .steps_per_lane = limits->steps_per_lane,
                            .wall_max_ms = limits->wall_seconds * 1000};
    (void)snprintf(out->run_id, sizeof out->run_id, "%s", run_id);
    (void)snprintf(out->pipeline_sha256, sizeof out->pipeline_sha256, "%s", e->pipeline->sha256);
    nd_request_sha256(request, out->request_sha256);
    return nd_random_id(e->host, out->commit_id, err);
}

enum nd_rc nd_engine_create(const struct nd_engine *e, const char *run_id, const struct nd_request *request,
                            int64_t started_ms, struct nd_error *err)
{
    if (!nd_run_id_valid(run_id))
        return nd_fail(err, ND_BAD_INPUT, "run id '%.64s' is not 1-64 of letters, digits, '-' and '_'",
                       run_id);
    struct nd_meta meta, there;
    enum nd_rc rc = first_meta(e, run_id, request, started_ms, &meta, err);
    if (rc != ND_OK) return rc;
    struct nd_json *json = nd_request_json(request);
    struct nd_bytes text = ND_BYTES(ND_REQUEST_MAX_BYTES);
    nd_json_print_canonical(json, &text);
    if (text.over) {
        rc = nd_fail(err, ND_BAD_INPUT, "the request is larger than %zu bytes", ND_REQUEST_MAX_BYTES);
    } else {
        rc = e->store->ops->create(e->store, &meta, nd_bytes_view(&text), err);
    }
    if (rc == ND_CONFLICT || rc == ND_UNKNOWN) {
        enum nd_rc first = rc;
        struct nd_error look = {0};
        rc = e->store->ops->meta(e->store, run_id, &there, &look);
        if (rc == ND_OK && strcmp(there.request_sha256, meta.request_sha256) == 0) {
            nd_error_clear(err);
        } else if (rc == ND_OK) {
            nd_error_clear(err);
            rc = nd_fail(err, ND_CONFLICT, "run '%s' exists with another request", run_id);
        } else {
            rc = first;
        }
    }
    nd_json_free(json);
    nd_bytes_release(&text);
    return rc;
}

/* True when there is nothing to work on: *out is the answer. */
static bool has_ended(const struct nd_meta *meta, int phase, struct nd_meta *out)
{
    bool completed = meta->phase == ND_PHASES && meta->outcome == ND_COMPLETED;
    bool over = completed || meta->outcome == ND_REJECTED || meta->outcome == ND_CANCELLED;
    bool made = phase >= 0 && *meta->artefact[phase];
    if (!over && !made) return false;
    *out = *meta;
    if (made && !completed) {
        out->phase = (unsigned)phase;
        out->outcome = ND_COMPLETED;
        out->reason[0] = '\0';
    }
    return true;
}

static enum nd_rc check_phase(const struct nd_engine *e, const struct nd_meta *meta, int phase,
                              struct nd_error *err)
{
    if (phase >= ND_PHASES) return nd_fail(err, ND_BAD_INPUT, "there is no phase %d", phase);
    if (phase > 0 && !*meta->artefact[phase - 1])
        return nd_fail(err, ND_BAD_INPUT, "phase '%s' comes after '%s', which is not finished",
                       e->pipeline->phases[phase]->name, e->pipeline->phases[phase - 1]->name);
    return ND_OK;
}

/* What an earlier process may have died before telling. */
static void tell_again(const struct nd_engine *e, const struct nd_meta *meta)
{
    struct nd_objects *objects = NULL;
    if (!e->notifier || (meta->outcome != ND_FAILED && meta->outcome != ND_COMPLETED)) return;
    if (e->store->ops->objects(e->store, meta->run_id, &objects, NULL) != ND_OK) return;
    nd_notify(e, objects, meta, 0);
    nd_objects_close(objects);
}

enum nd_rc nd_engine_work(const struct nd_engine *e, const char *run_id, int phase, struct nd_meta *out,
                          struct nd_error *err)
{
    struct nd_meta meta;
    struct nd_run *run = NULL;
    enum nd_rc rc = e->store->ops->meta(e->store, run_id, &meta, err);
    if (rc == ND_OK) rc = check_phase(e, &meta, phase, err);
    if (rc != ND_OK) return rc;
    tell_again(e, &meta);
    if (has_ended(&meta, phase, out)) return ND_OK;
    rc = nd_run_open(&run, e, run_id, err);
    bool more = rc == ND_OK;
    while (more) {
        rc = nd_phase_work(run, err);
        nd_run_meta(run, &meta);
        more = rc == ND_OK && phase < 0 && meta.outcome == ND_COMPLETED && meta.phase < ND_PHASES;
    }
    nd_run_close(run);
    if (rc == ND_OK) *out = meta;
    return rc;
}
