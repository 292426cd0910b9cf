/** Money arithmetic on a ledger (PROTOCOL P2). Pure: the caller makes it durable. */
#ifndef ENGINE_LEDGER_H
#define ENGINE_LEDGER_H

#include "nightdesk/core/store.h"

enum nd_fit {
    ND_FIT_YES,
    ND_FIT_WAIT,    /* others' reservations may come free */
    ND_FIT_CAP,     /* would not fit below the phase's cap even alone: a recorded refusal */
    ND_FIT_CEILING, /* would not fit below the ceiling even alone: the run stops */
};
/** Whether `amount` may be reserved while in a phase that may use cap_percent of the ceiling. Free calls
 * always fit. */
enum nd_fit nd_ledger_fit(const struct nd_ledger *ledger, int64_t amount_microusd, unsigned cap_percent);

void nd_ledger_reserve(struct nd_ledger *ledger, int64_t amount_microusd);
void nd_ledger_release(struct nd_ledger *ledger, int64_t amount_microusd);
/** The reservation becomes the bill. */
void nd_ledger_settle(struct nd_ledger *ledger, int64_t amount_microusd, int64_t cost_microusd);
/** The answer never came: it may have been billed, at most this. */
void nd_ledger_unknown(struct nd_ledger *ledger, int64_t amount_microusd);

#endif
