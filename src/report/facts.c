/* What a sentence tells and its quotes do not: numbers, units of numbers, months, names. */
#include "nightdesk/report/quote.h"

#include "facts_words.h"
#include "numbers.h"
#include "powers.h"
#include "units.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"
#include "nightdesk/report/formula.h"

#include <string.h>

#define UNIT_BYTES 32

/* ---- words ---- */

struct word {
    struct nd_view text;
    bool initial; /* it begins a sentence, so its capital says nothing */
};

static bool is_word_char(uint32_t c)
{
    return nd_is_letter(c) || nd_is_mark(c) || nd_is_digit(c);
}

static bool is_apostrophe(uint32_t c)
{
    return c == '\'' || c == 0x2019;
}

static uint32_t peek(struct nd_view v, size_t at)
{
    return at < v.len ? nd_utf8_next(v, &at) : 0;
}

/* The next run of letters and digits at or after *at, apostrophes within it; *initial goes from call to call.
 */
static bool next_word(struct nd_view v, size_t *at, bool *initial, struct word *out)
{
    while (*at < v.len) {
        size_t start = *at;
        uint32_t c = nd_utf8_next(v, at);
        if (!is_word_char(c)) {
            bool stop = c == '.' || c == '!' || c == '?' || c == ':' || c == ';';
            if (stop && nd_is_space(peek(v, *at))) *initial = true;
            continue;
        }
        while (*at < v.len) {
            size_t next = *at;
            c = nd_utf8_next(v, &next);
            if (!is_word_char(c) && !(is_apostrophe(c) && is_word_char(peek(v, next)))) break;
            *at = next;
        }
        *out = (struct word){nd_view_sub(v, start, *at), *initial};
        *initial = false;
        return true;
    }
    return false;
}

/* Lower case, without a possessive ending. Caller frees. */
static char *folded(struct nd_view word)
{
    struct nd_bytes out = ND_BYTES(ND_BYTES_MAX);
    for (size_t at = 0; at < word.len;) {
        uint32_t c = nd_utf8_next(word, &at);
        if (is_apostrophe(c)) break;
        nd_utf8_add(&out, nd_text_lower(c));
    }
    return nd_bytes_take(&out, NULL);
}

struct vocabulary {
    char **v;
    size_t n, cap;
};

static void learn(struct vocabulary *words, struct nd_view text)
{
    struct word word;
    bool initial = true;
    for (size_t at = 0; next_word(text, &at, &initial, &word);) {
        ND_GROW(words->v, words->n, words->cap);
        words->v[words->n++] = folded(word.text);
    }
}

static void forget(struct vocabulary *words)
{
    for (size_t i = 0; i < words->n; i++) nd_free(words->v[i]);
    nd_free(words->v);
}

/* Forms of one word: "battery" and "batteries", "German" and "Germans". exact: no more than a plural. */
static bool is_form_of(const char *a, const char *b, bool exact)
{
    static const char endings[] = "||s|es|y|ies|e|ed|d|ing|ly|al|";
    size_t common = 0;
    while (a[common] && a[common] == b[common]) common++;
    if (!a[common] && !b[common]) return true;
    const char *rest[] = {a + common, b + common};
    if (exact) return (!*rest[0] && strcmp(rest[1], "s") == 0) || (!*rest[1] && strcmp(rest[0], "s") == 0);
    for (size_t i = 0; i < 2; i++)
        if (*rest[i] && !facts_is_in(endings, rest[i])) return false;
    return common >= 4;
}

static bool knows(const struct vocabulary *words, const char *word, bool exact)
{
    for (size_t i = 0; i < words->n; i++)
        if (is_form_of(word, words->v[i], exact)) return true;
    return false;
}

/* ---- names ---- */

struct capitals {
    size_t upper, lower, letters;
    bool first;
};

static struct capitals capitals_of(struct nd_view word)
{
    struct capitals n = {0};
    bool start = true;
    for (size_t at = 0; at < word.len; start = false) {
        uint32_t c = nd_utf8_next(word, &at);
        if (is_apostrophe(c)) break;
        n.letters += nd_is_letter(c);
        n.upper += nd_is_upper(c);
        n.lower += nd_is_lower(c);
        n.first = n.first || (start && nd_is_upper(c));
    }
    return n;
}

/* German writes every noun with a capital: there a capital alone makes no name. */
static bool capitals_say_little(struct nd_view sentence)
{
    struct word word;
    bool initial = true;
    size_t german = 0, all = 0;
    for (size_t at = 0; next_word(sentence, &at, &initial, &word); all++) {
        char *text = folded(word.text);
        german += facts_is_german(text);
        nd_free(text);
    }
    return german * 6 >= all && german > 0;
}

