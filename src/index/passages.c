#include "analysis.h"

#include "nightdesk/base/alloc.h"

static bool is_indexed(const struct nd_unit *unit)
{
    return unit->kind != ND_UNIT_FURNITURE && unit->kind != ND_UNIT_CONTENTS && unit->kind != ND_UNIT_INDEX &&
           unit->kind != ND_UNIT_REFERENCE;
}

static bool closes(const struct nd_passage *passage, const struct nd_unit *next)
{
    if (passage->page != next->at.page || passage->words >= ND_PASSAGE_WORDS) return true;
    return passage->section != next->section && passage->words >= ND_PASSAGE_SHORT;
}

void nd_passages_cut(struct nd_analysis *a)
{
    struct nd_passage *open = NULL;
    for (size_t i = 0; i < a->unit_count; i++) {
        struct nd_unit *unit = &a->units[i];
        if (!is_indexed(unit)) continue;
        if (!open || closes(open, unit)) {
            ND_GROW(a->passages, a->passage_count, a->passage_cap);
            open = &a->passages[a->passage_count++];
            *open = (struct nd_passage){.page = unit->at.page, .section = unit->section, .unit = (uint32_t)i};
        }
        unit->passage = (uint32_t)a->passage_count - 1;
        open->unit_count = (uint32_t)i + 1 - open->unit;
        open->words += unit->words;
    }
}
