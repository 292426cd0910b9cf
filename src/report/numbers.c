/*
 * A word is a run of letters, digits and marks, with . , - / : _ and the like between them. What of it is a
 * number: begins with a letter               the whole word, when it has a digit      IPv6  CVE-2023-1234
 * ext4 begins with a digit                its pieces between - / : and dashes      10-12  2023-11-24  24-hour
 *       piece: digits . ,                a value                                  1,500  12.5 12,5  1.500.000
 *       piece: digits . , then letters   the value before them                    10MB  3rd
 *       anything else with a digit       the piece as a word                      1.2.3  0x1F
 */
#include "numbers.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"
#include "nightdesk/report/quote.h"

#include <stdlib.h>
#include <string.h>

int digit_value(uint32_t c)
{
    static const uint32_t zeros[] = {0x30,  0x660, 0x6F0,  0x7C0,  0x966,  0x9E6, 0xA66,
                                     0xAE6, 0xB66, 0xBE6,  0xC66,  0xCE6,  0xD66, 0xE50,
                                     0xED0, 0xF20, 0x1040, 0x17E0, 0x1810, 0xFF10};
    for (size_t i = 0; i < sizeof zeros / sizeof zeros[0]; i++) {
        if (c >= zeros[i] && c <= zeros[i] + 9) return (int)(c - zeros[i]);
    }
    return -1;
}

/* Scripts without blanks between words have none that a number could be a part of. */
static bool is_word(uint32_t c)
{
    return digit_value(c) >= 0 || (nd_is_letter(c) && !nd_is_cjk(c)) || nd_is_mark(c) || c == '_';
}

static bool is_splitter(uint32_t c)
{
    return c == '-' || c == '/' || c == ':' || (c >= 0x2010 && c <= 0x2015) || c == 0x2212;
}

/* A point or comma, Arabic ones included: '.' or ','; 0 for anything else. */
static char separator(uint32_t c)
{
    if (c == '.' || c == 0x66B) return '.';
    return c == ',' || c == 0x66C ? ',' : 0;
}

static uint32_t peek(struct nd_view v, size_t at)
{
    return at < v.len ? nd_utf8_next(v, &at) : 0;
}

/* The end of the word that starts at `at`: joints belong to it only between two word characters. */
static size_t word_end(struct nd_view v, size_t at, bool splitters)
{
    while (at < v.len) {
        size_t next = at;
        uint32_t c = nd_utf8_next(v, &next);
        bool joint = separator(c) || c == '\'' || (splitters && is_splitter(c));
        if (!is_word(c) && !(joint && is_word(peek(v, next)))) break;
        at = next;
    }
    return at;
}

static bool has_digit(struct nd_view v)
{
    for (size_t at = 0; at < v.len;) {
        if (digit_value(nd_utf8_next(v, &at)) >= 0) return true;
    }
    return false;
}

/* The piece in ASCII up to its first letter: digits, '.' and ','. False when digits follow letters, or it is
 * long. */
static bool ascii_of(struct nd_view piece, char out[NUMBER_BYTES])
{
    size_t n = 0;
    bool letters = false;
    for (size_t at = 0; at < piece.len;) {
        uint32_t c = nd_utf8_next(piece, &at);
        int digit = digit_value(c);
        char sep = separator(c);
        if (digit >= 0 && letters) return false;
        if (digit < 0 && !sep) letters = true;
        if (letters) continue;
        if (n + 1 >= NUMBER_BYTES) return false;
        out[n++] = digit >= 0 ? (char)('0' + digit) : sep;
    }
    while (n && (out[n - 1] == '.' || out[n - 1] == ',')) n--;
    out[n] = '\0';
    return n > 0;
}

/* Are the parts after the first one groups of three digits, all behind `sep`? */
static bool grouped(const char *text, char sep)
{
    size_t lead = strspn(text, "0123456789");
    if (lead < 1 || lead > 3) return false;
    for (const char *at = text + lead; *at; at += 4) {
        if (*at != sep || strspn(at + 1, "0123456789") < 3 || (at[4] >= '0' && at[4] <= '9')) return false;
    }
    return true;
}

static void remove_char(char *text, char c)
{
    char *to = text;
    for (const char *from = text; *from; from++) {
        if (*from != c) *to++ = *from;
    }
    *to = '\0';
}

static size_t count_char(const char *text, char c)
{
    size_t n = 0;
    for (; *text; text++) n += *text == c;
    return n;
}

/* Leaves digits with at most one point; false when it is no number ("1.2.3"). */
static bool settle_separators(char *text)
{
    size_t points = count_char(text, '.'), commas = count_char(text, ',');
    char *point = strchr(text, '.');
    if (points <= 1 && commas) {
        char saved = point ? *point : '\0';
        if (point) *point = '\0';
        bool thousands = grouped(text, ',');
        if (point) *point = saved;
        if (thousands)
            remove_char(text, ',');
        else if (commas == 1 && !points)
            *strchr(text, ',') = '.';
        else
            return false;
        return true;
    }
    if (points > 1 && commas <= 1) {
        char *comma = strchr(text, ',');
        if (comma) *comma = '\0';
        bool thousands = grouped(text, '.');
        if (comma) *comma = ',';
        if (!thousands) return false;
        remove_char(text, '.');
        if ((comma = strchr(text, ','))) *comma = '.';
        return true;
    }
    return points <= 1 && !commas;
}

