#include "nightdesk/core/suggest.h"
#include <string.h>

enum { WORD_MAX = 63 };

static char lower(char c)
{
    return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* optimal string alignment: three rows are enough to see a swap */
static size_t distance(const char *a, size_t a_len, const char *b, size_t b_len)
{
    size_t row[3][WORD_MAX + 1];
    for (size_t j = 0; j <= b_len; j++) row[0][j] = j;
    for (size_t i = 1; i <= a_len; i++) {
        size_t *now = row[i % 3], *before = row[(i - 1) % 3], *two_before = row[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= b_len; j++) {
            size_t replaced = before[j - 1] + (lower(a[i - 1]) != lower(b[j - 1]));
            now[j] = least(replaced, least(before[j], now[j - 1]) + 1);
            if (i > 1 && j > 1 && lower(a[i - 1]) == lower(b[j - 2]) && lower(a[i - 2]) == lower(b[j - 1])) {
                now[j] = least(now[j], two_before[j - 2] + 1);
            }
        }
    }
    return row[a_len % 3][b_len];
}

struct nd_suggestion nd_suggestion_for(const char *written)
{
    return (struct nd_suggestion){.written = written};
}

void nd_suggest(struct nd_suggestion *s, const char *known)
{
    size_t written_len = strlen(s->written), known_len = strlen(known);
    if (written_len > WORD_MAX || known_len > WORD_MAX) return;
    size_t d = distance(s->written, written_len, known, known_len);
    size_t near = written_len / 3 + 1; /* a third of the letters may be wrong, one in short words */
    if (d > near || d >= known_len) return;
    if (!s->best || d < s->distance) {
        s->best = known;
        s->distance = d;
    }
}
