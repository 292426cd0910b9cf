/** The models that a request names, each with what the environment and the options say about it. */
#ifndef NIGHTDESK_CLI_CHOSEN_H
#define NIGHTDESK_CLI_CHOSEN_H

#include "command.h"
#include "nightdesk/core/request.h"
#include "nightdesk/model/guardrail.h"
#include "nightdesk/model/model.h"

enum chosen_role { CHOSEN_WRITE, CHOSEN_READ, CHOSEN_FALLBACK, CHOSEN_ROLES };

struct chosen {
    bool is; /* the request names one */
    char provider[32];
    char *base_url; /* of bedrock; else NULL */
    struct nd_model_config config;
};
struct chosen_models {
    struct chosen v[CHOSEN_ROLES];
    bool any;                             /* false: nobody is asked */
    struct nd_guardrail_config guardrail; /* name NULL: none */
    char *guardrail_url;                  /* of that config */
};

/** ND_BAD_INPUT not PROVIDER:MODEL, or another model or a guardrail for a writer that asks none · ND_CONFIG
 * bedrock or a guardrail without a region. Release it in any case. */
enum nd_rc chosen_find(struct chosen_models *out, const struct cli *cli, const struct nd_request *request,
                       struct nd_error *err);
void chosen_release(struct chosen_models *models);

/**
 * Fills what the request leaves to a table of models: how much fits into their windows. It belongs to the
 * request, since what a run does must not depend on a table. As chosen_find.
 */
enum nd_rc chosen_fill(const struct cli *cli, struct nd_request *request, struct nd_error *err);
/** The smallest window of those whose windows are known; 0: none is. */
int64_t chosen_context(const struct chosen_models *models);

#endif
