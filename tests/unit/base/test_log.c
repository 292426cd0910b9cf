#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/json.h"
#include "nightdesk/base/log.h"
#include "nightdesk/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <unistd.h>

/* Standard error goes to a file from here on; each test has a process of its own. */
static const char *catch_log(enum nd_log_level level, enum nd_log_format format)
{
    const char *path = nd_test_path("log");
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(dup2(fd, STDERR_FILENO), STDERR_FILENO);
    close(fd);
    nd_log_setup(level, format);
    return path;
}

START_TEST(levels_below_the_chosen_one_are_silent)
{
    const char *path = catch_log(ND_LOG_WARN, ND_LOG_TEXT);
    errno = ENOENT;
    nd_log(ND_LOG_ERROR, "e%d", 1);
    nd_log(ND_LOG_WARN, "w");
    nd_log(ND_LOG_INFO, "i");
    nd_log(ND_LOG_DEBUG, "d");
    ck_assert_int_eq(errno, ENOENT);
    char *text = nd_test_read(path);
    ck_assert_ptr_nonnull(strstr(text, "Z error: e1\n"));
    ck_assert_ptr_nonnull(strstr(text, "Z warn: w\n"));
    ck_assert_ptr_null(strstr(text, "info"));
    ck_assert_ptr_null(strstr(text, "debug"));
    nd_free(text);
}
END_TEST

START_TEST(a_message_cannot_fake_a_line)
{
    const char *path = catch_log(ND_LOG_INFO, ND_LOG_TEXT);
    nd_log(ND_LOG_INFO, "title '%s'", "x\n2026-11-24T06:00:00Z error: fake\x1B[2J\xFF");
    char *text = nd_test_read(path);
    ck_assert_ptr_eq(strchr(text, '\n'), text + strlen(text) - 1);
    ck_assert_ptr_nonnull(strstr(text, "fake?[2J\xEF\xBF\xBD'"));
    nd_free(text);
}
END_TEST

START_TEST(json_lines_are_json)
{
    const char *path = catch_log(ND_LOG_DEBUG, ND_LOG_JSON);
    nd_log(ND_LOG_DEBUG, "a \"quoted\" \\ thing");
    char *text = nd_test_read(path);
    struct nd_json *json = NULL;
    struct nd_error err = {0};
    nd_ck_ok(nd_json_parse(&json, nd_view_of(text), &err), &err);
    ck_assert_str_eq(nd_json_get_str(json, "level"), "debug");
    ck_assert_str_eq(nd_json_get_str(json, "message"), "a \"quoted\" \\ thing");
    ck_assert_uint_eq(strlen(nd_json_get_str(json, "time")), 20);
    nd_json_free(json);
    nd_free(text);
}
END_TEST

static void ck_masks(const char *text, const char *wanted)
{
    struct nd_bytes out = ND_BYTES(ND_MIB);
    nd_log_mask(nd_view_of(text), &out);
    nd_ck_view(nd_bytes_view(&out), wanted);
    nd_bytes_release(&out);
}

START_TEST(secret_like_patterns_are_masked)
{
    ck_masks("key sk-abcdefghijklmnop1234_-x.", "key ***.");
    ck_masks("AKIAIOSFODNN7EXAMPLE ASIAIOSFODNN7EXAMPLE", "*** ***");
    ck_masks("jwt=eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl!", "jwt=***!");
    ck_masks("https://x/?X-Amz-Signature=0123abcd&a=b", "https://x/?X-Amz-Signature=***&a=b");
    ck_masks("x-amz-security-token=IQoJ%2Fb3+/==&z", "x-amz-security-token=***&z");
    ck_masks("Authorization: Bearer abc.def-ghi_jkl", "Authorization: Bearer ***");
    ck_masks("ghp_0123456789abcdefghijABCDEFGHIJ012345 and", "*** and");
    ck_masks("password = Tr0ub4dor&3, db_token: 9f86d081884c7d659a2f", "password = ***, db_token: ***");
    ck_masks("postgres://ann:s3cret@db.example/x", "postgres://ann:***@db.example/x");
    ck_masks("-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY-----\nmore", "***\nmore");
    ck_masks("MIIE\nabc=\n-----END PRIVATE KEY-----", "***");
    ck_masks("sk-proj-abcdefghij01\nABCDEFGHIJ9876 rest", "*** rest");
}
END_TEST

