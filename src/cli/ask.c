#include "ask.h"
#include "kb.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include "nightdesk/base/host.h"
#include "nightdesk/base/text.h"
#include "nightdesk/core/kb.h"
#include "nightdesk/document/document.h"
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

enum { LIST_FILE_MAX_BYTES = 1 << 20 };

/* Which option sets which member; group NULL: of the request itself. */
static const struct {
    enum option_id id;
    const char *group, *member;
} members[] = {
    {OPT_DOCS, "documents", "roots"},
    {OPT_INCLUDE, "documents", "include"},
    {OPT_EXCLUDE, "documents", "exclude"},
    {OPT_LOCAL, "documents", "local"},
    {OPT_CONFIDENTIAL, "documents", "confidential"},
    {OPT_QUESTION, NULL, "questions"},
    {OPT_MUST_COVER, NULL, "must_cover"},
    {OPT_FORBID, NULL, "forbidden_terms"},
    {OPT_SUB_TOPICS, NULL, "sub_topics"},
    {OPT_LENGTH, NULL, "length"},
    {OPT_LANGUAGE, NULL, "language"},
    {OPT_AUDIENCE, NULL, "audience"},
    {OPT_TONE, NULL, "tone"},
    {OPT_HOUSE_STYLE, NULL, "house_style"},
    {OPT_CITATION_STYLE, NULL, "citation_style"},
    {OPT_OUTPUT, NULL, "outputs"},
    {OPT_SEARCH, "web", "search"},
    {OPT_URL, "web", "urls"},
    {OPT_KB, NULL, "kbs"},
    {OPT_SAFETY, NULL, "safety"},
    {OPT_MODEL, NULL, "writer"},
    {OPT_READ_MODEL, NULL, "read_model"},
    {OPT_FALLBACK_MODEL, NULL, "fallback_model"},
    {OPT_GUARDRAIL, NULL, "guardrail"},
    {OPT_CONTEXT, NULL, "context_tokens"},
    {OPT_BUDGET, "limits", "budget_usd"},
    {OPT_MAX_TOOL_CALLS, "limits", "tool_calls_per_lane"},
    {OPT_MAX_RUN_TOOL_CALLS, "limits", "tool_calls_per_run"},
    {OPT_MAX_LANE_STEPS, "limits", "steps_per_lane"},
    {OPT_MAX_TIME, "limits", "wall_seconds"},
    {OPT_MAX_FAILED_INPUTS, "limits", "max_failed_inputs_percent"},
    {OPT_APPROVE, NULL, "approve"},
    {OPT_ASK, NULL, "ask"},
};

/* Adds each line of text that is not empty. */
static void add_lines(struct nd_json *array, struct nd_view text)
{
    for (size_t start = 0; start < text.len;) {
        size_t end = nd_view_find(text, ND_VIEW("\n"), start);
        if (end == SIZE_MAX) end = text.len;
        struct nd_view line = nd_view_trim(nd_view_sub(text, start, end));
        if (line.len > 0) nd_json_add(array, nd_json_string_view(line));
        start = end + 1;
    }
}

static enum nd_rc read_stdin(struct nd_bytes *out, struct nd_error *err)
{
    char block[4096];
    ssize_t got = 0;
    while ((got = read(STDIN_FILENO, block, sizeof block)) > 0) nd_bytes_add(out, block, (size_t)got);
    if (got < 0) return nd_fail(err, ND_BAD_INPUT, "standard input cannot be read: %s", strerror(errno));
    return out->over
               ? nd_fail(err, ND_BAD_INPUT, "standard input has more than %d bytes", LIST_FILE_MAX_BYTES)
               : ND_OK;
}

