/* How a statement of a model is worded: what no document has to be asked about. Small models leave sentences
 * open, slip into another language or script, and say again what they were told to do. */
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"
#include "nightdesk/core/request.h"
#include "nightdesk/index/words.h"
#include "writer_model.h"
#include <string.h>

#define ECHO_WORDS 7           /* one after another in a prompt: no sentence about a subject */
#define LANGUAGE_WORDS_LEAST 6 /* of a sentence whose language can be told */
#define LANGUAGE_STOPS_LEAST 3 /* words of another language, and three times as many as of its own */
#define LATIN_END 0x250
#define GREEK_END 0x400 /* Greek letters are units and symbols everywhere */

static const char *const languages[] = {"en", "de", "fr", "es", "it", "pt", "nl"};
#define LANGUAGES (sizeof languages / sizeof *languages)

/* ---- its end ---- */

static bool is_closing(uint32_t c)
{
    return c == '"' || c == '\'' || c == ')' || c == ']' || c == 0xBB || c == 0x2019 || c == 0x201C ||
           c == 0x201D;
}

/* In Latin letters a sentence ends with a stop; others have their own ways. */
static bool is_open(struct nd_view sentence)
{
    uint32_t last = 0;
    for (size_t at = 0; at < sentence.len;) {
        uint32_t c = nd_utf8_next(sentence, &at);
        if (!is_closing(c)) last = c;
    }
    return last < LATIN_END && last != '.' && last != '!' && last != '?';
}

/* ---- its language ---- */

static size_t stops_of(struct nd_view sentence, const char *language)
{
    struct nd_view word;
    size_t n = 0;
    for (size_t at = 0; nd_word_next(sentence, &at, &word);) {
        char *low = nd_view_dup(word);
        for (char *c = low; *c; c++)
            if (*c >= 'A' && *c <= 'Z') *c = (char)(*c + 32);
        n += nd_stop_word(language, nd_view_of(low));
        nd_free(low);
    }
    return n;
}

static bool is_of(const char *tag, const char *language)
{
    return strncmp(tag, language, 2) == 0 && (tag[2] == '\0' || tag[2] == '-');
}

static bool is_foreign(struct nd_view sentence, const char *wanted)
{
    size_t own = 0, other = 0;
    bool known = false;
    if (nd_word_count(sentence) < LANGUAGE_WORDS_LEAST) return false;
    for (size_t i = 0; i < LANGUAGES; i++) {
        size_t n = stops_of(sentence, languages[i]);
        if (is_of(wanted, languages[i])) {
            known = true;
            own = n;
        } else if (n > other) {
            other = n;
        }
    }
    return known && other >= LANGUAGE_STOPS_LEAST && other >= 3 * own;
}

/* ---- its script ---- */

static bool is_written_otherwise(uint32_t c)
{
    return (c >= GREEK_END && c < 0x2000) || (c >= 0x2E80 && c < 0xFE00) || c > 0xFFFF;
}

static bool stands_in(struct nd_view sign, const struct nd_view *texts, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (nd_view_find(texts[i], sign, 0) != SIZE_MAX) return true;
    return false;
}

/* The first sign of another script that its evidence has not; empty: none. For languages in Latin letters. */
static struct nd_view strange_sign(struct nd_view sentence, const struct nd_held *held, const char *wanted)
{
    bool latin = false;
    for (size_t i = 0; i < LANGUAGES; i++) latin = latin || is_of(wanted, languages[i]);
    for (size_t at = 0; latin && at < sentence.len;) {
        size_t from = at;
        if (!is_written_otherwise(nd_utf8_next(sentence, &at))) continue;
        struct nd_view sign = nd_view_sub(sentence, from, at);
        if (!stands_in(sign, held->texts, held->text_count) &&
            !stands_in(sign, held->titles, held->title_count))
            return sign;
    }
    return (struct nd_view){NULL, 0};
}

/* ---- all of it ---- */

bool nd_wording_echoes(struct nd_view text)
{
    size_t words = nd_word_count(text), least = words < ECHO_WORDS ? words : ECHO_WORDS;
    return words >= 4 && nd_prompt_shares(text, least);
}

char *nd_statement_problem(struct nd_view sentence, const struct nd_held *held,
                           const struct nd_request *request)
{
    char *problem = nd_sentence_problem(sentence, held, &request->forbidden_terms);
    if (problem) return problem;
    struct nd_view sign = strange_sign(sentence, held, request->language);
    if (sign.len)
        return nd_sprintf("it holds '%.*s', which stands in none of its evidence", (int)sign.len, sign.data);
    if (is_foreign(sentence, request->language))
        return nd_sprintf("it is not in the language of the report, '%s'", request->language);
    if (nd_wording_echoes(sentence)) return nd_strdup("it repeats words of the task");
    return is_open(sentence) ? nd_strdup("it does not end as a sentence does, with a full stop") : NULL;
}
