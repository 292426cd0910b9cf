#include "record.h"
#include "conversation.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/deflate.h"

#include <stdio.h>
#include <string.h>

void nd_packed_release(struct nd_packed *packed)
{
    nd_bytes_release(&packed->payload);
}

/* ---- packing ---- */

/* args without what the extended step has already */
static struct nd_json *new_args(const struct nd_json *args, const struct nd_extension *extension)
{
    size_t left_out = extension->shared + (extension->reply ? 1 : 0), i = 0;
    struct nd_json *shorter = nd_json_object();
    ND_JSON_EACH(member, args)
    {
        const char *name = nd_json_name(member);
        bool messages = strcmp(name, "messages") == 0, tools = strcmp(name, "tools") == 0;
        if (tools && extension->tools) continue;
        if (!messages) {
            nd_json_set(shorter, name, nd_json_copy(member));
            continue;
        }
        struct nd_json *new_ones = nd_json_set(shorter, name, nd_json_array());
        ND_JSON_EACH(message, member)
        {
            if (i++ >= left_out) nd_json_add(new_ones, nd_json_copy(message));
        }
    }
    return shorter;
}

static void print_step(const struct nd_transcript *before, const struct nd_step *step, struct nd_bytes *out)
{
    const struct nd_action *action = &step->action;
    struct nd_extension extension = {0};
    if (action->kind == ND_ACT_MODEL) extension = nd_extension_of(before, action->args);
    struct nd_json *json = nd_json_object();
    struct nd_json *stored = nd_json_set(json, "action", nd_json_object());
    nd_json_set_str(stored, "kind", nd_act_word(action->kind));
    nd_json_set_str(stored, "name", action->name);
    if (extension.step) {
        nd_json_set(stored, "args", new_args(action->args, &extension));
        nd_json_set_int(json, "shared", (int64_t)extension.shared);
        nd_json_set_bool(json, "reply", extension.reply);
        if (extension.tools) nd_json_set_bool(json, "same_tools", true);
    } else {
        nd_json_set(stored, "args", nd_json_copy(action->args));
    }
    nd_json_set(json, "observation", nd_json_copy(step->observation));
    nd_json_print(json, out);
    nd_json_free(json);
}

enum nd_rc nd_record_pack(struct nd_packed *out, unsigned phase, const struct nd_lane *lane,
                          const struct nd_step *step, size_t inline_max, struct nd_objects *objects,
                          struct nd_error *err)
{
    struct nd_bytes text = ND_BYTES(ND_STEP_MAX_BYTES);
    struct nd_packed packed = {.payload = ND_BYTES(ND_STEP_MAX_BYTES + ND_MIB)};
    struct nd_record *r = &packed.record;
    *r = (struct nd_record){
        .format = ND_RECORD_FORMAT, .phase = phase, .step = step->no, .cost_microusd = step->cost_microusd};
    memcpy(r->lane, lane->id, sizeof r->lane);
    memcpy(r->id, step->id, sizeof r->id);
    memcpy(r->version, step->version, sizeof r->version);
    print_step(&lane->transcript, step, &text);
    enum nd_rc rc = ND_OK;
    if (text.over)
        rc = nd_fail(err, ND_OVER_LIMIT, "step %u of lane '%s' is larger than %zu bytes", step->no, lane->id,
                     ND_STEP_MAX_BYTES);
    if (rc == ND_OK) rc = nd_deflate(nd_bytes_view(&text), (struct nd_view){0}, &packed.payload, err);
    if (rc == ND_OK && packed.payload.len > inline_max)
        rc = nd_objects_put(objects, nd_bytes_view(&packed.payload), r->blob, err);
    nd_bytes_release(&text);
    if (rc == ND_OK) {
        *out = packed;
        if (!*r->blob) out->record.payload = nd_bytes_view(&out->payload);
    } else {
        nd_packed_release(&packed);
    }
    return rc;
}

/* ---- unpacking ---- */

static enum nd_rc broken(const struct nd_record *r, const char *what, struct nd_error *err)
{
    return nd_fail(err, ND_BROKEN, "the record of phase %u, lane '%.16s', step %u %s: the store is damaged",
                   r->phase, r->lane, r->step, what);
}

static bool kind_of(const char *word, enum nd_act *out)
{
    static const enum nd_act kinds[] = {ND_ACT_TOOL, ND_ACT_MODEL, ND_ACT_HUMAN};
    for (size_t i = 0; word && i < sizeof kinds / sizeof *kinds; i++) {
        if (strcmp(word, nd_act_word(kinds[i])) != 0) continue;
        *out = kinds[i];
        return true;
    }
    return false;
}

