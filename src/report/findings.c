#include "nightdesk/report/findings.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"

static char *printable(const char *text)
{
    struct nd_view v = nd_view_of(text);
    struct nd_bytes out = ND_BYTES(ND_BYTES_MAX);
    nd_text_printable(nd_view_sub(v, 0, nd_utf8_cut(v, ND_FINDING_TEXT_MAX_BYTES)), &out);
    if (v.len > ND_FINDING_TEXT_MAX_BYTES) nd_bytes_add_str(&out, "…");
    return nd_bytes_take(&out, NULL);
}

void nd_findings_add(struct nd_findings *f, const char *file, const char *subject, const char *fmt, ...)
{
    if (f->n >= ND_FINDINGS_MAX) {
        f->more++;
        return;
    }
    va_list args;
    va_start(args, fmt);
    char *what = nd_vsprintf(fmt, args);
    va_end(args);
    ND_GROW(f->v, f->n, f->cap);
    f->v[f->n++] = (struct nd_finding){printable(file), printable(subject), printable(what)};
    nd_free(what);
}

size_t nd_findings_total(const struct nd_findings *f)
{
    return f->n + f->more;
}

void nd_findings_release(struct nd_findings *f)
{
    for (size_t i = 0; i < f->n; i++) {
        nd_free(f->v[i].file);
        nd_free(f->v[i].subject);
        nd_free(f->v[i].what);
    }
    nd_free(f->v);
    *f = (struct nd_findings){0};
}