/* A list, with '-' of --docs (paths on standard input) and @FILE of --url put in their places. */
static enum nd_rc list_json(enum option_id id, const struct nd_strings *values, struct nd_json **out,
                            struct nd_error *err)
{
    struct nd_json *array = nd_json_array();
    enum nd_rc rc = ND_OK;
    for (size_t i = 0; i < values->n && rc == ND_OK; i++) {
        const char *value = values->v[i];
        struct nd_bytes text = ND_BYTES(LIST_FILE_MAX_BYTES);
        if (id == OPT_DOCS && strcmp(value, "-") == 0) {
            rc = read_stdin(&text, err);
            add_lines(array, nd_bytes_view(&text));
        } else if (id == OPT_URL && value[0] == '@') {
            rc = nd_file_read(value + 1, &text, err);
            if (rc != ND_OK) (void)nd_while(err, "while reading the addresses of '--url %.100s'", value);
            add_lines(array, nd_bytes_view(&text));
        } else {
            nd_json_add_str(array, value);
        }
        nd_bytes_release(&text);
    }
    if (rc == ND_OK) {
        *out = array;
    } else {
        nd_json_free(array);
    }
    return rc;
}

static enum nd_rc value_json(const struct settings *s, enum option_id id, struct nd_json **out,
                             struct nd_error *err)
{
    const struct option *o = &options[id];
    if (o->flags & OPTION_MANY) return list_json(id, setting_texts(s, id), out, err);
    switch (o->kind) {
    case OPTION_FLAG:
        *out = nd_json_boolean(setting_flag(s, id));
        break;
    case OPTION_NUMBER:
    case OPTION_PERCENT:
        *out = nd_json_integer(setting_number(s, id, 0));
        break;
    default:
        *out = nd_json_string(setting_text(s, id));
        break;
    }
    return ND_OK;
}

/* The object that holds a member; NULL when the file has something else in its place, which parsing will
 * refuse. */
static struct nd_json *group_of(struct nd_json *request, const char *group)
{
    if (!group) return request;
    const struct nd_json *found = nd_json_get(request, group);
    if (found && nd_json_kind(found) != ND_JSON_OBJECT) return NULL;
    struct nd_json *copy = found ? nd_json_copy(found) : nd_json_object();
    return nd_json_set(request, group, copy);
}

static enum nd_rc add_settings(const struct settings *s, struct nd_json *request, struct nd_error *err)
{
    enum nd_rc rc = ND_OK;
    for (size_t i = 0; i < sizeof members / sizeof *members && rc == ND_OK; i++) {
        enum option_id id = members[i].id;
        if (!setting_given(s, id)) continue;
        struct nd_json *object = group_of(request, members[i].group);
        if (!object) continue;
        bool in_file = nd_json_get(object, members[i].member) != NULL;
        if (in_file && s->v[id].origin != FROM_COMMAND_LINE) continue;
        struct nd_json *value = NULL;
        rc = value_json(s, id, &value, err);
        if (rc == ND_OK) nd_json_set(object, members[i].member, value);
    }
    return rc;
}

/* Roots become absolute, so that the run can go on from any folder; those of a file count from the file's
 * folder. */
static void make_absolute(struct nd_json *request, const char *base)
{
    const struct nd_json *documents = nd_json_get(request, "documents"),
                         *roots = nd_json_get(documents, "roots");
    if (nd_json_kind(documents) != ND_JSON_OBJECT || nd_json_kind(roots) != ND_JSON_ARRAY) return;
    struct nd_json *absolute = nd_json_array();
    ND_JSON_EACH(item, roots)
    {
        const char *root = nd_json_str(item);
        bool relative = root && root[0] != '\0' && root[0] != '/' && !strstr(root, "://");
        char *joined = relative ? nd_path_join(base, root) : NULL;
        nd_json_add(absolute, joined ? nd_json_string(joined) : nd_json_copy(item));
        nd_free(joined);
    }
    nd_json_set(group_of(request, "documents"), "roots", absolute);
}

