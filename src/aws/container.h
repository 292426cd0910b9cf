/** The container endpoint's credentials. */
#ifndef AWS_CONTAINER_H
#define AWS_CONTAINER_H

#include "credentials.h"

/** *found is false when no such endpoint is configured. ND_CONFIG · ND_RETRY as nd_credentials_get. */
enum nd_rc nd_container_load(const struct nd_aws_config *config, nd_aws_env *env, struct nd_aws_keys *out,
                             bool *found, struct nd_error *err);

#endif
