#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *folder;
static pid_t folder_owner; /* a child of a test must not remove the test's folder */
static char *paths[64];
static size_t paths_n;

static void remove_folder(void)
{
    if (!folder || getpid() != folder_owner) return;
    (void)nd_file_remove_tree(folder, NULL);
    for (size_t i = 0; i < paths_n; i++) nd_free(paths[i]);
    nd_free(folder);
    folder = NULL;
}

const char *nd_test_dir(void)
{
    if (folder) return folder;
    const char *base = getenv("TMPDIR");
    folder = nd_path_join(base && *base ? base : "/tmp", "nd-test-XXXXXX");
    if (!mkdtemp(folder)) ck_abort_msg("cannot make the folder '%s'", folder);
    folder_owner = getpid();
    if (atexit(remove_folder) != 0) ck_abort_msg("atexit failed");
    return folder;
}

const char *nd_test_path(const char *name)
{
    ck_assert_msg(paths_n < sizeof paths / sizeof paths[0], "a test asks for more than 64 paths");
    return paths[paths_n++] = nd_path_join(nd_test_dir(), name);
}

char *nd_test_read(const char *path)
{
    struct nd_bytes bytes = ND_BYTES(ND_BYTES_MAX);
    struct nd_error err = {0};
    nd_ck_ok(nd_file_read(path, &bytes, &err), &err);
    return nd_bytes_take(&bytes, NULL);
}

const char *nd_test_chain(enum nd_rc rc, const struct nd_error *err)
{
    static char text[ND_ERROR_NOTES * ND_ERROR_NOTE_BYTES + 64];
    struct nd_bytes chain = ND_BYTES(sizeof text - 1);
    nd_bytes_add_str(&chain, nd_rc_word(rc));
    for (unsigned i = 0; err && i < err->notes; i++)
        nd_bytes_addf(&chain, "%s%s", i ? "; " : ": ", err->note[i]);
    memcpy(text, nd_bytes_view(&chain).data, chain.len + 1);
    nd_bytes_release(&chain);
    return text;
}

bool nd_test_has_note(const struct nd_error *err, const char *part)
{
    for (unsigned i = 0; i < err->notes; i++) {
        if (strstr(err->note[i], part)) return true;
    }
    return false;
}

int nd_test_run(const char *suite_name, const TTest *const *tests, size_t n)
{
    Suite *suite = suite_create(suite_name);
    for (size_t i = 0; i < n; i++) {
        TCase *one = tcase_create(tests[i]->name);
        tcase_add_test(one, tests[i]);
        suite_add_tcase(suite, one);
    }
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
