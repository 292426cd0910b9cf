#include "nightdesk/core/outcome.h"
#include <string.h>

static const struct {
    const char *word;
    enum nd_exit status;
} outcomes[ND_OUTCOMES] = {
    /* a run that is still marked running when its worker has ended was cut off: trying again goes on from
       there */
    [ND_RUNNING] = {"running", ND_EXIT_TRY_AGAIN},
    [ND_COMPLETED] = {"completed", ND_EXIT_OK},
    [ND_YIELDED] = {"yielded", ND_EXIT_TRY_AGAIN},
    [ND_AWAITING_APPROVAL] = {"awaiting_approval", ND_EXIT_WAITING},
    [ND_AWAITING_ANSWER] = {"awaiting_answer", ND_EXIT_WAITING},
    [ND_BUDGET_EXCEEDED] = {"budget_exceeded", ND_EXIT_BUDGET},
    [ND_LIMIT_REACHED] = {"limit_reached", ND_EXIT_LIMIT},
    [ND_REJECTED] = {"rejected", ND_EXIT_ENDED},
    [ND_CANCELLED] = {"cancelled", ND_EXIT_ENDED},
    [ND_EXPIRED] = {"expired", ND_EXIT_ENDED},
    [ND_FAILED] = {"failed", ND_EXIT_FAILED},
};

const char *nd_outcome_word(enum nd_outcome outcome)
{
    return (unsigned)outcome < ND_OUTCOMES ? outcomes[outcome].word : "unknown";
}

bool nd_outcome_parse(const char *word, enum nd_outcome *out)
{
    for (unsigned i = 0; word && i < ND_OUTCOMES; i++) {
        if (strcmp(word, outcomes[i].word) == 0) {
            *out = (enum nd_outcome)i;
            return true;
        }
    }
    return false;
}

bool nd_outcome_waits(enum nd_outcome outcome)
{
    return outcome == ND_AWAITING_APPROVAL || outcome == ND_AWAITING_ANSWER ||
           outcome == ND_BUDGET_EXCEEDED || outcome == ND_LIMIT_REACHED || outcome == ND_EXPIRED;
}

bool nd_outcome_waits_at(enum nd_outcome outcome, const char *gate)
{
    bool question = strcmp(gate, "question") == 0, budget = strcmp(gate, "budget") == 0,
         limit = strcmp(gate, "limit") == 0;
    switch (outcome) {
    case ND_AWAITING_APPROVAL:
        return !question && !budget && !limit;
    case ND_AWAITING_ANSWER:
        return question;
    case ND_BUDGET_EXCEEDED:
        return budget;
    case ND_LIMIT_REACHED:
        return limit;
    default:
        return outcome == ND_EXPIRED;
    }
}

enum nd_exit nd_exit_of_outcome(enum nd_outcome outcome)
{
    return (unsigned)outcome < ND_OUTCOMES ? outcomes[outcome].status : ND_EXIT_FAILED;
}

enum nd_exit nd_exit_of_rc(enum nd_rc rc)
{
    switch (rc) {
    case ND_OK:
        return ND_EXIT_OK;
    case ND_RETRY:
    case ND_UNKNOWN:
    case ND_FULL:
    case ND_STOPPED:
        return ND_EXIT_TRY_AGAIN;
    case ND_LOST_LEASE:
        return ND_EXIT_LOST_LEASE;
    case ND_BAD_INPUT:
    case ND_NOT_FOUND:
    case ND_CONFLICT:
        return ND_EXIT_USAGE;
    case ND_CONFIG:
    case ND_VERSION:
        return ND_EXIT_CONFIG;
    case ND_OVER_LIMIT:
    case ND_BROKEN:
        return ND_EXIT_FAILED;
    }
    return ND_EXIT_FAILED;
}
