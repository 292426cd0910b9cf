#include "nd_test.h"
#include "nightdesk/base/text.h"

#include <string.h>

START_TEST(a_chain_starts_with_its_cause)
{
    struct nd_error err = {0};
    ck_assert_int_eq(nd_fail(&err, ND_FULL, "disk '%s' is full", "a"), ND_FULL);
    ck_assert_int_eq(nd_while(&err, "while saving '%d'", 7), ND_FULL);
    ck_assert_uint_eq(err.notes, 2);
    ck_assert_str_eq(err.note[0], "disk 'a' is full");
    ck_assert_str_eq(err.note[1], "while saving '7'");
    ck_assert_int_eq(nd_fail(&err, ND_RETRY, "again"), ND_RETRY);
    ck_assert_uint_eq(err.notes, 1);
    nd_error_clear(&err);
    ck_assert_int_eq(err.rc, ND_OK);
    ck_assert_uint_eq(err.notes, 0);
}
END_TEST

START_TEST(a_full_chain_keeps_its_cause_and_its_newest_note)
{
    struct nd_error err = {0};
    nd_fail(&err, ND_BROKEN, "cause");
    for (int i = 1; i <= 20; i++) nd_while(&err, "while %d", i);
    ck_assert_uint_eq(err.notes, ND_ERROR_NOTES);
    ck_assert_str_eq(err.note[0], "cause");
    ck_assert_str_eq(err.note[ND_ERROR_NOTES - 2], "while 4");
    ck_assert_str_eq(err.note[ND_ERROR_NOTES - 1], "while 20");
}
END_TEST

START_TEST(a_long_note_is_cut_between_characters)
{
    for (size_t pad = 0; pad < 8; pad++) {
        struct nd_error err = {0};
        struct nd_bytes text = ND_BYTES(ND_MIB);
        for (size_t i = 0; i < pad; i++) nd_bytes_add_char(&text, 'x');
        for (int i = 0; i < 200; i++) nd_bytes_add_str(&text, "\xE2\x82\xAC\xF0\x9F\x8C\x99");
        nd_fail(&err, ND_BAD_INPUT, "%s", text.data);
        ck_assert(nd_utf8_valid(nd_view_of(err.note[0])));
        ck_assert_uint_ge(strlen(err.note[0]), ND_ERROR_NOTE_BYTES - 4);
        nd_bytes_release(&text);
    }
}
END_TEST

START_TEST(nobody_has_to_listen)
{
    ck_assert_int_eq(nd_fail(NULL, ND_CONFLICT, "x"), ND_CONFLICT);
    ck_assert_int_eq(nd_while(NULL, "x"), ND_BROKEN);
    nd_error_clear(NULL);
}
END_TEST

START_TEST(every_result_has_a_word_of_its_own)
{
    for (int a = ND_OK; a <= ND_BROKEN; a++) {
        ck_assert_uint_gt(strlen(nd_rc_word((enum nd_rc)a)), 0);
        for (int b = ND_OK; b < a; b++)
            ck_assert_str_ne(nd_rc_word((enum nd_rc)a), nd_rc_word((enum nd_rc)b));
    }
    ck_assert_str_eq(nd_rc_word(ND_BAD_INPUT), "bad_input");
}
END_TEST

ND_TEST_MAIN("base/error", a_chain_starts_with_its_cause, a_full_chain_keeps_its_cause_and_its_newest_note,
             a_long_note_is_cut_between_characters, nobody_has_to_listen, every_result_has_a_word_of_its_own)
