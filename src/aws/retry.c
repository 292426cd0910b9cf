#include "retry.h"

#include <stddef.h>
#include <string.h>

#define THROTTLED(name)                                                                                      \
    {                                                                                                        \
        0, 0, name,                                                                                          \
        {                                                                                                    \
            ND_ANSWER_THROTTLED, ND_RETRY                                                                    \
        }                                                                                                    \
    }
#define FINAL(name, rc)                                                                                      \
    {                                                                                                        \
        0, 0, name,                                                                                          \
        {                                                                                                    \
            ND_ANSWER_FINAL, rc                                                                              \
        }                                                                                                    \
    }
#define ANY_FINAL(from, to, rc)                                                                              \
    {                                                                                                        \
        from, to, NULL,                                                                                      \
        {                                                                                                    \
            ND_ANSWER_FINAL, rc                                                                              \
        }                                                                                                    \
    }

const struct nd_retry_rule nd_retry_rules[] = {
    THROTTLED("Throttling"),
    THROTTLED("ThrottlingException"),
    THROTTLED("ThrottledException"),
    THROTTLED("RequestThrottledException"),
    THROTTLED("RequestThrottled"),
    THROTTLED("TooManyRequestsException"),
    THROTTLED("ProvisionedThroughputExceededException"),
    THROTTLED("RequestLimitExceeded"),
    THROTTLED("BandwidthLimitExceeded"),
    THROTTLED("LimitExceededException"),
    THROTTLED("SlowDown"),
    THROTTLED("EC2ThrottledException"),
    THROTTLED("PriorRequestNotComplete"),
    THROTTLED("TransactionConflictException"),
    THROTTLED("ReplicatedWriteConflictException"),
    THROTTLED("ConditionalRequestConflict"), /* S3: another write of the same key at the same time */
    THROTTLED("OperationAborted"),
    /* the same transaction is still under way: it may yet happen */
    {0, 0, "TransactionInProgressException", {ND_ANSWER_TRANSIENT, ND_UNKNOWN}},
    {0, 0, "RequestTimeout", {ND_ANSWER_TRANSIENT, ND_UNKNOWN}},
    {0, 0, "RequestTimeoutException", {ND_ANSWER_TRANSIENT, ND_UNKNOWN}},
    {0, 0, "InternalError", {ND_ANSWER_TRANSIENT, ND_UNKNOWN}}, /* S3 may say so with status 200 */
    {0, 0, "InternalServerError", {ND_ANSWER_TRANSIENT, ND_UNKNOWN}},

    {0, 0, "ExpiredToken", {ND_ANSWER_EXPIRED, ND_CONFIG}},
    {0, 0, "ExpiredTokenException", {ND_ANSWER_EXPIRED, ND_CONFIG}},
    {0, 0, "TokenRefreshRequired", {ND_ANSWER_EXPIRED, ND_CONFIG}},
    {0, 0, "RequestTimeTooSkewed", {ND_ANSWER_SKEWED, ND_CONFIG}},
    {0, 0, "RequestExpired", {ND_ANSWER_SKEWED, ND_CONFIG}},
    {0, 0, "InvalidSignatureException", {ND_ANSWER_SKEWED, ND_CONFIG}},
    {0, 0, "SignatureDoesNotMatch", {ND_ANSWER_SKEWED, ND_CONFIG}},

    FINAL("ConditionalCheckFailedException", ND_CONFLICT),
    FINAL("TransactionCanceledException", ND_CONFLICT),
    FINAL("IdempotentParameterMismatchException", ND_BROKEN),
    FINAL("ResourceNotFoundException", ND_CONFIG), /* the table, not an item */
    FINAL("NoSuchBucket", ND_CONFIG),
    FINAL("NoSuchKey", ND_NOT_FOUND),
    FINAL("NotFound", ND_NOT_FOUND),
    FINAL("ExecutionAlreadyExists", ND_CONFLICT),
    FINAL("ExecutionDoesNotExist", ND_NOT_FOUND),
    FINAL("TaskDoesNotExist", ND_NOT_FOUND),
    FINAL("TaskTimedOut", ND_NOT_FOUND),
    FINAL("InvalidToken", ND_CONFIG), /* of the session */
    FINAL("ItemCollectionSizeLimitExceededException", ND_OVER_LIMIT),
    FINAL("EntityTooLarge", ND_OVER_LIMIT),
    FINAL("AccessDenied", ND_CONFIG),
    FINAL("AccessDeniedException", ND_CONFIG),
    FINAL("UnrecognizedClientException", ND_CONFIG),
    FINAL("InvalidAccessKeyId", ND_CONFIG),
    FINAL("InvalidClientTokenId", ND_CONFIG),
    FINAL("AuthFailure", ND_CONFIG),
    FINAL("AuthorizationHeaderMalformed", ND_CONFIG),
    FINAL("AuthorizationError", ND_CONFIG),
    FINAL("StateMachineDoesNotExist", ND_CONFIG),

    {200, 299, NULL, {ND_ANSWER_FINE, ND_OK}},
    ANY_FINAL(300, 399, ND_CONFIG), /* another region: followed, it would have to be signed anew */
    ANY_FINAL(401, 401, ND_CONFIG),
    ANY_FINAL(403, 403, ND_CONFIG),
    ANY_FINAL(404, 404, ND_NOT_FOUND),
    {408, 408, NULL, {ND_ANSWER_TRANSIENT, ND_UNKNOWN}},
    {409, 409, NULL, {ND_ANSWER_THROTTLED, ND_RETRY}},
    ANY_FINAL(412, 412, ND_CONFLICT),
    ANY_FINAL(413, 413, ND_OVER_LIMIT),
    {429, 429, NULL, {ND_ANSWER_THROTTLED, ND_RETRY}},
    ANY_FINAL(400, 499, ND_BAD_INPUT),
    {500, 599, NULL, {ND_ANSWER_TRANSIENT, ND_UNKNOWN}},
    ANY_FINAL(0, 0, ND_BROKEN),
};
const unsigned nd_retry_rule_count = sizeof nd_retry_rules / sizeof nd_retry_rules[0];

