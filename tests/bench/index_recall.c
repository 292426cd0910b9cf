/*
 * index_recall [--questions FILE] FACTS.tsv FILE.txt…: page recall of the index.
 * For each fact of tests/corpus/facts.tsv the query is the fact in our words; a hit is one of its pages among
 * the first 1, 5, 10, 20 pages found. With --questions the query is the question instead, at 20, 50, 100
 * pages.
 */
#include "texts.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/base/file.h"
#include "nightdesk/base/host.h"
#include "nightdesk/index/search.h"

#include <stdio.h>
#include <string.h>

#define FIELDS 6

struct row {
    struct nd_view field[FIELDS];
};

static bool next_row(struct nd_view *rest, struct row *row)
{
    while (rest->len) {
        size_t end = 0;
        while (end < rest->len && rest->data[end] != '\n') end++;
        struct nd_view line = nd_view_sub(*rest, 0, end);
        *rest = nd_view_sub(*rest, end + 1, rest->len);
        if (line.len == 0 || line.data[0] == '#') continue;
        size_t start = 0;
        for (int i = 0; i < FIELDS; i++) {
            size_t at = start;
            while (at < line.len && line.data[at] != '\t') at++;
            row->field[i] = nd_view_sub(line, start, at);
            start = at + 1;
        }
        return true;
    }
    return false;
}

static bool page_wanted(struct nd_view pages, uint32_t page)
{
    char text[16];
    snprintf(text, sizeof text, "%u", page);
    for (size_t at = 0; at < pages.len;) {
        size_t end = at;
        while (end < pages.len && pages.data[end] != ',') end++;
        if (nd_view_is(nd_view_sub(pages, at, end), text)) return true;
        at = end + 1;
    }
    return false;
}

/* The place of the fact's page among the different pages of the hits, from 1; 0: not there. */
static size_t rank_of(const struct nd_collection *c, const struct nd_hits *hits, const struct row *fact)
{
    uint64_t *seen = ND_ARRAY(uint64_t, hits->n);
    size_t pages = 0;
    size_t rank = 0;
    for (size_t i = 0; i < hits->n && rank == 0; i++) {
        const struct nd_passage *p = nd_collection_passage(c, hits->v[i].passage);
        uint64_t key = ((uint64_t)p->document << 32) | p->page;
        size_t k = 0;
        while (k < pages && seen[k] != key) k++;
        if (k < pages) continue;
        seen[pages++] = key;
        bool document = nd_view_is(fact->field[3], nd_collection_document(c, p->document)->name);
        if (document && page_wanted(fact->field[4], p->page)) rank = pages;
    }
    nd_free(seen);
    return rank;
}

static struct nd_view question_of(struct nd_view questions, struct nd_view name)
{
    struct row row;
    while (next_row(&questions, &row)) {
        if (nd_view_eq(row.field[0], name)) return row.field[1];
    }
    return (struct nd_view){0};
}

static enum nd_rc measure(const struct nd_collection *c, struct nd_view facts, struct nd_view questions,
                          struct nd_error *err)
{
    static const size_t at[2][4] = {{1, 5, 10, 20}, {20, 50, 100, 200}};
    size_t found[4] = {0};
    size_t all = 0;
    const size_t *limits = at[questions.len > 0];
    struct row fact;
    enum nd_rc rc = ND_OK;
    int64_t start = nd_host_posix()->monotonic_ms(NULL);
    while (rc == ND_OK && next_row(&facts, &fact)) {
        struct nd_query q;
        struct nd_hits hits = {0};
        nd_query_init(&q, c);
        nd_query_add(&q, questions.len ? question_of(questions, fact.field[0]) : fact.field[2], 1, 0.7);
        rc = nd_search(&q, ND_COLUMNS, SIZE_MAX, &hits, err);
        size_t rank = rc == ND_OK ? rank_of(c, &hits, &fact) : 0;
        double cover = hits.n ? nd_passage_cover(&q, hits.v[0].passage) : 0;
        printf("%.*s.%.*s rank %zu cover %.2f: %.*s\n", (int)fact.field[0].len, fact.field[0].data,
               (int)fact.field[1].len, fact.field[1].data, rank, cover, (int)fact.field[2].len,
               fact.field[2].data);
        for (int i = 0; i < 4; i++) found[i] += rank && rank <= limits[i];
        all++;
        nd_hits_release(&hits);
        nd_query_release(&q);
    }
    int64_t ms = nd_host_posix()->monotonic_ms(NULL) - start;
    printf("%zu facts in %lld ms; recall", all, (long long)ms);
    for (int i = 0; i < 4; i++) printf(" @%zu %zu", limits[i], found[i]);
    printf("\n");
    return rc;
}

static enum nd_rc run(const char *facts_path, const char *questions_path, char **paths, size_t n,
                      struct nd_error *err)
{
    struct nd_bytes facts = ND_BYTES(ND_MIB);
    struct nd_bytes questions = ND_BYTES(ND_MIB);
    struct nd_texts texts = {0};
    struct nd_collection *c = NULL;
    enum nd_rc rc = nd_file_read(facts_path, &facts, err);
    if (rc == ND_OK && questions_path) rc = nd_file_read(questions_path, &questions, err);
    if (rc == ND_OK) rc = nd_texts_load(&texts, paths, n, err);
    if (rc == ND_OK) rc = nd_collection_build(&c, &texts.sources, texts.view, 0, err);
    if (rc == ND_OK) rc = measure(c, nd_bytes_view(&facts), nd_bytes_view(&questions), err);
    nd_collection_free(c);
    nd_texts_release(&texts);
    nd_bytes_release(&facts);
    nd_bytes_release(&questions);
    return rc;
}

int main(int argc, char **argv)
{
    const char *questions = NULL;
    int i = 1;
    if (i + 1 < argc && strcmp(argv[i], "--questions") == 0) {
        questions = argv[i + 1];
        i += 2;
    }
    if (i + 1 >= argc) {
        fprintf(stderr, "usage: index_recall [--questions FILE] FACTS.tsv FILE.txt…\n");
        return 64;
    }
    struct nd_error err = {0};
    if (run(argv[i], questions, argv + i + 1, (size_t)(argc - i - 1), &err) == ND_OK) return 0;
    for (unsigned k = 0; k < err.notes; k++) fprintf(stderr, "%s\n", err.note[k]);
    return 1;
}
