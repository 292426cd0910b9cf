#include "ask.h"
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include <limits.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct nd_request *ask(const char *topic, const char *const *words, struct nd_error *err)
{
    static const enum option_id uses[] = {OPT_DOCS,    OPT_QUESTION, OPT_SUB_TOPICS, OPT_BUDGET,
                                          OPT_MODEL,   OPT_APPROVE,  OPT_ASK,        OPT_URL,
                                          OPT_REQUEST, OPT_LENGTH,   OPT_MAX_TIME,   OPTION_COUNT};
    char limit[] = "NIGHTDESK_BUDGET=9", length[] = "NIGHTDESK_LENGTH=long";
    char *environment[] = {limit, length, NULL};
    struct settings s;
    struct nd_request *request = NULL;
    settings_init(&s, "run", uses);
    char *argv[16];
    int argc = 0;
    for (; words[argc]; argc++) argv[argc] = (char *)(uintptr_t)words[argc];
    enum nd_rc rc = settings_from_args(&s, argc, argv, err);
    if (rc == ND_OK) rc = settings_from_environment(&s, environment, err);
    if (rc == ND_OK) (void)ask_request(&s, topic, &request, err);
    settings_release(&s);
    return request;
}
#define ASK(topic, err, ...) ask(topic, (const char *const[]){__VA_ARGS__, NULL}, err)

static const char *file(const char *name, const char *text)
{
    struct nd_error err = {0};
    const char *path = nd_test_path(name);
    nd_ck_ok(nd_file_write(path, nd_view_of(text), &err), &err);
    return path;
}

START_TEST(options_make_a_request)
{
    struct nd_error err = {0};
    struct nd_request *r =
        ASK("tea", &err, "--docs", "/a", "--docs", "b/c", "--question", "why?", "--sub-topics", "4",
            "--budget", "0.1", "--model", "openai:x", "--approve", "plan,final", "--ask");
    nd_ck_ok(err.rc, &err);
    char here[PATH_MAX];
    ck_assert_ptr_nonnull(getcwd(here, sizeof here));
    ck_assert_str_eq(r->topic, "tea");
    ck_assert_str_eq(r->roots.v[0], "/a");
    char *joined = nd_path_join(here, "b/c");
    ck_assert_str_eq(r->roots.v[1], joined);
    nd_free(joined);
    ck_assert_str_eq(r->questions.v[0], "why?");
    ck_assert_int_eq(r->sub_topics, 4);
    ck_assert_int_eq(r->limits.budget_microusd, 100000);
    ck_assert_str_eq(r->writer, "openai:x");
    ck_assert_uint_eq(r->gates, ND_GATE_PLAN | ND_GATE_FINAL);
    ck_assert(r->ask);
    nd_request_free(r);
}
END_TEST

START_TEST(command_line_replaces_the_file_and_the_file_replaces_the_environment)
{
    struct nd_error err = {0};
    const char *path =
        file("r.json",
             "{\"topic\":\"from file\",\"documents\":{\"roots\":[\"docs\",\"/abs\"],\"include\":[\"*.pdf\"]},"
             "\"limits\":{\"budget_usd\":1,\"wall_seconds\":60}}");
    struct nd_request *r = ASK(NULL, &err, "--request", path, "--max-time", "30");
    nd_ck_ok(err.rc, &err);
    ck_assert_str_eq(r->topic, "from file");
    ck_assert_int_eq(r->limits.budget_microusd, 1000000); /* not the 9 of the environment */
    ck_assert_int_eq(r->length, ND_LENGTH_LONG);          /* which fills what the file leaves out */
    ck_assert_int_eq(r->limits.wall_seconds, 30);
    ck_assert_str_eq(r->roots.v[0], nd_test_path("docs")); /* counts from the file's folder */
    ck_assert_str_eq(r->roots.v[1], "/abs");
    nd_request_free(r);

    r = ASK("from here", &err, "--request", path, "--budget", "2", "--docs", "/other");
    nd_ck_ok(err.rc, &err);
    ck_assert_str_eq(r->topic, "from here");
    ck_assert_int_eq(r->limits.budget_microusd, 2000000);
    ck_assert_uint_eq(r->roots.n, 1);
    ck_assert_str_eq(r->include.v[0], "*.pdf");
    nd_request_free(r);
}
END_TEST

