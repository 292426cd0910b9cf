#include "command.h"
#include "help.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include "nightdesk/base/log.h"
#include "nightdesk/core/suggest.h"
#include <string.h>

const char *cli_arg(const struct cli *cli, size_t i)
{
    return i < cli->settings.args.n ? cli->settings.args.v[i] : NULL;
}

const struct command *command_named(const char *name)
{
    for (const struct command *const *c = commands; *c; c++) {
        if (strcmp((*c)->name, name) == 0) return *c;
    }
    return NULL;
}

void cli_hint(struct cli *cli, const char *fmt, ...)
{
    va_list args;
    nd_free(cli->hint);
    cli->hint = NULL;
    if (!fmt) return;
    va_start(args, fmt);
    cli->hint = nd_vsprintf(fmt, args);
    va_end(args);
}

char *cli_config_path(char *const *environment)
{
    const char *config = environment_folder(environment, "XDG_CONFIG_HOME"),
               *home = environment_folder(environment, "HOME");
    if (config) return nd_path_join(config, "nightdesk/config");
    return home ? nd_path_join(home, ".config/nightdesk/config") : NULL;
}

static enum nd_rc load_settings(struct cli *cli, int argc, char *const *argv)
{
    struct settings *s = &cli->settings;
    settings_init(s, cli->command->name, cli->command->uses);
    if (cli->command->reads_all) settings_read_all(s);
    enum nd_rc rc = settings_from_args(s, argc, argv, &cli->err);
    if (rc != ND_OK || setting_flag(s, OPT_HELP)) return rc;
    rc = settings_from_environment(s, cli->environment, &cli->err);
    if (rc == ND_OK) rc = settings_from_file(s, "./nightdesk.conf", FROM_PROJECT_FILE, &cli->err);
    char *path = cli_config_path(cli->environment);
    if (rc == ND_OK && path) rc = settings_from_file(s, path, FROM_USER_FILE, &cli->err);
    nd_free(path);
    return rc;
}

static enum nd_rc check_args(struct cli *cli)
{
    const struct command *c = cli->command;
    size_t n = cli->settings.args.n;
    if (n < c->args_min) return nd_fail(&cli->err, ND_BAD_INPUT, "'%s' needs %s", c->name, c->args);
    if (n > c->args_max) {
        bool text = strstr(c->args, "TOPIC") != NULL;
        return nd_fail(&cli->err, ND_BAD_INPUT, "'%s' takes %s: '%.80s' is one argument too many%s", c->name,
                       c->args_max ? c->args : "no argument", cli->settings.args.v[c->args_max],
                       text ? "; a topic of several words stands in quotes" : "");
    }
    return ND_OK;
}

static void start_log(const struct cli *cli)
{
    static const char *const levels[] = {"error", "warn", "info", "debug"};
    unsigned level = 0;
    while (level < 3 && strcmp(levels[level], setting_text(&cli->settings, OPT_LOG_LEVEL)) != 0) level++;
    nd_log_setup((enum nd_log_level)level, cli->screen.json ? ND_LOG_JSON : ND_LOG_TEXT);
}

static void add_error(struct nd_json *result, const struct nd_error *err)
{
    struct nd_json *error = nd_json_set(result, "error", nd_json_object());
    nd_json_set_str(error, "code", nd_rc_word(err->rc));
    nd_json_set_str(error, "message", err->notes ? err->note[0] : nd_rc_word(err->rc));
    struct nd_json *notes = nd_json_set(error, "while", nd_json_array());
    for (unsigned i = 1; i < err->notes; i++) nd_json_add_str(notes, err->note[i]);
}

/* Errors name what was given, and that may hold a key or a password. */
static void mask_error(struct nd_error *err)
{
    for (unsigned i = 0; i < err->notes; i++) {
        struct nd_bytes masked = ND_BYTES(ND_BYTES_MAX);
        nd_log_mask(nd_view_of(err->note[i]), &masked);
        if (masked.len > 0) (void)snprintf(err->note[i], sizeof err->note[i], "%s", masked.data);
        nd_bytes_release(&masked);
    }
}

