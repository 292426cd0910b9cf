#include "nd_test.h"
#include "sentences.h"

#include <string.h>

/* Sentences of the text, separated by " | ". */
static const char *cut(const char *text, const char *lang)
{
    static char out[1024];
    struct nd_view v = nd_view_of(text);
    out[0] = '\0';
    for (size_t at = 0; at < v.len;) {
        size_t end = nd_sentence_end(v, at, nd_language_of(lang));
        ck_assert_uint_gt(end, at);
        if (out[0]) strcat(out, " | ");
        strncat(out, text + at, end - at);
        at = nd_sentence_start(v, end);
    }
    return out;
}

struct row {
    const char *lang, *text, *wanted;
};

static const struct row rows[] = {
    {"en", "It starts. Then it ends! Does it? Yes.", "It starts. | Then it ends! | Does it? | Yes."},
    {"en", "Use tapes, e.g. DLT, i.e. old ones. They last.",
     "Use tapes, e.g. DLT, i.e. old ones. | They last."},
    {"en", "See Fig. 3 and No. 5 on p. 12 of vol. 2. It is clear.",
     "See Fig. 3 and No. 5 on p. 12 of vol. 2. | It is clear."},
    {"en", "The answer is no. Try again.", "The answer is no. | Try again."},
    {"en", "Files, folders, etc. The rest is kept.", "Files, folders, etc. | The rest is kept."},
    {"en", "It was shown by Redmond et al. [7]. We follow it.",
     "It was shown by Redmond et al. [7]. | We follow it."},
    {"en", "Files, folders, etc. are kept.", "Files, folders, etc. are kept."},
    {"en", "By J. Smith and A. B. Jones. The end.", "By J. Smith and A. B. Jones. | The end."},
    {"en", "Version 3.0.1 is out. Python 3. The old one stays.",
     "Version 3.0.1 is out. | Python 3. | The old one stays."},
    {"en", "The U.S. Government pays. Ask Dr. Jones vs. Mr. Hill.",
     "The U.S. Government pays. | Ask Dr. Jones vs. Mr. Hill."},
    {"en", "He said \"Stop.\" Then he left. (It was late.) All slept.",
     "He said \"Stop.\" | Then he left. | (It was late.) | All slept."},
    {"en", "Wait (it may take long. Really) for it. Done.",
     "Wait (it may take long. Really) for it. | Done."},
    {"en", "The daemon stops. upsmon reads it. kadm5.acl is kept.",
     "The daemon stops. | upsmon reads it. | kadm5.acl is kept."},
    {"en", "It lists the name. and so on", "It lists the name. and so on"},
    {"en", "Only for the KDC. kadm5.acl is needed.", "Only for the KDC. | kadm5.acl is needed."},
    {"en", "This replaces dh_make.1 The rest stays.", "This replaces dh_make. | The rest stays."},
    {"en", "Ends at the\nline's end.\nThe next starts.", "Ends at the\nline's end. | The next starts."},
    {"en", "See https://www.\ndebian.org for the text.", "See https://www.\ndebian.org for the text."},
    {"en", "The first one is done.The next is krb5.conf.", "The first one is done. | The next is krb5.conf."},
    {"fa", "این یک جمله است .این جمله دوم است .", "این یک جمله است . | این جمله دوم است ."},
    {"en", "And so on... The end.", "And so on... | The end."},
    {"en", "Set x... and go on.", "Set x... and go on."},
    {"en", "No stop at all", "No stop at all"},
    {"de", "Das gilt z. B. für Nr. 5, d. h. für Abs. 2 des Gesetzes. Es gilt seit dem 3. Oktober 1990.",
     "Das gilt z. B. für Nr. 5, d. h. für Abs. 2 des Gesetzes. | Es gilt seit dem 3. Oktober 1990."},
    {"de", "Äpfel, Birnen usw. sind da. Die Übung endet.", "Äpfel, Birnen usw. sind da. | Die Übung endet."},
    {"fr", "Tapez « cd.. » puis Entrée. Où est-il ? Ici.",
     "Tapez « cd.. » puis Entrée. | Où est-il ? | Ici."},
    {"ru", "Это файл, т. е. документ. См. рис. 5 и др. материалы. Всё.",
     "Это файл, т. е. документ. | См. рис. 5 и др. материалы. | Всё."},
    {"zh", "这是第一句。这是第二句！第三句？", "这是第一句。 | 这是第二句！ | 第三句？"},
    {"ja", "「やめろ！」と言った。終わり。", "「やめろ！」と言った。 | 終わり。"},
    {"ja", "「終わった。」次の文。", "「終わった。」 | 次の文。"},
    {"ar", "هل هذا صحيح؟ نعم هو صحيح. شكرا", "هل هذا صحيح؟ | نعم هو صحيح. | شكرا"},
    {"hi", "यह एक वाक्य है। यह दूसरा है।", "यह एक वाक्य है। | यह दूसरा है।"},
};

START_TEST(sentences_end_where_they_should)
{
    const struct row *row = &rows[_i];
    ck_assert_str_eq(cut(row->text, row->lang), row->wanted);
}
END_TEST

START_TEST(abbreviations_are_told_apart)
{
    ck_assert_int_eq(nd_abbreviation_of(ND_VIEW("e.g")), ND_ABBREVIATION_NEVER_ENDS);
    ck_assert_int_eq(nd_abbreviation_of(ND_VIEW("Fig")), ND_ABBREVIATION_BEFORE_NUMBER);
    ck_assert_int_eq(nd_abbreviation_of(ND_VIEW("etc")), ND_ABBREVIATION_MAY_END);
    ck_assert_int_eq(nd_abbreviation_of(ND_VIEW("server")), ND_ABBREVIATION_NOT);
    ck_assert_int_eq(nd_abbreviation_of(ND_VIEW("")), ND_ABBREVIATION_NOT);
}
END_TEST

START_TEST(any_bytes_can_be_cut)
{
    static const char bytes[] = "\xFF.\x80 \xC3. A\xE3\x80.\x82 (((. Z) ... ? ! 1 . \xE3\x80\x82\xE3\x80\x8D";
    struct nd_view v = {bytes, sizeof bytes - 1};
    for (size_t from = 0; from < v.len; from++) {
        struct nd_view tail = nd_view_sub(v, from, v.len);
        size_t at = 0;
        for (int steps = 0; at < tail.len; steps++) {
            size_t end = nd_sentence_end(tail, at, NULL);
            ck_assert_uint_gt(end, at);
            ck_assert_uint_le(end, tail.len);
            at = nd_sentence_start(tail, end);
            ck_assert_int_lt(steps, 100);
        }
    }
}
END_TEST

/* Text made to be slow: each step may look around only so far. */
START_TEST(a_million_stops_take_no_time)
{
    static const char *const patterns[] = {".", "a.", "(a. ", ".)", "A. b. ", "\xE3\x80\x82", "1.", ". . "};
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    while (text.len < ND_MIB) nd_bytes_add_str(&text, patterns[_i]);
    struct nd_view v = nd_bytes_view(&text);
    for (size_t at = 0; at < v.len;) at = nd_sentence_start(v, nd_sentence_end(v, at, NULL));
    nd_bytes_release(&text);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("index/sentences");
    TCase *table = tcase_create("table");
    tcase_add_loop_test(table, sentences_end_where_they_should, 0, (int)(sizeof rows / sizeof rows[0]));
    tcase_add_test(table, abbreviations_are_told_apart);
    tcase_add_test(table, any_bytes_can_be_cut);
    tcase_add_loop_test(table, a_million_stops_take_no_time, 0, 8);
    suite_add_tcase(suite, table);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
