/** Is a cut piece of running text a whole sentence, and if not, what is it? */
#ifndef NIGHTDESK_INDEX_JUDGE_H
#define NIGHTDESK_INDEX_JUDGE_H

#include "measure.h"

#include "nightdesk/index/units.h"

/** What stands around the piece. */
struct nd_piece {
    struct nd_view text;
    const struct nd_language *language;
    bool alone;     /* the only sentence of its paragraph */
    bool bullet;    /* its paragraph is a list item */
    bool entered;   /* what stands before it is complete, so that it may start in lower case */
    bool broken;    /* what stands before it breaks off in mid-sentence, so it is the rest of that */
    unsigned lines; /* printed lines that it covers */
};

/** PROSE, FRAGMENT, ITEM, HEAD, CODE, NUMERIC or REFERENCE. m: nd_measure of the text. */
enum nd_unit_kind nd_judge(const struct nd_piece *piece, const struct nd_measure *m);

/**
 * "Catalog The Catalog is used to …": the length of a heading that runs into its sentence at the start of a
 * paragraph, with the white space behind it; 0 when there is none.
 */
size_t nd_run_in_head(struct nd_view text, const struct nd_language *language);

#endif
