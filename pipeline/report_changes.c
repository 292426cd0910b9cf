/* What has changed since an earlier report: sources by where they lie and what they hold, statements by their
 * marks. */
#include "nightdesk/base/alloc.h"
#include "report_builder.h"
#include <stdlib.h>
#include <string.h>

struct earlier {
    const struct nd_json *json;
    const char *place, *sha256;
    bool found;
};

static const char *place_of(const struct nd_json *source)
{
    const char *url = nd_json_get_str(source, "url"), *path = nd_json_get_str(source, "path");
    return url ? url : path ? path : "";
}

static int by_place(const void *a, const void *b)
{
    const struct earlier *x = a, *y = b;
    int order = strcmp(x->place, y->place);
    return order ? order : strcmp(x->sha256, y->sha256);
}

static int by_sha256(const void *a, const void *b)
{
    return strcmp((*(struct earlier *const *)a)->sha256, (*(struct earlier *const *)b)->sha256);
}

struct comparison {
    struct earlier *v;         /* by place */
    struct earlier **by_bytes; /* the same by sha256 */
    size_t n;
    struct nd_json *fresh, *changed, *withdrawn;
    int64_t unchanged;
};

static void compare_open(struct comparison *c, const struct nd_json *sources)
{
    size_t n = nd_json_len(sources);
    *c = (struct comparison){.v = ND_ARRAY(struct earlier, n + 1),
                             .by_bytes = ND_ARRAY(struct earlier *, n + 1),
                             .fresh = nd_json_array(),
                             .changed = nd_json_array(),
                             .withdrawn = nd_json_array()};
    ND_JSON_EACH(source, sources)
    c->v[c->n++] = (struct earlier){source, place_of(source), nd_json_get_str(source, "sha256"), false};
    qsort(c->v, c->n, sizeof *c->v, by_place);
    for (size_t i = 0; i < c->n; i++) c->by_bytes[i] = &c->v[i];
    qsort(c->by_bytes, c->n, sizeof *c->by_bytes, by_sha256);
}

/* The first of the earlier ones with that place whose bytes are the same, else the first with that place. */
static struct earlier *at_place(struct comparison *c, const char *place, const char *sha256)
{
    size_t low = 0, high = c->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (strcmp(c->v[middle].place, place) < 0)
            low = middle + 1;
        else
            high = middle;
    }
    struct earlier *any = NULL;
    for (; low < c->n && strcmp(c->v[low].place, place) == 0; low++) {
        if (strcmp(c->v[low].sha256, sha256) == 0) return &c->v[low];
        if (!any && !c->v[low].found) any = &c->v[low];
    }
    return any;
}

/* One with the same bytes elsewhere: it was moved. */
static struct earlier *with_bytes(struct comparison *c, const char *sha256)
{
    struct earlier wanted = {.sha256 = sha256}, *key = &wanted, **found = NULL;
    if (c->n > 0) found = bsearch(&key, c->by_bytes, c->n, sizeof *c->by_bytes, by_sha256);
    return found ? *found : NULL;
}

static void compare(struct comparison *c, const struct nd_json *source)
{
    const char *sha256 = nd_json_get_str(source, "sha256");
    if (!sha256) sha256 = "";
    struct earlier *before = at_place(c, place_of(source), sha256);
    if (!before && *sha256) before = with_bytes(c, sha256);
    if (before) before->found = true;
    if (before && strcmp(before->sha256, sha256) == 0)
        c->unchanged++;
    else
        nd_json_add_int(before ? c->changed : c->fresh, nd_json_get_int(source, "id", 0));
}

static void add_withdrawn(struct comparison *c)
{
    static const char *const kept[] = {"title", "path", "url"};
    for (size_t i = 0; i < c->n; i++) {
        if (c->v[i].found) continue;
        struct nd_json *json = nd_json_add(c->withdrawn, nd_json_object());
        for (size_t k = 0; k < sizeof kept / sizeof *kept; k++) {
            const char *text = nd_json_get_str(c->v[i].json, kept[k]);
            if (text) nd_json_set_str(json, kept[k], text);
        }
        nd_json_set_bool(json, "used", nd_json_get_bool(c->v[i].json, "used", false));
    }
}

/* A mark of the earlier report's statements, and whether a statement of this report has it. */
struct mark {
    const char *text;
    bool kept;
};

static int by_mark(const void *a, const void *b)
{
    return strcmp(((const struct mark *)a)->text, ((const struct mark *)b)->text);
}

static size_t without_twins(struct mark *sorted, size_t n)
{
    size_t kept = 0;
    for (size_t i = 0; i < n; i++) {
        if (kept == 0 || by_mark(&sorted[kept - 1], &sorted[i]) != 0) sorted[kept++] = sorted[i];
    }
    return kept;
}

static struct mark *find_mark(struct mark *known, size_t n, const char *text)
{
    struct mark key = {text, false};
    return n > 0 ? bsearch(&key, known, n, sizeof *known, by_mark) : NULL;
}

/* Ids of the statements in sections that the earlier report did not have, and how many of its are gone. */
static void add_statements(const struct nd_builder *b, const struct nd_json *marks, struct nd_json *changes)
{
    size_t n = 0;
    int64_t gone = 0;
    struct mark *known = ND_ARRAY(struct mark, nd_json_len(marks) + 1);
    struct nd_json *ids = nd_json_set(changes, "new_statements", nd_json_array());
    ND_JSON_EACH(mark, marks) known[n++] = (struct mark){nd_json_str(mark), false};
    qsort(known, n, sizeof *known, by_mark);
    n = without_twins(known, n);
    ND_JSON_EACH(section, nd_json_get(b->report, "sections"))
    {
        ND_JSON_EACH(claim, nd_json_get(section, "claims"))
        {
            char text[17];
            nd_statement_mark(nd_json_get_str(claim, "text"), text);
            struct mark *mark = find_mark(known, n, text);
            if (mark)
                mark->kept = true;
            else
                nd_json_add_str(ids, nd_json_get_str(claim, "id"));
        }
    }
    for (size_t i = 0; i < n; i++) gone += !known[i].kept;
    nd_json_set_int(changes, "gone_statements", gone);
    nd_free(known);
}

void nd_builder_changes(struct nd_builder *b)
{
    const struct nd_json *since = b->scene->request->since;
    if (!since) return;
    struct comparison c;
    compare_open(&c, nd_json_get(since, "sources"));
    ND_JSON_EACH(source, nd_json_get(b->report, "sources")) compare(&c, source);
    add_withdrawn(&c);
    bool none = nd_json_len(c.fresh) + nd_json_len(c.changed) + nd_json_len(c.withdrawn) == 0;
    struct nd_json *changes = nd_json_set(b->report, "changes", nd_json_object());
    nd_json_set_str(changes, "run_id", nd_json_get_str(since, "run_id"));
    nd_json_set_str(changes, "started_at", nd_json_get_str(since, "started_at"));
    nd_json_set(changes, "new", c.fresh);
    nd_json_set(changes, "changed", c.changed);
    nd_json_set(changes, "withdrawn", c.withdrawn);
    nd_json_set_int(changes, "unchanged", c.unchanged);
    add_statements(b, nd_json_get(since, "statements"), changes);
    if (none) nd_json_set_bool(b->report, "quiet", true);
    nd_free(c.v);
    nd_free(c.by_bytes);
}
