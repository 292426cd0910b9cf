#include "nightdesk/aws/sns.h"
#include "request.h"
#include "xml.h"

#include <string.h>

static const struct nd_aws_service service = {
    .prefix = "sns", .signing = "sns", .variable = "AWS_ENDPOINT_URL_SNS", .attempts = 3, .base_ms = 50};

static void add_field(struct nd_bytes *form, const char *name, struct nd_view value)
{
    nd_bytes_addf(form, "%s%s=", form->len ? "&" : "", name);
    for (size_t at = 0; at < value.len;) { /* a form's space is '+' */
        size_t space = nd_view_find(value, ND_VIEW(" "), at);
        nd_sig_encode(nd_view_sub(value, at, space), false, form);
        if (space != SIZE_MAX) nd_bytes_add_char(form, '+');
        at = space == SIZE_MAX ? value.len : space + 1;
    }
}

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
    if (n) add_field(form, "Subject", nd_view_of(plain));
}

static struct nd_verdict judge(const struct nd_aws_call *call, struct nd_aws_answer *answer,
                               struct nd_verdict by_table)
{
    struct nd_verdict verdict = nd_aws_error_inside(answer, by_table);
    struct nd_view root, inner;
    (void)call;
    if (verdict.kind != ND_ANSWER_FINE) return verdict;
    bool fine = nd_xml_open(nd_bytes_view(&answer->http.body), &root, &inner) &&
                nd_view_is(root, "PublishResponse") &&
                nd_xml_child(nd_xml_child(inner, "PublishResult"), "MessageId").len > 0;
    return fine ? verdict : nd_aws_torn(answer, "the answer holds no MessageId");
}

enum nd_rc nd_sns_publish(struct nd_aws *aws, const char *topic_arn, const char *subject,
                          struct nd_view message, struct nd_error *err)
{
    if (!message.len) return nd_fail(err, ND_BAD_INPUT, "the message to topic '%.120s' is empty", topic_arn);
    if (message.len > ND_SNS_MESSAGE_MAX_BYTES)
        return nd_fail(err, ND_OVER_LIMIT, "the message to topic '%.120s' has %zu bytes, limit is %zu",
                       topic_arn, message.len, ND_SNS_MESSAGE_MAX_BYTES);
    struct nd_bytes form = ND_BYTES(ND_BYTES_MAX);
    struct nd_aws_answer answer;
    add_field(&form, "Action", ND_VIEW("Publish"));
    add_field(&form, "Version", ND_VIEW("2010-03-31"));
    add_field(&form, "TopicArn", nd_view_of(topic_arn));
    if (subject) add_subject(&form, subject);
    add_field(&form, "Message", message);
    const struct nd_aws_pair type = {"content-type",
                                     ND_VIEW("application/x-www-form-urlencoded; charset=utf-8")};
    const struct nd_aws_call call = {.service = &service,
                                     .what = "Publish",
                                     .method = "POST",
                                     .headers = &type,
                                     .header_count = 1,
                                     .body = nd_bytes_view(&form),
                                     .judge = judge};
    enum nd_rc rc = nd_aws_send(aws, &call, &answer, err);
    if (rc == ND_NOT_FOUND && err) err->rc = ND_CONFIG; /* the topic */
    if (rc == ND_NOT_FOUND) rc = ND_CONFIG;
    nd_aws_answer_release(&answer);
    nd_bytes_release(&form);
    return rc;
}
