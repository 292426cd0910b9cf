#include "kb.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include "nightdesk/document/document.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* ---- add ---- */

static void take_root(struct kb *kb, const char *path)
{
    for (size_t i = 0; i < kb->roots.n; i++) {
        if (strcmp(kb->roots.v[i], path) == 0) return;
    }
    nd_strings_add(&kb->roots, path);
}

static enum nd_exit add(struct cli *cli)
{
    const char *name = cli_arg(cli, 1);
    struct nd_error *err = &cli->err;
    struct kb kb = {.name = NULL};
    if (!name || !cli_arg(cli, 2)) {
        (void)nd_fail(err, ND_BAD_INPUT, "'kb add' needs a name and at least one file or folder");
        return ND_EXIT_USAGE;
    }
    enum nd_rc rc = kb_load(&kb, cli->environment, name, err);
    if (rc == ND_NOT_FOUND) {
        nd_error_clear(err);
        kb.name = nd_strdup(name);
        rc = ND_OK;
    }
    for (size_t i = 2; rc == ND_OK && cli_arg(cli, i); i++) {
        char absolute[PATH_MAX];
        if (!realpath(cli_arg(cli, i), absolute))
            rc = nd_fail(err, ND_BAD_INPUT, "'%.150s' does not exist or cannot be read", cli_arg(cli, i));
        else if (kb.roots.n == KB_ROOTS_MAX)
            rc = nd_fail(err, ND_BAD_INPUT, "a knowledge base has at most %d paths", KB_ROOTS_MAX);
        else
            take_root(&kb, absolute);
    }
    if (rc == ND_OK) rc = kb_save(&kb, cli->environment, err);
    if (rc == ND_OK) {
        screen_say(&cli->screen, STYLE_PLAIN, "knowledge base '%s' has %zu path%s", name, kb.roots.n,
                   kb.roots.n == 1 ? "" : "s");
        cli_hint(cli, "%s run \"TOPIC\" --kb %s", cli->program, name);
    }
    kb_release(&kb);
    return nd_exit_of_rc(rc);
}

/* ---- list, show ---- */

static struct nd_json *paths_json(const struct nd_strings *roots)
{
    struct nd_json *paths = nd_json_array();
    for (size_t i = 0; i < roots->n; i++) nd_json_add_str(paths, roots->v[i]);
    return paths;
}

static enum nd_exit list(struct cli *cli)
{
    struct nd_strings names = {.v = NULL};
    struct nd_json *rows = nd_json_array();
    enum nd_rc rc = kb_names(&names, cli->environment, &cli->err);
    for (size_t i = 0; i < names.n && rc == ND_OK; i++) {
        struct kb kb = {.name = NULL};
        rc = kb_load(&kb, cli->environment, names.v[i], &cli->err);
        if (rc != ND_OK) break;
        struct nd_json *row = nd_json_add(rows, nd_json_object());
        nd_json_set_str(row, "name", kb.name);
        nd_json_set(row, "paths", paths_json(&kb.roots));
        if (!cli->screen.json)
            screen_data(&cli->screen, STYLE_PLAIN, "%-24s %s%s", kb.name,
                        kb.roots.n > 0 ? kb.roots.v[0] : "(no path)", kb.roots.n > 1 ? " …" : "");
        kb_release(&kb);
    }
    if (rc == ND_OK && names.n == 0) screen_say(&cli->screen, STYLE_DIM, "no knowledge bases");
    cli->result = nd_json_object();
    nd_json_set_str(cli->result, "schema", "nightdesk.kbs/1");
    nd_json_set(cli->result, "kbs", rows);
    nd_strings_release(&names);
    return nd_exit_of_rc(rc);
}

