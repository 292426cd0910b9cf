#include "nightdesk/core/model.h"

#include <string.h>

/* ---- building ---- */

static struct nd_json *message_of(const char *role, struct nd_json *content)
{
    struct nd_json *message = nd_json_object();
    nd_json_set_str(message, "role", role);
    nd_json_set(message, "content", content);
    return message;
}

struct nd_json *nd_model_reply(const struct nd_json *observation)
{
    const struct nd_json *content = nd_json_get(observation, "content");
    if (nd_json_len(content)) return message_of("assistant", nd_json_copy(content));
    struct nd_view said = nd_json_view(nd_json_get(observation, "text"));
    return said.len ? message_of("assistant", nd_json_string_view(said)) : NULL;
}

struct nd_json *nd_model_results(void)
{
    return message_of("user", nd_json_array());
}

void nd_model_add_result(struct nd_json *message, const char *id, const char *text, bool is_error)
{
    struct nd_json *content = nd_json_copy(nd_json_get(message, "content"));
    struct nd_json *part = nd_json_add(content, nd_json_object());
    nd_json_set_str(part, "type", "tool_result");
    nd_json_set_str(part, "id", id);
    nd_json_set_str(part, "content", *text ? text : "(empty)");
    if (is_error) nd_json_set_bool(part, "is_error", true);
    nd_json_set(message, "content", content);
}

/* ---- weighing ---- */

size_t nd_model_form_bytes(const struct nd_json *tools_or_schema)
{
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    if (tools_or_schema) nd_json_print(tools_or_schema, &text);
    size_t len = text.len;
    nd_bytes_release(&text);
    return len;
}

static size_t part_bytes(const struct nd_json *part)
{
    static const char *const texts[] = {"text", "id", "name", "content"};
    size_t len =
        nd_model_form_bytes(nd_json_get(part, "input")) + nd_model_form_bytes(nd_json_get(part, "block"));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        len += nd_json_view(nd_json_get(part, texts[i])).len;
    return len;
}

size_t nd_message_bytes(const struct nd_json *message)
{
    const struct nd_json *content = nd_json_get(message, "content");
    size_t len = nd_json_view(content).len;
    if (nd_json_kind(content) == ND_JSON_ARRAY) ND_JSON_EACH(part, content) len += part_bytes(part);
    return len;
}

size_t nd_model_bytes(const struct nd_json *args)
{
    size_t len =
        nd_model_form_bytes(nd_json_get(args, "tools")) + nd_model_form_bytes(nd_json_get(args, "schema"));
    ND_JSON_EACH(message, nd_json_get(args, "messages")) len += nd_message_bytes(message);
    return len;
}

/* ---- checking ---- */

struct checking {
    const struct nd_json *tools;
    const struct nd_json *calls; /* the parts of the assistant message just before */
    size_t at;                   /* index of the message */
    struct nd_error *err;
};

static bool is_word(const char *text, size_t max, const char *also)
{
    size_t n = 0;
    for (; text && text[n]; n++) {
        char c = text[n];
        bool alnum = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (n >= max || !(alnum || strchr(also, c))) return false;
    }
    return n > 0;
}

bool nd_tool_id_is_valid(const char *id)
{
    return is_word(id, ND_TOOL_ID_MAX, "_.:-");
}

bool nd_tool_is_offered(const struct nd_json *tools, const char *name)
{
    ND_JSON_EACH(tool, tools)
    {
        const char *its = nd_json_get_str(tool, "name");
        if (its && name && strcmp(its, name) == 0) return true;
    }
    return false;
}

bool nd_part_is(const struct nd_json *part, const char *type)
{
    const char *its = nd_json_get_str(part, "type");
    return its && strcmp(its, type) == 0;
}

static enum nd_rc wrong(const struct checking *c, const char *what)
{
    return nd_fail(c->err, ND_BROKEN, "message %zu of a model action %s", c->at, what);
}

static enum nd_rc check_part(const struct checking *c, bool assistant, const struct nd_json *part)
{
    if (nd_part_is(part, "text"))
        return nd_json_get_str(part, "text") ? ND_OK : wrong(c, "has a text part without text");
    if (!assistant) {
        if (!nd_part_is(part, "tool_result")) return wrong(c, "has a part that users do not have");
        return nd_json_view(nd_json_get(part, "content")).len ? ND_OK : wrong(c, "has an empty tool_result");
    }
    if (nd_part_is(part, "thinking"))
        return nd_json_get_str(part, "from") && nd_json_get(part, "block")
                   ? ND_OK
                   : wrong(c, "has thinking of nobody");
    if (!nd_part_is(part, "tool_use")) return wrong(c, "has a part that assistants do not have");
    if (!nd_tool_id_is_valid(nd_json_get_str(part, "id"))) return wrong(c, "has a tool_use without an id");
    if (nd_json_kind(nd_json_get(part, "input")) != ND_JSON_OBJECT)
        return wrong(c, "has a tool_use whose input is no object");
    return nd_tool_is_offered(c->tools, nd_json_get_str(part, "name"))
               ? ND_OK
               : wrong(c, "uses a tool that is not offered");
}

