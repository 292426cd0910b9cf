/** Term vectors: for each row (unit, passage, section, document) its terms in ascending order, with how often
 * each stands. */
#ifndef NIGHTDESK_INDEX_VECTORS_H
#define NIGHTDESK_INDEX_VECTORS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct nd_posting {
    uint32_t term; /* in an inverted list: the row */
    uint32_t tf;
};

struct nd_vectors {
    struct nd_posting *v;
    size_t n, cap;
    size_t *start; /* row i is v[start[i]] … v[start[i + 1] - 1] */
    size_t rows, row_cap;
};

struct nd_vector {
    const struct nd_posting *v;
    size_t n;
};

/** Adds a row of terms in any order, equal ones summed up; `terms` is sorted in place. */
void nd_vectors_add(struct nd_vectors *vectors, struct nd_posting *terms, size_t n);
struct nd_vector nd_vectors_row(const struct nd_vectors *vectors, size_t row);
/** How often the term stands in the row. */
uint32_t nd_vector_tf(struct nd_vector vector, uint32_t term);
void nd_vectors_release(struct nd_vectors *vectors);

#endif
