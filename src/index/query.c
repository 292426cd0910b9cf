#include "fold.h"
#include "store.h"

#include "nightdesk/index/search.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/base/text.h"

#include <string.h>

void nd_query_init(struct nd_query *q, const struct nd_collection *c)
{
    *q = (struct nd_query){.collection = c};
}

void nd_query_release(struct nd_query *q)
{
    for (size_t i = 0; i < q->word_count; i++) nd_free(q->words[i].text);
    nd_free(q->words);
    nd_free(q->terms);
    *q = (struct nd_query){0};
}

void nd_query_copy(struct nd_query *to, const struct nd_query *from)
{
    nd_query_release(to);
    *to = (struct nd_query){.collection = from->collection};
    for (size_t i = 0; i < from->word_count; i++) {
        ND_GROW(to->words, to->word_count, to->word_cap);
        to->words[to->word_count] = from->words[i];
        to->words[to->word_count++].text = nd_strdup(from->words[i].text);
    }
    for (size_t i = 0; i < from->term_count; i++) {
        ND_GROW(to->terms, to->term_count, to->term_cap);
        to->terms[to->term_count++] = from->terms[i];
    }
}

static struct nd_query_term *term_in(struct nd_query *q, uint32_t term)
{
    for (size_t i = 0; term != ND_NONE && i < q->term_count; i++) {
        if (q->terms[i].term == term) return &q->terms[i];
    }
    return NULL;
}

static void put_term(struct nd_query *q, uint32_t term, uint32_t word, double weight, bool exact,
                     uint32_t langs)
{
    struct nd_query_term *known = term_in(q, term);
    if (known) {
        if (known->weight < weight) known->weight = weight;
        known->langs |= langs;
        return;
    }
    ND_GROW(q->terms, q->term_count, q->term_cap);
    q->terms[q->term_count++] = (struct nd_query_term){term, word, weight, exact, langs};
}

void nd_query_add_term(struct nd_query *q, uint32_t term, double weight)
{
    if (term >= q->collection->terms.n || weight <= 0) return;
    put_term(q, term, ND_NONE, weight, q->collection->exact[term], UINT32_MAX);
}

/* The terms that one word of the query stands for: one stem for each language of the collection, and its
 * exact form. */
struct variants {
    struct nd_query *q;
    uint32_t stems[16], langs[16]; /* langs: of which languages each is the stem */
    size_t stem_count;
    uint32_t exact;
    uint32_t lang; /* the language at work, as a bit */
};

static void take_variant(void *ctx, struct nd_view term, bool exact)
{
    struct variants *v = ctx;
    uint32_t id = nd_term_find(v->q->collection, term);
    if (exact) {
        v->exact = id;
        return;
    }
    for (size_t i = 0; i < v->stem_count; i++) {
        if (v->stems[i] != id) continue;
        v->langs[i] |= v->lang;
        return;
    }
    if (id == ND_NONE || v->stem_count == sizeof v->stems / sizeof v->stems[0]) return;
    v->langs[v->stem_count] = v->lang;
    v->stems[v->stem_count++] = id;
}

static uint32_t word_at(struct nd_query *q, struct nd_view text, const struct variants *v, double weight)
{
    for (size_t i = 0; i < v->stem_count; i++) {
        const struct nd_query_term *known = term_in(q, v->stems[i]);
        if (!known || known->word == ND_NONE) continue;
        if (q->words[known->word].weight < weight) q->words[known->word].weight = weight;
        return known->word;
    }
    double idf = q->collection->idf_max;
    for (size_t i = 0; i < v->stem_count; i++) {
        double of_stem = nd_term_idf(q->collection, v->stems[i]);
        if (of_stem < idf) idf = of_stem;
    }
    for (uint32_t i = 0; i < q->word_count; i++) {
        if (nd_view_is(text, q->words[i].text)) return i;
    }
    ND_GROW(q->words, q->word_count, q->word_cap);
    q->words[q->word_count] = (struct nd_query_word){nd_view_dup(text), weight, idf};
    return (uint32_t)q->word_count++;
}

