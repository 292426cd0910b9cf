#include "fold.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"

#include <libstemmer.h>
#include <string.h>

static bool is_ascii(struct nd_view v)
{
    for (size_t i = 0; i < v.len; i++) {
        if ((unsigned char)v.data[i] >= 0x80) return false;
    }
    return true;
}

void nd_fold(struct nd_view word, struct nd_bytes *out)
{
    word.len = nd_utf8_cut(word, ND_TERM_MAX_BYTES);
    if (is_ascii(word)) {
        for (size_t i = 0; i < word.len; i++)
            nd_bytes_add_char(out, (char)nd_text_lower((uint32_t)word.data[i]));
        return;
    }
    struct nd_bytes folded = ND_BYTES(ND_BYTES_MAX);
    nd_text_nfkc(word, &folded);
    struct nd_view v = nd_bytes_view(&folded);
    for (size_t at = 0; at < v.len;) {
        uint32_t c = nd_utf8_next(v, &at);
        if (c == 0x2019 || c == 0x02BC) c = '\'';
        if (nd_is_letter(c) || nd_is_mark(c) || nd_is_digit(c) || c == '\'' || c == '.' || c == ',')
            nd_utf8_add(out, nd_text_lower(c));
    }
    nd_bytes_release(&folded);
}

struct nd_view nd_fold_bare(struct nd_view folded)
{
    for (size_t i = folded.len; i > 0 && i + 3 > folded.len; i--) {
        if (folded.data[i - 1] == '\'') return nd_view_sub(folded, 0, i - 1);
    }
    return folded;
}

struct nd_stemmer {
    struct sb_stemmer *snowball;
    bool english;
    struct nd_bytes spelt;
};

struct nd_stemmer *nd_stemmer_open(const struct nd_language *language)
{
    struct nd_stemmer *s = ND_NEW(struct nd_stemmer);
    s->spelt = ND_BYTES(ND_BYTES_MAX);
    s->english = language && strcmp(language->code, "en") == 0;
    if (language && language->stemmer) s->snowball = sb_stemmer_new(language->stemmer, "UTF_8");
    return s;
}

struct nd_view nd_stemmer_stem(struct nd_stemmer *s, struct nd_view folded)
{
    if (!s->snowball || folded.len == 0) return folded;
    if (s->english) {
        nd_bytes_clear(&s->spelt);
        nd_fold_spelling(folded, &s->spelt);
        folded = nd_bytes_view(&s->spelt);
    }
    const sb_symbol *stem = sb_stemmer_stem(s->snowball, (const sb_symbol *)folded.data, (int)folded.len);
    if (!stem) return folded; /* out of memory inside: the unstemmed word still matches itself */
    return (struct nd_view){(const char *)stem, (size_t)sb_stemmer_length(s->snowball)};
}

void nd_stemmer_close(struct nd_stemmer *s)
{
    if (!s) return;
    sb_stemmer_delete(s->snowball);
    nd_bytes_release(&s->spelt);
    nd_free(s);
}
