/** What doctor finds: one row for each thing that is looked at. */
#ifndef NIGHTDESK_CLI_CHECKS_H
#define NIGHTDESK_CLI_CHECKS_H

#include "command.h"

enum verdict { FINE, WARN, BAD };

struct checks {
    struct cli *cli;
    struct nd_json *rows;
    bool bad;
};

/** Prints and keeps a row; what is wrong makes the checks bad. */
void checks_tell(struct checks *c, enum verdict verdict, const char *what, const char *fmt, ...)
    ND_PRINTF(4, 5);
/** The same for what went wrong: the first cause, then how to mend it (NULL: that says it all). */
void checks_tell_error(struct checks *c, enum verdict verdict, const char *what, const struct nd_error *err,
                       const char *mend);

/** A store or stack in AWS: who we are, each service, the machine, who is told, the clock, quotas. */
void checks_of_stack(struct checks *c);

#endif
