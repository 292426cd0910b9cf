/** Where a service is. */
#ifndef AWS_ENDPOINT_H
#define AWS_ENDPOINT_H

#include "profile.h"

/** A service: a const in its own file. */
struct nd_aws_service {
    const char *prefix;   /* of its host: "dynamodb" */
    const char *signing;  /* its name in signatures: "dynamodb" */
    const char *variable; /* AWS_ENDPOINT_URL_… */
    const char *json;     /* version of the JSON protocol; NULL: "1.0" */
    bool is_s3; /* paths are signed as they are, the payload's hash is a header, buckets may be hosts */
    unsigned attempts; /* of one call, the first included */
    int64_t base_ms;   /* the first wait after an error that is no throttling */
};

/** What does not change while the program runs. */
struct nd_aws_place {
    nd_aws_env *env;
    char region[33];
    char *profile_url; /* endpoint_url of the profile, or NULL */
};
/**
 * @param region  counts before the environment's and the profile's, or NULL
 * @return ND_CONFIG no region, or a setting that is none
 */
enum nd_rc nd_aws_place_find(struct nd_aws_place *out, nd_aws_env *env, const char *region,
                             struct nd_error *err);
void nd_aws_place_release(struct nd_aws_place *place);

struct nd_aws_endpoint {
    char *origin; /* "https://bkt.s3.eu-west-1.amazonaws.com" */
    char *host;   /* as in the Host header: without a default port */
    char *prefix; /* of every path: "", "/bkt", or that of an endpoint URL */
};
/**
 * @param bucket  of S3, or NULL: a host of its own, or the first part of the path when it has dots or an
 * endpoint is given
 */
enum nd_rc nd_aws_endpoint_find(struct nd_aws_endpoint *out, const struct nd_aws_place *place,
                                const struct nd_aws_service *service, const char *bucket,
                                struct nd_error *err);
void nd_aws_endpoint_release(struct nd_aws_endpoint *endpoint);

#endif
