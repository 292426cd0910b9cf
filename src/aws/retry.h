/**
 * AWS's standard retry rules (of November 2026): which answers are tried again, after how long, and for how
 * long in all.
 */
#ifndef AWS_RETRY_H
#define AWS_RETRY_H

#include "nightdesk/base/error.h"
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#define ND_RETRY_QUOTA 500
#define ND_RETRY_COST 14
#define ND_RETRY_COST_THROTTLED 5
#define ND_RETRY_WAIT_MAX_MS 20000
#define ND_RETRY_THROTTLED_BASE_MS 1000
#define ND_RETRY_AFTER_EXTRA_MS 5000

/** What a service's answer means. */
enum nd_retry_kind {
    ND_ANSWER_FINE,
    ND_ANSWER_FINAL,     /* it would say the same again; `rc` says what it is */
    ND_ANSWER_THROTTLED, /* nothing happened, ask later */
    ND_ANSWER_TRANSIENT, /* the service's own trouble: it may have happened */
    ND_ANSWER_EXPIRED,   /* other credentials are needed */
    ND_ANSWER_SKEWED,    /* our clock is wrong */
};
struct nd_verdict {
    enum nd_retry_kind kind;
    enum nd_rc rc; /* when it is the last word */
};
/** By status and error code ("" when there is none); the first row that matches. */
struct nd_verdict nd_retry_verdict(int status, const char *code);

/** One row of the table, for the test that walks it. */
struct nd_retry_rule {
    int status_min, status_max; /* 0, 0: any */
    const char *code;           /* NULL: any */
    struct nd_verdict verdict;
};
extern const struct nd_retry_rule nd_retry_rules[];
extern const unsigned nd_retry_rule_count;

/**
 * How long to wait before try number `attempt` + 1 (from 1).
 * @param dice      random, the whole range of 32 bits
 * @param after_ms  what the answer asks for; -1: nothing
 */
int64_t nd_retry_wait_ms(int64_t base_ms, unsigned attempt, uint32_t dice, int64_t after_ms);

/** Retries allowed to this process: a service in trouble is not asked three times as often by everybody. */
struct nd_retry_quota {
    pthread_mutex_t mutex;
    int tokens;
};
void nd_retry_quota_init(struct nd_retry_quota *q);
void nd_retry_quota_release(struct nd_retry_quota *q);
/** False when there are not enough. */
bool nd_retry_quota_take(struct nd_retry_quota *q, int cost);
/** After a success: gives back what its retries took, or 1. */
void nd_retry_quota_give(struct nd_retry_quota *q, int taken);

#endif
