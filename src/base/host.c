#include "nightdesk/base/host.h"
#include "nightdesk/base/bytes.h"
#include "nightdesk/base/hash.h"

#include <stdio.h>
#include <string.h>
#include <time.h>

#define YEAR_0_MS (INT64_C(-62167219200) * 1000)
#define YEAR_9999_END_MS (INT64_C(253402300799) * 1000)

void nd_time_format(int64_t ms, char out[ND_TIME_BYTES])
{
    if (ms < YEAR_0_MS) ms = YEAR_0_MS;
    if (ms > YEAR_9999_END_MS) ms = YEAR_9999_END_MS;
    time_t seconds = ms / 1000 - (ms % 1000 < 0);
    struct tm at = {0};
    (void)gmtime_r(&seconds, &at);
    char text[80]; /* room for what the compiler thinks an int could print */
    (void)snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02dZ", at.tm_year + 1900, at.tm_mon + 1,
                   at.tm_mday, at.tm_hour, at.tm_min, at.tm_sec);
    memcpy(out, text, ND_TIME_BYTES - 1);
    out[ND_TIME_BYTES - 1] = '\0';
}

/* Reads a number of exactly `digits` digits within [min, max] and the character after it (0: none is wanted).
 */
static bool read_part(const char **at, int digits, int min, int max, char after, int *out)
{
    int value = 0;
    for (int i = 0; i < digits; i++, ++*at) {
        if (**at < '0' || **at > '9') return false;
        value = value * 10 + (**at - '0');
    }
    if (value < min || value > max) return false;
    if (after && *(*at)++ != after) return false;
    *out = value;
    return true;
}

static int days_of(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[month - 1];
}

/* "Z" or "+02:00", to the end of the text. */
static bool read_offset(const char *at, int64_t *offset_s)
{
    int hours = 0;
    int minutes = 0;
    int sign = *at == '-' ? -1 : 1;
    if (*at == '+' || *at == '-') {
        at++;
        if (!read_part(&at, 2, 0, 23, ':', &hours) || !read_part(&at, 2, 0, 59, '\0', &minutes)) return false;
    } else if (*at++ != 'Z') {
        return false;
    }
    *offset_s = sign * (hours * INT64_C(3600) + minutes * INT64_C(60));
    return *at == '\0';
}

static bool read_time(const char *at, int64_t *ms)
{
    struct tm tm = {0};
    int64_t offset_s = 0;
    if (!read_part(&at, 4, 0, 9999, '-', &tm.tm_year) || !read_part(&at, 2, 1, 12, '-', &tm.tm_mon) ||
        !read_part(&at, 2, 1, days_of(tm.tm_year, tm.tm_mon), 'T', &tm.tm_mday) ||
        !read_part(&at, 2, 0, 23, ':', &tm.tm_hour) || !read_part(&at, 2, 0, 59, ':', &tm.tm_min) ||
        !read_part(&at, 2, 0, 60, '\0', &tm.tm_sec))
        return false;
    if (*at == '.') {
        size_t fraction = strspn(++at, "0123456789");
        if (fraction == 0) return false;
        at += fraction;
    }
    if (!read_offset(at, &offset_s)) return false;
    tm.tm_year -= 1900;
    tm.tm_mon -= 1;
    *ms = ((int64_t)timegm(&tm) - offset_s) * 1000;
    return true;
}

enum nd_rc nd_time_parse(const char *text, int64_t *ms, struct nd_error *err)
{
    if (text && read_time(text, ms)) return ND_OK;
    return nd_fail(err, ND_BAD_INPUT, "time '%.60s' is not of the form 2026-11-24T06:00:00Z",
                   text ? text : "");
}

enum nd_rc nd_random_id(const struct nd_host *host, char out[33], struct nd_error *err)
{
    uint8_t bits[16];
    enum nd_rc rc = host->random(host->ctx, bits, sizeof bits, err);
    if (rc == ND_OK) nd_hex(bits, sizeof bits, out);
    return rc;
}
