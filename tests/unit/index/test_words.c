#include "languages.h"
#include "nd_test.h"
#include "vocabulary.h"

#include "nightdesk/index/words.h"

#include <stdio.h>
#include <string.h>

static const char *words_of(const char *text)
{
    static char out[512];
    struct nd_view word;
    out[0] = '\0';
    for (size_t at = 0; nd_word_next(nd_view_of(text), &at, &word);) {
        if (out[0]) strcat(out, "|");
        strncat(out, word.data, word.len);
    }
    return out;
}

static void append_term(void *ctx, struct nd_view term, bool exact)
{
    char *out = ctx;
    (void)exact;
    if (out[0]) strcat(out, " ");
    strncat(out, term.data, term.len);
}

static const char *terms_of(const char *text, const char *lang)
{
    static char out[512];
    out[0] = '\0';
    nd_terms(nd_view_of(text), lang, append_term, out);
    return out;
}

START_TEST(words_end_where_a_reader_ends_them)
{
    ck_assert_str_eq(words_of("Don't split-brain krb5.conf, v3.0.1 and 1,500 files."),
                     "Don't|split|brain|krb5|conf|v3.0.1|and|1,500|files");
    ck_assert_str_eq(words_of("l'eau, O’Brien, dog’s"), "l|eau|O|Brien|dog’s");
    ck_assert_str_eq(words_of("allow_weak_crypto /etc/hosts"), "allow|weak|crypto|etc|hosts");
    ck_assert_str_eq(words_of("Debian 软件包abc。中文"), "Debian|软件包|abc|中文");
    ck_assert_str_eq(words_of(" ... "), "");
}
END_TEST

START_TEST(words_are_counted_as_a_person_counts_them)
{
    ck_assert_uint_eq(nd_word_count(nd_view_of("Edit krb5.conf by hand, twice - or more.")), 7);
    ck_assert_uint_eq(nd_word_count(nd_view_of("本地部署")), 2);
    ck_assert_uint_eq(nd_word_count(nd_view_of("")), 0);
}
END_TEST

START_TEST(terms_are_stemmed_in_the_documents_language)
{
    ck_assert_str_eq(terms_of("The servers are running", "en"), "server =servers run =running");
    ck_assert_str_eq(terms_of("Die Häuser der Stadt", "de"), "haus =häuser stadt =stadt");
    ck_assert_str_eq(terms_of("серверы и базы", "ru"), "сервер =серверы баз =базы");
    ck_assert_str_eq(terms_of("The servers", NULL), "servers =servers");
    ck_assert_str_eq(terms_of("port 749", "en"), "port =port 749");
    ck_assert_str_eq(terms_of("the dog's", "en"), "dog =dog");
}
END_TEST

START_TEST(british_and_american_spellings_are_one_term)
{
    static const char *const pairs[][2] = {
        {"synchronisation", "synchronization"},
        {"organised", "organized"},
        {"behaviour", "behavior"},
        {"centre", "center"},
        {"catalogue", "catalog"},
        {"licence", "license"},
        {"analyse", "analyze"},
        {"colours", "colors"},
    };
    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
        char first[64];
        snprintf(first, sizeof first, "%s", terms_of(pairs[i][0], "en"));
        *strchr(first, ' ') = '\0';
        ck_assert_ptr_nonnull(strstr(terms_of(pairs[i][1], "en"), first));
    }
    ck_assert_str_eq(terms_of("precise precisely", "en"), "precis =precise precis =precisely");
    ck_assert_str_eq(terms_of("rise rising hour", "en"), "rise =rise rise =rising hour =hour");
}
END_TEST

START_TEST(chinese_japanese_and_korean_give_pairs)
{
    ck_assert_str_eq(terms_of("打包工作", "zh"), "打包 包工 工作");
    ck_assert_str_eq(terms_of("ガイド", "ja"), "ガイ イド");
    ck_assert_str_eq(terms_of("包", "zh"), "包");
}
END_TEST

static void count_term(void *ctx, struct nd_view term, bool exact)
{
    size_t *n = ctx;
    (void)term;
    (void)exact;
    ++*n;
}

START_TEST(long_runs_give_all_their_pairs)
{
    struct nd_bytes run = ND_BYTES(ND_MIB);
    size_t pairs = 0;
    for (int i = 0; i < 100; i++) nd_bytes_add_str(&run, "包");
    nd_terms(nd_bytes_view(&run), "zh", count_term, &pairs);
    ck_assert_uint_eq(pairs, 99);
    nd_bytes_release(&run);
}
END_TEST

START_TEST(compatibility_forms_are_folded)
{
    ck_assert_str_eq(terms_of("\xEF\xAC\x81le ＡＢＣ", "en"),
                     "file =file abc =abc"); /* fi ligature, full width */
}
END_TEST

START_TEST(stop_word_lists_are_sorted)
{
    static const char *const codes[] = {"cs", "da", "de", "en", "es", "fr",
                                        "it", "nl", "pl", "pt", "ru", "sv"};
    for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
        const struct nd_language *language = nd_language_of(codes[i]);
        ck_assert_ptr_nonnull(language);
        ck_assert_uint_gt(language->stop_count, 80);
        for (size_t k = 1; k < language->stop_count; k++)
            ck_assert_msg(strcmp(language->stops[k - 1], language->stops[k]) < 0, "%s: '%s' before '%s'",
                          codes[i], language->stops[k - 1], language->stops[k]);
    }
    ck_assert(nd_stop_word("de-CH", nd_view_of("über")));
    ck_assert(!nd_stop_word("de", nd_view_of("the")));
    ck_assert(nd_stop_word(NULL, nd_view_of("the")));
    ck_assert(nd_stop_word("xx", nd_view_of("the")));
}
END_TEST