/* "1.500" may be 1500: what has the form of thousands is not made 1.5. */
static bool may_be_thousands(const char *text)
{
    return *text != '0' && grouped(text, '.');
}

/* "0012.50" -> "12.5" */
static unsigned normalise(char *text)
{
    char *point = strchr(text, '.');
    unsigned decimals = point ? (unsigned)strlen(point + 1) : 0;
    if (point && !may_be_thousands(text)) {
        char *end = text + strlen(text);
        while (end > point && (end[-1] == '0' || end[-1] == '.')) *--end = '\0';
    }
    size_t zeros = strspn(text, "0");
    if (zeros && (text[zeros] == '\0' || text[zeros] == '.')) zeros--;
    memmove(text, text + zeros, strlen(text + zeros) + 1);
    return decimals;
}

/* The length of the dash that ends the text; 0: none. */
static size_t dash_before(struct nd_view head)
{
    static const char *const dashes[] = {"-", "\xE2\x88\x92", "\xE2\x80\x93"};
    for (size_t i = 0; i < sizeof dashes / sizeof *dashes; i++)
        if (nd_view_ends(head, dashes[i])) return strlen(dashes[i]);
    return 0;
}

/* A dash right before it with a blank or nothing before that, but not that of a range; or the word. */
static bool is_minus(struct nd_view text, size_t start)
{
    struct nd_view head = nd_view_sub(text, 0, start);
    size_t dash = dash_before(head);
    if (!dash) return nd_view_ends(head, "minus ") || nd_view_ends(head, "Minus ");
    head.len -= dash;
    if (head.len && !strchr(" (\t\n[", head.data[head.len - 1])) return false;
    struct nd_view before = nd_view_trim(head);
    return before.len == 0 || before.data[before.len - 1] < '0' || before.data[before.len - 1] > '9';
}

/* May a text mean it as negative: does any dash stand right before it? */
static bool has_dash(struct nd_view text, const struct number *number)
{
    return dash_before(nd_view_sub(text, 0, (size_t)(number->word.data - text.data))) > 0;
}

bool number_next(struct nd_view text, size_t *at, struct number *out)
{
    while (*at < text.len) {
        size_t start = *at, next = start;
        uint32_t c = nd_utf8_next(text, &next);
        if (!is_word(c)) {
            *at = next;
            continue;
        }
        bool value = digit_value(c) >= 0;
        *at = word_end(text, start, !value);
        struct nd_view word = nd_view_sub(text, start, *at);
        if (!has_digit(word)) continue;
        *out = (struct number){.word = word, .negative = is_minus(text, start)};
        if (!value || !ascii_of(word, out->digits) || !settle_separators(out->digits))
            out->digits[0] = '\0';
        else
            out->decimals = normalise(out->digits);
        return true;
    }
    return false;
}

/* "1 500": the number goes on behind one space with groups of three digits. *at moves behind what was joined.
 */
static bool join_groups(struct nd_view text, size_t *at, struct number *number)
{
    bool joined = false;
    size_t len = strlen(number->digits), from = *at;
    if (len < 1 || len > 3 || number->word.len != len) return false;
    for (;;) {
        size_t next = from;
        if (!nd_is_space(peek(text, from))) return joined;
        (void)nd_utf8_next(text, &next);
        size_t end = word_end(text, next, true);
        struct nd_view group = nd_view_sub(text, next, end);
        if (group.len != 3 || !nd_view_int(group, &(int64_t){0}) || len + 4 >= NUMBER_BYTES) return joined;
        memcpy(number->digits + len, group.data, 3);
        len += 3;
        number->digits[len] = '\0';
        (void)normalise(number->digits);
        *at = from = end;
        joined = true;
    }
}

/* What numbers are compared by: the value, or the word behind a sign that no value has. */
static char *key_of(const struct number *n, bool negative)
{
    if (!*n->digits) return nd_sprintf("=%.*s", (int)n->word.len, n->word.data);
    return nd_sprintf("%s%s", negative ? "-" : "", n->digits);
}

struct keys {
    char **v;
    size_t n, cap;
};

static void add_key(struct keys *keys, const struct number *number, bool negative)
{
    ND_GROW(keys->v, keys->n, keys->cap);
    keys->v[keys->n++] = key_of(number, negative);
}

