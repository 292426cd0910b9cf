#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include "rig.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static enum nd_rc list(struct rig *rig)
{
    nd_inputs_release(&rig->inputs);
    nd_error_clear(&rig->err);
    return nd_inputs_list(&rig->inputs, &rig->request, NULL, NULL, &rig->err);
}

static void link_to(const struct rig *rig, const char *target, const char *name)
{
    char *path = nd_path_join(rig->root, name);
    ck_assert_int_eq(symlink(target, path), 0);
    nd_free(path);
}

static const struct nd_input *find(const struct rig *rig, const char *path)
{
    for (size_t i = 0; i < rig->inputs.n; i++) {
        if (strcmp(rig->inputs.v[i].path, path) == 0) return &rig->inputs.v[i];
    }
    return NULL;
}

START_TEST(files_are_listed_in_order_with_their_hashes)
{
    struct rig rig;
    rig_open(&rig);
    rig_add(&rig, "b.txt", ND_VIEW("bee"));
    rig_add(&rig, "a/z.txt", ND_VIEW("zed"));
    rig_add(&rig, "a.txt", ND_VIEW("a"));
    rig_add(&rig, "B.txt", ND_VIEW("big"));
    rig_add(&rig, ".hidden", ND_VIEW("x"));
    rig_add(&rig, ".git/config", ND_VIEW("x"));
    nd_ck_ok(list(&rig), &rig.err);
    static const char *const wanted[] = {"B.txt", "a.txt", "a/z.txt", "b.txt"};
    ck_assert_uint_eq(rig.inputs.n, 4);
    for (size_t i = 0; i < 4; i++) ck_assert_str_eq(rig.inputs.v[i].path, wanted[i]);
    ck_assert_uint_eq(rig.inputs.hidden, 2);
    ck_assert_int_eq(rig.inputs.v[1].size_bytes, 1);
    ck_assert_str_eq(rig.inputs.v[1].sha256,
                     "ca978112ca1bbdcafac231b39a23dc4da786eff8147c4e72b9807785afee48bb");
    rig_close(&rig);
}
END_TEST

START_TEST(globs_choose_and_what_they_leave_out_is_counted)
{
    struct rig rig;
    rig_open(&rig);
    rig_add(&rig, "a.txt", ND_VIEW("a"));
    rig_add(&rig, "b.pdf", ND_VIEW("b"));
    rig_add(&rig, "drafts/c.pdf", ND_VIEW("c"));
    nd_strings_add(&rig.request.include, "*.pdf");
    nd_strings_add(&rig.request.exclude, "drafts/**");
    nd_ck_ok(list(&rig), &rig.err);
    ck_assert_uint_eq(rig.inputs.n, 1);
    ck_assert_str_eq(rig.inputs.v[0].path, "b.pdf");
    ck_assert_uint_eq(rig.inputs.excluded, 2);
    nd_strings_add(&rig.request.exclude, "b.*");
    nd_ck_rc(list(&rig), ND_BAD_INPUT, &rig.err);
    nd_ck_note(&rig.err, "none of 3 files passes include and exclude");
    rig_close(&rig);
}
END_TEST

/* What a run left below its own documents would be quoted by the next one as if somebody else had said it. */
START_TEST(folders_of_reports_are_no_documents)
{
    static const char manifest[] = "{\n  \"schema\": \"nightdesk.manifest/1\",\n  \"run_id\": \"q1\"\n}\n";
    struct rig rig;
    rig_open(&rig);
    rig_add(&rig, "nightdesk-q1/manifest.json", nd_view_of(manifest));
    rig_add(&rig, "nightdesk-q1/report.md", ND_VIEW("# Report"));
    rig_add(&rig, "deep/out/.nightdesk-q2", ND_VIEW("")); /* half-written */
    rig_add(&rig, "deep/out/report.html", ND_VIEW("<p>"));
    nd_ck_rc(list(&rig), ND_BAD_INPUT, &rig.err);
    nd_ck_note(&rig.err, "2 folders with reports of nightdesk are left out");
    rig_add(&rig, "deep/a.txt", ND_VIEW("a"));
    rig_add(&rig, "app/manifest.json", ND_VIEW("{\"schema\": \"other/1\"}"));
    nd_ck_ok(list(&rig), &rig.err);
    ck_assert_uint_eq(rig.inputs.n, 2);
    ck_assert_str_eq(rig.inputs.v[0].path, "app/manifest.json");
    ck_assert_str_eq(rig.inputs.v[1].path, "deep/a.txt");
    ck_assert_uint_eq(rig.inputs.reports, 2);
    struct nd_json *json = nd_inputs_json(&rig.inputs);
    struct nd_inputs again = {0};
    nd_ck_ok(nd_inputs_parse(&again, json, &rig.err), &rig.err);
    ck_assert_uint_eq(again.reports, 2);
    nd_inputs_release(&again);
    nd_json_remove(json, "reports"); /* lists of before know no reports */
    nd_ck_ok(nd_inputs_parse(&again, json, &rig.err), &rig.err);
    ck_assert_uint_eq(again.reports, 0);
    nd_inputs_release(&again);
    nd_json_free(json);
    char *named = nd_path_join(rig.root, "nightdesk-q1"); /* who names it means it */
    nd_strings_release(&rig.request.roots);
    nd_strings_add(&rig.request.roots, named);
    nd_ck_ok(list(&rig), &rig.err);
    ck_assert_uint_eq(rig.inputs.n, 2);
    nd_free(named);
    rig_close(&rig);
}
END_TEST

