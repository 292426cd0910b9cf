#include "nightdesk/aws/sts.h"
#include "form_call.h"
#include "xml.h"

#include <stdio.h>

static const struct nd_aws_service service = {
    .prefix = "sts", .signing = "sts", .variable = "AWS_ENDPOINT_URL_STS", .attempts = 3, .base_ms = 50};

enum nd_rc nd_sts_whoami(struct nd_aws *aws, char arn[ND_STS_ARN_BYTES], struct nd_error *err)
{
    const struct nd_aws_call call = {
        .service = &service, .what = "GetCallerIdentity", .effect = ND_AWS_READS};
    struct nd_bytes text = ND_BYTES(ND_STS_ARN_BYTES);
    struct nd_aws_answer answer;
    enum nd_rc rc = nd_aws_form_send(aws, &call, "2011-06-15", (struct nd_view){"", 0}, &answer, err);
    if (rc == ND_OK) {
        bool fine = nd_xml_text(nd_xml_child(nd_aws_form_result(&answer, call.what), "Arn"), &text) &&
                    text.len > 0 && text.len < ND_STS_ARN_BYTES;
        if (fine) {
            (void)snprintf(arn, ND_STS_ARN_BYTES, "%s", nd_bytes_view(&text).data);
        } else {
            rc = nd_fail(err, ND_BROKEN, "sts answers GetCallerIdentity without an Arn");
        }
    }
    nd_aws_answer_release(&answer);
    nd_bytes_release(&text);
    return rc;
}
