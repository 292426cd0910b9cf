#include "vocabulary.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"

struct nd_vocabulary *nd_vocabulary_open(void)
{
    return ND_NEW(struct nd_vocabulary);
}

static void add(struct nd_vocabulary *v, struct nd_view word, uint32_t times)
{
    uint32_t i = nd_strmap_add(&v->words, word);
    while (v->cap <= i) {
        size_t cap = v->cap ? v->cap * 2 : 1024;
        v->count = nd_realloc(v->count, cap, sizeof *v->count);
        for (size_t at = v->cap; at < cap; at++) v->count[at] = 0;
        v->cap = cap;
    }
    v->count[i] += times;
}

static bool is_hyphen(uint32_t c)
{
    return c == '-' || c == 0x2010 || c == 0x2011;
}

/* What stands at `at` after a word: 0 something else, 1 a hyphen inside a compound, 2 a hyphen at the line's
 * end. */
static int hyphen_after(struct nd_view page, size_t at)
{
    if (at >= page.len || !is_hyphen(nd_utf8_next(page, &at)) || at >= page.len) return 0;
    uint32_t c = nd_utf8_next(page, &at);
    if (c == '\n' || c == '\r') return 2;
    return nd_is_letter(c) ? 1 : 0;
}

void nd_vocabulary_count(struct nd_vocabulary *v, struct nd_view page)
{
    struct nd_bytes lower = ND_BYTES(ND_BYTES_MAX);
    struct nd_view word;
    size_t compound = 0; /* bytes of `lower` that are the compound so far */
    bool broken = false;
    for (size_t at = 0; nd_word_next(page, &at, &word);) {
        int hyphen = hyphen_after(page, at);
        lower.len = compound;
        for (size_t i = 0; i < word.len;) nd_utf8_add(&lower, nd_text_lower(nd_utf8_next(word, &i)));
        if (!broken && hyphen != 2) {
            add(v, nd_view_sub(nd_bytes_view(&lower), compound, lower.len), 1);
            if (compound) add(v, nd_bytes_view(&lower), 1);
        }
        compound = 0;
        if (hyphen == 1 && !broken) {
            nd_bytes_add_char(&lower, '-');
            compound = lower.len;
        }
        broken = hyphen == 2;
    }
    nd_bytes_release(&lower);
}

void nd_vocabulary_merge(struct nd_vocabulary *into, const struct nd_vocabulary *from)
{
    for (uint32_t i = 0; i < from->words.n; i++) add(into, nd_strmap_at(&from->words, i), from->count[i]);
}

uint32_t nd_vocabulary_of(const struct nd_vocabulary *v, struct nd_view lower_word)
{
    uint32_t i = nd_strmap_find(&v->words, lower_word);
    return i == UINT32_MAX ? 0 : v->count[i];
}

void nd_vocabulary_free(struct nd_vocabulary *v)
{
    if (!v) return;
    nd_strmap_release(&v->words);
    nd_free(v->count);
    nd_free(v);
}
