#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include "nightdesk/base/host.h"
#include "within.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct nd_json *event(void)
{
    struct nd_json *json = NULL;
    struct nd_error err = {0};
    nd_ck_ok(
        nd_json_parse(
            &json,
            ND_VIEW("{\"schema\":\"nightdesk.event/1\",\"event_id\":\"e-0123456789abcdef\",\"run_id\":\"r1\","
                    "\"kind\":\"budget_exceeded\",\"message\":\"it's \\\"over\\\"; $(id) `id`\"}"),
            &err),
        &err);
    return json;
}

/* Runs the line with this event; its result. */
static enum nd_rc notify(const char *line, int64_t limit_ms, struct nd_error *err)
{
    struct nd_notifier *n = NULL;
    struct nd_json *json = event();
    nd_ck_ok(notify_command_within(&n, line, limit_ms, err), err);
    ck_assert_str_eq(n->ops->name, "command");
    enum nd_rc rc = n->ops->send(n, json, err);
    nd_notifier_close(n);
    nd_json_free(json);
    return rc;
}

START_TEST(the_event_is_one_line_on_standard_input)
{
    struct nd_error err = {0};
    const char *path = nd_test_path("seen");
    char *line = nd_sprintf("cat > '%s'", path);
    nd_ck_ok(notify(line, 10000, &err), &err);
    char *seen = nd_test_read(path);
    struct nd_json *json = NULL, *sent = event();
    nd_ck_ok(nd_json_parse(&json, nd_view_of(seen), &err), &err);
    ck_assert(nd_json_equal(json, sent));
    ck_assert_ptr_eq(strchr(seen, '\n'), seen + strlen(seen) - 1);
    nd_json_free(json);
    nd_json_free(sent);
    nd_free(seen);
    nd_free(line);
}
END_TEST

START_TEST(no_secret_reaches_the_command)
{
    struct nd_error err = {0};
    const char *path = nd_test_path("environment");
    char *line = nd_sprintf("env > '%s'", path);
    ck_assert_int_eq(setenv("OPENAI_API_KEY", "sk-canary", 1) | setenv("AWS_SECRET_ACCESS_KEY", "canary", 1) |
                         setenv("HOME", "/nowhere/me", 1),
                     0);
    nd_ck_ok(notify(line, 10000, &err), &err);
    char *seen = nd_test_read(path);
    ck_assert_ptr_null(strstr(seen, "canary"));
    ck_assert_ptr_nonnull(strstr(seen, "HOME=/nowhere/me\n"));
    ck_assert_ptr_nonnull(strstr(seen, "PATH="));
    ck_assert_ptr_nonnull(strstr(seen, "LANG="));
    ck_assert_ptr_nonnull(strstr(seen, "NIGHTDESK_EVENT_ID=e-0123456789abcdef\n"));
    size_t lines = 0;
    for (const char *c = seen; *c; c++) lines += *c == '\n';
    ck_assert_uint_le(lines, 7); /* those four and what sh adds: PWD, OLDPWD, _ */
    nd_free(seen);
    nd_free(line);
}
END_TEST

START_TEST(no_descriptor_of_ours_reaches_the_command)
{
    struct nd_error err = {0};
    const char *path = nd_test_path("descriptors");
    int ours = open("/dev/null", O_RDONLY); /* not close-on-exec, as a library's socket may be */
    char *line = nd_sprintf("ls /proc/self/fd > '%s'", path);
    ck_assert_int_ge(ours, 3);
    nd_ck_ok(notify(line, 10000, &err), &err);
    char *seen = nd_test_read(path);
    ck_assert_str_eq(seen, "0\n1\n2\n3\n"); /* 3 is what ls itself opens */
    close(ours);
    nd_free(seen);
    nd_free(line);
}
END_TEST

START_TEST(failures_are_told)
{
    static const char *const rows[][2] = {{"exit 3", "status 3"},
                                          {"kill -TERM $$", "signal 15"},
                                          {"/no/such/program", "status 127"},
                                          {"exec sleep 30", "longer than 300 ms"}};
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct nd_error err = {0};
        nd_ck_rc(notify(rows[i][0], 300, &err), ND_RETRY, &err);
        nd_ck_note(&err, rows[i][1]);
        nd_ck_note(&err, "while notifying through");
    }
}
END_TEST

START_TEST(a_command_that_takes_too_long_is_killed_with_all_it_started)
{
    struct nd_error err = {0};
    const struct nd_host *host = nd_host_posix();
    const char *path = nd_test_path("pid");
    char *line = nd_sprintf("sleep 60 & echo $! > '%s'; wait", path);
    int64_t start = host->monotonic_ms(host->ctx);
    nd_ck_rc(notify(line, 400, &err), ND_RETRY, &err);
    ck_assert_int_lt(host->monotonic_ms(host->ctx) - start, 5000);
    char *pid = nd_test_read(path);
    int left = 1;
    for (int i = 0; i < 100 && left; i++) { /* whoever inherited it reaps it */
        host->sleep_ms(host->ctx, 20);
        char *stat = nd_sprintf("/proc/%d/stat", atoi(pid));
        struct nd_bytes state = ND_BYTES(4096);
        left = nd_file_read(stat, &state, NULL) == ND_OK && !strstr(nd_bytes_view(&state).data, ") Z ");
        nd_bytes_release(&state);
        nd_free(stat);
    }
    ck_assert_msg(!left, "the sleeping child of the command lives on");
    nd_free(pid);
    nd_free(line);
}
END_TEST

START_TEST(a_command_need_not_read_and_standard_output_stays_ours)
{
    struct nd_error err = {0};
    const char *path = nd_test_path("stdout");
    int keep = dup(STDOUT_FILENO), file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    ck_assert(keep >= 0 && file >= 0 && dup2(file, STDOUT_FILENO) >= 0);
    enum nd_rc rc = notify("echo from the command", 10000, &err);
    ck_assert_int_ge(dup2(keep, STDOUT_FILENO), 0);
    nd_ck_ok(rc, &err);
    close(keep);
    close(file);
    char *seen = nd_test_read(path);
    ck_assert_str_eq(seen, "");
    nd_free(seen);
}
END_TEST

START_TEST(signals_are_at_their_defaults)
{
    struct nd_error err = {0};
    sigset_t term;
    signal(SIGPIPE, SIG_IGN);
    sigemptyset(&term);
    sigaddset(&term, SIGTERM);
    ck_assert_int_eq(sigprocmask(SIG_BLOCK, &term, NULL), 0);
    nd_ck_rc(notify("kill -PIPE $$", 10000, &err), ND_RETRY, &err);
    nd_ck_note(&err, "signal 13");
    nd_error_clear(&err);
    nd_ck_rc(notify("kill -TERM $$", 10000, &err), ND_RETRY, &err);
    nd_ck_note(&err, "signal 15");
}
END_TEST

START_TEST(an_empty_command_is_refused)
{
    struct nd_notifier *n = NULL;
    struct nd_error err = {0};
    nd_ck_rc(nd_notify_command(&n, "", &err), ND_BAD_INPUT, &err);
    nd_ck_rc(nd_notify_command(&n, "  \t", &err), ND_BAD_INPUT, &err);
    ck_assert_ptr_null(n);
}
END_TEST

ND_TEST_MAIN("notify/command", the_event_is_one_line_on_standard_input, no_secret_reaches_the_command,
             no_descriptor_of_ours_reaches_the_command, failures_are_told,
             a_command_that_takes_too_long_is_killed_with_all_it_started,
             a_command_need_not_read_and_standard_output_stays_ours, signals_are_at_their_defaults,
             an_empty_command_is_refused)
