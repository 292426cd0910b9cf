/*
 * index_dump [--kind KIND] [--page N] [--sample N SEED] [--time] FILE.txt…: what the index makes of page
 * texts. Prints one line for each unit: document, page, kind, flags, section, text on one line.
 */
#include "texts.h"

#include "nightdesk/base/alloc.h"
#include "nightdesk/base/host.h"
#include "nightdesk/index/collection.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct wish {
    const char *kind;
    uint32_t page;
    size_t sample;
    uint64_t seed;
    bool time;
};

static void print_unit(const struct nd_collection *c, uint32_t i)
{
    const struct nd_unit *u = nd_collection_unit(c, i);
    const struct nd_section *s = nd_collection_section(c, u->section);
    struct nd_bytes text = ND_BYTES(ND_BYTES_MAX);
    nd_collection_show(c, i, &text);
    printf("%s p%u %s %c%c%c%c w%u [%s] %s\n", nd_collection_document(c, u->document)->name, u->at.page,
           nd_unit_kind_word(u->kind), u->flags & ND_UNIT_OPENS ? 'P' : '-',
           u->flags & ND_UNIT_BULLET ? 'B' : '-', u->flags & ND_UNIT_LOWER ? 'L' : '-',
           u->flags & ND_UNIT_CONTINUES ? 'C' : '-', u->words, s ? s->title : "", text.data ? text.data : "");
    nd_bytes_release(&text);
}

static bool wanted(const struct nd_unit *u, const struct wish *w)
{
    return (!w->kind || strcmp(w->kind, nd_unit_kind_word(u->kind)) == 0) &&
           (w->page == 0 || w->page == u->at.page);
}

/* A fixed generator, so that a seed names a sample for good. */
static uint64_t next_random(uint64_t *state)
{
    *state = *state * 6364136223846793005U + 1442695040888963407U;
    uint64_t x = *state ^ (*state >> 33);
    return x * 0xff51afd7ed558ccdU >> 11;
}

static void print_units(const struct nd_collection *c, const struct wish *w)
{
    uint32_t *pick = ND_ARRAY(uint32_t, nd_collection_units(c));
    size_t n = 0;
    for (uint32_t i = 0; i < nd_collection_units(c); i++) {
        if (wanted(nd_collection_unit(c, i), w)) pick[n++] = i;
    }
    uint64_t state = w->seed;
    for (size_t i = 0; w->sample && i < w->sample && n; i++) print_unit(c, pick[next_random(&state) % n]);
    for (size_t i = 0; !w->sample && i < n; i++) print_unit(c, pick[i]);
    nd_free(pick);
}

static void print_counts(const struct nd_collection *c, int64_t ms)
{
    size_t kinds[ND_UNIT_FURNITURE + 1] = {0};
    for (uint32_t i = 0; i < nd_collection_units(c); i++) kinds[nd_collection_unit(c, i)->kind]++;
    fprintf(stderr,
            "%zu documents, %zu units, %zu passages, %zu sections, %lld ms:", nd_collection_documents(c),
            nd_collection_units(c), nd_collection_passages(c), nd_collection_sections(c), (long long)ms);
    for (int k = 0; k <= ND_UNIT_FURNITURE; k++)
        fprintf(stderr, " %s %zu", nd_unit_kind_word((enum nd_unit_kind)k), kinds[k]);
    fprintf(stderr, "\n");
}

static int run(const struct wish *w, char **paths, size_t n)
{
    struct nd_error err = {0};
    struct nd_texts texts;
    struct nd_collection *c = NULL;
    enum nd_rc rc = nd_texts_load(&texts, paths, n, &err);
    int64_t start = nd_host_posix()->monotonic_ms(NULL);
    if (rc == ND_OK) rc = nd_collection_build(&c, &texts.sources, texts.view, 0, &err);
    int64_t ms = nd_host_posix()->monotonic_ms(NULL) - start;
    if (rc != ND_OK) fprintf(stderr, "%s\n", err.note[0]);
    if (rc == ND_OK && !w->time) print_units(c, w);
    if (rc == ND_OK) print_counts(c, ms);
    nd_collection_free(c);
    nd_texts_release(&texts);
    return rc == ND_OK ? 0 : 1;
}

int main(int argc, char **argv)
{
    struct wish w = {0};
    int i = 1;
    for (; i < argc && argv[i][0] == '-'; i++) {
        if (strcmp(argv[i], "--time") == 0) {
            w.time = true;
        } else if (i + 1 < argc && strcmp(argv[i], "--kind") == 0) {
            w.kind = argv[++i];
        } else if (i + 1 < argc && strcmp(argv[i], "--page") == 0) {
            w.page = (uint32_t)strtoul(argv[++i], NULL, 10);
        } else if (i + 2 < argc && strcmp(argv[i], "--sample") == 0) {
            w.sample = strtoul(argv[++i], NULL, 10);
            w.seed = strtoull(argv[++i], NULL, 10);
        } else {
            break;
        }
    }
    if (i >= argc) {
        fprintf(stderr, "usage: index_dump [--kind KIND] [--page N] [--sample N SEED] [--time] FILE.txt…\n");
        return 64;
    }
    return run(&w, argv + i, (size_t)(argc - i));
}
