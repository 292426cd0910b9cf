/* Anthropic's Messages. */
#include "anthropic_stream.h"
#include "blocks.h"
#include "nightdesk/base/alloc.h"
#include "provider.h"

#include <string.h>

static char *path(const char *model, bool streams)
{
    (void)model, (void)streams;
    return nd_strdup("/messages");
}

/* ---- the request ---- */

static struct nd_json *typed(const char *type)
{
    struct nd_json *block = nd_json_object();
    nd_json_set_str(block, "type", type);
    return block;
}

static struct nd_json *text_block(struct nd_view text)
{
    struct nd_json *block = typed("text");
    nd_json_set_view(block, "text", text);
    return block;
}

static struct nd_json *call_block(const struct nd_json *part)
{
    struct nd_json *block = typed("tool_use");
    nd_json_set_str(block, "id", nd_json_get_str(part, "id"));
    nd_json_set_str(block, "name", nd_json_get_str(part, "name"));
    nd_json_set(block, "input", nd_json_copy(nd_json_get(part, "input")));
    return block;
}

static struct nd_json *result_block(const struct nd_json *part)
{
    struct nd_json *block = typed("tool_result");
    nd_json_set_str(block, "tool_use_id", nd_json_get_str(part, "id"));
    nd_json_set_view(block, "content", nd_json_view(nd_json_get(part, "content")));
    if (nd_json_get_bool(part, "is_error", false)) nd_json_set_bool(block, "is_error", true);
    return block;
}

static const struct block_words words = {text_block, call_block, result_block};

/* The tools and the system text before it are kept in the cache, and (mark at the top level) all that
 * follows. */
static void set_system(struct nd_json *body, const struct nd_json *args, bool keep)
{
    struct nd_view text = blocks_system(nd_json_get(args, "messages"));
    if (!nd_view_trim(text).len) return;
    struct nd_json *block = nd_json_add(nd_json_set(body, "system", nd_json_array()), text_block(text));
    if (keep) nd_json_set(block, "cache_control", typed("ephemeral"));
}

static void set_tools(struct nd_json *body, const struct nd_json *args)
{
    const struct nd_json *choice = nd_json_get(args, "tool_choice");
    const char *word = nd_json_str(choice), *name = nd_json_get_str(choice, "name");
    if (!nd_json_len(nd_json_get(args, "tools"))) return;
    struct nd_json *tools = nd_json_set(body, "tools", nd_json_array());
    ND_JSON_EACH(tool, nd_json_get(args, "tools"))
    {
        struct nd_json *row = nd_json_add(tools, nd_json_object());
        nd_json_set_str(row, "name", nd_json_get_str(tool, "name"));
        nd_json_set_str(row, "description", nd_json_get_str(tool, "description"));
        nd_json_set(row, "input_schema", nd_json_copy(nd_json_get(tool, "schema")));
    }
    if (word) nd_json_set(body, "tool_choice", typed(strcmp(word, "required") == 0 ? "any" : word));
    if (name) nd_json_set_str(nd_json_set(body, "tool_choice", typed("tool")), "name", name);
}

static void set_schema(struct nd_json *body, const struct nd_json *args)
{
    const struct nd_json *schema = nd_json_get(args, "schema");
    if (!schema) return;
    struct nd_json *format =
        nd_json_set(nd_json_set(body, "output_config", nd_json_object()), "format", typed("json_schema"));
    nd_json_set(format, "schema", nd_json_copy(schema));
}

static void body(const struct asked *asked, const struct nd_json *args, struct nd_json *body)
{
    bool keep = asked->traits->cache_points && blocks_go_on(args);
    nd_json_set_str(body, "model", asked->model);
    nd_json_set_int(body, "max_tokens", nd_json_get_int(args, "max_tokens", 1));
    nd_json_set_str(body, "service_tier", "standard_only"); /* the tier that the prices are of */
    set_system(body, args, keep);
    nd_json_set(body, "messages", blocks_messages(&words, asked->by, nd_json_get(args, "messages"), NULL));
    if (keep) nd_json_set(body, "cache_control", typed("ephemeral"));
    if (asked->traits->temperature) nd_json_set_int(body, "temperature", 0);
    set_tools(body, args);
    set_schema(body, args);
    if (asked->traits->streams) nd_json_set_bool(body, "stream", true);
}

/* ---- the answer ---- */

static void read_block(const struct nd_json *block, struct answer *out)
{
    const char *type = nd_json_get_str(block, "type");
    if (!type) return;
    if (strcmp(type, "text") == 0) {
        answer_add_text(out, nd_json_view(nd_json_get(block, "text")));
    } else if (strcmp(type, "tool_use") == 0) {
        answer_add_call(out, nd_json_get_str(block, "id"), nd_json_get_str(block, "name"),
                        nd_json_get(block, "input"));
    } else {
        answer_add_thinking(out, block); /* and whatever else only its maker understands */
    }
}

static const char *stop_of(const char *reason)
{
    static const char *const rows[][2] = {
        {"max_tokens", "length"}, {"model_context_window_exceeded", "length"}, {"refusal", "filter"}};
    for (size_t i = 0; reason && i < sizeof rows / sizeof *rows; i++)
        if (strcmp(reason, rows[i][0]) == 0) return rows[i][1];
    return "end";
}

/* input_tokens are those beside the cache: what was read from it and written to it is added. */
static void read_usage(const struct nd_json *reported, struct nd_usage *usage)
{
    int64_t fresh = nd_json_get_int(reported, "input_tokens", -1);
    usage->output = nd_json_get_int(reported, "output_tokens", -1);
    usage->cached = nd_json_get_int(reported, "cache_read_input_tokens", 0);
    usage->cache_write = nd_json_get_int(reported, "cache_creation_input_tokens", 0);
    if (usage->cached < 0) usage->cached = 0;
    if (usage->cache_write < 0) usage->cache_write = 0;
    usage->input = fresh < 0 ? -1 : fresh + usage->cached + usage->cache_write;
}

/* {"content":[block…],"stop_reason","usage","model"} */
static bool read(const struct nd_json *whole, struct answer *out)
{
    const struct nd_json *content = nd_json_get(whole, "content");
    if (nd_json_kind(content) != ND_JSON_ARRAY) return false;
    ND_JSON_EACH(block, content) read_block(block, out);
    out->stop = stop_of(nd_json_get_str(whole, "stop_reason"));
    answer_set_model(out, nd_json_get_str(whole, "model"));
    read_usage(nd_json_get(whole, "usage"), &out->usage);
    return true;
}

const struct provider anthropic_provider = {
    .name = "anthropic",
    .home = "https://api.anthropic.com/v1",
    .url_variable = "ANTHROPIC_BASE_URL",
    .key_variable = "ANTHROPIC_API_KEY",
    .key_header = "x-api-key: ",
    .header = "anthropic-version: 2023-06-01",
    .stream_type = "text/event-stream",
    .forbids_tools = true,
    .path = path,
    .body = body,
    .assemble = anthropic_assemble,
    .read = read,
};
