#include "nightdesk/base/error.h"
#include "nightdesk/base/text.h"

#include <stdio.h>
#include <string.h>

static const char *const rc_words[] = {
    [ND_OK] = "ok",
    [ND_RETRY] = "retry",
    [ND_UNKNOWN] = "unknown",
    [ND_LOST_LEASE] = "lost_lease",
    [ND_OVER_LIMIT] = "over_limit",
    [ND_BAD_INPUT] = "bad_input",
    [ND_NOT_FOUND] = "not_found",
    [ND_CONFLICT] = "conflict",
    [ND_CONFIG] = "config",
    [ND_VERSION] = "version",
    [ND_FULL] = "full",
    [ND_STOPPED] = "stopped",
    [ND_BROKEN] = "broken",
};

const char *nd_rc_word(enum nd_rc rc)
{
    size_t at = (size_t)rc;
    return at < sizeof rc_words / sizeof rc_words[0] ? rc_words[at] : "broken";
}

static ND_PRINTF(2, 0) void add_note(struct nd_error *err, const char *fmt, va_list args)
{
    unsigned at = err->notes < ND_ERROR_NOTES ? err->notes : ND_ERROR_NOTES - 1;
    char whole[ND_ERROR_NOTE_BYTES + 4] = ""; /* a little more than fits, so that the cut sees what it cuts */
    (void)vsnprintf(whole, sizeof whole, fmt, args);
    size_t len = nd_utf8_cut(nd_view_of(whole), ND_ERROR_NOTE_BYTES - 1);
    memcpy(err->note[at], whole, len);
    err->note[at][len] = '\0';
    err->notes = at + 1;
}

enum nd_rc nd_fail(struct nd_error *err, enum nd_rc rc, const char *fmt, ...)
{
    if (!err) return rc;
    err->rc = rc;
    err->notes = 0;
    va_list args;
    va_start(args, fmt);
    add_note(err, fmt, args);
    va_end(args);
    return rc;
}

enum nd_rc nd_while(struct nd_error *err, const char *fmt, ...)
{
    if (!err) return ND_BROKEN;
    va_list args;
    va_start(args, fmt);
    add_note(err, fmt, args);
    va_end(args);
    return err->rc;
}

void nd_error_clear(struct nd_error *err)
{
    if (!err) return;
    err->rc = ND_OK;
    err->notes = 0;
}
