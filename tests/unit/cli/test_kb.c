#include "kb.h"
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include <string.h>

static char *environment[2];

static void begin(void)
{
    environment[0] = nd_sprintf("XDG_CONFIG_HOME=%s", nd_test_dir());
}

static void make(const char *name, const char *first, const char *second)
{
    struct nd_error err = {0};
    struct kb kb = {.name = nd_strdup(name)};
    nd_strings_add(&kb.roots, first);
    if (second) nd_strings_add(&kb.roots, second);
    nd_ck_ok(kb_save(&kb, environment, &err), &err);
    kb_release(&kb);
}

START_TEST(what_is_saved_is_listed_loaded_and_removed)
{
    struct nd_error err = {0};
    struct nd_strings names = {.v = NULL};
    struct kb kb;
    begin();
    nd_ck_ok(kb_names(&names, environment, &err), &err);
    ck_assert_uint_eq(names.n, 0);
    make("wiki", "/a b", "/c");
    make("Handbook-2", "/d", NULL);
    nd_ck_ok(kb_names(&names, environment, &err), &err);
    ck_assert_uint_eq(names.n, 2);
    ck_assert_str_eq(names.v[0], "Handbook-2");
    nd_ck_ok(kb_load(&kb, environment, "wiki", &err), &err);
    ck_assert_uint_eq(kb.roots.n, 2);
    ck_assert_str_eq(kb.roots.v[0], "/a b");
    kb_release(&kb);
    nd_ck_ok(kb_remove(environment, "wiki", &err), &err);
    nd_ck_rc(kb_load(&kb, environment, "wiki", &err), ND_NOT_FOUND, &err);
    ck_assert(nd_test_has_note(&err, "there are: Handbook-2"));
    nd_error_clear(&err);
    nd_ck_rc(kb_remove(environment, "wiki", &err), ND_NOT_FOUND, &err);
    nd_error_clear(&err);
    nd_ck_rc(kb_load(&kb, environment, "../config", &err), ND_BAD_INPUT, &err);
    nd_strings_release(&names);
}
END_TEST

START_TEST(damaged_and_newer_files_are_refused)
{
    static const struct {
        const char *text;
        enum nd_rc rc;
    } rows[] = {
        {"{\"schema\":\"nightdesk.kb/1\",\"roots\":[\"/a\"", ND_BAD_INPUT},
        {"{\"schema\":\"nightdesk.kb/3\",\"roots\":[]}", ND_VERSION},
        {"{\"schema\":\"nightdesk.kb/2\",\"roots\":[]}", ND_BAD_INPUT},
        {"{\"schema\":\"nightdesk.kb/2\",\"roots\":[],\"elsewhere\":[\"bedrock:eu-west-1:ABC\"]}",
         ND_BAD_INPUT},
        {"{\"schema\":\"other/1\",\"roots\":[]}", ND_BAD_INPUT},
        {"{\"schema\":\"nightdesk.kb/1\",\"roots\":[\"relative\"]}", ND_BAD_INPUT},
        {"{\"schema\":\"nightdesk.kb/1\",\"roots\":{}}", ND_BAD_INPUT},
        {"[]", ND_BAD_INPUT},
    };
    begin();
    make("kb", "/a", NULL);
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct nd_error err = {0};
        struct kb kb;
        nd_ck_ok(nd_file_write(nd_test_path("nightdesk/kb/kb.json"), nd_view_of(rows[i].text), &err), &err);
        nd_ck_rc(kb_load(&kb, environment, "kb", &err), rows[i].rc, &err);
        ck_assert(nd_test_has_note(&err, "kb.json"));
    }
}
END_TEST

START_TEST(a_request_gets_the_paths_in_place_of_the_names)
{
    struct nd_error err = {0};
    struct nd_json *request = NULL;
    struct nd_bytes text = ND_BYTES(1 << 16);
    begin();
    make("one", "/a", "/b");
    make("two", "/b", "/c");
    static const char asked[] = "{\"topic\":\"t\",\"documents\":{\"roots\":[\"/a\"],\"include\":[\"*.pdf\"]},"
                                "\"kbs\":[\"two\",\"one\"]}";
    nd_ck_ok(nd_json_parse(&request, nd_view_of(asked), &err), &err);
    nd_ck_ok(kb_resolve(request, environment, &err), &err);
    nd_json_print_canonical(request, &text);
    nd_ck_view(nd_bytes_view(&text),
               "{\"documents\":{\"include\":[\"*.pdf\"],\"roots\":[\"/a\",\"/b\",\"/c\"]},"
               "\"kbs\":[],\"topic\":\"t\"}");
    nd_json_free(request);
    nd_ck_ok(nd_json_parse(&request, ND_VIEW("{\"topic\":\"t\",\"kbs\":[\"three\"]}"), &err), &err);
    nd_ck_rc(kb_resolve(request, environment, &err), ND_BAD_INPUT, &err);
    nd_json_free(request);
    nd_bytes_release(&text);
}
END_TEST

ND_TEST_MAIN("cli/kb", what_is_saved_is_listed_loaded_and_removed, damaged_and_newer_files_are_refused,
             a_request_gets_the_paths_in_place_of_the_names)
