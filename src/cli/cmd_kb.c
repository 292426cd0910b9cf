#include "kb.h"
#include "nightdesk/aws/aws.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include "nightdesk/core/kb.h"
#include "nightdesk/core/say.h"
#include "nightdesk/document/document.h"
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* ---- add ---- */

static void take(struct nd_strings *texts, const char *text)
{
    for (size_t i = 0; i < texts->n; i++) {
        if (strcmp(texts->v[i], text) == 0) return;
    }
    nd_strings_add(texts, text);
}

static enum nd_rc add_paths(struct kb *kb, const struct cli *cli, struct nd_error *err)
{
    for (size_t i = 2; cli_arg(cli, i); i++) {
        char absolute[PATH_MAX];
        if (!realpath(cli_arg(cli, i), absolute))
            return nd_fail(err, ND_BAD_INPUT, "'%.150s' does not exist or cannot be read", cli_arg(cli, i));
        if (kb->roots.n == KB_ROOTS_MAX)
            return nd_fail(err, ND_BAD_INPUT, "a knowledge base has at most %d paths", KB_ROOTS_MAX);
        take(&kb->roots, absolute);
    }
    return ND_OK;
}

/* The region that is given, else that of the environment or the profile: the address names one in any case.
 */
static enum nd_rc add_elsewhere(struct kb *kb, const struct cli *cli, const char *id, struct nd_error *err)
{
    const struct nd_aws_config config = {.host = cli->host,
                                         .region = setting_text(&cli->settings, OPT_KB_REGION)};
    struct nd_aws *aws = NULL;
    struct nd_kb_address address;
    enum nd_rc rc = nd_aws_open(&aws, &config, err);
    if (rc != ND_OK) return rc;
    char *text = nd_sprintf("bedrock:%s:%s", nd_aws_region(aws), id);
    nd_aws_close(aws);
    if (!nd_kb_split(&address, text))
        rc = nd_fail(err, ND_BAD_INPUT,
                     "'--bedrock' is '%.80s', wanted the id of a knowledge base: 10 letters or digits", id);
    else if (kb->elsewhere.n == ND_KBS_MAX)
        rc = nd_fail(err, ND_BAD_INPUT, "a knowledge base has at most %d elsewhere", ND_KBS_MAX);
    else
        take(&kb->elsewhere, text);
    nd_free(text);
    return rc;
}

static void say_added(struct cli *cli, const struct kb *kb)
{
    char *elsewhere = kb->elsewhere.n ? nd_sprintf(", and %zu of Amazon Bedrock", kb->elsewhere.n) : NULL;
    screen_say(&cli->screen, STYLE_PLAIN, "knowledge base '%s' has %zu %s%s", kb->name, kb->roots.n,
               nd_plural(NULL, (int64_t)kb->roots.n, "path", "paths"), elsewhere ? elsewhere : "");
    cli_hint(cli, "%s run \"TOPIC\" --kb %s", cli->program, kb->name);
    nd_free(elsewhere);
}

static enum nd_exit add(struct cli *cli)
{
    const char *name = cli_arg(cli, 1), *id = setting_text(&cli->settings, OPT_KB_BEDROCK);
    struct nd_error *err = &cli->err;
    struct kb kb = {.name = NULL};
    if (!name || (!cli_arg(cli, 2) && !id)) {
        (void)nd_fail(err, ND_BAD_INPUT,
                      "'kb add' needs a name and at least one file or folder, or --bedrock ID");
        return ND_EXIT_USAGE;
    }
    if (!id && setting_text(&cli->settings, OPT_KB_REGION)) {
        (void)nd_fail(err, ND_BAD_INPUT, "'--region' says where the one of '--bedrock' is: give that, too");
        return ND_EXIT_USAGE;
    }
    enum nd_rc rc = kb_load(&kb, cli->environment, name, err);
    if (rc == ND_NOT_FOUND) {
        nd_error_clear(err);
        kb.name = nd_strdup(name);
        rc = ND_OK;
    }
    if (rc == ND_OK) rc = add_paths(&kb, cli, err);
    if (rc == ND_OK && id) rc = add_elsewhere(&kb, cli, id, err);
    if (rc == ND_OK) rc = kb_save(&kb, cli->environment, err);
    if (rc == ND_OK) say_added(cli, &kb);
    kb_release(&kb);
    return nd_exit_of_rc(rc);
}

