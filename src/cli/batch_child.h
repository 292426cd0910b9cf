/**
 * An item's process: this program once more, `nightdesk resume RUN`. It has a process group of its own, so
 * that Ctrl-C reaches the batch alone, and is told to stop in order when the batch dies.
 */
#ifndef NIGHTDESK_CLI_BATCH_CHILD_H
#define NIGHTDESK_CLI_BATCH_CHILD_H

#include "nightdesk/core/outcome.h"
#include "nightdesk/core/request.h"
#include <stdio.h>
#include <sys/types.h>

struct child {
    pid_t pid;    /* 0: none */
    FILE *answer; /* its standard output */
};

/**
 * @param args  the command line, the program's name first
 * @param lock  the child keeps it too: as long as one of a dead batch is at work, no other begins
 * @param log   its standard error is added there
 * @return ND_RETRY no process can be made now · of the log
 */
enum nd_rc child_start(struct child *c, const struct nd_strings *args, int lock, const char *log,
                       struct nd_error *err);
void child_stop(const struct child *c);
/** True once it has ended: *status as a shell tells it (128 + signal). */
bool child_ended(struct child *c, int *status);
/** The message of the error that it told as JSON; NULL: none. Caller frees. */
char *child_message(const struct child *c);
/** Waits for it if it still works; NULL-safe fields, to be called once. */
void child_release(struct child *c);

#endif
