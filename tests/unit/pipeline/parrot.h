/**
 * A model that says what it is told, for rehearsed runs of the model writer. By default it answers every
 * question well, out of the lines that it is shown; a test puts its own words in its beak.
 */
#ifndef TEST_PIPELINE_PARROT_H
#define TEST_PIPELINE_PARROT_H

#include "bees.h"

#define PARROT_CALLS 160

struct parrot {
    /** The observation for a call, or NULL: the usual answer. Its result is the caller's. n counts calls of
     * the job from 0. */
    struct nd_json *(*say)(void *ctx, const char *job, unsigned n, const struct nd_json *args);
    void *ctx;
    const char *writer, *reader;         /* who answers in which role; NULL: parrot:grey */
    bool elsewhere;                      /* it refuses private calls, as a model on another machine does */
    struct nd_json *asked[PARROT_CALLS]; /* args of each call, copied */
    size_t n;
};

/** A rehearsal of bees with this parrot as its model: `request` as for bees_open, with "writer":
 * "parrot:grey". */
void parrot_open(struct parrot *parrot, struct bees *b, const char *request);
/** Labels source n (from 1) as local. */
void parrot_make_local(struct bees *b, size_t n);
void parrot_close(struct parrot *parrot);

/** An observation in which the model says this text, for 100 tokens read and 10 written. */
struct nd_json *parrot_says(const char *text);
/** An observation in which it calls one tool, with this input (JSON). */
struct nd_json *parrot_calls_tool(const char *name, const char *input);
/** {"error": {"message", "code"}} */
struct nd_json *parrot_error(const char *code);
/** How often a job was asked. */
size_t parrot_calls(const struct parrot *parrot, const char *job);
/** Does any message of a call hold that text? `from` is the first call that is looked at. */
bool parrot_was_shown(const struct parrot *parrot, size_t from, const char *text);
/** The k-th line of data of a call's question: its id ("e1"), copied to id, and its text; false when there is
 * none. */
bool parrot_line(const struct nd_json *args, size_t k, char id[32], struct nd_view *text);

#endif
