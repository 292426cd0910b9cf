#include "kb.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include "nightdesk/core/kb.h"
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define KB_SCHEMA "nightdesk.kb/1"
#define KB_SCHEMA_ELSEWHERE "nightdesk.kb/2"
enum { KB_MAX_BYTES = 1 << 20, KBS_MAX = 10000 };

void kb_release(struct kb *kb)
{
    nd_free(kb->name);
    nd_strings_release(&kb->roots);
    nd_strings_release(&kb->elsewhere);
    *kb = (struct kb){.name = NULL};
}

enum nd_rc kb_check_name(const char *name, struct nd_error *err)
{
    if (nd_run_id_valid(name)) return ND_OK;
    return nd_fail(err, ND_BAD_INPUT,
                   "'%.80s' is no name of a knowledge base, wanted 1 to 64 of 0-9, A-Z, a-z, '_' and '-'",
                   name);
}

static enum nd_rc folder_of(char **out, char *const *environment, struct nd_error *err)
{
    char *config = cli_config_path(environment);
    if (!config)
        return nd_fail(err, ND_CONFIG,
                       "knowledge bases are kept in your home folder: set HOME or XDG_CONFIG_HOME");
    *strrchr(config, '/') = '\0';
    *out = nd_path_join(config, "kb");
    nd_free(config);
    return ND_OK;
}

