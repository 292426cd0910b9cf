#include "json_call.h"
#include "nightdesk/base/alloc.h"

#include <stdio.h>
#include <string.h>

enum nd_rc nd_aws_json_send(struct nd_aws *aws, const struct nd_aws_call *call, const char *version,
                            struct nd_json *request, struct nd_aws_answer *answer, struct nd_error *err)
{
    struct nd_bytes body = ND_BYTES(ND_BYTES_MAX);
    char target[64], type[40];
    (void)snprintf(target, sizeof target, "%s.%s", version, call->what);
    (void)snprintf(type, sizeof type, "application/x-amz-json-%s",
                   call->service->json ? call->service->json : "1.0");
    nd_json_print(request, &body);
    nd_json_free(request);
    const struct nd_aws_pair headers[] = {{"content-type", nd_view_of(type)},
                                          {"x-amz-target", nd_view_of(target)}};
    struct nd_aws_call sent = *call;
    sent.method = "POST";
    sent.headers = headers;
    sent.header_count = sizeof headers / sizeof headers[0];
    sent.body = nd_bytes_view(&body);
    enum nd_rc rc = nd_aws_send(aws, &sent, answer, err);
    if (body.data) explicit_bzero(body.data, body.len); /* a task's token is a credential */
    nd_bytes_release(&body);
    return rc;
}

struct nd_verdict nd_aws_json_judge(struct nd_aws_answer *answer, struct nd_verdict by_table)
{
    if (nd_json_parse(&answer->document, nd_bytes_view(&answer->http.body), NULL) != ND_OK)
        answer->document = NULL;
    if (answer->http.status == 400 && !*answer->code)
        return nd_aws_torn(answer, "the answer gives no reason");
    if (by_table.kind != ND_ANSWER_FINE) return by_table;
    if (nd_json_kind(answer->document) != ND_JSON_OBJECT)
        return nd_aws_torn(answer, "the answer is no JSON object");
    return nd_json_get(answer->document, "__type") ? nd_aws_error_inside(answer, by_table) : by_table;
}
