/** The sample report, printed: what the tests of its files look at. */
#ifndef ND_REPORT_PRINTED_H
#define ND_REPORT_PRINTED_H

#include "sample.h"

static struct sample sample;
static struct nd_artefact files;

static inline void make(void)
{
    sample_init(&sample);
    sample_render(&sample, &files);
}

static inline void drop(void)
{
    nd_artefact_release(&files);
    sample_release(&sample);
}

static inline bool holds(const char *file, const char *text)
{
    return nd_view_find(sample_output(&files, file), nd_view_of(text), 0) != SIZE_MAX;
}

#endif
