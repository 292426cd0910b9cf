#include "nightdesk/base/alloc.h"
#include "nightdesk/base/hash.h"
#include "nightdesk/base/text.h"
#include "nightdesk/report/safety.h"
#include "writer_model.h"
#include <string.h>

#define PROMPT_MAX_BYTES ((size_t)64 << 10)
#define LINE_START '\1'

#define PROMPT(name)                                                                                         \
    extern const unsigned char nd_prompt_text_##name[];                                                      \
    extern const size_t nd_prompt_text_##name##_len;
PROMPT(system)
PROMPT(plan)
PROMPT(research)
PROMPT(draft)
PROMPT(synthesize)
PROMPT(judge)
PROMPT(points)
PROMPT(repair)
PROMPT(by_json)
PROMPT(by_tools)

#define ROW(name)                                                                                            \
    {                                                                                                        \
#name, nd_prompt_text_##name, &nd_prompt_text_##name##_len                                           \
    }
static const struct {
    const char *name;
    const unsigned char *text;
    const size_t *len;
} prompts[] = {ROW(system), ROW(plan),   ROW(research), ROW(draft),   ROW(synthesize),
               ROW(judge),  ROW(points), ROW(repair),   ROW(by_json), ROW(by_tools)};

static struct nd_view prompt_named(const char *name)
{
    for (size_t i = 0; i < sizeof prompts / sizeof *prompts; i++)
        if (strcmp(prompts[i].name, name) == 0)
            return (struct nd_view){(const char *)prompts[i].text, *prompts[i].len};
    return (struct nd_view){NULL, 0};
}

bool nd_prompt_shares(struct nd_view text, size_t least)
{
    for (size_t i = 0; i < sizeof prompts / sizeof *prompts; i++)
        if (nd_words_shared(text, prompt_named(prompts[i].name), least)) return true;
    return false;
}

/* ---- sheets ---- */

bool nd_sheet_add(struct nd_sheet *sheet, const char *id, struct nd_view text)
{
    struct nd_bytes shown = ND_BYTES(ND_BYTES_MAX);
    nd_safety_hide(text, &shown); /* a key that a document holds is nobody else's business */
    char *line = nd_answer_line(nd_bytes_view(&shown), ND_SHEET_LINE_BYTES);
    nd_bytes_release(&shown);
    size_t wanted = strlen(id) + strlen(line) + 5 + ND_MARK_BYTES;
    bool fits = *line && sheet->lines.len + wanted <= sheet->lines.max;
    if (fits) nd_bytes_addf(&sheet->lines, "%c %s: %s\n", LINE_START, id, line);
    nd_free(line);
    return fits;
}

/* A text can't hold the hash of a sheet that it is part of, so no text can begin a line as the program does.
 */
void nd_sheet_mark(const struct nd_sheet *sheet, char mark[ND_MARK_BYTES])
{
    char hex[ND_SHA256_HEX];
    nd_sha256_hex(nd_bytes_view(&sheet->lines), hex);
    mark[0] = '#';
    memcpy(mark + 1, hex, ND_MARK_BYTES - 2);
    mark[ND_MARK_BYTES - 1] = 0;
}

char *nd_sheet_marked(const struct nd_sheet *sheet, const char *mark)
{
    struct nd_bytes out = ND_BYTES(PROMPT_MAX_BYTES);
    struct nd_view lines = nd_view_trim(nd_bytes_view(&sheet->lines));
    for (size_t i = 0; i < lines.len; i++) {
        if (lines.data[i] == LINE_START)
            nd_bytes_add_str(&out, mark);
        else
            nd_bytes_add_char(&out, lines.data[i]);
    }
    return nd_bytes_take(&out, NULL);
}

void nd_ask_release(struct nd_ask *ask)
{
    nd_json_free(ask->holes);
    nd_json_free(ask->schema);
    nd_bytes_release(&ask->sheet.lines);
    *ask = (struct nd_ask){0};
}

/* ---- filling ---- */

/* An empty hole that stands alone on its line takes the line with it. */
static size_t past_hole(struct nd_view prompt, size_t start, size_t end, struct nd_view value)
{
    bool alone =
        (start == 0 || prompt.data[start - 1] == '\n') && end < prompt.len && prompt.data[end] == '\n';
    return value.len == 0 && alone ? end + 1 : end;
}

/* Texts are put in once: a hole within a text is no hole. */
static enum nd_rc fill(const char *name, const struct nd_json *holes, char **out, struct nd_error *err)
{
    struct nd_view prompt = prompt_named(name);
    struct nd_bytes text = ND_BYTES(PROMPT_MAX_BYTES);
    for (size_t at = 0; at < prompt.len;) {
        size_t open = nd_view_find(prompt, ND_VIEW("{{"), at),
               close = nd_view_find(prompt, ND_VIEW("}}"), at);
        if (open == SIZE_MAX || close == SIZE_MAX) open = prompt.len;
        nd_bytes_add_view(&text, nd_view_sub(prompt, at, open));
        if (open == prompt.len) break;
        char *hole = nd_view_dup(nd_view_sub(prompt, open + 2, close));
        const struct nd_json *value = nd_json_get(holes, hole);
        enum nd_rc rc =
            nd_json_str(value) ? ND_OK : nd_fail(err, ND_BROKEN, "prompt '%s' wants '%s'", name, hole);
        nd_free(hole);
        if (rc != ND_OK) {
            nd_bytes_release(&text);
            return rc;
        }
        nd_bytes_add_view(&text, nd_json_view(value));
        at = past_hole(prompt, open, close + 2, nd_json_view(value));
    }
    struct nd_view trimmed = nd_view_trim(nd_bytes_view(&text));
    *out = nd_view_dup(trimmed);
    nd_bytes_release(&text);
    return ND_OK;
}

