/** Bedrock's runtime: where it is, and one signed request, sent once. What is asked and answered is
 * src/model's. */
#ifndef NIGHTDESK_AWS_BEDROCK_H
#define NIGHTDESK_AWS_BEDROCK_H

#include "nightdesk/aws/aws.h"
#include <stdatomic.h>

/**
 * "https://bedrock-runtime.eu-west-1.amazonaws.com", or what AWS_ENDPOINT_URL_BEDROCK_RUNTIME,
 * AWS_ENDPOINT_URL and the profile say. `env` as of nd_aws_config. ND_CONFIG no region. Caller frees *url.
 */
enum nd_rc nd_bedrock_url(const char *(*env)(const char *name), char **url, struct nd_error *err);

/** "/model/ID/OPERATION", the id (a name, a profile's or an ARN) encoded. Caller frees. */
char *nd_bedrock_path(const char *model_id, const char *operation);

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

#endif
