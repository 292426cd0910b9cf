#include "nightdesk/core/money.h"
#include <stdio.h>
#include <string.h>

static bool digits_only(struct nd_view v)
{
    for (size_t i = 0; i < v.len; i++) {
        if (v.data[i] < '0' || v.data[i] > '9') return false;
    }
    return v.len > 0;
}

bool nd_money_parse(struct nd_view text, int64_t *microusd)
{
    size_t point = nd_view_find(text, ND_VIEW("."), 0);
    struct nd_view whole = nd_view_sub(text, 0, point == SIZE_MAX ? text.len : point);
    int64_t dollars = 0;
    if (!digits_only(whole) || !nd_view_int(whole, &dollars) || dollars > INT64_MAX / ND_MICROUSD - 1)
        return false;

    int64_t micro = 0;
    if (point != SIZE_MAX) {
        struct nd_view decimals = nd_view_sub(text, point + 1, text.len);
        if (!digits_only(decimals) || decimals.len > 6) return false;
        for (size_t i = 0; i < 6; i++) micro = micro * 10 + (i < decimals.len ? decimals.data[i] - '0' : 0);
    }
    *microusd = dollars * ND_MICROUSD + micro;
    return true;
}

bool nd_money_of_number(double dollars, int64_t *microusd)
{
    if (!(dollars >= 0 && dollars <= 1e9)) return false;
    int64_t micro = (int64_t)(dollars * ND_MICROUSD + 0.5);
    /* a quotient is rounded like a parsed decimal, so both are the same double when six decimals say it all
     */
    if ((double)micro / ND_MICROUSD != dollars) return false;
    *microusd = micro;
    return true;
}

void nd_money_format(int64_t microusd, char out[ND_MONEY_BYTES])
{
    uint64_t size = microusd < 0 ? 0 - (uint64_t)microusd : (uint64_t)microusd;
    int len = snprintf(out, ND_MONEY_BYTES, "%s$%llu.%06llu", microusd < 0 ? "-" : "",
                       (unsigned long long)(size / ND_MICROUSD), (unsigned long long)(size % ND_MICROUSD));
    for (int kept = 6; kept > 2 && len > 0 && out[len - 1] == '0'; kept--) out[--len] = '\0';
}