START_TEST(common_words_are_not_masked)
{
    static const char *const plain[] = {"task-abcdefghijklmnopqrst",
                                        "sk-short",
                                        "AKIA",
                                        "a risk-averse-and-long-hyphenated word",
                                        "Bearer of",
                                        "eyJ",
                                        "XAKIAIOSFODNN7EXAMPLE",
                                        "sk-learn-contributed-packages",
                                        "the password: see below",
                                        "token = ${GITHUB_TOKEN_2026_01}",
                                        "secret: /run/secrets/db_password_1",
                                        "a token: bucket of sixteen-letter-words",
                                        "-----BEGIN CERTIFICATE-----\nMIIE",
                                        "http://host:8080/x@y",
                                        ""};
    for (size_t i = 0; i < sizeof plain / sizeof plain[0]; i++) ck_masks(plain[i], plain[i]);
}
END_TEST

START_TEST(registered_values_are_masked_everywhere)
{
    nd_log_secret("short");
    nd_log_secret("hunter2-hunter2");
    nd_log_secret("hunter2-hunter2-longer");
    nd_log_secret(NULL);
    ck_masks("short xhunter2-hunter2x hunter2-hunter2-longer", "short x***x ***");
    const char *path = catch_log(ND_LOG_INFO, ND_LOG_TEXT);
    struct nd_bytes message = ND_BYTES(ND_MIB);
    for (int i = 0; i < 8185; i++) nd_bytes_add_char(&message, 'x');
    nd_log(ND_LOG_INFO, "%shunter2-hunter2", message.data);
    char *text = nd_test_read(path);
    ck_assert_ptr_null(strstr(text, "hunter"));
    ck_assert_ptr_nonnull(strstr(text, "xxx***\n"));
    nd_free(text);
    nd_bytes_release(&message);
}
END_TEST

START_TEST(long_messages_are_cut)
{
    const char *path = catch_log(ND_LOG_INFO, ND_LOG_TEXT);
    nd_log(ND_LOG_INFO, "%0100000d", 1);
    char *text = nd_test_read(path);
    ck_assert_uint_lt(strlen(text), 8300);
    ck_assert(nd_view_ends(nd_view_of(text), "0\n"));
    nd_free(text);
}
END_TEST

static void *talk(void *arg)
{
    for (int i = 0; i < 200; i++) {
        nd_log(ND_LOG_INFO, "thread %d says sk-abcdefghijklmnopqrs1 line %d end", *(int *)arg, i);
        if (i % 50 == 0) nd_log_secret("another-secret-value");
    }
    return NULL;
}

START_TEST(threads_do_not_mix_their_lines)
{
    const char *path = catch_log(ND_LOG_INFO, ND_LOG_TEXT);
    pthread_t threads[4];
    int numbers[4];
    for (int i = 0; i < 4; i++) {
        numbers[i] = i;
        ck_assert_int_eq(pthread_create(&threads[i], NULL, talk, &numbers[i]), 0);
    }
    for (int i = 0; i < 4; i++) ck_assert_int_eq(pthread_join(threads[i], NULL), 0);
    char *text = nd_test_read(path);
    size_t lines = 0;
    char *rest = text;
    for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest), lines++) {
        ck_assert_uint_eq(nd_view_find(nd_view_of(line), ND_VIEW(" info: thread "), 0), 20);
        ck_assert(nd_view_ends(nd_view_of(line), " end"));
        ck_assert_ptr_nonnull(strstr(line, " says *** line "));
    }
    ck_assert_uint_eq(lines, 800);
    nd_free(text);
}
END_TEST

ND_TEST_MAIN("base/log", levels_below_the_chosen_one_are_silent, a_message_cannot_fake_a_line,
             json_lines_are_json, secret_like_patterns_are_masked, common_words_are_not_masked,
             registered_values_are_masked_everywhere, long_messages_are_cut, threads_do_not_mix_their_lines)
