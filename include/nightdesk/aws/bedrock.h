/**
 * Bedrock. Its runtime: where it is, and one signed request, sent once; what is asked and answered is
 * src/model's. Its knowledge bases: where they are, and one question; what is asked and answered is
 * src/web's.
 */
#ifndef NIGHTDESK_AWS_BEDROCK_H
#define NIGHTDESK_AWS_BEDROCK_H

#include "nightdesk/aws/aws.h"
#include "nightdesk/base/json.h"
#include <stdatomic.h>

/**
 * "https://bedrock-runtime.eu-west-1.amazonaws.com", or what AWS_ENDPOINT_URL_BEDROCK_RUNTIME,
 * AWS_ENDPOINT_URL and the profile say. `env` as of nd_aws_config. ND_CONFIG no region. Caller frees *url.
 */
enum nd_rc nd_bedrock_url(const char *(*env)(const char *name), char **url, struct nd_error *err);

/** "/model/ID/OPERATION", the id (a name, a profile's or an ARN) encoded. Caller frees. */
char *nd_bedrock_path(const char *model_id, const char *operation);
/** "/guardrail/ID/version/VERSION/apply", likewise. */
char *nd_bedrock_guardrail_path(struct nd_view id, const char *version);

struct nd_bedrock_post {
    const char *path; /* of nd_bedrock_path */
    struct nd_view body;
    int64_t total_ms, idle_ms; /* as of nd_http_request */
    size_t max_body_bytes;
    const atomic_bool *stop; /* as of nd_http_send */
};
/**
 * Signs and sends; a refusal because of expired keys or a wrong clock is mended and sent once more, nothing
 * else is. Results as of nd_http_send: ND_OK is a whole answer, whatever its status; and ND_CONFIG there are
 * no credentials.
 */
enum nd_rc nd_bedrock_post(struct nd_aws *aws, const struct nd_bedrock_post *post,
                           struct nd_http_answer *answer, struct nd_error *err);

/**
 * "https://bedrock-agent-runtime.eu-west-1.amazonaws.com" of that region (NULL: the environment's or the
 * profile's), or what AWS_ENDPOINT_URL_BEDROCK_AGENT_RUNTIME, AWS_ENDPOINT_URL and the profile say. Results
 * as of nd_bedrock_url.
 */
enum nd_rc nd_bedrock_kb_url(const char *(*env)(const char *name), const char *region, char **url,
                             struct nd_error *err);

#define ND_BEDROCK_RETRIEVE_MAX_BYTES ((size_t)4 << 20) /* of an answer */
/**
 * Retrieve, which changes nothing, so it is repeated as AWS's standard rules say. ND_OK *answer is the object
 * that came; caller frees it. Otherwise as all calls (aws.h); ND_CONFIG also when there is no such knowledge
 * base, ND_OVER_LIMIT the answer is too large, ND_STOPPED nothing was sent.
 */
enum nd_rc nd_bedrock_retrieve(struct nd_aws *aws, const char *kb_id, struct nd_view body,
                               const atomic_bool *stop, struct nd_json **answer, struct nd_error *err);

#endif