START_TEST(addresses_from_a_file)
{
    struct nd_error err = {0};
    const char *list = file("urls", "https://a.org/1\n\n  https://b.org/2  \n");
    char *at = nd_sprintf("@%s", list);
    struct nd_request *r = ASK("t", &err, "--url", "http://c.org", "--url", at);
    nd_ck_ok(err.rc, &err);
    ck_assert_uint_eq(r->urls.n, 3);
    ck_assert_str_eq(r->urls.v[2], "https://b.org/2");
    nd_request_free(r);
    nd_free(at);
}
END_TEST

START_TEST(wrong_requests_are_named)
{
    struct nd_error err = {0};
    ck_assert_ptr_null(ASK(NULL, &err, "--docs", "x"));
    nd_ck_note(&err, "no topic");
    nd_error_clear(&err);
    ck_assert_ptr_null(ASK("t", &err, "--request", nd_test_path("absent")));
    ck_assert_int_eq(err.rc, ND_NOT_FOUND);
    nd_ck_note(&err, "while reading the request");
    nd_error_clear(&err);
    ck_assert_ptr_null(
        ASK(NULL, &err, "--request", file("bad", "{\"topic\":\"t\",\"limits\":{\"budget\":1}}")));
    nd_ck_note(&err, "'limits.budget' is not a member");
    nd_ck_note(&err, "while checking the request");
    nd_error_clear(&err);
    ck_assert_ptr_null(ASK("t", &err, "--request", file("list", "[]")));
    nd_ck_note(&err, "a request is an array");
    nd_error_clear(&err);
    ck_assert_ptr_null(ASK("t", &err, "--request", file("group", "{\"limits\":7}"), "--budget", "1"));
    nd_ck_note(&err, "'limits' is a number");
    nd_error_clear(&err);
    ck_assert_ptr_null(ASK("t", &err, "--model", "gpt"));
    nd_ck_note(&err, "'--model' is 'gpt', wanted 'extractive' or");
    nd_error_clear(&err);
    ck_assert_ptr_null(ASK("t", &err, "--url", "http://a.b/", "--url", "nowhere"));
    nd_ck_note(&err, "'--url' is 'nowhere', wanted an http");
    nd_error_clear(&err);
    ck_assert_ptr_null(
        ASK("t", &err, "--request", file("writer", "{\"writer\":\"gpt\"}"), "--length", "short"));
    nd_ck_note(&err, "'writer' is 'gpt'");
}
END_TEST

START_TEST(inputs_that_are_not_there)
{
    struct nd_error err = {0};
    size_t reports = 0;
    struct nd_request *r = ASK("t", &err, "--docs", nd_test_path("absent"));
    nd_ck_rc(ask_check_inputs(r, &reports, &err), ND_BAD_INPUT, &err);
    nd_ck_note(&err, "does not exist");
    nd_request_free(r);
    nd_error_clear(&err);
    r = ASK("t", &err, "--budget", "1");
    nd_ck_rc(ask_check_inputs(r, &reports, &err), ND_BAD_INPUT, &err);
    nd_ck_note(&err, "nothing to read");
    nd_request_free(r);
    nd_error_clear(&err);
    r = ASK("t", &err, "--docs", "s3://bucket/x");
    nd_ck_rc(ask_check_inputs(r, &reports, &err), ND_BAD_INPUT, &err);
    nd_ck_note(&err, "not S3");
    nd_request_free(r);
}
END_TEST

ND_TEST_MAIN("cli/ask", options_make_a_request,
             command_line_replaces_the_file_and_the_file_replaces_the_environment, addresses_from_a_file,
             wrong_requests_are_named, inputs_that_are_not_there)
