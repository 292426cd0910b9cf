#include "nightdesk/base/alloc.h"
#include "nightdesk/core/request.h"

void nd_strings_add(struct nd_strings *s, const char *text)
{
    ND_GROW(s->v, s->n, s->cap);
    s->v[s->n++] = nd_strdup(text);
}

void nd_strings_release(struct nd_strings *s)
{
    if (!s) return;
    for (size_t i = 0; i < s->n; i++) nd_free(s->v[i]);
    nd_free(s->v);
    *s = (struct nd_strings){0};
}
