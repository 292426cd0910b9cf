#include "nightdesk/core/step.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/hash.h"
#include <string.h>

static const char *const act_words[] = {
    [ND_ACT_DONE] = "done",   [ND_ACT_LANES] = "lanes", [ND_ACT_TOOL] = "tool",
    [ND_ACT_MODEL] = "model", [ND_ACT_HUMAN] = "human",
};

const char *nd_act_word(enum nd_act kind)
{
    return (unsigned)kind < sizeof act_words / sizeof *act_words ? act_words[kind] : "unknown";
}

void nd_action_release(struct nd_action *action)
{
    if (!action) return;
    nd_json_free(action->args);
    *action = (struct nd_action){.kind = ND_ACT_DONE};
}

static void hash_prefix(struct nd_view text, size_t digits, char *out)
{
    char hex[ND_SHA256_HEX];
    nd_sha256_hex(text, hex);
    memcpy(out, hex, digits);
    out[digits] = '\0';
}

void nd_action_id(const char *phase, const char *lane_id, unsigned step, const struct nd_action *action,
                  char id[ND_ACTION_ID_BYTES])
{
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    nd_bytes_addf(&text, "%s\n%s\n%u\n%s\n%s\n", phase, lane_id, step, nd_act_word(action->kind),
                  action->name);
    if (action->args) nd_json_print_canonical(action->args, &text);
    hash_prefix(nd_bytes_view(&text), ND_ACTION_ID_BYTES - 1, id);
    nd_bytes_release(&text);
}

void nd_transcript_release(struct nd_transcript *t)
{
    if (!t) return;
    for (size_t i = 0; i < t->n; i++) {
        nd_action_release(&t->v[i].action);
        nd_json_free(t->v[i].observation);
    }
    nd_free(t->v);
    *t = (struct nd_transcript){0};
}

const struct nd_step *nd_transcript_last(const struct nd_transcript *t, enum nd_act kind, const char *name)
{
    for (size_t i = t->n; i-- > 0;) {
        const struct nd_action *action = &t->v[i].action;
        if (action->kind == kind && strcmp(action->name, name) == 0) return &t->v[i];
    }
    return NULL;
}

const char *nd_step_refused(const struct nd_step *step)
{
    return nd_json_get_str(step->observation, "refused");
}

void nd_lane_release(struct nd_lane *lane)
{
    if (!lane) return;
    nd_free(lane->title);
    nd_json_free(lane->spec);
    nd_transcript_release(&lane->transcript);
    *lane = (struct nd_lane){0};
}

void nd_lane_id(const struct nd_json *spec, char id[ND_LANE_ID_BYTES])
{
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    nd_json_print_canonical(spec, &text);
    hash_prefix(nd_bytes_view(&text), ND_LANE_ID_BYTES - 1, id);
    nd_bytes_release(&text);
}

void nd_lanes_release(struct nd_lanes *lanes)
{
    if (!lanes) return;
    for (size_t i = 0; i < lanes->n; i++) nd_lane_release(&lanes->v[i]);
    nd_free(lanes->v);
    *lanes = (struct nd_lanes){0};
}
