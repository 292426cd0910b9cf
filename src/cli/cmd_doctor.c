#include "cloud.h"
#include "command.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include "wiring.h"
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define LOW_SPACE_BYTES (INT64_C(512) << 20)

enum verdict { FINE, WARN, BAD };

struct check {
    struct cli *cli;
    struct nd_json *rows;
    bool bad;
};

static void tell(struct check *c, enum verdict verdict, const char *what, const char *found)
{
    static const char *const words[] = {"ok", "warning", "wrong"};
    static const enum style styles[] = {STYLE_GOOD, STYLE_WARN, STYLE_BAD};
    c->bad = c->bad || verdict == BAD;
    struct nd_json *row = nd_json_add(c->rows, nd_json_object());
    nd_json_set_str(row, "check", what);
    nd_json_set_str(row, "verdict", words[verdict]);
    nd_json_set_str(row, "found", found);
    if (!c->cli->screen.json)
        screen_data(&c->cli->screen, styles[verdict], "%-8s %-10s %s", words[verdict], what, found);
}

static void check_reader(struct check *c, const struct wiring *w)
{
    tell(c, w->reader ? FINE : BAD, "reader",
         w->reader ? w->reader : "nightdesk-read is not beside nightdesk: no document can be opened");
}

static enum nd_rc check_cloud(struct check *c, const char *address, struct nd_error *err)
{
    struct wiring w = {.store = NULL};
    char *found = NULL;
    enum nd_rc rc = wiring_open(&w, c->cli, STORE_EXISTING, err);
    if (rc == ND_OK) rc = cloud_check(&w, &found, err);
    if (rc == ND_OK) {
        char *text = nd_sprintf("%s %s", address, found);
        tell(c, FINE, "store", text);
        nd_free(text);
    }
    nd_free(found);
    wiring_close(&w);
    return rc;
}

static enum nd_rc check_folder(struct check *c, const char *path, struct nd_error *err)
{
    struct wiring w = {.store = NULL};
    enum nd_rc rc = ND_OK;
    if (!nd_file_exists(path)) {
        char *text = nd_sprintf("%s (not there yet; made by the first run)", path);
        tell(c, FINE, "store", text);
        nd_free(text);
    } else {
        rc = wiring_open(&w, c->cli, STORE_EXISTING, err);
        if (rc == ND_OK) tell(c, FINE, "store", path);
        wiring_close(&w);
    }
    return rc;
}

static void check_store(struct check *c)
{
    struct stack stack;
    struct nd_error err = {0};
    enum nd_rc rc = stack_find(&stack, c->cli, &err);
    const char *path = stack.store;
    if (rc == ND_OK) rc = cloud_is_address(path) ? check_cloud(c, path, &err) : check_folder(c, path, &err);
    if (rc != ND_OK) tell(c, BAD, "store", err.notes ? err.note[0] : nd_rc_word(rc));
    struct statvfs disk;
    const char *where = path && nd_file_exists(path) ? path : ".";
    if (statvfs(where, &disk) == 0) {
        int64_t free_bytes = (int64_t)(disk.f_bavail * disk.f_frsize);
        char *text = nd_sprintf("%lld MB free", (long long)(free_bytes >> 20));
        tell(c, free_bytes < LOW_SPACE_BYTES ? WARN : FINE, "disk", text);
        nd_free(text);
    }
    stack_release(&stack);
}

static void check_config(struct check *c)
{
    char *path = cli_config_path(c->cli->environment);
    if (nd_file_exists("./nightdesk.conf")) tell(c, FINE, "config", "./nightdesk.conf");
    if (path && nd_file_exists(path)) tell(c, FINE, "config", path);
    nd_free(path);
    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        const struct setting *set = &c->cli->settings.v[id];
        if (set->origin == FROM_DEFAULT || set->origin == FROM_COMMAND_LINE) continue;
        char *text =
            nd_sprintf("%s = %s (%s)", options[id].name, setting_text(&c->cli->settings, id), set->where);
        tell(c, FINE, "setting", text);
        nd_free(text);
    }
}

