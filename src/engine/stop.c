#include "loop.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/log.h"
#include "nightdesk/base/text.h"

#include <stdio.h>
#include <string.h>

void nd_stop_release(struct nd_stop *stop)
{
    nd_json_free(stop->shown);
    *stop = (struct nd_stop){.outcome = ND_RUNNING};
}

static void set_reason(struct nd_stop *stop, const char *text)
{
    struct nd_bytes masked = ND_BYTES(ND_MIB), line = ND_BYTES(ND_MIB);
    nd_log_mask(nd_view_of(text), &masked); /* a reason is shown, logged and sent in notifications */
    nd_text_printable(nd_bytes_view(&masked), &line);
    nd_bytes_release(&masked);
    size_t len = nd_utf8_cut(nd_bytes_view(&line), sizeof stop->reason - 1);
    memcpy(stop->reason, nd_bytes_view(&line).data, len);
    stop->reason[len] = '\0';
    for (char *c = stop->reason; *c; c++) { /* META has room for the reason, not for what JSON makes of it */
        if (*c == '"') *c = '\'';
        if (*c == '\\') *c = '/';
    }
    nd_bytes_release(&line);
}

void nd_stop_set(struct nd_stop *stop, enum nd_outcome outcome, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *text = nd_vsprintf(fmt, args);
    va_end(args);
    stop->outcome = outcome;
    set_reason(stop, text);
    nd_free(text);
}

void nd_stop_fail(struct nd_stop *stop, const struct nd_error *err)
{
    const char *first = err->notes ? err->note[0] : nd_rc_word(err->rc);
    nd_stop_set(stop, ND_FAILED, "%s", first);
}

bool nd_stop_fails(enum nd_rc rc)
{
    return rc == ND_BAD_INPUT || rc == ND_BROKEN || rc == ND_NOT_FOUND || rc == ND_CONFLICT ||
           rc == ND_OVER_LIMIT;
}

bool nd_stop_at_ceiling(const struct nd_stop *stop)
{
    return stop->outcome == ND_BUDGET_EXCEEDED || stop->outcome == ND_LIMIT_REACHED;
}

bool nd_stop_stronger(const struct nd_stop *a, const struct nd_stop *b)
{
    static const unsigned char rank[ND_OUTCOMES] = {
        [ND_FAILED] = 9,        [ND_CANCELLED] = 8,         [ND_REJECTED] = 7,
        [ND_EXPIRED] = 6,       [ND_YIELDED] = 5,           [ND_BUDGET_EXCEEDED] = 4,
        [ND_LIMIT_REACHED] = 3, [ND_AWAITING_APPROVAL] = 2, [ND_AWAITING_ANSWER] = 1,
    };
    return rank[a->outcome] > rank[b->outcome];
}
