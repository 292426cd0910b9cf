/** Checks of printed statements against the page texts, and the evidence that a report may cite. */
#ifndef PIPELINE_CHECKING_H
#define PIPELINE_CHECKING_H

#include "evidence.h"
#include "library.h"

/** Evidence of all phases by its id; borrowed from the artefacts. */
struct nd_known {
    const struct nd_json **v;
    size_t n, cap;
};
void nd_known_gather(struct nd_known *out, const struct nd_scene *scene);
void nd_known_release(struct nd_known *known);
const struct nd_json *nd_known_find(const struct nd_known *known,
                                    const char *id); /* NULL: no such evidence */

/** How part i of an evidence is shown on one line: borrowed from it. */
struct nd_view nd_evidence_shown(const struct nd_json *evidence, unsigned i);

/** What a claim with these evidence ids quotes: their texts, joined by one space. Caller frees. */
char *nd_claim_quotes(const struct nd_known *known, const struct nd_json *ids);

/**
 * One claim {"text", "evidence": [ids], "quoted", "premises"?} against the page texts: each quote lies where
 * it says and reads as shown; a quoted claim is its quotes and nothing else; the numbers, units, months and
 * names of another claim stand in its quotes (names also in `asked`, the topic and the title of the claim's
 * section, and in the titles of the quotes' sections and documents). *what is NULL when all holds, else says
 * what does not (caller frees). Errors: the store's alone.
 */
enum nd_rc nd_claim_check(struct nd_library *lib, struct nd_objects *objects, const struct nd_known *known,
                          const struct nd_view asked[2], const struct nd_json *claim, char **what,
                          struct nd_error *err);

#endif
