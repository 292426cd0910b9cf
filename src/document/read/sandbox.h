/**
 * What a taken-over reader can still do: use its memory and processor up to the limits, and write to the
 * pipe. It cannot open a file, make a process, reach the network or look at other processes.
 */
#ifndef ND_READ_SANDBOX_H
#define ND_READ_SANDBOX_H

#include <stdbool.h>
#include <stdint.h>

/** Limits of memory, time and files; before anything of the document is looked at. */
bool nd_sandbox_limits(void);
/** Processor time for a document of that many pages; also inside the sandbox. */
void nd_sandbox_allow_pages(uint32_t pages);
/** Closes the door. False, with *why set, when the kernel refuses: then nothing may be parsed. */
bool nd_sandbox_close(const char **why);

#endif