static void add_variants(struct nd_query *q, struct nd_view text, const struct variants *v, double weight,
                         double exact)
{
    uint32_t word = word_at(q, text, v, weight);
    for (size_t i = 0; i < v->stem_count; i++) put_term(q, v->stems[i], word, weight, false, v->langs[i]);
    if (v->stem_count == 0) put_term(q, ND_NONE, word, weight, false, UINT32_MAX);
    if (v->exact != ND_NONE && exact > 0) put_term(q, v->exact, word, weight * exact, true, UINT32_MAX);
}

/* Each pair of CJK characters is a word of the query by itself. */
static void take_pair(void *ctx, struct nd_view term, bool exact)
{
    struct variants *into = ctx;
    struct variants pair = {.q = into->q, .exact = ND_NONE, .lang = UINT32_MAX};
    take_variant(&pair, term, exact);
    add_variants(into->q, term, &pair, 1, 0);
}

static bool is_cjk_word(struct nd_view word)
{
    size_t at = 0;
    return nd_is_cjk(nd_utf8_next(word, &at));
}

static void add_word(struct nd_query *q, struct nd_view word, const char *grammar, double weight,
                     double exact)
{
    struct variants v = {.q = q, .exact = ND_NONE, .lang = ND_LANG_NONE};
    if (is_cjk_word(word)) {
        nd_terms(word, NULL, take_pair, &v);
        return;
    }
    struct nd_bytes folded = ND_BYTES(ND_BYTES_MAX);
    nd_fold(word, &folded);
    struct nd_view lower = nd_bytes_view(&folded);
    if (!nd_stop_word("en", lower) && !nd_stop_word(grammar, lower)) {
        const struct nd_collection *c = q->collection;
        nd_terms(word, NULL, take_variant, &v);
        for (size_t i = 0; i < c->lang_count; i++) {
            v.lang = nd_lang_bit(i);
            nd_terms(word, c->langs[i], take_variant, &v);
        }
        add_variants(q, nd_fold_bare(lower), &v, weight, exact);
    }
    nd_bytes_release(&folded);
}

void nd_query_add(struct nd_query *q, struct nd_view text, double weight, double exact)
{
    if (weight <= 0) return;
    const char *grammar = q->collection->lang_count ? q->collection->langs[0] : NULL;
    struct nd_bytes line = ND_BYTES(ND_BYTES_MAX);
    nd_display(text, q->collection->vocabulary, &line);
    struct nd_view word;
    for (size_t at = 0; nd_word_next(nd_bytes_view(&line), &at, &word);)
        add_word(q, word, grammar, weight, exact);
    nd_bytes_release(&line);
}

/* ---- terms of the collection ---- */

const char *nd_term_text(const struct nd_collection *c, uint32_t term)
{
    return term < c->terms.n ? nd_strmap_at(&c->terms, term).data : "";
}

uint32_t nd_term_find(const struct nd_collection *c, struct nd_view text)
{
    return nd_strmap_find(&c->terms, text);
}

uint32_t nd_term_passages(const struct nd_collection *c, uint32_t term)
{
    return term < c->terms.n ? c->passage_df[term] : 0;
}

uint32_t nd_term_documents(const struct nd_collection *c, uint32_t term)
{
    return term < c->terms.n ? c->document_df[term] : 0;
}

double nd_term_idf(const struct nd_collection *c, uint32_t term)
{
    return term < c->terms.n ? c->idf[term] : c->idf_max;
}

bool nd_unit_has(const struct nd_collection *c, uint32_t unit, uint32_t term)
{
    return unit < c->unit_count && nd_vector_tf(nd_vectors_row(&c->unit_terms, unit), term) > 0;
}

bool nd_passage_has(const struct nd_collection *c, uint32_t passage, uint32_t term)
{
    if (passage >= c->passage_count) return false;
    const struct nd_passage *p = &c->passages[passage];
    if (nd_vector_tf(nd_vectors_row(&c->passage_terms, passage), term)) return true;
    if (p->section != ND_NONE && nd_vector_tf(nd_vectors_row(&c->section_terms, p->section), term))
        return true;
    return nd_vector_tf(nd_vectors_row(&c->name_terms, p->document), term) > 0;
}