static void add_message(struct nd_json *messages, const char *role, const char *content)
{
    struct nd_json *message = nd_json_add(messages, nd_json_object());
    nd_json_set_str(message, "role", role);
    nd_json_set_str(message, "content", content);
}

enum nd_rc nd_prompt_messages(const char *job, const struct nd_ask *ask, struct nd_json **out,
                              struct nd_error *err)
{
    char mark[ND_MARK_BYTES], *system = NULL, *user = NULL;
    struct nd_json *holes = ask->holes ? nd_json_copy(ask->holes) : nd_json_object();
    nd_sheet_mark(&ask->sheet, mark);
    char *sheet = nd_sheet_marked(&ask->sheet, mark);
    nd_json_set_str(holes, "mark", mark);
    nd_json_set_str(holes, "sheet", sheet);
    nd_json_set_view(holes, "answer", nd_view_trim(prompt_named(ask->by_tools ? "by_tools" : "by_json")));
    enum nd_rc rc = fill("system", holes, &system, err);
    if (rc == ND_OK) rc = fill(job, holes, &user, err);
    if (rc == ND_OK) {
        *out = nd_json_array();
        add_message(*out, "system", system);
        add_message(*out, "user", user);
    }
    nd_free(system);
    nd_free(user);
    nd_free(sheet);
    nd_json_free(holes);
    return rc;
}

enum nd_rc nd_prompt_repair(const char *problem, char **out, struct nd_error *err)
{
    struct nd_json *holes = nd_json_object();
    nd_json_set_str(holes, "problem", problem);
    enum nd_rc rc = fill("repair", holes, out, err);
    nd_json_free(holes);
    return rc;
}

static void add_wish(struct nd_bytes *out, const char *what, const char *value)
{
    if (value && *value) nd_bytes_addf(out, "%s%s: %s", out->len ? "\n" : "", what, value);
}

static void add_wishes(struct nd_bytes *out, const char *what, const struct nd_strings *list)
{
    struct nd_bytes all = ND_BYTES(PROMPT_MAX_BYTES);
    for (size_t i = 0; i < list->n; i++) nd_bytes_addf(&all, "%s%s", i ? "; " : "", list->v[i]);
    add_wish(out, what, all.data);
    nd_bytes_release(&all);
}

char *nd_prompt_wishes(const struct nd_request *request)
{
    struct nd_bytes out = ND_BYTES(PROMPT_MAX_BYTES);
    add_wish(&out, "Readers", request->audience);
    add_wish(&out, "Tone", request->tone);
    add_wish(&out, "House style", request->house_style);
    add_wish(&out, "Language of the report", request->language);
    add_wishes(&out, "Must be covered", &request->must_cover);
    add_wishes(&out, "Words that must not be used", &request->forbidden_terms);
    return nd_bytes_take(&out, NULL);
}

bool nd_prompt_subject(const struct nd_scene *scene, bool open, struct nd_json *holes)
{
    const struct nd_json *spec = scene->lane->spec;
    bool is_private = nd_json_get_bool(spec, "private", false), hidden = is_private && open;
    const char *title = hidden ? scene->request->topic : nd_json_get_str(spec, "title"),
               *question = hidden ? NULL : nd_json_get_str(spec, "question");
    nd_json_set_str(holes, "topic", scene->request->topic);
    nd_json_set_str(holes, "title", title ? title : "");
    nd_json_set_str(holes, "question", question ? question : "");
    return is_private && !hidden;
}

/* ---- schemas ---- */

struct nd_json *nd_schema_object(void)
{
    struct nd_json *object = nd_json_object();
    nd_json_set_str(object, "type", "object");
    nd_json_set(object, "properties", nd_json_object());
    nd_json_set(object, "required", nd_json_array());
    nd_json_set_bool(object, "additionalProperties", false);
    return object;
}

void nd_schema_member(struct nd_json *object, const char *name, struct nd_json *schema)
{
    struct nd_json *members = nd_json_copy(nd_json_get(object, "properties"));
    struct nd_json *required = nd_json_copy(nd_json_get(object, "required"));
    nd_json_set(members, name, schema);
    nd_json_add_str(required, name);
    nd_json_set(object, "properties", members);
    nd_json_set(object, "required", required);
}

struct nd_json *nd_schema_with(const char *name, struct nd_json *schema)
{
    struct nd_json *object = nd_schema_object();
    nd_schema_member(object, name, schema);
    return object;
}

struct nd_json *nd_schema_array(struct nd_json *items, size_t most)
{
    struct nd_json *array = nd_json_object();
    nd_json_set_str(array, "type", "array");
    nd_json_set(array, "items", items);
    nd_json_set_int(array, "maxItems", (int64_t)most);
    return array;
}

struct nd_json *nd_schema_string(void)
{
    struct nd_json *string = nd_json_object();
    nd_json_set_str(string, "type", "string");
    return string;
}

struct nd_json *nd_schema_ids(char letter, size_t n)
{
    struct nd_json *string = nd_schema_string(), *ids = nd_json_set(string, "enum", nd_json_array());
    for (size_t i = 1; i <= n; i++) {
        char *id = nd_sprintf("%c%zu", letter, i);
        nd_json_add_str(ids, id);
        nd_free(id);
    }
    return string;
}
