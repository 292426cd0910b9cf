#include "vectors.h"

#include "nightdesk/base/alloc.h"

#include <stdlib.h>

static int by_term(const void *a, const void *b)
{
    uint32_t left = ((const struct nd_posting *)a)->term;
    uint32_t right = ((const struct nd_posting *)b)->term;
    return left < right ? -1 : left > right;
}

void nd_vectors_add(struct nd_vectors *vectors, struct nd_posting *terms, size_t n)
{
    if (vectors->rows + 2 > vectors->row_cap) {
        vectors->row_cap = vectors->row_cap ? vectors->row_cap * 2 : 64;
        vectors->start = nd_realloc(vectors->start, vectors->row_cap, sizeof *vectors->start);
        vectors->start[0] = 0;
    }
    if (n > 1) qsort(terms, n, sizeof *terms, by_term);
    size_t first = vectors->n;
    for (size_t i = 0; i < n; i++) {
        if (vectors->n > first && vectors->v[vectors->n - 1].term == terms[i].term) {
            vectors->v[vectors->n - 1].tf += terms[i].tf;
            continue;
        }
        ND_GROW(vectors->v, vectors->n, vectors->cap);
        vectors->v[vectors->n++] = terms[i];
    }
    vectors->start[++vectors->rows] = vectors->n;
}

struct nd_vector nd_vectors_row(const struct nd_vectors *vectors, size_t row)
{
    size_t start = vectors->start[row];
    return (struct nd_vector){vectors->v + start, vectors->start[row + 1] - start};
}

uint32_t nd_vector_tf(struct nd_vector vector, uint32_t term)
{
    size_t low = 0;
    size_t high = vector.n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (vector.v[middle].term < term)
            low = middle + 1;
        else
            high = middle;
    }
    return low < vector.n && vector.v[low].term == term ? vector.v[low].tf : 0;
}

void nd_vectors_release(struct nd_vectors *vectors)
{
    nd_free(vectors->v);
    nd_free(vectors->start);
    *vectors = (struct nd_vectors){0};
}
