/* The frozen list as JSON, both ways. A name that is not UTF-8 is kept as hex beside its repaired path. */
#include "inputs.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"
#include "nightdesk/core/schema.h"

#include <limits.h>
#include <stdio.h>
#include <string.h>

#define SCHEMA "nightdesk.inputs"
enum { VERSION = 1, ROOTS_MAX = 1000 };

struct nd_json *nd_inputs_json(const struct nd_inputs *inputs)
{
    struct nd_json *json = nd_json_object();
    nd_json_set_str(json, "schema", SCHEMA "/1");
    struct nd_json *files = nd_json_set(json, "files", nd_json_array());
    for (size_t i = 0; i < inputs->n; i++) {
        const struct nd_input *input = &inputs->v[i];
        struct nd_json *file = nd_json_add(files, nd_json_object());
        nd_json_set_int(file, "root", input->root);
        nd_json_set_str(file, "path", input->path);
        if (strcmp(input->path, input->name) != 0) {
            char *hex = ND_ARRAY(char, 2 * strlen(input->name) + 1);
            nd_hex((const uint8_t *)input->name, strlen(input->name), hex);
            nd_json_set_str(file, "name_hex", hex);
            nd_free(hex);
        }
        nd_json_set_int(file, "size_bytes", input->size_bytes);
        nd_json_set_str(file, "sha256", input->sha256);
        if (input->why) nd_json_set_str(file, "why", input->why);
    }
    nd_json_set_int(json, "hidden", (int64_t)inputs->hidden);
    nd_json_set_int(json, "excluded", (int64_t)inputs->excluded);
    nd_json_set_int(json, "reports", (int64_t)inputs->reports);
    return json;
}

/* A name must stay below its root whatever a record says. */
static bool is_below_root(const char *name)
{
    if (*name == '\0' || *name == '/' || strlen(name) >= PATH_MAX) return false;
    for (const char *part = name; part; part = strchr(part, '/')) {
        part += *part == '/';
        size_t len = strcspn(part, "/");
        if (len == 0 || (len == 2 && part[0] == '.' && part[1] == '.')) return false;
    }
    return true;
}

static int digit(char c)
{
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static char *name_of_hex(const char *hex)
{
    size_t len = strlen(hex);
    if (len % 2 != 0) return NULL;
    char *name = ND_ARRAY(char, len / 2 + 1);
    for (size_t i = 0; i < len / 2; i++) {
        int high = digit(hex[2 * i]), low = digit(hex[2 * i + 1]);
        if (high < 0 || low < 0 || high + low == 0) {
            nd_free(name);
            return NULL;
        }
        name[i] = (char)(high * 16 + low);
    }
    return name;
}

static enum nd_rc parse_file(struct nd_input *out, const struct nd_json *json, struct nd_error *err)
{
    const char *path = NULL, *sha256 = NULL;
    int64_t root = 0;
    enum nd_rc rc = nd_json_need_int(json, "file", "root", 0, ROOTS_MAX, &root, err);
    if (rc == ND_OK) rc = nd_json_need_str(json, "file", "path", &path, err);
    if (rc == ND_OK) rc = nd_json_need_str(json, "file", "sha256", &sha256, err);
    if (rc == ND_OK)
        rc = nd_json_need_int(json, "file", "size_bytes", 0, INT64_C(1) << 53, &out->size_bytes, err);
    if (rc != ND_OK) return rc;
    const char *hex = nd_json_get_str(json, "name_hex");
    out->root = (unsigned)root;
    out->path = nd_strdup(path);
    out->name = hex ? name_of_hex(hex) : nd_strdup(path);
    out->why = nd_strdup(nd_json_get_str(json, "why"));
    if (!out->name || !is_below_root(out->name))
        return nd_fail(err, ND_BAD_INPUT, "file '%.80s' does not lie below its root", path);
    if (!nd_is_hex(sha256, ND_SHA256_HEX - 1) && (*sha256 != '\0' || !out->why))
        return nd_fail(err, ND_BAD_INPUT, "file '%.80s' has sha256 '%.80s'", path, sha256);
    (void)snprintf(out->sha256, sizeof out->sha256, "%s", sha256);
    return ND_OK;
}

enum nd_rc nd_inputs_parse(struct nd_inputs *out, const struct nd_json *json, struct nd_error *err)
{
    struct nd_inputs inputs = {0};
    const struct nd_json *files = NULL;
    int64_t hidden = 0, excluded = 0, reports = 0;
    enum nd_rc rc = nd_schema_check(json, SCHEMA, VERSION, err);
    if (rc == ND_OK) rc = nd_json_need(json, SCHEMA, "files", ND_JSON_ARRAY, &files, err);
    if (rc == ND_OK) rc = nd_json_need_int(json, SCHEMA, "hidden", 0, INT64_MAX, &hidden, err);
    if (rc == ND_OK) rc = nd_json_need_int(json, SCHEMA, "excluded", 0, INT64_MAX, &excluded, err);
    if (rc == ND_OK && nd_json_get(json, "reports"))
        rc = nd_json_need_int(json, SCHEMA, "reports", 0, INT64_MAX, &reports, err);
    if (rc == ND_OK && nd_json_len(files) > ND_INPUTS_MAX)
        rc = nd_fail(err, ND_BAD_INPUT, "list of %zu files, limit is %d", nd_json_len(files), ND_INPUTS_MAX);
    ND_JSON_EACH(item, rc == ND_OK ? files : NULL)
    {
        ND_GROW(inputs.v, inputs.n, inputs.cap);
        inputs.v[inputs.n] = (struct nd_input){0};
        rc = parse_file(&inputs.v[inputs.n++], item, err);
        if (rc != ND_OK) break;
    }
    inputs.hidden = (size_t)hidden;
    inputs.excluded = (size_t)excluded;
    inputs.reports = (size_t)reports;
    if (rc == ND_OK)
        *out = inputs;
    else
        nd_inputs_release(&inputs);
    return rc;
}
