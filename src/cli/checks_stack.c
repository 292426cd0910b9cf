/* doctor, for a store or a stack in AWS. Only looks: nothing is written anywhere. */
#include "checks.h"
#include "nightdesk/aws/quotas.h"
#include "nightdesk/aws/s3.h"
#include "nightdesk/aws/sns.h"
#include "nightdesk/aws/stepfunctions.h"
#include "nightdesk/aws/sts.h"
#include "nightdesk/base/alloc.h"
#include "wiring.h"
#include <string.h>

#define NOBODY "doctor-asks-for-no-run"
#define CLOCK_WARN_MS 60000
/* Fargate on-demand and Spot, as Service Quotas names them; a container of a report takes one vCPU */
#define QUOTA_ON_DEMAND "L-3032A538"
#define QUOTA_SPOT "L-36FBB829"
#define VCPUS_WANTED 2

static const char policy[] =
    "the policy OperatorPolicyArn of the stack's outputs allows it; attach it to who you are";

/* How to mend what a service refused. */
static const char *mend(enum nd_rc rc)
{
    if (rc == ND_CONFIG) return policy;
    return rc == ND_RETRY || rc == ND_UNKNOWN ? "check the connection and the region" : NULL;
}

/* ---- who asks ---- */

static bool check_keys(struct checks *c, const struct wiring *w)
{
    char source[96], arn[ND_STS_ARN_BYTES], until[ND_TIME_BYTES] = "";
    int64_t expires_ms = 0;
    struct nd_error err = {0};
    if (nd_aws_identity(w->aws, source, &expires_ms, &err) != ND_OK) {
        checks_tell_error(c, BAD, "keys", &err, NULL);
        return false;
    }
    if (expires_ms) nd_time_format(expires_ms, until);
    if (nd_sts_whoami(w->aws, arn, &err) != ND_OK) {
        checks_tell_error(c, BAD, "keys", &err, mend(err.rc));
        return false;
    }
    checks_tell(c, FINE, "keys", "%s, by the keys of the %s in %s%s%s", arn, source, nd_aws_region(w->aws),
                *until ? ", good until " : "", until);
    return true;
}

/* ---- the store ---- */

static enum nd_rc visit_none(void *ctx, const struct nd_meta *meta, struct nd_error *err)
{
    (void)ctx;
    (void)meta;
    (void)err;
    return ND_STOPPED; /* one is enough */
}

static void check_table(struct checks *c, const struct wiring *w)
{
    const struct nd_store_ops *ops = w->store->ops;
    struct nd_meta meta;
    struct nd_error err = {0};
    enum nd_rc rc = ops->meta(w->store, NOBODY, &meta, &err);
    if (rc == ND_NOT_FOUND) {
        nd_error_clear(&err);
        rc = ops->list(w->store, visit_none, NULL, &err);
    }
    if (rc == ND_OK || rc == ND_STOPPED) {
        checks_tell(c, FINE, "table", "%s: its items and its index can be read", w->stack.store);
    } else {
        checks_tell_error(c, BAD, "table", &err, mend(rc));
    }
}

static enum nd_rc visit_no_object(void *ctx, const struct nd_s3_entry *entry, struct nd_error *err)
{
    (void)ctx;
    (void)entry;
    (void)err;
    return ND_OK;
}

static void check_bucket(struct checks *c, const struct wiring *w)
{
    struct nd_s3_object object;
    struct nd_error err = {0};
    enum nd_rc rc = nd_s3_list(w->aws, w->bucket, "runs/" NOBODY "/", visit_no_object, NULL, &err);
    if (rc == ND_OK) {
        rc = nd_s3_head(w->aws, w->bucket, "inputs/" NOBODY, &object, &err);
        if (rc == ND_NOT_FOUND) rc = ND_OK;
    }
    if (rc == ND_OK) {
        checks_tell(c, FINE, "bucket", "%s: it can be listed and read", w->bucket);
    } else {
        checks_tell_error(c, BAD, "bucket", &err, mend(rc));
    }
}

