/** Values that sentences state of something. */
#ifndef PIPELINE_WRITER_EXTRACTIVE_FIGURES_H
#define PIPELINE_WRITER_EXTRACTIVE_FIGURES_H

#include "nightdesk/base/bytes.h"

struct nd_figure {
    struct nd_view label, number; /* as they stand in the sentence, borrowed */
    double value;
    const char *unit, *kind; /* "days"; "default", "at least", "port" …: both stand in the sentence */
};
/** The figures of one sentence on one line, at most max. English wordings only. */
size_t nd_figures_in(struct nd_view text, struct nd_figure *out, size_t max);

#endif
