#include "store.h"

#include "nightdesk/index/search.h"

#include "nightdesk/base/alloc.h"

struct place {
    enum { PASSAGE, DOCUMENT, UNIT } kind;
    uint32_t index;
};

static bool holds(const struct nd_collection *c, struct place place, uint32_t term)
{
    if (term == ND_NONE) return false;
    if (place.kind == PASSAGE) return nd_passage_has(c, place.index, term);
    if (place.kind == UNIT) return nd_unit_has(c, place.index, term);
    if (nd_vector_tf(nd_vectors_row(&c->term_documents, term), place.index)) return true;
    return nd_vector_tf(nd_vectors_row(&c->name_terms, place.index), term) > 0;
}

static double cover(const struct nd_query *q, struct place place)
{
    bool *found = ND_ARRAY(bool, q->word_count);
    for (size_t i = 0; i < q->term_count; i++) {
        const struct nd_query_term *t = &q->terms[i];
        if (t->word != ND_NONE && !t->exact && !found[t->word] && holds(q->collection, place, t->term))
            found[t->word] = true;
    }
    double all = 0;
    double held = 0;
    for (size_t i = 0; i < q->word_count; i++) {
        double mass = q->words[i].weight * q->words[i].idf;
        all += mass;
        if (found[i]) held += mass;
    }
    nd_free(found);
    return all > 0 ? held / all : 0;
}

double nd_passage_cover(const struct nd_query *q, uint32_t passage)
{
    return passage < q->collection->passage_count ? cover(q, (struct place){PASSAGE, passage}) : 0;
}

double nd_document_cover(const struct nd_query *q, uint32_t document)
{
    return document < q->collection->document_count ? cover(q, (struct place){DOCUMENT, document}) : 0;
}

double nd_unit_cover(const struct nd_query *q, uint32_t unit)
{
    return unit < q->collection->unit_count ? cover(q, (struct place){UNIT, unit}) : 0;
}
