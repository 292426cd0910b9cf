/**
 * The web as the pipeline sees it: a search service and a way to fetch pages. src/web fills this table; the
 * pipeline reaches it through its desk (nd_desk_config.web, NULL: this run has no web).
 *
 * Which addresses may be fetched is the pipeline's rule (pipeline/web_pages.h): results of a search, the
 * user's own list, and links that the program recorded on a fetched page. Which machines may be connected to
 * is src/web's rule (the address guard). Both hold for every call.
 *
 * What goes wrong with one search or page is a `why`, in words for people, which the lane can live with;
 * what makes the web as a whole unusable is a result.
 */
#ifndef NIGHTDESK_CORE_WEB_H
#define NIGHTDESK_CORE_WEB_H

#include "nightdesk/base/bytes.h"
#include "nightdesk/base/error.h"
#include "nightdesk/core/url.h"
#include <stdatomic.h>

#define ND_WEB_QUERY_MAX_BYTES 256 /* of a search's words */
#define ND_WEB_QUERY_MAX_WORDS 32
#define ND_WEB_HITS_MAX 20           /* results of one search that are kept */
#define ND_WEB_TITLE_MAX_BYTES 300   /* of a result */
#define ND_WEB_SNIPPET_MAX_BYTES 600 /* of a result */

/** One result of a search: UTF-8, without markup and control characters, cut to its limits. */
struct nd_web_hit {
    char *url;             /* as nd_url_clean gives it */
    char *title, *snippet; /* "" when there is none */
    char *published;       /* "2026-11-24"; NULL: not stated */
};
struct nd_web_hits {
    struct nd_web_hit v[ND_WEB_HITS_MAX]; /* in the service's order, no address twice */
    size_t n;
    char *why;             /* the search failed; NULL: it did not */
    int64_t cost_microusd; /* what it cost: 0 when the service declined, else at most search_fee_microusd */
};
void nd_web_hits_release(struct nd_web_hits *hits);

/** A page as it was fetched. */
struct nd_web_page {
    char *url;        /* where it was in the end, after redirects */
    char *media_type; /* "text/html", lower case without parameters; "" when not stated */
    struct nd_bytes body;
    char *why; /* it was not fetched; NULL: it was */
};
void nd_web_page_release(struct nd_web_page *page);

struct nd_web;
struct nd_web_ops {
    /**
     * Asks the search service. The query holds at most the limits above; more is cut.
     * @return ND_OK       hits, or a why in *out; caller releases it
     *         ND_CONFIG   no service is configured, or it refuses the key: nothing was billed
     *         ND_STOPPED  nothing was sent
     */
    enum nd_rc (*search)(struct nd_web *web, const char *query, const atomic_bool *stop,
                         struct nd_web_hits *out, struct nd_error *err);
    /**
     * Fetches a page politely (robots.txt, one at a time and host) from a public address (the address guard,
     * for every redirect, too). Blocks.
     * @return ND_OK a body, or a why, in *out; caller releases it · ND_STOPPED
     */
    enum nd_rc (*fetch)(struct nd_web *web, const char *url, const atomic_bool *stop, struct nd_web_page *out,
                        struct nd_error *err);
    void (*close)(struct nd_web *web);
};
struct nd_web {
    const struct nd_web_ops *ops;
    const char *search;          /* the service's name ("searxng"); NULL: none, and search is ND_CONFIG */
    int64_t search_fee_microusd; /* of one search, at most */
};

#endif