/* ---- list, show ---- */

static struct nd_json *texts_json(const struct nd_strings *texts)
{
    struct nd_json *array = nd_json_array();
    for (size_t i = 0; i < texts->n; i++) nd_json_add_str(array, texts->v[i]);
    return array;
}

static void list_one(const struct cli *cli, const struct kb *kb, struct nd_json *rows)
{
    const struct nd_strings *first = kb->roots.n > 0 ? &kb->roots : &kb->elsewhere;
    struct nd_json *row = nd_json_add(rows, nd_json_object());
    nd_json_set_str(row, "name", kb->name);
    nd_json_set(row, "paths", texts_json(&kb->roots));
    nd_json_set(row, "elsewhere", texts_json(&kb->elsewhere));
    if (cli->screen.json) return;
    screen_data(&cli->screen, STYLE_PLAIN, "%-24s %s%s", kb->name, first->n > 0 ? first->v[0] : "(no path)",
                kb->roots.n + kb->elsewhere.n > 1 ? " …" : "");
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
        list_one(cli, &kb, rows);
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
    if (rc == ND_OK) rc = nd_inputs_list(&inputs, request, NULL, NULL, &err);
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
        for (size_t i = 0; i < kb.elsewhere.n && !cli->screen.json; i++)
            screen_data(&cli->screen, STYLE_PLAIN, "%-24s  %s", "asked, not read", kb.elsewhere.v[i]);
        cli->result = nd_json_object();
        nd_json_set_str(cli->result, "schema", "nightdesk.kb-contents/1");
        nd_json_set_str(cli->result, "name", kb.name);
        nd_json_set(cli->result, "paths", rows);
        nd_json_set(cli->result, "elsewhere", texts_json(&kb.elsewhere));
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
    cli_hint(cli, "try: %s kb --help", cli->program);
    (void)nd_fail(&cli->err, ND_BAD_INPUT, "'kb %.40s' is not known, wanted add, list, show or remove",
                  cli_arg(cli, 0));
    return ND_EXIT_USAGE;
}

static const char *const examples[] = {"name two folders",
                                       "nightdesk kb add handbook ~/handbook ~/policies",
                                       "use them beside a folder of papers",
                                       "nightdesk run \"TOPIC\" --kb handbook --docs papers/",
                                       "name a knowledge base of Amazon Bedrock",
                                       "nightdesk kb add policies --bedrock ABCDE12345 --region eu-west-1",
                                       "what is in one",
                                       "nightdesk kb show handbook",
                                       NULL};

static const enum option_id uses[] = {OPT_KB_BEDROCK, OPT_KB_REGION, OPTIONS_OF_ALL};

const struct command cmd_kb = {
    .name = "kb",
    .args = "add NAME [PATH…] | list | show NAME | remove NAME",
    .summary = "name collections of documents for 'run --kb'",
    .about =
        "A knowledge base is a name for files and folders on this machine, of every kind that is read. A "
        "run that names it gets its documents as if each path had been given with --docs; a document "
        "is read once for a store, however many runs use it.\n\n"
        "A name may also stand for knowledge bases of Amazon Bedrock. These are asked for passages while a "
        "run "
        "researches, with this machine's AWS credentials, or with those of the stack.\n\n"
        "Names are kept in $XDG_CONFIG_HOME/nightdesk/kb. Adding to a name that is there extends it; "
        "runs that exist go on with what they were given.",
    .examples = examples,
    .uses = uses,
    .args_min = 1,
    .args_max = KB_ROOTS_MAX,
    .run = kb_run,
};
