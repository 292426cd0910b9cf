#include "store.h"

#include "nightdesk/index/search.h"

#include "nightdesk/base/alloc.h"

#include <string.h>

struct place {
    enum { PASSAGE, DOCUMENT, UNIT } kind;
    uint32_t index;
};

static uint32_t document_of(const struct nd_collection *c, struct place place)
{
    if (place.kind == PASSAGE) return nd_collection_passage(c, place.index)->document;
    return place.kind == UNIT ? nd_collection_unit(c, place.index)->document : place.index;
}

/* A stem counts where it is the stem of the word in the document's own language: "te" is French for "tea". */
static uint32_t lang_of(const struct nd_collection *c, struct place place)
{
    const char *lang = nd_collection_document(c, document_of(c, place))->lang;
    for (size_t i = 0; lang && i < c->lang_count; i++) {
        if (strcmp(lang, c->langs[i]) == 0) return nd_lang_bit(i);
    }
    return ND_LANG_NONE;
}

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
    uint32_t lang = lang_of(q->collection, place);
    for (size_t i = 0; i < q->term_count; i++) {
        const struct nd_query_term *t = &q->terms[i];
        if (t->word != ND_NONE && !t->exact && (t->langs & lang) && !found[t->word] &&
            holds(q->collection, place, t->term))
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