static enum nd_rc path_of(char **out, char *const *environment, const char *name, struct nd_error *err)
{
    char *folder = NULL;
    enum nd_rc rc = kb_check_name(name, err);
    if (rc == ND_OK) rc = folder_of(&folder, environment, err);
    if (rc == ND_OK) *out = nd_sprintf("%s/%s.json", folder, name);
    nd_free(folder);
    return rc;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

enum nd_rc kb_names(struct nd_strings *out, char *const *environment, struct nd_error *err)
{
    char *path = NULL;
    enum nd_rc rc = folder_of(&path, environment, err);
    if (rc != ND_OK) return rc;
    DIR *folder = opendir(path);
    if (!folder && errno != ENOENT)
        rc = nd_fail(err, ND_CONFIG, "'%.150s' cannot be listed: %s", path, strerror(errno));
    for (const struct dirent *e = folder ? readdir(folder) : NULL; e && out->n < KBS_MAX;
         e = readdir(folder)) {
        struct nd_view file = nd_view_of(e->d_name);
        if (!nd_view_ends(file, ".json")) continue;
        char *name = nd_strndup(file.data, file.len - 5);
        if (nd_run_id_valid(name)) nd_strings_add(out, name);
        nd_free(name);
    }
    if (folder) (void)closedir(folder);
    if (out->n > 1) qsort(out->v, out->n, sizeof *out->v, by_name);
    nd_free(path);
    return rc;
}

static enum nd_rc no_such(char *const *environment, const char *name, struct nd_error *err)
{
    struct nd_strings names = {.v = NULL};
    struct nd_bytes list = ND_BYTES(400);
    (void)kb_names(&names, environment, NULL);
    for (size_t i = 0; i < names.n; i++) nd_bytes_addf(&list, "%s%s", i ? ", " : "; there are: ", names.v[i]);
    enum nd_rc rc = nd_fail(err, ND_NOT_FOUND, "there is no knowledge base '%s'%s", name,
                            list.len > 0 ? list.data : ": make one with 'nightdesk kb add NAME PATH'");
    nd_bytes_release(&list);
    nd_strings_release(&names);
    return rc;
}

static enum nd_rc parse_elsewhere(struct kb *out, const struct nd_json *list, struct nd_error *err)
{
    if (nd_json_kind(list) != ND_JSON_ARRAY || nd_json_len(list) > ND_KBS_MAX)
        return nd_fail(err, ND_BAD_INPUT, "'elsewhere' is no list of at most %d addresses", ND_KBS_MAX);
    ND_JSON_EACH(item, list)
    {
        struct nd_kb_address address;
        const char *text = nd_json_str(item);
        if (!text || !nd_kb_split(&address, text))
            return nd_fail(err, ND_BAD_INPUT,
                           "one of 'elsewhere' is no address like bedrock:eu-west-1:ABCDE12345");
        nd_strings_add(&out->elsewhere, text);
    }
    return ND_OK;
}

static enum nd_rc parse(struct kb *out, const struct nd_json *json, struct nd_error *err)
{
    const char *schema = nd_json_get_str(json, "schema");
    const struct nd_json *roots = nd_json_get(json, "roots");
    bool elsewhere = schema && strcmp(schema, KB_SCHEMA_ELSEWHERE) == 0;
    if (!schema || strncmp(schema, "nightdesk.kb/", 13) != 0)
        return nd_fail(err, ND_BAD_INPUT, "'schema' is not '%s'", KB_SCHEMA);
    if (!elsewhere && strcmp(schema, KB_SCHEMA) != 0)
        return nd_fail(err, ND_VERSION, "made by a newer program ('%.40s')", schema);
    if (nd_json_kind(roots) != ND_JSON_ARRAY || nd_json_len(roots) > KB_ROOTS_MAX)
        return nd_fail(err, ND_BAD_INPUT, "'roots' is no list of at most %d paths", KB_ROOTS_MAX);
    ND_JSON_EACH(item, roots)
    {
        const char *root = nd_json_str(item);
        if (!root || root[0] != '/') return nd_fail(err, ND_BAD_INPUT, "a root is no absolute path");
        nd_strings_add(&out->roots, root);
    }
    return elsewhere ? parse_elsewhere(out, nd_json_get(json, "elsewhere"), err) : ND_OK;
}

enum nd_rc kb_load(struct kb *out, char *const *environment, const char *name, struct nd_error *err)
{
    *out = (struct kb){.name = nd_strdup(name)};
    char *path = NULL;
    struct nd_json *json = NULL;
    struct nd_bytes text = ND_BYTES(KB_MAX_BYTES);
    enum nd_rc rc = path_of(&path, environment, name, err);
    if (rc == ND_OK && !nd_file_exists(path)) {
        rc = no_such(environment, name, err);
    } else if (rc == ND_OK) {
        rc = nd_file_read(path, &text, err);
        if (rc == ND_OK) rc = nd_json_parse(&json, nd_bytes_view(&text), err);
        if (rc == ND_OK) rc = parse(out, json, err);
        if (rc != ND_OK) (void)nd_while(err, "while reading the knowledge base '%.150s'", path);
    }
    nd_json_free(json);
    nd_bytes_release(&text);
    nd_free(path);
    if (rc != ND_OK) kb_release(out);
    return rc;
}

static struct nd_json *texts_json(const struct nd_strings *texts)
{
    struct nd_json *array = nd_json_array();
    for (size_t i = 0; i < texts->n; i++) nd_json_add_str(array, texts->v[i]);
    return array;
}

enum nd_rc kb_save(const struct kb *kb, char *const *environment, struct nd_error *err)
{
    char *folder = NULL, *path = NULL;
    enum nd_rc rc = folder_of(&folder, environment, err);
    if (rc == ND_OK) rc = path_of(&path, environment, kb->name, err);
    if (rc == ND_OK) rc = nd_file_mkdirs(folder, err);
    if (rc == ND_OK) {
        struct nd_json *json = nd_json_object();
        struct nd_bytes text = ND_BYTES(KB_MAX_BYTES);
        nd_json_set_str(json, "schema", kb->elsewhere.n > 0 ? KB_SCHEMA_ELSEWHERE : KB_SCHEMA);
        nd_json_set(json, "roots", texts_json(&kb->roots));
        if (kb->elsewhere.n > 0) nd_json_set(json, "elsewhere", texts_json(&kb->elsewhere));
        nd_json_print(json, &text);
        nd_bytes_add_char(&text, '\n');
        rc = text.over ? nd_fail(err, ND_OVER_LIMIT, "the paths of a knowledge base are over %d bytes",
                                 KB_MAX_BYTES)
                       : nd_file_write(path, nd_bytes_view(&text), err);
        nd_bytes_release(&text);
        nd_json_free(json);
    }
    nd_free(path);
    nd_free(folder);
    return rc;
}

enum nd_rc kb_remove(char *const *environment, const char *name, struct nd_error *err)
{
    char *path = NULL;
    enum nd_rc rc = path_of(&path, environment, name, err);
    if (rc == ND_OK && unlink(path) != 0) {
        rc = errno == ENOENT
                 ? no_such(environment, name, err)
                 : nd_fail(err, ND_CONFIG, "'%.150s' cannot be removed: %s", path, strerror(errno));
    }
    nd_free(path);
    return rc;
}

/* ---- in a request ---- */

static bool holds(const struct nd_json *array, const char *text)
{
    ND_JSON_EACH(item, array)
    {
        const char *s = nd_json_str(item);
        if (s && strcmp(s, text) == 0) return true;
    }
    return false;
}

static void add_all(struct nd_json *to, const struct nd_strings *texts)
{
    for (size_t i = 0; i < texts->n; i++)
        if (!holds(to, texts->v[i])) nd_json_add_str(to, texts->v[i]);
}

/* What stands for names goes to the roots and to the addresses; what is none of either is left to parsing,
 * which will refuse it. */
static enum nd_rc add_named(struct nd_json *roots, struct nd_json *addresses, const struct nd_json *names,
                            char *const *environment, struct nd_error *err)
{
    ND_JSON_EACH(item, names)
    {
        const char *name = nd_json_str(item);
        struct kb kb = {.name = NULL};
        if (!name || nd_kb_is_address(name)) {
            if (!name || !holds(addresses, name)) nd_json_add(addresses, nd_json_copy(item));
            continue;
        }
        enum nd_rc rc = kb_load(&kb, environment, name, err);
        if (rc == ND_NOT_FOUND) rc = err->rc = ND_BAD_INPUT;
        add_all(roots, &kb.roots);
        add_all(addresses, &kb.elsewhere);
        kb_release(&kb);
        if (rc != ND_OK) return rc;
    }
    return ND_OK;
}

enum nd_rc kb_resolve(struct nd_json *request, char *const *environment, struct nd_error *err)
{
    const struct nd_json *names = nd_json_get(request, "kbs"), *documents = nd_json_get(request, "documents");
    bool usual = !documents || nd_json_kind(documents) == ND_JSON_OBJECT;
    if (nd_json_kind(names) != ND_JSON_ARRAY || nd_json_len(names) == 0 || !usual) return ND_OK;
    struct nd_json *group = documents ? nd_json_copy(documents) : nd_json_object();
    const struct nd_json *given = nd_json_get(group, "roots");
    struct nd_json *roots = nd_json_kind(given) == ND_JSON_ARRAY ? nd_json_copy(given) : nd_json_array();
    struct nd_json *addresses = nd_json_array();
    enum nd_rc rc = add_named(roots, addresses, names, environment, err);
    nd_json_set(group, "roots", roots);
    nd_json_set(request, "documents", group);
    nd_json_set(request, "kbs", addresses);
    return rc;
}
