#include "ledger.h"

static int64_t percent_of(int64_t whole, unsigned percent)
{
    return whole / 100 * percent + whole % 100 * percent / 100;
}

enum nd_fit nd_ledger_fit(const struct nd_ledger *ledger, int64_t amount_microusd, unsigned cap_percent)
{
    if (amount_microusd == 0) return ND_FIT_YES;
    int64_t gone = ledger->spent_microusd + ledger->unknown_microusd;
    int64_t cap = percent_of(ledger->ceiling_microusd, cap_percent < 100 ? cap_percent : 100);
    if (amount_microusd > ledger->ceiling_microusd - gone) return ND_FIT_CEILING;
    if (amount_microusd > cap - gone) return ND_FIT_CAP;
    return amount_microusd > cap - gone - ledger->reserved_microusd ? ND_FIT_WAIT : ND_FIT_YES;
}

void nd_ledger_reserve(struct nd_ledger *ledger, int64_t amount_microusd)
{
    ledger->reserved_microusd += amount_microusd;
}

void nd_ledger_release(struct nd_ledger *ledger, int64_t amount_microusd)
{
    ledger->reserved_microusd -= amount_microusd;
}

void nd_ledger_settle(struct nd_ledger *ledger, int64_t amount_microusd, int64_t cost_microusd)
{
    ledger->reserved_microusd -= amount_microusd;
    ledger->spent_microusd += cost_microusd;
}

void nd_ledger_unknown(struct nd_ledger *ledger, int64_t amount_microusd)
{
    ledger->reserved_microusd -= amount_microusd;
    ledger->unknown_microusd += amount_microusd;
}
