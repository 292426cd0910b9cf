#include "mend.h"
#include "nightdesk/base/text.h"

#include <string.h>

static long hex4(const char *digits)
{
    long value = 0;
    for (int i = 0; i < 4; i++) {
        const char *all = "0123456789abcdef0123456789ABCDEF", *at = digits[i] ? strchr(all, digits[i]) : NULL;
        if (!at) return -1;
        value = value * 16 + (at - all) % 16;
    }
    return value;
}

/* \u0000 and half surrogate pairs become \ufffd, in place: what a model says must not make its answer
 * unreadable. */
static void mend_escapes(struct nd_bytes *body)
{
    for (size_t i = 0; i + 5 < body->len; i++) {
        if (body->data[i] != '\\') continue;
        if (body->data[++i] != 'u' || i + 4 >= body->len) continue;
        char *digits = body->data + i + 1;
        long unit = hex4(digits);
        i += 4;
        bool high = unit >= 0xD800 && unit <= 0xDBFF, low = unit >= 0xDC00 && unit <= 0xDFFF;
        if (high && i + 6 < body->len && digits[4] == '\\' && digits[5] == 'u') {
            long next = hex4(digits + 6);
            if (next >= 0xDC00 && next <= 0xDFFF) {
                i += 6;
                continue;
            }
        }
        if (unit == 0 || high || low) memcpy(digits, "fffd", 4);
    }
}

void mend(struct nd_bytes *body)
{
    if (!nd_utf8_valid(nd_bytes_view(body))) {
        struct nd_bytes repaired = ND_BYTES(ND_BYTES_MAX);
        nd_utf8_repair(nd_bytes_view(body), &repaired);
        nd_bytes_release(body);
        *body = repaired;
    }
    mend_escapes(body);
}
