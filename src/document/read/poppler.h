/** The only way to poppler: what nightdesk-read needs of it, for C. */
#ifndef ND_READ_POPPLER_H
#define ND_READ_POPPLER_H

#ifdef __cplusplus
extern "C" {
#endif

#include "nightdesk/base/bytes.h"

struct nd_poppler; /* an open document */

const char *nd_poppler_version(void);
/** Loads what poppler would look for in files later (character tables, conversions). Before the sandbox
 * closes. */
void nd_poppler_prepare(void);
/** NULL when it cannot be read; *locked says that a password is wanted. data is borrowed until the document
 * is freed. */
struct nd_poppler *nd_poppler_open(struct nd_view data, bool *locked);
void nd_poppler_free(struct nd_poppler *pdf);
uint32_t nd_poppler_pages(const struct nd_poppler *pdf);

/**
 * Appends the text of a page (counted from 0) and its label. ND_POPPLER_STREAM: in the order of its content
 * stream, which keeps columns apart and line-end hyphens; words of right-to-left scripts may come backwards.
 * ND_POPPLER_READING: in the order of reading, which sorts those. False: the page cannot be read.
 */
enum nd_poppler_order { ND_POPPLER_STREAM, ND_POPPLER_READING };
bool nd_poppler_page(const struct nd_poppler *pdf, uint32_t page, enum nd_poppler_order order,
                     struct nd_bytes *text, struct nd_bytes *label);
/** True when nothing is drawn on the page. Draws it small to find out. */
bool nd_poppler_page_is_blank(const struct nd_poppler *pdf, uint32_t page);

/** Appends a member of the document's information ("Title", "Author"), nothing when it is not there. */
void nd_poppler_info(const struct nd_poppler *pdf, const char *member, struct nd_bytes *out);
/** When it was made, in seconds since 1970; 0: not stated. */
int64_t nd_poppler_created(const struct nd_poppler *pdf);
/** Calls add for each bookmark in order; level counts from 1. */
void nd_poppler_bookmarks(const struct nd_poppler *pdf,
                          void (*add)(void *ctx, unsigned level, struct nd_view title), void *ctx);
/** A word of a page: where its box begins from the top, how high it is, whether a blank follows. */
struct nd_poppler_word {
    struct nd_view text;
    double top, height;
    bool space_after;
};
/** Calls add for each word of a page. */
void nd_poppler_words(const struct nd_poppler *pdf, uint32_t page,
                      void (*add)(void *ctx, const struct nd_poppler_word *word), void *ctx);

#ifdef __cplusplus
}
#endif

#endif
