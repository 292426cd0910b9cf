#include "folder.h"
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include <sys/stat.h>
#include <unistd.h>

static void add(struct nd_artefact *a, const char *name, const char *text)
{
    nd_bytes_add_str(nd_artefact_add(a, name), text);
}

static struct nd_artefact report(const char *run_id, const char *evidence)
{
    struct nd_artefact a = {0};
    char *manifest =
        nd_sprintf("{\"run_id\":\"%s\",\"outputs\":[{\"file\":\"report.html\"},{\"file\":\"%s\"},"
                   "{\"file\":\"../outside\"}]}",
                   run_id, evidence);
    add(&a, "report.html", "<p>");
    add(&a, evidence, "text");
    add(&a, "manifest.json", manifest);
    nd_free(manifest);
    return a;
}

static bool exists(const char *dir, const char *name)
{
    char *path = nd_path_join(dir, name);
    bool there = nd_file_exists(path);
    nd_free(path);
    return there;
}

START_TEST(writes_and_writes_again)
{
    struct nd_error err = {0};
    const char *dir = nd_test_path("new/report");
    struct nd_artefact first = report("r1", "evidence/a/p1.txt"), second = report("r1", "evidence/b/p2.txt");
    struct nd_json *ledger = nd_json_object();
    nd_ck_ok(nd_file_write(nd_test_path("outside"), ND_VIEW("x"), &err), &err);
    nd_ck_ok(folder_check(dir, "r1", &err), &err);
    ck_assert(!nd_file_exists(dir));
    nd_ck_ok(folder_write(dir, "r1", &first, ledger, &err), &err);
    ck_assert(exists(dir, "evidence/a/p1.txt") && exists(dir, "ledger.json") &&
              !exists(dir, ".nightdesk-r1"));
    char *own = nd_path_join(dir, "my-notes.txt");
    nd_ck_ok(nd_file_write(own, ND_VIEW("mine"), &err), &err);
    nd_ck_ok(folder_write(dir, "r1", &second, NULL, &err), &err);
    ck_assert_msg(!exists(dir, "evidence/a/p1.txt"), "a file of the older report is still there");
    ck_assert(exists(dir, "evidence/b/p2.txt") && exists(dir, "my-notes.txt"));
    ck_assert_msg(nd_file_exists(nd_test_path("new/outside")) || nd_file_exists(nd_test_path("outside")),
                  "a manifest removed a file outside its folder");
    nd_free(own);
    nd_json_free(ledger);
    nd_artefact_release(&first);
    nd_artefact_release(&second);
}
END_TEST

static mode_t mode_of(const char *path)
{
    struct stat info;
    ck_assert_int_eq(stat(path, &info), 0);
    return info.st_mode & 07777;
}

START_TEST(folders_follow_the_umask_as_files_do)
{
    struct nd_error err = {0};
    struct nd_artefact a = report("r1", "evidence/a/p1.txt");
    const mode_t before = umask(027);
    nd_ck_ok(folder_write(nd_test_path("shared/report"), "r1", &a, NULL, &err), &err);
    (void)umask(before);
    ck_assert_uint_eq(mode_of(nd_test_path("shared/report")), 0750);
    ck_assert_uint_eq(mode_of(nd_test_path("shared/report/evidence/a")), 0750);
    ck_assert_uint_eq(mode_of(nd_test_path("shared/report/report.html")), 0640);
    nd_artefact_release(&a);
}
END_TEST

START_TEST(never_writes_to_what_is_not_its_own)
{
    struct nd_error err = {0};
    struct nd_artefact a = report("r1", "evidence/x");
    const char *dir = nd_test_path("r1"), *other = nd_test_path("photos");
    nd_ck_ok(folder_write(dir, "r1", &a, NULL, &err), &err);
    nd_ck_rc(folder_write(dir, "r2", &a, NULL, &err), ND_BAD_INPUT, &err);
    nd_ck_note(&err, "holds the report of run 'r1'");
    nd_error_clear(&err);
    nd_ck_ok(nd_file_mkdirs(other, &err), &err);
    nd_ck_ok(folder_check(other, "r1", &err), &err); /* empty: fine */
    nd_ck_ok(nd_file_write(nd_test_path("photos/a.jpg"), ND_VIEW("x"), &err), &err);
    nd_ck_rc(folder_check(other, "r1", &err), ND_BAD_INPUT, &err);
    nd_ck_note(&err, "has other things in it");
    nd_error_clear(&err);
    nd_ck_rc(folder_check(nd_test_path("photos/a.jpg"), "r1", &err), ND_BAD_INPUT, &err);
    nd_ck_note(&err, "is a file");
    nd_error_clear(&err);
    nd_ck_rc(folder_check(nd_test_path("photos/a.jpg/x"), "r1", &err), ND_BAD_INPUT, &err);
    nd_artefact_release(&a);
}
END_TEST

START_TEST(goes_on_with_what_a_killed_process_left)
{
    struct nd_error err = {0};
    struct nd_artefact a = report("r1", "evidence/x");
    const char *dir = nd_test_path("half");
    nd_ck_ok(nd_file_mkdirs(dir, &err), &err);
    nd_ck_ok(nd_file_write(nd_test_path("half/.nightdesk-r1"), ND_VIEW(""), &err), &err);
    nd_ck_ok(nd_file_write(nd_test_path("half/report.html"), ND_VIEW("<"), &err), &err);
    nd_ck_rc(folder_check(dir, "r2", &err), ND_BAD_INPUT, &err);
    nd_error_clear(&err);
    nd_ck_ok(folder_write(dir, "r1", &a, NULL, &err), &err);
    ck_assert(exists(dir, "manifest.json") && !exists(dir, ".nightdesk-r1"));
    nd_artefact_release(&a);
}
END_TEST

START_TEST(a_file_that_is_a_link_is_not_followed)
{
    struct nd_error err = {0};
    struct nd_artefact a = report("r1", "evidence/x");
    const char *dir = nd_test_path("out"), *victim = nd_test_path("victim");
    nd_ck_ok(nd_file_write(victim, ND_VIEW("precious"), &err), &err);
    nd_ck_ok(folder_write(dir, "r1", &a, NULL, &err), &err);
    ck_assert_int_eq(unlink(nd_test_path("out/report.html")), 0);
    ck_assert_int_eq(symlink(victim, nd_test_path("out/report.html")), 0);
    ck_assert_int_ne(folder_write(dir, "r1", &a, NULL, &err), ND_OK);
    char *text = nd_test_read(victim);
    ck_assert_str_eq(text, "precious");
    nd_free(text);
    nd_artefact_release(&a);
}
END_TEST

START_TEST(a_name_that_leads_out_is_refused)
{
    static const char *const names[] = {"../x", "/x", "a/../../x", ""};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct nd_error err = {0};
        struct nd_artefact bad = report("r1", names[i]);
        nd_ck_rc(folder_write(nd_test_path("out"), "r1", &bad, NULL, &err), ND_BROKEN, &err);
        ck_assert(!nd_file_exists(nd_test_path("out")));
        nd_artefact_release(&bad);
    }
}
END_TEST

ND_TEST_MAIN("cli/folder", a_name_that_leads_out_is_refused, writes_and_writes_again,
             folders_follow_the_umask_as_files_do, never_writes_to_what_is_not_its_own,
             goes_on_with_what_a_killed_process_left, a_file_that_is_a_link_is_not_followed)
