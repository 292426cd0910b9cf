#include "merge.h"

#include "nightdesk/base/alloc.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What a collection may hold; offsets and counts are 32 bits wide. */
#define TEXT_MAX_BYTES ((size_t)256 << 20)
#define THREADS_MAX 64

struct builder {
    struct nd_collection *c;
    struct nd_job *jobs;
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
    struct builder b = {.c = c, .jobs = ND_ARRAY(struct nd_job, c->document_count)};
    on_all_documents(&b, thread_count(threads), read_document);
    merge_vocabulary(&b);
    on_all_documents(&b, thread_count(threads), make_terms);
    nd_merge_layouts(c, b.jobs);
    nd_list_languages(c);
    nd_merge_terms(c, b.jobs);
    for (size_t i = 0; i < c->document_count; i++) nd_analysis_release(&b.jobs[i].analysis);
    nd_free(b.jobs);
    nd_weigh(c);
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
