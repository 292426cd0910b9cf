/* What is kept, what is read again, and what a run is told. */
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include "nightdesk/document/limits.h"
#include "reader.h"
#include "rig.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static void add_three(struct rig *rig)
{
    rig_add(rig, "a.txt", ND_VIEW("The first text of three."));
    rig_add(rig, "b.txt", ND_VIEW("The second text of three."));
    rig_add(rig, "c/c.txt", ND_VIEW("The third text of three."));
}

START_TEST(a_second_run_parses_nothing_and_says_the_same)
{
    struct rig rig;
    rig_open(&rig);
    add_three(&rig);
    nd_ck_ok(rig_read(&rig), &rig.err);
    ck_assert_uint_eq(rig.progress.parsed, 3);
    ck_assert_uint_eq(rig.progress.cached, 0);
    ck_assert_uint_eq(rig.progress.pages, 3);
    struct nd_json *first = nd_sources_json(&rig.sources);
    rig.reader = "/no/such/reader";
    nd_ck_ok(rig_read(&rig), &rig.err);
    ck_assert_uint_eq(rig.progress.parsed, 0);
    ck_assert_uint_eq(rig.progress.cached, 3);
    struct nd_json *second = nd_sources_json(&rig.sources);
    ck_assert(nd_json_equal(first, second));
    nd_json_free(first);
    nd_json_free(second);
    rig_close(&rig);
}
END_TEST

START_TEST(identical_files_are_one_source)
{
    struct rig rig;
    rig_open(&rig);
    add_three(&rig);
    rig_add(&rig, "copy of b.txt", ND_VIEW("The second text of three."));
    rig_add(&rig, "z/b again.md", ND_VIEW("The second text of three."));
    nd_strings_add(&rig.request.local, "z/**");
    nd_ck_ok(rig_read(&rig), &rig.err);
    ck_assert_uint_eq(rig.sources.n, 3);
    const struct nd_source *b = rig_source(&rig, "b.txt");
    ck_assert_uint_eq(b->also.n, 2);
    ck_assert_str_eq(b->also.v[0], "copy of b.txt");
    ck_assert_str_eq(b->also.v[1], "z/b again.md");
    ck_assert_str_eq(b->reading->kind, "text");
    ck_assert_msg(b->local, "one of its paths is local, so its bytes are");
    ck_assert(!rig_source(&rig, "a.txt")->local);
    ck_assert_uint_eq(rig.progress.parsed, 3);
    rig_close(&rig);
}
END_TEST

START_TEST(sources_are_rebuilt_from_their_record)
{
    struct rig rig;
    rig_open(&rig);
    add_three(&rig);
    rig_add(&rig, "copy.txt", ND_VIEW("The first text of three."));
    rig_add(&rig, "empty.txt", ND_VIEW(""));
    char *link = nd_path_join(rig.root, "dangling");
    ck_assert_int_eq(symlink("nothing", link), 0);
    nd_strings_add(&rig.request.confidential, "a.*");
    nd_ck_ok(rig_read(&rig), &rig.err);
    struct nd_json *json = nd_sources_json(&rig.sources), *again = NULL;
    struct nd_sources rebuilt = {0};
    nd_ck_ok(nd_sources_parse(&rebuilt, json, rig.objects, &rig.err), &rig.err);
    again = nd_sources_json(&rebuilt);
    ck_assert(nd_json_equal(json, again));
    ck_assert_uint_eq(rebuilt.n, 5);
    ck_assert_str_eq(rebuilt.v[3].path, "dangling");
    ck_assert_int_eq(rebuilt.v[3].reading->status, ND_SOURCE_FAILED);
    ck_assert_str_eq(rebuilt.v[3].reading->why, "a link that leads nowhere");
    ck_assert(rebuilt.v[0].confidential);
    nd_sources_release(&rebuilt);
    test_objects_lose(rig.objects, rig.sources.v[0].reading_sha256);
    nd_ck_rc(nd_sources_parse(&rebuilt, json, rig.objects, &rig.err), ND_NOT_FOUND, &rig.err);
    nd_ck_note(&rig.err, "while loading the record of 'a.txt'");
    nd_json_free(json);
    nd_json_free(again);
    nd_free(link);
    rig_close(&rig);
}
END_TEST