START_TEST(folders_without_documents_are_named)
{
    struct rig rig;
    rig_open(&rig);
    nd_ck_rc(list(&rig), ND_BAD_INPUT, &rig.err);
    nd_ck_note(&rig.err, rig.root);
    nd_ck_note(&rig.err, "the folder is empty");
    rig_add(&rig, ".only/hidden", ND_VIEW("x"));
    nd_ck_rc(list(&rig), ND_BAD_INPUT, &rig.err);
    nd_ck_note(&rig.err, "1 hidden");
    nd_strings_add(&rig.request.roots, "/nowhere/at/all");
    nd_ck_rc(list(&rig), ND_BAD_INPUT, &rig.err);
    nd_ck_note(&rig.err, "'/nowhere/at/all': No such file or directory");
    nd_strings_release(&rig.request.roots);
    nd_ck_rc(list(&rig), ND_BAD_INPUT, &rig.err);
    nd_ck_note(&rig.err, "no documents are named");
    nd_strings_add(&rig.request.roots, "s3://bucket/x");
    nd_ck_rc(list(&rig), ND_BAD_INPUT, &rig.err);
    rig_close(&rig);
}
END_TEST

START_TEST(links_are_followed_inside_their_root_only)
{
    struct rig rig;
    rig_open(&rig);
    nd_ck_ok(nd_file_write(nd_test_path("secret.txt"), ND_VIEW("secret"), &rig.err), &rig.err);
    rig_add(&rig, "a/one.txt", ND_VIEW("one"));
    link_to(&rig, "a/one.txt", "inside.txt");
    link_to(&rig, "../secret.txt", "outside.txt");
    link_to(&rig, "..", "parent");
    link_to(&rig, "a", "folder");
    link_to(&rig, ".", "loop");
    link_to(&rig, "self", "self");
    link_to(&rig, "nothing", "dangling");
    nd_ck_ok(list(&rig), &rig.err);
    ck_assert_uint_eq(rig.inputs.n, 6);
    ck_assert_ptr_null(find(&rig, "a/one.txt")->why);
    ck_assert_ptr_null(find(&rig, "inside.txt")->why);
    ck_assert_str_eq(find(&rig, "inside.txt")->sha256, find(&rig, "a/one.txt")->sha256);
    ck_assert_ptr_nonnull(strstr(find(&rig, "outside.txt")->why, "leads out"));
    ck_assert_str_eq(find(&rig, "outside.txt")->sha256, "");
    ck_assert_ptr_nonnull(strstr(find(&rig, "parent")->why, "leads out"));
    ck_assert_ptr_nonnull(strstr(find(&rig, "self")->why, "itself"));
    ck_assert_ptr_nonnull(strstr(find(&rig, "dangling")->why, "nowhere"));
    rig_close(&rig);
}
END_TEST

