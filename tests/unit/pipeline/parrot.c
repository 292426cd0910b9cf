#include "parrot.h"
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/core/model.h"
#include <string.h>

struct nd_json *parrot_says(const char *text)
{
    struct nd_json *seen = nd_json_object();
    nd_json_set_str(seen, "text", text);
    nd_json_set_str(seen, "stop", "end");
    nd_json_set_str(seen, "model", "grey");
    struct nd_json *usage = nd_json_set(seen, "usage", nd_json_object());
    nd_json_set_int(usage, "input", 100);
    nd_json_set_int(usage, "output", 10);
    nd_json_set_int(usage, "cached", 0);
    return seen;
}

struct nd_json *parrot_error(const char *code)
{
    struct nd_json *seen = nd_json_object(), *error = nd_json_set(seen, "error", nd_json_object());
    nd_json_set_str(error, "message", "no");
    nd_json_set_str(error, "code", code);
    return seen;
}

struct nd_json *parrot_calls_tool(const char *name, const char *input)
{
    struct nd_json *seen = parrot_says(""), *args = NULL;
    struct nd_error err = {0};
    nd_ck_ok(nd_json_parse(&args, nd_view_of(input), &err), &err);
    struct nd_json *call = nd_json_add(nd_json_set(seen, "tool_calls", nd_json_array()), nd_json_object());
    struct nd_json *part = nd_json_add(nd_json_set(seen, "content", nd_json_array()), nd_json_object());
    nd_json_set_str(seen, "stop", "tool");
    nd_json_set_str(part, "type", "tool_use");
    struct nd_json *both[] = {call, part};
    for (size_t i = 0; i < 2; i++) {
        nd_json_set_str(both[i], "id", "call_1");
        nd_json_set_str(both[i], "name", name);
        nd_json_set(both[i], "input", nd_json_copy(args));
    }
    nd_json_free(args);
    return seen;
}

/* ---- what it is shown ---- */

static struct nd_view message(const struct nd_json *args, size_t i)
{
    return nd_json_view(nd_json_get(nd_json_at(nd_json_get(args, "messages"), i), "content"));
}

/* The mark of a call: the word that begins with '#' in the system's message. */
static struct nd_view mark_of(const struct nd_json *args)
{
    struct nd_view system = message(args, 0);
    size_t at = nd_view_find(system, ND_VIEW("#"), 0);
    return nd_view_sub(system, at, at + 9);
}

bool parrot_line(const struct nd_json *args, size_t k, char id[32], struct nd_view *text)
{
    struct nd_view ask = message(args, 1), mark = mark_of(args);
    for (size_t at = 0; at < ask.len;) {
        size_t end = nd_view_find(ask, ND_VIEW("\n"), at);
        if (end == SIZE_MAX) end = ask.len;
        struct nd_view line = nd_view_sub(ask, at, end);
        at = end + 1;
        if (!nd_view_eq(nd_view_sub(line, 0, mark.len), mark) || k-- > 0) continue;
        size_t colon = nd_view_find(line, ND_VIEW(": "), 0);
        struct nd_view name = nd_view_sub(line, mark.len + 1, colon);
        ck_assert_uint_lt(name.len, 32);
        memcpy(id, name.data, name.len);
        id[name.len] = 0;
        *text = nd_view_sub(line, colon + 2, line.len);
        return true;
    }
    return false;
}

bool parrot_was_shown(const struct parrot *parrot, size_t from, const char *text)
{
    bool found = false;
    for (size_t i = from; i < parrot->n && !found; i++) {
        struct nd_bytes all = ND_BYTES(ND_BYTES_MAX);
        nd_json_print(nd_json_get(parrot->asked[i], "messages"), &all);
        found = nd_view_find(nd_bytes_view(&all), nd_view_of(text), 0) != SIZE_MAX;
        nd_bytes_release(&all);
    }
    return found;
}

size_t parrot_calls(const struct parrot *parrot, const char *job)
{
    size_t n = 0;
    for (size_t i = 0; i < parrot->n; i++) n += strcmp(nd_json_get_str(parrot->asked[i], "job"), job) == 0;
    return n;
}

/* ---- its usual answers ---- */

static void add_plan(struct nd_json *out)
{
    static const char *const titles[] = {"Swarming of colonies", "Feeding of colonies",
                                         "Varroa mites of colonies"};
    struct nd_json *list = nd_json_set(out, "sub_topics", nd_json_array());
    for (size_t i = 0; i < 3; i++) {
        struct nd_json *one = nd_json_add(list, nd_json_object());
        nd_json_set_str(one, "title", titles[i]);
        nd_json_set_str(one, "question", "What should a beekeeper know about it?");
        nd_json_set_str(one, "words", "bee colonies");
    }
}

/* {"sentences": [{"text": "Indeed, …", "evidence": ["e1"]}]}, and the like of findings */
static void add_sentences(const struct nd_json *args, struct nd_json *out, const char *list_name,
                          const char *ids_name)
{
    struct nd_json *list = nd_json_set(out, list_name, nd_json_array());
    struct nd_view text;
    char id[32];
    for (size_t k = 0; parrot_line(args, k, id, &text) && k < 8; k++) {
        struct nd_json *one = nd_json_add(list, nd_json_object());
        char *sentence = nd_sprintf("Indeed, %.*s", (int)text.len, text.data);
        nd_json_set_str(one, "text", sentence);
        nd_json_add_str(nd_json_set(one, ids_name, nd_json_array()), id);
        nd_free(sentence);
    }
}

