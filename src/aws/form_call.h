/** Calls of the services that take a form and answer in XML: SNS and STS. */
#ifndef AWS_FORM_CALL_H
#define AWS_FORM_CALL_H

#include "request.h"

/** Appends name=value. */
void nd_aws_form_add(struct nd_bytes *form, const char *name, struct nd_view value);
/** As nd_aws_send of a POST with the fields, Action=call->what and the version of the API. */
enum nd_rc nd_aws_form_send(struct nd_aws *aws, const struct nd_aws_call *call, const char *version,
                            struct nd_view fields, struct nd_aws_answer *answer, struct nd_error *err);
/**
 * What is in <ActionResponse><ActionResult>; empty when the answer is not that.
 */
struct nd_view nd_aws_form_result(const struct nd_aws_answer *answer, const char *action);
/** To begin a judge with: a fine answer without that result is torn. */
struct nd_verdict nd_aws_form_judge(const struct nd_aws_call *call, struct nd_aws_answer *answer,
                                    struct nd_verdict by_table);

#endif
