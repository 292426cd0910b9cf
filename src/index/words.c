#include "nightdesk/index/words.h"

#include "fold.h"
#include "languages.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"

#include <stdlib.h>
#include <string.h>

enum char_class { NONE, LETTER, DIGIT, CJK, APOSTROPHE, POINT, JOINER };

static enum char_class class_of(uint32_t c)
{
    if (c < 0x80) {
        if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z')) return LETTER;
        if (c >= '0' && c <= '9') return DIGIT;
        if (c == '\'') return APOSTROPHE;
        return c == '.' || c == ',' ? POINT : NONE;
    }
    if (c == 0x2019 || c == 0x02BC) return APOSTROPHE;
    if (c == 0x200C || c == 0x200D || c == 0xAD) return JOINER;
    if (nd_is_cjk(c)) return CJK;
    if (nd_is_letter(c) || nd_is_mark(c)) return LETTER;
    return nd_is_digit(c) ? DIGIT : NONE;
}

/* "don't", "dog's" and "they're" are one word, "l'eau" and "O'Brien" are two: what follows is short and ends
 * there. */
static bool short_tail(struct nd_view text, size_t at)
{
    for (size_t letters = 0; letters <= 3; letters++) {
        if (at >= text.len) return letters > 0;
        enum char_class next = class_of(nd_utf8_next(text, &at));
        if (next != LETTER) return letters > 0 && letters < 3 && next != DIGIT;
    }
    return false;
}

static bool class_at(struct nd_view text, size_t at, enum char_class wanted)
{
    return at < text.len && class_of(nd_utf8_next(text, &at)) == wanted;
}

bool nd_word_next(struct nd_view text, size_t *at, struct nd_view *word)
{
    size_t start = *at;
    enum char_class last = NONE;
    while (start < text.len) {
        size_t next = start;
        last = class_of(nd_utf8_next(text, &next));
        if (last == LETTER || last == DIGIT || last == CJK) break;
        start = next;
    }
    if (start >= text.len) {
        *at = text.len;
        return false;
    }
    size_t end = start;
    while (end < text.len) {
        size_t next = end;
        enum char_class c = class_of(nd_utf8_next(text, &next));
        bool goes_on = (c == CJK) == (last == CJK) && (c == CJK || c == LETTER || c == DIGIT);
        if (c == JOINER && last == LETTER && class_at(text, next, LETTER)) goes_on = true;
        if (c == APOSTROPHE && last == LETTER && short_tail(text, next)) goes_on = true;
        if (c == POINT && last == DIGIT && class_at(text, next, DIGIT)) goes_on = true;
        if (!goes_on) break;
        if (c == LETTER || c == DIGIT || c == CJK) last = c;
        end = next;
    }
    *word = nd_view_sub(text, start, end);
    *at = end;
    return true;
}

size_t nd_word_count(struct nd_view text)
{
    size_t words = 0;
    size_t cjk = 0;
    bool inside = false;
    for (size_t at = 0; at < text.len;) {
        uint32_t c = nd_utf8_next(text, &at);
        enum char_class k = class_of(c);
        if (k == CJK) {
            cjk++;
            inside = false;
        } else if (k == LETTER || k == DIGIT) {
            if (!inside) words++;
            inside = true;
        } else if (nd_is_space(c)) {
            inside = false;
        }
    }
    return words + (cjk + 1) / 2;
}

bool nd_stop_word(const char *lang, struct nd_view word)
{
    const struct nd_language *language = nd_language_of(lang);
    if (!language || language->stop_count == 0) language = nd_language_of("en");
    return nd_language_stops(language, word);
}

static void bigrams(struct nd_view run, nd_term_fn fn, void *ctx)
{
    size_t before = 0;
    size_t at = 0;
    (void)nd_utf8_next(run, &at);
    if (at >= run.len) fn(ctx, run, false);
    for (size_t middle = at; middle < run.len; before = middle, middle = at) {
        (void)nd_utf8_next(run, &at);
        fn(ctx, nd_view_sub(run, before, at), false);
    }
}

