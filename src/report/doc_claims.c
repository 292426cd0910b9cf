/* Sections, claims, contradictions and gaps of report.json. */
#include "doc.h"
#include "reader.h"

#include "nightdesk/base/alloc.h"

#include <string.h>

static void read_section(struct doc *doc, struct reader *r, const struct nd_json *item)
{
    static const char *const statuses[] = {"found", "nothing_solid", NULL};
    rd_at(r, "section %zu", doc->section_count + 1);
    struct doc_section *s = &doc->sections[doc->section_count];
    *s = (struct doc_section){
        .id = rd_id(r, item, "id", 's'),
        .title = rd_need(r, item, "title"),
        .question = rd_text(r, item, "question"),
        .why = rd_text(r, item, "why"),
        .note = rd_text(r, item, "note"),
        .found = rd_word(r, item, "status", statuses) == 0,
    };
    ids_add(&doc->section_ids, s->id, doc->section_count++);
}

void doc_read_sections(struct doc *doc, struct reader *r)
{
    rd_at(r, "the report");
    const struct nd_json *array = rd_array(r, doc->json, "sections", SECTIONS_MAX);
    doc->sections = ND_ARRAY(struct doc_section, nd_json_len(array) + 1);
    ND_JSON_EACH(item, array)
    {
        if (r->rc == ND_OK) read_section(doc, r, item);
    }
    const char *twice = ids_sort(&doc->section_ids);
    if (twice) rd_fail(r, "id '%s' stands twice", twice);
}

static void read_cell_refs(struct doc *doc, struct reader *r, const struct nd_json *item, struct doc_claim *c)
{
    const struct nd_json *array = rd_array(r, item, "cells", REFS_MAX);
    c->cells = ND_ARRAY(struct cell_ref, nd_json_len(array) + 1);
    ND_JSON_EACH(triple, array)
    {
        const char *id = nd_json_str(nd_json_at(triple, 0));
        if (nd_json_len(triple) != 3 || !id) {
            rd_fail(r, "'cells' wants [exhibit, row, column]");
            return;
        }
        size_t exhibit = doc_find(r, &doc->exhibit_ids, id);
        if (r->rc != ND_OK) return;
        int64_t row = nd_json_int(nd_json_at(triple, 1), -1), column = nd_json_int(nd_json_at(triple, 2), -1);
        const struct doc_exhibit *x = &doc->exhibits[exhibit];
        if (row < 0 || column < 0 || (size_t)row >= x->rows || (size_t)column >= x->column_count) {
            rd_fail(r, "'cells' names row %lld, column %lld of '%s', which has %zu and %zu", (long long)row,
                    (long long)column, id, x->rows, x->column_count);
            return;
        }
        c->cells[c->cell_count++] = (struct cell_ref){exhibit, (size_t)row, (size_t)column};
    }
}

/* Premises are resolved when all claims are known: they may name later ones. */
static void read_claim(struct doc *doc, struct reader *r, const struct nd_json *item, size_t section,
                       bool summary)
{
    static const char *const verdicts[] = {"quoted", "supported", "unjudged", "caveat", NULL};
    rd_at(r, "claim '%.20s'", nd_json_get_str(item, "id") ? nd_json_get_str(item, "id") : "?");
    if (doc->claim_count >= CLAIMS_MAX) rd_fail(r, "is over the limit of %d claims", CLAIMS_MAX);
    if (r->rc != ND_OK) return;
    struct doc_claim *c = &doc->claims[doc->claim_count++];
    *c = (struct doc_claim){
        .id = rd_id(r, item, "id", 'c'),
        .text = rd_need(r, item, "text"),
        .confidence = rd_text(r, item, "confidence"),
        .verdict = (enum verdict)rd_word(r, item, "verdict", verdicts),
        .section = section,
        .summary = summary,
    };
    doc_read_refs(r, &doc->quote_ids, item, "quotes", &c->quotes);
    read_cell_refs(doc, r, item, c);
    const char *of = summary ? rd_text(r, item, "section") : "";
    if (*of) c->section = doc_find(r, &doc->section_ids, of);
    if (strlen(c->text) > CLAIM_MAX_BYTES)
        rd_fail(r, "is longer than the limit of %d bytes", CLAIM_MAX_BYTES);
    if (c->verdict == QUOTED && !c->quotes.n) rd_fail(r, "is quoted but has no quote");
    ids_add(&doc->claim_ids, c->id, doc->claim_count - 1);
}