/* The folder of a file, from anywhere; caller frees. */
static char *folder_of(const char *here, const char *path)
{
    const char *slash = strrchr(path, '/');
    char *folder = slash ? nd_strndup(path, (size_t)(slash - path) + 1) : nd_strdup(here);
    char *whole = folder[0] == '/' ? nd_strdup(folder) : nd_path_join(here, folder);
    nd_free(folder);
    return whole;
}

static void make_absolute_from_file(struct nd_json *request, const char *here, const char *path)
{
    char *base = folder_of(here, path);
    make_absolute(request, base);
    nd_free(base);
}

enum nd_rc ask_request_in(struct nd_json *json, const char *path, char *const *environment,
                          struct nd_request **out, struct nd_error *err)
{
    char here[PATH_MAX];
    if (!getcwd(here, sizeof here))
        return nd_fail(err, ND_BAD_INPUT, "the current folder does not exist any more");
    make_absolute_from_file(json, here, path);
    enum nd_rc rc = kb_resolve(json, environment, err);
    return rc == ND_OK ? nd_request_parse(out, json, err) : rc;
}

static enum nd_rc load_file(const char *path, struct nd_json **out, struct nd_error *err)
{
    struct nd_bytes text = ND_BYTES(ND_REQUEST_MAX_BYTES);
    enum nd_rc rc = nd_file_read(path, &text, err);
    if (rc == ND_OVER_LIMIT) rc = err->rc = ND_BAD_INPUT;
    if (rc == ND_OK) rc = nd_json_parse(out, nd_bytes_view(&text), err);
    if (rc == ND_OK && nd_json_kind(*out) != ND_JSON_OBJECT) {
        rc = nd_fail(err, ND_BAD_INPUT, "a request is %s, wanted an object",
                     nd_json_kind_word(nd_json_kind(*out)));
    }
    if (rc != ND_OK) {
        (void)nd_while(err, "while reading the request '%.150s'", path);
        nd_json_free(*out);
        *out = NULL;
    }
    nd_bytes_release(&text);
    return rc;
}

/* A reason names the member that is wrong ("'limits.budget_usd' is …"); who set it by an option knows that by
 * the option's name, or by the variable or the line of a file that it came from. */
static void name_where(const struct settings *s, bool from_file, struct nd_error *err)
{
    char reason[ND_ERROR_NOTE_BYTES];
    (void)snprintf(reason, sizeof reason, "%s", err->note[0]);
    for (size_t i = 0; i < sizeof members / sizeof *members; i++) {
        const struct setting *set = &s->v[members[i].id];
        char name[64];
        int len = snprintf(name, sizeof name, "'%s%s%s", members[i].group ? members[i].group : "",
                           members[i].group ? "." : "", members[i].member);
        bool counts = set->origin == FROM_COMMAND_LINE || (set->origin != FROM_DEFAULT && !from_file);
        if (!counts || strncmp(reason, name, (size_t)len) != 0 || !strchr("'[", reason[len])) continue;
        const char *rest = strchr(reason + len, '\'');
        if (rest) (void)snprintf(err->note[0], sizeof err->note[0], "'%.80s%.150s", set->where, rest);
        return;
    }
}

enum nd_rc ask_request(const struct settings *s, const char *topic, struct nd_request **out,
                       struct nd_error *err)
{
    const char *path = setting_text(s, OPT_REQUEST);
    struct nd_json *json = NULL;
    char here[PATH_MAX];
    if (!getcwd(here, sizeof here))
        return nd_fail(err, ND_BAD_INPUT, "the current folder does not exist any more");
    enum nd_rc rc = path ? load_file(path, &json, err) : ND_OK;
    if (rc == ND_OK && !json) json = nd_json_object();
    if (rc == ND_OK && path) make_absolute_from_file(json, here, path);
    if (rc == ND_OK && topic && !nd_utf8_valid(nd_view_of(topic)))
        rc = nd_fail(err, ND_BAD_INPUT, "the topic is not UTF-8: '%.100s'", topic);
    if (rc == ND_OK && topic) nd_json_set_str(json, "topic", topic);
    if (rc == ND_OK && !nd_json_get(json, "topic")) {
        rc =
            nd_fail(err, ND_BAD_INPUT, "no topic: give it as an argument, or as 'topic' in a --request file");
    }
    if (rc == ND_OK) rc = add_settings(s, json, err);
    if (rc == ND_OK) make_absolute(json, here);
    if (rc == ND_OK) rc = kb_resolve(json, s->environment, err);
    if (rc == ND_OK) {
        rc = nd_request_parse(out, json, err);
        if (rc != ND_OK) name_where(s, path != NULL, err);
        if (rc != ND_OK && path) (void)nd_while(err, "while checking the request '%.150s'", path);
    }
    nd_json_free(json);
    return rc;
}

