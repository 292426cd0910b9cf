#include "nightdesk/aws/sns.h"
#include "form_call.h"
#include "xml.h"

#include <string.h>

static const struct nd_aws_service service = {
    .prefix = "sns", .signing = "sns", .variable = "AWS_ENDPOINT_URL_SNS", .attempts = 3, .base_ms = 50};

/* Below a hundred characters, without line breaks, and beginning with a letter or digit is what SNS takes. */
static void add_subject(struct nd_bytes *form, const char *subject)
{
    char plain[ND_SNS_SUBJECT_MAX + 1];
    size_t n = 0;
    for (const char *c = subject; *c && n < ND_SNS_SUBJECT_MAX; c++) {
        if (((unsigned char)*c & 0xC0) == 0x80) continue; /* the rest of a character beyond ASCII */
        bool fine = *c >= ' ' && *c <= '~';
        if (n > 0 || (fine && *c != ' ')) plain[n++] = fine ? *c : '?';
    }
    plain[n] = '\0';
    if (n) nd_aws_form_add(form, "Subject", nd_view_of(plain));
}

static struct nd_verdict judge(const struct nd_aws_call *call, struct nd_aws_answer *answer,
                               struct nd_verdict by_table)
{
    struct nd_verdict verdict = nd_aws_error_inside(answer, by_table);
    if (verdict.kind != ND_ANSWER_FINE ||
        nd_xml_child(nd_aws_form_result(answer, call->what), "MessageId").len > 0)
        return verdict;
    return nd_aws_torn(answer, "the answer holds no MessageId");
}

/* What is not there is the topic. */
static enum nd_rc send(struct nd_aws *aws, const struct nd_aws_call *call, struct nd_view fields,
                       struct nd_aws_answer *answer, struct nd_error *err)
{
    enum nd_rc rc = nd_aws_form_send(aws, call, "2010-03-31", fields, answer, err);
    if (rc != ND_NOT_FOUND) return rc;
    if (err) err->rc = ND_CONFIG;
    return ND_CONFIG;
}

enum nd_rc nd_sns_publish(struct nd_aws *aws, const char *topic_arn, const char *subject,
                          struct nd_view message, struct nd_error *err)
{
    if (!message.len) return nd_fail(err, ND_BAD_INPUT, "the message to topic '%.120s' is empty", topic_arn);
    if (message.len > ND_SNS_MESSAGE_MAX_BYTES)
        return nd_fail(err, ND_OVER_LIMIT, "the message to topic '%.120s' has %zu bytes, limit is %zu",
                       topic_arn, message.len, ND_SNS_MESSAGE_MAX_BYTES);
    const struct nd_aws_call call = {.service = &service, .what = "Publish", .judge = judge};
    struct nd_bytes form = ND_BYTES(ND_BYTES_MAX);
    struct nd_aws_answer answer;
    nd_aws_form_add(&form, "TopicArn", nd_view_of(topic_arn));
    if (subject) add_subject(&form, subject);
    nd_aws_form_add(&form, "Message", message);
    enum nd_rc rc = send(aws, &call, nd_bytes_view(&form), &answer, err);
    nd_aws_answer_release(&answer);
    nd_bytes_release(&form);
    return rc;
}

/* ---- who is told ---- */

static void count_members(struct nd_view members, struct nd_sns_subscriptions *out)
{
    struct nd_view name, member;
    for (size_t at = 0; nd_xml_next(members, &at, &name, &member);) {
        if (!nd_view_is(name, "member")) continue;
        struct nd_view arn = nd_xml_child(member, "SubscriptionArn");
        if (nd_view_starts(arn, "arn:")) {
            out->confirmed++;
        } else {
            out->pending++; /* "PendingConfirmation", "Deleted" */
        }
    }
}

enum nd_rc nd_sns_subscriptions(struct nd_aws *aws, const char *topic_arn, struct nd_sns_subscriptions *out,
                                struct nd_error *err)
{
    const struct nd_aws_call call = {
        .service = &service, .what = "ListSubscriptionsByTopic", .effect = ND_AWS_READS};
    struct nd_bytes form = ND_BYTES(ND_BYTES_MAX);
    struct nd_aws_answer answer;
    nd_aws_form_add(&form, "TopicArn", nd_view_of(topic_arn));
    enum nd_rc rc = send(aws, &call, nd_bytes_view(&form), &answer, err);
    if (rc == ND_OK) {
        *out = (struct nd_sns_subscriptions){0};
        count_members(nd_xml_child(nd_aws_form_result(&answer, call.what), "Subscriptions"), out);
    }
    nd_aws_answer_release(&answer);
    nd_bytes_release(&form);
    return rc;
}