static enum nd_rc read_payload(const struct nd_record *r, struct nd_objects *objects, struct nd_json **out,
                               struct nd_error *err)
{
    struct nd_bytes blob = ND_BYTES(ND_STEP_MAX_BYTES + ND_MIB), text = ND_BYTES(ND_STEP_MAX_BYTES);
    struct nd_error why = {0};
    enum nd_rc rc = ND_OK;
    struct nd_view payload = r->payload;
    if (*r->blob) {
        rc = nd_objects_get(objects, r->blob, &blob, err);
        payload = nd_bytes_view(&blob);
    }
    if (rc == ND_OK && nd_inflate(payload, (struct nd_view){0}, &text, &why) != ND_OK)
        rc = broken(r, "cannot be inflated", err);
    if (rc == ND_OK && nd_json_parse(out, nd_bytes_view(&text), &why) != ND_OK)
        rc = broken(r, "is not JSON", err);
    nd_bytes_release(&blob);
    nd_bytes_release(&text);
    return rc;
}

/* What was left out, from the step that is extended. */
static enum nd_rc restore_args(const struct nd_record *r, const struct nd_json *json,
                               const struct nd_transcript *t, struct nd_json *args, struct nd_error *err)
{
    int64_t no = nd_json_get_int(args, "extends", -1), shared = nd_json_get_int(json, "shared", -1);
    if (no < 0 || (uint64_t)no >= t->n) return broken(r, "extends a step that is not there", err);
    const struct nd_step *step = &t->v[no];
    const struct nd_json *earlier = nd_json_get(step->action.args, "messages");
    const struct nd_json *tools = nd_json_get(step->action.args, "tools");
    bool reply = nd_json_get_bool(json, "reply", false), same = nd_json_get_bool(json, "same_tools", false);
    struct nd_json *said = reply ? nd_model_reply(step->observation) : NULL;
    if (shared < 1 || (uint64_t)shared != nd_json_len(earlier) || (reply && !said) || (same && !tools)) {
        nd_json_free(said);
        return broken(r, "extends a step with other messages", err);
    }
    struct nd_json *messages = nd_json_copy(earlier);
    if (said) nd_json_add(messages, said);
    ND_JSON_EACH(message, nd_json_get(args, "messages")) nd_json_add(messages, nd_json_copy(message));
    nd_json_set(args, "messages", messages);
    if (same) nd_json_set(args, "tools", nd_json_copy(tools));
    return ND_OK;
}

static enum nd_rc read_step(const struct nd_record *r, const struct nd_json *json,
                            const struct nd_transcript *t, struct nd_step *out, struct nd_error *err)
{
    const struct nd_json *action = nd_json_get(json, "action"), *args = nd_json_get(action, "args");
    const struct nd_json *observation = nd_json_get(json, "observation");
    const char *name = nd_json_get_str(action, "name");
    struct nd_step step = {.no = r->step, .cost_microusd = r->cost_microusd};
    if (!kind_of(nd_json_get_str(action, "kind"), &step.action.kind))
        return broken(r, "has an unknown kind", err);
    if (!name || strlen(name) >= sizeof step.action.name) return broken(r, "has no name", err);
    if (nd_json_kind(args) != ND_JSON_OBJECT || nd_json_kind(observation) != ND_JSON_OBJECT)
        return broken(r, "has no args or no observation", err);
    (void)snprintf(step.action.name, sizeof step.action.name, "%s", name);
    memcpy(step.id, r->id, sizeof step.id);
    memcpy(step.version, r->version, sizeof step.version);
    step.action.args = nd_json_copy(args);
    enum nd_rc rc = ND_OK;
    if (nd_json_get(json, "shared")) rc = restore_args(r, json, t, step.action.args, err);
    if (rc != ND_OK) {
        nd_action_release(&step.action);
        return rc;
    }
    step.observation = nd_json_copy(observation);
    *out = step;
    return ND_OK;
}

enum nd_rc nd_record_unpack(const struct nd_record *r, struct nd_objects *objects, struct nd_transcript *t,
                            struct nd_error *err)
{
    if (r->format > ND_RECORD_FORMAT)
        return nd_fail(err, ND_VERSION,
                       "a record has format %u, this nightdesk reads up to %d: use a newer one", r->format,
                       ND_RECORD_FORMAT);
    if (r->step != t->n) return broken(r, "does not follow the one before it", err);
    if (!nd_is_hex(r->id, ND_ACTION_ID_BYTES - 1) || !nd_is_hex(r->version, sizeof r->version - 1) ||
        r->cost_microusd < 0)
        return broken(r, "has a wrong head", err);
    struct nd_json *json = NULL;
    struct nd_step step = {0};
    enum nd_rc rc = read_payload(r, objects, &json, err);
    if (rc == ND_OK) rc = read_step(r, json, t, &step, err);
    nd_json_free(json);
    if (rc != ND_OK) return rc;
    ND_GROW(t->v, t->n, t->cap);
    t->v[t->n++] = step;
    return ND_OK;
}
