/**
 * A guardrail of Amazon Bedrock (ApplyGuardrail) as the model of the role "guard": see core/model.h.
 *
 * What refuses calls for two minutes without a break is taken for away: from then on a call is tried once,
 * and is an error at once when it is refused again. A call whose answer is lost is not repeated: its worst
 * case is what it cost.
 */
#ifndef NIGHTDESK_MODEL_GUARDRAIL_H
#define NIGHTDESK_MODEL_GUARDRAIL_H

#include "nightdesk/base/host.h"
#include "nightdesk/core/model.h"
#include "nightdesk/net/http.h"

#define ND_GUARD_PATIENCE_MS (2 * 60 * 1000)

struct nd_aws;

struct nd_guardrail_config {
    const char *name;     /* "ID:VERSION", the id being a name of AWS's or an ARN, as a request checks it */
    const char *base_url; /* as nd_bedrock_url gives it */
    const char *api_key;  /* AWS_BEARER_TOKEN_BEDROCK; NULL: requests are signed */
    struct nd_aws *aws;   /* signs when there is no key; borrowed until close */
};

/** http and host are borrowed until nd_model_close. ND_CONFIG: an address beside this machine without https.
 */
enum nd_rc nd_guardrail_open(struct nd_model **out, const struct nd_guardrail_config *config,
                             struct nd_http *http, const struct nd_host *host, struct nd_error *err);

#endif
