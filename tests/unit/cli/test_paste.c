#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "paste.h"
#include <string.h>

START_TEST(words_are_quoted_when_a_shell_wants_it)
{
    static const struct {
        const char *word, *wanted;
    } rows[] = {
        {"r1", "r1"},
        {"/srv/a-b_c.d", "/srv/a-b_c.d"},
        {"", "''"},
        {"my store", "'my store'"},
        {"it's", "'it'\\''s'"},
        {"$HOME;*", "'$HOME;*'"},
        {"~/x", "'~/x'"},
        {"caf\xc3\xa9", "'caf\xc3\xa9'"},
        {"a\nb", "'a\nb'"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct nd_bytes out = ND_BYTES(100);
        paste_word(&out, rows[i].word);
        ck_assert_str_eq(out.data, rows[i].wanted);
        nd_bytes_release(&out);
    }
}
END_TEST

START_TEST(a_command_repeats_what_the_next_one_needs)
{
    static const enum option_id uses[] = {OPT_STORE,   OPT_PRICE, OPT_LANES,
                                          OPT_OFFLINE, OPT_OUT,   OPTION_COUNT};
    static char store[] = "--store=/my store", price[] = "--price=1,2", lanes[] = "--lanes=3",
                offline[] = "--offline", out[] = "--out=/o";
    char *const argv[] = {store, price, lanes, offline, out};
    struct cli cli = {.program = "nightdesk"};
    struct nd_error err = {0};
    settings_init(&cli.settings, "run", uses);
    nd_ck_ok(settings_from_args(&cli.settings, 5, argv, &err), &err);
    char *resume = paste_command(&cli, &cmd_resume, "%s --budget %d", "r", 4),
         *status = paste_command(&cli, &cmd_status, "%s", "r"),
         *verify = paste_command(&cli, &cmd_verify, "%s", "d");
    ck_assert_str_eq(resume, "nightdesk resume r --budget 4 --price 1,2 --offline --store '/my store'");
    ck_assert_str_eq(status, "nightdesk status r --store '/my store'");
    ck_assert_str_eq(verify, "nightdesk verify d");
    cli.out_again = true;
    paste_hint(&cli, "next", &cmd_resume, "%s", "r");
    ck_assert_ptr_nonnull(strstr(cli.hint, "next: nightdesk resume r"));
    ck_assert_ptr_nonnull(strstr(cli.hint, " --out /o"));
    cli_hint(&cli, NULL);
    ck_assert_ptr_null(cli.hint);
    settings_release(&cli.settings);
    nd_free(resume);
    nd_free(status);
    nd_free(verify);
}
END_TEST

ND_TEST_MAIN("cli/paste", words_are_quoted_when_a_shell_wants_it, a_command_repeats_what_the_next_one_needs)
