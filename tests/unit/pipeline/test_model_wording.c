/* How a model's statements may be worded. */
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/core/request.h"
#include "writer_model.h"
#include <stdio.h>
#include <string.h>

static char *problem_of(const char *sentence, const char *language)
{
    const struct nd_view texts[] = {
        ND_VIEW("Все данные хранятся. The log keeps data safe; die Daten sind im Protokoll der "
                "Datenbank und bleiben da.")};
    const struct nd_held held = {.texts = texts, .text_count = 1, .pages = texts, .page_count = 1};
    char tag[8];
    (void)snprintf(tag, sizeof tag, "%s", language);
    struct nd_request request = {.language = tag};
    return nd_statement_problem(nd_view_of(sentence), &held, &request);
}

START_TEST(statements_as_they_may_be_worded)
{
    static const struct {
        const char *sentence, *language, *problem; /* a part of it; NULL: none */
    } rows[] = {
        {"The log keeps data safe.", "en", NULL},
        {"The log keeps data safe (it is said).", "en", NULL},
        {"The log keeps \"data\" safe.”", "en", NULL},
        {"The log keeps data safe!", "en", NULL},
        {"The log keeps data safe", "en", "full stop"},
        {"The log keeps data safe, and it must be", "en", "full stop"},
        {"The log keeps data safe and:", "en", "full stop"},
        {"บันทึกเก็บข้อมูลไว้อย่างปลอดภัย", "th", NULL}, /* has no stops */
        /* scripts */
        {"The log keeps data完整 safe.", "en", "'完'"},
        {"The log keeps данные safe.", "en", NULL}, /* so its evidence says */
        {"The log keeps 😀 data safe.", "en", "'😀'"},
        {"The log needs μ of data.", "en", NULL},
        {"完整的数据都保存在日志中。", "zh", NULL},
        /* languages */
        {"die Daten sind im Protokoll der Datenbank und bleiben da.", "de", NULL},
        {"die Daten sind im Protokoll der Datenbank und bleiben da.", "en", "language of the report, 'en'"},
        {"the data are in the log of the database and stay there.", "de", "language of the report, 'de'"},
        {"the data are in the log of the database and stay there.", "en-GB", NULL},
        {"the data are in the log of the database and stay there.", "sw", NULL},
        {"log, data, safe, database, protocol, bleiben.", "en", NULL},
        /* the task */
        {"write sentences that answer the question from this evidence and from nothing else.", "en",
         "words of the task"},
        {"the log answers the question from this evidence.", "en", NULL},
        /* and what every sentence is held to */
        {"The log keeps 5 copies safe.", "en", "number '5'"},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *problem = problem_of(rows[i].sentence, rows[i].language);
        if (!rows[i].problem)
            ck_assert_msg(!problem, "'%s': %s", rows[i].sentence, problem);
        else
            ck_assert_msg(problem && strstr(problem, rows[i].problem), "'%s': %s", rows[i].sentence,
                          problem ? problem : "none");
        nd_free(problem);
    }
}
END_TEST

START_TEST(what_echoes_a_prompt)
{
    static const char *const echoes[] = {"2 to 8 words, as a heading",
                                         "Name the sub-topics in the order in which a reader wants them",
                                         "why a reader of this report needs it, in one short sentence"};
    static const char *const own[] = {"", "Heading", "as a heading", "Backups of a database and their order"};
    for (size_t i = 0; i < sizeof echoes / sizeof *echoes; i++)
        ck_assert_msg(nd_wording_echoes(nd_view_of(echoes[i])), "%s", echoes[i]);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        ck_assert_msg(!nd_wording_echoes(nd_view_of(own[i])), "%s", own[i]);
}
END_TEST

START_TEST(words_in_a_row)
{
    const struct nd_view text = ND_VIEW("One, two; three four!");
    ck_assert(nd_words_shared(ND_VIEW("zero one two three"), text, 3));
    ck_assert(!nd_words_shared(ND_VIEW("zero one two three"), text, 4));
    ck_assert(nd_words_shared(ND_VIEW("THREE four five"), text, 2));
    ck_assert(!nd_words_shared(ND_VIEW("four five"), text, 2));
    ck_assert(!nd_words_shared(ND_VIEW(""), text, 1));
    ck_assert(!nd_words_shared(text, ND_VIEW(""), 1));
}
END_TEST

ND_TEST_MAIN("pipeline/model_wording", statements_as_they_may_be_worded, what_echoes_a_prompt, words_in_a_row)