static void read_premises(struct doc *doc, struct reader *r, const struct nd_json *claims, size_t first)
{
    ND_JSON_EACH(item, claims)
    {
        if (r->rc != ND_OK) return;
        struct doc_claim *c = &doc->claims[first++];
        rd_at(r, "claim '%s'", c->id);
        doc_read_refs(r, &doc->claim_ids, item, "premises", &c->premises);
    }
}

void doc_read_claims(struct doc *doc, struct reader *r)
{
    rd_at(r, "the report");
    const struct nd_json *summary = rd_array(r, doc->json, "summary", CLAIMS_MAX);
    const struct nd_json *sections = rd_array(r, doc->json, "sections", SECTIONS_MAX);
    doc->claims = ND_ARRAY(struct doc_claim, CLAIMS_MAX);
    ND_JSON_EACH(item, summary) read_claim(doc, r, item, NONE, true);
    doc->summary_count = doc->claim_count;
    size_t s = 0;
    ND_JSON_EACH(section, sections)
    {
        if (r->rc != ND_OK) return;
        doc->sections[s].first = doc->claim_count;
        rd_at(r, "section '%s'", doc->sections[s].id);
        const struct nd_json *claims = rd_array(r, section, "claims", CLAIMS_MAX);
        ND_JSON_EACH(item, claims) read_claim(doc, r, item, s, false);
        doc->sections[s].n = doc->claim_count - doc->sections[s].first;
        s++;
    }
    const char *twice = ids_sort(&doc->claim_ids);
    if (twice) rd_fail(r, "id '%s' stands twice", twice);
    read_premises(doc, r, summary, 0);
    s = 0;
    ND_JSON_EACH(section, sections)
    {
        if (r->rc == ND_OK) read_premises(doc, r, nd_json_get(section, "claims"), doc->sections[s++].first);
    }
}

void doc_free_claims(struct doc *doc)
{
    for (size_t i = 0; i < doc->claim_count; i++) {
        nd_free(doc->claims[i].quotes.v);
        nd_free(doc->claims[i].premises.v);
        nd_free(doc->claims[i].cells);
    }
    nd_free(doc->claims);
    nd_free(doc->sections);
}

static void read_value(struct doc *doc, struct reader *r, const struct nd_json *item,
                       struct doc_contradiction *d)
{
    struct doc_value *v = &d->values[d->n];
    v->text = rd_need(r, item, "value");
    v->unit = rd_text(r, item, "unit");
    v->quote = doc_find(r, &doc->quote_ids, rd_need(r, item, "quote"));
    if (r->rc == ND_OK) d->n++;
}

static void read_contradiction(struct doc *doc, struct reader *r, const struct nd_json *item)
{
    struct doc_contradiction *d = &doc->contradictions[doc->contradiction_count++];
    rd_at(r, "contradiction %zu", doc->contradiction_count);
    d->id = rd_id(r, item, "id", 'd');
    d->label = rd_need(r, item, "label");
    const struct nd_json *values = rd_array(r, item, "values", VALUES_MAX);
    d->values = ND_ARRAY(struct doc_value, nd_json_len(values) + 1);
    ND_JSON_EACH(value, values)
    {
        if (r->rc == ND_OK) read_value(doc, r, value, d);
    }
}

static void read_gap(struct doc *doc, struct reader *r, const struct nd_json *item)
{
    struct doc_gap *g = &doc->gaps[doc->gap_count++];
    rd_at(r, "gap %zu", doc->gap_count);
    g->id = rd_id(r, item, "id", 'g');
    g->what = rd_need(r, item, "what");
    g->why = rd_text(r, item, "why");
}

void doc_read_lists(struct doc *doc, struct reader *r)
{
    struct ids ids = {0};
    rd_at(r, "the report");
    const struct nd_json *contradictions = rd_array(r, doc->json, "contradictions", LIST_MAX);
    const struct nd_json *gaps = rd_array(r, doc->json, "gaps", LIST_MAX);
    doc->contradictions = ND_ARRAY(struct doc_contradiction, nd_json_len(contradictions) + 1);
    doc->gaps = ND_ARRAY(struct doc_gap, nd_json_len(gaps) + 1);
    ND_JSON_EACH(item, contradictions)
    {
        if (r->rc != ND_OK) break;
        read_contradiction(doc, r, item);
        ids_add(&ids, doc->contradictions[doc->contradiction_count - 1].id, 0);
    }
    ND_JSON_EACH(item, gaps)
    {
        if (r->rc != ND_OK) break;
        read_gap(doc, r, item);
        ids_add(&ids, doc->gaps[doc->gap_count - 1].id, 0);
    }
    const char *twice = ids_sort(&ids);
    if (twice) rd_fail(r, "id '%s' stands twice", twice);
    ids_release(&ids);
}
