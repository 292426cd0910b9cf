/** A child whose stderr is a pipe that nobody reads and that takes no byte more: what a log that hangs looks
 * like. */
#ifndef FULL_PIPE_H
#define FULL_PIPE_H

/** What body's process ends with; -1 when it still lives after five seconds, and is killed then. */
int full_pipe_status(int (*body)(void));

#endif
