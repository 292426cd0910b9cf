#include "form_call.h"
#include "nightdesk/base/alloc.h"
#include "xml.h"

#include <stdio.h>
#include <string.h>

void nd_aws_form_add(struct nd_bytes *form, const char *name, struct nd_view value)
{
    nd_bytes_addf(form, "%s%s=", form->len ? "&" : "", name);
    for (size_t at = 0; at < value.len;) { /* a form's space is '+' */
        size_t space = nd_view_find(value, ND_VIEW(" "), at);
        nd_sig_encode(nd_view_sub(value, at, space), false, form);
        if (space != SIZE_MAX) nd_bytes_add_char(form, '+');
        at = space == SIZE_MAX ? value.len : space + 1;
    }
}

enum nd_rc nd_aws_form_send(struct nd_aws *aws, const struct nd_aws_call *call, const char *version,
                            struct nd_view fields, struct nd_aws_answer *answer, struct nd_error *err)
{
    struct nd_bytes form = ND_BYTES(ND_BYTES_MAX);
    nd_aws_form_add(&form, "Action", nd_view_of(call->what));
    nd_aws_form_add(&form, "Version", nd_view_of(version));
    if (fields.len) nd_bytes_add_char(&form, '&');
    nd_bytes_add_view(&form, fields);
    const struct nd_aws_pair type = {"content-type",
                                     ND_VIEW("application/x-www-form-urlencoded; charset=utf-8")};
    struct nd_aws_call sent = *call;
    sent.method = "POST";
    sent.headers = &type;
    sent.header_count = 1;
    sent.body = nd_bytes_view(&form);
    if (!sent.judge) sent.judge = nd_aws_form_judge;
    enum nd_rc rc = nd_aws_send(aws, &sent, answer, err);
    nd_bytes_release(&form);
    return rc;
}

struct nd_view nd_aws_form_result(const struct nd_aws_answer *answer, const char *action)
{
    struct nd_view root, inner, none = {"", 0};
    char response[80], result[80];
    (void)snprintf(response, sizeof response, "%sResponse", action);
    (void)snprintf(result, sizeof result, "%sResult", action);
    if (!nd_xml_open(nd_bytes_view(&answer->http.body), &root, &inner) || !nd_view_is(root, response))
        return none;
    return nd_xml_child(inner, result);
}

struct nd_verdict nd_aws_form_judge(const struct nd_aws_call *call, struct nd_aws_answer *answer,
                                    struct nd_verdict by_table)
{
    struct nd_verdict verdict = nd_aws_error_inside(answer, by_table);
    if (verdict.kind != ND_ANSWER_FINE || nd_aws_form_result(answer, call->what).len) return verdict;
    return nd_aws_torn(answer, "the answer holds no result");
}
