#include "answer.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"

#include <string.h>

#define MESSAGE_MAX_BYTES 500
#define CALLS_MAX 64 /* of one answer; more are not heard */

void answer_open(struct answer *a, const struct nd_json *args, const char *by)
{
    const char *choice = nd_json_get_str(args, "tool_choice");
    bool none = choice && strcmp(choice, "none") == 0;
    *a = (struct answer){.by = by,
                         .tools = none ? NULL : nd_json_get(args, "tools"),
                         .content = nd_json_array(),
                         .usage = {.input = -1, .output = -1, .cache_write = -1},
                         .stop = "end"};
    ND_JSON_EACH(message, nd_json_get(args, "messages"))
    {
        const struct nd_json *content = nd_json_get(message, "content");
        if (nd_json_kind(content) == ND_JSON_ARRAY)
            ND_JSON_EACH(part, content) a->calls_before += nd_json_get(part, "input") != NULL;
    }
}

void answer_release(struct answer *a)
{
    nd_json_free(a->content);
    nd_free(a->model);
    *a = (struct answer){0};
}

/* ---- parts ---- */

static struct nd_json *add_part(struct answer *a, const char *type)
{
    struct nd_json *part = nd_json_add(a->content, nd_json_object());
    nd_json_set_str(part, "type", type);
    return part;
}

void answer_add_text(struct answer *a, struct nd_view text)
{
    if (text.len) nd_json_set_view(add_part(a, "text"), "text", text);
}

void answer_add_thinking(struct answer *a, const struct nd_json *block)
{
    struct nd_json *part = add_part(a, "thinking");
    nd_json_set_str(part, "from", a->by);
    nd_json_set(part, "block", nd_json_copy(block));
}

size_t answer_calls(const struct answer *a)
{
    size_t n = 0;
    ND_JSON_EACH(part, a->content) n += nd_part_is(part, "tool_use");
    return n;
}

static bool is_taken(const struct answer *a, const char *id)
{
    ND_JSON_EACH(part, a->content)
    {
        const char *its = nd_json_get_str(part, "id");
        if (its && strcmp(its, id) == 0) return true;
    }
    return false;
}

static void add_call(struct answer *a, const char *id, const char *name, const struct nd_json *input,
                     const char *problem)
{
    size_t n = answer_calls(a);
    if (n >= CALLS_MAX) return;
    char *own = nd_sprintf("call_%zu", a->calls_before + n + 1);
    struct nd_json *part = add_part(a, "tool_use");
    bool usable = nd_tool_id_is_valid(id) && !is_taken(a, id);
    nd_json_set_str(part, "id", usable ? id : own);
    nd_json_set_str(part, "name", name);
    nd_json_set(part, "input", input ? nd_json_copy(input) : nd_json_object());
    if (problem) nd_json_set_str(part, "problem", problem);
    nd_free(own);
}

/* A call of a tool that was not offered can't be sent back as one: it becomes a text that names it. */
void answer_add_call(struct answer *a, const char *id, const char *name, const struct nd_json *input)
{
    bool object = nd_json_kind(input) == ND_JSON_OBJECT;
    if (!nd_tool_is_offered(a->tools, name)) {
        char *text = nd_sprintf("(called '%.64s', which is no tool here)", name ? name : "");
        answer_add_text(a, nd_view_of(text));
        nd_free(text);
        return;
    }
    add_call(a, id, name, object ? input : NULL, object ? NULL : "the input is not a JSON object");
}

void answer_add_call_text(struct answer *a, const char *id, const char *name, struct nd_view input)
{
    struct nd_json *json = NULL;
    struct nd_view text = nd_view_trim(input);
    if (text.len == 0) json = nd_json_object(); /* tools without parameters */
    if (!json) (void)nd_json_parse(&json, text, NULL);
    answer_add_call(a, id, name, json);
    nd_json_free(json);
}

void answer_set_model(struct answer *a, const char *name)
{
    if (!name || !*name) return;
    struct nd_view v = nd_view_of(name);
    nd_free(a->model);
    a->model = nd_view_dup(nd_view_sub(v, 0, nd_utf8_cut(v, ANSWER_NAME_MAX_BYTES)));
}

void answer_drop_text(struct answer *a)
{
    struct nd_json *kept = nd_json_array();
    ND_JSON_EACH(part, a->content) if (!nd_part_is(part, "text")) nd_json_add(kept, nd_json_copy(part));
    nd_json_free(a->content);
    a->content = kept;
}

void answer_text(const struct answer *a, struct nd_bytes *out)
{
    ND_JSON_EACH(part, a->content)
    if (nd_part_is(part, "text")) nd_bytes_add_view(out, nd_json_view(nd_json_get(part, "text")));
}

/* ---- observations ---- */

static void set_calls(const struct answer *a, struct nd_json *seen)
{
    struct nd_json *calls = nd_json_array(), *content = nd_json_array();
    ND_JSON_EACH(part, a->content)
    {
        struct nd_json *sent = nd_json_add(content, nd_json_copy(part));
        nd_json_remove(sent, "problem"); /* of the observation alone */
        if (!nd_part_is(part, "tool_use")) continue;
        struct nd_json *call = nd_json_add(calls, nd_json_copy(part));
        nd_json_remove(call, "type");
    }
    if (nd_json_len(calls))
        nd_json_set(seen, "tool_calls", calls);
    else
        nd_json_free(calls);
    nd_json_set(seen, "content", content);
}

static void set_usage(const struct nd_usage *usage, struct nd_json *seen)
{
    struct nd_json *counts = nd_json_set(seen, "usage", nd_json_object());
    nd_json_set_int(counts, "input", usage->input);
    nd_json_set_int(counts, "output", usage->output);
    nd_json_set_int(counts, "cached", usage->cached);
    if (usage->cache_write > 0) nd_json_set_int(counts, "cache_write", usage->cache_write);
}

struct nd_json *answer_observation(const struct answer *a)
{
    struct nd_json *seen = nd_json_object();
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    bool calls = answer_calls(a) > 0, ended = strcmp(a->stop, "end") == 0 || strcmp(a->stop, "tool") == 0;
    bool plain = nd_json_len(a->content) == 0 ||
                 (nd_json_len(a->content) == 1 && nd_part_is(nd_json_first(a->content), "text"));
    answer_text(a, &text);
    nd_json_set_view(seen, "text", nd_bytes_view(&text));
    nd_bytes_release(&text);
    if (!plain) set_calls(a, seen);
    nd_json_set_str(seen, "stop", !ended ? a->stop : calls ? "tool" : "end");
    nd_json_set_str(seen, "model", a->model ? a->model : "");
    nd_json_set_str(seen, "by", a->by);
    set_usage(&a->usage, seen);
    return seen;
}

static void set_clipped(struct nd_json *object, const char *member, const char *text, size_t max)
{
    struct nd_view v = nd_view_of(text);
    nd_json_set_view(object, member, nd_view_sub(v, 0, nd_utf8_cut(v, max)));
}

struct nd_json *answer_error(const char *message, int status, const char *code)
{
    struct nd_json *seen = nd_json_object(), *error = nd_json_set(seen, "error", nd_json_object());
    set_clipped(error, "message", message ? message : "no message", MESSAGE_MAX_BYTES);
    if (status) nd_json_set_int(error, "status", status);
    if (code) set_clipped(error, "code", code, ANSWER_NAME_MAX_BYTES);
    return seen;
}
