/** The web behind core/web.h. */
#ifndef ND_WEB_PRIVATE_H
#define ND_WEB_PRIVATE_H

#include "hosts.h"
#include "nightdesk/web/web.h"
#include "search_provider.h"

#define AGENT_HEADER "User-Agent: " ND_WEB_AGENT "/" ND_PROGRAM_VERSION

struct web {
    struct nd_web base; /* first: they share their address */
    struct nd_http *http;
    const struct provider *provider; /* NULL: pages only */
    char *search_base;
    char *search_key;
    struct nd_strings allowed; /* "host:port", lower case */
    char *cache;               /* NULL: nothing is kept */
    struct hosts hosts;
};

enum nd_rc web_search(struct nd_web *web, const char *query, const atomic_bool *stop, struct nd_web_hits *out,
                      struct nd_error *err);
enum nd_rc web_fetch(struct nd_web *web, const char *url, const atomic_bool *stop, struct nd_web_page *out,
                     struct nd_error *err);

/** Is the site on the user's list? */
bool web_is_allowed(const struct web *web, const struct nd_url *url);

/** What a fetch is told of an address: whether it may be asked at all, and how. */
struct gate {
    bool guarded; /* to public addresses only */
    char *why;    /* it may not be asked; NULL: it may */
};
struct gate web_gate(const struct web *web, const struct nd_url *url);
/** The same of where a redirect leads: from a guarded address to none of the user's list. */
struct gate web_gate_from(const struct web *web, bool guarded, const struct nd_url *url);

/** One GET. *why is set when there is no answer (then it is released), ND_STOPPED nothing was sent. */
enum nd_rc web_get(const struct web *web, const char *url, bool guarded, const char *const *headers,
                   size_t max_bytes, const atomic_bool *stop, struct nd_http_answer *answer, char **why,
                   struct nd_error *err);
/** Makes sure that the site's robots.txt is known. The site is the caller's. ND_STOPPED. */
enum nd_rc web_robots(struct web *web, struct site *site, const atomic_bool *stop, struct nd_error *err);
/** Where a redirect leads, clean; NULL: nowhere. Caller frees. */
char *web_redirect(const char *from, const struct nd_http_answer *answer);

#endif
