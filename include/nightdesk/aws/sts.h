/** STS: who we are. */
#ifndef NIGHTDESK_AWS_STS_H
#define NIGHTDESK_AWS_STS_H

#include "nightdesk/aws/aws.h"

#define ND_STS_ARN_BYTES 257

/** The ARN of the user or role whose keys sign; needs no permission. */
enum nd_rc nd_sts_whoami(struct nd_aws *aws, char arn[ND_STS_ARN_BYTES], struct nd_error *err);

#endif
