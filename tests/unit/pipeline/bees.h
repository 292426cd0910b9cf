/** A small library about keeping bees, in memory, and whole rehearsed runs over it. */
#ifndef TEST_PIPELINE_BEES_H
#define TEST_PIPELINE_BEES_H

#include "nightdesk/core/store.h"
#include "nightdesk/pipeline/pipeline.h"
#include "rehearse.h"

struct bees {
    struct nd_store *store;
    struct nd_objects *objects;
    struct nd_json *sources; /* "nightdesk.sources/1" */
    struct nd_desk *desk;
    struct nd_request *request;
    struct nd_rehearsal rehearsal;
    struct nd_artefact made[ND_PHASES];
    /* answers at gates */
    const char *edit; /* for "plan", "outline", "final": a change of the text form, see bees.c */
    unsigned asked;
};

/** request: members of a request, as JSON. Fails the test when anything is wrong. */
void bees_open(struct bees *b, const char *request);
void bees_run(struct bees *b);
void bees_close(struct bees *b);

/** A section's title, "" when there is no such section. */
const char *bees_title(const struct bees *b, size_t section);
size_t bees_sections(const struct bees *b);
size_t bees_claims(const struct bees *b, size_t section);
/** All bytes of all report files, with their names. Caller frees. */
char *bees_bytes(const struct bees *b);
/** Does any claim hold that text? */
bool bees_says(const struct bees *b, const char *text);

#endif