START_TEST(a_run_that_was_killed_reads_only_what_was_not_finished)
{
    struct rig rig;
    rig_open(&rig);
    add_three(&rig);
    test_objects_fail_from(rig.objects, 6, ND_FULL); /* three puts a document: two are kept */
    nd_ck_rc(rig_read(&rig), ND_FULL, &rig.err);
    test_objects_fail_from(rig.objects, SIZE_MAX, ND_OK);
    nd_ck_ok(rig_read(&rig), &rig.err);
    ck_assert_uint_ge(rig.progress.cached, 1);
    ck_assert_uint_eq(rig.progress.cached + rig.progress.parsed, 3);
    ck_assert_uint_eq(rig.sources.n, 3);
    rig_close(&rig);
}
END_TEST

START_TEST(failures_of_the_store_end_the_reading)
{
    static const enum nd_rc failures[] = {ND_FULL, ND_UNKNOWN};
    for (size_t i = 0; i < 2; i++) {
        for (size_t put = 0; put < 3; put++) {
            struct rig rig;
            rig_open(&rig);
            rig_add(&rig, "a.txt", ND_VIEW("A text."));
            test_objects_fail_from(rig.objects, put, failures[i]);
            nd_ck_rc(rig_read(&rig), failures[i], &rig.err);
            nd_ck_note(&rig.err, "told to fail");
            rig_close(&rig);
        }
    }
}
END_TEST

START_TEST(a_record_whose_page_texts_are_lost_is_made_again)
{
    struct rig rig;
    rig_open(&rig);
    rig_add(&rig, "a.txt", ND_VIEW("A text that gets lost."));
    nd_ck_ok(rig_read(&rig), &rig.err);
    test_objects_lose(rig.objects, rig.sources.v[0].reading->text_sha256);
    nd_ck_ok(rig_read(&rig), &rig.err);
    ck_assert_uint_eq(rig.progress.parsed, 1);
    ck_assert_str_eq(rig_page(&rig, "a.txt", 1), "A text that gets lost.");
    rig_close(&rig);
}
END_TEST

/* Changes a file after it was frozen. */
static void change_after_freezing(struct rig *rig, const char *name, bool remove)
{
    nd_ck_ok(nd_inputs_list(&rig->inputs, &rig->request, NULL, NULL, &rig->err), &rig->err);
    char *path = nd_path_join(rig->root, name);
    if (remove)
        ck_assert_int_eq(unlink(path), 0);
    else
        nd_ck_ok(nd_file_write(path, ND_VIEW("other bytes"), &rig->err), &rig->err);
    nd_free(path);
    struct nd_read_options options = {.reader = rig->reader, .workers = 1};
    nd_ck_ok(nd_inputs_read(&rig->sources, &rig->inputs, &rig->request, rig->objects, &options,
                            &rig->progress, &rig->err),
             &rig->err);
}

START_TEST(files_that_change_during_the_run_are_named)
{
    struct rig rig;
    rig_open(&rig);
    add_three(&rig);
    change_after_freezing(&rig, "b.txt", false);
    const struct nd_source *b = rig_source(&rig, "b.txt");
    ck_assert_int_eq(b->reading->status, ND_SOURCE_FAILED);
    ck_assert_str_eq(b->reading->why, "changed during the run");
    ck_assert_str_eq(b->reading->sha256, rig.inputs.v[1].sha256);
    ck_assert_int_eq(rig_source(&rig, "a.txt")->reading->status, ND_SOURCE_READ);
    nd_ck_ok(rig_read(&rig), &rig.err); /* a run that starts later finds it as it is then */
    ck_assert_str_eq(rig_page(&rig, "b.txt", 1), "other bytes");
    rig_close(&rig);
}
END_TEST

