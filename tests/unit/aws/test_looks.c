/* What doctor asks for: who we are, who is told, the machine, a quota, heads by the hundred. */
#include "aws_rig.h"
#include "nightdesk/aws/dynamodb.h"
#include "nightdesk/aws/quotas.h"
#include "nightdesk/aws/sns.h"
#include "nightdesk/aws/stepfunctions.h"
#include "nightdesk/aws/sts.h"
#include "nightdesk/base/alloc.h"

#include <stdatomic.h>
#include <stdio.h>
#include <string.h>

#define MACHINE "arn:aws:states:eu-west-1:123456789012:stateMachine:m"

/** Bodies in order; the last one again and again. Keeps the last request's. */
struct script {
    const char *bodies[4];
    atomic_uint at;
    char head[4096], body[4096];
};

static enum nd_server_end play(void *ctx, int fd, const struct nd_server_request *r)
{
    struct script *s = ctx;
    unsigned at = atomic_fetch_add(&s->at, 1), last = 0;
    while (last + 1 < 4 && s->bodies[last + 1]) last++;
    (void)snprintf(s->head, sizeof s->head, "%s", r->head);
    (void)snprintf(s->body, sizeof s->body, "%.*s", (int)r->body.len, r->body.data);
    const char *body = s->bodies[at < last ? at : last];
    nd_server_say(fd, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\n\r\n%s", strlen(body), body);
    return ND_SERVER_KEEP;
}

static struct rig open_rig(struct script *s)
{
    rig_env_set("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE");
    rig_env_set("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY");
    rig_env_set("AWS_MAX_ATTEMPTS", "2");
    return rig_open(play, s);
}

START_TEST(subscriptions_are_counted)
{
    struct script s = {
        .bodies = {"<ListSubscriptionsByTopicResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\">"
                   "<ListSubscriptionsByTopicResult><Subscriptions>"
                   "<member><SubscriptionArn>arn:aws:sns:eu-west-1:1:t:x</SubscriptionArn></member>"
                   "<member><SubscriptionArn>PendingConfirmation</SubscriptionArn></member>"
                   "<other><SubscriptionArn>arn:aws:sns:eu-west-1:1:t:y</SubscriptionArn></other>"
                   "</Subscriptions></ListSubscriptionsByTopicResult></ListSubscriptionsByTopicResponse>",
                   "<html></html>"}};
    struct rig rig = open_rig(&s);
    struct nd_sns_subscriptions found;
    struct nd_error err = {0};
    nd_ck_ok(nd_sns_subscriptions(rig.aws, "arn:aws:sns:eu-west-1:1:t", &found, &err), &err);
    ck_assert_uint_eq(found.confirmed, 1);
    ck_assert_uint_eq(found.pending, 1);
    ck_assert_str_eq(s.body, "Action=ListSubscriptionsByTopic&Version=2010-03-31&TopicArn="
                             "arn%3Aaws%3Asns%3Aeu-west-1%3A1%3At");
    nd_ck_rc(nd_sns_subscriptions(rig.aws, "t", &found, &err), ND_RETRY, &err);
    nd_ck_note(&err, "ListSubscriptionsByTopic");
    rig_close(&rig);
}
END_TEST

START_TEST(who_asks)
{
    struct script s = {
        .bodies = {
            "<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws:iam::1:user/ann&amp;co</Arn>"
            "<UserId>U</UserId></GetCallerIdentityResult></GetCallerIdentityResponse>",
            "<GetCallerIdentityResponse><GetCallerIdentityResult><UserId>U</UserId></GetCallerIdentityResult>"
            "</GetCallerIdentityResponse>"}};
    struct rig rig = open_rig(&s);
    char arn[ND_STS_ARN_BYTES];
    struct nd_error err = {0};
    nd_ck_ok(nd_sts_whoami(rig.aws, arn, &err), &err);
    ck_assert_str_eq(arn, "arn:aws:iam::1:user/ann&co");
    nd_ck_rc(nd_sts_whoami(rig.aws, arn, &err), ND_BROKEN, &err);
    rig_close(&rig);
}
END_TEST

START_TEST(a_machine_is_the_one_that_was_asked_for)
{
    struct script s = {.bodies = {"{\"stateMachineArn\":\"" MACHINE "\",\"status\":\"ACTIVE\"}",
                                  "{\"stateMachineArn\":\"" MACHINE "\",\"status\":\"DELETING\"}",
                                  "{\"stateMachineArn\":\"" MACHINE "x\",\"status\":\"ACTIVE\"}"}};
    struct rig rig = open_rig(&s);
    bool active = false;
    struct nd_error err = {0};
    nd_ck_ok(nd_sfn_machine(rig.aws, MACHINE, &active, &err), &err);
    ck_assert(active);
    nd_ck_ok(nd_sfn_machine(rig.aws, MACHINE, &active, &err), &err);
    ck_assert(!active);
    nd_ck_rc(nd_sfn_machine(rig.aws, MACHINE, &active, &err), ND_RETRY, &err);
    rig_close(&rig);
}
END_TEST

START_TEST(names_of_executions)
{
    char arn[ND_SFN_ARN_BYTES];
    struct nd_error err = {0};
    nd_ck_ok(nd_sfn_execution_arn(MACHINE, "run-r1", arn, &err), &err);
    ck_assert_str_eq(arn, "arn:aws:states:eu-west-1:123456789012:execution:m:run-r1");
    static const char *const wrong[] = {"", "m", "arn:aws:states:r:1:stateMachine:", "x:stateMachine:m",
                                        "arn:aws:states:r:1:stateMachine:m:1"};
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        nd_error_clear(&err);
        nd_ck_rc(nd_sfn_execution_arn(wrong[i], "run", arn, &err), ND_BAD_INPUT, &err);
    }
    char *long_arn = nd_sprintf("arn:aws:states:r:1:stateMachine:%0240d", 1);
    nd_error_clear(&err);
    nd_ck_rc(nd_sfn_execution_arn(long_arn, "run", arn, &err), ND_BAD_INPUT, &err);
    nd_free(long_arn);
}
END_TEST

