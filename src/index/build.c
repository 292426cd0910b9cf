#include "analysis.h"
#include "store.h"
#include "terms.h"

#include "nightdesk/base/alloc.h"

#include <math.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a collection may hold; offsets and counts are 32 bits wide. */
#define TEXT_MAX_BYTES ((size_t)256 << 20)
#define THREADS_MAX 64

double nd_idf(size_t rows, uint32_t df)
{
    double n = (double)rows;
    return (double)llround(log(1.0 + (n - df + 0.5) / (df + 0.5)) * 1e6) / 1e6;
}

struct job {
    struct nd_analysis analysis;
    struct nd_vocabulary *words;
    struct nd_doc_terms terms;
};

struct builder {
    struct nd_collection *c;
    struct job *jobs;
    atomic_size_t next;
    void (*work)(struct builder *b, size_t i);
};

static void read_document(struct builder *b, size_t i)
{
    const struct nd_document *d = &b->c->documents[i];
    const struct nd_pages *pages = &b->c->pages[i];
    nd_analyse(&b->jobs[i].analysis, b->c->sources->v[d->source].reading, pages->page, pages->n);
    b->jobs[i].words = nd_vocabulary_open();
    for (size_t p = 0; p < pages->n; p++) nd_vocabulary_count(b->jobs[i].words, pages->page[p]);
}

static void make_terms(struct builder *b, size_t i)
{
    nd_doc_terms_make(&b->jobs[i].terms, &b->jobs[i].analysis, b->c->documents[i].name, b->c->vocabulary);
}

static void *work_through(void *arg)
{
    struct builder *b = arg;
    for (size_t i; (i = atomic_fetch_add(&b->next, 1)) < b->c->document_count;) b->work(b, i);
    return NULL;
}

/* Each document is worked on alone and its result has its own place, so the threads leave no trace in what
 * comes out. */
static void on_all_documents(struct builder *b, unsigned threads, void (*work)(struct builder *b, size_t i))
{
    pthread_t ids[THREADS_MAX];
    unsigned started = 0;
    atomic_store(&b->next, 0);
    b->work = work;
    while (started + 1 < threads && started < THREADS_MAX &&
           pthread_create(&ids[started], NULL, work_through, b) == 0)
        started++;
    (void)work_through(b);
    for (unsigned i = 0; i < started; i++) pthread_join(ids[i], NULL);
}

static void merge_vocabulary(struct builder *b)
{
    b->c->vocabulary = nd_vocabulary_open();
    for (size_t i = 0; i < b->c->document_count; i++) {
        nd_vocabulary_merge(b->c->vocabulary, b->jobs[i].words);
        nd_vocabulary_free(b->jobs[i].words);
        b->jobs[i].words = NULL;
    }
}

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

