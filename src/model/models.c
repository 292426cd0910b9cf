#include "asker.h"
#include "nightdesk/aws/bedrock.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/model/model.h"

#include <string.h>

static const struct provider *const providers[] = {&openai_provider, &anthropic_provider, &bedrock_provider};

#define PROVIDERS (sizeof providers / sizeof *providers)
#define KNOWN "openai, anthropic, bedrock"

static const struct provider *provider_named(struct nd_view name)
{
    for (size_t i = 0; i < PROVIDERS; i++)
        if (nd_view_is(name, providers[i]->name)) return providers[i];
    return NULL;
}

static const struct provider *provider_of(const struct nd_model_config *config)
{
    return provider_named(nd_view_of(config->provider));
}

bool nd_model_settings(size_t i, struct nd_model_variables *out)
{
    if (i >= PROVIDERS) return false;
    const struct provider *p = providers[i];
    *out = (struct nd_model_variables){p->name, p->url_variable, p->key_variable, p->home, p->signs};
    return true;
}

enum nd_rc nd_model_split(const char *writer, char provider[32], const char **model, struct nd_error *err)
{
    const char *colon = strchr(writer, ':');
    size_t len = colon ? (size_t)(colon - writer) : 0;
    if (!colon || len == 0 || len >= 32 || !colon[1])
        return nd_fail(err, ND_BAD_INPUT, "writer '%.80s' is neither 'extractive' nor PROVIDER:MODEL",
                       writer);
    if (!provider_named((struct nd_view){writer, len}))
        return nd_fail(err, ND_BAD_INPUT, "provider '%.*s' is unknown; there is: " KNOWN, (int)len, writer);
    memcpy(provider, writer, len);
    provider[len] = 0;
    *model = colon + 1;
    return ND_OK;
}

static const char *base_of(const struct nd_model_config *config)
{
    const struct provider *p = provider_of(config);
    return config->base_url ? config->base_url : p && p->home ? p->home : "";
}

struct nd_view nd_model_host(const struct nd_model_config *config)
{
    return nd_url_host(nd_view_of(base_of(config)));
}

static enum nd_whereabouts whereabouts(const struct nd_model_config *config)
{
    const struct provider *p = provider_of(config);
    struct nd_view host = nd_model_host(config);
    if (nd_url_is_local(nd_view_of(base_of(config)))) return ND_HERE;
    bool own = p->home ? nd_view_eq(host, nd_url_host(nd_view_of(p->home)))
                       : nd_view_ends(host, ".amazonaws.com") || nd_view_ends(host, ".api.aws") ||
                             nd_view_ends(host, ".amazonaws.com.cn");
    return own ? ND_AT_PROVIDER : ND_ELSEWHERE;
}

bool nd_model_is_here(const struct nd_model_config *config)
{
    return config->provider && whereabouts(config) == ND_HERE;
}

static enum nd_rc check_provider(const struct nd_model_config *config, struct nd_error *err)
{
    return provider_of(config)
               ? ND_OK
               : nd_fail(err, ND_CONFIG, "provider '%.31s' is unknown; there is: " KNOWN, config->provider);
}

enum nd_rc nd_model_price(const struct nd_model_config *config, struct nd_price *out, struct nd_error *err)
{
    enum nd_rc rc = check_provider(config, err);
    if (rc != ND_OK) return rc;
    bool listed = whereabouts(config) == ND_AT_PROVIDER;
    return nd_price_find(config->provider, config->model, listed, config->price, out, err);
}

enum nd_rc nd_model_traits(const struct nd_model_config *config, struct nd_traits *out, struct nd_error *err)
{
    enum nd_rc rc = check_provider(config, err);
    if (rc != ND_OK) return rc;
    nd_traits_find(config->provider, config->model, whereabouts(config), out);
    bool known = whereabouts(config) == ND_AT_PROVIDER && out->context_tokens;
    return known ? ND_OK : nd_traits_adjust(out, config->traits, err);
}

static bool is_printable(const char *text)
{
    for (; *text; text++)
        if (*text <= ' ' || *text > '~') return false;
    return true;
}

static enum nd_rc check_key(const struct provider *p, const struct nd_model_config *config,
                            struct nd_error *err)
{
    bool local = whereabouts(config) == ND_HERE, signs = p->signs && config->aws;
    if (!config->api_key && !local && !signs)
        return nd_fail(err, ND_CONFIG, "%s is not set, and '%.120s' is not on this machine", p->key_variable,
                       base_of(config));
    if (config->api_key && (!*config->api_key || !is_printable(config->api_key)))
        return nd_fail(err, ND_CONFIG, "%s is empty or holds spaces, line breaks or other odd characters",
                       p->key_variable);
    if (!local && !nd_view_starts(nd_view_of(base_of(config)), "https://"))
        return nd_fail(err, ND_CONFIG,
                       "%s '%.120s' would send the key and the text unencrypted; wanted https",
                       p->url_variable, base_of(config));
    return ND_OK;
}

enum nd_rc nd_model_open(struct nd_model **out, const struct nd_model_config *config, struct nd_http *http,
                         struct nd_error *err)
{
    struct nd_price price;
    enum nd_rc rc = nd_model_price(config, &price, err);
    if (rc != ND_OK) return rc;
    const struct provider *p = provider_of(config);
    struct nd_view url = nd_view_of(base_of(config));
    if (nd_url_host(url).len == 0 || nd_view_find(url, ND_VIEW("?"), 0) != SIZE_MAX ||
        nd_view_find(url, ND_VIEW("#"), 0) != SIZE_MAX)
        return nd_fail(err, ND_BAD_INPUT, "%s '%.120s' is not an address like https://host/v1",
                       p->url_variable, base_of(config));
    struct nd_traits traits;
    rc = check_key(p, config, err);
    if (rc == ND_OK) rc = nd_model_traits(config, &traits, err);
    if (rc == ND_OK) *out = asker_open(p, config, whereabouts(config), &price, &traits, http);
    return rc;
}

void nd_model_close(struct nd_model *model)
{
    if (model) model->ops->close(model);
}