START_TEST(a_quota_is_a_number)
{
    struct script s = {.bodies = {"{\"Quota\":{\"Value\":6.0}}", "{\"Quota\":{\"Value\":\"6\"}}"}};
    struct rig rig = open_rig(&s);
    double value = 0;
    struct nd_error err = {0};
    nd_ck_ok(nd_quota_get(rig.aws, "fargate", "L-1", &value, &err), &err);
    ck_assert(value > 5.5 && value < 6.5);
    ck_assert_ptr_nonnull(strstr(s.head, "application/x-amz-json-1.1"));
    ck_assert_ptr_nonnull(strstr(s.head, "ServiceQuotasV20190624.GetServiceQuota"));
    nd_ck_rc(nd_quota_get(rig.aws, "fargate", "L-1", &value, &err), ND_RETRY, &err);
    rig_close(&rig);
}
END_TEST

static enum nd_rc count(void *ctx, const struct nd_json *item, struct nd_error *err)
{
    (void)item;
    (void)err;
    ++*(unsigned *)ctx;
    return ND_OK;
}

START_TEST(what_a_batch_leaves_over_is_asked_for_again)
{
    struct script s = {
        .bodies = {"{\"Responses\":{\"t\":[{\"pk\":{\"S\":\"a\"}}]},\"UnprocessedKeys\":{\"t\":"
                   "{\"Keys\":[{\"pk\":{\"S\":\"b\"}}],\"ConsistentRead\":true}}}",
                   "{\"Responses\":{\"t\":[{\"pk\":{\"S\":\"b\"}}]},\"UnprocessedKeys\":{}}",
                   "{\"Responses\":{},\"UnprocessedKeys\":{\"t\":{\"Keys\":[]}}}"}};
    struct rig rig = open_rig(&s);
    struct nd_json *a = nd_json_object(), *b = nd_json_object();
    const struct nd_json *const keys[] = {a, b};
    unsigned found = 0;
    struct nd_error err = {0};
    nd_item_set_str(a, "pk", "a");
    nd_item_set_str(b, "pk", "b");
    nd_ck_ok(nd_dynamodb_get_many(rig.aws, "t", keys, 2, count, &found, &err), &err);
    ck_assert_uint_eq(found, 2);
    ck_assert_str_eq(
        s.body, "{\"RequestItems\":{\"t\":{\"Keys\":[{\"pk\":{\"S\":\"b\"}}],\"ConsistentRead\":true}}}");
    nd_ck_rc(nd_dynamodb_get_many(rig.aws, "t", keys, 2, count, &found, &err), ND_RETRY, &err);
    nd_ck_note(&err, "is busy");
    nd_json_free(a);
    nd_json_free(b);
    rig_close(&rig);
}
END_TEST

ND_TEST_MAIN("aws/looks", subscriptions_are_counted, who_asks, a_machine_is_the_one_that_was_asked_for,
             names_of_executions, a_quota_is_a_number, what_a_batch_leaves_over_is_asked_for_again)
