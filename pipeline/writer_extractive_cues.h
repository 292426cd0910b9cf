/** Lists of words and phrases, looked for in a sentence in lower case as whole words. */
#ifndef PIPELINE_WRITER_EXTRACTIVE_CUES_H
#define PIPELINE_WRITER_EXTRACTIVE_CUES_H

#include "nightdesk/base/bytes.h"

/** Does `word` stand at that byte, as a whole word? */
bool nd_cue_at(struct nd_view low, const char *word, size_t at);
/** How many of the list's words stand in the sentence; each counts once. */
unsigned nd_cues_count(struct nd_view low, const char *const *list, size_t n);
/** Does it open with one of them? */
bool nd_cues_open(struct nd_view low, const char *const *list, size_t n);

#define ND_COUNT(low, list) nd_cues_count((low), (list), sizeof(list) / sizeof *(list))
#define ND_OPENS(low, list) nd_cues_open((low), (list), sizeof(list) / sizeof *(list))

#endif
