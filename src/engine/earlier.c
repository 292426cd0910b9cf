#include "earlier.h"
#include "look.h"
#include "nightdesk/base/alloc.h"
#include <stdlib.h>
#include <string.h>

struct answer {
    char id[ND_ACTION_ID_BYTES];
    struct nd_json *observation;
};
struct nd_earlier {
    char *run_id;
    struct answer *v; /* by id */
    size_t n, cap;
};

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct answer *)a)->id, ((const struct answer *)b)->id);
}

static void take(struct nd_earlier *earlier, struct nd_transcript *t)
{
    for (size_t i = 0; i < t->n; i++) {
        struct nd_step *step = &t->v[i];
        bool answered = step->action.kind == ND_ACT_MODEL && !nd_step_refused(step) &&
                        !nd_json_get(step->observation, "error");
        if (!answered) continue;
        ND_GROW(earlier->v, earlier->n, earlier->cap);
        struct answer *answer = &earlier->v[earlier->n++];
        memcpy(answer->id, step->id, sizeof answer->id);
        answer->observation = step->observation;
        step->observation = NULL;
    }
}

/* Was it written by the model that this run asks? */
static bool same_writer(const struct nd_engine *e, const char *run_id, const struct nd_request *request)
{
    struct nd_look look;
    struct nd_error err = {0};
    if (nd_look_open(&look, e, run_id, &err) != ND_OK) return false;
    bool same = strcmp(look.request->writer, request->writer) == 0;
    nd_look_close(&look);
    return same;
}

struct nd_earlier *nd_earlier_open(const struct nd_engine *e, const struct nd_request *request)
{
    const char *run_id = nd_json_get_str(request->since, "run_id");
    if (!run_id || !same_writer(e, run_id, request)) return NULL;
    struct nd_earlier *earlier = ND_NEW(struct nd_earlier);
    earlier->run_id = nd_strdup(run_id);
    for (unsigned phase = 0; phase < ND_PHASES; phase++) {
        struct nd_lanes lanes = {0};
        struct nd_error err = {0};
        if (nd_engine_transcripts(e, run_id, phase, &lanes, &err) != ND_OK) break;
        for (size_t i = 0; i < lanes.n; i++) take(earlier, &lanes.v[i].transcript);
        nd_lanes_release(&lanes);
    }
    if (earlier->n > 0) {
        qsort(earlier->v, earlier->n, sizeof *earlier->v, by_id);
        return earlier;
    }
    nd_earlier_close(earlier);
    return NULL;
}

void nd_earlier_close(struct nd_earlier *earlier)
{
    if (!earlier) return;
    for (size_t i = 0; i < earlier->n; i++) nd_json_free(earlier->v[i].observation);
    nd_free(earlier->v);
    nd_free(earlier->run_id);
    nd_free(earlier);
}

struct nd_json *nd_earlier_answer(const struct nd_earlier *earlier, const char *action_id)
{
    struct answer key = {.observation = NULL};
    if (!earlier) return NULL;
    memcpy(key.id, action_id, sizeof key.id);
    const struct answer *found = bsearch(&key, earlier->v, earlier->n, sizeof *earlier->v, by_id);
    if (!found) return NULL;
    struct nd_json *observation = nd_json_copy(found->observation);
    nd_json_remove(observation, "usage");
    nd_json_set_str(observation, "reused", earlier->run_id);
    return observation;
}