/* Does a page hold the word in small letters, as a word of its own? */
static bool is_common_on(const struct nd_view *pages, size_t n, const char *word)
{
    struct nd_view wanted = nd_view_of(word);
    for (size_t i = 0; i < n; i++) {
        size_t at = nd_view_find(pages[i], wanted, 0);
        for (; at != SIZE_MAX; at = nd_view_find(pages[i], wanted, at + 1)) {
            bool opens = at == 0 || !nd_is_letter((unsigned char)pages[i].data[at - 1]);
            if (opens && !nd_is_letter(peek(pages[i], at + wanted.len))) return true;
        }
    }
    return false;
}

/* The name among the sentence's words that neither the quotes nor the titles hold; NULL: none. */
static char *missing_name(struct nd_view sentence, const struct vocabulary *words, const struct nd_held *held)
{
    struct word word;
    bool initial = true, german = capitals_say_little(sentence);
    for (size_t at = 0; next_word(sentence, &at, &initial, &word);) {
        struct capitals n = capitals_of(word.text);
        bool inner = n.upper > (n.first ? 1 : 0);
        if (n.upper == 0 || n.letters == 0 || (german && !inner)) continue;
        char *text = folded(word.text);
        bool plain = !inner && (facts_is_opener(text) ||
                                (word.initial && is_common_on(held->pages, held->page_count, text)));
        bool counted = facts_month(text) > 0 || number_of_word(text); /* held as what they are */
        bool pronoun = strcmp(text, "i") == 0;
        bool known = plain || counted || pronoun || knows(words, text, inner || n.letters < 4);
        nd_free(text);
        if (!known) return nd_view_dup(word.text);
    }
    return NULL;
}

/* ---- months ---- */

/* Is it within a word, a longer number or a name with joints ("CVE-2023-12")? */
static bool is_inside(struct nd_view v, size_t at)
{
    unsigned char c = at > 0 ? (unsigned char)v.data[at - 1] : ' ';
    return c >= 0x80 || nd_is_letter(c) || nd_is_digit(c) || strchr("-./_", c);
}

/* Of a numeric date at `at`, "2024-03-12" or "12.03.2024": the month; 0: none. */
static unsigned numeric_month(struct nd_view v, size_t at)
{
    static const char *const forms[] = {"dddd-mm-dd", "dd.mm.dddd", "mm/dd/dddd", "dddd-mm"};
    for (size_t f = 0; f < sizeof forms / sizeof *forms && !is_inside(v, at); f++) {
        size_t len = strlen(forms[f]), i = 0;
        unsigned month = 0;
        for (; i < len && at + i < v.len; i++) {
            char c = v.data[at + i];
            bool digit = c >= '0' && c <= '9';
            if ((forms[f][i] == 'd' || forms[f][i] == 'm') ? !digit : c != forms[f][i]) break;
            if (forms[f][i] == 'm') month = month * 10 + (unsigned)(c - '0');
        }
        if (i == len && month >= 1 && month <= 12 && !is_word_char(peek(v, at + i))) return month;
    }
    return 0;
}

/* Months that the text names, a bit each; by a word only where it has its capital. */
static unsigned months_of(struct nd_view text)
{
    unsigned months = 0;
    struct word word;
    bool initial = true;
    for (size_t at = 0; next_word(text, &at, &initial, &word);) {
        char *name = folded(word.text);
        unsigned month = capitals_of(word.text).upper > 0 ? facts_month(name) : 0;
        if (month) months |= 1u << month;
        nd_free(name);
    }
    for (size_t at = 0; at < text.len; at++) {
        if (text.data[at] >= '0' && text.data[at] <= '9') months |= 1u << numeric_month(text, at);
    }
    return months & ~1u;
}

static char *missing_month(struct nd_view sentence, const struct nd_view *texts, size_t n)
{
    unsigned there = 0;
    struct word word;
    bool initial = true;
    for (size_t i = 0; i < n; i++) there |= months_of(texts[i]);
    for (size_t at = 0; next_word(sentence, &at, &initial, &word);) {
        if (capitals_of(word.text).upper == 0) continue;
        char *name = folded(word.text);
        unsigned month = facts_month(name);
        bool said = month && !(word.initial && facts_is_opener(name));
        nd_free(name);
        if (said && !(there & 1u << month)) return nd_view_dup(word.text);
    }
    return NULL;
}

/* ---- numbers ---- */

