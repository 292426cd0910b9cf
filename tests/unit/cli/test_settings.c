#include "nd_test.h"
#include "nightdesk/base/file.h"
#include "settings.h"
#include <string.h>
#include <stdio.h>
#include <sys/stat.h>

static const enum option_id uses[] = {OPT_DOCS,    OPT_BUDGET,         OPT_APPROVE,           OPT_JSON,
                                      OPT_LENGTH,  OPT_MAX_TOOL_CALLS, OPT_MAX_FAILED_INPUTS, OPT_STARTED_AT,
                                      OPT_RUN_ID,  OPT_MAX_STEPS,      OPT_NOTIFY_COMMAND,    OPT_HELP,
                                      OPTION_COUNT};

static struct settings fresh(void)
{
    struct settings s;
    settings_init(&s, "run", uses);
    return s;
}

static enum nd_rc args(struct settings *s, struct nd_error *err, const char *const *words)
{
    char *argv[16];
    int argc = 0;
    for (; words[argc]; argc++) argv[argc] = (char *)(uintptr_t)words[argc];
    return settings_from_args(s, argc, argv, err);
}
#define ARGS(s, err, ...) args(s, err, (const char *const[]){__VA_ARGS__, NULL})

START_TEST(values_in_every_form)
{
    struct settings s = fresh();
    struct nd_error err = {0};
    nd_ck_ok(ARGS(&s, &err, "topic", "--docs", "a", "--docs=b", "--budget=2.5", "--json", "--approve",
                  "plan, final", "--max-failed-inputs", "25%", "--started-at", "2026-11-24T06:00:00Z", "--",
                  "--docs"),
             &err);
    ck_assert_uint_eq(s.args.n, 2);
    ck_assert_str_eq(s.args.v[1], "--docs");
    ck_assert_uint_eq(setting_texts(&s, OPT_DOCS)->n, 2);
    ck_assert_str_eq(setting_texts(&s, OPT_DOCS)->v[1], "b");
    ck_assert_int_eq(setting_number(&s, OPT_BUDGET, 0), 2500000);
    ck_assert_int_eq(setting_number(&s, OPT_MAX_FAILED_INPUTS, 0), 25);
    ck_assert_int_eq(setting_number(&s, OPT_STARTED_AT, 0), 1795500000000);
    ck_assert(setting_flag(&s, OPT_JSON));
    ck_assert_str_eq(setting_texts(&s, OPT_APPROVE)->v[0], "plan");
    ck_assert_str_eq(setting_texts(&s, OPT_APPROVE)->v[1], "final");
    ck_assert(!setting_given(&s, OPT_LENGTH));
    ck_assert_str_eq(setting_text(&s, OPT_LENGTH), "standard");
    ck_assert_int_eq(setting_number(&s, OPT_MAX_TOOL_CALLS, 0), 20);
    settings_release(&s);
}
END_TEST

START_TEST(last_value_wins_and_flags_can_be_put_out)
{
    struct settings s = fresh();
    struct nd_error err = {0};
    nd_ck_ok(ARGS(&s, &err, "--budget", "1", "--budget", "2", "--json", "--json=false", "-h", "-"), &err);
    ck_assert_int_eq(setting_number(&s, OPT_BUDGET, 0), 2000000);
    ck_assert(!setting_flag(&s, OPT_JSON));
    ck_assert(setting_flag(&s, OPT_HELP));
    ck_assert_str_eq(s.args.v[0], "-");
    settings_release(&s);
}
END_TEST

