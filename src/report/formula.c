#include "nightdesk/report/formula.h"

#include "numbers.h"
#include "units.h"

#include "nightdesk/base/text.h"
#include "nightdesk/report/quote.h"

#include <math.h>
#include <string.h>
#include <strings.h>

enum kind {
    TIME,
    DATA,
    LENGTH,
    AREA,
    MASS,
    VOLUME,
    POWER,
    ENERGY,
    TENSION,
    CURRENT,
    FREQUENCY,
    PRESSURE,
    SPEED,
    RATE,
    ALONE /* of no kind that others are of */
};

/* A unit: its spellings, and how many base units of its kind it is. Months and years have no fixed length:
 * not here. */
struct unit {
    const char *names; /* between bars */
    enum kind kind;
    double per;
};

static const struct unit units[] = {
    {"|ns|nanosecond|nanoseconds|", TIME, 1e-9},
    {"|µs|μs|microsecond|microseconds|", TIME, 1e-6},
    {"|ms|millisecond|milliseconds|Millisekunde|Millisekunden|", TIME, 0.001},
    {"|s|sec|secs|second|seconds|Sekunde|Sekunden|", TIME, 1},
    {"|min|mins|minute|minutes|Minuten|", TIME, 60},
    {"|h|hr|hrs|hour|hours|Std|Stunde|Stunden|", TIME, 3600},
    {"|d|day|days|Tag|Tage|Tagen|", TIME, 86400},
    {"|week|weeks|Woche|Wochen|", TIME, 604800},
    {"|B|byte|bytes|", DATA, 1},
    {"|kB|KB|kilobyte|kilobytes|", DATA, 1e3},
    {"|KiB|kibibyte|kibibytes|", DATA, 1024},
    {"|MB|megabyte|megabytes|", DATA, 1e6},
    {"|MiB|mebibyte|mebibytes|", DATA, 1048576},
    {"|GB|gigabyte|gigabytes|", DATA, 1e9},
    {"|GiB|gibibyte|gibibytes|", DATA, 1073741824.0},
    {"|TB|terabyte|terabytes|", DATA, 1e12},
    {"|TiB|tebibyte|tebibytes|", DATA, 1099511627776.0},
    {"|kb|kbit|kilobit|kilobits|", DATA, 125},
    {"|Mb|Mbit|megabit|megabits|", DATA, 125e3},
    {"|Gb|Gbit|gigabit|gigabits|", DATA, 125e6},
    {"|nm|nanometre|nanometres|nanometer|nanometers|", LENGTH, 1e-9},
    {"|µm|μm|micrometre|micrometres|micrometer|micrometers|", LENGTH, 1e-6},
    {"|mm|millimetre|millimetres|millimeter|millimeters|", LENGTH, 0.001},
    {"|cm|centimetre|centimetres|centimeter|centimeters|Zentimeter|Zentimetern|", LENGTH, 0.01},
    {"|m|metre|metres|meter|meters|Metern|", LENGTH, 1},
    {"|km|Km|KM|kilometre|kilometres|kilometer|kilometers|Kilometern|", LENGTH, 1000},
    {"|ng|nanogram|nanograms|", MASS, 1e-9},
    {"|µg|μg|mcg|microgram|micrograms|Mikrogramm|", MASS, 1e-6},
    {"|g|gram|grams|Gramm|", MASS, 1},
    {"|kg|Kg|KG|kilogram|kilograms|Kilogramm|", MASS, 1000},
    {"|t|tonne|tonnes|Tonnen|", MASS, 1e6},
    {"|mg|milligram|milligrams|Milligramm|", MASS, 0.001},
    {"|inch|inches|", LENGTH, 0.0254},
    {"|ft|foot|feet|", LENGTH, 0.3048},
    {"|mile|miles|Meile|Meilen|", LENGTH, 1609.344},
    {"|cm²|square centimetres|square centimeters|Quadratzentimeter|", AREA, 1e-4},
    {"|m²|square metre|square metres|square meter|square meters|Quadratmeter|Quadratmetern|", AREA, 1},
    {"|ha|hectare|hectares|Hektar|", AREA, 1e4},
    {"|km²|square kilometre|square kilometres|square kilometer|square kilometers|Quadratkilometer|", AREA,
     1e6},
    {"|ml|mL|millilitre|millilitres|milliliter|milliliters|", VOLUME, 0.001},
    {"|l|L|litre|litres|liter|liters|Litern|", VOLUME, 1},
    {"|m³|cubic metre|cubic metres|cubic meter|cubic meters|Kubikmeter|Kubikmetern|", VOLUME, 1000},
    {"|mW|milliwatt|milliwatts|", POWER, 1e-3},
    {"|W|watt|watts|", POWER, 1},
    {"|kW|KW|kilowatt|kilowatts|", POWER, 1e3},
    {"|MW|megawatt|megawatts|", POWER, 1e6},
    {"|GW|gigawatt|gigawatts|", POWER, 1e9},
    {"|Wh|watt hour|watt hours|Wattstunde|Wattstunden|", ENERGY, 1},
    {"|kWh|kilowatt hour|kilowatt hours|Kilowattstunde|Kilowattstunden|", ENERGY, 1e3},
    {"|MWh|megawatt hour|megawatt hours|Megawattstunde|Megawattstunden|", ENERGY, 1e6},
    {"|GWh|gigawatt hour|gigawatt hours|Gigawattstunde|Gigawattstunden|", ENERGY, 1e9},
    {"|TWh|terawatt hour|terawatt hours|Terawattstunde|Terawattstunden|", ENERGY, 1e12},
    {"|mV|millivolt|millivolts|", TENSION, 0.001},
    {"|V|volt|volts|", TENSION, 1},
    {"|kV|kilovolt|kilovolts|", TENSION, 1e3},
    {"|mA|milliampere|milliamperes|", CURRENT, 0.001},
    {"|A|ampere|amperes|amp|amps|", CURRENT, 1},
    {"|Hz|hz|HZ|hertz|", FREQUENCY, 1},
    {"|kHz|kilohertz|", FREQUENCY, 1e3},
    {"|MHz|megahertz|", FREQUENCY, 1e6},
    {"|GHz|gigahertz|", FREQUENCY, 1e9},
    {"|Pa|pascal|pascals|", PRESSURE, 1},
    {"|hPa|hectopascal|hectopascals|", PRESSURE, 100},
    {"|bar|", PRESSURE, 1e5},
    {"|m/s|metres per second|meters per second|", SPEED, 1},
    {"|km/h|kilometres per hour|kilometers per hour|", SPEED, 1 / 3.6},
    {"|bit/s|bps|bits per second|", RATE, 1},
    {"|kbit/s|kbps|", RATE, 1e3},
    {"|Mbit/s|Mbps|", RATE, 1e6},
    {"|Gbit/s|Gbps|", RATE, 1e9},
    {"|%|percent|per cent|Prozent|", ALONE, 1},
    {"|percentage point|percentage points|%-points|Prozentpunkt|Prozentpunkte|Prozentpunkten|%-Punkte|",
     ALONE, 1},
    {"|basis point|basis points|Basispunkt|Basispunkte|Basispunkten|", ALONE, 1},
    {"|€|EUR|euro|euros|", ALONE, 1},
    {"|$|USD|dollar|dollars|", ALONE, 1},
    {"|£|GBP|pound sterling|pounds sterling|", ALONE, 1},
    {"|¥|JPY|yen|", ALONE, 1},
    {"|°C|degrees Celsius|degree Celsius|Grad Celsius|", ALONE, 1},
    {"|°F|degrees Fahrenheit|degree Fahrenheit|Grad Fahrenheit|", ALONE, 1},
    {"|°|degree|degrees|Grad|", ALONE, 1},
    {"|bit|bits|", ALONE, 1},
    {"|month|months|Monat|Monate|Monaten|", ALONE, 1},
    {"|year|years|Jahr|Jahre|Jahren|", ALONE, 1},
    {"|decade|decades|Jahrzehnt|Jahrzehnte|Jahrzehnten|", ALONE, 1},
    {"|page|pages|Seite|Seiten|", ALONE, 1},
    {"|line|lines|Zeile|Zeilen|", ALONE, 1},
    {"|character|characters|Zeichen|", ALONE, 1},
    {"|pixel|pixels|px|", ALONE, 1},
    {"|pt|point|points|", ALONE, 1},
};
#define UNITS (sizeof units / sizeof units[0])

