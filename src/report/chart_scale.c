#include "chart.h"

#include <math.h>

#define STEPS 5 /* wanted on an axis */

static double nice_step(double range)
{
    double raw = range / STEPS, power = pow(10, floor(log10(raw))), lead = raw / power;
    if (lead <= 1) return power;
    if (lead <= 2) return 2 * power;
    return lead <= 5 ? 5 * power : 10 * power;
}

struct scale scale_of(double low, double high, bool zero)
{
    if (zero || (low > 0 && low < high / 2)) {
        low = fmin(low, 0);
        high = fmax(high, 0);
    }
    double range = high - low;
    if (!(range > 0)) {
        range = fabs(high) > 0 ? fabs(high) : 1;
        low = high - (zero ? 0 : range / 2);
        high = low + range;
    }
    struct scale s = {.step = nice_step(range)};
    s.first = floor(low / s.step + 1e-9) * s.step;
    s.last = ceil(high / s.step - 1e-9) * s.step;
    double places = -floor(log10(s.step) + 1e-9);
    s.decimals = places > 0 ? (int)fmin(places, 9) : 0;
    return s;
}

double scale_at(const struct scale *s, double value, double from, double to)
{
    return from + (value - s->first) / (s->last - s->first) * (to - from);
}