/* Sorts by time. */
static enum nd_rc make_run_id(const struct nd_host *host, char out[ND_RUN_ID_BYTES], struct nd_error *err)
{
    char time[ND_TIME_BYTES], random[33];
    enum nd_rc rc = nd_random_id(host, random, err);
    if (rc != ND_OK) return rc;
    nd_time_format(host->now_ms(host->ctx), time);
    (void)snprintf(out, ND_RUN_ID_BYTES, "%.4s%.2s%.2s-%.2s%.2s%.2s-%.6s", time, time + 5, time + 8,
                   time + 11, time + 14, time + 17, random);
    return ND_OK;
}

enum nd_rc ask_run_id(const struct settings *s, const struct nd_host *host, char out[ND_RUN_ID_BYTES],
                      struct nd_error *err)
{
    const char *given = setting_text(s, OPT_RUN_ID);
    if (!given) return make_run_id(host, out, err);
    if (!nd_run_id_valid(given))
        return nd_fail(err, ND_BAD_INPUT, "'--run-id' is '%.80s', wanted 1-64 of [0-9A-Za-z_-]", given);
    (void)snprintf(out, ND_RUN_ID_BYTES, "%s", given);
    return ND_OK;
}

/* ---- what can be known to be wrong before anything is started ---- */

static enum nd_rc check_root(const char *root, struct nd_error *err)
{
    if (strncmp(root, "s3://", 5) == 0) {
        return nd_fail(err, ND_BAD_INPUT, "'%.150s': this version reads files and folders, not S3", root);
    }
    if (access(root, F_OK) != 0) return nd_fail(err, ND_BAD_INPUT, "'%.150s' does not exist", root);
    if (access(root, nd_file_is_dir(root) ? R_OK | X_OK : R_OK) != 0) {
        return nd_fail(err, ND_BAD_INPUT, "'%.150s' cannot be read: %s", root, strerror(errno));
    }
    return ND_OK;
}

enum nd_rc ask_inputs(const struct nd_request *request, struct nd_inputs *out, struct nd_error *err)
{
    enum nd_rc rc = ND_OK;
    for (size_t i = 0; i < request->roots.n && rc == ND_OK; i++) rc = check_root(request->roots.v[i], err);
    bool elsewhere = request->search || request->urls.n > 0 || nd_kbs_elsewhere(request) > 0;
    if (rc == ND_OK && request->roots.n == 0 && !request->listing && !elsewhere) {
        rc = nd_fail(
            err, ND_BAD_INPUT,
            "nothing to read: name files or folders with --docs, a knowledge base with --kb, pages with "
            "--url, or a search service with --search");
    }
    if (rc == ND_OK && nd_inputs_elsewhere(request)) {
        *out = (struct nd_inputs){.v = NULL};
        return ND_OK;
    }
    return rc == ND_OK ? nd_inputs_list(out, request, NULL, NULL, err) : rc;
}

enum nd_rc ask_check_inputs(const struct nd_request *request, size_t *reports, struct nd_error *err)
{
    struct nd_inputs inputs = {.v = NULL};
    enum nd_rc rc = ask_inputs(request, &inputs, err);
    *reports = inputs.reports;
    nd_inputs_release(&inputs);
    return rc;
}
