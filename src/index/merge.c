#include "merge.h"

#include "nightdesk/base/alloc.h"

static uint32_t moved(uint32_t index, size_t by)
{
    return index == ND_NONE ? ND_NONE : index + (uint32_t)by;
}

/* Moves one document's units, passages and sections behind those that are there. */
static void merge_layout(struct nd_collection *c, uint32_t d, struct nd_analysis *a)
{
    struct nd_document *document = &c->documents[d];
    document->lang = a->lang;
    document->unit = (uint32_t)c->unit_count;
    document->unit_count = (uint32_t)a->unit_count;
    document->passage = (uint32_t)c->passage_count;
    document->passage_count = (uint32_t)a->passage_count;
    document->section = (uint32_t)c->section_count;
    document->section_count = (uint32_t)a->section_count;
    for (size_t i = 0; i < a->unit_count; i++) {
        struct nd_unit *unit = &c->units[c->unit_count + i];
        *unit = a->units[i];
        unit->document = d;
        unit->section = moved(unit->section, c->section_count);
        unit->passage = moved(unit->passage, c->passage_count);
    }
    for (size_t i = 0; i < a->passage_count; i++) {
        struct nd_passage *passage = &c->passages[c->passage_count + i];
        *passage = a->passages[i];
        passage->document = d;
        passage->section = moved(passage->section, c->section_count);
        passage->unit = moved(passage->unit, c->unit_count);
    }
    for (size_t i = 0; i < a->section_count; i++) {
        struct nd_section *section = &c->sections[c->section_count + i];
        *section = a->sections[i];
        section->document = d;
        section->parent = moved(section->parent, c->section_count);
    }
    c->unit_count += a->unit_count;
    c->passage_count += a->passage_count;
    c->section_count += a->section_count;
    a->section_count = 0; /* the strings have a new owner */
}

void nd_merge_layouts(struct nd_collection *c, struct nd_job *jobs)
{
    size_t units = 0;
    size_t passages = 0;
    size_t sections = 0;
    for (size_t i = 0; i < c->document_count; i++) {
        units += jobs[i].analysis.unit_count;
        passages += jobs[i].analysis.passage_count;
        sections += jobs[i].analysis.section_count;
    }
    c->units = ND_ARRAY(struct nd_unit, units);
    c->passages = ND_ARRAY(struct nd_passage, passages);
    c->sections = ND_ARRAY(struct nd_section, sections);
    for (uint32_t i = 0; i < c->document_count; i++) merge_layout(c, i, &jobs[i].analysis);
}

static void copy_rows(struct nd_vectors *into, const struct nd_vectors *from, const uint32_t *numbers)
{
    struct nd_posting *row = NULL;
    size_t cap = 0;
    for (size_t i = 0; i < from->rows; i++) {
        struct nd_vector v = nd_vectors_row(from, i);
        if (v.n > cap) row = nd_realloc(row, cap = v.n * 2, sizeof *row);
        for (size_t k = 0; k < v.n; k++) row[k] = (struct nd_posting){numbers[v.v[k].term], v.v[k].tf};
        nd_vectors_add(into, row, v.n);
    }
    nd_free(row);
}

void nd_merge_terms(struct nd_collection *c, struct nd_job *jobs)
{
    for (size_t i = 0; i < c->document_count; i++) {
        struct nd_doc_terms *t = &jobs[i].terms;
        uint32_t *numbers = ND_ARRAY(uint32_t, t->terms.n);
        for (uint32_t k = 0; k < t->terms.n; k++)
            numbers[k] = nd_strmap_add(&c->terms, nd_strmap_at(&t->terms, k));
        copy_rows(&c->unit_terms, &t->units, numbers);
        copy_rows(&c->passage_terms, &t->passages, numbers);
        copy_rows(&c->section_terms, &t->sections, numbers);
        copy_rows(&c->name_terms, &t->name, numbers);
        nd_free(numbers);
        nd_doc_terms_release(t);
    }
}