/* ---- who works, who is told ---- */

static void check_machine(struct checks *c, const struct wiring *w)
{
    bool active = false;
    struct nd_error err = {0};
    if (!w->stack.machine) {
        checks_tell(c, WARN, "machine",
                    "none is known, so runs are worked on here: name the stack with --stack, or the state "
                    "machine with --machine");
        return;
    }
    enum nd_rc rc = nd_sfn_machine(w->aws, w->stack.machine, &active, &err);
    if (rc != ND_OK) {
        checks_tell_error(c, BAD, "machine", &err, mend(rc));
    } else if (!active) {
        checks_tell(c, BAD, "machine", "%s is being deleted: deploy the stack again", w->stack.machine);
    } else {
        checks_tell(c, FINE, "machine", "%s", w->stack.machine);
    }
}

static void check_topic(struct checks *c, const struct wiring *w)
{
    struct nd_sns_subscriptions found = {0};
    struct nd_error err = {0};
    if (!w->stack.topic) return;
    enum nd_rc rc = nd_sns_subscriptions(w->aws, w->stack.topic, &found, &err);
    if (rc != ND_OK) {
        checks_tell_error(c, WARN, "mail", &err, mend(rc));
    } else if (found.confirmed == 0) {
        checks_tell(
            c, BAD, "mail", "nobody is told when a run waits: %s",
            found.pending
                ? "the mail that AWS sent must be confirmed; if it is lost, 'make deploy' with the same "
                  "EMAIL after removing the subscription sends another"
                : "the topic has no subscription; deploy the stack with EMAIL=…");
    } else {
        checks_tell(c, found.pending ? WARN : FINE, "mail", "%u confirmed%s", found.confirmed,
                    found.pending ? ", others have not confirmed the mail that AWS sent" : "");
    }
}

/* ---- what bounds all this ---- */

static void check_clock(struct checks *c, const struct wiring *w)
{
    int64_t off_ms = nd_aws_clock_ms(w->aws);
    bool far = off_ms > CLOCK_WARN_MS || off_ms < -CLOCK_WARN_MS;
    checks_tell(c, far ? WARN : FINE, "clock", "%lld s %s AWS's%s",
                (long long)((off_ms < 0 ? -off_ms : off_ms) / 1000), off_ms < 0 ? "ahead of" : "behind",
                far ? ": requests are signed with theirs, but addresses of 'download --url' and expiry times "
                      "are told by yours; set it (timedatectl set-ntp true)"
                    : "");
}

static void check_quota(struct checks *c, const struct wiring *w, const char *name, const char *code)
{
    double value = 0;
    struct nd_error err = {0};
    enum nd_rc rc = nd_quota_get(w->aws, "fargate", code, &value, &err);
    if (rc != ND_OK) {
        checks_tell(c, WARN, "quota",
                    "Fargate %s vCPUs cannot be read (%s): look in the Service Quotas console", name,
                    nd_rc_word(rc));
    } else if (value < VCPUS_WANTED) {
        checks_tell(c, BAD, "quota",
                    "Fargate %s: %.0f vCPUs, a report needs 1 and a batch as many as it has at work; ask for "
                    "more in the Service Quotas console",
                    name, value);
    } else {
        checks_tell(c, FINE, "quota", "Fargate %s: %.0f vCPUs, so about as many reports at once", name,
                    value);
    }
}

void checks_of_stack(struct checks *c)
{
    struct wiring w;
    struct nd_error err = {0};
    if (wiring_open(&w, c->cli, STORE_EXISTING, &err) != ND_OK) {
        checks_tell_error(c, BAD, "store", &err, NULL);
    } else if (check_keys(c, &w)) {
        check_table(c, &w);
        check_bucket(c, &w);
        check_machine(c, &w);
        check_topic(c, &w);
        check_clock(c, &w);
        check_quota(c, &w, "on demand", QUOTA_ON_DEMAND);
        check_quota(c, &w, "Spot", QUOTA_SPOT);
    }
    wiring_close(&w);
}
