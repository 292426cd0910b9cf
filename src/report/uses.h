/** Where each quote is cited, so that its card can lead back. */
#ifndef ND_REPORT_USES_H
#define ND_REPORT_USES_H

#include "doc.h"

struct use {
    size_t quote;
    const char *id;    /* anchor of the claim, exhibit or contradiction */
    const char *where; /* "Key findings", a section's title … */
    bool whole;        /* its words are printed there in full */
};
struct uses {
    struct use *v; /* by quote, then in reading order */
    size_t n, cap;
    size_t *first; /* of each quote; first[quote_count] is n */
};

void uses_open(struct uses *uses, const struct doc *doc);
void uses_release(struct uses *uses);

#endif
