/** Service Quotas: what an account may use at once. */
#ifndef NIGHTDESK_AWS_QUOTAS_H
#define NIGHTDESK_AWS_QUOTAS_H

#include "nightdesk/aws/aws.h"

/**
 * The value in force of one quota, as the console names it: service "fargate", quota "L-3032A538".
 * ND_NOT_FOUND it has none in this region · ND_CONFIG it may not be read
 */
enum nd_rc nd_quota_get(struct nd_aws *aws, const char *service_code, const char *quota_code, double *out,
                        struct nd_error *err);

#endif
