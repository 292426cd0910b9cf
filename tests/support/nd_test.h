/**
 * What every Check test needs.
 *
 *     START_TEST(adds_two_numbers)
 *     {
 *         struct nd_error err = {0};
 *         nd_ck_ok(nd_file_write(nd_test_path("a.txt"), ND_VIEW("x"), &err), &err);
 *         nd_ck_rc(nd_json_parse(&json, ND_VIEW("{"), &err), ND_BAD_INPUT, &err);
 *         nd_ck_note(&err, "line 1");
 *     }
 *     END_TEST
 *
 *     ND_TEST_MAIN("base/adder", adds_two_numbers)
 */
#ifndef ND_TEST_H
#define ND_TEST_H

#include "nightdesk/base/bytes.h"
#include "nightdesk/base/error.h"

#include <check.h>

/** A fresh folder of this test; removed when the test passes, kept for a look when it fails. */
const char *nd_test_dir(void);
/** nd_test_dir() + "/" + name; lives until the test's process ends. */
const char *nd_test_path(const char *name);
/** The bytes of a file, NUL-ended; the test fails when it cannot be read. Caller frees. */
char *nd_test_read(const char *path);
/** "bad_input: first cause; while doing this", for messages. Lives until the next call. */
const char *nd_test_chain(enum nd_rc rc, const struct nd_error *err);
bool nd_test_has_note(const struct nd_error *err, const char *part);
/** Runs the tests, each in a process and a Check case of its own; 0 when all passed. */
int nd_test_run(const char *suite_name, const TTest *const *tests, size_t n);

/** The call gave ND_OK; otherwise the chain of reasons is printed. */
#define nd_ck_ok(call, err) nd_ck_rc(call, ND_OK, err)
/** The call gave that result. */
#define nd_ck_rc(call, wanted, err)                                                                          \
    do {                                                                                                     \
        enum nd_rc nd_ck_rc_ = (call);                                                                       \
        ck_assert_msg(nd_ck_rc_ == (wanted), "%s: wanted %s, found %s", #call, nd_rc_word(wanted),           \
                      nd_test_chain(nd_ck_rc_, (err)));                                                      \
    } while (0)
/** One of the notes contains `part`. */
#define nd_ck_note(err, part)                                                                                \
    ck_assert_msg(nd_test_has_note((err), (part)), "no note with '%s' in: %s", (part),                       \
                  nd_test_chain((err)->rc, (err)))
/** The view holds exactly this text. */
#define nd_ck_view(view, text)                                                                               \
    do {                                                                                                     \
        struct nd_view nd_ck_view_ = (view);                                                                 \
        ck_assert_msg(nd_view_is(nd_ck_view_, (text)), "%s is '%.*s', wanted '%s'", #view,                   \
                      (int)nd_ck_view_.len, nd_ck_view_.data, (text));                                       \
    } while (0)

#define ND_TEST_MAIN(suite_name, ...)                                                                        \
    int main(void)                                                                                           \
    {                                                                                                        \
        const TTest *const nd_tests[] = {__VA_ARGS__};                                                       \
        return nd_test_run(suite_name, nd_tests, sizeof nd_tests / sizeof nd_tests[0]);                      \
    }

#endif
