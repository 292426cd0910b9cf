/** "did you mean": the known word nearest to what was written. */
#ifndef NIGHTDESK_CORE_SUGGEST_H
#define NIGHTDESK_CORE_SUGGEST_H

#include <stddef.h>

/**
 * Offer the known words one by one; `best` is then the nearest, or NULL when none is near enough to be meant:
 *     struct nd_suggestion s = nd_suggestion_for("budgte");
 *     for (…) nd_suggest(&s, known[i]);
 * Both words are borrowed. Words of more than 63 bytes are never near.
 */
struct nd_suggestion {
    const char *written;
    const char *best;
    size_t distance; /* of best: letters to insert, delete, replace or swap; case does not count */
};
struct nd_suggestion nd_suggestion_for(const char *written);
void nd_suggest(struct nd_suggestion *s, const char *known);

#endif