/* The one place that prints why a command failed, and the last line of --json. */
static int conclude(struct cli *cli, enum nd_exit status)
{
    bool failed = cli->err.rc != ND_OK;
    mask_error(&cli->err);
    if (failed && status == ND_EXIT_OK) status = nd_exit_of_rc(cli->err.rc);
    if (failed) screen_error(&cli->screen, &cli->err);
    if (cli->err.rc == ND_FULL && !cli->hint)
        cli_hint(cli, "no space is left: free some, then try the same again");
    if (cli->hint) screen_say(&cli->screen, STYLE_BOLD, "%s", cli->hint);
    if (cli->screen.json) {
        if (!cli->result) {
            cli->result = nd_json_object();
            nd_json_set_str(cli->result, "schema", failed ? "nightdesk.error/1" : "nightdesk.done/1");
        }
        if (failed) add_error(cli->result, &cli->err);
        nd_json_set_int(cli->result, "exit_status", status);
        screen_json(&cli->screen, cli->result);
    }
    nd_json_free(cli->result);
    nd_free(cli->hint);
    settings_release(&cli->settings);
    return (int)status;
}

/* also when a wrong option stands before it: who asked for JSON gets the error as JSON */
static bool asks_for_json(int argc, char *const *argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++) {
        if (strcmp(argv[i], "--json") == 0) return true;
    }
    return false;
}

static int run_command(struct cli *cli, int argc, char *const *argv)
{
    enum nd_rc rc = load_settings(cli, argc, argv);
    screen_init(&cli->screen, stdout, stderr, setting_text(&cli->settings, OPT_COLOR), cli->environment);
    cli->screen.json = setting_flag(&cli->settings, OPT_JSON) || (rc != ND_OK && asks_for_json(argc, argv));
    if (rc == ND_OK && setting_flag(&cli->settings, OPT_HELP)) {
        struct nd_bytes text = ND_BYTES(ND_MIB);
        help_command(cli->command, &text);
        (void)fwrite(text.data, 1, text.len, stdout);
        nd_bytes_release(&text);
        settings_release(&cli->settings);
        return ND_EXIT_OK;
    }
    for (size_t i = 0; i < cli->settings.unused.n; i++)
        screen_say(&cli->screen, STYLE_WARN, "%s", cli->settings.unused.v[i]);
    if (rc == ND_OK) rc = check_args(cli);
    if (rc != ND_OK) {
        cli_hint(cli, "try: %s %s --help", cli->program, cli->command->name);
        return conclude(cli, nd_exit_of_rc(rc));
    }
    start_log(cli);
    return conclude(cli, cli->command->run(cli));
}

static int unknown_command(struct cli *cli, const char *name)
{
    struct nd_suggestion near = nd_suggestion_for(name);
    for (const struct command *const *c = commands; *c; c++) nd_suggest(&near, (*c)->name);
    screen_init(&cli->screen, stdout, stderr, "auto", cli->environment);
    (void)nd_fail(&cli->err, ND_BAD_INPUT, "'%.60s' is not a command%s%s%s", name,
                  near.best ? "; did you mean '" : "", near.best ? near.best : "", near.best ? "'?" : "");
    cli_hint(cli, "try: %s --help", cli->program);
    return conclude(cli, ND_EXIT_USAGE);
}

static int start(int argc, char *const *argv, char *const *environment, const struct nd_host *host)
{
    struct cli cli = {.host = host, .program = argc > 0 ? argv[0] : "nightdesk", .environment = environment};
    const char *name = argc > 1 ? argv[1] : NULL;
    if (!name) {
        struct nd_bytes text = ND_BYTES(ND_MIB);
        help_overview(&text);
        (void)fwrite(text.data, 1, text.len, stderr);
        nd_bytes_release(&text);
        return ND_EXIT_USAGE;
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) name = "help";
    if (strcmp(name, "--version") == 0) name = "version";
    cli.command = command_named(name);
    return cli.command ? run_command(&cli, argc - 2, argv + 2) : unknown_command(&cli, name);
}

/* A program must not take an answer that was cut off, or none at all, for success. */
static int with_output(int status)
{
    if (fflush(stdout) == 0 && !ferror(stdout)) return status;
    (void)fprintf(stderr, "nightdesk: standard output could not be written: is the disk full?\n");
    return status == ND_EXIT_OK ? ND_EXIT_FAILED : status;
}

int cli_main(int argc, char *const *argv, char *const *environment, const struct nd_host *host)
{
    return with_output(start(argc, argv, environment, host));
}