/* The next spelling of a unit; false at the end. *at starts at 0. */
static bool next_name(const struct unit *unit, size_t *at, struct nd_view *name)
{
    const char *start = unit->names + *at + 1, *bar = strchr(start, '|');
    if (!bar) return false;
    *name = (struct nd_view){start, (size_t)(bar - start)};
    *at = (size_t)(bar - unit->names);
    return true;
}

#define CASED_BYTES 2 /* of shorter words the case tells: "mW" and "MW", "Gb" and "GB" */

static bool same_word(struct nd_view a, struct nd_view b)
{
    if (a.len <= CASED_BYTES) return nd_view_eq(a, b);
    return a.len == b.len && strncasecmp(a.data, b.data, a.len) == 0;
}

static const struct unit *find_unit(const char *word)
{
    struct nd_view name;
    for (size_t i = 0; i < UNITS; i++) {
        for (size_t at = 0; next_name(&units[i], &at, &name);) {
            if (same_word(name, nd_view_of(word))) return &units[i];
        }
    }
    return NULL;
}

bool nd_unit_same(const char *a, const char *b)
{
    if (!a) a = "";
    if (!b) b = "";
    if (same_word(nd_view_of(a), nd_view_of(b))) return true;
    const struct unit *known = find_unit(a);
    return known && known == find_unit(b);
}

