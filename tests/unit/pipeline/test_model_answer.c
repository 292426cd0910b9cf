/* What a model says, taken apart: objects, ids, lines, sentences. */
#include "nd_test.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/core/request.h"
#include "writer_model.h"
#include <string.h>

START_TEST(the_object_in_what_was_said)
{
    static const char *const good[] = {"{\"a\":1}",
                                       "```json\n{\"a\":1}\n```",
                                       "Certainly! {\"a\":1} I hope this helps {\"b\":2}",
                                       "<think>maybe {\"x\":9}?</think>\n{\"a\":1}",
                                       "{\"a\":1}}}}",
                                       "  \n{ \"a\" : 1 }"};
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct nd_json *json = nd_answer_object(nd_view_of(good[i]));
        ck_assert_msg(nd_json_get_int(json, "a", 0) == 1 && nd_json_len(json) == 1, "'%s'", good[i]);
        nd_json_free(json);
    }
    struct nd_json *braces = nd_answer_object(ND_VIEW("{\"a\":\"}{\\\"}\",\"b\":{\"c\":{}}} tail"));
    ck_assert_str_eq(nd_json_get_str(braces, "a"), "}{\"}");
    nd_json_free(braces);
}
END_TEST

START_TEST(no_object_in_what_was_said)
{
    static const char *const bad[] = {"",
                                      "no",
                                      "[1,2]",
                                      "{",
                                      "{\"a\":",
                                      "{\"a\":\"",
                                      "{\"a\":\"\\",
                                      "{a:1}",
                                      "{\"a\":1,}",
                                      "{\"a\":1,\"a\":2}",
                                      "<think>{\"a\":1}</think>",
                                      "}{"};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(nd_answer_object(nd_view_of(bad[i])) == NULL, "'%s' gave an object", bad[i]);
    struct nd_bytes deep = ND_BYTES(ND_MIB);
    for (int i = 0; i < 100000; i++) nd_bytes_add_str(&deep, "{\"a\":");
    ck_assert_ptr_null(nd_answer_object(nd_bytes_view(&deep)));
    for (int i = 0; i < 100000; i++) nd_bytes_add_str(&deep, "}");
    ck_assert_ptr_null(nd_answer_object(nd_bytes_view(&deep)));
    nd_bytes_release(&deep);
}
END_TEST

