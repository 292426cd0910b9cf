#include "writer_extractive_cues.h"
#include <string.h>

static bool is_word_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || (uint8_t)c >= 0x80 || c == '-' || c == '_';
}

/* A dot between two characters of words joins them: "i.e.", "default.conf". */
static bool joins(struct nd_view v, size_t at)
{
    return v.data[at] == '.' && at > 0 && at + 1 < v.len && is_word_char(v.data[at - 1]) &&
           is_word_char(v.data[at + 1]);
}

static bool boundary(struct nd_view v, size_t at)
{
    if (at >= v.len) return true;
    return !is_word_char(v.data[at]) && !joins(v, at);
}

bool nd_cue_at(struct nd_view low, const char *word, size_t at)
{
    size_t n = strlen(word);
    if (at + n > low.len || memcmp(low.data + at, word, n) != 0 || !boundary(low, at + n)) return false;
    return at == 0 || boundary(low, at - 1) || word[0] == 'n'; /* "n't" stands inside a word */
}

unsigned nd_cues_count(struct nd_view low, const char *const *list, size_t n)
{
    unsigned found = 0;
    for (size_t i = 0; i < n; i++) {
        size_t len = strlen(list[i]);
        for (size_t at = nd_view_find(low, nd_view_of(list[i]), 0); at != SIZE_MAX;
             at = nd_view_find(low, nd_view_of(list[i]), at + len)) {
            if (!nd_cue_at(low, list[i], at)) continue;
            found++;
            break; /* each word counts once */
        }
    }
    return found;
}

bool nd_cues_open(struct nd_view low, const char *const *list, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (nd_cue_at(low, list[i], 0)) return true;
    }
    return false;
}
