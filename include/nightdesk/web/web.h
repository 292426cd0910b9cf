/**
 * The web: search services behind one table, and fetching pages. Fills core/web.h.
 *
 * A fetch is polite and guarded. It connects to public addresses on ports 80 and 443 only, whatever a name
 * resolves to; the one exception is the user's own list of hosts (`allowed`), which comes from flags,
 * environment or local configuration and never from a request, a page or a model. Every redirect is checked
 * as the first address was. robots.txt (RFC 9309) is obeyed, one page at a time is asked of a host, with a
 * pause between two (none for hosts of the user's list), and Retry-After is honoured. No cookies, no
 * credentials, no proxy.
 */
#ifndef NIGHTDESK_WEB_WEB_H
#define NIGHTDESK_WEB_WEB_H

#include "nightdesk/core/request.h"
#include "nightdesk/core/web.h"
#include "nightdesk/net/http.h"

#define ND_WEB_AGENT "nightdesk" /* the name that robots.txt knows us by */
#define ND_WEB_PAGE_MAX_BYTES ((size_t)20 << 20)
#define ND_WEB_ANSWER_MAX_BYTES ((size_t)4 << 20) /* of a search service */
#define ND_WEB_REDIRECTS_MAX 5
#define ND_WEB_TOTAL_MS 30000 /* of one exchange */
#define ND_WEB_PAUSE_MS 1000  /* between two pages of a host */
#define ND_WEB_PAUSE_MAX_MS 30000
#define ND_WEB_CACHE_MAX_BYTES ((int64_t)1 << 30)

/** What the command line knows. Strings are borrowed until the web is closed. */
struct nd_web_config {
    const char *search;     /* provider's name; NULL: pages only */
    const char *search_url; /* where it is asked, instead of at its own address; NULL */
    const char *search_key; /* NULL: none */
    int64_t search_fee_microusd;
    const struct nd_strings *allowed; /* "host:port" each, see nd_web_check_allowed; NULL: none */
    const char *cache; /* a folder for what was fetched, made when needed; NULL: nothing is kept */
};

/**
 * @return ND_BAD_INPUT no such provider (names those there are) or an entry of the list is not HOST:PORT ·
 * ND_CONFIG the provider needs a key or an address (names what to set)
 */
enum nd_rc nd_web_open(struct nd_web **out, const struct nd_web_config *config, struct nd_http *http,
                       struct nd_error *err);
void nd_web_close(struct nd_web *web); /* NULL is fine */

/** The services' names, from 0; NULL: there is no further one. */
const char *nd_web_search_name(size_t i);
/** The variable that holds a provider's key ("BRAVE_API_KEY"); NULL: it has none, or there is no such
 * provider. */
const char *nd_web_key_name(const char *search);
/** The host that will be asked for searches; empty: it has no address. Borrowed from the config. */
struct nd_view nd_web_search_host(const struct nd_web_config *config);
/** ND_BAD_INPUT when the text is not HOST:PORT (the host a name or number as it stands in the address). */
enum nd_rc nd_web_check_allowed(const char *text, struct nd_error *err);

#endif
