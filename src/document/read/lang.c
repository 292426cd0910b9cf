#include "lang.h"
#include "nightdesk/base/text.h"

#include <stdlib.h>
#include <string.h>

enum { SAMPLE_BYTES = 64 * 1024, WORD_BYTES = 16, LETTERS_MIN = 40, WORDS_MIN = 20, COMMON_MIN = 5 };

enum script {
    LATIN,
    CYRILLIC,
    UKRAINIAN,
    HAN,
    KANA,
    HANGUL,
    ARABIC,
    PERSIAN,
    DEVANAGARI,
    HEBREW,
    GREEK,
    SCRIPTS
};
enum latin { EN, DE, FR, ES, IT, PT, NL, LATINS };

static const char *const latin_codes[LATINS] = {"en", "de", "fr", "es", "it", "pt", "nl"};

/* Words that are common in one language and mean nothing in the others; a word of two languages counts for
 * both. */
static const char *const common[LATINS] = {
    [EN] = (" the of and to is that for are with this be by you from which not have it an or was on as can "),
    [DE] = (" der die und das ist nicht ein eine den mit von zu auf für dem sich des werden oder auch wird "
            "als sind im "),
    [FR] =
        (" le la les des et est une dans que pour qui sur pas vous par avec sont du ce au cette être ou il "),
    [ES] = (" el la los las que de en y una por con para es se del no como más su al lo este "),
    [IT] = (" il di che la e per un una con non sono è della del si le da nel dei gli alla più questo come "),
    [PT] = (" o que de do da em um uma para com não os as por se mais dos das ao como é são você "),
    [NL] = (" de het een van en is dat niet te op zijn voor met die aan wordt door ook als bij worden naar "
            "deze "),
};

struct counts {
    size_t script[SCRIPTS], letters;
    size_t latin[LATINS], words;
};

static enum script script_of(uint32_t c)
{
    if (c < 0x0370) return LATIN;
    if (c < 0x0400) return GREEK;
    if (c < 0x0530) return c == 0x0454 || c == 0x0456 || c == 0x0457 || c == 0x0491 ? UKRAINIAN : CYRILLIC;
    if (c >= 0x0590 && c < 0x0600) return HEBREW;
    if (c < 0x0780)
        return c == 0x067E || c == 0x0686 || c == 0x0698 || c == 0x06AF || c == 0x06CC || c == 0x06A9
                   ? PERSIAN
                   : ARABIC;
    if (c >= 0x0900 && c < 0x0980) return DEVANAGARI;
    if (c >= 0x3040 && c < 0x3100) return KANA;
    if (c >= 0xAC00 && c < 0xD7B0) return HANGUL;
    return nd_is_cjk(c) ? HAN : LATIN;
}

static void count_word(struct counts *n, const char *word, size_t len)
{
    char padded[WORD_BYTES + 3];
    if (len == 0) return;
    n->words++;
    if (len > WORD_BYTES) return;
    padded[0] = ' ';
    memcpy(padded + 1, word, len);
    padded[len + 1] = ' ';
    padded[len + 2] = '\0';
    for (unsigned i = 0; i < LATINS; i++) n->latin[i] += strstr(common[i], padded) != NULL;
}

static void count(struct counts *n, struct nd_view text)
{
    struct nd_bytes word = ND_BYTES(4096);
    for (size_t at = 0; at < text.len;) {
        uint32_t c = nd_utf8_next(text, &at);
        if (nd_is_letter(c)) {
            n->letters++;
            n->script[script_of(c)]++;
            nd_utf8_add(&word, nd_text_lower(c));
        } else {
            count_word(n, word.data, word.len);
            nd_bytes_clear(&word);
        }
    }
    nd_bytes_release(&word);
}

static const char *by_words(const struct counts *n)
{
    unsigned best = 0, second = LATINS;
    for (unsigned i = 1; i < LATINS; i++) {
        if (n->latin[i] > n->latin[best]) {
            second = best;
            best = i;
        } else if (second == LATINS || n->latin[i] > n->latin[second]) {
            second = i;
        }
    }
    bool common_enough =
        n->words >= WORDS_MIN && n->latin[best] >= COMMON_MIN && n->latin[best] * 12 >= n->words;
    bool clear_enough = n->latin[best] * 10 >= n->latin[second] * 13;
    return common_enough && clear_enough ? latin_codes[best] : NULL;
}

/* A script has most of the text when it has half of the letters; Han and Kana are denser than Latin and weigh
 * double. */
static const char *by_script(const struct counts *n)
{
    size_t half = n->letters / 2;
    size_t cjk = n->script[HAN] + n->script[KANA];
    if (cjk * 2 > half && cjk >= n->script[HANGUL]) return n->script[KANA] * 20 > cjk ? "ja" : "zh";
    if (n->script[HANGUL] * 2 > half) return "ko";
    if (n->script[CYRILLIC] + n->script[UKRAINIAN] > half)
        return n->script[UKRAINIAN] * 50 > n->script[CYRILLIC] ? "uk" : "ru";
    if (n->script[ARABIC] + n->script[PERSIAN] > half)
        return n->script[PERSIAN] * 25 > n->script[ARABIC] ? "fa" : "ar";
    if (n->script[DEVANAGARI] > half) return "hi";
    if (n->script[HEBREW] > half) return "he";
    if (n->script[GREEK] > half) return "el";
    return NULL;
}

const char *nd_guess_language(struct nd_view text)
{
    struct counts n = {0};
    /* the middle of a document is less often a cover or a list than its ends, but a short one is counted
     * whole */
    size_t skip = text.len > 4 * SAMPLE_BYTES ? text.len / 8 : 0;
    for (unsigned part = 0; part < 4; part++) {
        size_t from = skip ? skip * (2 * part + 1) : part * (size_t)SAMPLE_BYTES;
        count(&n, nd_view_sub(text, from, from + SAMPLE_BYTES));
    }
    if (n.letters < LETTERS_MIN) return NULL;
    const char *code = by_script(&n);
    return code ? code : by_words(&n);
}
