/* Opening: what is set up wrongly is said before anything is asked. */
#include "nightdesk/base/alloc.h"
#include "cache.h"
#include "nightdesk/base/log.h"
#include "web_private.h"
#include <string.h>

#define SECRET_MIN_BYTES 8

const char *nd_web_search_name(size_t i)
{
    size_t n = 0;
    while (n < i && providers[n]) n++;
    return providers[n] ? providers[n]->name : NULL;
}

const char *nd_web_key_name(const char *search)
{
    const struct provider *p = search ? provider_named(search) : NULL;
    return p ? p->key_name : NULL;
}

static const char *base_of(const struct nd_web_config *config)
{
    const struct provider *p = config->search ? provider_named(config->search) : NULL;
    return config->search_url ? config->search_url : p ? p->url : NULL;
}

struct nd_view nd_web_search_host(const struct nd_web_config *config)
{
    return nd_url_host(nd_view_of(base_of(config)));
}

/* ---- the user's list ---- */

/* "Example.org:8080" -> "example.org:8080"; NULL: it is no host with its port. */
static char *host_and_port(const char *text)
{
    char *given = nd_sprintf("http://%s/", text), *clean = nd_url_clean(nd_view_of(given)), *found = NULL;
    struct nd_url url;
    if (clean && nd_url_split(&url, nd_view_of(clean)) && nd_view_is(url.path, "/")) {
        bool is_ip6 = nd_view_find(url.host, ND_VIEW(":"), 0) != SIZE_MAX;
        found = nd_sprintf(is_ip6 ? "[%.*s]:%u" : "%.*s:%u", (int)url.host.len, url.host.data, url.port);
        if (strlen(found) != strlen(text)) { /* the port was not said, or more than it was */
            nd_free(found);
            found = NULL;
        }
    }
    nd_free(given);
    nd_free(clean);
    return found;
}

enum nd_rc nd_web_check_allowed(const char *text, struct nd_error *err)
{
    char *found = host_and_port(text);
    bool ok = found != NULL;
    nd_free(found);
    return ok ? ND_OK
              : nd_fail(err, ND_BAD_INPUT, "'%.100s' is not HOST:PORT, like intranet.example:8080", text);
}

bool web_is_allowed(const struct web *web, const struct nd_url *url)
{
    bool is_ip6 = nd_view_find(url->host, ND_VIEW(":"), 0) != SIZE_MAX;
    char *own = nd_sprintf(is_ip6 ? "[%.*s]:%u" : "%.*s:%u", (int)url->host.len, url->host.data, url->port);
    bool found = false;
    for (size_t i = 0; i < web->allowed.n && !found; i++) found = strcmp(web->allowed.v[i], own) == 0;
    nd_free(own);
    return found;
}

static enum nd_rc take_allowed(struct web *web, const struct nd_strings *list, struct nd_error *err)
{
    for (size_t i = 0; list && i < list->n; i++) {
        enum nd_rc rc = nd_web_check_allowed(list->v[i], err);
        if (rc != ND_OK) return rc;
        char *host = host_and_port(list->v[i]);
        nd_strings_add(&web->allowed, host);
        nd_free(host);
    }
    return ND_OK;
}

/* ---- the search service ---- */

static enum nd_rc no_such_provider(const char *name, struct nd_error *err)
{
    struct nd_bytes names = ND_BYTES(ND_ERROR_NOTE_BYTES / 2);
    for (const struct provider *const *p = providers; *p; p++)
        nd_bytes_addf(&names, "%s%s", names.len > 0 ? ", " : "", (*p)->name);
    struct nd_view text = nd_bytes_view(&names);
    enum nd_rc rc = nd_fail(err, ND_BAD_INPUT, "there is no search service '%.60s', only: %.*s", name,
                            (int)text.len, text.data);
    nd_bytes_release(&names);
    return rc;
}

static enum nd_rc take_provider(struct web *web, const struct nd_web_config *config, struct nd_error *err)
{
    if (!config->search) return ND_OK;
    const struct provider *p = provider_named(config->search);
    const char *base = base_of(config);
    if (!p) return no_such_provider(config->search, err);
    if (!base)
        return nd_fail(err, ND_CONFIG, "search service '%s' has no address of its own: give --search-url",
                       p->name);
    if (nd_web_search_host(config).len == 0)
        return nd_fail(err, ND_CONFIG, "'%.100s' is not an address like https://host/path for searches",
                       base);
    if (p->key_name && !config->search_key)
        return nd_fail(err, ND_CONFIG, "search service '%s' needs a key: set %s", p->name, p->key_name);
    struct nd_view url = nd_view_of(base);
    while (url.len > 0 && url.data[url.len - 1] == '/') url.len--;
    web->provider = p;
    web->search_base = nd_view_dup(url);
    web->search_key = p->key_name ? nd_strdup(config->search_key) : NULL;
    if (web->search_key && strlen(web->search_key) >= SECRET_MIN_BYTES) nd_log_secret(web->search_key);
    web->base.search = p->name;
    web->base.search_fee_microusd = config->search_fee_microusd;
    return ND_OK;
}

/* ---- open and close ---- */

static const struct nd_web_ops ops = {.search = web_search, .fetch = web_fetch, .close = nd_web_close};

enum nd_rc nd_web_open(struct nd_web **out, const struct nd_web_config *config, struct nd_http *http,
                       struct nd_error *err)
{
    struct web *web = ND_NEW(struct web);
    web->base.ops = &ops;
    web->http = http;
    web->cache = nd_strdup(config->cache);
    hosts_init(&web->hosts);
    enum nd_rc rc = take_provider(web, config, err);
    if (rc == ND_OK) rc = take_allowed(web, config->allowed, err);
    if (rc == ND_OK) {
        cache_tidy(web->cache);
        *out = &web->base;
    } else {
        nd_web_close(&web->base);
    }
    return rc;
}

void nd_web_close(struct nd_web *base)
{
    struct web *web = (struct web *)(void *)base;
    if (!web) return;
    hosts_release(&web->hosts);
    nd_strings_release(&web->allowed);
    nd_free(web->search_base);
    nd_free(web->search_key);
    nd_free(web->cache);
    nd_free(web);
}