static const struct nd_json *next_of_type(const struct nd_json *part, const char *type)
{
    while (part && !nd_part_is(part, type)) part = nd_json_next(part);
    return part;
}

/* Every call of the message before has its result here, first and in order. */
static enum nd_rc check_results(const struct checking *c, const struct nd_json *content)
{
    const struct nd_json *result = nd_json_kind(content) == ND_JSON_ARRAY ? nd_json_first(content) : NULL;
    for (const struct nd_json *call = next_of_type(c->calls, "tool_use"); call;
         call = next_of_type(nd_json_next(call), "tool_use")) {
        const char *id = nd_json_get_str(result, "id");
        if (!nd_part_is(result, "tool_result") || !id || strcmp(id, nd_json_get_str(call, "id")) != 0)
            return wrong(c, "does not begin with the results of the calls before it, in their order");
        result = nd_json_next(result);
    }
    return next_of_type(result, "tool_result") ? wrong(c, "has a result of no call") : ND_OK;
}

static enum nd_rc check_message(struct checking *c, const struct nd_json *message, bool *system_may_come)
{
    const char *role = nd_json_get_str(message, "role");
    const struct nd_json *content = nd_json_get(message, "content");
    bool parts = nd_json_kind(content) == ND_JSON_ARRAY && nd_json_len(content) > 0;
    bool assistant = role && strcmp(role, "assistant") == 0, system = role && strcmp(role, "system") == 0;
    if (!assistant && !system && !(role && strcmp(role, "user") == 0)) return wrong(c, "has no role");
    if (!parts && !nd_json_str(content)) return wrong(c, "has no content");
    if (system && (parts || !*system_may_come))
        return wrong(c, "is a system message that is not a text at the start");
    *system_may_come = system;
    enum nd_rc rc = check_results(c, content);
    for (const struct nd_json *part = parts ? nd_json_first(content) : NULL; part && rc == ND_OK;
         part = nd_json_next(part))
        rc = check_part(c, assistant, part);
    c->calls = assistant && parts ? nd_json_first(content) : NULL;
    return rc;
}

static enum nd_rc check_tools(const struct nd_json *args, struct nd_error *err)
{
    const struct nd_json *tools = nd_json_get(args, "tools"), *choice = nd_json_get(args, "tool_choice");
    if (tools && nd_json_kind(tools) != ND_JSON_ARRAY) return nd_fail(err, ND_BROKEN, "tools are no array");
    ND_JSON_EACH(tool, tools)
    if (!is_word(nd_json_get_str(tool, "name"), ND_TOOL_NAME_MAX, "_-") ||
        !nd_json_get_str(tool, "description") || nd_json_kind(nd_json_get(tool, "schema")) != ND_JSON_OBJECT)
        return nd_fail(err, ND_BROKEN,
                       "a tool has no name of [A-Za-z0-9_-]{1,64}, no description or no schema");
    const char *word = nd_json_str(choice), *name = nd_json_get_str(choice, "name");
    bool known =
        word && (strcmp(word, "auto") == 0 || strcmp(word, "none") == 0 || strcmp(word, "required") == 0);
    if (choice && !(nd_json_len(tools) && (known || nd_tool_is_offered(tools, name))))
        return nd_fail(err, ND_BROKEN, "tool_choice is not auto, none, required or the name of a tool");
    return ND_OK;
}

enum nd_rc nd_model_check(const struct nd_json *args, struct nd_error *err)
{
    struct checking c = {.tools = nd_json_get(args, "tools"), .err = err};
    const struct nd_json *messages = nd_json_get(args, "messages");
    bool system_may_come = true;
    enum nd_rc rc = check_tools(args, err);
    if (rc == ND_OK && !nd_json_len(messages)) rc = nd_fail(err, ND_BROKEN, "a model action has no messages");
    for (const struct nd_json *m = nd_json_first(messages); m && rc == ND_OK; m = nd_json_next(m), c.at++)
        rc = check_message(&c, m, &system_may_come);
    if (rc == ND_OK && next_of_type(c.calls, "tool_use"))
        rc = nd_fail(err, ND_BROKEN, "a model action ends with calls that have no results");
    return rc;
}