static void merge_layouts(struct builder *b)
{
    struct nd_collection *c = b->c;
    size_t units = 0;
    size_t passages = 0;
    size_t sections = 0;
    for (size_t i = 0; i < c->document_count; i++) {
        units += b->jobs[i].analysis.unit_count;
        passages += b->jobs[i].analysis.passage_count;
        sections += b->jobs[i].analysis.section_count;
    }
    c->units = ND_ARRAY(struct nd_unit, units);
    c->passages = ND_ARRAY(struct nd_passage, passages);
    c->sections = ND_ARRAY(struct nd_section, sections);
    for (uint32_t i = 0; i < c->document_count; i++) merge_layout(c, i, &b->jobs[i].analysis);
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

static void merge_terms(struct builder *b)
{
    struct nd_collection *c = b->c;
    for (size_t i = 0; i < c->document_count; i++) {
        struct nd_doc_terms *t = &b->jobs[i].terms;
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

/* How often each term stands in each document, as one inverted list for each term. */
static void invert(struct nd_collection *c)
{
    size_t terms = c->terms.n;
    struct nd_vectors by_document = {0};
    struct nd_posting *row = NULL;
    size_t cap = 0;
    for (size_t d = 0; d < c->document_count; d++) {
        size_t n = 0;
        const struct nd_document *document = &c->documents[d];
        for (uint32_t p = document->passage; p < document->passage + document->passage_count; p++) {
            struct nd_vector v = nd_vectors_row(&c->passage_terms, p);
            for (size_t k = 0; k < v.n; k++) {
                ND_GROW(row, n, cap);
                row[n++] = v.v[k];
                c->passage_df[v.v[k].term]++;
                c->document_terms[d] += v.v[k].tf;
            }
        }
        nd_vectors_add(&by_document, row, n);
    }
    nd_free(row);
    for (size_t i = 0; i < by_document.n; i++) c->document_df[by_document.v[i].term]++;
    struct nd_vectors *out = &c->term_documents;
    out->rows = terms;
    out->n = by_document.n;
    out->v = ND_ARRAY(struct nd_posting, by_document.n);
    out->start = ND_ARRAY(size_t, terms + 2);
    for (size_t i = 0; i < terms; i++) out->start[i + 2] = out->start[i + 1] + c->document_df[i];
    for (uint32_t d = 0; d < c->document_count; d++) {
        struct nd_vector v = nd_vectors_row(&by_document, d);
        for (size_t k = 0; k < v.n; k++)
            out->v[out->start[v.v[k].term + 1]++] = (struct nd_posting){d, v.v[k].tf};
    }
    nd_vectors_release(&by_document);
}

/* The languages of the documents; words of grammar of the first are left out of queries. */
static void list_languages(struct nd_collection *c)
{
    size_t *times = NULL;
    size_t cap = 0;
    for (size_t d = 0; d < c->document_count; d++) {
        const char *lang = c->documents[d].lang;
        size_t i = 0;
        if (!lang) continue;
        while (i < c->lang_count && strcmp(c->langs[i], lang) != 0) i++;
        if (i == c->lang_count) {
            if (i == cap) {
                cap = cap ? cap * 2 : 8;
                c->langs = nd_realloc(c->langs, cap, sizeof *c->langs);
                times = nd_realloc(times, cap, sizeof *times);
            }
            c->langs[c->lang_count++] = lang;
            times[i] = 0;
        }
        times[i]++;
        if (times[i] <= times[0]) continue;
        size_t more = times[i];
        times[i] = times[0];
        times[0] = more;
        c->langs[i] = c->langs[0];
        c->langs[0] = lang;
    }
    nd_free(times);
}

static double mean_length(const struct nd_vectors *vectors, bool used_only)
{
    double sum = 0;
    size_t rows = 0;
    for (size_t i = 0; i < vectors->n; i++) sum += vectors->v[i].tf;
    for (size_t i = 0; i < vectors->rows; i++) rows += !used_only || nd_vectors_row(vectors, i).n > 0;
    return rows ? sum / (double)rows : 1;
}

static void weigh(struct nd_collection *c)
{
    size_t terms = c->terms.n;
    c->exact = ND_ARRAY(bool, terms);
    c->passage_df = ND_ARRAY(uint32_t, terms);
    c->document_df = ND_ARRAY(uint32_t, terms);
    c->document_terms = ND_ARRAY(uint32_t, c->document_count);
    c->idf = ND_ARRAY(double, terms);
    invert(c);
    c->idf_max = nd_idf(c->passage_count, 0);
    for (uint32_t i = 0; i < terms; i++) {
        c->exact[i] = nd_view_starts(nd_strmap_at(&c->terms, i), "=");
        c->idf[i] = nd_idf(c->passage_count, c->passage_df[i]);
    }
    c->unit_length = mean_length(&c->unit_terms, true);
    c->passage_length = mean_length(&c->passage_terms, false);
    double all = 0;
    for (size_t d = 0; d < c->document_count; d++) all += c->document_terms[d];
    c->document_length = c->document_count && all > 0 ? all / (double)c->document_count : 1;
}

static void write_terms(const struct nd_collection *c, const struct nd_vectors *vectors, size_t row,
                        struct nd_bytes *out)
{
    nd_bytes_clear(out);
    struct nd_vector v = nd_vectors_row(vectors, row);
    for (size_t i = 0; i < v.n; i++) {
        for (uint32_t k = 0; k < v.v[i].tf; k++) {
            nd_bytes_add_view(out, nd_strmap_at(&c->terms, v.v[i].term));
            nd_bytes_add_char(out, ' ');
        }
    }
}

static enum nd_rc fill_table(struct nd_collection *c, struct nd_error *err)
{
    struct nd_bytes body = ND_BYTES(ND_BYTES_MAX);
    struct nd_bytes section = ND_BYTES(ND_BYTES_MAX);
    struct nd_bytes name = ND_BYTES(ND_BYTES_MAX);
    enum nd_rc rc = nd_fts_open(&c->fts, err);
    for (size_t p = 0; p < c->passage_count && rc == ND_OK; p++) {
        const struct nd_passage *passage = &c->passages[p];
        write_terms(c, &c->passage_terms, p, &body);
        nd_bytes_clear(&section);
        if (passage->section != ND_NONE) write_terms(c, &c->section_terms, passage->section, &section);
        write_terms(c, &c->name_terms, passage->document, &name);
        rc = nd_fts_add(c->fts, nd_bytes_view(&body), nd_bytes_view(&section), nd_bytes_view(&name), err);
    }
    if (rc == ND_OK) rc = nd_fts_ready(c->fts, c->terms.n, err);
    nd_bytes_release(&body);
    nd_bytes_release(&section);
    nd_bytes_release(&name);
    return rc == ND_OK ? rc : nd_while(err, "while indexing %zu passages", c->passage_count);
}

static unsigned thread_count(unsigned asked)
{
    if (asked) return asked;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return processors < 1 ? 1 : processors > THREADS_MAX ? THREADS_MAX : (unsigned)processors;
}

static enum nd_rc fill(struct nd_collection *c, unsigned threads, struct nd_error *err)
{
    struct builder b = {.c = c, .jobs = ND_ARRAY(struct job, c->document_count)};
    on_all_documents(&b, thread_count(threads), read_document);
    merge_vocabulary(&b);
    on_all_documents(&b, thread_count(threads), make_terms);
    merge_layouts(&b);
    list_languages(c);
    merge_terms(&b);
    for (size_t i = 0; i < c->document_count; i++) nd_analysis_release(&b.jobs[i].analysis);
    nd_free(b.jobs);
    weigh(c);
    return fill_table(c, err);
}

static const char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash ? slash + 1 : path;
}

static bool has_text(const struct nd_source *source)
{
    const struct nd_reading *r = source->reading;
    return r && (r->status == ND_SOURCE_READ || r->status == ND_SOURCE_PARTLY) && r->pages > 0;
}

static enum nd_rc add_document(struct nd_collection *c, uint32_t source, struct nd_view blob,
                               struct nd_error *err)
{
    const struct nd_source *s = &c->sources->v[source];
    enum nd_rc rc = nd_pages_split(&c->pages[c->document_count], blob, s->reading->pages, err);
    if (rc != ND_OK) return nd_while(err, "while indexing '%s'", s->path);
    c->documents[c->document_count++] = (struct nd_document){
        .source = source,
        .title = s->reading->title,
        .name = name_of(s->path),
        .pages = s->reading->pages,
    };
    return ND_OK;
}

static struct nd_collection *start(const struct nd_sources *sources)
{
    struct nd_collection *c = ND_NEW(struct nd_collection);
    c->sources = sources;
    c->documents = ND_ARRAY(struct nd_document, sources->n);
    c->pages = ND_ARRAY(struct nd_pages, sources->n);
    return c;
}

static enum nd_rc within_limit(size_t bytes, struct nd_error *err)
{
    if (bytes <= TEXT_MAX_BYTES) return ND_OK;
    return nd_fail(err, ND_OVER_LIMIT,
                   "the documents have more than %zu MB of text, the limit of one collection",
                   TEXT_MAX_BYTES >> 20);
}

static enum nd_rc finish(struct nd_collection **out, struct nd_collection *c, enum nd_rc rc, unsigned threads,
                         struct nd_error *err)
{
    if (rc == ND_OK) rc = fill(c, threads, err);
    if (rc == ND_OK)
        *out = c;
    else
        nd_collection_free(c);
    return rc;
}

enum nd_rc nd_collection_build(struct nd_collection **out, const struct nd_sources *sources,
                               const struct nd_view *text, unsigned threads, struct nd_error *err)
{
    struct nd_collection *c = start(sources);
    size_t bytes = 0;
    enum nd_rc rc = ND_OK;
    for (uint32_t i = 0; i < sources->n && rc == ND_OK; i++) {
        if (!has_text(&sources->v[i])) continue;
        bytes += text[i].len;
        rc = within_limit(bytes, err);
        if (rc == ND_OK) rc = add_document(c, i, text[i], err);
    }
    return finish(out, c, rc, threads, err);
}

enum nd_rc nd_collection_open(struct nd_collection **out, const struct nd_sources *sources,
                              struct nd_objects *objects, unsigned threads, struct nd_error *err)
{
    struct nd_collection *c = start(sources);
    c->blobs = ND_ARRAY(struct nd_bytes, sources->n);
    size_t bytes = 0;
    enum nd_rc rc = ND_OK;
    for (uint32_t i = 0; i < sources->n && rc == ND_OK; i++) {
        if (!has_text(&sources->v[i])) continue;
        struct nd_bytes *blob = &c->blobs[c->blob_count++];
        *blob = ND_BYTES(TEXT_MAX_BYTES);
        rc = nd_objects_get(objects, sources->v[i].reading->text_sha256, blob, err);
        if (rc != ND_OK) rc = nd_while(err, "while fetching the text of '%s'", sources->v[i].path);
        bytes += blob->len;
        if (rc == ND_OK) rc = within_limit(bytes, err);
        if (rc == ND_OK) rc = add_document(c, i, nd_bytes_view(blob), err);
    }
    return finish(out, c, rc, threads, err);
}

void nd_collection_free(struct nd_collection *c)
{
    if (!c) return;
    nd_fts_close(c->fts);
    for (size_t i = 0; i < c->document_count; i++) nd_pages_release(&c->pages[i]);
    for (size_t i = 0; i < c->blob_count; i++) nd_bytes_release(&c->blobs[i]);
    for (size_t i = 0; i < c->section_count; i++) {
        nd_free(c->sections[i].title);
        nd_free(c->sections[i].path);
    }
    nd_free(c->blobs);
    nd_free(c->pages);
    nd_free(c->documents);
    nd_free(c->units);
    nd_free(c->passages);
    nd_free(c->sections);
    nd_vocabulary_free(c->vocabulary);
    nd_free(c->langs);
    nd_strmap_release(&c->terms);
    nd_free(c->exact);
    nd_free(c->passage_df);
    nd_free(c->document_df);
    nd_free(c->document_terms);
    nd_free(c->idf);
    nd_vectors_release(&c->unit_terms);
    nd_vectors_release(&c->passage_terms);
    nd_vectors_release(&c->section_terms);
    nd_vectors_release(&c->name_terms);
    nd_vectors_release(&c->term_documents);
    nd_free(c);
}