static int by_key(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static const struct {
    const char *word, *digits;
} number_words[] = {{"two", "2"},
                    {"three", "3"},
                    {"four", "4"},
                    {"five", "5"},
                    {"six", "6"},
                    {"seven", "7"},
                    {"eight", "8"},
                    {"nine", "9"},
                    {"ten", "10"},
                    {"eleven", "11"},
                    {"twelve", "12"},
                    {"thirteen", "13"},
                    {"fourteen", "14"},
                    {"fifteen", "15"},
                    {"sixteen", "16"},
                    {"seventeen", "17"},
                    {"eighteen", "18"},
                    {"nineteen", "19"},
                    {"twenty", "20"},
                    {"thirty", "30"},
                    {"forty", "40"},
                    {"fifty", "50"},
                    {"sixty", "60"},
                    {"seventy", "70"},
                    {"eighty", "80"},
                    {"ninety", "90"},
                    {"hundred", "100"},
                    {"thousand", "1000"},
                    {"million", "1000000"},
                    {"billion", "1000000000"},
                    {"trillion", "1000000000000"},
                    {"thousands", "1000"},
                    {"millions", "1000000"},
                    {"billions", "1000000000"},
                    {"trillions", "1000000000000"},
                    {"bn", "1000000000"},
                    {"dozen", "12"},
                    {"zwei", "2"},
                    {"drei", "3"},
                    {"vier", "4"},
                    {"fünf", "5"},
                    {"sechs", "6"},
                    {"sieben", "7"},
                    {"acht", "8"},
                    {"neun", "9"},
                    {"zehn", "10"},
                    {"elf", "11"},
                    {"zwölf", "12"},
                    {"zwanzig", "20"},
                    {"dreißig", "30"},
                    {"hundert", "100"},
                    {"tausend", "1000"},
                    {"millionen", "1000000"},
                    {"mio", "1000000"},
                    {"milliarde", "1000000000"},
                    {"milliarden", "1000000000"},
                    {"mrd", "1000000000"},
                    {"billionen", "1000000000000"}};

const char *number_of_word(const char *word)
{
    for (size_t i = 0; i < sizeof number_words / sizeof *number_words; i++)
        if (strcmp(number_words[i].word, word) == 0) return number_words[i].digits;
    return NULL;
}

/* Numbers that stand there as words. */
static void add_word_keys(struct keys *keys, struct nd_view text)
{
    struct nd_bytes word = ND_BYTES(ND_BYTES_MAX);
    for (size_t at = 0; at <= text.len;) {
        uint32_t c = at < text.len ? nd_utf8_next(text, &at) : (uint32_t)(at++, 0);
        if (nd_is_letter(c)) {
            nd_utf8_add(&word, nd_text_lower(c));
            continue;
        }
        const char *digits = word.len ? number_of_word(word.data) : NULL;
        nd_bytes_clear(&word);
        if (!digits) continue;
        ND_GROW(keys->v, keys->n, keys->cap);
        keys->v[keys->n++] = nd_strdup(digits);
    }
    nd_bytes_release(&word);
}

/* Every number of the texts; groups of digits count as one number and one by one, negative ones also without
 * their sign ("a fall of 5"). */
static struct keys keys_of(const struct nd_view *texts, size_t n)
{
    struct keys keys = {0};
    struct number found;
    for (size_t i = 0; i < n; i++) {
        for (size_t at = 0; number_next(texts[i], &at, &found);) {
            size_t behind = at;
            bool negative = found.negative || has_dash(texts[i], &found);
            add_key(&keys, &found, false);
            if (negative) add_key(&keys, &found, true);
            if (!join_groups(texts[i], &behind, &found)) continue;
            add_key(&keys, &found, false);
            if (negative) add_key(&keys, &found, true);
        }
        add_word_keys(&keys, texts[i]);
    }
    if (keys.n) qsort(keys.v, keys.n, sizeof *keys.v, by_key);
    return keys;
}

static bool is_among(const struct number *wanted, const struct keys *keys)
{
    char *key = key_of(wanted, wanted->negative);
    bool found = keys->n && bsearch(&key, keys->v, keys->n, sizeof *keys->v, by_key);
    nd_free(key);
    return found;
}

char *nd_number_missing(struct nd_view sentence, const struct nd_view *texts, size_t n)
{
    struct keys keys = keys_of(texts, n);
    struct number number;
    char *missing = NULL;
    for (size_t at = 0; !missing && number_next(sentence, &at, &number);) {
        struct number whole = number;
        size_t behind = at;
        if (join_groups(sentence, &behind, &whole) && is_among(&whole, &keys))
            at = behind;
        else if (!is_among(&number, &keys))
            missing = nd_view_dup(number.word);
    }
    for (size_t i = 0; i < keys.n; i++) nd_free(keys.v[i]);
    nd_free(keys.v);
    return missing;
}

bool nd_number_first(struct nd_view text, double *value, unsigned *decimals)
{
    struct number number;
    for (size_t at = 0; number_next(text, &at, &number);) {
        if (!*number.digits) continue;
        size_t behind = at;
        (void)join_groups(text, &behind, &number);
        double size = strtod(number.digits, NULL);
        *value = number.negative ? -size : size;
        *decimals = number.decimals;
        return true;
    }
    return false;
}
