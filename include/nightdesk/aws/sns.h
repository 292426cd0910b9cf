/** SNS: one message to a topic. */
#ifndef NIGHTDESK_AWS_SNS_H
#define NIGHTDESK_AWS_SNS_H

#include "nightdesk/aws/aws.h"

#define ND_SNS_SUBJECT_MAX 99 /* characters of printable ASCII */
#define ND_SNS_MESSAGE_MAX_BYTES ((size_t)256 << 10)

/**
 * Publishes. At least once: after a lost answer it is sent again.
 * @param subject  cut and made plain ASCII as SNS wants it; NULL: none
 * @return ND_BAD_INPUT an empty message · ND_OVER_LIMIT · ND_CONFIG no such topic
 */
enum nd_rc nd_sns_publish(struct nd_aws *aws, const char *topic_arn, const char *subject,
                          struct nd_view message, struct nd_error *err);

/** Who is told by a topic, of the first hundred. */
struct nd_sns_subscriptions {
    unsigned confirmed, pending; /* pending: asked by mail, and nobody has answered */
};
/** ND_CONFIG no such topic, or it may not be looked at */
enum nd_rc nd_sns_subscriptions(struct nd_aws *aws, const char *topic_arn, struct nd_sns_subscriptions *out,
                                struct nd_error *err);

#endif
