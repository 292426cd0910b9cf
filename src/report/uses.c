#include "uses.h"
#include "words.h"

#include "nightdesk/base/alloc.h"

#include <string.h>

static void add(struct uses *uses, size_t quote, const char *id, const char *where, bool whole)
{
    for (size_t i = uses->n; i > 0 && strcmp(uses->v[i - 1].id, id) == 0; i--) {
        if (uses->v[i - 1].quote == quote) return;
    }
    ND_GROW(uses->v, uses->n, uses->cap);
    uses->v[uses->n++] = (struct use){quote, id, where, whole};
}

static void add_claim(struct uses *uses, const struct doc *doc, const struct doc_claim *c)
{
    const char *where = c->summary ? say(doc, "Key findings") : doc->sections[c->section].title;
    for (size_t i = 0; i < c->quotes.n; i++) add(uses, c->quotes.v[i], c->id, where, c->verdict == QUOTED);
}

static void add_exhibit(struct uses *uses, const struct doc_exhibit *x)
{
    for (size_t i = 0; i < x->rows * x->column_count; i++) {
        if (x->cells[i].quote != NONE) add(uses, x->cells[i].quote, x->id, x->title, false);
    }
}

/* A stable sort by quote: count, then place. */
static void sort(struct uses *uses, size_t quotes)
{
    struct use *sorted = ND_ARRAY(struct use, uses->n + 1);
    uses->first = ND_ARRAY(size_t, quotes + 2);
    for (size_t i = 0; i < uses->n; i++) uses->first[uses->v[i].quote + 2]++;
    for (size_t q = 0; q < quotes; q++) uses->first[q + 2] += uses->first[q + 1];
    for (size_t i = 0; i < uses->n; i++) sorted[uses->first[uses->v[i].quote + 1]++] = uses->v[i];
    nd_free(uses->v);
    uses->v = sorted;
}

void uses_open(struct uses *uses, const struct doc *doc)
{
    *uses = (struct uses){0};
    for (size_t i = 0; i < doc->claim_count; i++) add_claim(uses, doc, &doc->claims[i]);
    for (size_t i = 0; i < doc->exhibit_count; i++) add_exhibit(uses, &doc->exhibits[i]);
    for (size_t i = 0; i < doc->contradiction_count; i++) {
        const struct doc_contradiction *d = &doc->contradictions[i];
        for (size_t k = 0; k < d->n; k++) add(uses, d->values[k].quote, d->id, d->label, true);
    }
    sort(uses, doc->quote_count);
}

void uses_release(struct uses *uses)
{
    nd_free(uses->v);
    nd_free(uses->first);
    *uses = (struct uses){0};
}
