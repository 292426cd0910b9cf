#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "progress.h"
#include "screen.h"
#include <string.h>

static struct progress_view sample(void)
{
    return (struct progress_view){
        .run_id = "r",
        .phase_names = {"research", "draft", "synthesize", "fact-check"},
        .phase = 1,
        .phase_done = {true},
        .phase_ms = {72000, 3000},
        .lanes_total = 10,
        .lanes_ended = 3,
        .lane = "Key rotation",
        .doing = "tool find",
        .lane_steps = 4,
        .documents = 61,
        .documents_total = 64,
        .document = "a/b.pdf",
        .steps = 142,
        .tool_calls = 63,
        .tool_calls_max = 200,
        .gone_microusd = 1420000,
        .ceiling_microusd = 5000000,
        .elapsed_ms = 75000,
    };
}

static char *draw(const struct progress_view *v, unsigned width, bool color)
{
    struct nd_bytes out = ND_BYTES(64 << 10);
    ck_assert_uint_eq(progress_draw(v, width, color, &out), 4);
    return nd_bytes_take(&out, NULL);
}

START_TEST(shows_phases_lane_documents_calls_and_money)
{
    struct progress_view v = sample();
    v.documents = 64;
    char *text = draw(&v, 100, false);
    static const char *const parts[] = {
        "✓ research 1:12", "▶ draft 0:03",      "· synthesize",   "lanes 3/10", "Key rotation", "step 4",
        "documents 64/64", "tool calls 63/200", "$1.42 of $5.00", "28%",        "1:15",         "██████░░"};
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        ck_assert_msg(strstr(text, parts[i]) != NULL, "'%s' is not in:\n%s", parts[i], text);
    }
    ck_assert_ptr_null(strchr(text, '\033'));
    nd_free(text);
}
END_TEST

START_TEST(says_what_goes_on_when_no_lane_is_at_work)
{
    struct progress_view v = sample();
    char *reading = draw(&v, 100, false);
    ck_assert_ptr_nonnull(strstr(reading, "reading documents"));
    ck_assert_ptr_nonnull(strstr(reading, "documents 61/64"));
    ck_assert_ptr_nonnull(strstr(reading, "a/b.pdf"));
    v.documents = 64;
    v.lane[0] = '\0';
    char *starting = draw(&v, 100, false);
    ck_assert_ptr_nonnull(strstr(starting, "starting"));
    v.lanes_ended = v.lanes_total;
    char *joining = draw(&v, 100, false);
    ck_assert_ptr_nonnull(strstr(joining, "putting it together"));
    nd_free(reading);
    nd_free(starting);
    nd_free(joining);
}
END_TEST

START_TEST(fits_any_width)
{
    struct progress_view v = sample();
    (void)snprintf(v.lane, sizeof v.lane, "%s", "鍵の管理とローテーション鍵の管理とローテーション\033[2Jx");
    for (unsigned width = 20; width < 120; width += 7) {
        for (int color = 0; color < 2; color++) {
            char *text = draw(&v, width, color);
            ck_assert_ptr_null(strstr(text, "\033[2J"));
            for (char *line = strtok(text, "\n"); line && !color; line = strtok(NULL, "\n")) {
                ck_assert_uint_le(text_columns(nd_view_of(line)), width);
            }
            nd_free(text);
        }
    }
}
END_TEST

START_TEST(money_is_amber_and_red_near_the_ceiling)
{
    struct progress_view v = sample();
    char *green = draw(&v, 100, true);
    v.gone_microusd = 4100000;
    char *amber = draw(&v, 100, true);
    v.gone_microusd = 4800000;
    char *red = draw(&v, 100, true);
    ck_assert_ptr_nonnull(strstr(green, "\033[32m█"));
    ck_assert_ptr_nonnull(strstr(amber, "\033[33m█"));
    ck_assert_ptr_nonnull(strstr(red, "\033[31m█"));
    nd_free(green);
    nd_free(amber);
    nd_free(red);
}
END_TEST

START_TEST(durations)
{
    static const struct {
        int64_t ms;
        const char *text;
    } rows[] = {
        {-5, "0:00"}, {7400, "0:07"}, {723000, "12:03"}, {3723000, "1:02:03"}, {360000000, "100:00:00"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char text[DURATION_BYTES];
        duration_text(rows[i].ms, text);
        ck_assert_str_eq(text, rows[i].text);
    }
}
END_TEST

START_TEST(text_is_fitted_by_columns)
{
    static const struct {
        const char *text, *wanted;
        unsigned columns;
        bool pad;
    } rows[] = {{"abc", "abc", 5, false},      {"abc", "abc  ", 5, true},
                {"abcdef", "abcd…", 5, false}, {"漢字漢字", "漢字…", 5, true},
                {"漢字漢", "漢… ", 4, true},   {"a\nb\033c", "a b?c", 9, false},
                {"abc", "", 0, true}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct nd_bytes out = ND_BYTES(1000);
        text_fit(&out, nd_view_of(rows[i].text), rows[i].columns, rows[i].pad);
        nd_ck_view(nd_bytes_view(&out), rows[i].wanted);
        nd_bytes_release(&out);
    }
}
END_TEST

static bool colored(const char *when, char *a, char *b)
{
    char *environment[] = {a, b, NULL};
    struct screen s;
    screen_init(&s, stdout, stderr, when, environment);
    return s.color;
}

START_TEST(colours_obey_the_environment)
{
    char term[] = "TERM=xterm", none[] = "NO_COLOR=1", empty[] = "NO_COLOR=", force[] = "CLICOLOR_FORCE=1",
         zero[] = "CLICOLOR_FORCE=0";
    FILE *file = freopen(nd_test_path("err"), "w", stderr); /* no terminal */
    ck_assert_ptr_nonnull(file);
    ck_assert(!colored("auto", term, NULL));
    ck_assert(colored("auto", term, force));
    ck_assert(!colored("auto", term, zero));
    ck_assert(!colored("auto", none, force));
    ck_assert(colored("auto", empty, force));
    ck_assert(colored("always", none, NULL));
    ck_assert(!colored("never", term, force));
}
END_TEST

ND_TEST_MAIN("cli/progress", shows_phases_lane_documents_calls_and_money,
             says_what_goes_on_when_no_lane_is_at_work, fits_any_width,
             money_is_amber_and_red_near_the_ceiling, durations, text_is_fitted_by_columns,
             colours_obey_the_environment)
