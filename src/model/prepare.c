#include "prepare.h"
#include "by_answer.h"
#include "nightdesk/base/alloc.h"

#include <string.h>

/* Goes to the end of the system message, which is made when there is none. */
static void instruct(struct nd_json *args, struct nd_view words)
{
    const struct nd_json *first = nd_json_first(nd_json_get(args, "messages"));
    const char *role = nd_json_get_str(first, "role");
    bool has_system = role && strcmp(role, "system") == 0;
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    if (has_system) {
        nd_bytes_add_view(&text, nd_json_view(nd_json_get(first, "content")));
        nd_bytes_add_str(&text, "\n\n");
        first = nd_json_next(first);
    }
    nd_bytes_add_view(&text, words);
    struct nd_json *messages = nd_json_array(), *system = nd_json_add(messages, nd_json_object());
    nd_json_set_str(system, "role", "system");
    nd_json_set_view(system, "content", nd_bytes_view(&text));
    for (; first; first = nd_json_next(first)) nd_json_add(messages, nd_json_copy(first));
    nd_json_set(args, "messages", messages);
    nd_bytes_release(&text);
}

static void instruct_by(struct nd_json *args, const char *member)
{
    const char *words = nd_json_get_str(args, member);
    if (!words) return;
    char *copy = nd_strdup(words);
    nd_json_remove(args, member);
    instruct(args, nd_view_of(copy));
    nd_free(copy);
}

static void instruct_schema(struct nd_json *args)
{
    struct nd_bytes words = ND_BYTES(ND_BYTES_MAX);
    nd_bytes_add_str(
        &words,
        nd_json_get(args, "tools")
            ? "When you call no tool, answer with one JSON object and nothing else. It follows this JSON "
              "schema: "
            : "Answer with one JSON object and nothing else. It follows this JSON schema: ");
    nd_json_print(nd_json_get(args, "schema"), &words);
    nd_json_remove(args, "schema");
    instruct(args, nd_bytes_view(&words));
    nd_bytes_release(&words);
}

static void settle_choice(const struct provider *p, const struct nd_traits *traits, struct nd_json *args)
{
    const struct nd_json *choice = nd_json_get(args, "tool_choice");
    const char *word = nd_json_str(choice);
    if (!choice) return;
    if (!word || strcmp(word, "required") == 0) {
        if (!traits->forced_tools) nd_json_remove(args, "tool_choice");
    } else if (strcmp(word, "none") == 0 && !p->forbids_tools) {
        nd_json_remove(args, "tool_choice");
        instruct(args, ND_VIEW("Call no tool now: answer."));
    }
}

struct nd_json *prepare(const struct provider *p, const struct nd_traits *traits, const struct nd_json *args)
{
    bool by_answer = nd_json_len(nd_json_get(args, "tools")) && !traits->tools;
    struct nd_json *out = by_answer ? by_answer_args(args) : nd_json_copy(args);
    int64_t max_tokens = nd_json_get_int(args, "max_tokens", 1) + traits->reasoning_tokens;
    if (traits->output_tokens && max_tokens > traits->output_tokens) max_tokens = traits->output_tokens;
    nd_json_set_int(out, "max_tokens", max_tokens);
    instruct_by(out, "instruction");
    settle_choice(p, traits, out);
    bool tools = nd_json_len(nd_json_get(out, "tools")) > 0;
    if (nd_json_get(out, "schema") && (!traits->schemas || (tools && !p->schema_with_tools)))
        instruct_schema(out);
    return out;
}
