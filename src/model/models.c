#include "nightdesk/model/model.h"
#include "openai.h"
#include <string.h>

enum nd_rc nd_model_split(const char *writer, char provider[32], const char **model, struct nd_error *err)
{
    const char *colon = strchr(writer, ':');
    size_t len = colon ? (size_t)(colon - writer) : 0;
    if (!colon || len == 0 || len >= 32 || !colon[1])
        return nd_fail(err, ND_BAD_INPUT, "writer '%.80s' is neither 'extractive' nor PROVIDER:MODEL",
                       writer);
    if (len != strlen("openai") || strncmp(writer, "openai", len) != 0)
        return nd_fail(err, ND_BAD_INPUT, "provider '%.*s' is unknown; there is: openai",
                       (int)(len < 40 ? len : 40), writer);
    memcpy(provider, writer, len);
    provider[len] = 0;
    *model = colon + 1;
    return ND_OK;
}

static struct nd_view base_url(const struct nd_model_config *config)
{
    return nd_view_of(config->base_url ? config->base_url : OPENAI_URL);
}

struct nd_view nd_model_host(const struct nd_model_config *config)
{
    return nd_url_host(base_url(config));
}

enum nd_rc nd_model_price(const struct nd_model_config *config, struct nd_price *out, struct nd_error *err)
{
    bool listed = nd_view_eq(nd_model_host(config), nd_url_host(ND_VIEW(OPENAI_URL)));
    return nd_price_find(config->provider, config->model, listed, config->price, out, err);
}

enum nd_rc nd_model_open(struct nd_model **out, const struct nd_model_config *config, struct nd_http *http,
                         struct nd_error *err)
{
    struct nd_price price;
    if (strcmp(config->provider, "openai") != 0)
        return nd_fail(err, ND_CONFIG, "provider '%.31s' is unknown; there is: openai", config->provider);
    enum nd_rc rc = nd_model_price(config, &price, err);
    return rc == ND_OK ? openai_open(out, config, &price, http, err) : rc;
}

void nd_model_close(struct nd_model *model)
{
    if (model) model->ops->close(model);
}
