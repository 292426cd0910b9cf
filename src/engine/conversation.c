#include "conversation.h"

#include <string.h>

static bool is_reply(const struct nd_json *message, const struct nd_step *step)
{
    struct nd_json *said = nd_model_reply(step->observation);
    bool same = said && nd_json_equal(message, said);
    nd_json_free(said);
    return same;
}

/* Both have it, and it is the same. */
static bool is_same(const struct nd_json *a, const struct nd_json *b, const char *member)
{
    const struct nd_json *x = nd_json_get(a, member), *y = nd_json_get(b, member);
    return x && y && nd_json_equal(x, y);
}

struct nd_extension nd_extension_of(const struct nd_transcript *t, const struct nd_json *args)
{
    struct nd_extension none = {0};
    int64_t no = nd_json_get_int(args, "extends", -1);
    if (no < 0 || (uint64_t)no >= t->n || t->v[no].action.kind != ND_ACT_MODEL) return none;
    const struct nd_step *step = &t->v[no];
    const struct nd_json *earlier = nd_json_get(step->action.args, "messages");
    const struct nd_json *now = nd_json_first(nd_json_get(args, "messages"));
    ND_JSON_EACH(message, earlier)
    {
        if (!now || !nd_json_equal(message, now)) return none;
        now = nd_json_next(now);
    }
    if (!nd_json_len(earlier)) return none;
    return (struct nd_extension){.step = step,
                                 .shared = nd_json_len(earlier),
                                 .tools = is_same(step->action.args, args, "tools"),
                                 .schema = is_same(step->action.args, args, "schema"),
                                 .reply = now && is_reply(now, step)};
}

bool nd_extension_usage(const struct nd_extension *extension, struct nd_usage *known, size_t *known_bytes)
{
    if (!extension->step) return false;
    const struct nd_json *args = extension->step->action.args, *observation = extension->step->observation;
    const struct nd_json *usage = nd_json_get(observation, "usage");
    int64_t input = nd_json_get_int(usage, "input", -1), output = nd_json_get_int(usage, "output", -1);
    if (input < 0 || output < 0) return false;
    *known_bytes = 0;
    ND_JSON_EACH(message, nd_json_get(args, "messages")) *known_bytes += nd_message_bytes(message);
    if (extension->tools) *known_bytes += nd_model_form_bytes(nd_json_get(args, "tools"));
    if (extension->schema) *known_bytes += nd_model_form_bytes(nd_json_get(args, "schema"));
    *known = (struct nd_usage){.input = input, .by = nd_json_get_str(observation, "by")};
    if (extension->reply) {
        struct nd_json *said = nd_model_reply(observation);
        known->input += output;
        *known_bytes += nd_message_bytes(said);
        nd_json_free(said);
    }
    return true;
}