START_TEST(what_was_whole_before_it_was_cut_off)
{
    static const struct {
        const char *said, *kept; /* NULL: nothing */
    } rows[] = {
        {"{\"s\":[{\"t\":\"one\",\"e\":[\"e1\"]},{\"t\":\"tw", "{\"s\":[{\"t\":\"one\",\"e\":[\"e1\"]}]}"},
        {"{\"s\":[{\"t\":\"a ] and a } of text\",\"e\":[\"e1\"]",
         "{\"s\":[{\"t\":\"a ] and a } of text\",\"e\":[\"e1\"]}]}"},
        {"```json\n{\"s\":[{\"t\":\"one\"}", "{\"s\":[{\"t\":\"one\"}]}"},
        {"{\"s\":[{\"t\":\"one\"},", "{\"s\":[{\"t\":\"one\"}]}"},
        {"{\"s\":[{\"t\":\"one", NULL},
        {"{\"s\":[1]]", NULL},
        {"{\"s\":[x],\"t\":", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct nd_json *json = nd_answer_object(nd_view_of(rows[i].said));
        struct nd_bytes text = ND_BYTES(ND_MIB);
        if (json) nd_json_print(json, &text);
        ck_assert_msg((json != NULL) == (rows[i].kept != NULL), "%s", rows[i].said);
        if (json) nd_ck_view(nd_bytes_view(&text), rows[i].kept);
        nd_bytes_release(&text);
        nd_json_free(json);
    }
}
END_TEST

START_TEST(ids_within_what_was_shown)
{
    static const struct {
        const char *id;
        size_t number;
    } rows[] = {{"c1", 1},  {"c5", 5},   {"c6", 0},  {"c0", 0},  {"c", 0},
                {"", 0},    {"e1", 0},   {"c1x", 0}, {"c-1", 0}, {"c99999999999999999999", 0},
                {" c1", 0}, {"../c1", 0}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct nd_json *id = nd_json_string(rows[i].id);
        ck_assert_msg(nd_answer_id(id, 'c', 5) == rows[i].number, "'%s'", rows[i].id);
        nd_json_free(id);
    }
    struct nd_json *number = nd_json_integer(1);
    ck_assert_uint_eq(nd_answer_id(number, 'c', 5), 0);
    ck_assert_uint_eq(nd_answer_id(NULL, 'c', 5), 0);
    nd_json_free(number);
}
END_TEST

START_TEST(lines_are_one_line)
{
    static const char *const rows[][2] = {{" a \n\t b ", "a b"},
                                          {"a\xE2\x80\x8B"
                                           "b\xE2\x80\xAE",
                                           "ab"},
                                          {"a\x07\x1B[31m", "a[31m"},
                                          {"\xC2\xA0 \xE3\x80\x80", ""},
                                          {"bad \xFF byte", "bad \xEF\xBF\xBD byte"}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *line = nd_answer_line(nd_view_of(rows[i][0]), 100);
        ck_assert_str_eq(line, rows[i][1]);
        nd_free(line);
    }
    char *cut = nd_answer_line(ND_VIEW("\xC3\xA4\xC3\xA4\xC3\xA4"), 3);
    ck_assert_str_eq(cut, "\xC3\xA4");
    nd_free(cut);
}
END_TEST

START_TEST(sentences_that_may_be_printed_and_not)
{
    static const struct {
        const char *sentence, *problem; /* NULL: none */
    } rows[] = {
        {"The battery lasts for 14 days in winter.", NULL},
        {"The battery lasts for fourteen days.", NULL},
        {"The so-called \"dark weeks\" are the test of a battery.", NULL},
        {"The text says that it \"lasts for 14 days\" in winter.", NULL},
        {"Prices rose by 1,500 euros.", NULL},
        {"\xE9\x9B\xBB\xE6\xB1\xA0\xE3\x81\xAF"
         "14\xE6\x97\xA5\xE9\x96\x93\xE3\x82\x82\xE3\x81\xA4\xE3\x80\x82",
         NULL},
        {"", "no sentence"},
        {"Too short", "no sentence"},
        {"The battery lasts for 15 days in winter.", "'15'"},
        {"The battery lasts, see https://evil.example/x now.", "address"},
        {"The battery lasts, see www.evil.example now.", "address"},
        {"The battery lasts in winter [1].", "citation mark"},
        {"The battery lasts in winter [e4].", "citation mark"},
        {"The battery lasts in winter (e4).", "citation mark"},
        {"The battery <b>lasts</b> in winter.", "markup"},
        {"The battery <!-- lasts --> in winter.", "markup"},
        {"The [battery](x) lasts in winter.", "markup"},
        {"He said \"the battery will last for ever\" in winter.", "quotation marks"},
        {"He said \xE2\x80\x9Cthe battery will last for ever\xE2\x80\x9D in winter.", "quotation marks"},
        {"He said 'the battery will last for ever' in winter.", "quotation marks"},
        {"He said ‘the battery will last for ever’ in winter.", "quotation marks"},
        {"He said ‚the battery will last for ever‘ in winter.", "quotation marks"},
        {"He said ‹the battery will last for ever› in winter.", "quotation marks"},
        {"He said 「the battery will last for ever」 in winter.", "quotation marks"},
        {"He said “the battery will last for ever in winter.", "quotation marks"},
        {"He said: 'The battery will last for ever.'", "quotation marks"},
        {"The text says that it 'lasts for 14 days' in winter.", NULL},
        {"The battery's text says it lasts 14 days, the winters' prices don't rise.", NULL},
        {"The Secret battery lasts in winter.", "'secret'"},
        {"The battery lasts for 14 hours in winter.", "the unit 'hours'"},
        {"The battery by Volta lasts in winter.", "the name 'Volta'"},
        {"Volta lasts for 14 days.", "the name 'Volta'"},
        {"The battery lasted in June.", "the date 'June'"},
    };
    const struct nd_view texts[] = {ND_VIEW("It lasts for 14 days even in winter."),
                                    ND_VIEW("Rose by 1 500 euros.")};
    const struct nd_view page = ND_VIEW("When prices rise, the battery stays. He said so; the text ends.");
    const struct nd_held held = {texts, 2, NULL, 0, &page, 1};
    struct nd_strings forbidden = {0};
    nd_strings_add(&forbidden, "secret");
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *problem = nd_sentence_problem(nd_view_of(rows[i].sentence), &held, &forbidden);
        if (!rows[i].problem)
            ck_assert_msg(!problem, "'%s': %s", rows[i].sentence, problem);
        else
            ck_assert_msg(problem && strstr(problem, rows[i].problem), "'%s': %s", rows[i].sentence,
                          problem ? problem : "none");
        nd_free(problem);
    }
    struct nd_bytes endless = ND_BYTES(ND_MIB);
    while (endless.len <= ND_SENTENCE_BYTES) nd_bytes_add_str(&endless, "and on ");
    char *problem = nd_sentence_problem(nd_bytes_view(&endless), &held, &forbidden);
    ck_assert_ptr_nonnull(strstr(problem, "the most are 600"));
    nd_free(problem);
    nd_bytes_release(&endless);
    nd_strings_release(&forbidden);
}
END_TEST

