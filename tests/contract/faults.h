/**
 * Faults of the disk, made in the process: this file's write(), fsync() and their kin stand before the C
 * library's for everything that is linked, SQLite included, so they need no privileges and hit the same call
 * every time.
 */
#ifndef CONTRACT_FAULTS_H
#define CONTRACT_FAULTS_H

#include <stdbool.h>

enum fault {
    FAULT_NONE,
    FAULT_WRITE, /* write number `at` fails with `error` */
    FAULT_FLUSH, /* flush number `at` fails with `error` */
    FAULT_FULL,  /* every write that could need space fails with ENOSPC, until a file called "ballast" is
                    deleted */
    FAULT_DEATH, /* the process dies before effect number `at` (write, flush, rename, unlink, truncate, make)
                  */
};
struct faults {
    enum fault kind;
    int at, error;
    int writes, flushes, effects; /* counted since faults_set */
    bool hit;
};
extern struct faults faults;
void faults_set(enum fault kind, int at, int error);

#endif
