/* Replay, the stored report, and transcripts: reading a run without its lease. */
#include "files.h"
#include "look.h"
#include "nightdesk/base/alloc.h"
#include "partial.h"
#include "rebuild.h"

#include <stdlib.h>
#include <string.h>

struct replay {
    struct nd_look look;
    struct nd_scene scene;
    struct nd_json *made[ND_PHASES]; /* what scene.artefact points to */
};

static enum nd_rc differs(const struct replay *r, const char *phase, struct nd_error *err)
{
    const struct nd_meta *meta = &r->look.meta;
    const char *here = r->look.e->pipeline->sha256;
    if (strcmp(meta->pipeline_sha256, here) != 0)
        return nd_fail(err, ND_VERSION,
                       "phase '%s' gives other bytes here: it needs version %.16s, this is %.16s", phase,
                       meta->pipeline_sha256, here);
    return nd_fail(err, ND_BROKEN, "phase '%s' gives other bytes than were recorded", phase);
}

/* One finished phase; its artefact must have the bytes that META names. */
static enum nd_rc replay_phase(struct replay *r, unsigned no, struct nd_artefact *artefact,
                               struct nd_error *err)
{
    const struct nd_engine *e = r->look.e;
    struct nd_stage stage = {.phase = e->pipeline->phases[no], .no = no};
    struct nd_rebuild rebuild = {.pipeline = e->pipeline, .base = &r->scene};
    struct nd_bytes text = ND_BYTES(ND_ARTEFACT_MAX_BYTES);
    char sha256[ND_SHA256_HEX] = "";
    enum nd_rc rc = nd_stage_load(&stage, e->store, r->scene.run_id, no, stage.phase, r->look.objects, err);
    if (rc == ND_OK) rc = nd_rebuild_phase(&rebuild, &stage, artefact, err);
    if (rc == ND_OK && !artefact->json) rc = nd_fail(err, ND_BROKEN, "the phase made no artefact");
    if (rc == ND_OK) {
        nd_json_print(artefact->json, &text);
        nd_sha256_hex(nd_bytes_view(&text), sha256);
        if (strcmp(sha256, r->look.meta.artefact[no]) != 0) rc = differs(r, stage.phase->name, err);
    }
    if (rc == ND_OK) rc = nd_json_parse(&r->made[no], nd_bytes_view(&text), err);
    r->scene.artefact[no] = r->made[no];
    nd_bytes_release(&text);
    nd_stage_release(&stage);
    return rc == ND_OK ? ND_OK : nd_while(err, "while replaying phase '%s'", e->pipeline->phases[no]->name);
}

static enum nd_rc open_replay(struct replay *r, const struct nd_engine *e, const char *run_id,
                              struct nd_error *err)
{
    *r = (struct replay){0};
    enum nd_rc rc = nd_look_open(&r->look, e, run_id, err);
    if (rc != ND_OK) return rc;
    r->scene = (struct nd_scene){.run_id = r->look.meta.run_id,
                                 .started_ms = r->look.meta.started_ms,
                                 .request = r->look.request,
                                 .writer = r->look.request->writer,
                                 .objects = r->look.objects,
                                 .pipeline = e->pipeline_ctx};
    return ND_OK;
}

static void close_replay(struct replay *r)
{
    for (unsigned i = 0; i < ND_PHASES; i++) nd_json_free(r->made[i]);
    nd_look_close(&r->look);
}

static bool stopped_with_partial(const struct nd_meta *meta)
{
    bool stopped = meta->outcome == ND_BUDGET_EXCEEDED || meta->outcome == ND_LIMIT_REACHED ||
                   meta->outcome == ND_EXPIRED;
    return stopped && *meta->partial && meta->phase < ND_PHASES;
}

static bool completed(const struct nd_meta *meta)
{
    return meta->phase == ND_PHASES && meta->outcome == ND_COMPLETED;
}

static enum nd_rc replay_partial(struct replay *r, struct nd_artefact *out, struct nd_error *err)
{
    struct nd_json *list = NULL;
    enum nd_rc rc = nd_files_list(r->look.objects, r->look.meta.partial, &list, err);
    if (rc == ND_OK)
        rc = nd_partial_build(r->look.e, &r->scene, r->look.meta.phase, nd_json_get(list, "stop"), out, err);
    nd_json_free(list);
    return rc;
}

enum nd_rc nd_engine_replay(const struct nd_engine *e, const char *run_id, struct nd_artefact *out,
                            struct nd_error *err)
{
    struct replay r;
    struct nd_artefact artefact = {0};
    enum nd_rc rc = open_replay(&r, e, run_id, err);
    const struct nd_meta *meta = &r.look.meta;
    if (rc == ND_OK && !completed(meta) && !stopped_with_partial(meta))
        rc = nd_fail(err, ND_NOT_FOUND, "run '%s' has no report yet: it is %s", run_id,
                     nd_outcome_word(meta->outcome));
    for (unsigned i = 0; rc == ND_OK && i < meta->phase; i++) {
        nd_artefact_release(&artefact);
        rc = replay_phase(&r, i, &artefact, err);
    }
    if (rc == ND_OK && stopped_with_partial(meta)) {
        nd_artefact_release(&artefact);
        rc = replay_partial(&r, &artefact, err);
    }
    close_replay(&r);
    if (rc == ND_OK) {
        *out = artefact;
    } else {
        nd_artefact_release(&artefact);
    }
    return rc;
}

enum nd_rc nd_engine_report(const struct nd_engine *e, const char *run_id, struct nd_artefact *out,
                            struct nd_error *err)
{
    struct nd_look look;
    enum nd_rc rc = nd_look_open(&look, e, run_id, err);
    if (rc != ND_OK) return rc;
    const char *list = completed(&look.meta) ? look.meta.report : look.meta.partial;
    if (*list) {
        rc = nd_files_get(look.objects, list, out, err);
    } else {
        rc = nd_fail(err, ND_NOT_FOUND, "run '%s' has no report yet: it is %s", run_id,
                     nd_outcome_word(look.meta.outcome));
    }
    nd_look_close(&look);
    return rc;
}

/* ---- transcripts ---- */

static int by_id(const void *a, const void *b)
{
    const char *x = ((const struct nd_lane *)a)->id, *y = ((const struct nd_lane *)b)->id;
    size_t nx = strlen(x), ny = strlen(y);
    return nx == ny ? strcmp(x, y) : (nx > ny) - (nx < ny);
}

enum nd_rc nd_engine_transcripts(const struct nd_engine *e, const char *run_id, unsigned phase,
                                 struct nd_lanes *out, struct nd_error *err)
{
    if (phase >= ND_PHASES) return nd_fail(err, ND_BAD_INPUT, "there is no phase %u", phase);
    struct nd_objects *objects = NULL;
    struct nd_stage stage = {0};
    enum nd_rc rc = e->store->ops->objects(e->store, run_id, &objects, err);
    if (rc == ND_OK)
        rc = nd_stage_load(&stage, e->store, run_id, phase, e->pipeline->phases[phase], objects, err);
    if (rc == ND_OK) {
        struct nd_lanes *lanes = &stage.found;
        ND_GROW(lanes->v, lanes->n, lanes->cap);
        lanes->v[lanes->n++] = stage.lane0;
        qsort(lanes->v, lanes->n, sizeof *lanes->v, by_id); /* "0" comes first: it is the shortest */
        *out = *lanes;
        stage.found = (struct nd_lanes){0};
        stage.lane0 = (struct nd_lane){0};
    }
    nd_stage_release(&stage);
    nd_objects_close(objects);
    return rc;
}
