/* Amazon Bedrock: Converse and ConverseStream. */
#include "bedrock_stream.h"
#include "blocks.h"
#include "nightdesk/aws/bedrock.h"
#include "nightdesk/base/alloc.h"
#include "provider.h"

#include <string.h>

static char *path(const char *model, bool streams)
{
    return nd_bedrock_path(model, streams ? "converse-stream" : "converse");
}

/* ---- the request: each union has exactly one member ---- */

static struct nd_json *text_block(struct nd_view text)
{
    struct nd_json *block = nd_json_object();
    nd_json_set_view(block, "text", text);
    return block;
}

static struct nd_json *call_block(const struct nd_json *part)
{
    struct nd_json *block = nd_json_object(), *call = nd_json_set(block, "toolUse", nd_json_object());
    nd_json_set_str(call, "toolUseId", nd_json_get_str(part, "id"));
    nd_json_set_str(call, "name", nd_json_get_str(part, "name"));
    nd_json_set(call, "input", nd_json_copy(nd_json_get(part, "input")));
    return block;
}

static struct nd_json *result_block(const struct nd_json *part)
{
    struct nd_json *block = nd_json_object(), *result = nd_json_set(block, "toolResult", nd_json_object());
    nd_json_set_str(result, "toolUseId", nd_json_get_str(part, "id"));
    nd_json_set_str(result, "status", nd_json_get_bool(part, "is_error", false) ? "error" : "success");
    nd_json_add(nd_json_set(result, "content", nd_json_array()),
                text_block(nd_json_view(nd_json_get(part, "content"))));
    return block;
}

static const struct block_words words = {text_block, call_block, result_block};

static struct nd_json *cache_point(void)
{
    struct nd_json *block = nd_json_object();
    nd_json_set_str(nd_json_set(block, "cachePoint", nd_json_object()), "type", "default");
    return block;
}

static void set_system(struct nd_json *body, const struct nd_json *args, bool keep)
{
    struct nd_view text = blocks_system(nd_json_get(args, "messages"));
    if (!nd_view_trim(text).len) return;
    struct nd_json *system = nd_json_set(body, "system", nd_json_array());
    nd_json_add(system, text_block(text));
    if (keep) nd_json_add(system, cache_point());
}

static void set_tools(struct nd_json *body, const struct nd_json *args)
{
    const struct nd_json *choice = nd_json_get(args, "tool_choice");
    const char *word = nd_json_str(choice), *name = nd_json_get_str(choice, "name");
    if (!nd_json_len(nd_json_get(args, "tools"))) return;
    struct nd_json *config = nd_json_set(body, "toolConfig", nd_json_object());
    struct nd_json *tools = nd_json_set(config, "tools", nd_json_array());
    ND_JSON_EACH(tool, nd_json_get(args, "tools"))
    {
        struct nd_json *spec =
            nd_json_set(nd_json_add(tools, nd_json_object()), "toolSpec", nd_json_object());
        nd_json_set_str(spec, "name", nd_json_get_str(tool, "name"));
        nd_json_set_str(spec, "description", nd_json_get_str(tool, "description"));
        nd_json_set(nd_json_set(spec, "inputSchema", nd_json_object()), "json",
                    nd_json_copy(nd_json_get(tool, "schema")));
    }
    if (!word && !name) return;
    struct nd_json *how = nd_json_set(config, "toolChoice", nd_json_object());
    if (word) nd_json_set(how, strcmp(word, "required") == 0 ? "any" : "auto", nd_json_object());
    if (name) nd_json_set_str(nd_json_set(how, "tool", nd_json_object()), "name", name);
}

/* The schema travels as a string. */
static void set_schema(struct nd_json *body, const struct nd_json *args)
{
    const struct nd_json *schema = nd_json_get(args, "schema");
    const char *name = nd_json_get_str(args, "schema_name");
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    if (!schema) return;
    nd_json_print(schema, &text);
    struct nd_json *format =
        nd_json_set(nd_json_set(body, "outputConfig", nd_json_object()), "textFormat", nd_json_object());
    nd_json_set_str(format, "type", "json_schema");
    struct nd_json *inner =
        nd_json_set(nd_json_set(format, "structure", nd_json_object()), "jsonSchema", nd_json_object());
    nd_json_set_view(inner, "schema", nd_bytes_view(&text));
    nd_json_set_str(inner, "name", name ? name : "answer");
    nd_bytes_release(&text);
}

static void body(const struct asked *asked, const struct nd_json *args, struct nd_json *body)
{
    bool keep = asked->traits->cache_points && blocks_go_on(args);
    set_system(body, args, keep);
    nd_json_set(
        body, "messages",
        blocks_messages(&words, asked->by, nd_json_get(args, "messages"), keep ? cache_point() : NULL));
    struct nd_json *inference = nd_json_set(body, "inferenceConfig", nd_json_object());
    nd_json_set_int(inference, "maxTokens", nd_json_get_int(args, "max_tokens", 1));
    if (asked->traits->temperature) nd_json_set_int(inference, "temperature", 0);
    set_tools(body, args);
    set_schema(body, args);
    /* the tier that the prices are of */
    nd_json_set_str(nd_json_set(body, "serviceTier", nd_json_object()), "type", "default");
}