/* "three" where no text says three or 3. */
static char *missing_number_word(struct nd_view sentence, const struct nd_view *texts, size_t n)
{
    struct word word;
    bool initial = true;
    for (size_t at = 0; next_word(sentence, &at, &initial, &word);) {
        char *text = folded(word.text);
        const char *digits = power_is_given(texts, n, text) ? NULL : number_of_word(text);
        nd_free(text);
        char *missing = digits ? nd_number_missing(nd_view_of(digits), texts, n) : NULL;
        bool is_missing = missing != NULL;
        nd_free(missing);
        if (is_missing) return nd_view_dup(word.text);
    }
    return NULL;
}

static bool is_fraction(uint32_t c)
{
    return (c >= 0xBC && c <= 0xBE) || (c >= 0x2150 && c <= 0x215E) || c == 0x2189;
}

static bool is_raised(uint32_t c)
{
    return c == 0xB2 || c == 0xB3 || c == 0xB9 || (c >= 0x2070 && c <= 0x2079);
}

/* "2½" or "10⁶" where no text has it so. */
static char *missing_raised(struct nd_view sentence, const struct nd_view *texts, size_t n)
{
    size_t digits = SIZE_MAX; /* where the number right before begins */
    for (size_t at = 0; at < sentence.len;) {
        size_t here = at;
        uint32_t c = nd_utf8_next(sentence, &at);
        bool found = is_fraction(c) || (is_raised(c) && digits != SIZE_MAX);
        struct nd_view whole = nd_view_sub(sentence, digits == SIZE_MAX ? here : digits, at);
        for (size_t i = 0; found && i < n; i++) found = nd_view_find(texts[i], whole, 0) == SIZE_MAX;
        if (found) return nd_view_dup(whole);
        if (digit_value(c) < 0)
            digits = SIZE_MAX;
        else if (digits == SIZE_MAX)
            digits = here;
    }
    return NULL;
}

/* The date "2024-03-12" told as "12 March 2024": its month's digits stand in no text, and need not. */
static struct nd_view without_months(struct nd_view sentence, unsigned months, struct nd_bytes *out)
{
    nd_bytes_add_view(out, sentence);
    for (size_t at = 0; at + 7 <= out->len; at++) {
        unsigned month = out->data[at + 4] == '-' ? numeric_month(nd_bytes_view(out), at) : 0;
        if (month && months & 1u << month) out->data[at + 5] = out->data[at + 6] = ' ';
    }
    return nd_bytes_view(out);
}

static char *missing_number(struct nd_view sentence, const struct nd_view *texts, size_t n)
{
    unsigned months = 0;
    struct nd_bytes plain = ND_BYTES(ND_BYTES_MAX);
    for (size_t i = 0; i < n; i++) months |= months_of(texts[i]);
    char *missing = nd_number_missing(without_months(sentence, months, &plain), texts, n);
    nd_bytes_release(&plain);
    if (!missing) missing = missing_number_word(sentence, texts, n);
    if (!missing) missing = missing_raised(sentence, texts, n);
    return missing ? missing : power_missing(sentence, texts, n);
}

/* ---- units ---- */

/* The words or sign right behind a number that ends at `at`, or behind its scale: "10MB", "10 MB", "10-day",
 * "5 million euros". */
static struct nd_view behind(struct nd_view text, const struct number *number, size_t at)
{
    struct nd_view word = number->word;
    struct power scale = power_at(text, number, at);
    size_t digits = 0, from = scale.end;
    while (digits < word.len && !nd_is_letter((unsigned char)word.data[digits])) digits++;
    if (!scale.own && digits < word.len && digits > 0) return nd_view_sub(word, digits, word.len);
    uint32_t c = peek(text, from);
    if (nd_is_space(c) || c == '-') (void)nd_utf8_next(text, &from);
    return nd_view_sub(text, from, unit_end(text, from));
}

static void copy(struct nd_view from, char out[UNIT_BYTES])
{
    memcpy(out, from.data, from.len);
    out[from.len] = '\0';
}

/* The unit of a number that ends at `at`: behind it, or a currency before it; "" when there is none. */
static void unit_at(struct nd_view text, const struct number *number, size_t at, char out[UNIT_BYTES])
{
    struct nd_view unit = behind(text, number, at);
    size_t per =
        nd_view_find(unit, ND_VIEW("/"), 0); /* "MB/s": of the part before, when the whole is not known */
    if (!unit_is_known(unit) && per != SIZE_MAX) unit = nd_view_sub(unit, 0, per);
    out[0] = '\0';
    if (unit.len && unit.len < UNIT_BYTES && unit_is_known(unit)) {
        copy(unit, out);
        return;
    }
    struct nd_view before = nd_view_trim(nd_view_sub(text, 0, (size_t)(number->word.data - text.data)));
    size_t sign = unit_sign_before(before);
    copy(nd_view_sub(before, before.len - sign, before.len), out);
}

