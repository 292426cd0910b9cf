/** How a phase or a run ended, as META records it and as the process tells it. */
#ifndef NIGHTDESK_CORE_OUTCOME_H
#define NIGHTDESK_CORE_OUTCOME_H

#include "nightdesk/base/error.h"
#include <stdbool.h>

enum nd_outcome {
    ND_RUNNING, /* not ended yet; found in META at start it means that the last worker died */
    ND_COMPLETED,
    ND_YIELDED, /* stopped in order, to be run again: SIGTERM, --max-steps, --max-seconds */
    ND_AWAITING_APPROVAL,
    ND_AWAITING_ANSWER,
    ND_BUDGET_EXCEEDED,
    ND_LIMIT_REACHED,
    ND_REJECTED,
    ND_CANCELLED,
    ND_EXPIRED,
    ND_FAILED,
    ND_OUTCOMES
};

const char *nd_outcome_word(enum nd_outcome outcome); /* "awaiting_approval" */
bool nd_outcome_parse(const char *word, enum nd_outcome *out);
/** Is a person to decide before it goes on? An expired run still takes the decision. */
bool nd_outcome_waits(enum nd_outcome outcome);
/** Does a run with that outcome wait for a decision on a gate of that name? */
bool nd_outcome_waits_at(enum nd_outcome outcome, const char *gate);

/** Exit statuses (DESIGN 9). */
enum nd_exit {
    ND_EXIT_OK = 0,
    ND_EXIT_FAILED = 1,
    ND_EXIT_USAGE = 2,
    ND_EXIT_BUDGET = 3,
    ND_EXIT_LIMIT = 4,
    ND_EXIT_WAITING = 5,
    ND_EXIT_ENDED = 6,         /* rejected, cancelled, expired */
    ND_EXIT_INPUTS_FAILED = 7, /* completed, but more inputs failed than --max-failed-inputs allows */
    ND_EXIT_LOST_LEASE = 8,
    ND_EXIT_TRY_AGAIN = 75,
    ND_EXIT_CONFIG = 78,
    ND_EXIT_INTERRUPTED = 130,
    ND_EXIT_TERMINATED = 143,
};
enum nd_exit nd_exit_of_outcome(enum nd_outcome outcome);
enum nd_exit nd_exit_of_rc(enum nd_rc rc);

#endif
