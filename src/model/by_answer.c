#include "by_answer.h"
#include "nightdesk/base/alloc.h"

#include <string.h>

#define ANSWER "answer" /* the tool that is none */

/* ---- telling ---- */

static void tell_tools(const struct nd_json *tools, bool may_answer, struct nd_bytes *out)
{
    nd_bytes_add_str(out, "Each of your answers is one JSON object, {\"call\": {\"tool\": NAME, \"input\": "
                          "INPUT}}, and nothing "
                          "else. The tools are:\n");
    ND_JSON_EACH(tool, tools)
    {
        nd_bytes_addf(out, "- %s: %s\n  INPUT follows this JSON schema: ", nd_json_get_str(tool, "name"),
                      nd_json_get_str(tool, "description"));
        nd_json_print(nd_json_get(tool, "schema"), out);
        nd_bytes_add_char(out, '\n');
    }
    if (may_answer)
        nd_bytes_add_str(out, "- " ANSWER ": when no other tool is needed any more. INPUT is your answer.\n");
}

static void tell_call(const struct nd_json *part, struct nd_bytes *out)
{
    struct nd_json *said = nd_json_object(), *call = nd_json_set(said, "call", nd_json_object());
    nd_json_set_str(call, "tool", nd_json_get_str(part, "name"));
    nd_json_set(call, "input", nd_json_copy(nd_json_get(part, "input")));
    nd_json_print(said, out);
    nd_json_free(said);
}

static void tell_result(const struct nd_json *part, struct nd_bytes *out)
{
    nd_bytes_add_str(out, nd_json_get_bool(part, "is_error", false) ? "The call failed: " : "The result:\n");
    nd_bytes_add_view(out, nd_json_view(nd_json_get(part, "content")));
}

/* A message without parts that says the same. */
static struct nd_json *told(const struct nd_json *message)
{
    const struct nd_json *content = nd_json_get(message, "content");
    if (nd_json_kind(content) != ND_JSON_ARRAY) return nd_json_copy(message);
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    ND_JSON_EACH(part, content)
    {
        if (nd_part_is(part, "thinking")) continue;
        if (text.len) nd_bytes_add_char(&text, '\n');
        if (nd_part_is(part, "tool_use"))
            tell_call(part, &text);
        else if (nd_part_is(part, "tool_result"))
            tell_result(part, &text);
        else
            nd_bytes_add_view(&text, nd_json_view(nd_json_get(part, "text")));
    }
    struct nd_json *plain = nd_json_object();
    nd_json_set_str(plain, "role", nd_json_get_str(message, "role"));
    nd_json_set_view(plain, "content", nd_bytes_view(&text));
    nd_bytes_release(&text);
    return plain;
}

/* ---- the schema ---- */

static struct nd_json *object_schema(const char *const members[], struct nd_json *const schemas[], size_t n)
{
    struct nd_json *schema = nd_json_object();
    nd_json_set_str(schema, "type", "object");
    struct nd_json *properties = nd_json_set(schema, "properties", nd_json_object());
    struct nd_json *required = nd_json_set(schema, "required", nd_json_array());
    for (size_t i = 0; i < n; i++) {
        nd_json_set(properties, members[i], schemas[i]);
        nd_json_add_str(required, members[i]);
    }
    nd_json_set_bool(schema, "additionalProperties", false);
    return schema;
}

static struct nd_json *call_schema(const char *name, struct nd_json *input)
{
    static const char *const members[] = {"tool", "input"};
    struct nd_json *tool = nd_json_object();
    nd_json_set_str(tool, "type", "string");
    nd_json_add_str(nd_json_set(tool, "enum", nd_json_array()), name);
    return object_schema(members, (struct nd_json *const[]){tool, input}, 2);
}

static struct nd_json *answer_schema(const struct nd_json *args)
{
    const struct nd_json *wanted = nd_json_get(args, "schema");
    if (wanted) return call_schema(ANSWER, nd_json_copy(wanted));
    struct nd_json *text = nd_json_object();
    nd_json_set_str(text, "type", "string");
    return call_schema(ANSWER, text);
}

