#include "checks.h"
#include "cloud.h"
#include "command.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include "nightdesk/web/web.h"
#include "wiring.h"
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define LOW_SPACE_BYTES (INT64_C(512) << 20)

static void check_reader(struct checks *c, const struct wiring *w)
{
    checks_tell(c, w->reader ? FINE : BAD, "reader", "%s",
                w->reader ? w->reader : "no document can be opened: nightdesk-read is not there");
}

static void check_folder(struct checks *c, const char *path)
{
    struct wiring w = {.store = NULL};
    struct nd_error err = {0};
    if (!nd_file_exists(path)) {
        checks_tell(c, FINE, "store", "%s (not there yet; made by the first run)", path);
    } else if (wiring_open(&w, c->cli, STORE_EXISTING, &err) == ND_OK) {
        checks_tell(c, FINE, "store", "%s", path);
    } else {
        checks_tell_error(c, BAD, "store", &err, NULL);
    }
    wiring_close(&w);
}

static void check_store(struct checks *c)
{
    struct stack stack;
    struct nd_error err = {0};
    if (stack_find(&stack, c->cli, &err) != ND_OK) {
        checks_tell_error(c, BAD, "store", &err, NULL);
    } else if (cloud_is_address(stack.store)) {
        checks_of_stack(c);
    } else {
        check_folder(c, stack.store);
    }
    struct statvfs disk;
    const char *where = stack.store && nd_file_exists(stack.store) ? stack.store : ".";
    if (statvfs(where, &disk) == 0) {
        int64_t free_bytes = (int64_t)(disk.f_bavail * disk.f_frsize);
        checks_tell(c, free_bytes < LOW_SPACE_BYTES ? WARN : FINE, "disk", "%lld MB free",
                    (long long)(free_bytes >> 20));
    }
    stack_release(&stack);
}

static void check_config(struct checks *c)
{
    char *path = cli_config_path(c->cli->environment);
    if (nd_file_exists("./nightdesk.conf")) checks_tell(c, FINE, "config", "%s", "./nightdesk.conf");
    if (path && nd_file_exists(path)) checks_tell(c, FINE, "config", "%s", path);
    nd_free(path);
    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        const struct setting *set = &c->cli->settings.v[id];
        if (set->origin == FROM_DEFAULT || set->origin == FROM_COMMAND_LINE) continue;
        checks_tell(c, FINE, "setting", "%s = %s (%s)", options[id].name, setting_text(&c->cli->settings, id),
                    set->where);
    }
}

static void check_searches(struct checks *c)
{
    struct nd_bytes text = ND_BYTES(4096);
    const char *name = NULL;
    for (size_t i = 0; (name = nd_web_search_name(i)) != NULL; i++) {
        const char *key = nd_web_key_name(name);
        const char *has = !key                                        ? "needs --search-url"
                          : environment_get(c->cli->environment, key) ? "key set"
                                                                      : "key not set";
        nd_bytes_addf(&text, "%s%s, %s", i > 0 ? "; " : "", name, has);
    }
    checks_tell(c, FINE, "searches", "%s", nd_bytes_view(&text).data);
    nd_bytes_release(&text);
}

static void check_models(struct checks *c)
{
    struct nd_bytes text = ND_BYTES(4096);
    struct nd_model_variables v;
    nd_bytes_add_str(&text, "extractive");
    for (size_t i = 0; nd_model_settings(i, &v); i++) {
        const char *address = environment_get(c->cli->environment, v.url);
        bool key = environment_get(c->cli->environment, v.key) != NULL;
        nd_bytes_addf(&text, "; %s at %s, %s", v.provider,
                      address  ? address
                      : v.home ? v.home
                               : "AWS",
                      key      ? "key set"
                      : v.home ? "key not set"
                               : "signed with AWS credentials");
    }
    checks_tell(c, FINE, "writers", "%s", nd_bytes_view(&text).data);
    nd_bytes_release(&text);
}

static enum nd_exit doctor_run(struct cli *cli)
{
    struct checks c = {.cli = cli, .rows = nd_json_array()};
    struct wiring w;
    checks_tell(&c, FINE, "version", "%s", "nightdesk " ND_PROGRAM_VERSION);
    enum nd_rc rc = wiring_open(&w, cli, STORE_IN_MEMORY, &cli->err);
    if (rc == ND_OK) check_reader(&c, &w);
    wiring_close(&w);
    check_store(&c);
    check_config(&c);
    check_models(&c);
    check_searches(&c);
    cli->result = nd_json_object();
    nd_json_set_str(cli->result, "schema", "nightdesk.doctor/1");
    nd_json_set(cli->result, "checks", c.rows);
    return c.bad ? ND_EXIT_CONFIG : nd_exit_of_rc(rc);
}

static const char *const examples[] = {"is everything there", "nightdesk doctor", "and in a stack in AWS",
                                       "nightdesk doctor --stack nightdesk", NULL};

static const enum option_id uses[] = {OPT_READER, OPT_OFFLINE, OPTIONS_OF_STORE, OPTIONS_OF_ALL};

const struct command cmd_doctor = {
    .name = "doctor",
    .args = "",
    .summary = "check what nightdesk needs, and show the settings and where they come from",
    .about =
        "With a stack in AWS (--stack): whose keys these are, whether table, bucket and state machine can be "
        "used, whether "
        "somebody has confirmed to be told, how far this machine's clock is off, and how many reports may be "
        "at work at once. Nothing is written. The exit status is 78 when something is wrong.",
    .examples = examples,
    .uses = uses,
    .reads_all = true,
    .run = doctor_run,
};
