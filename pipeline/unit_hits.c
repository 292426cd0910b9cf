#include "unit_hits.h"
#include "candidate.h"
#include "nightdesk/base/alloc.h"
#include <string.h>

bool nd_unit_is_shown(const struct nd_collection *c, uint32_t unit)
{
    uint8_t kind = nd_collection_unit(c, unit)->kind;
    return kind != ND_UNIT_FURNITURE && kind != ND_UNIT_CONTENTS && kind != ND_UNIT_INDEX;
}

void nd_unit_hits_try(struct nd_unit_hits *hits, const struct nd_query *q, uint32_t unit)
{
    bool head = nd_collection_unit(q->collection, unit)->kind == ND_UNIT_HEAD;
    if (head || !nd_unit_is_shown(q->collection, unit)) return;
    int64_t score = nd_unit_score(q, unit);
    size_t at = hits->n;
    if (score <= 0) return;
    while (at > 0 && hits->v[at - 1].score < score) at--;
    if (at == ND_UNIT_HITS) return;
    size_t moved = (hits->n < ND_UNIT_HITS ? hits->n : ND_UNIT_HITS - 1) - at;
    memmove(&hits->v[at + 1], &hits->v[at], moved * sizeof *hits->v);
    hits->v[at].unit = unit;
    hits->v[at].score = score;
    if (hits->n < ND_UNIT_HITS) hits->n++;
}

struct nd_json *nd_unit_item(const struct nd_collection *c, uint32_t unit)
{
    const struct nd_unit *u = nd_collection_unit(c, unit);
    const struct nd_section *section = nd_collection_section(c, u->section);
    struct nd_parts parts;
    char *text = nd_unit_quoted(c, unit);
    nd_units_parts(c, unit, unit, &parts);
    struct nd_json *item = nd_quote_json(c, &parts, text);
    nd_json_set_str(item, "section", section ? section->title : NULL);
    if (u->kind == ND_UNIT_HEAD) nd_json_set_bool(item, "head", true);
    nd_free(text);
    return item;
}

struct nd_json *nd_unit_hits_json(const struct nd_unit_hits *hits, const struct nd_collection *c)
{
    struct nd_json *items = nd_json_array();
    for (size_t i = 0; i < hits->n; i++) nd_json_add(items, nd_unit_item(c, hits->v[i].unit));
    return items;
}