/* ---- counting ---- */

static bool is_region(struct nd_view word)
{
    static const char *const regions[] = {"us", "eu", "apac", "jp", "au", "ca", "us-gov", "global"};
    for (size_t i = 0; i < sizeof regions / sizeof *regions; i++)
        if (nd_view_is(word, regions[i])) return true;
    return false;
}

/* Tokens are counted for foundation models: a profile that bears a model's name stands for it. */
static char *count_path(const char *model)
{
    const char *slash = strrchr(model, '/');
    bool arn = nd_view_starts(nd_view_of(model), "arn:");
    if (arn && (!slash || strstr(model, ":application-inference-profile/"))) return NULL;
    struct nd_view name = nd_view_of(arn ? slash + 1 : model);
    size_t dot = nd_view_find(name, ND_VIEW("."), 0);
    if (dot != SIZE_MAX && is_region(nd_view_sub(name, 0, dot))) name = nd_view_sub(name, dot + 1, name.len);
    char *id = nd_strndup(name.data, name.len), *path = nd_bedrock_path(id, "count-tokens");
    nd_free(id);
    return path;
}

/* A schema does not travel with it. */
static void count_body(const struct asked *asked, const struct nd_json *args, struct nd_json *body,
                       size_t *uncounted)
{
    struct nd_json *input = nd_json_set(body, "input", nd_json_object());
    struct nd_json *converse = nd_json_set(input, "converse", nd_json_object());
    set_system(converse, args, false);
    nd_json_set(converse, "messages",
                blocks_messages(&words, asked->by, nd_json_get(args, "messages"), NULL));
    set_tools(converse, args);
    *uncounted = nd_model_form_bytes(nd_json_get(args, "schema"));
}

static int64_t read_count(const struct nd_json *whole)
{
    return nd_json_get_int(whole, "inputTokens", -1);
}

/* ---- the answer ---- */

static void read_block(const struct nd_json *block, struct answer *out)
{
    const struct nd_json *call = nd_json_get(block, "toolUse"), *text = nd_json_get(block, "text");
    if (call) {
        answer_add_call(out, nd_json_get_str(call, "toolUseId"), nd_json_get_str(call, "name"),
                        nd_json_get(call, "input"));
    } else if (text) {
        answer_add_text(out, nd_json_view(text));
    } else if (nd_json_kind(block) == ND_JSON_OBJECT) {
        answer_add_thinking(out, block); /* and whatever else only its maker understands */
    }
}

static const char *stop_of(const char *reason)
{
    static const char *const rows[][2] = {{"max_tokens", "length"},
                                          {"model_context_window_exceeded", "length"},
                                          {"guardrail_intervened", "filter"},
                                          {"content_filtered", "filter"}};
    for (size_t i = 0; reason && i < sizeof rows / sizeof *rows; i++)
        if (strcmp(reason, rows[i][0]) == 0) return rows[i][1];
    return "end";
}

/* inputTokens are those beside the cache: what was read from it and written to it is added. */
static void read_usage(const struct nd_json *reported, struct nd_usage *usage)
{
    int64_t fresh = nd_json_get_int(reported, "inputTokens", -1);
    usage->output = nd_json_get_int(reported, "outputTokens", -1);
    usage->cached = nd_json_get_int(reported, "cacheReadInputTokens", 0);
    usage->cache_write = nd_json_get_int(reported, "cacheWriteInputTokens", 0);
    if (usage->cached < 0) usage->cached = 0;
    if (usage->cache_write < 0) usage->cache_write = 0;
    usage->input = fresh < 0 ? -1 : fresh + usage->cached + usage->cache_write;
}

/* {"output":{"message":{"content":[block…]}},"stopReason","usage"} */
static bool read(const struct nd_json *whole, struct answer *out)
{
    const struct nd_json *content =
        nd_json_get(nd_json_get(nd_json_get(whole, "output"), "message"), "content");
    if (nd_json_kind(content) != ND_JSON_ARRAY) return false;
    ND_JSON_EACH(block, content) read_block(block, out);
    out->stop = stop_of(nd_json_get_str(whole, "stopReason"));
    read_usage(nd_json_get(whole, "usage"), &out->usage);
    return true;
}

const struct provider bedrock_provider = {
    .name = "bedrock",
    .url_variable = "AWS_ENDPOINT_URL_BEDROCK_RUNTIME",
    .key_variable = "AWS_BEARER_TOKEN_BEDROCK",
    .key_header = "Authorization: Bearer ",
    .stream_type = "application/vnd.amazon.eventstream",
    .signs = true,
    .path = path,
    .body = body,
    .assemble = bedrock_assemble,
    .count_path = count_path,
    .count_body = count_body,
    .read_count = read_count,
    .read = read,
};