/* How many documents lie below one path, and how large they are. */
static void look_at(const struct cli *cli, const char *root, struct nd_json *rows)
{
    struct nd_error err = {.rc = ND_OK};
    struct nd_inputs inputs = {.v = NULL};
    struct nd_json *request_json = nd_json_object(), *documents = nd_json_object(), *roots = nd_json_array();
    struct nd_request *request = NULL;
    struct nd_json *row = nd_json_add(rows, nd_json_object());
    nd_json_add_str(roots, root);
    nd_json_set(documents, "roots", roots);
    nd_json_set_str(request_json, "topic", "documents");
    nd_json_set(request_json, "documents", documents);
    enum nd_rc rc = nd_request_parse(&request, request_json, &err);
    if (rc == ND_OK) rc = nd_inputs_list(&inputs, request, NULL, &err);
    int64_t bytes = 0;
    for (size_t i = 0; i < inputs.n; i++) bytes += inputs.v[i].size_bytes;
    nd_json_set_str(row, "path", root);
    nd_json_set_int(row, "files", (int64_t)inputs.n);
    nd_json_set_int(row, "bytes", bytes);
    nd_json_set_str(row, "problem", rc == ND_OK ? NULL : err.note[0]);
    if (!cli->screen.json && rc == ND_OK)
        screen_data(&cli->screen, STYLE_PLAIN, "%7zu files %9.1f MB  %s", inputs.n, (double)bytes / 1e6,
                    root);
    else if (!cli->screen.json)
        screen_data(&cli->screen, STYLE_WARN, "%s: %s", root, err.note[0]);
    nd_inputs_release(&inputs);
    nd_request_free(request);
    nd_json_free(request_json);
}

static enum nd_exit show(struct cli *cli)
{
    struct kb kb = {.name = NULL};
    if (!cli_arg(cli, 1)) {
        (void)nd_fail(&cli->err, ND_BAD_INPUT, "'kb show' needs the name of a knowledge base");
        return ND_EXIT_USAGE;
    }
    enum nd_rc rc = kb_load(&kb, cli->environment, cli_arg(cli, 1), &cli->err);
    if (rc == ND_OK) {
        struct nd_json *rows = nd_json_array();
        for (size_t i = 0; i < kb.roots.n; i++) look_at(cli, kb.roots.v[i], rows);
        cli->result = nd_json_object();
        nd_json_set_str(cli->result, "schema", "nightdesk.kb-contents/1");
        nd_json_set_str(cli->result, "name", kb.name);
        nd_json_set(cli->result, "paths", rows);
    }
    kb_release(&kb);
    return nd_exit_of_rc(rc);
}

static enum nd_exit remove_kb(struct cli *cli)
{
    const char *name = cli_arg(cli, 1);
    if (!name) {
        (void)nd_fail(&cli->err, ND_BAD_INPUT, "'kb remove' needs the name of a knowledge base");
        return ND_EXIT_USAGE;
    }
    enum nd_rc rc = kb_remove(cli->environment, name, &cli->err);
    if (rc == ND_OK)
        screen_say(&cli->screen, STYLE_PLAIN, "knowledge base '%s' is gone; its documents stay", name);
    return nd_exit_of_rc(rc);
}

static enum nd_exit kb_run(struct cli *cli)
{
    static const struct {
        const char *word;
        enum nd_exit (*run)(struct cli *cli);
    } verbs[] = {{"add", add}, {"list", list}, {"show", show}, {"remove", remove_kb}};
    for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
        if (strcmp(cli_arg(cli, 0), verbs[i].word) == 0) return verbs[i].run(cli);
    }
    (void)nd_fail(&cli->err, ND_BAD_INPUT, "'kb %.40s' is not known, wanted add, list, show or remove",
                  cli_arg(cli, 0));
    return ND_EXIT_USAGE;
}

static const char *const examples[] = {"name two folders",
                                       "nightdesk kb add handbook ~/handbook ~/policies",
                                       "use them beside a folder of papers",
                                       "nightdesk run \"TOPIC\" --kb handbook --docs papers/",
                                       "what is in one",
                                       "nightdesk kb show handbook",
                                       NULL};

static const enum option_id uses[] = {OPTIONS_OF_ALL};

const struct command cmd_kb = {
    .name = "kb",
    .args = "add NAME PATH… | list | show NAME | remove NAME",
    .summary = "name collections of documents for 'run --kb'",
    .about =
        "A knowledge base is a name for files and folders on this machine, of every kind that is read. A "
        "run that names it gets its documents as if each path had been given with --docs; a document "
        "is read once for a store, however many runs use it.\n\n"
        "Names are kept in $XDG_CONFIG_HOME/nightdesk/kb. Adding to a name that is there extends it; "
        "runs that exist go on with what they were given.",
    .examples = examples,
    .uses = uses,
    .args_min = 1,
    .args_max = KB_ROOTS_MAX,
    .run = kb_run,
};
