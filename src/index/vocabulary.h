/** How often words stand in a collection. */
#ifndef NIGHTDESK_INDEX_VOCABULARY_H
#define NIGHTDESK_INDEX_VOCABULARY_H

#include "strmap.h"

#include "nightdesk/index/words.h"

struct nd_vocabulary {
    struct nd_strmap words;
    uint32_t *count;
    size_t cap;
};

struct nd_vocabulary *nd_vocabulary_open(void);
/**
 * Counts the words of a page in lower case, and compounds with their hyphen ("split-brain"); words broken at
 * a line's end are left out.
 */
void nd_vocabulary_count(struct nd_vocabulary *v, struct nd_view page);
void nd_vocabulary_merge(struct nd_vocabulary *into, const struct nd_vocabulary *from);
uint32_t nd_vocabulary_of(const struct nd_vocabulary *v, struct nd_view lower_word);
void nd_vocabulary_free(struct nd_vocabulary *v);

#endif