struct nd_verdict nd_retry_verdict(int status, const char *code)
{
    const struct nd_retry_rule *rule = nd_retry_rules;
    for (; rule < nd_retry_rules + nd_retry_rule_count - 1; rule++) {
        if (rule->code ? strcmp(rule->code, code) == 0
                       : status >= rule->status_min && status <= rule->status_max)
            break;
    }
    return rule->verdict;
}

int64_t nd_retry_wait_ms(int64_t base_ms, unsigned attempt, uint32_t dice, int64_t after_ms)
{
    int64_t most = base_ms;
    for (unsigned i = 1; i < attempt && most < ND_RETRY_WAIT_MAX_MS; i++) most *= 2;
    if (most > ND_RETRY_WAIT_MAX_MS) most = ND_RETRY_WAIT_MAX_MS;
    int64_t wait = (int64_t)((double)most * ((double)dice / 4294967296.0));
    int64_t asked = after_ms < wait + ND_RETRY_AFTER_EXTRA_MS ? after_ms : wait + ND_RETRY_AFTER_EXTRA_MS;
    return asked > wait ? asked : wait;
}

void nd_retry_quota_init(struct nd_retry_quota *q)
{
    (void)pthread_mutex_init(&q->mutex, NULL);
    q->tokens = ND_RETRY_QUOTA;
}

void nd_retry_quota_release(struct nd_retry_quota *q)
{
    (void)pthread_mutex_destroy(&q->mutex);
}

bool nd_retry_quota_take(struct nd_retry_quota *q, int cost)
{
    (void)pthread_mutex_lock(&q->mutex);
    bool enough = q->tokens >= cost;
    if (enough) q->tokens -= cost;
    (void)pthread_mutex_unlock(&q->mutex);
    return enough;
}

void nd_retry_quota_give(struct nd_retry_quota *q, int taken)
{
    (void)pthread_mutex_lock(&q->mutex);
    q->tokens += taken > 0 ? taken : 1;
    if (q->tokens > ND_RETRY_QUOTA) q->tokens = ND_RETRY_QUOTA;
    (void)pthread_mutex_unlock(&q->mutex);
}