static bool is_cjk_run(struct nd_view word)
{
    size_t at = 0;
    return word.len > 0 && nd_is_cjk(nd_utf8_next(word, &at));
}

static bool has_letter(struct nd_view word)
{
    for (size_t at = 0; at < word.len;) {
        if (nd_is_letter(nd_utf8_next(word, &at))) return true;
    }
    return false;
}

static void word_stems(struct nd_view word, const char *lang, struct nd_stemmer *stemmer, nd_term_fn fn,
                       void *ctx)
{
    struct nd_bytes folded = ND_BYTES(ND_BYTES_MAX);
    nd_fold(word, &folded);
    struct nd_view bare = nd_fold_bare(nd_bytes_view(&folded));
    if (bare.len && !nd_stop_word(lang, nd_bytes_view(&folded)) && !nd_stop_word(lang, bare)) {
        fn(ctx, nd_stemmer_stem(stemmer, bare), false);
        if (has_letter(bare)) {
            struct nd_bytes exact = ND_BYTES(ND_BYTES_MAX);
            nd_bytes_add_char(&exact, '=');
            nd_bytes_add_view(&exact, bare);
            fn(ctx, nd_bytes_view(&exact), true);
            nd_bytes_release(&exact);
        }
    }
    nd_bytes_release(&folded);
}

void nd_word_terms(struct nd_view word, const char *lang, struct nd_stemmer *stemmer, nd_term_fn fn,
                   void *ctx)
{
    if (!is_cjk_run(word)) {
        word_stems(word, lang, stemmer, fn, ctx);
        return;
    }
    struct nd_bytes run = ND_BYTES(ND_BYTES_MAX);
    nd_text_nfkc(word, &run);
    bigrams(nd_bytes_view(&run), fn, ctx);
    nd_bytes_release(&run);
}

void nd_terms(struct nd_view text, const char *lang, nd_term_fn fn, void *ctx)
{
    struct nd_stemmer *stemmer = nd_stemmer_open(nd_language_of(lang));
    struct nd_view word;
    for (size_t at = 0; nd_word_next(text, &at, &word);) nd_word_terms(word, lang, stemmer, fn, ctx);
    nd_stemmer_close(stemmer);
}

struct term_list {
    char **v;
    size_t n, cap;
};

static void collect(void *ctx, struct nd_view term, bool exact)
{
    struct term_list *list = ctx;
    if (exact) return;
    ND_GROW(list->v, list->n, list->cap);
    list->v[list->n++] = nd_view_dup(term);
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static struct term_list term_set(struct nd_view text, const char *lang)
{
    struct term_list list = {0};
    nd_terms(text, lang, collect, &list);
    if (list.n) qsort(list.v, list.n, sizeof *list.v, by_text);
    size_t kept = 0;
    for (size_t i = 0; i < list.n; i++) {
        if (kept && strcmp(list.v[kept - 1], list.v[i]) == 0)
            nd_free(list.v[i]);
        else
            list.v[kept++] = list.v[i];
    }
    list.n = kept;
    return list;
}

static void term_set_release(struct term_list *list)
{
    for (size_t i = 0; i < list->n; i++) nd_free(list->v[i]);
    nd_free(list->v);
}

double nd_jaccard(struct nd_view a, struct nd_view b, const char *lang)
{
    struct term_list left = term_set(a, lang);
    struct term_list right = term_set(b, lang);
    size_t common = 0;
    for (size_t i = 0, j = 0; i < left.n && j < right.n;) {
        int order = strcmp(left.v[i], right.v[j]);
        if (order == 0) common++;
        if (order <= 0) i++;
        if (order >= 0) j++;
    }
    size_t all = left.n + right.n - common;
    term_set_release(&left);
    term_set_release(&right);
    return all ? (double)common / (double)all : 0;
}
