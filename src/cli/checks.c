#include "checks.h"
#include "nightdesk/base/alloc.h"

static void tell(struct checks *c, enum verdict verdict, const char *what, const char *found)
{
    static const char *const words[] = {"ok", "warning", "wrong"};
    static const enum style styles[] = {STYLE_GOOD, STYLE_WARN, STYLE_BAD};
    c->bad = c->bad || verdict == BAD;
    struct nd_json *row = nd_json_add(c->rows, nd_json_object());
    nd_json_set_str(row, "check", what);
    nd_json_set_str(row, "verdict", words[verdict]);
    nd_json_set_str(row, "found", found);
    if (!c->cli->screen.json)
        screen_data(&c->cli->screen, styles[verdict], "%-8s %-10s %s", words[verdict], what, found);
}

void checks_tell(struct checks *c, enum verdict verdict, const char *what, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *found = nd_vsprintf(fmt, args);
    va_end(args);
    tell(c, verdict, what, found);
    nd_free(found);
}

void checks_tell_error(struct checks *c, enum verdict verdict, const char *what, const struct nd_error *err,
                       const char *mend)
{
    checks_tell(c, verdict, what, "%s%s%s", err->notes ? err->note[0] : nd_rc_word(err->rc), mend ? "; " : "",
                mend ? mend : "");
}
