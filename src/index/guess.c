#include "fold.h"
#include "languages.h"

#include "nightdesk/base/text.h"
#include "nightdesk/index/words.h"

/* A few thousand words tell a language as well as a whole book does. */
#define SAMPLE_WORDS 6000
#define SAMPLE_PAGES 40

/* Words of grammar are a third to a half of running text in these languages, and less than a tenth of
 * another's. */
#define SHARE_MIN 0.20
#define LEAD_MIN 1.3

static const char *const codes[] = {"cs", "da", "de", "en", "es", "fr", "it", "nl", "pl", "pt", "ru", "sv"};
#define CODES (sizeof codes / sizeof codes[0])

struct sample {
    size_t words, kana, hangul, han, letters;
    size_t stops[CODES];
};

static void count_letters(struct sample *s, struct nd_view word)
{
    for (size_t at = 0; at < word.len;) {
        uint32_t c = nd_utf8_next(word, &at);
        s->letters++;
        if ((c >= 0x3041 && c <= 0x30FF) || (c >= 0x31F0 && c <= 0x31FF))
            s->kana++;
        else if (c >= 0xAC00 && c <= 0xD7FB)
            s->hangul++;
        else if (nd_is_cjk(c))
            s->han++;
    }
}

static void count_page(struct sample *s, struct nd_view page, struct nd_bytes *folded)
{
    struct nd_view word;
    for (size_t at = 0; s->words < SAMPLE_WORDS && nd_word_next(page, &at, &word);) {
        s->words++;
        count_letters(s, word);
        nd_bytes_clear(folded);
        nd_fold(word, folded);
        for (size_t i = 0; i < CODES; i++) {
            if (nd_language_stops(nd_language_of(codes[i]), nd_bytes_view(folded))) s->stops[i]++;
        }
    }
}

static const char *asian(const struct sample *s)
{
    size_t all = s->kana + s->hangul + s->han;
    if (s->letters == 0 || all * 5 < s->letters) return NULL;
    if (s->kana * 10 > all) return "ja";
    return s->hangul * 2 > all ? "ko" : "zh";
}

const char *nd_language_guess(const struct nd_view *pages, size_t n)
{
    struct sample s = {0};
    struct nd_bytes folded = ND_BYTES(ND_BYTES_MAX);
    size_t stride = n > SAMPLE_PAGES ? n / SAMPLE_PAGES : 1;
    for (size_t i = 0; i < n && s.words < SAMPLE_WORDS; i += stride) count_page(&s, pages[i], &folded);
    nd_bytes_release(&folded);
    const char *code = asian(&s);
    if (code || s.words == 0) return code;
    size_t best = 0;
    size_t second = 0;
    size_t at = 0;
    for (size_t i = 0; i < CODES; i++) {
        if (s.stops[i] > best) {
            second = best;
            best = s.stops[i];
            at = i;
        } else if (s.stops[i] > second) {
            second = s.stops[i];
        }
    }
    bool stands_out =
        (double)best >= SHARE_MIN * (double)s.words && (double)best >= LEAD_MIN * (double)second;
    return stands_out ? codes[at] : NULL;
}
