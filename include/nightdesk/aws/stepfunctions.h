/** Step Functions: executions, and the answers that tasks wait for. Results beside those of aws.h are named
 * at each call. */
#ifndef NIGHTDESK_AWS_STEPFUNCTIONS_H
#define NIGHTDESK_AWS_STEPFUNCTIONS_H

#include "nightdesk/aws/aws.h"

#define ND_SFN_NAME_MAX 80 /* of an execution, of [0-9A-Za-z_-] */
#define ND_SFN_TOKEN_MAX_BYTES 2048
#define ND_SFN_TEXT_MAX_BYTES ((size_t)256 << 10) /* input, output */
#define ND_SFN_ERROR_MAX_BYTES 256
#define ND_SFN_CAUSE_MAX_BYTES 32768
#define ND_SFN_ARN_BYTES 257

/**
 * Starts the machine; the same name and input again, while it runs, gives the same execution.
 * ND_CONFLICT that name was used: by an execution that has ended, or with another input · ND_OVER_LIMIT
 */
enum nd_rc nd_sfn_start(struct nd_aws *aws, const char *machine_arn, const char *name, struct nd_view input,
                        char execution_arn[ND_SFN_ARN_BYTES], struct nd_error *err);

/**
 * The execution of that name of a machine, by the machine's ARN; nobody is asked. ND_BAD_INPUT the ARN is not
 * that of a state machine, or too long.
 */
enum nd_rc nd_sfn_execution_arn(const char *machine_arn, const char *name,
                                char execution_arn[ND_SFN_ARN_BYTES], struct nd_error *err);

enum nd_sfn_status {
    ND_SFN_RUNNING,
    ND_SFN_SUCCEEDED,
    ND_SFN_FAILED,
    ND_SFN_TIMED_OUT,
    ND_SFN_ABORTED,
    ND_SFN_PENDING_REDRIVE,
};
struct nd_sfn_execution {
    enum nd_sfn_status status;
    char *error, *cause; /* printable; "" when there are none */
    char *input;         /* as it was given; NULL when the service keeps it back */
};
void nd_sfn_execution_release(struct nd_sfn_execution *e);
/** ND_NOT_FOUND */
enum nd_rc nd_sfn_describe(struct nd_aws *aws, const char *execution_arn, struct nd_sfn_execution *out,
                           struct nd_error *err);
/** Is it there, and does it take executions? ND_CONFIG it is not, or may not be looked at. */
enum nd_rc nd_sfn_machine(struct nd_aws *aws, const char *machine_arn, bool *active, struct nd_error *err);
/** ND_NOT_FOUND; one that has ended is fine. */
enum nd_rc nd_sfn_stop(struct nd_aws *aws, const char *execution_arn, const char *error, const char *cause,
                       struct nd_error *err);

/**
 * Answers a task that waits. ND_NOT_FOUND it does not wait any more (answered, timed out, its execution
 * ended) · ND_BAD_INPUT no such token. Sent again after an answer was lost, it may find itself answered:
 * ND_NOT_FOUND.
 */
enum nd_rc nd_sfn_task_success(struct nd_aws *aws, const char *token, struct nd_view output,
                               struct nd_error *err);
enum nd_rc nd_sfn_task_failure(struct nd_aws *aws, const char *token, const char *error, const char *cause,
                               struct nd_error *err);

#endif
