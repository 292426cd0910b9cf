#include "evidence.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/index/words.h"
#include <stdlib.h>

struct nd_json *nd_parts_json(const struct nd_parts *parts)
{
    struct nd_json *array = nd_json_array();
    for (unsigned i = 0; i < parts->n; i++) {
        struct nd_json *range = nd_json_add(array, nd_json_object());
        nd_json_set_int(range, "source", parts->v[i].source);
        nd_json_set_int(range, "page", parts->v[i].at.page);
        nd_json_set_int(range, "start", parts->v[i].at.start);
        nd_json_set_int(range, "end", parts->v[i].at.end);
    }
    return array;
}

/* ND_BAD_INPUT names the member. */
static enum nd_rc part_parse(struct nd_part *out, const struct nd_json *json, struct nd_error *err)
{
    int64_t source = 0, page = 0, start = 0, end = 0;
    enum nd_rc rc = nd_json_need_int(json, "range", "source", 1, ND_INPUTS_MAX, &source, err);
    if (rc == ND_OK) rc = nd_json_need_int(json, "range", "page", 1, UINT32_MAX - 1, &page, err);
    if (rc == ND_OK)
        rc = nd_json_need_int(json, "range", "start", 0, (int64_t)ND_PAGE_TEXT_MAX_BYTES, &start, err);
    if (rc == ND_OK)
        rc = nd_json_need_int(json, "range", "end", start + 1, (int64_t)ND_PAGE_TEXT_MAX_BYTES, &end, err);
    if (rc != ND_OK) return rc;
    *out = (struct nd_part){(uint32_t)source, {(uint32_t)page, (uint32_t)start, (uint32_t)end}};
    return ND_OK;
}

enum nd_rc nd_parts_parse(struct nd_parts *out, const struct nd_json *json, struct nd_error *err)
{
    struct nd_parts parts = {0};
    size_t n = nd_json_len(json);
    if (n < 1 || n > ND_PARTS_MAX) return nd_fail(err, ND_BROKEN, "a quote has %zu parts, wanted 1 or 2", n);
    ND_JSON_EACH(range, json)
    {
        struct nd_error found = {0};
        if (part_parse(&parts.v[parts.n++], range, &found) != ND_OK)
            return nd_fail(err, ND_BROKEN, "a quote's place is damaged: %s", found.note[0]);
    }
    if (n == 2 && (parts.v[0].source != parts.v[1].source || parts.v[1].at.page != parts.v[0].at.page + 1))
        return nd_fail(err, ND_BROKEN,
                       "the two parts of a quote are not on neighbouring pages of one source");
    *out = parts;
    return ND_OK;
}

bool nd_parts_overlap(const struct nd_parts *a, const struct nd_parts *b)
{
    for (unsigned i = 0; i < a->n; i++) {
        for (unsigned j = 0; j < b->n; j++) {
            const struct nd_part *x = &a->v[i], *y = &b->v[j];
            if (x->source == y->source && x->at.page == y->at.page && x->at.start < y->at.end &&
                y->at.start < x->at.end)
                return true;
        }
    }
    return false;
}

int nd_parts_cmp(const struct nd_parts *a, const struct nd_parts *b)
{
    const struct nd_part *x = &a->v[0], *y = &b->v[0];
    if (x->source != y->source) return x->source < y->source ? -1 : 1;
    if (x->at.page != y->at.page) return x->at.page < y->at.page ? -1 : 1;
    if (x->at.start != y->at.start) return x->at.start < y->at.start ? -1 : 1;
    return 0;
}

/* ---- term sets ---- */

static void add_term(void *ctx, struct nd_view term, bool exact)
{
    if (exact) return;
    struct nd_termset *set = ctx;
    uint64_t hash = 14695981039346656037u; /* FNV-1a */
    for (size_t i = 0; i < term.len; i++) hash = (hash ^ (uint8_t)term.data[i]) * 1099511628211u;
    ND_GROW(set->v, set->n, set->cap);
    set->v[set->n++] = hash;
}

static int by_value(const void *a, const void *b)
{
    const uint64_t *x = a, *y = b;
    return *x < *y ? -1 : *x > *y;
}

void nd_termset_of(struct nd_termset *out, struct nd_view text, const char *lang)
{
    *out = (struct nd_termset){0};
    nd_terms(text, lang, add_term, out);
    if (out->n == 0) return;
    qsort(out->v, out->n, sizeof *out->v, by_value);
    size_t kept = 1;
    for (size_t i = 1; i < out->n; i++) {
        if (out->v[i] != out->v[kept - 1]) out->v[kept++] = out->v[i];
    }
    out->n = kept;
}

void nd_termset_release(struct nd_termset *set)
{
    nd_free(set->v);
    *set = (struct nd_termset){0};
}

size_t nd_termset_shared(const struct nd_termset *a, const struct nd_termset *b)
{
    size_t both = 0;
    for (size_t i = 0, j = 0; i < a->n && j < b->n;) {
        if (a->v[i] == b->v[j])
            both++, i++, j++;
        else if (a->v[i] < b->v[j])
            i++;
        else
            j++;
    }
    return both;
}

double nd_termset_jaccard(const struct nd_termset *a, const struct nd_termset *b)
{
    if (a->n == 0 || b->n == 0) return 0;
    size_t both = nd_termset_shared(a, b);
    return (double)both / (double)(a->n + b->n - both);
}

double nd_termset_within(const struct nd_termset *a, const struct nd_termset *b)
{
    return a->n ? (double)nd_termset_shared(a, b) / (double)a->n : 0;
}
