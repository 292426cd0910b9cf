/* Any endpoint that speaks OpenAI's chat completions. */
#include "nightdesk/base/alloc.h"
#include "provider.h"
#include "openai_stream.h"

#include <string.h>

#define CHOICE_TOOL "function"

static char *path(const char *model, bool streams)
{
    (void)model, (void)streams;
    return nd_strdup("/chat/completions");
}

/* ---- the request ---- */

static struct nd_json *message_of(const char *role, struct nd_view content)
{
    struct nd_json *message = nd_json_object();
    nd_json_set_str(message, "role", role);
    nd_json_set_view(message, "content", content);
    return message;
}

static void add_call(struct nd_json *calls, const struct nd_json *part)
{
    struct nd_bytes input = ND_BYTES(ND_BYTES_MAX);
    nd_json_print(nd_json_get(part, "input"), &input);
    struct nd_json *call = nd_json_add(calls, nd_json_object());
    nd_json_set_str(call, "id", nd_json_get_str(part, "id"));
    nd_json_set_str(call, "type", CHOICE_TOOL);
    struct nd_json *function = nd_json_set(call, CHOICE_TOOL, nd_json_object());
    nd_json_set_str(function, "name", nd_json_get_str(part, "name"));
    nd_json_set_view(function, "arguments", nd_bytes_view(&input));
    nd_bytes_release(&input);
}

static void add_assistant(struct nd_json *messages, const struct nd_json *parts)
{
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    struct nd_json *calls = nd_json_array();
    ND_JSON_EACH(part, parts)
    {
        if (nd_part_is(part, "text")) nd_bytes_add_view(&text, nd_json_view(nd_json_get(part, "text")));
        if (nd_part_is(part, "tool_use")) add_call(calls, part);
    }
    struct nd_json *message = nd_json_add(messages, message_of("assistant", nd_bytes_view(&text)));
    if (!text.len) nd_json_set(message, "content", nd_json_null());
    if (nd_json_len(calls))
        nd_json_set(message, "tool_calls", calls);
    else
        nd_json_free(calls);
    nd_bytes_release(&text);
}

static void add_result(struct nd_json *messages, const struct nd_json *part)
{
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    if (nd_json_get_bool(part, "is_error", false)) nd_bytes_add_str(&text, "Error: ");
    nd_bytes_add_view(&text, nd_json_view(nd_json_get(part, "content")));
    struct nd_json *message = nd_json_add(messages, message_of("tool", nd_bytes_view(&text)));
    nd_json_set_str(message, "tool_call_id", nd_json_get_str(part, "id"));
    nd_bytes_release(&text);
}

static void add_user(struct nd_json *messages, const struct nd_json *parts)
{
    ND_JSON_EACH(part, parts)
    {
        if (nd_part_is(part, "tool_result"))
            add_result(messages, part);
        else
            nd_json_add(messages, message_of("user", nd_json_view(nd_json_get(part, "text"))));
    }
}

static struct nd_json *messages_of(const struct nd_json *args)
{
    struct nd_json *out = nd_json_array();
    ND_JSON_EACH(message, nd_json_get(args, "messages"))
    {
        const struct nd_json *content = nd_json_get(message, "content");
        const char *role = nd_json_get_str(message, "role");
        if (nd_json_kind(content) != ND_JSON_ARRAY)
            nd_json_add(out, nd_json_copy(message));
        else if (strcmp(role, "assistant") == 0)
            add_assistant(out, content);
        else
            add_user(out, content);
    }
    return out;
}

static void set_tools(struct nd_json *body, const struct nd_json *args)
{
    const struct nd_json *choice = nd_json_get(args, "tool_choice");
    if (!nd_json_len(nd_json_get(args, "tools"))) return;
    struct nd_json *tools = nd_json_set(body, "tools", nd_json_array());
    ND_JSON_EACH(tool, nd_json_get(args, "tools"))
    {
        struct nd_json *row = nd_json_add(tools, nd_json_object());
        nd_json_set_str(row, "type", CHOICE_TOOL);
        struct nd_json *function = nd_json_set(row, CHOICE_TOOL, nd_json_object());
        nd_json_set_str(function, "name", nd_json_get_str(tool, "name"));
        nd_json_set_str(function, "description", nd_json_get_str(tool, "description"));
        nd_json_set(function, "parameters", nd_json_copy(nd_json_get(tool, "schema")));
    }
    if (nd_json_str(choice)) nd_json_set_str(body, "tool_choice", nd_json_str(choice));
    if (!nd_json_get_str(choice, "name")) return;
    struct nd_json *named = nd_json_set(body, "tool_choice", nd_json_object());
    nd_json_set_str(named, "type", CHOICE_TOOL);
    nd_json_set_str(nd_json_set(named, CHOICE_TOOL, nd_json_object()), "name",
                    nd_json_get_str(choice, "name"));
}

