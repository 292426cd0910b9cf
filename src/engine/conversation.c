#include "conversation.h"

#include <string.h>

static bool is_reply(const struct nd_json *message, const struct nd_step *step)
{
    struct nd_view said = nd_json_view(nd_json_get(step->observation, "text"));
    const char *role = nd_json_get_str(message, "role");
    return role && strcmp(role, "assistant") == 0 && nd_json_len(message) == 2 && said.len > 0 &&
           nd_view_eq(nd_json_view(nd_json_get(message, "content")), said);
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
                                 .messages = earlier,
                                 .shared = nd_json_len(earlier),
                                 .reply = now && is_reply(now, step)};
}

bool nd_extension_usage(const struct nd_extension *extension, struct nd_usage *known, size_t *known_bytes)
{
    if (!extension->step) return false;
    const struct nd_json *usage = nd_json_get(extension->step->observation, "usage");
    int64_t input = nd_json_get_int(usage, "input", -1), output = nd_json_get_int(usage, "output", -1);
    if (input < 0 || output < 0) return false;
    *known_bytes = 0;
    ND_JSON_EACH(message, extension->messages) *known_bytes +=
        nd_json_view(nd_json_get(message, "content")).len;
    *known = (struct nd_usage){.input = input};
    if (extension->reply) {
        known->input += output;
        *known_bytes += nd_json_view(nd_json_get(extension->step->observation, "text")).len;
    }
    return true;
}
