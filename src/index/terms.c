#include "terms.h"

#include "fold.h"

#include "nightdesk/base/alloc.h"

/* Terms of each raw word, found once: pool[first[i]] … for raw word i. */
struct cache {
    struct nd_strmap raw;
    size_t *first; /* first[i + 1] ends the terms of word i */
    size_t cap;
    uint32_t *pool;
    size_t pool_count, pool_cap;
};

struct maker {
    struct nd_doc_terms *t;
    const char *lang;
    struct nd_stemmer *stemmer;
    struct cache cache;
    struct nd_posting *row; /* terms of the row at hand */
    size_t row_count, row_cap;
    struct nd_bytes text;
};

static void take_term(void *ctx, struct nd_view term, bool exact)
{
    struct maker *m = ctx;
    (void)exact;
    uint32_t id = nd_strmap_add(&m->t->terms, term);
    ND_GROW(m->cache.pool, m->cache.pool_count, m->cache.pool_cap);
    m->cache.pool[m->cache.pool_count++] = id;
}

static void add_word(struct maker *m, struct nd_view word)
{
    struct cache *c = &m->cache;
    uint32_t known = (uint32_t)c->raw.n;
    uint32_t i = nd_strmap_add(&c->raw, word);
    if (c->raw.n + 1 > c->cap) {
        c->cap = c->cap ? c->cap * 2 : 256;
        c->first = nd_realloc(c->first, c->cap, sizeof *c->first);
        c->first[0] = 0;
    }
    if (i == known) {
        nd_word_terms(word, m->lang, m->stemmer, take_term, m);
        c->first[i + 1] = c->pool_count;
    }
    for (size_t k = c->first[i]; k < c->first[i + 1]; k++) {
        ND_GROW(m->row, m->row_count, m->row_cap);
        m->row[m->row_count++] = (struct nd_posting){c->pool[k], 1};
    }
}

static void add_text(struct maker *m, struct nd_view text)
{
    struct nd_view word;
    for (size_t at = 0; nd_word_next(text, &at, &word);) add_word(m, word);
}

static void end_row(struct maker *m, struct nd_vectors *rows)
{
    nd_vectors_add(rows, m->row, m->row_count);
    m->row_count = 0;
}

void nd_unit_text(const struct nd_view *pages, const struct nd_unit *unit,
                  const struct nd_vocabulary *vocabulary, struct nd_bytes *out)
{
    struct nd_view first = nd_view_sub(pages[unit->at.page - 1], unit->at.start, unit->at.end);
    if (!unit->rest.page) {
        nd_display(first, vocabulary, out);
        return;
    }
    struct nd_bytes both = ND_BYTES(ND_BYTES_MAX);
    nd_bytes_add_view(&both, first);
    nd_bytes_add_char(&both, '\n');
    nd_bytes_add_view(&both, nd_view_sub(pages[unit->rest.page - 1], unit->rest.start, unit->rest.end));
    nd_display(nd_bytes_view(&both), vocabulary, out);
    nd_bytes_release(&both);
}

static void make_units(struct maker *m, const struct nd_analysis *a, const struct nd_vocabulary *vocabulary)
{
    for (size_t i = 0; i < a->unit_count; i++) {
        if (a->units[i].passage != ND_NONE) {
            nd_bytes_clear(&m->text);
            nd_unit_text(a->page, &a->units[i], vocabulary, &m->text);
            add_text(m, nd_bytes_view(&m->text));
        }
        end_row(m, &m->t->units);
    }
}

static void make_passages(struct maker *m, const struct nd_analysis *a)
{
    for (size_t p = 0; p < a->passage_count; p++) {
        const struct nd_passage *passage = &a->passages[p];
        for (uint32_t u = passage->unit; u < passage->unit + passage->unit_count; u++) {
            struct nd_vector unit = nd_vectors_row(&m->t->units, u);
            for (size_t i = 0; i < unit.n; i++) {
                ND_GROW(m->row, m->row_count, m->row_cap);
                m->row[m->row_count++] = unit.v[i];
            }
        }
        end_row(m, &m->t->passages);
    }
}

void nd_doc_terms_make(struct nd_doc_terms *t, const struct nd_analysis *a, const char *name,
                       const struct nd_vocabulary *vocabulary)
{
    struct maker m = {.t = t, .lang = a->lang, .text = ND_BYTES(ND_BYTES_MAX)};
    m.stemmer = nd_stemmer_open(a->language);
    make_units(&m, a, vocabulary);
    make_passages(&m, a);
    for (size_t i = 0; i < a->section_count; i++) {
        add_text(&m, nd_view_of(a->sections[i].path));
        end_row(&m, &t->sections);
    }
    add_text(&m, nd_view_of(a->reading->title));
    add_text(&m, nd_view_of(name));
    end_row(&m, &t->name);
    nd_stemmer_close(m.stemmer);
    nd_strmap_release(&m.cache.raw);
    nd_free(m.cache.first);
    nd_free(m.cache.pool);
    nd_free(m.row);
    nd_bytes_release(&m.text);
}

void nd_doc_terms_release(struct nd_doc_terms *t)
{
    nd_strmap_release(&t->terms);
    nd_vectors_release(&t->units);
    nd_vectors_release(&t->passages);
    nd_vectors_release(&t->sections);
    nd_vectors_release(&t->name);
}