START_TEST(what_cannot_be_read_is_listed_with_its_reason)
{
    struct rig rig;
    rig_open(&rig);
    char *pipe = nd_path_join(rig.root, "pipe"), *closed = nd_path_join(rig.root, "closed.txt");
    char *large = nd_path_join(rig.root, "large.bin");
    rig_add(&rig, "closed.txt", ND_VIEW("x"));
    rig_add(&rig, "large.bin", ND_VIEW(""));
    ck_assert_int_eq(mkfifo(pipe, 0600), 0);
    ck_assert_int_eq(chmod(closed, 0), 0);
    ck_assert_int_eq(truncate(large, (off_t)ND_READ_FILE_MAX_BYTES + 1), 0);
    nd_ck_ok(list(&rig), &rig.err);
    ck_assert_ptr_nonnull(strstr(find(&rig, "pipe")->why, "not a file"));
    ck_assert_ptr_nonnull(strstr(find(&rig, "large.bin")->why, "limit is 256 MB"));
    if (geteuid() != 0) ck_assert_str_eq(find(&rig, "closed.txt")->why, "cannot be read: Permission denied");
    nd_free(pipe);
    nd_free(closed);
    nd_free(large);
    rig_close(&rig);
}
END_TEST

START_TEST(names_that_are_not_utf8_are_repaired_for_display_and_opened_by_their_bytes)
{
    struct rig rig;
    rig_open(&rig);
    rig_add(&rig, "caf\xE9.txt", ND_VIEW("A text in a file whose name is Latin-1."));
    rig_add(&rig, "new\nline.txt", ND_VIEW("Another text."));
    nd_ck_ok(rig_read(&rig), &rig.err);
    ck_assert_uint_eq(rig.sources.n, 2);
    ck_assert_int_eq(rig_source(&rig, "caf\xEF\xBF\xBD.txt")->reading->status, ND_SOURCE_READ);
    ck_assert_str_eq(rig_source(&rig, "caf\xEF\xBF\xBD.txt")->reading->title, "caf\xEF\xBF\xBD");
    ck_assert_str_eq(rig_source(&rig, "new\nline.txt")->reading->title, "new line");
    struct nd_json *json = nd_inputs_json(&rig.inputs);
    struct nd_inputs again = {0};
    nd_ck_ok(nd_inputs_parse(&again, json, &rig.err), &rig.err);
    ck_assert_str_eq(again.v[0].name, "caf\xE9.txt");
    nd_inputs_release(&again);
    nd_json_free(json);
    rig_close(&rig);
}
END_TEST

START_TEST(several_roots_and_a_root_that_is_a_file)
{
    struct rig rig;
    rig_open(&rig);
    rig_add(&rig, "b.txt", ND_VIEW("bee"));
    const char *file = nd_test_path("alone.txt");
    nd_ck_ok(nd_file_write(file, ND_VIEW("alone in the world"), &rig.err), &rig.err);
    nd_strings_add(&rig.request.roots, file);
    nd_ck_ok(rig_read(&rig), &rig.err);
    ck_assert_uint_eq(rig.sources.n, 2);
    ck_assert_uint_eq(rig.sources.v[1].root, 1);
    ck_assert_str_eq(rig.sources.v[1].path, "alone.txt");
    ck_assert_str_eq(rig_page(&rig, "alone.txt", 1), "alone in the world");
    rig_close(&rig);
}
END_TEST

START_TEST(too_many_files_are_refused)
{
    struct rig rig;
    rig_open(&rig);
    for (unsigned i = 0; i <= ND_INPUTS_MAX; i++) {
        char name[300];
        (void)snprintf(name, sizeof name, "%s/%u", rig.root, i);
        FILE *f = fopen(name, "w");
        ck_assert_ptr_nonnull(f);
        (void)fclose(f);
    }
    nd_ck_rc(list(&rig), ND_OVER_LIMIT, &rig.err);
    nd_ck_note(&rig.err, "more than 20000 files");
    rig_close(&rig);
}
END_TEST

START_TEST(the_frozen_list_survives_json)
{
    struct rig rig;
    rig_open(&rig);
    rig_add(&rig, "a.txt", ND_VIEW("a"));
    link_to(&rig, "nothing", "dangling");
    nd_ck_ok(list(&rig), &rig.err);
    struct nd_json *json = nd_inputs_json(&rig.inputs), *again = NULL;
    struct nd_inputs parsed = {0};
    nd_ck_ok(nd_inputs_parse(&parsed, json, &rig.err), &rig.err);
    again = nd_inputs_json(&parsed);
    ck_assert(nd_json_equal(json, again));
    ck_assert_str_eq(parsed.v[1].why, rig.inputs.v[1].why);
    nd_json_free(json);
    nd_json_free(again);
    nd_inputs_release(&parsed);
    rig_close(&rig);
}
END_TEST

