/** Calls of the services that speak JSON: DynamoDB and Step Functions. */
#ifndef AWS_JSON_CALL_H
#define AWS_JSON_CALL_H

#include "request.h"

/** As nd_aws_send of a POST whose target is "VERSION.what" and whose body is the request, which it frees and
 * wipes. */
enum nd_rc nd_aws_json_send(struct nd_aws *aws, const struct nd_aws_call *call, const char *version,
                            struct nd_json *request, struct nd_aws_answer *answer, struct nd_error *err);
/**
 * To begin a judge with: reads the document. A fine answer that is no JSON object is torn, and so is
 * a refusal without a reason; one that is an
 * error document means what that says.
 */
struct nd_verdict nd_aws_json_judge(struct nd_aws_answer *answer, struct nd_verdict by_table);

#endif
