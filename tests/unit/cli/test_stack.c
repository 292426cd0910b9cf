#include "stack.h"
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include <string.h>

#define FINE                                                                                                 \
    "{\"schema\":\"nightdesk.stack/1\",\"region\":\"eu-west-1\",\"store\":\"aws://t/"                        \
    "b\",\"machine\":\"arn:m\","                                                                             \
    "\"batch_machine\":\"arn:n\",\"topic\":\"arn:t\"}"

static const enum option_id uses[] = {OPTIONS_OF_STORE, OPTION_COUNT};

static char *environment[3];

/* The command with a configuration folder of its own. */
static struct cli open_cli(const char *const *words, char *const *variables)
{
    char *argv[8];
    int argc = 0;
    struct cli cli = {.environment = environment};
    struct nd_error err = {0};
    environment[0] = nd_sprintf("XDG_CONFIG_HOME=%s", nd_test_dir());
    environment[1] = nd_sprintf("HOME=%s", nd_test_dir());
    for (; words[argc]; argc++) argv[argc] = (char *)(uintptr_t)words[argc];
    settings_init(&cli.settings, "status", uses);
    nd_ck_ok(settings_from_args(&cli.settings, argc, argv, &err), &err);
    nd_ck_ok(settings_from_environment(&cli.settings, variables, &err), &err);
    return cli;
}

static void close_cli(struct cli *cli)
{
    settings_release(&cli->settings);
    nd_free(environment[0]);
    nd_free(environment[1]);
}

static void keep(const char *name, const char *text)
{
    struct nd_error err = {0};
    char *folder = nd_path_join(nd_test_dir(), "nightdesk/stacks"), *path = nd_path_join(folder, name);
    if (!nd_file_is_dir(folder)) nd_ck_ok(nd_file_mkdirs(folder, &err), &err);
    nd_ck_ok(nd_file_write(path, nd_view_of(text), &err), &err);
    nd_free(path);
    nd_free(folder);
}

START_TEST(a_stack_by_its_name)
{
    struct cli cli = open_cli((const char *const[]){"--stack", "mine", NULL}, (char *[]){NULL});
    struct stack stack;
    struct nd_error err = {0};
    nd_ck_rc(stack_find(&stack, &cli, &err), ND_CONFIG, &err);
    nd_ck_note(&err, "make deploy STACK=mine");
    keep("mine.json", FINE);
    nd_error_clear(&err);
    nd_ck_ok(stack_find(&stack, &cli, &err), &err);
    ck_assert_str_eq(stack.store, "aws://t/b");
    ck_assert_str_eq(stack.region, "eu-west-1");
    ck_assert_str_eq(stack.machine, "arn:m");
    ck_assert_str_eq(stack.topic, "arn:t");
    stack_release(&stack);
    close_cli(&cli);
}
END_TEST

START_TEST(what_is_nearer_counts)
{
    static char by_stack[] = "NIGHTDESK_STACK=mine", by_store[] = "NIGHTDESK_STORE=elsewhere";
    struct nd_error err = {0};
    struct stack stack;
    keep("mine.json", FINE);
    struct cli cli = open_cli((const char *const[]){"--store", "here", NULL}, (char *[]){by_stack, NULL});
    nd_ck_ok(stack_find(&stack, &cli, &err), &err);
    ck_assert_str_eq(stack.store, "here");
    ck_assert_ptr_null(stack.machine);
    stack_release(&stack);
    close_cli(&cli);
    cli = open_cli((const char *const[]){"--stack", "mine", "--machine", "arn:x", NULL},
                   (char *[]){by_store, NULL});
    nd_ck_ok(stack_find(&stack, &cli, &err), &err);
    ck_assert_str_eq(stack.store, "aws://t/b");
    ck_assert_str_eq(stack.machine, "arn:x");
    stack_release(&stack);
    close_cli(&cli);
    cli = open_cli((const char *const[]){NULL}, (char *[]){by_store, by_stack, NULL});
    nd_ck_rc(stack_find(&stack, &cli, &err), ND_BAD_INPUT, &err);
    nd_ck_note(&err, "'NIGHTDESK_STORE' and 'NIGHTDESK_STACK'");
    close_cli(&cli);
}
END_TEST

START_TEST(a_file_that_is_no_stack)
{
    static const struct {
        const char *name, *text;
        enum nd_rc rc;
    } cases[] = {
        {"a", "", ND_CONFIG},
        {"b", "[]", ND_CONFIG},
        {"c", "{\"schema\":\"nightdesk.stack/2\"}", ND_CONFIG},
        {"d", "{\"schema\":\"nightdesk.stack/1\",\"region\":\"r\",\"store\":\"s\",\"machine\":1}", ND_CONFIG},
        {"..", "", ND_BAD_INPUT},
        {"a/b", "", ND_BAD_INPUT},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *file = nd_sprintf("%s.json", cases[i].name);
        if (cases[i].rc == ND_CONFIG) keep(file, cases[i].text);
        nd_free(file);
        struct cli cli = open_cli((const char *const[]){"--stack", cases[i].name, NULL}, (char *[]){NULL});
        struct stack stack;
        struct nd_error err = {0};
        nd_ck_rc(stack_find(&stack, &cli, &err), cases[i].rc, &err);
        stack_release(&stack);
        close_cli(&cli);
    }
}
END_TEST

ND_TEST_MAIN("cli/stack", a_stack_by_its_name, what_is_nearer_counts, a_file_that_is_no_stack)
