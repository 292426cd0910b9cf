/**
 * Evidence between phases: where it stands (parts), how it reads (text), how good it is (score). See
 * docs/reference/formats.md. What is parsed may come from a store: everything is checked.
 */
#ifndef PIPELINE_EVIDENCE_H
#define PIPELINE_EVIDENCE_H

#include "nightdesk/base/json.h"
#include "nightdesk/core/source.h"

#define ND_PARTS_MAX 2 /* a sentence across a page break has two */

struct nd_part {
    uint32_t source; /* number, from 1 */
    struct nd_range at;
};
struct nd_parts {
    struct nd_part v[ND_PARTS_MAX];
    unsigned n;
};

struct nd_json *nd_parts_json(const struct nd_parts *parts);
/** ND_BROKEN: not one or two ranges of one source, in order, none empty. */
enum nd_rc nd_parts_parse(struct nd_parts *out, const struct nd_json *json, struct nd_error *err);
/** Do they share a byte? */
bool nd_parts_overlap(const struct nd_parts *a, const struct nd_parts *b);
/** Order of source, page, offset. */
int nd_parts_cmp(const struct nd_parts *a, const struct nd_parts *b);

/** The terms of a text as a sorted set of hashes, for near-duplicates and diversity. */
struct nd_termset {
    uint64_t *v;
    size_t n, cap;
};
void nd_termset_of(struct nd_termset *out, struct nd_view text, const char *lang);
void nd_termset_release(struct nd_termset *set);
double nd_termset_jaccard(const struct nd_termset *a,
                          const struct nd_termset *b); /* 0..1; 0 when either is empty */
size_t nd_termset_shared(const struct nd_termset *a, const struct nd_termset *b);
/** Which share of a's terms b has: 0..1. */
double nd_termset_within(const struct nd_termset *a, const struct nd_termset *b);

#endif
