/* Words that the documents use for what was asked: other forms, and two words written as one. */
#include "nightdesk/base/alloc.h"
#include "writer_extractive.h"
#include <string.h>

#define PREFIX_LEAST 4 /* letters that another form must share */
#define LONGER_MOST 10 /* letters that it may have more */
#define JOINED_LEAST 3 /* passages that write two words as one */

static char *lower_dup(struct nd_view word)
{
    char *text = nd_view_dup(word);
    for (size_t i = 0; i < word.len; i++) {
        if (text[i] >= 'A' && text[i] <= 'Z') text[i] = (char)(text[i] + 32);
    }
    return text;
}

/* The form that most passages have of the words that begin with this one: "synchronized" for "sync". NULL:
 * none. */
static const char *longer_form(const struct nd_collection *c, const char *word)
{
    size_t n = strlen(word);
    const char *best = NULL;
    uint32_t most = 0;
    for (uint32_t term = 0; n >= PREFIX_LEAST; term++) {
        const char *text = nd_term_text(c, term);
        if (*text == '\0') break;
        size_t len = strlen(text);
        if (text[0] != '=' || len < n + 2 || len > n + 1 + LONGER_MOST || memcmp(text + 1, word, n) != 0)
            continue;
        uint32_t passages = nd_term_passages(c, term);
        if (passages < most || (passages == most && best && strcmp(text + 1, best) >= 0)) continue;
        best = text + 1;
        most = passages;
    }
    return best;
}

char *nd_other_words(const struct nd_collection *c, const char *words)
{
    struct nd_bytes out = ND_BYTES(ND_MIB);
    struct nd_view text = nd_view_of(words), word;
    bool changed = false;
    for (size_t at = 0; nd_word_next(text, &at, &word);) {
        char *low = lower_dup(word);
        const char *other = nd_stop_word("en", nd_view_of(low)) ? NULL : longer_form(c, low);
        nd_bytes_addf(&out, "%s%s", out.len ? " " : "", other ? other : low);
        changed = changed || other;
        nd_free(low);
    }
    char *made = nd_bytes_take(&out, NULL);
    if (changed) return made;
    nd_free(made);
    return NULL;
}

char *nd_joined_words(const struct nd_collection *c, const char *words)
{
    struct nd_bytes out = ND_BYTES(ND_MIB);
    struct nd_view text = nd_view_of(words), word, before = {"", 0};
    for (size_t at = 0; nd_word_next(text, &at, &word); before = word) {
        if (before.len == 0) continue;
        char *joined = nd_sprintf("=%.*s%.*s", (int)before.len, before.data, (int)word.len, word.data);
        char *low = lower_dup(nd_view_of(joined));
        uint32_t term = nd_term_find(c, nd_view_of(low));
        if (term != ND_NONE && nd_term_passages(c, term) >= JOINED_LEAST)
            nd_bytes_addf(&out, "%s%s", out.len ? " " : "", low + 1);
        nd_free(joined);
        nd_free(low);
    }
    return nd_bytes_take(&out, NULL);
}
