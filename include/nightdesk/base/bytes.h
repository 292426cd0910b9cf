/**
 * Bytes: a view you borrow, a buffer you own.
 */
#ifndef NIGHTDESK_BASE_BYTES_H
#define NIGHTDESK_BASE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Borrowed bytes: never freed by who holds the view, maybe not NUL-ended, maybe not UTF-8. */
struct nd_view {
    const char *data;
    size_t len;
};

#define ND_VIEW(literal) ((struct nd_view){(literal), sizeof(literal) - 1})

struct nd_view nd_view_of(const char *text);                            /* NULL gives an empty view */
struct nd_view nd_view_sub(struct nd_view v, size_t start, size_t end); /* clipped to the view */
struct nd_view nd_view_trim(struct nd_view v);                          /* ASCII white space off both ends */
bool nd_view_eq(struct nd_view a, struct nd_view b);
bool nd_view_is(struct nd_view a, const char *text);
bool nd_view_starts(struct nd_view a, const char *prefix);
bool nd_view_ends(struct nd_view a, const char *suffix);
int nd_view_cmp(struct nd_view a, struct nd_view b); /* memcmp order, shorter first */
/** Index of the first occurrence of needle at or after from, or SIZE_MAX. */
size_t nd_view_find(struct nd_view hay, struct nd_view needle, size_t from);
char *nd_view_dup(struct nd_view v); /* NUL-ended copy, caller frees */
/** Parses a whole decimal int64 (optional '-'); false on anything else or overflow. */
bool nd_view_int(struct nd_view v, int64_t *out);

/**
 * Owned bytes. Every buffer is born with a ceiling, so hostile input cannot eat the machine: what would pass
 * it is not appended, nor anything after it (what is there is always a prefix), and `over` stays true, to be
 * checked once at the end. data[len] is always NUL when data is not NULL.
 */
struct nd_bytes {
    char *data;
    size_t len, cap, max;
    bool over;
};
#define ND_BYTES(limit) ((struct nd_bytes){.max = (limit)})
#define ND_MIB ((size_t)1 << 20)
#define ND_BYTES_MAX ((size_t)512 << 20) /* for what the program builds itself */

void nd_bytes_add(struct nd_bytes *b, const void *data, size_t len);
void nd_bytes_add_view(struct nd_bytes *b, struct nd_view v);
void nd_bytes_add_str(struct nd_bytes *b, const char *text);
void nd_bytes_add_char(struct nd_bytes *b, char c);
void nd_bytes_addf(struct nd_bytes *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
/** Room for len more bytes; returns where they go (then set b->len), or NULL when over the ceiling. */
char *nd_bytes_room(struct nd_bytes *b, size_t len);
struct nd_view nd_bytes_view(const struct nd_bytes *b); /* data is never NULL */
/** Hands the memory to the caller (nd_free it); b is empty again. Never NULL. */
char *nd_bytes_take(struct nd_bytes *b, size_t *len);
void nd_bytes_clear(struct nd_bytes *b); /* empty and not over; keeps the memory */
void nd_bytes_release(struct nd_bytes *b);

#endif