static void set_schema(const struct asked *asked, struct nd_json *body, const struct nd_json *args)
{
    const struct nd_json *schema = nd_json_get(args, "schema");
    const char *name = nd_json_get_str(args, "schema_name");
    if (!schema) return;
    struct nd_json *format = nd_json_set(body, "response_format", nd_json_object());
    if (asked->traits->json_object) {
        nd_json_set_str(format, "type", "json_object");
        nd_json_set(format, "schema", nd_json_copy(schema));
        return;
    }
    nd_json_set_str(format, "type", "json_schema");
    struct nd_json *inner = nd_json_set(format, "json_schema", nd_json_object());
    nd_json_set_str(inner, "name", name ? name : "answer");
    nd_json_set_bool(inner, "strict", true);
    nd_json_set(inner, "schema", nd_json_copy(schema));
}

static void body(const struct asked *asked, const struct nd_json *args, struct nd_json *body)
{
    bool own = asked->where == ND_AT_PROVIDER;
    nd_json_set_str(body, "model", asked->model);
    nd_json_set(body, "messages", messages_of(args));
    nd_json_set_int(body, own ? "max_completion_tokens" : "max_tokens",
                    nd_json_get_int(args, "max_tokens", 1));
    if (own) nd_json_set_str(body, "service_tier", "default"); /* the tier that the prices are of */
    if (asked->traits->temperature) {
        nd_json_set_int(body, "temperature", 0);
        nd_json_set_int(body, "seed", 1);
    }
    if (asked->where == ND_HERE)
        nd_json_set_bool(body, "cache_prompt",
                         asked->traits->cache_points); /* llama-server: with its cache, answers differ */
    set_tools(body, args);
    set_schema(asked, body, args);
    if (!asked->traits->streams) return;
    nd_json_set_bool(body, "stream", true);
    nd_json_set_bool(nd_json_set(body, "stream_options", nd_json_object()), "include_usage", true);
}

/* ---- the answer ---- */

/* A string, or an array of parts with text. */
static void read_text(const struct nd_json *content, struct answer *out)
{
    answer_add_text(out, nd_json_view(content));
    if (nd_json_kind(content) != ND_JSON_ARRAY) return;
    ND_JSON_EACH(part, content) answer_add_text(out, nd_json_view(nd_json_get(part, "text")));
}

static void read_calls(const struct nd_json *calls, struct answer *out)
{
    if (nd_json_kind(calls) != ND_JSON_ARRAY) return;
    ND_JSON_EACH(call, calls)
    {
        const struct nd_json *function = nd_json_get(call, CHOICE_TOOL),
                             *input = nd_json_get(function, "arguments");
        const char *id = nd_json_get_str(call, "id"), *name = nd_json_get_str(function, "name");
        if (nd_json_kind(input) == ND_JSON_OBJECT)
            answer_add_call(out, id, name, input);
        else
            answer_add_call_text(out, id, name, nd_json_view(input));
    }
}

static const char *stop_of(const struct nd_json *choice)
{
    const char *reason = nd_json_get_str(choice, "finish_reason");
    if (nd_json_get_str(nd_json_get(choice, "message"), "refusal")) return "filter";
    if (reason && strcmp(reason, "length") == 0) return "length";
    if (reason && strcmp(reason, "content_filter") == 0) return "filter";
    return "end";
}

/* prompt_tokens has those from the cache and those written to it within it. */
static void read_usage(const struct nd_json *reported, struct nd_usage *usage)
{
    const struct nd_json *details = nd_json_get(reported, "prompt_tokens_details");
    usage->input = nd_json_get_int(reported, "prompt_tokens", -1);
    usage->output = nd_json_get_int(reported, "completion_tokens", -1);
    usage->cached = nd_json_get_int(details, "cached_tokens", 0);
    usage->cache_write = nd_json_get_int(details, "cache_write_tokens", -1);
    /* some count hidden reasoning in the total alone */
    int64_t total = nd_json_get_int(reported, "total_tokens", 0);
    if (usage->input >= 0 && usage->output >= 0 && total - usage->input > usage->output)
        usage->output = total - usage->input;
}

/* {"choices":[{"message":{"content","tool_calls"},"finish_reason"}],"usage":{…}} */
static bool read(const struct nd_json *whole, struct answer *out)
{
    const struct nd_json *choice = nd_json_first(nd_json_get(whole, "choices"));
    const struct nd_json *message = nd_json_get(choice, "message");
    if (nd_json_kind(message) != ND_JSON_OBJECT) return false;
    read_text(nd_json_get(message, "content"), out);
    read_calls(nd_json_get(message, "tool_calls"), out);
    out->stop = stop_of(choice);
    answer_set_model(out, nd_json_get_str(whole, "model"));
    read_usage(nd_json_get(whole, "usage"), &out->usage);
    return true;
}

const struct provider openai_provider = {
    .name = "openai",
    .home = "https://api.openai.com/v1",
    .url_variable = "OPENAI_BASE_URL",
    .key_variable = "OPENAI_API_KEY",
    .key_header = "Authorization: Bearer ",
    .stream_type = "text/event-stream",
    .forbids_tools = true,
    .schema_with_tools = true,
    .path = path,
    .body = body,
    .assemble = openai_assemble,
    .read = read,
};