/* Does a text give this number that unit, or, giving it none itself, name the unit elsewhere? */
static bool has_unit(const struct nd_view *texts, size_t n, const struct number *wanted, const char *unit)
{
    for (size_t i = 0; i < n; i++) {
        struct number found;
        char its[UNIT_BYTES];
        for (size_t at = 0; number_next(texts[i], &at, &found);) {
            if (strcmp(found.digits, wanted->digits) != 0) continue;
            unit_at(texts[i], &found, at, its);
            if (*its ? nd_unit_same(its, unit) : nd_unit_named(texts[i], unit)) return true;
        }
    }
    return false;
}

static bool is_given(const struct nd_view *texts, size_t n, const struct number *wanted)
{
    struct number found;
    for (size_t i = 0; i < n; i++)
        for (size_t at = 0; number_next(texts[i], &at, &found);)
            if (strcmp(found.digits, wanted->digits) == 0) return true;
    return false;
}

static bool is_named(const struct nd_view *texts, size_t n, const char *unit)
{
    for (size_t i = 0; i < n; i++)
        if (nd_unit_named(texts[i], unit)) return true;
    return false;
}

static char *missing_unit(struct nd_view sentence, const struct nd_view *texts, size_t n)
{
    struct number number;
    char unit[UNIT_BYTES];
    for (size_t at = 0; number_next(sentence, &at, &number);) {
        unit_at(sentence, &number, at, unit);
        if (!*unit) continue;
        /* a number that stands there in another form (grouped, as a word) has its unit somewhere */
        bool held = *number.digits && is_given(texts, n, &number) ? has_unit(texts, n, &number, unit)
                                                                  : is_named(texts, n, unit);
        if (!held) return nd_strdup(unit);
    }
    return NULL;
}

/* ---- degrees below zero ---- */

/* Words with which "5 °C" may be told of "-5 °C". */
static bool tells_below(struct nd_view sentence)
{
    static const char below[] =
        "|minus|below|under|sub|negative|fell|fall|falls|fallen|drop|drops|dropped|"
        "decrease|decreased|lower|colder|cooler|unter|unterhalb|sank|sinkt|fiel|fällt|"
        "gesunken|kälter|niedriger|";
    struct word word;
    bool initial = true, found = false;
    for (size_t at = 0; !found && next_word(sentence, &at, &initial, &word);) {
        char *text = folded(word.text);
        found = facts_is_in(below, text);
        nd_free(text);
    }
    return found;
}

static bool is_only_negative(const struct nd_view *texts, size_t n, const struct number *wanted)
{
    struct number found;
    bool given = false;
    for (size_t i = 0; i < n; i++) {
        for (size_t at = 0; number_next(texts[i], &at, &found);) {
            if (strcmp(found.digits, wanted->digits) != 0) continue;
            if (!found.negative) return false;
            given = true;
        }
    }
    return given;
}

/* "store at 20 °C" of "store at -20 °C" */
static char *missing_sign(struct nd_view sentence, const struct nd_view *texts, size_t n)
{
    struct number number;
    char unit[UNIT_BYTES];
    if (tells_below(sentence)) return NULL;
    for (size_t at = 0; number_next(sentence, &at, &number);) {
        unit_at(sentence, &number, at, unit);
        bool degrees = nd_unit_same(unit, "°C") || nd_unit_same(unit, "°F") || nd_unit_same(unit, "°");
        if (degrees && *number.digits && !number.negative && is_only_negative(texts, n, &number))
            return nd_view_dup(number.word);
    }
    return NULL;
}

/* ---- all of them ---- */

static char *missing_of_names(struct nd_view sentence, const struct nd_held *held)
{
    struct vocabulary words = {0};
    for (size_t i = 0; i < held->text_count; i++) learn(&words, held->texts[i]);
    for (size_t i = 0; i < held->title_count; i++) learn(&words, held->titles[i]);
    char *missing = missing_name(sentence, &words, held);
    forget(&words);
    return missing;
}

char *nd_fact_missing(struct nd_view sentence, const struct nd_held *held, const char **kind)
{
    char *missing = missing_number(sentence, held->texts, held->text_count);
    if (!missing) missing = missing_sign(sentence, held->texts, held->text_count);
    *kind = "number";
    if (missing) return missing;
    missing = missing_unit(sentence, held->texts, held->text_count);
    *kind = "unit";
    if (missing) return missing;
    missing = missing_month(sentence, held->texts, held->text_count);
    *kind = "date";
    if (missing) return missing;
    *kind = "name";
    return missing_of_names(sentence, held);
}