START_TEST(wrong_arguments_are_named)
{
    static const struct {
        const char *words[3], *note;
    } rows[] = {
        {{"--budgte", "5"}, "'--budgte' is not an option of 'run'; did you mean '--budget'?"},
        {{"--bud", "5"}, "'--bud' is not an option of 'run'"}, /* no abbreviations */
        {{"--zzzzzz"}, "'--zzzzzz' is not an option of 'run'"},
        {{"-x"}, "'-x' is not an option"},
        {{"-hx"}, "'-hx' is not an option"},
        {{"--docs"}, "'--docs' needs a value: --docs PATH"},
        {{"--docs="}, "'--docs' is empty"},
        {{"--docs", "a\xff"}, "'--docs' is not UTF-8"},
        {{"--budget", "five"}, "'--budget' is 'five', wanted dollars"},
        {{"--budget", "-1"}, "'--budget' is '-1', wanted dollars"},
        {{"--budget", "1000001"}, "wanted dollars"},
        {{"--max-tool-calls", "2x"}, "'--max-tool-calls' is '2x', wanted a whole number from 0 to 100000"},
        {{"--max-tool-calls", "99999999999999999999"}, "wanted a whole number"},
        {{"--max-failed-inputs", "101%"}, "wanted a whole percentage"},
        {{"--length", "sort"}, "'--length' is 'sort', wanted short, standard, long; did you mean 'short'?"},
        {{"--approve", "plan,oultine"},
         "'--approve' is 'oultine', wanted plan, outline, final; did you mean 'outline'?"},
        {{"--approve", ""}, "'--approve' is ''"},
        {{"--started-at", "yesterday"}, "wanted a time like"},
        {{"--json=maybe"}, "'--json' is 'maybe', wanted true or false"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct settings s = fresh();
        struct nd_error err = {0};
        nd_ck_rc(args(&s, &err, rows[i].words), ND_BAD_INPUT, &err);
        nd_ck_note(&err, rows[i].note);
        settings_release(&s);
    }
}
END_TEST

static const char *config(const char *name, const char *text)
{
    struct nd_error err = {0};
    const char *path = nd_test_path(name);
    nd_ck_ok(nd_file_write(path, nd_view_of(text), &err), &err);
    return path;
}

START_TEST(stronger_origins_win)
{
    char budget[] = "NIGHTDESK_BUDGET=3", docs[] = "NIGHTDESK_DOCS=x\ny", other[] = "NIGHTDESK_OTHER=1";
    char *environment[] = {other, budget, docs, NULL};
    struct nd_error err = {0};
    const char *project =
        config("p", "# mine\n budget = 4 \nmax-tool-calls=7\n\ndocs = p1\ndocs = p2\nlength=long\n");
    const char *user =
        config("u", "budget=5\nmax-tool-calls = 8\nlength = short\nsearch = searxng\njson = yes\n");
    struct settings s = fresh();
    nd_ck_ok(ARGS(&s, &err, "--length", "standard"), &err);
    nd_ck_ok(settings_from_environment(&s, environment, &err), &err);
    nd_ck_ok(settings_from_file(&s, project, FROM_PROJECT_FILE, &err), &err);
    nd_ck_ok(settings_from_file(&s, user, FROM_USER_FILE, &err), &err);
    nd_ck_ok(settings_from_file(&s, nd_test_path("absent"), FROM_USER_FILE, &err), &err);
    ck_assert_str_eq(setting_text(&s, OPT_LENGTH), "standard");
    ck_assert_int_eq(setting_number(&s, OPT_BUDGET, 0), 3000000);
    ck_assert_str_eq(s.v[OPT_BUDGET].where, "NIGHTDESK_BUDGET");
    ck_assert_int_eq(setting_number(&s, OPT_MAX_TOOL_CALLS, 0), 7);
    ck_assert_msg(strstr(s.v[OPT_MAX_TOOL_CALLS].where, "/p:3") != NULL, "%s", s.v[OPT_MAX_TOOL_CALLS].where);
    ck_assert_uint_eq(setting_texts(&s, OPT_DOCS)->n, 2);
    ck_assert_str_eq(setting_texts(&s, OPT_DOCS)->v[1], "y");
    ck_assert(setting_flag(&s, OPT_JSON));
    settings_release(&s);
}
END_TEST

START_TEST(wrong_settings_name_file_and_line)
{
    static const struct {
        const char *text, *note;
        enum origin origin;
    } rows[] = {
        {"budget\n", "f:1: wanted a line like", FROM_USER_FILE},
        {"\nbudgte = 5\n", "f:2: 'budgte' is not a setting; did you mean 'budget'?", FROM_USER_FILE},
        {"budget = much\n", "f:1' is 'much', wanted dollars", FROM_USER_FILE},
        {"run-id = x\n", "f:1: 'run-id' is not a setting", FROM_USER_FILE},
        {"notify-command = rm -rf /\n", "f:1: 'notify-command' may not come from a project's file",
         FROM_PROJECT_FILE},
        {"notify-url = http://example.org\n", "may not come from a project's file", FROM_PROJECT_FILE},
        {"reader = /tmp/x\n", "may not come from a project's file", FROM_PROJECT_FILE},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct settings s = fresh();
        struct nd_error err = {0};
        nd_ck_rc(settings_from_file(&s, config("f", rows[i].text), rows[i].origin, &err), ND_CONFIG, &err);
        nd_ck_note(&err, rows[i].note);
        settings_release(&s);
    }
}
END_TEST

START_TEST(project_file_that_anybody_can_write_is_refused)
{
    struct settings s = fresh();
    struct nd_error err = {0};
    const char *path = config("open", "budget = 1\n");
    ck_assert_int_eq(chmod(path, 0666), 0);
    nd_ck_rc(settings_from_file(&s, path, FROM_PROJECT_FILE, &err), ND_CONFIG, &err);
    nd_ck_note(&err, "can be written by anybody");
    settings_release(&s);
}
END_TEST

START_TEST(wrong_environment_is_a_configuration_error)
{
    char budget[] = "NIGHTDESK_BUDGET=abc";
    char *environment[] = {budget, NULL};
    struct settings s = fresh();
    struct nd_error err = {0};
    nd_ck_rc(settings_from_environment(&s, environment, &err), ND_CONFIG, &err);
    nd_ck_note(&err, "'NIGHTDESK_BUDGET' is 'abc'");
    settings_release(&s);
}
END_TEST

START_TEST(options_for_one_call_do_not_come_from_the_environment)
{
    char run[] = "NIGHTDESK_RUN_ID=x";
    char *environment[] = {run, NULL};
    struct settings s = fresh();
    struct nd_error err = {0};
    nd_ck_ok(settings_from_environment(&s, environment, &err), &err);
    ck_assert(!setting_given(&s, OPT_RUN_ID));
    ck_assert_uint_eq(s.unused.n, 1);
    ck_assert_str_eq(s.unused.v[0],
                     "'NIGHTDESK_RUN_ID' sets nothing: --run-id counts on the command line only");
    settings_release(&s);
}
END_TEST

START_TEST(variables_that_set_nothing_are_told)
{
    char typo[] = "NIGHTDESK_BUDGTE=1", other[] = "NIGHTDESK_ZZZZ=1", theirs[] = "NIGHTDESK_WHY=x",
         mine[] = "NIGHTDESK_MAX_STEPS=3", near[] = "NIGHTDESKX=1";
    char *environment[] = {typo, other, theirs, mine, near, NULL};
    struct settings s = fresh();
    struct nd_error err = {0};
    nd_ck_ok(settings_from_environment(&s, environment, &err), &err);
    ck_assert_uint_eq(s.unused.n, 2);
    ck_assert_str_eq(s.unused.v[0], "'NIGHTDESK_BUDGTE' sets nothing; did you mean 'NIGHTDESK_BUDGET'?");
    ck_assert_str_eq(s.unused.v[1], "'NIGHTDESK_ZZZZ' sets nothing: no option has this name");
    ck_assert_int_eq(setting_number(&s, OPT_MAX_STEPS, 0), 3);
    settings_release(&s);
}
END_TEST

START_TEST(values_that_are_overridden_are_checked_too)
{
    char length[] = "NIGHTDESK_LENGTH=x";
    char *environment[] = {length, NULL};
    struct settings s = fresh();
    struct nd_error err = {0};
    nd_ck_ok(ARGS(&s, &err, "--length", "long"), &err);
    nd_ck_rc(settings_from_environment(&s, environment, &err), ND_CONFIG, &err);
    nd_ck_note(&err, "'NIGHTDESK_LENGTH' is 'x', wanted short, standard");
    ck_assert_str_eq(setting_text(&s, OPT_LENGTH), "long");
    settings_release(&s);
}
END_TEST

START_TEST(every_row_of_the_table_is_whole)
{
    for (size_t i = 0; i < OPTION_COUNT; i++) {
        const struct option *o = &options[i];
        ck_assert_msg(o->name && *o->name && o->help && *o->help, "option %zu has no name or help", i);
        ck_assert_msg((o->kind == OPTION_FLAG) == (o->value == NULL), "%s", o->name);
        ck_assert_msg(o->help[strlen(o->help) - 1] != '.', "%s", o->name);
        bool words = o->kind == OPTION_WORD || o->kind == OPTION_WORDS;
        ck_assert_msg(words == (o->words != NULL), "%s", o->name);
        if (!o->fallback) continue;
        struct settings s;
        settings_init(&s, "x", (const enum option_id[]){(enum option_id)i, OPTION_COUNT});
        struct nd_error err = {0};
        char name[80], value[80];
        (void)snprintf(name, sizeof name, "--%s", o->name);
        (void)snprintf(value, sizeof value, "%s", o->fallback);
        nd_ck_ok(settings_from_args(&s, 2, (char *const[]){name, value}, &err), &err);
        settings_release(&s);
    }
}
END_TEST

ND_TEST_MAIN("cli/settings", values_in_every_form, last_value_wins_and_flags_can_be_put_out,
             wrong_arguments_are_named, stronger_origins_win, wrong_settings_name_file_and_line,
             project_file_that_anybody_can_write_is_refused, wrong_environment_is_a_configuration_error,
             options_for_one_call_do_not_come_from_the_environment, variables_that_set_nothing_are_told,
             values_that_are_overridden_are_checked_too, every_row_of_the_table_is_whole)