static struct nd_json *turn_schema(const struct nd_json *args, const char *only, bool may_answer)
{
    static const char *const members[] = {"call"};
    struct nd_json *any = nd_json_object(), *choices = nd_json_set(any, "anyOf", nd_json_array());
    ND_JSON_EACH(tool, nd_json_get(args, "tools"))
    {
        const char *name = nd_json_get_str(tool, "name");
        if (!only || strcmp(only, name) == 0)
            nd_json_add(choices, call_schema(name, nd_json_copy(nd_json_get(tool, "schema"))));
    }
    if (may_answer) nd_json_add(choices, answer_schema(args));
    return object_schema(members, (struct nd_json *const[]){any}, 1);
}

struct nd_json *by_answer_args(const struct nd_json *args)
{
    const struct nd_json *choice = nd_json_get(args, "tool_choice");
    const char *word = nd_json_str(choice), *only = nd_json_get_str(choice, "name");
    bool none = word && strcmp(word, "none") == 0,
         may_answer = !only && !(word && strcmp(word, "required") == 0);
    struct nd_json *out = nd_json_object(), *messages = NULL;
    struct nd_bytes told_tools = ND_BYTES(ND_BYTES_MAX);
    ND_JSON_EACH(member, args)
    {
        const char *name = nd_json_name(member);
        bool tools = strcmp(name, "tools") == 0 || strcmp(name, "tool_choice") == 0;
        if (!tools && strcmp(name, "messages") != 0) nd_json_set(out, name, nd_json_copy(member));
    }
    tell_tools(nd_json_get(args, "tools"), may_answer, &told_tools);
    messages = nd_json_set(out, "messages", nd_json_array());
    ND_JSON_EACH(message, nd_json_get(args, "messages")) nd_json_add(messages, told(message));
    if (!none) {
        nd_json_set_view(out, "instruction", nd_bytes_view(&told_tools));
        nd_json_set(out, "schema", turn_schema(args, only, may_answer));
        nd_json_set_str(out, "schema_name", "call");
    }
    nd_bytes_release(&told_tools);
    return out;
}

/* ---- hearing ---- */

/* From the first brace to the last. */
static struct nd_json *object_in(struct nd_view text)
{
    size_t start = nd_view_find(text, ND_VIEW("{"), 0), end = text.len;
    while (end > 0 && text.data[end - 1] != '}') end--;
    struct nd_json *json = NULL;
    if (start != SIZE_MAX && start < end) (void)nd_json_parse(&json, nd_view_sub(text, start, end), NULL);
    return json;
}

static const struct nd_json *first_of(const struct nd_json *object, const char *const names[])
{
    for (; *names; names++)
        if (nd_json_get(object, *names)) return nd_json_get(object, *names);
    return NULL;
}

/* The text becomes what was said inside. */
static void say(struct answer *a, const struct nd_json *input)
{
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    if (nd_json_str(input))
        nd_bytes_add_view(&text, nd_json_view(input));
    else
        nd_json_print(input, &text);
    answer_drop_text(a);
    answer_add_text(a, nd_bytes_view(&text));
    nd_bytes_release(&text);
}

static void lift(struct answer *a, const struct nd_json *said)
{
    static const char *const names[] = {"tool", "name", NULL}, *const inputs[] = {"input", "arguments",
                                                                                  "parameters", NULL};
    const struct nd_json *call = nd_json_get(said, "call") ? nd_json_get(said, "call") : said;
    const struct nd_json *input = first_of(call, inputs);
    const char *name = nd_json_str(first_of(call, names));
    if (!name || !input) return;
    if (strcmp(name, ANSWER) == 0 && !nd_tool_is_offered(a->tools, name)) {
        say(a, input);
    } else if (nd_tool_is_offered(a->tools, name)) {
        answer_drop_text(a);
        if (nd_json_str(input))
            answer_add_call_text(a, NULL, name, nd_json_view(input));
        else
            answer_add_call(a, NULL, name, input);
    }
}

void by_answer_lift(struct answer *a)
{
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    answer_text(a, &text);
    struct nd_json *said = nd_json_len(a->tools) && !answer_calls(a) ? object_in(nd_bytes_view(&text)) : NULL;
    if (said) lift(a, said);
    nd_json_free(said);
    nd_bytes_release(&text);
}
