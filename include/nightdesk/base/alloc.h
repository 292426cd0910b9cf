/**
 * Memory. nightdesk is crash-only: when memory runs out the process ends with exit status 75 (try again) and
 * the run resumes from its last durable step, so these calls never return NULL. See docs/adr/0002.
 */
#ifndef NIGHTDESK_BASE_ALLOC_H
#define NIGHTDESK_BASE_ALLOC_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

/* Said once for people above, and here for compilers and analysers. */
#define ND_NEVER_NULL __attribute__((returns_nonnull))

/** count * size zeroed bytes (overflow checked). Free with nd_free. */
void *nd_calloc(size_t count, size_t size) ND_NEVER_NULL;
/** Grows or shrinks old (NULL: allocates) to count * size bytes; new bytes are not set. */
void *nd_realloc(void *old, size_t count, size_t size) ND_NEVER_NULL;
/** A copy of the NUL-ended text; NULL gives NULL. */
char *nd_strdup(const char *text);
/** A NUL-ended copy of len bytes. */
char *nd_strndup(const char *text, size_t len) ND_NEVER_NULL;
/** Formats into new memory. */
char *nd_sprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
char *nd_vsprintf(const char *fmt, va_list args) __attribute__((format(printf, 1, 0)));
/** Ends the process as the calls above do; for libraries that report exhausted memory in their own way. */
_Noreturn void nd_no_memory(void);
/** Frees; NULL is fine. */
void nd_free(void *p);

#define ND_NEW(type) ((type *)nd_calloc(1, sizeof(type)))
#define ND_ARRAY(type, n) ((type *)nd_calloc((n), sizeof(type)))

/**
 * Makes room for one more element in the array `items` (count, capacity are lvalues), doubling as needed:
 *     ND_GROW(list->v, list->n, list->cap); list->v[list->n++] = x;
 */
#define ND_GROW(items, count, capacity)                                                                      \
    do {                                                                                                     \
        if ((count) == (capacity)) {                                                                         \
            (capacity) = (capacity) ? (capacity)*2 : 8;                                                      \
            (items) = nd_realloc((items), (capacity), sizeof *(items));                                      \
        }                                                                                                    \
    } while (0)

#endif