bool nd_unit_convert(double value, const char *from, const char *to, double *out)
{
    const struct unit *a = find_unit(from), *b = find_unit(to);
    if (nd_unit_same(from, to)) {
        *out = value;
        return true;
    }
    if (!a || !b || a->kind != b->kind || a->kind == ALONE) return false;
    *out = value * a->per / b->per;
    return true;
}

/* Does `name` stand in text as a word of its own, whatever its case? A digit may touch it ("10MB", "5%"). */
static bool stands_in(struct nd_view text, struct nd_view name)
{
    size_t first = 0;
    uint32_t c = name.len ? nd_utf8_next(name, &first) : 0;
    bool word = nd_is_letter(c) && !nd_is_cjk(c);
    for (size_t at = 0; name.len && at + name.len <= text.len; at++) {
        if (!same_word(nd_view_sub(text, at, at + name.len), name)) continue;
        size_t behind = at + name.len;
        unsigned char last = at > 0 ? (unsigned char)text.data[at - 1] : 0;
        bool letter_before = last >= 0x80 || nd_is_letter(last);
        bool letter_behind = behind < text.len && nd_is_letter(nd_utf8_next(text, &behind));
        if (!word || (!letter_before && !letter_behind)) return true;
    }
    return false;
}

bool nd_unit_named(struct nd_view text, const char *unit)
{
    if (stands_in(text, nd_view_of(unit))) return true;
    const struct unit *known = find_unit(unit);
    struct nd_view name;
    for (size_t at = 0; known && next_name(known, &at, &name);) {
        if (stands_in(text, name)) return true;
    }
    return false;
}

/* ---- in running text (units.h) ---- */

#define SYMBOL_BYTES 3 /* "MB", "kHz": shorter words are symbols, whose case tells */

bool unit_is_known(struct nd_view word)
{
    struct nd_view name;
    for (size_t i = 0; word.len && i < UNITS; i++) {
        for (size_t at = 0; next_name(&units[i], &at, &name);) {
            if (nd_view_eq(name, word) || (word.len > SYMBOL_BYTES && same_word(name, word))) return true;
        }
    }
    return false;
}

/* The end of the longest name of two words that stands at `at`; `at`: none. */
static size_t long_name_end(struct nd_view text, size_t at)
{
    size_t longest = 0;
    struct nd_view name;
    for (size_t i = 0; i < UNITS; i++) {
        for (size_t k = 0; next_name(&units[i], &k, &name);) {
            bool parts = nd_view_find(name, ND_VIEW(" "), 0) != SIZE_MAX || nd_view_starts(name, "%-");
            size_t end = at + name.len;
            if (!parts || name.len <= longest || !same_word(nd_view_sub(text, at, end), name)) continue;
            bool goes_on = end < text.len && nd_is_letter(nd_utf8_next(text, &end));
            if (!goes_on) longest = name.len;
        }
    }
    return at + longest;
}

size_t unit_end(struct nd_view text, size_t at)
{
    size_t end = long_name_end(text, at);
    if (end > at) return end;
    while (end < text.len) {
        size_t next = end;
        uint32_t c = nd_utf8_next(text, &next);
        bool sign = c == '%' || c == 0xB0 || c == '$' || c == 0xA3 || c == 0xA5 || c == 0x20AC;
        bool per = c == '/' && end > at && next < text.len && nd_is_letter((unsigned char)text.data[next]);
        bool power = (c == 0xB2 || c == 0xB3) && end > at;
        if (!nd_is_letter(c) && !sign && !per && !power) break;
        end = next;
        if (sign && c != 0xB0) break;
    }
    return end;
}

size_t unit_sign_before(struct nd_view text)
{
    static const char *const signs[] = {"$", "€", "£", "¥", "USD", "EUR", "GBP", "JPY"};
    for (size_t i = 0; i < sizeof signs / sizeof *signs; i++)
        if (nd_view_ends(text, signs[i])) return strlen(signs[i]);
    return 0;
}

