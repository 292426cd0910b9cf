#include "scene.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/report/safety.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum nd_rc act(struct nd_action *out, enum nd_act kind, const char *name, struct nd_json *args)
{
    *out = (struct nd_action){.kind = kind, .args = args};
    size_t len = strlen(name);
    memcpy(out->name, name, len < ND_NAME_BYTES ? len : ND_NAME_BYTES - 1);
    return ND_OK;
}

enum nd_rc nd_do_done(struct nd_action *out)
{
    return act(out, ND_ACT_DONE, "", NULL);
}

enum nd_rc nd_do_lanes(struct nd_action *out)
{
    return act(out, ND_ACT_LANES, "", NULL);
}

enum nd_rc nd_do_tool(struct nd_action *out, const char *tool, struct nd_json *args)
{
    return act(out, ND_ACT_TOOL, tool, args);
}

enum nd_rc nd_do_model(struct nd_action *out, const char *role, struct nd_json *args)
{
    return act(out, ND_ACT_MODEL, role, args);
}

/* A copy whose texts hold no secret, whatever documents brought into them. */
static struct nd_json *without_secrets(const struct nd_json *node)
{
    enum nd_json_kind kind = nd_json_kind(node);
    if (kind == ND_JSON_STRING) {
        struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
        nd_safety_hide(nd_json_view(node), &text);
        struct nd_json *string = nd_json_string_view(nd_bytes_view(&text));
        nd_bytes_release(&text);
        return string;
    }
    if (kind != ND_JSON_ARRAY && kind != ND_JSON_OBJECT) return nd_json_copy(node);
    struct nd_json *copy = kind == ND_JSON_ARRAY ? nd_json_array() : nd_json_object();
    ND_JSON_EACH(child, node)
    {
        if (kind == ND_JSON_ARRAY)
            nd_json_add(copy, without_secrets(child));
        else
            nd_json_set(copy, nd_json_name(child), without_secrets(child));
    }
    return copy;
}

enum nd_rc nd_do_ask(struct nd_action *out, const char *gate, struct nd_json *shown, const char *prompt)
{
    struct nd_json *args = nd_json_object();
    nd_json_set(args, "shown", without_secrets(shown));
    nd_json_free(shown);
    nd_json_set_str(args, "prompt", prompt);
    return act(out, ND_ACT_HUMAN, gate, args);
}

const struct nd_transcript *nd_lane_transcript(const struct nd_lane *lane)
{
    static const struct nd_transcript none;
    return lane ? &lane->transcript : &none;
}

static bool is_step(const struct nd_step *step, enum nd_act kind, const char *name)
{
    return step->action.kind == kind && strcmp(step->action.name, name) == 0;
}

size_t nd_steps_of(const struct nd_lane *lane, enum nd_act kind, const char *name)
{
    const struct nd_transcript *t = nd_lane_transcript(lane);
    size_t n = 0;
    for (size_t i = 0; i < t->n; i++) n += is_step(&t->v[i], kind, name);
    return n;
}

const struct nd_json *nd_seen_last(const struct nd_lane *lane, enum nd_act kind, const char *name)
{
    const struct nd_transcript *t = nd_lane_transcript(lane);
    for (size_t i = t->n; i > 0; i--) {
        const struct nd_step *step = &t->v[i - 1];
        if (is_step(step, kind, name) && !nd_step_refused(step) && !nd_json_get(step->observation, "error"))
            return step->observation;
    }
    return NULL;
}

const struct nd_json *nd_args_last(const struct nd_lane *lane, const char *tool)
{
    const struct nd_step *step = nd_transcript_last(nd_lane_transcript(lane), ND_ACT_TOOL, tool);
    return step ? step->action.args : NULL;
}

bool nd_lane_must_finish(const struct nd_lane *lane)
{
    const struct nd_transcript *t = nd_lane_transcript(lane);
    return t->n > 0 && nd_step_refused(&t->v[t->n - 1]);
}

struct nd_gate_state nd_gate_state(const struct nd_scene *scene, unsigned gate_bit, const char *gate)
{
    struct nd_gate_state state = {0};
    if (!(scene->request->gates & gate_bit)) return state;
    const struct nd_transcript *t = nd_lane_transcript(scene->lane0);
    state.open = true;
    for (size_t i = 0; i < t->n; i++) {
        const struct nd_step *step = &t->v[i];
        if (!is_step(step, ND_ACT_HUMAN, gate)) continue;
        const char *decision = nd_json_get_str(step->observation, "decision");
        bool revise = decision && strcmp(decision, "revise") == 0;
        state.open = revise;
        if (revise && state.version < ND_REVISIONS_MAX) state.version++;
        state.why = revise ? nd_json_get_str(step->observation, "why") : state.why;
        state.edited =
            decision && strcmp(decision, "approve") == 0 ? nd_json_get(step->observation, "edited") : NULL;
        if (nd_json_kind(state.edited) != ND_JSON_OBJECT) state.edited = NULL;
    }
    if (scene->stop || nd_lane_must_finish(scene->lane0)) state.open = false;
    return state;
}

const struct nd_lane *nd_lanes_find(const struct nd_lanes *lanes, const struct nd_json *spec)
{
    char id[ND_LANE_ID_BYTES];
    nd_lane_id(spec, id);
    for (size_t i = 0; lanes && i < lanes->n; i++) {
        if (strcmp(lanes->v[i].id, id) == 0) return &lanes->v[i];
    }
    return NULL;
}

void nd_lanes_add(struct nd_lanes *lanes, struct nd_json *spec, const char *title)
{
    if (lanes->n == ND_LANES_MAX - 1 || nd_lanes_find(lanes, spec)) {
        nd_json_free(spec);
        return;
    }
    ND_GROW(lanes->v, lanes->n, lanes->cap);
    struct nd_lane *lane = &lanes->v[lanes->n++];
    *lane = (struct nd_lane){.spec = spec, .title = nd_strdup(title ? title : "")};
    nd_lane_id(spec, lane->id);
}

unsigned nd_id_number(const char *id)
{
    if (!id || id[0] == '\0') return 0;
    char *end = NULL;
    unsigned long n = strtoul(id + 1, &end, 10);
    return end && *end == '\0' && n <= 1000000 ? (unsigned)n : 0;
}

void nd_id(char out[16], char letter, size_t n)
{
    (void)snprintf(out, 16, "%c%zu", letter, n);
}

struct nd_json *nd_observe_failure(struct nd_json *observation, const char *why)
{
    nd_json_set_str(nd_json_set(observation, "error", nd_json_object()), "message", why);
    return observation;
}
