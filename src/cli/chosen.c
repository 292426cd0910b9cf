#include "chosen.h"
#include "nightdesk/aws/bedrock.h"
#include "nightdesk/base/alloc.h"

#include <string.h>

/* The variables of a provider that is known. */
static struct nd_model_variables variables_of(const char *provider)
{
    struct nd_model_variables v = {0};
    for (size_t i = 0; nd_model_settings(i, &v); i++)
        if (strcmp(v.provider, provider) == 0) break;
    return v;
}

static enum nd_rc choose(struct chosen *c, const struct cli *cli, const char *name, enum option_id price,
                         struct nd_error *err)
{
    const char *model = NULL;
    enum nd_rc rc = nd_model_split(name, c->provider, &model, err);
    if (rc != ND_OK) return rc;
    const struct nd_model_variables v = variables_of(c->provider);
    c->is = true;
    if (v.signs) rc = nd_bedrock_url(NULL, &c->base_url, err);
    c->config = (struct nd_model_config){
        .provider = c->provider,
        .model = model,
        .base_url = v.signs ? c->base_url : environment_get(cli->environment, v.url),
        .api_key = environment_get(cli->environment, v.key),
        .price = setting_text(&cli->settings, price),
        .traits = setting_text(&cli->settings, OPT_MODEL_TRAITS),
    };
    return rc;
}

static enum nd_rc choose_guardrail(struct chosen_models *out, const struct cli *cli, const char *name,
                                   struct nd_error *err)
{
    enum nd_rc rc = nd_bedrock_url(NULL, &out->guardrail_url, err);
    out->guardrail = (struct nd_guardrail_config){
        .name = name,
        .base_url = out->guardrail_url,
        .api_key = environment_get(cli->environment, "AWS_BEARER_TOKEN_BEDROCK"),
    };
    return rc;
}

/* A writer that asks nobody leaves nothing to do for others. */
static enum nd_rc check_idle(const struct nd_request *request, const char *model, struct nd_error *err)
{
    if (model)
        return nd_fail(
            err, ND_BAD_INPUT,
            "model '%.80s' would have nothing to do: the extractive writer asks none; give --model, too",
            model);
    if (request->guardrail)
        return nd_fail(err, ND_BAD_INPUT,
                       "guardrail '%.80s' would have nothing to judge: the extractive writer prints quotes "
                       "alone; give --model, too",
                       request->guardrail);
    return ND_OK;
}

enum nd_rc chosen_find(struct chosen_models *out, const struct cli *cli, const struct nd_request *request,
                       struct nd_error *err)
{
    static const enum option_id prices[CHOSEN_ROLES] = {OPT_PRICE, OPT_READ_PRICE, OPT_FALLBACK_PRICE};
    const char *names[CHOSEN_ROLES] = {request->writer, request->read_model, request->fallback_model};
    *out = (struct chosen_models){.any = strcmp(request->writer, "extractive") != 0};
    if (!out->any)
        return check_idle(request, names[CHOSEN_READ] ? names[CHOSEN_READ] : names[CHOSEN_FALLBACK], err);
    enum nd_rc rc = ND_OK;
    for (size_t i = 0; i < CHOSEN_ROLES && rc == ND_OK; i++)
        if (names[i]) rc = choose(&out->v[i], cli, names[i], prices[i], err);
    if (rc == ND_OK && request->guardrail) rc = choose_guardrail(out, cli, request->guardrail, err);
    return rc;
}

void chosen_release(struct chosen_models *models)
{
    for (size_t i = 0; i < CHOSEN_ROLES; i++) nd_free(models->v[i].base_url);
    nd_free(models->guardrail_url);
    *models = (struct chosen_models){0};
}

int64_t chosen_context(const struct chosen_models *models)
{
    int64_t least = 0;
    for (size_t i = 0; i < CHOSEN_ROLES; i++) {
        struct nd_traits traits;
        if (!models->v[i].is || nd_model_traits(&models->v[i].config, &traits, NULL) != ND_OK) continue;
        bool less = traits.context_tokens && (!least || traits.context_tokens < least);
        if (less) least = traits.context_tokens;
    }
    return least;
}

enum nd_rc chosen_fill(const struct cli *cli, struct nd_request *request, struct nd_error *err)
{
    struct chosen_models models;
    enum nd_rc rc = chosen_find(&models, cli, request, err);
    if (rc == ND_OK && request->context_tokens == 0) request->context_tokens = chosen_context(&models);
    chosen_release(&models);
    return rc;
}
