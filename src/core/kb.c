#include "nightdesk/core/kb.h"
#include "nightdesk/base/alloc.h"
#include <string.h>

static const char scheme[] = "bedrock:";

static bool holds_only(struct nd_view text, const char *wanted)
{
    for (size_t i = 0; i < text.len; i++)
        if (!text.data[i] || !strchr(wanted, text.data[i])) return false;
    return true;
}

bool nd_kb_is_address(const char *text)
{
    return strchr(text, ':') != NULL;
}

bool nd_kb_split(struct nd_kb_address *out, const char *text)
{
    static const char lower[] = "abcdefghijklmnopqrstuvwxyz0123456789-";
    static const char any[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    struct nd_view all = nd_view_of(text);
    if (!nd_view_starts(all, scheme)) return false;
    size_t start = sizeof scheme - 1, colon = nd_view_find(all, ND_VIEW(":"), start);
    if (colon == SIZE_MAX) return false;
    struct nd_view region = nd_view_sub(all, start, colon), id = nd_view_sub(all, colon + 1, all.len);
    bool fits = region.len > 0 && region.len < sizeof out->region && id.len == sizeof out->id - 1;
    if (!fits || !holds_only(region, lower) || !holds_only(id, any)) return false;
    *out = (struct nd_kb_address){.region = ""};
    memcpy(out->region, region.data, region.len);
    memcpy(out->id, id.data, id.len);
    return true;
}

size_t nd_kbs_elsewhere(const struct nd_request *request)
{
    size_t n = 0;
    for (size_t i = 0; i < request->kbs.n; i++) n += nd_kb_is_address(request->kbs.v[i]);
    return n;
}

void nd_kb_passages_release(struct nd_kb_passages *passages)
{
    if (!passages) return;
    for (size_t i = 0; i < passages->n; i++) {
        nd_free(passages->v[i].text);
        nd_free(passages->v[i].place);
    }
    nd_free(passages->told);
    nd_free(passages->why);
    *passages = (struct nd_kb_passages){.n = 0};
}
