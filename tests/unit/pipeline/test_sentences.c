#include "nd_test.h"
#include "writer_extractive.h"
#include "writer_extractive_figures.h"

#include <stdio.h>
#include <string.h>

static struct nd_sentence judge(const char *text)
{
    struct nd_sentence is;
    nd_sentence_judge(&is, nd_view_of(text), 0, "en");
    return is;
}

START_TEST(whole_statements_read_well)
{
    ck_assert_double_ge(judge("The default policy drops all traffic that no rule allows.").quality, 0.9);
    ck_assert_double_ge(
        judge("Keys are stored on the server (see Section 9.9), where only root can read them.").quality,
        0.8);
}
END_TEST

START_TEST(pieces_and_code_are_no_quotes)
{
    ck_assert_double_eq(judge("a broken-off piece of a longer sentence that has").quality, 0);
    ck_assert_double_eq(judge("Too short.").quality, 0);
    ck_assert_double_eq(judge("for (i = 0; i < 10; i++) { x[i] = y[i] * 2; } /* 1.2.3.4 */.").quality, 0);
    ck_assert_double_le(judge("The file /etc/a=b|c has to be edited with {x} and <y> by the user.").quality,
                        0.5);
}
END_TEST

START_TEST(what_only_ends_like_a_sentence_is_no_quote)
{
    static const char *const pieces[] = {
        "Which ports the services will use, if they do not use the default ones.",
        "How many replicas you need and where they should be located.",
        "Specifies the port number to be used for incremental propagation.",
        "The corresponding port for the password service of the realm.",
        "The name or address of a host running a service for the realm.",
        "The exploration was motivated by a flawed analysis presented in Bonadonna et al.",
        "Assuming the administrator does not want to get that level of detail.",
        "Retention Period There are various kinds of periods that the program recognizes.",
        "ME (Loy and Hofmann 2014; Nieuwenhuis, Te Grotenhuis, and Pelzer 2012)."};
    for (size_t i = 0; i < sizeof pieces / sizeof *pieces; i++)
        ck_assert_double_eq(judge(pieces[i]).quality, 0);
    ck_assert_double_gt(judge("What the filter does not know, it passes on to the next one.").quality, 0.5);
    ck_assert_double_gt(judge("Because the clock is wrong, the server refuses every ticket.").quality, 0.5);
    ck_assert_double_gt(judge("The server listens on one port and answers every request it gets.").quality,
                        0.5);
    ck_assert(judge("Just be sure to cancel this timer when the power returns.").leans);
}
END_TEST

START_TEST(what_points_elsewhere_is_weak)
{
    ck_assert_double_le(judge("The values in the table below show what the server answers.").quality, 0.5);
    ck_assert_double_le(judge("This section describes how the server is set up and started.").quality, 0.5);
}
END_TEST

START_TEST(what_leans_is_known)
{
    ck_assert(judge("This means that the server must be stopped first.").leans);
    ck_assert(judge("However, the server must be stopped before that.").leans);
    ck_assert(!judge("The server must be stopped before the upgrade.").leans);
    ck_assert(!judge("Thistles are removed from the field before the harvest.").leans);
}
END_TEST

START_TEST(a_pronoun_that_stands_for_nothing_leans_on_nothing)
{
    ck_assert(!judge("It is usually an error to start the daemon twice on one machine.").leans);
    ck_assert(!judge("It is necessary for the recovery that the scripts can run twice.").leans);
    ck_assert(!judge("There are no p values in the output of the program.").leans);
    ck_assert(judge("It is used to keep the clocks of all servers in step.").leans);
    ck_assert(judge("It replaces the file when the server starts again.").leans);
    ck_assert(judge("That is the concept which the other programs use as well.").quality > 0);
}
END_TEST

START_TEST(letters_of_abbreviations_are_no_words)
{
    double plain = judge("The pool is used when no other volume (of the pool) can be written to.").salience,
           abbreviated =
               judge("The pool is used when no other volume (i.e. none) can be written to.").salience;
    ck_assert_double_ge(abbreviated, plain);
}
END_TEST

START_TEST(rules_say_more_than_tales)
{
    double rule = judge("By default, the server must never be reached from outside.").salience;
    double tale = judge("We liked how the server looked in our office last year.").salience;
    ck_assert_double_ge(rule, 0.5);
    ck_assert_double_le(tale, 0.1);
    ck_assert(judge("Do not run the command twice on one database.").warns);
}
END_TEST

static void check_figure(const char *text, const char *wanted)
{
    struct nd_figure f;
    char found[200] = "none";
    if (nd_figures_in(nd_view_of(text), &f, 1))
        snprintf(found, sizeof found, "%.*s | %s | %.*s = %g %s", (int)f.label.len, f.label.data, f.kind,
                 (int)f.number.len, f.number.data, f.value, f.unit);
    ck_assert_str_eq(found, wanted);
}

START_TEST(figures_are_stated_of_something)
{
    check_figure("The default Volume retention period is 365 days, unless it is set.",
                 "Volume retention period | default | 365 = 365 days");
    check_figure("The ticket lifetime defaults to 1,440 minutes.",
                 "ticket lifetime | default | 1,440 = 1440 minutes");
    check_figure("Passwords must have at least 8 characters.", "Passwords | at least | 8 = 8 characters");
    check_figure("The admin server listens on port 749 of the primary.",
                 "admin server | port | 749 = 749 port");
}
END_TEST

START_TEST(loose_numbers_are_no_figures)
{
    check_figure("There are 20 files in the folder.", "none");
    check_figure("It is at least 5 minutes.", "none");
    check_figure("The default is 5 minutes.", "none");
    check_figure("Version 3.0.1 is at least 20 days old.", "none");
    check_figure("See port 4025 for more.", "none");
}
END_TEST

ND_TEST_MAIN("pipeline/sentences", whole_statements_read_well, pieces_and_code_are_no_quotes,
             what_only_ends_like_a_sentence_is_no_quote, what_points_elsewhere_is_weak, what_leans_is_known,
             a_pronoun_that_stands_for_nothing_leans_on_nothing, letters_of_abbreviations_are_no_words,
             rules_say_more_than_tales, figures_are_stated_of_something, loose_numbers_are_no_figures)
