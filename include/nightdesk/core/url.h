/**
 * Addresses on the web: http and https only. Everything here is a pure function of text; whether an address
 * may be connected to is decided elsewhere, on the connected address itself.
 */
#ifndef NIGHTDESK_CORE_URL_H
#define NIGHTDESK_CORE_URL_H

#include "nightdesk/base/bytes.h"

#define ND_URL_MAX_BYTES 2048 /* of an address in its clean form */

/** The parts of a clean address, borrowed from it. */
struct nd_url {
    struct nd_view scheme; /* "http" or "https" */
    struct nd_view host;   /* "example.org", "192.0.2.1", "2001:db8::1" (without brackets) */
    unsigned port;         /* the scheme's own where none is written */
    struct nd_view path;   /* "/a/b?x=1": path and query, never empty */
};

/**
 * The clean form: scheme and host in lower case, no fragment, no user name, the scheme's own port left out,
 * "/" for an empty path, "." and ".." resolved, spaces and non-ASCII bytes of path and query escaped. NULL
 * for everything that is no http(s) address or that two parsers might read in two ways (see nd_url_host); a
 * host must be ASCII. Caller frees.
 */
char *nd_url_clean(struct nd_view url);
/** False when url is not in the clean form. */
bool nd_url_split(struct nd_url *out, struct nd_view url);
/** What a link on a page leads to (RFC 3986, 5.2), in the clean form; NULL: nowhere that can be fetched, or
 * another place on the same page. base is clean. Caller frees. */
char *nd_url_resolve(const char *base, struct nd_view link);

#endif
