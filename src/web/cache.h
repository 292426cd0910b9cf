/**
 * What was fetched, kept in a folder so that a page that did not change is not sent again: bodies under their
 * sha256, and for each address what a server needs to say "not modified". What is found there is checked as
 * if a stranger had written it.
 */
#ifndef ND_WEB_CACHE_H
#define ND_WEB_CACHE_H

#include "nightdesk/base/bytes.h"
#include "nightdesk/net/http.h"

struct kept {
    char *etag, *modified; /* NULL: not said */
    char *media_type;
    char sha256[65]; /* of the body */
};
void kept_release(struct kept *kept);

/** Empties a folder that has grown over ND_WEB_CACHE_MAX_BYTES. */
void cache_tidy(const char *folder);
/** What is kept of the address; false: nothing. folder may be NULL. */
bool cache_find(const char *folder, const char *url, struct kept *out);
/** The body; false: it is not there, or other bytes are. */
bool cache_body(const char *folder, const struct kept *kept, struct nd_bytes *out);
/** Keeps an answer that may be kept and asked about again; failing to is fine. */
void cache_keep(const char *folder, const char *url, const char *media_type,
                const struct nd_http_answer *answer);

#endif