START_TEST(languages_are_guessed_from_running_text)
{
    static const struct {
        const char *text, *lang;
    } rows[] = {
        {"The file must be copied to each of the servers, and it is not read before they are started.", "en"},
        {"Die Datei muss auf jeden der Server kopiert werden, und sie wird nicht gelesen, bevor sie "
         "gestartet sind.",
         "de"},
        {"Le fichier doit être copié sur chacun des serveurs, et il n'est pas lu avant que ceux-ci soient "
         "démarrés.",
         "fr"},
        {"Файл должен быть скопирован на каждый из серверов, и он не читается до того, как они запущены.",
         "ru"},
        {"このファイルは各サーバーにコピーする必要があります。", "ja"},
        {"必须把文件复制到每台服务器上。", "zh"},
        {"이 파일은 각 서버에 복사해야 합니다.", "ko"},
        {"int main argc argv return 0 printf", NULL},
        {"", NULL},
    };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        struct nd_view page = nd_view_of(rows[i].text);
        const char *found = nd_language_guess(&page, 1);
        ck_assert_msg((found == NULL) == (rows[i].lang == NULL) &&
                          (!found || strcmp(found, rows[i].lang) == 0),
                      "'%s' is %s, wanted %s", rows[i].text, found ? found : "nothing",
                      rows[i].lang ? rows[i].lang : "nothing");
    }
}
END_TEST

static const char *shown(const char *text, const struct nd_vocabulary *v)
{
    static struct nd_bytes out = ND_BYTES(ND_MIB);
    nd_bytes_clear(&out);
    nd_display(nd_view_of(text), v, &out);
    return out.len ? out.data : "";
}

START_TEST(display_joins_lines_and_collapses_spaces)
{
    ck_assert_str_eq(shown("  two\nlines  and\t tabs \n", NULL), "two lines and tabs");
    ck_assert_str_eq(shown("软件包描\n述信息", NULL), "软件包描述信息");
    ck_assert_str_eq(shown("한국어는\n띄어 쓴다", NULL), "한국어는 띄어 쓴다");
    ck_assert_str_eq(shown("index H\n), but", NULL), "index H), but");
    ck_assert_str_eq(shown("the file\n.bashrc", NULL), "the file .bashrc");
    ck_assert_str_eq(shown("", NULL), "");
}
END_TEST

START_TEST(display_joins_hyphens_by_the_vocabulary)
{
    struct nd_vocabulary *v = nd_vocabulary_open();
    nd_vocabulary_count(
        v, nd_view_of("administrator administrator split-brain brain brain brain split split split "
                      "based based based Qt Qt Qt read read read only only only"));
    ck_assert_str_eq(shown("the admin-\nistrator", v), "the administrator");
    ck_assert_str_eq(shown("a split-\nbrain", v), "a split-brain");
    ck_assert_str_eq(shown("QT-\nbased", v), "QT-based");
    ck_assert_str_eq(shown("mounts some read-\nonly.", v), "mounts some read-only.");
    ck_assert_str_eq(shown("rarefac-\ntion", v), "rarefaction"); /* a half that is no word of its own */
    ck_assert_str_eq(shown("AES-\n256 and des3-\nCBC", v), "AES-256 and des3-CBC");
    ck_assert_str_eq(shown("one -\ntwo", v), "one - two");
    ck_assert_str_eq(shown("admin-\nistrator", NULL), "administrator");
    nd_vocabulary_free(v);
}
END_TEST

START_TEST(broken_words_are_not_counted_in_the_vocabulary)
{
    struct nd_vocabulary *v = nd_vocabulary_open();
    nd_vocabulary_count(v, nd_view_of("A file, the File and an admin-\nistrator."));
    ck_assert_uint_eq(nd_vocabulary_of(v, nd_view_of("file")), 2);
    ck_assert_uint_eq(nd_vocabulary_of(v, nd_view_of("admin")), 0);
    ck_assert_uint_eq(nd_vocabulary_of(v, nd_view_of("istrator")), 0);
    nd_vocabulary_free(v);
}
END_TEST

START_TEST(jaccard_compares_term_sets)
{
    ck_assert_double_eq(nd_jaccard(nd_view_of("The server runs"), nd_view_of("servers running"), "en"), 1.0);
    ck_assert_double_eq_tol(nd_jaccard(nd_view_of("red green blue"), nd_view_of("green blue white"), "en"),
                            0.5, 1e-9);
    ck_assert_double_eq(nd_jaccard(nd_view_of("the"), nd_view_of("the"), "en"), 0.0);
}
END_TEST

ND_TEST_MAIN("index/words", words_end_where_a_reader_ends_them, words_are_counted_as_a_person_counts_them,
             terms_are_stemmed_in_the_documents_language, british_and_american_spellings_are_one_term,
             chinese_japanese_and_korean_give_pairs, long_runs_give_all_their_pairs,
             compatibility_forms_are_folded, stop_word_lists_are_sorted,
             languages_are_guessed_from_running_text, display_joins_lines_and_collapses_spaces,
             display_joins_hyphens_by_the_vocabulary, broken_words_are_not_counted_in_the_vocabulary,
             jaccard_compares_term_sets)