START_TEST(files_that_go_during_the_run_are_named)
{
    struct rig rig;
    rig_open(&rig);
    add_three(&rig);
    change_after_freezing(&rig, "c/c.txt", true);
    ck_assert_str_eq(rig_source(&rig, "c/c.txt")->reading->why, "gone during the run");
    rig_close(&rig);
}
END_TEST

START_TEST(a_reader_that_cannot_be_started_is_a_fault_of_the_installation)
{
    struct rig rig;
    rig_open(&rig);
    add_three(&rig);
    rig.reader = "/no/such/reader";
    nd_ck_rc(rig_read(&rig), ND_CONFIG, &rig.err);
    nd_ck_note(&rig.err, "'/no/such/reader' cannot be started");
    rig_close(&rig);
}
END_TEST

static void stop_it(void *ctx, const struct nd_read_progress *progress)
{
    atomic_bool *stop = ctx;
    if (progress->done == 2) atomic_store(stop, true);
}

START_TEST(stopping_keeps_what_was_read)
{
    struct rig rig;
    atomic_bool stop = false;
    rig_open(&rig);
    for (unsigned i = 0; i < 20; i++) {
        char name[16], text[32];
        (void)snprintf(name, sizeof name, "%02u.txt", i);
        (void)snprintf(text, sizeof text, "Text number %u.", i);
        rig_add(&rig, name, nd_view_of(text));
    }
    nd_ck_ok(nd_inputs_list(&rig.inputs, &rig.request, NULL, &stop, &rig.err), &rig.err);
    struct nd_read_options options = {
        .reader = rig.reader, .workers = 1, .stop = &stop, .progress = stop_it, .ctx = &stop};
    nd_ck_rc(nd_inputs_read(&rig.sources, &rig.inputs, &rig.request, rig.objects, &options, &rig.progress,
                            &rig.err),
             ND_STOPPED, &rig.err);
    size_t kept = rig.progress.parsed;
    ck_assert_uint_ge(kept, 2);
    ck_assert_uint_le(kept, 4); /* those that were as good as done */
    nd_ck_rc(nd_inputs_list(&rig.inputs, &rig.request, NULL, &stop, &rig.err), ND_STOPPED, &rig.err);
    nd_ck_ok(rig_read(&rig), &rig.err);
    ck_assert_uint_eq(rig.progress.parsed, 20 - kept);
    ck_assert_uint_eq(rig.progress.cached, kept);
    rig_close(&rig);
}
END_TEST

START_TEST(one_worker_or_many_give_the_same_sources)
{
    struct nd_json *json[2] = {0};
    for (unsigned i = 0; i < 2; i++) {
        struct rig rig;
        rig_open(&rig);
        for (unsigned k = 0; k < 12; k++) {
            char name[16], text[64];
            (void)snprintf(name, sizeof name, "%02u.md", k);
            (void)snprintf(text, sizeof text, "# Title %u\n\nText number %u.\n", k % 3, k);
            rig_add(&rig, name, nd_view_of(text));
        }
        nd_ck_ok(nd_inputs_list(&rig.inputs, &rig.request, NULL, NULL, &rig.err), &rig.err);
        struct nd_read_options options = {.reader = rig.reader, .workers = i == 0 ? 1 : 8};
        nd_ck_ok(
            nd_inputs_read(&rig.sources, &rig.inputs, &rig.request, rig.objects, &options, NULL, &rig.err),
            &rig.err);
        json[i] = nd_sources_json(&rig.sources);
        rig_close(&rig);
    }
    ck_assert(nd_json_equal(json[0], json[1]));
    nd_json_free(json[0]);
    nd_json_free(json[1]);
}
END_TEST

