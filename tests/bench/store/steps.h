/** What every program of this bench does: steps of 5,632 bytes of English, each other text, timed one by one.
 */
#ifndef BENCH_STEPS_H
#define BENCH_STEPS_H

#include "nightdesk/base/bytes.h"

#define STEP_MODEL_BYTES 1536 /* what a model says */
#define STEP_TOOL_BYTES 4096  /* what a tool answers */
#define STEP_BYTES (STEP_MODEL_BYTES + STEP_TOOL_BYTES)

struct steps {
    struct nd_bytes text;
    double *ms; /* per step */
    size_t count, done;
};
/** Reads the text and makes room for `count` times; ends the program with a message when it cannot. */
void steps_open(struct steps *s, const char *path, const char *count);
/** The texts of step i. They differ from step to step also when the file is short: it is read in a circle. */
void steps_text(const struct steps *s, size_t i, char model[STEP_MODEL_BYTES], char tool[STEP_TOOL_BYTES]);
double steps_now_ms(void);
/** The clock of a step. With STEPS_TURNS set, each step waits for a byte on standard input and answers with
 * one. */
double steps_begin(void);
void steps_took(struct steps *s, double since_ms);
/** Prints one line of JSON: the peer, the times, the bytes, and how long loading all steps took. */
void steps_print(struct steps *s, const char *peer, int64_t closed_bytes, double load_ms);
int64_t steps_file_bytes(const char *path); /* 0 when it is not there */

#endif
