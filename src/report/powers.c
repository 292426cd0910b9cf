#include "powers.h"

#include "facts_words.h"
#include "units.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"

#include <string.h>

#define WORD_BYTES 16
#define LIST_MOST 4        /* numbers that are looked at for the scale of the first of them */
#define SHORT_FORM_BYTES 3 /* "Mio", "bn": a point may stand behind */

static const struct {
    const char *words; /* between bars, lower case */
    unsigned power;
} scales[] = {{"|thousand|thousands|tausend|tsd|", 3},
              {"|million|millions|mn|mio|millionen|", 6},
              {"|billion|billions|bn|mrd|milliarde|milliarden|", 9},
              {"|trillion|trillions|tn|bio|billionen|", 12}};

/* Letters that are a scale only where money is counted: "$5m", but "5 m". */
static unsigned money_power(const char *word)
{
    return strcmp(word, "m") == 0 ? 6 : strcmp(word, "b") == 0 ? 9 : strcmp(word, "k") == 0 ? 3 : 0;
}

static uint32_t peek(struct nd_view v, size_t at)
{
    return at < v.len ? nd_utf8_next(v, &at) : 0;
}

static size_t letters_end(struct nd_view text, size_t at)
{
    while (at < text.len) {
        size_t next = at;
        if (!nd_is_letter(nd_utf8_next(text, &next))) break;
        at = next;
    }
    return at;
}

/* The word in lower case; "" when it is longer than any that is asked for. */
static void lower(struct nd_view word, char out[WORD_BYTES])
{
    size_t n = 0;
    for (; word.len < WORD_BYTES && n < word.len; n++)
        out[n] = (char)nd_text_lower((unsigned char)word.data[n]);
    out[n] = '\0';
}

static unsigned power_of(struct nd_view word, bool money)
{
    char text[WORD_BYTES];
    lower(word, text);
    for (size_t i = 0; i < sizeof scales / sizeof *scales; i++)
        if (facts_is_in(scales[i].words, text)) return scales[i].power;
    return money ? money_power(text) : 0;
}

/* The scale right behind the number: "5bn", "5 bn", "5-million". */
static unsigned own_scale(struct nd_view text, const struct number *number, size_t at, size_t *end)
{
    size_t start = (size_t)(number->word.data - text.data), from = start;
    bool money = unit_sign_before(nd_view_trim(nd_view_sub(text, 0, start))) > 0;
    while (from < at && !nd_is_letter(peek(text, from))) (void)nd_utf8_next(text, &from);
    if (from == at && (nd_is_space(peek(text, at)) || peek(text, at) == '-')) (void)nd_utf8_next(text, &from);
    size_t to = letters_end(text, from);
    unsigned power = power_of(nd_view_sub(text, from, to), money);
    *end = to;
    if (power && to - from <= SHORT_FORM_BYTES && peek(text, to) == '.') ++*end;
    return power;
}

/* Behind what may stand between the numbers of a range or list, a currency's sign with it. */
static size_t past_joint(struct nd_view text, size_t at)
{
    static const char words[] = "|and|or|to|und|oder|bis|";
    for (;;) {
        uint32_t c = peek(text, at);
        size_t end = letters_end(text, at), next = at;
        char word[WORD_BYTES];
        lower(nd_view_sub(text, at, end), word);
        bool sign = c == '-' || c == ',' || c == 0x2013 || c == '$' || c == 0x20AC || c == 0xA3;
        if (end > at && !facts_is_in(words, word)) return at;
        if (end == at && !sign && !nd_is_space(c)) return at;
        if (end == at) (void)nd_utf8_next(text, &next);
        at = end > at ? end : next;
    }
}

struct power power_at(struct nd_view text, const struct number *number, size_t at)
{
    struct power scale = {.end = at};
    size_t end = at;
    scale.own = own_scale(text, number, at, &end);
    if (scale.own) scale.end = end;
    for (unsigned i = 0; i < LIST_MOST && !scale.own && !scale.next; i++) {
        struct number following;
        size_t next = past_joint(text, at), start = next;
        if (next == at || digit_value(peek(text, next)) < 0 || !number_next(text, &next, &following)) break;
        if (following.word.data != text.data + start) break;
        scale.next = own_scale(text, &following, next, &end);
        at = next;
    }
    return scale;
}

bool power_is_given(const struct nd_view *texts, size_t n, const char *word)
{
    unsigned power = power_of(nd_view_of(word), false);
    for (size_t i = 0; power && i < n; i++) {
        struct number number;
        for (size_t at = 0; number_next(texts[i], &at, &number);)
            if (power_at(texts[i], &number, at).own == power) return true;
    }
    return false;
}

/* Does the text name the scale where no number stands before it: "in million euros"? */
static bool stands_alone(struct nd_view text, unsigned power)
{
    uint32_t before = 0; /* the last character but white space */
    for (size_t at = 0; at < text.len;) {
        size_t end = letters_end(text, at);
        if (end > at && power_of(nd_view_sub(text, at, end), false) == power && digit_value(before) < 0)
            return true;
        if (end > at) {
            before = 'a';
            at = end;
            continue;
        }
        uint32_t c = nd_utf8_next(text, &at);
        if (!nd_is_space(c)) before = c;
    }
    return false;
}

static bool meet(const struct power *a, const struct power *b)
{
    return a->own == b->own || (a->next && (a->next == b->own || a->next == b->next)) ||
           (b->next && b->next == a->own);
}

/* Is the number given without any text that scales it alike? */
static bool is_scaled_otherwise(const struct nd_view *texts, size_t n, const struct number *wanted,
                                const struct power *scale)
{
    bool given = false;
    for (size_t i = 0; i < n; i++) {
        struct number found;
        for (size_t at = 0; number_next(texts[i], &at, &found);) {
            if (strcmp(found.digits, wanted->digits) != 0) continue;
            struct power its = power_at(texts[i], &found, at);
            given = true;
            if (meet(scale, &its)) return false;
            if (scale->own && !its.own && stands_alone(texts[i], scale->own)) return false;
        }
    }
    return given;
}

char *power_missing(struct nd_view sentence, const struct nd_view *texts, size_t n)
{
    struct number number;
    for (size_t at = 0; number_next(sentence, &at, &number);) {
        struct power scale = power_at(sentence, &number, at);
        if (!*number.digits || !is_scaled_otherwise(texts, n, &number, &scale)) continue;
        size_t start = (size_t)(number.word.data - sentence.data);
        return nd_view_dup(nd_view_sub(sentence, start, scale.end));
    }
    return NULL;
}