START_TEST(titles_that_are_shared_are_told_apart)
{
    struct rig rig;
    rig_open(&rig);
    rig_add(&rig, "one.html",
            ND_VIEW("<title>The Guide</title><h1>Apples</h1><p>About apples and what grows on trees.</p>"));
    rig_add(&rig, "two.html",
            ND_VIEW("<title>The Guide</title><h1>Pears</h1><p>About pears and what grows on trees.</p>"));
    rig_add(&rig, "x/same.html", ND_VIEW("<title>Other</title><p>A page without any heading.</p>"));
    rig_add(&rig, "y/same.html", ND_VIEW("<title>Other</title><p>Another page without any heading.</p>"));
    rig_add(&rig, "z_last_one.txt", ND_VIEW("A text."));
    nd_ck_ok(rig_read(&rig), &rig.err);
    ck_assert_str_eq(rig_source(&rig, "one.html")->reading->title, "The Guide: Apples");
    ck_assert_str_eq(rig_source(&rig, "two.html")->reading->title, "The Guide: Pears");
    ck_assert_str_eq(rig_source(&rig, "x/same.html")->reading->title, "Other (x/same.html)");
    ck_assert_str_eq(rig_source(&rig, "z_last_one.txt")->reading->title, "z last one");
    rig_close(&rig);
}
END_TEST

START_TEST(the_reader_is_found_beside_the_program_or_named)
{
    char *path = NULL;
    struct nd_error err = {0};
    nd_ck_rc(nd_reader_find(&path, &err), ND_CONFIG, &err); /* tests lie in a folder of their own */
    nd_ck_note(&err, "nightdesk-read");
}
END_TEST

/* Short of descriptors for now: that passes, and is no verdict on a document or on the installation. */
START_TEST(a_process_without_descriptors_judges_no_document)
{
    struct rig rig;
    struct rlimit before, few;
    char name[] = "a.txt";
    rig_open(&rig);
    add_three(&rig);
    ck_assert_int_eq(getrlimit(RLIMIT_NOFILE, &before), 0);
    int next = dup(STDIN_FILENO); /* the first that is free */
    (void)close(next);
    for (int more = 0; more < 3; more++) { /* none for the document, none for a pipe, half of one */
        few = before;
        few.rlim_cur = (rlim_t)(next + more);
        struct nd_read_result result = {0};
        struct nd_error err = {0};
        const struct nd_stop stop = {NULL, NULL};
        char *path = nd_path_join(rig.root, name);
        struct nd_input input = {.path = name, .name = name};
        ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
        enum nd_rc rc = nd_read_document(&result, rig.reader, path, &input, &stop, &err);
        ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &before), 0);
        nd_ck_rc(rc, ND_RETRY, &err);
        nd_free(path);
    }
    rig_close(&rig);
}
END_TEST

/* It is the machine's fault, and none of the documents': no verdict on them is made, and none is kept. */
START_TEST(a_reader_that_cannot_confine_itself_judges_no_document)
{
    struct rig rig;
    struct rlimit few = {.rlim_cur = ND_READ_OPEN_FILES - 1, .rlim_max = ND_READ_OPEN_FILES - 1};
    struct rlimit wanted = {.rlim_cur = ND_READ_OPEN_FILES, .rlim_max = ND_READ_OPEN_FILES};
    rig_open(&rig);
    add_three(&rig);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &few), 0);
    if (setrlimit(RLIMIT_NOFILE, &wanted) == 0) { /* who may raise all limits, like root, cannot have this */
        rig_close(&rig);
        return;
    }
    nd_ck_rc(rig_read(&rig), ND_CONFIG, &rig.err);
    nd_ck_note(&rig.err, "the reader cannot confine itself here");
    ck_assert_uint_eq(rig.progress.done, 0);
    rig_close(&rig);
}
END_TEST

ND_TEST_MAIN("document/reading", a_second_run_parses_nothing_and_says_the_same,
             identical_files_are_one_source, sources_are_rebuilt_from_their_record,
             a_run_that_was_killed_reads_only_what_was_not_finished, failures_of_the_store_end_the_reading,
             a_record_whose_page_texts_are_lost_is_made_again, files_that_change_during_the_run_are_named,
             files_that_go_during_the_run_are_named,
             a_reader_that_cannot_be_started_is_a_fault_of_the_installation,
             a_reader_that_cannot_confine_itself_judges_no_document,
             a_process_without_descriptors_judges_no_document, stopping_keeps_what_was_read,
             one_worker_or_many_give_the_same_sources, titles_that_are_shared_are_told_apart,
             the_reader_is_found_beside_the_program_or_named)
