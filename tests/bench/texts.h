/**
 * Page texts from files, for the developer programs. Each argument NAME.txt holds the pages of one document,
 * each ended by a form feed; NAME.json beside it, where there is one, is the record of the reading
 * (read_pages.py writes both).
 */
#ifndef ND_BENCH_TEXTS_H
#define ND_BENCH_TEXTS_H

#include "nightdesk/core/source.h"

struct nd_texts {
    struct nd_sources sources;
    struct nd_bytes *text; /* of each source */
    struct nd_view *view;
};

enum nd_rc nd_texts_load(struct nd_texts *out, char *const *paths, size_t n, struct nd_error *err);
void nd_texts_release(struct nd_texts *texts);

#endif