START_TEST(a_list_that_leads_out_of_its_root_is_refused)
{
    static const char *const files[] = {
        "{\"root\":0,\"path\":\"../x\",\"size_bytes\":1,\"sha256\":\"%1$s\"}",
        "{\"root\":0,\"path\":\"/etc/passwd\",\"size_bytes\":1,\"sha256\":\"%1$s\"}",
        "{\"root\":0,\"path\":\"a/../../x\",\"size_bytes\":1,\"sha256\":\"%1$s\"}",
        "{\"root\":0,\"path\":\"a//b\",\"size_bytes\":1,\"sha256\":\"%1$s\"}",
        "{\"root\":0,\"path\":\"\",\"size_bytes\":1,\"sha256\":\"%1$s\"}",
        "{\"root\":0,\"path\":\"a\",\"name_hex\":\"2e2e\",\"size_bytes\":1,\"sha256\":\"%1$s\"}",
        "{\"root\":0,\"path\":\"a\",\"name_hex\":\"6100\",\"size_bytes\":1,\"sha256\":\"%1$s\"}",
        "{\"root\":0,\"path\":\"a\",\"name_hex\":\"6\",\"size_bytes\":1,\"sha256\":\"%1$s\"}",
        "{\"root\":-1,\"path\":\"a\",\"size_bytes\":1,\"sha256\":\"%1$s\"}",
        "{\"root\":0,\"path\":\"a\",\"size_bytes\":-1,\"sha256\":\"%1$s\"}",
        "{\"root\":0,\"path\":\"a\",\"size_bytes\":1,\"sha256\":\"\"}",
        "{\"root\":0,\"path\":\"a\",\"size_bytes\":1,\"sha256\":\"../../etc\"}",
        "{\"root\":0,\"path\":\"a\",\"size_bytes\":1}",
        "7",
    };
    char hash[ND_SHA256_HEX];
    nd_sha256_hex(ND_VIEW("x"), hash);
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        struct nd_bytes text = ND_BYTES(4096), file = ND_BYTES(4096);
        const char *at = strstr(files[i], "%1$s");
        nd_bytes_add(&file, files[i], at ? (size_t)(at - files[i]) : strlen(files[i]));
        if (at) nd_bytes_addf(&file, "%s%s", hash, at + 4);
        nd_bytes_addf(&text, "{\"schema\":\"nightdesk.inputs/1\",\"files\":[%s],\"hidden\":0,\"excluded\":0}",
                      file.data);
        struct nd_json *json = NULL;
        struct nd_error err = {0};
        struct nd_inputs inputs = {0};
        nd_ck_ok(nd_json_parse(&json, nd_bytes_view(&text), &err), &err);
        ck_assert_msg(nd_inputs_parse(&inputs, json, &err) == ND_BAD_INPUT, "row %zu", i);
        nd_json_free(json);
        nd_bytes_release(&text);
        nd_bytes_release(&file);
    }
}
END_TEST

START_TEST(a_newer_list_is_refused_as_such)
{
    struct nd_json *json = NULL;
    struct nd_error err = {0};
    struct nd_inputs inputs = {0};
    nd_ck_ok(nd_json_parse(&json, ND_VIEW("{\"schema\":\"nightdesk.inputs/2\"}"), &err), &err);
    nd_ck_rc(nd_inputs_parse(&inputs, json, &err), ND_VERSION, &err);
    nd_json_free(json);
}
END_TEST

START_TEST(a_root_number_that_the_request_does_not_have_is_refused)
{
    struct rig rig;
    rig_open(&rig);
    rig_add(&rig, "a.txt", ND_VIEW("a"));
    nd_ck_ok(list(&rig), &rig.err);
    rig.inputs.v[0].root = 7;
    struct nd_read_options options = {.reader = rig.reader};
    nd_ck_rc(nd_inputs_read(&rig.sources, &rig.inputs, &rig.request, rig.objects, &options, NULL, &rig.err),
             ND_BAD_INPUT, &rig.err);
    rig_close(&rig);
}
END_TEST

ND_TEST_MAIN("document/inputs", files_are_listed_in_order_with_their_hashes,
             globs_choose_and_what_they_leave_out_is_counted, folders_of_reports_are_no_documents,
             folders_without_documents_are_named, links_are_followed_inside_their_root_only,
             what_cannot_be_read_is_listed_with_its_reason,
             names_that_are_not_utf8_are_repaired_for_display_and_opened_by_their_bytes,
             several_roots_and_a_root_that_is_a_file, too_many_files_are_refused,
             the_frozen_list_survives_json, a_list_that_leads_out_of_its_root_is_refused,
             a_newer_list_is_refused_as_such, a_root_number_that_the_request_does_not_have_is_refused)
