#include "sentences.h"

#include "fold.h"
#include "measure.h"

#include "nightdesk/base/text.h"

#include <string.h>

/* A bracket that closes within so many bytes keeps the stops inside it from ending the sentence. */
#define BRACKET_REACH 200

static uint32_t char_at(struct nd_view text, size_t at)
{
    return at < text.len ? nd_utf8_next(text, &at) : 0;
}

static size_t step_back(struct nd_view text, size_t at)
{
    do at--;
    while (at > 0 && (text.data[at] & 0xC0) == 0x80);
    return at;
}

static bool is_cjk_stop(uint32_t c)
{
    return c == 0x3002 || c == 0xFF01 || c == 0xFF0E || c == 0xFF1F || c == 0xFF61;
}

static size_t skip_spaces(struct nd_view text, size_t at)
{
    while (at < text.len) {
        size_t next = at;
        if (!nd_is_space(nd_utf8_next(text, &next))) break;
        at = next;
    }
    return at;
}

static size_t skip_closers(struct nd_view text, size_t at)
{
    while (at < text.len) {
        size_t next = at;
        uint32_t c = nd_utf8_next(text, &next);
        if (!nd_is_closer(c)) break;
        at = next;
    }
    return at;
}

/* Is the word at `at` a word of grammar written with a capital ("The", "Die"), as only a sentence's first
 * word is? */
static bool opens_sentence(struct nd_view text, size_t at, const struct nd_language *language)
{
    return nd_is_upper(char_at(text, at)) && nd_is_grammar_word(language, nd_view_sub(text, at, at + 40));
}

/* The run of letters, digits and points before `stop`: "e.g", "Fig", "J", "3"; the end of it when it is long.
 */
#define WORD_REACH 60

static struct nd_view word_before(struct nd_view text, size_t start, size_t stop)
{
    size_t from = stop;
    while (from > start && stop - from < WORD_REACH) {
        size_t back = step_back(text, from);
        uint32_t c = char_at(text, back);
        if (!nd_is_letter(c) && !nd_is_digit(c) && !nd_is_mark(c) && c != '.' && c != '-') break;
        from = back;
    }
    return nd_view_sub(text, from, stop);
}

static size_t letters_in(struct nd_view v)
{
    size_t n = 0;
    for (size_t at = 0; at < v.len;) n += nd_is_letter(nd_utf8_next(v, &at));
    return n;
}

/* One letter and a point, as in "z. B.", "т. е." or "p. ej.": part of an abbreviation written with spaces. */
static bool letter_and_point(struct nd_view text, size_t at)
{
    if (!nd_is_letter(char_at(text, at))) return false;
    (void)nd_utf8_next(text, &at);
    return char_at(text, at) == '.';
}

/* Does the point after `word` end a sentence, given that `next` starts with a capital, a digit or the like?
 */
static bool point_ends(struct nd_view text, struct nd_view word, size_t next,
                       const struct nd_language *language)
{
    uint32_t c = char_at(text, next);
    size_t letters = letters_in(word);
    switch (nd_abbreviation_of(word)) {
    case ND_ABBREVIATION_NEVER_ENDS:
        return false;
    case ND_ABBREVIATION_BEFORE_NUMBER:
        return !(nd_is_digit(c) || c == '(' || c == '#' || c == '[' || letter_and_point(text, next));
    case ND_ABBREVIATION_MAY_END:
        if (c == '[' || c == '(') return false; /* "Redmond et al. [7]", "etc. (but not …)" */
        return nd_is_upper(c) || nd_is_opener(c) || opens_sentence(text, next, language);
    case ND_ABBREVIATION_NOT:
        break;
    }
    if (opens_sentence(text, next, language)) return true;
    uint32_t first = char_at(word, 0);
    bool inner_point = word.len && memchr(word.data, '.', word.len);
    if (letters == 1 && nd_is_letter(first) && !inner_point) {
        if (nd_is_upper(first)) return first == 'I' && !nd_is_upper(c);
        return !letter_and_point(text, next);
    }
    if (inner_point && letters <= 4 && nd_is_upper(first))
        return false; /* "U.S. Government", "Ph.D. Smith" */
    bool german = language && (strcmp(language->code, "de") == 0 || strcmp(language->code, "da") == 0);
    if (german && letters == 0 && word.len <= 2) return false; /* "am 3. Oktober" */
    return true;
}

/* upsd.conf, /etc/hosts, ssh(1), allow_weak_crypto: no word of a language. */
static bool is_name_at(struct nd_view text, size_t at)
{
    size_t start = at;
    for (; at < text.len && !nd_is_space((unsigned char)text.data[at]); at++) {
        if (at > start && strchr("_./(@0123456789", text.data[at]) && at + 1 < text.len &&
            !nd_is_space((unsigned char)text.data[at + 1]))
            return true;
    }
    return false;
}

/*
 * ". upsmon reads": a lower-case word after a full stop opens a sentence when it is a name, or when the stop
 * follows a plain word and it is no word of grammar.
 */
static bool lower_opens(struct nd_view text, struct nd_view word, size_t next,
                        const struct nd_language *language)
{
    if (memchr(word.data, '.', word.len) || nd_abbreviation_of(word) != ND_ABBREVIATION_NOT) return false;
    if (letters_in(word) >= 2 && is_name_at(text, next)) return true;
    if (letters_in(word) < 4 || nd_is_upper(char_at(word, 0))) return false;
    return !nd_is_grammar_word(language, nd_view_sub(text, next, next + 40));
}