bool nd_value_shown(struct nd_view shown, double value)
{
    double found;
    unsigned decimals;
    if (!nd_number_first(shown, &found, &decimals)) return false;
    double half = 0.5 * pow(10, -(double)decimals);
    return fabs(found - value) <= half * (1 + 1e-9) + fabs(value) * 1e-12;
}

static enum nd_rc wrong_count(const char *op, size_t n, const char *wanted, struct nd_error *err)
{
    return nd_fail(err, ND_BAD_INPUT, "formula '%s' has %zu arguments, wanted %s", op, n, wanted);
}

static enum nd_rc one_unit(const char *op, const struct nd_amount *args, size_t n, const char *unit,
                           struct nd_error *err)
{
    for (size_t i = 0; i < n; i++) {
        if (!nd_unit_same(args[i].unit, i ? args[0].unit : unit))
            return nd_fail(err, ND_BAD_INPUT, "formula '%s' has an argument in '%.30s', wanted '%.30s'", op,
                           args[i].unit ? args[i].unit : "", i ? args[0].unit : unit);
    }
    return ND_OK;
}

static double total(const struct nd_amount *args, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) sum += args[i].value;
    return sum;
}

static enum nd_rc additive(const char *op, const struct nd_amount *args, size_t n, const char *unit,
                           double *out, struct nd_error *err)
{
    bool difference = strcmp(op, "difference") == 0;
    if (difference && n != 2) return wrong_count(op, n, "2", err);
    if (n == 0) return wrong_count(op, n, "one or more", err);
    if (one_unit(op, args, n, unit, err) != ND_OK) return ND_BAD_INPUT;
    *out = difference ? args[0].value - args[1].value : total(args, n);
    if (strcmp(op, "mean") == 0) *out /= (double)n;
    return ND_OK;
}

static enum nd_rc relative(const char *op, const struct nd_amount *args, size_t n, const char *unit,
                           double *out, struct nd_error *err)
{
    bool change = strcmp(op, "change") == 0, percent = nd_unit_same(unit, "%");
    if (n != 2) return wrong_count(op, n, "2", err);
    if (!nd_unit_same(args[0].unit, args[1].unit))
        return nd_fail(err, ND_BAD_INPUT, "formula '%s' has arguments in two units, wanted one", op);
    if (!percent && (change || (*unit && strcmp(unit, "×") != 0)))
        return nd_fail(err, ND_BAD_INPUT, "formula '%s' has the unit '%.30s', wanted '%s'", op, unit,
                       change ? "%" : "none, × or %");
    double base = change ? args[0].value : args[1].value;
    if (fabs(base) <= 0) return nd_fail(err, ND_BAD_INPUT, "formula '%s' divides by zero", op);
    *out = change ? (args[1].value - args[0].value) / base : args[0].value / base;
    if (percent) *out *= 100;
    return ND_OK;
}

static enum nd_rc convert(const struct nd_amount *args, size_t n, const char *unit, double *out,
                          struct nd_error *err)
{
    if (n != 1) return wrong_count("convert", n, "1", err);
    const char *from = args[0].unit ? args[0].unit : "";
    if (nd_unit_convert(args[0].value, from, unit, out)) return ND_OK;
    return nd_fail(err, ND_BAD_INPUT,
                   "formula 'convert' goes from '%.30s' to '%.30s', which are not of one kind", from, unit);
}

enum nd_rc nd_formula_value(const char *op, const struct nd_amount *args, size_t n, const char *unit,
                            double *out, struct nd_error *err)
{
    enum nd_rc rc;
    double value = 0;
    if (!unit) unit = "";
    if (strcmp(op, "sum") == 0 || strcmp(op, "mean") == 0 || strcmp(op, "difference") == 0)
        rc = additive(op, args, n, unit, &value, err);
    else if (strcmp(op, "ratio") == 0 || strcmp(op, "change") == 0)
        rc = relative(op, args, n, unit, &value, err);
    else if (strcmp(op, "convert") == 0)
        rc = convert(args, n, unit, &value, err);
    else
        return nd_fail(err, ND_BAD_INPUT,
                       "formula is '%.30s', wanted sum, difference, ratio, mean, change or convert", op);
    if (rc == ND_OK && !isfinite(value)) return nd_fail(err, ND_BAD_INPUT, "formula '%s' overflows", op);
    if (rc == ND_OK) *out = value;
    return rc;
}