static void check_models(struct check *c)
{
    struct nd_bytes text = ND_BYTES(4096);
    struct nd_model_variables v;
    nd_bytes_add_str(&text, "extractive");
    for (size_t i = 0; nd_model_settings(i, &v); i++) {
        const char *address = environment_get(c->cli->environment, v.url);
        bool key = environment_get(c->cli->environment, v.key) != NULL;
        nd_bytes_addf(&text, "; %s at %s, key %s", v.provider,
                      address  ? address
                      : v.home ? v.home
                               : "AWS",
                      key ? "set" : "not set");
    }
    tell(c, FINE, "writers", nd_bytes_view(&text).data);
    nd_bytes_release(&text);
}

static enum nd_exit doctor_run(struct cli *cli)
{
    struct check c = {.cli = cli, .rows = nd_json_array()};
    struct wiring w;
    tell(&c, FINE, "version", "nightdesk " ND_PROGRAM_VERSION);
    enum nd_rc rc = wiring_open(&w, cli, STORE_IN_MEMORY, &cli->err);
    if (rc == ND_OK) check_reader(&c, &w);
    wiring_close(&w);
    check_store(&c);
    check_config(&c);
    check_models(&c);
    cli->result = nd_json_object();
    nd_json_set_str(cli->result, "schema", "nightdesk.doctor/1");
    nd_json_set(cli->result, "checks", c.rows);
    return c.bad ? ND_EXIT_CONFIG : nd_exit_of_rc(rc);
}

static const char *const examples[] = {"is everything there", "nightdesk doctor", NULL};

/* every setting that can come from a file or the environment, so that their origins can be shown */
static const enum option_id uses[] = {OPT_DOCS,
                                      OPT_INCLUDE,
                                      OPT_EXCLUDE,
                                      OPT_LOCAL,
                                      OPT_CONFIDENTIAL,
                                      OPT_QUESTION,
                                      OPT_MUST_COVER,
                                      OPT_FORBID,
                                      OPT_SUB_TOPICS,
                                      OPT_LENGTH,
                                      OPT_LANGUAGE,
                                      OPT_AUDIENCE,
                                      OPT_TONE,
                                      OPT_HOUSE_STYLE,
                                      OPT_CITATION_STYLE,
                                      OPT_OUTPUT,
                                      OPT_SEARCH,
                                      OPT_SEARCH_URL,
                                      OPT_URL,
                                      OPT_ALLOW_HOST,
                                      OPT_KB,
                                      OPT_SAFETY,
                                      OPT_MODEL,
                                      OPT_PRICE,
                                      OPT_READ_MODEL,
                                      OPT_READ_PRICE,
                                      OPT_FALLBACK_MODEL,
                                      OPT_FALLBACK_PRICE,
                                      OPT_CONTEXT,
                                      OPT_MODEL_TRAITS,
                                      OPT_BUDGET,
                                      OPT_MAX_TOOL_CALLS,
                                      OPT_MAX_RUN_TOOL_CALLS,
                                      OPT_MAX_LANE_STEPS,
                                      OPT_MAX_TIME,
                                      OPT_MAX_FAILED_INPUTS,
                                      OPT_APPROVE,
                                      OPT_ASK,
                                      OPT_NOTIFY_COMMAND,
                                      OPT_NOTIFY_URL,
                                      OPT_OUT,
                                      OPT_OFFLINE,
                                      OPT_LANES,
                                      OPT_READER,
                                      OPTIONS_OF_STORE,
                                      OPT_PROGRESS,
                                      OPTIONS_OF_ALL};

const struct command cmd_doctor = {
    .name = "doctor",
    .args = "",
    .summary = "check what nightdesk needs, and show the settings and where they come from",
    .about = "The exit status is 78 when something is wrong.",
    .examples = examples,
    .uses = uses,
    .run = doctor_run,
};