/* Is there a ')' soon, so that an open bracket goes on over this stop? */
static bool closes_soon(struct nd_view text, size_t at)
{
    int depth = 1;
    for (size_t end = at + BRACKET_REACH; at < text.len && at < end; at++) {
        if (text.data[at] == '(') depth++;
        if (text.data[at] == ')' && --depth == 0) return true;
    }
    return false;
}

/* A note's mark right behind the stop: "dh_make.1 The" (one or two digits, not after a digit). */
static size_t note_mark(struct nd_view text, size_t at)
{
    size_t end = at;
    while (end < text.len && text.data[end] >= '0' && text.data[end] <= '9') end++;
    size_t digits = end - at;
    return digits == 1 || digits == 2 ? digits : 0;
}

/*
 * A stop with no space behind it ends a sentence when a word of grammar with a capital follows ("done.The
 * next"), and in text set from right to left when the space stands before it.
 */
static bool glued_ends(struct nd_view text, size_t start, size_t stop, size_t at,
                       const struct nd_language *language)
{
    uint32_t next = char_at(text, at);
    if (nd_is_rtl(next)) return stop > start && nd_is_space(char_at(text, step_back(text, stop)));
    if (!nd_is_upper(next) || !opens_sentence(text, at, language)) return false;
    struct nd_view word = word_before(text, start, stop);
    return letters_in(word) >= 3 && nd_is_lower(char_at(word, 0));
}

/* Is the digit at `at` the mark of a note, glued to the stop of a word: "dh_make.1 The"? */
static bool note_follows(struct nd_view text, size_t start, size_t stop, size_t at)
{
    size_t digits = note_mark(text, at);
    if (digits == 0 || (at + digits < text.len && !nd_is_space(char_at(text, at + digits)))) return false;
    struct nd_view word = word_before(text, start, stop);
    return letters_in(word) > 1 && !nd_is_digit(char_at(word, word.len - 1));
}

/* An address that the line's end broke: "https://www.\ndebian.org". */
static bool in_address(struct nd_view text, size_t start, size_t stop)
{
    size_t from = stop;
    while (from > start && !nd_is_space((unsigned char)text.data[from - 1])) from--;
    return nd_view_find(nd_view_sub(text, from, stop), ND_VIEW("://"), 0) != SIZE_MAX;
}

/* The end of the sentence if the stop at `stop` (just passed: `at` is behind it) ends one, else 0. */
static size_t stop_ends(struct nd_view text, size_t start, size_t stop, size_t at, int depth,
                        const struct nd_language *language)
{
    bool point = text.data[stop] == '.';
    bool several = false;
    while (nd_is_stop(char_at(text, at))) {
        (void)nd_utf8_next(text, &at);
        several = true;
    }
    size_t end = skip_closers(text, at);
    if (end >= text.len || (point && end == at && note_follows(text, start, stop, at))) return end;
    uint32_t after = char_at(text, end);
    if (!nd_is_space(after) && !nd_is_cjk(after))
        return glued_ends(text, start, stop, end, language) ? end : 0;
    size_t next = skip_spaces(text, end);
    if (next >= text.len) return end;
    if (depth > 0 && end == at && closes_soon(text, at)) return 0;
    uint32_t c = char_at(text, next);
    struct nd_view word = word_before(text, start, stop);
    if (nd_is_lower(c) && in_address(text, start, stop)) return 0;
    if (nd_is_lower(c)) return point && !several && lower_opens(text, word, next, language) ? end : 0;
    if (nd_is_closer(c) && !nd_is_opener(c)) return 0;
    if (point && !several && end == at && !point_ends(text, word, next, language)) return 0;
    return end;
}

size_t nd_sentence_end(struct nd_view text, size_t start, const struct nd_language *language)
{
    int depth = 0;
    for (size_t at = start; at < text.len;) {
        size_t here = at;
        uint32_t c = nd_utf8_next(text, &at);
        depth += (c == '(' || c == 0xFF08) - ((c == ')' || c == 0xFF09) && depth > 0);
        if (!nd_is_stop(c)) continue;
        if (is_cjk_stop(c)) {
            while (is_cjk_stop(char_at(text, at))) (void)nd_utf8_next(text, &at);
            size_t end = skip_closers(text, at);
            uint32_t next = char_at(text, skip_spaces(text, end));
            bool quoted = end > at && c != 0x3002 && next >= 0x3041 && next <= 0x309F; /* 「…！」と */
            if (!quoted && !(depth > 0 && end == at)) return end;
            continue;
        }
        size_t end = stop_ends(text, start, here, at, depth, language);
        if (end) return end;
        while (nd_is_stop(char_at(text, at))) (void)nd_utf8_next(text, &at);
    }
    return text.len;
}

size_t nd_sentence_start(struct nd_view text, size_t end)
{
    size_t digits = end > 0 && end < text.len ? note_mark(text, end) : 0;
    size_t at = skip_spaces(text, end + digits);
    size_t mark = note_mark(text, at);
    /* "command. 1\nThe": a lone note number that ends its line */
    if (end > 0 && mark && at + mark < text.len && text.data[at + mark] == '\n') {
        size_t next = skip_spaces(text, at + mark);
        if (next >= text.len || nd_is_upper(char_at(text, next))) return next;
    }
    return at;
}
