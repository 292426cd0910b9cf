#include "stack.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include "nightdesk/base/json.h"
#include <string.h>

#define SCHEMA "nightdesk.stack/1"
enum { STACK_MAX_BYTES = 64 << 10, NAME_MAX_BYTES = 128 };

void stack_release(struct stack *stack)
{
    nd_free(stack->store);
    nd_free(stack->name);
    nd_free(stack->region);
    nd_free(stack->machine);
    nd_free(stack->topic);
    *stack = (struct stack){.store = NULL};
}

static enum nd_rc default_folder(const struct cli *cli, char **out, struct nd_error *err)
{
    const char *data = environment_folder(cli->environment, "XDG_DATA_HOME");
    const char *home = environment_folder(cli->environment, "HOME");
    if (data) {
        *out = nd_path_join(data, "nightdesk");
    } else if (home) {
        *out = nd_path_join(home, ".local/share/nightdesk");
    } else {
        return nd_fail(err, ND_CONFIG,
                       "no place for runs: give --store DIR, or set HOME to a path that begins with '/'");
    }
    return ND_OK;
}

/* ---- the file of a stack ---- */

static bool is_name(const char *name)
{
    static const char wanted[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-";
    size_t len = strlen(name);
    return len > 0 && len <= NAME_MAX_BYTES && strspn(name, wanted) == len;
}

static enum nd_rc stack_path(const struct cli *cli, const char *name, char **out, struct nd_error *err)
{
    const char *config = environment_folder(cli->environment, "XDG_CONFIG_HOME"),
               *home = environment_folder(cli->environment, "HOME");
    if (!is_name(name))
        return nd_fail(err, ND_BAD_INPUT, "'--stack' is '%.80s', wanted the name of a stack: [0-9A-Za-z-]",
                       name);
    if (!config && !home)
        return nd_fail(err, ND_CONFIG, "stack '%s' cannot be looked up: HOME is not set", name);
    char *rest = nd_sprintf("%snightdesk/stacks/%s.json", config ? "" : ".config/", name);
    *out = nd_path_join(config ? config : home, rest);
    nd_free(rest);
    return ND_OK;
}

static enum nd_rc take_members(struct stack *out, const struct nd_json *json, const char *path,
                               struct nd_error *err)
{
    static const char *const names[] = {"region", "store", "machine", "topic"};
    char **const members[] = {&out->region, &out->store, &out->machine, &out->topic};
    const char *schema = nd_json_get_str(json, "schema");
    if (!schema || strcmp(schema, SCHEMA) != 0)
        return nd_fail(err, ND_CONFIG, "'%.150s' is no '" SCHEMA "': make it again with 'make deploy'", path);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const char *text = nd_json_get_str(json, names[i]);
        if (!text || !*text)
            return nd_fail(err, ND_CONFIG, "'%.150s' has no '%s': make it again with 'make deploy'", path,
                           names[i]);
        *members[i] = nd_strdup(text);
    }
    return ND_OK;
}

static enum nd_rc read_stack(struct stack *out, const struct cli *cli, const char *name, struct nd_error *err)
{
    char *path = NULL;
    struct nd_bytes text = ND_BYTES(STACK_MAX_BYTES);
    struct nd_json *json = NULL;
    enum nd_rc rc = stack_path(cli, name, &path, err);
    if (rc == ND_OK && !nd_file_exists(path)) {
        rc = nd_fail(err, ND_CONFIG,
                     "stack '%s' is not known here: there is no '%.150s'; 'make deploy STACK=%s' writes it",
                     name, path, name);
    }
    if (rc == ND_OK) rc = nd_file_read(path, &text, err);
    if (rc == ND_OK && nd_json_parse(&json, nd_bytes_view(&text), err) != ND_OK) {
        (void)nd_while(err, "while reading '%.150s'", path);
        rc = err->rc = ND_CONFIG;
    }
    if (rc == ND_OK) rc = take_members(out, json, path, err);
    out->name = nd_strdup(name);
    nd_json_free(json);
    nd_bytes_release(&text);
    nd_free(path);
    return rc;
}

/* ---- which one ---- */

enum nd_rc stack_find(struct stack *out, const struct cli *cli, struct nd_error *err)
{
    const struct setting *by_store = &cli->settings.v[OPT_STORE], *by_stack = &cli->settings.v[OPT_STACK];
    const char *store = setting_text(&cli->settings, OPT_STORE),
               *name = setting_text(&cli->settings, OPT_STACK),
               *machine = setting_text(&cli->settings, OPT_MACHINE);
    enum nd_rc rc = ND_OK;
    *out = (struct stack){.store = NULL};
    if (store && name && by_store->origin == by_stack->origin) {
        return nd_fail(err, ND_BAD_INPUT, "'%s' and '%s' name two places for runs: give one of them",
                       by_store->where, by_stack->where);
    }
    if (name && (!store || by_stack->origin > by_store->origin)) {
        rc = read_stack(out, cli, name, err);
    } else if (store) {
        out->store = nd_strdup(store);
    } else {
        rc = default_folder(cli, &out->store, err);
    }
    if (machine) {
        nd_free(out->machine);
        out->machine = nd_strdup(machine);
    }
    if (rc != ND_OK) stack_release(out);
    return rc;
}