#define SAYS(text, ids) "{\"text\":\"" text "\",\"evidence\":[" ids "]}"

START_TEST(what_is_said_twice)
{
    static const struct {
        const char *first, *then;
        bool again;
    } rows[] = {
        {SAYS("The log keeps the data safe when the server stops.", "\"e1\""),
         SAYS("The log keeps the data safe when the server stops.", "\"e1\""), true},
        /* one noun put into the same frame, as small models do */
        {SAYS("It uses a checkpoint to ensure that data is restored correctly, but writes more data.",
              "\"e1\""),
         SAYS("It uses a backup to ensure that data is restored correctly, but writes more data.", "\"e1\""),
         true},
        {SAYS("It uses a checkpoint to ensure that data is restored correctly, but writes more data.",
              "\"e1\""),
         SAYS("It uses a backup to ensure that data is restored correctly, but writes more data.", "\"e2\""),
         false},
        {SAYS("In 2019 the town paid 500 euros for running the pool beside the river.", "\"e1\""),
         SAYS("In 2020 the town paid 600 euros for running the pool beside the river.", "\"e1\""), false},
        {SAYS("Readers may see the files.", "\"e1\""), SAYS("Writers may change the files.", "\"e1\""),
         false},
        {SAYS("", "\"e1\""), SAYS("", "\"e1\""), false},
        {"{\"evidence\":[]}", "{\"evidence\":[]}", false},
        {"7", "7", false},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        char *text =
            nd_sprintf("[{\"text\":\"Something else is said here.\"},%s,%s]", rows[i].first, rows[i].then);
        struct nd_json *list = NULL;
        struct nd_error err = {0};
        nd_ck_ok(nd_json_parse(&list, nd_view_of(text), &err), &err);
        ck_assert_uint_eq(nd_answer_repeats(list, 0), 0);
        ck_assert_uint_eq(nd_answer_repeats(list, 1), 0);
        ck_assert_msg(nd_answer_repeats(list, 2) == (rows[i].again ? 2 : 0), "%s", rows[i].then);
        nd_json_free(list);
        nd_free(text);
    }
}
END_TEST

static char *no_problem(void *ctx, const struct nd_json *item)
{
    (void)ctx, (void)item;
    return NULL;
}

START_TEST(a_repeat_is_sent_back)
{
    struct nd_json *answer = NULL;
    nd_ck_ok(
        nd_json_parse(
            &answer,
            ND_VIEW("{\"sentences\":[{\"text\":\"Bees swarm in May.\"},{\"text\":\"Bees swarm in May.\"}]}"),
            NULL),
        NULL);
    char *problem = nd_answer_list_problem(answer, "sentences", "sentence", no_problem, NULL);
    ck_assert_str_eq(problem, "sentence 2: it says again what sentence 1 says");
    nd_free(problem);
    nd_json_free(answer);
}
END_TEST

START_TEST(a_piece_in_its_own_words)
{
    static const char piece[] = "At all times, PostgreSQL maintains a write ahead log (WAL) in the pg_wal/ "
                                "folder. It records every change.";
    static const struct {
        const char *sentence;
        bool copied;
    } rows[] = {
        {piece, true},
        {"PostgreSQL maintains a write-ahead log (WAL) in the pg_wal/ folder. It records every change.",
         true},
        {"PostgreSQL maintains a log (WAL) in the pg_wal/ folder. It records every change.", false},
        {"It records every change.", false},
        {"At all times, it maintains a write ahead log in the pg_wal/ folder. It records every change.",
         false},
        {"At all times PostgreSQL maintains a write ahead log in the pg_wal/ folder. It records every "
         "change.",
         true},
        {"At all times, PostgreSQL maintains a write ahead log (WAL) in the pg_wal/ folder. It records every "
         "change and more.",
         false},
        {"", false}};
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++)
        ck_assert_msg(nd_sentence_copies(nd_view_of(rows[i].sentence), nd_view_of(piece)) == rows[i].copied,
                      "%s", rows[i].sentence);
}
END_TEST

ND_TEST_MAIN("pipeline/model_answer", the_object_in_what_was_said, no_object_in_what_was_said,
             what_was_whole_before_it_was_cut_off, ids_within_what_was_shown, lines_are_one_line,
             sentences_that_may_be_printed_and_not, what_is_said_twice, a_repeat_is_sent_back,
             a_piece_in_its_own_words)
