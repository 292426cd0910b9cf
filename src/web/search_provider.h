/** Search services, a row each: how to ask, and how to read the answer. */
#ifndef ND_WEB_SEARCH_PROVIDER_H
#define ND_WEB_SEARCH_PROVIDER_H

#include "nightdesk/base/json.h"
#include "nightdesk/core/web.h"

#define HITS_ASKED 10

/** One request of a search. */
struct ask {
    char *url;
    struct nd_bytes body; /* "" for a GET */
    char *header;         /* with the key; NULL: none */
};
void ask_release(struct ask *ask);

struct provider {
    const char *name;
    const char *url;      /* its own address, without a slash at the end; NULL: it has none */
    const char *key_name; /* of the environment; NULL: it takes no key */
    /** base is its own address or the user's. */
    void (*ask)(struct ask *out, const char *base, const char *key, const char *query);
    /** Fills the hits from an answer with status 200; ND_BAD_INPUT says what is wrong with it. */
    enum nd_rc (*read)(const struct nd_json *answer, struct nd_web_hits *out, struct nd_error *err);
    /** Why an answer with that status makes the service unusable as it is set up; NULL: it does not. */
    const char *(*refuses)(int status);
};

extern const struct provider provider_searxng, provider_tavily, provider_brave;
extern const struct provider *const providers[]; /* ended by NULL */
const struct provider *provider_named(const char *name);

/** Appends text escaped for a query string. */
void add_query_value(const char *text, struct nd_bytes *out);
/**
 * Adds a result from members of that name (NULL: it has none): cleaned, cut, addresses that cannot be fetched
 * and repeated ones left out.
 */
void hits_add(struct nd_web_hits *hits, const struct nd_json *result, const char *snippet,
              const char *published);

#endif