static void add_verdicts(const struct nd_json *args, struct nd_json *out)
{
    struct nd_json *list = nd_json_set(out, "verdicts", nd_json_array());
    struct nd_view text;
    char id[32];
    for (size_t k = 0; parrot_line(args, k, id, &text); k++) {
        char *blank = strchr(id, ' ');
        if (!blank || strcmp(blank, " statement") != 0) continue;
        *blank = 0;
        struct nd_json *one = nd_json_add(list, nd_json_object());
        nd_json_set_str(one, "id", id);
        nd_json_set_str(one, "support", "yes");
    }
}

/* Notes the first four texts that it is shown, then finishes. */
static struct nd_json *research(const struct nd_json *args)
{
    struct nd_bytes notes = ND_BYTES(ND_MIB);
    struct nd_view line;
    char id[32];
    if (nd_json_len(nd_json_get(args, "messages")) > 2)
        return parrot_calls_tool("finish", "{\"found\": true, \"missing\": \"\"}");
    for (size_t k = 0, n = 0; n < 4 && parrot_line(args, k, id, &line); k++)
        if (id[0] == 's')
            nd_bytes_addf(&notes, "%s{\"ids\": [\"%s\"], \"quote\": \"\"}", n++ ? ", " : "", id);
    char *input = nd_sprintf("{\"notes\": [%s]}", nd_bytes_view(&notes).data);
    struct nd_json *seen = notes.len ? parrot_calls_tool("note", input)
                                     : parrot_calls_tool("finish", "{\"found\": false, \"missing\": \"\"}");
    nd_bytes_release(&notes);
    nd_free(input);
    return seen;
}

static struct nd_json *usual(const char *job, const struct nd_json *args)
{
    struct nd_json *out = nd_json_object();
    struct nd_bytes text = ND_BYTES(ND_MIB);
    if (strcmp(job, "research") == 0) {
        nd_json_free(out);
        return research(args);
    }
    if (strcmp(job, "plan") == 0) add_plan(out);
    if (strcmp(job, "points") == 0) nd_json_set(out, "points", nd_json_array());
    if (strcmp(job, "draft") == 0) add_sentences(args, out, "sentences", "evidence");
    if (strcmp(job, "synthesize") == 0) add_sentences(args, out, "findings", "statements");
    if (strcmp(job, "judge") == 0) add_verdicts(args, out);
    nd_json_print(out, &text);
    nd_json_free(out);
    struct nd_json *seen = parrot_says(text.data);
    nd_bytes_release(&text);
    return seen;
}

static struct nd_json *answer(void *ctx, const struct nd_json *args)
{
    struct parrot *parrot = ctx;
    const char *job = nd_json_get_str(args, "job");
    unsigned n = (unsigned)parrot_calls(parrot, job);
    struct nd_error err = {0};
    ck_assert_uint_lt(parrot->n, PARROT_CALLS);
    if (strcmp(job, "ground") == 0) { /* a guardrail is no model, and finds nothing */
        parrot->asked[parrot->n++] = nd_json_copy(args);
        return nd_json_object();
    }
    ck_assert_int_ge(nd_json_get_int(args, "max_tokens", 0), 1);
    if (nd_json_get(args, "schema")) ck_assert_str_eq(nd_json_get_str(args, "schema_name"), job);
    nd_ck_ok(nd_model_check(args, &err), &err);
    parrot->asked[parrot->n++] = nd_json_copy(args);
    if (parrot->elsewhere && nd_json_get_bool(args, "private", false)) return parrot_error(ND_MODEL_PRIVATE);
    struct nd_json *said = parrot->say ? parrot->say(parrot->ctx, job, n, args) : NULL;
    if (!said) said = usual(job, args);
    const char *by =
        nd_view_is(nd_json_view(nd_json_get(args, "role")), "read") ? parrot->reader : parrot->writer;
    if (!nd_json_get(said, "error")) nd_json_set_str(said, "by", by ? by : "parrot:grey");
    return said;
}

void parrot_open(struct parrot *parrot, struct bees *b, const char *request)
{
    bees_open(b, request);
    b->rehearsal.model = answer;
    b->rehearsal.model_ctx = parrot;
}

void parrot_make_local(struct bees *b, size_t n)
{
    struct nd_json *sources = nd_json_object(), *list = nd_json_array();
    nd_json_set_str(sources, "schema", "nightdesk.sources/1");
    ND_JSON_EACH(source, nd_json_get(b->sources, "sources"))
    {
        struct nd_json *copy = nd_json_add(list, nd_json_copy(source));
        if (nd_json_get_int(source, "n", 0) == (int64_t)n) nd_json_set_bool(copy, "local", true);
    }
    nd_json_set(sources, "sources", list);
    nd_json_free(b->sources);
    b->sources = sources;
}

void parrot_close(struct parrot *parrot)
{
    for (size_t i = 0; i < parrot->n; i++) nd_json_free(parrot->asked[i]);
}
