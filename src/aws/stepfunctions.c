#include "nightdesk/aws/stepfunctions.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/json.h"
#include "nightdesk/base/text.h"
#include "json_call.h"

#include <stdio.h>
#include <string.h>

#define ANSWER_MAX_BYTES ((size_t)2 << 20) /* an execution's input, output and cause */

static const struct nd_aws_service service = {.prefix = "states",
                                              .signing = "states",
                                              .variable = "AWS_ENDPOINT_URL_SFN",
                                              .attempts = 3,
                                              .base_ms = 50};

/* What other services say of a session's token, this one says of a task's. */
static struct nd_verdict judge(const struct nd_aws_call *call, struct nd_aws_answer *answer,
                               struct nd_verdict by_table)
{
    (void)call;
    if (strcmp(answer->code, "InvalidToken") == 0) by_table.rc = ND_BAD_INPUT;
    return nd_aws_json_judge(answer, by_table);
}

/* The ARN of that name in the answer must be, or end in, what was asked for. */
static struct nd_verdict judge_arn(const struct nd_aws_call *call, struct nd_aws_answer *answer,
                                   struct nd_verdict by_table, const char *name)
{
    struct nd_verdict verdict = judge(call, answer, by_table);
    if (verdict.kind != ND_ANSWER_FINE) return verdict;
    struct nd_view arn = nd_json_view(nd_json_get(answer->document, name));
    size_t len = strlen(call->asked);
    bool fits = arn.len >= len && nd_view_is(nd_view_sub(arn, arn.len - len, arn.len), call->asked);
    return fits ? verdict : nd_aws_torn(answer, "the answer is about no or another execution or machine");
}

static struct nd_verdict judge_execution(const struct nd_aws_call *call, struct nd_aws_answer *answer,
                                         struct nd_verdict by_table)
{
    return judge_arn(call, answer, by_table, "executionArn");
}

static struct nd_verdict judge_machine(const struct nd_aws_call *call, struct nd_aws_answer *answer,
                                       struct nd_verdict by_table)
{
    return judge_arn(call, answer, by_table, "stateMachineArn");
}

/* Sends the request, which it frees. Every operation here may be sent twice: see each one's words. */
static enum nd_rc send(struct nd_aws *aws, const struct nd_aws_call *call, struct nd_json *request,
                       struct nd_json **out, struct nd_error *err)
{
    struct nd_aws_answer answer;
    struct nd_aws_call sent = *call;
    sent.service = &service;
    sent.max_body_bytes = ANSWER_MAX_BYTES;
    if (!sent.judge) sent.judge = judge;
    enum nd_rc rc = nd_aws_json_send(aws, &sent, "AWSStepFunctions", request, &answer, err);
    if (rc == ND_OK && out) {
        *out = answer.document;
        answer.document = NULL;
    }
    nd_aws_answer_release(&answer);
    return rc;
}

static enum nd_rc check_size(const char *what, size_t len, size_t max, struct nd_error *err)
{
    if (len <= max) return ND_OK;
    return nd_fail(err, ND_OVER_LIMIT, "%s has %zu bytes, limit is %zu", what, len, max);
}

/* A text that the service takes only so long of. */
static void set_cut(struct nd_json *request, const char *member, const char *text, size_t max)
{
    struct nd_view whole = nd_view_of(text);
    if (text) nd_json_set_view(request, member, nd_view_sub(whole, 0, nd_utf8_cut(whole, max)));
}

/* ---- executions ---- */

static bool is_name(const char *name)
{
    static const char wanted[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-";
    size_t len = strlen(name);
    return len > 0 && len <= ND_SFN_NAME_MAX && strspn(name, wanted) == len;
}

enum nd_rc nd_sfn_start(struct nd_aws *aws, const char *machine_arn, const char *name, struct nd_view input,
                        char execution_arn[ND_SFN_ARN_BYTES], struct nd_error *err)
{
    struct nd_json *answer = NULL;
    if (!is_name(name))
        return nd_fail(err, ND_BAD_INPUT, "execution name '%.90s' is not 1 to %d of 0-9 A-Z a-z _ -", name,
                       ND_SFN_NAME_MAX);
    enum nd_rc rc = check_size("the execution's input", input.len, ND_SFN_TEXT_MAX_BYTES, err);
    if (rc != ND_OK) return rc;
    struct nd_json *request = nd_json_object();
    nd_json_set_str(request, "stateMachineArn", machine_arn);
    nd_json_set_str(request, "name", name);
    nd_json_set_view(request, "input", input);
    const struct nd_aws_call call = {.what = "StartExecution", .judge = judge_execution, .asked = name};
    rc = send(aws, &call, request, &answer, err);
    if (rc != ND_OK) return rc;
    struct nd_view arn = nd_json_view(nd_json_get(answer, "executionArn"));
    if (!arn.len || arn.len >= ND_SFN_ARN_BYTES) {
        rc = nd_fail(err, ND_BROKEN, "states answers StartExecution without an executionArn");
    } else {
        (void)snprintf(execution_arn, ND_SFN_ARN_BYTES, "%s", arn.data);
    }
    nd_json_free(answer);
    return rc;
}

/* arn:aws:states:REGION:ACCOUNT:stateMachine:NAME -> …:execution:NAME:EXECUTION */
enum nd_rc nd_sfn_execution_arn(const char *machine_arn, const char *name,
                                char execution_arn[ND_SFN_ARN_BYTES], struct nd_error *err)
{
    static const char kind[] = ":stateMachine:";
    const char *at = strstr(machine_arn, kind);
    if (strncmp(machine_arn, "arn:", 4) != 0 || !at || !at[sizeof kind - 1] || strchr(at + sizeof kind, ':'))
        return nd_fail(err, ND_BAD_INPUT,
                       "'%.120s' is not like arn:aws:states:REGION:ACCOUNT:stateMachine:NAME", machine_arn);
    int len = snprintf(execution_arn, ND_SFN_ARN_BYTES, "%.*s:execution:%s:%s", (int)(at - machine_arn),
                       machine_arn, at + sizeof kind - 1, name);
    if (len >= ND_SFN_ARN_BYTES)
        return nd_fail(err, ND_BAD_INPUT, "the state machine's ARN '%.120s' is too long", machine_arn);
    return ND_OK;
}

static const char *const statuses[] = {
    [ND_SFN_RUNNING] = "RUNNING", [ND_SFN_SUCCEEDED] = "SUCCEEDED",
    [ND_SFN_FAILED] = "FAILED",   [ND_SFN_TIMED_OUT] = "TIMED_OUT",
    [ND_SFN_ABORTED] = "ABORTED", [ND_SFN_PENDING_REDRIVE] = "PENDING_REDRIVE",
};

static char *printable(const struct nd_json *text)
{
    struct nd_bytes out = ND_BYTES(ND_SFN_CAUSE_MAX_BYTES * 4);
    nd_text_printable(nd_json_view(text), &out);
    return nd_bytes_take(&out, NULL);
}

void nd_sfn_execution_release(struct nd_sfn_execution *e)
{
    nd_free(e->error);
    nd_free(e->cause);
    nd_free(e->input);
    *e = (struct nd_sfn_execution){0};
}

enum nd_rc nd_sfn_describe(struct nd_aws *aws, const char *execution_arn, struct nd_sfn_execution *out,
                           struct nd_error *err)
{
    struct nd_json *request = nd_json_object(), *answer = NULL;
    nd_json_set_str(request, "executionArn", execution_arn);
    const struct nd_aws_call call = {.what = "DescribeExecution",
                                     .effect = ND_AWS_READS,
                                     .judge = judge_execution,
                                     .asked = execution_arn};
    enum nd_rc rc = send(aws, &call, request, &answer, err);
    if (rc != ND_OK) return rc;
    struct nd_view word = nd_json_view(nd_json_get(answer, "status"));
    size_t status = 0, count = sizeof statuses / sizeof statuses[0];
    while (status < count && !nd_view_is(word, statuses[status])) status++;
    if (status == count) {
        rc = nd_fail(err, ND_BROKEN, "states answers DescribeExecution with no status that is known");
    } else {
        *out = (struct nd_sfn_execution){.status = (enum nd_sfn_status)status,
                                         .error = printable(nd_json_get(answer, "error")),
                                         .cause = printable(nd_json_get(answer, "cause")),
                                         .input = nd_strdup(nd_json_get_str(answer, "input"))};
    }
    nd_json_free(answer);
    return rc;
}

enum nd_rc nd_sfn_machine(struct nd_aws *aws, const char *machine_arn, bool *active, struct nd_error *err)
{
    struct nd_json *request = nd_json_object(), *answer = NULL;
    nd_json_set_str(request, "stateMachineArn", machine_arn);
    const struct nd_aws_call call = {
        .what = "DescribeStateMachine", .effect = ND_AWS_READS, .judge = judge_machine, .asked = machine_arn};
    enum nd_rc rc = send(aws, &call, request, &answer, err);
    if (rc == ND_OK) *active = nd_view_is(nd_json_view(nd_json_get(answer, "status")), "ACTIVE");
    nd_json_free(answer);
    return rc;
}

enum nd_rc nd_sfn_stop(struct nd_aws *aws, const char *execution_arn, const char *error, const char *cause,
                       struct nd_error *err)
{
    struct nd_json *request = nd_json_object();
    nd_json_set_str(request, "executionArn", execution_arn);
    set_cut(request, "error", error, ND_SFN_ERROR_MAX_BYTES);
    set_cut(request, "cause", cause, ND_SFN_CAUSE_MAX_BYTES);
    return send(aws, &(const struct nd_aws_call){.what = "StopExecution"}, request, NULL, err);
}

/* ---- tasks ---- */

static enum nd_rc check_token(const char *token, struct nd_error *err)
{
    size_t len = strlen(token);
    if (len > 0 && len <= ND_SFN_TOKEN_MAX_BYTES) return ND_OK;
    return nd_fail(err, ND_BAD_INPUT, "a task's token has %zu bytes, wanted 1 to %d", len,
                   ND_SFN_TOKEN_MAX_BYTES);
}

enum nd_rc nd_sfn_task_success(struct nd_aws *aws, const char *token, struct nd_view output,
                               struct nd_error *err)
{
    enum nd_rc rc = check_token(token, err);
    if (rc == ND_OK) rc = check_size("a task's output", output.len, ND_SFN_TEXT_MAX_BYTES, err);
    if (rc != ND_OK) return rc;
    struct nd_json *request = nd_json_object();
    nd_json_set_str(request, "taskToken", token);
    nd_json_set_view(request, "output", output);
    return send(aws, &(const struct nd_aws_call){.what = "SendTaskSuccess"}, request, NULL, err);
}

enum nd_rc nd_sfn_task_failure(struct nd_aws *aws, const char *token, const char *error, const char *cause,
                               struct nd_error *err)
{
    enum nd_rc rc = check_token(token, err);
    if (rc != ND_OK) return rc;
    struct nd_json *request = nd_json_object();
    nd_json_set_str(request, "taskToken", token);
    set_cut(request, "error", error, ND_SFN_ERROR_MAX_BYTES);
    set_cut(request, "cause", cause, ND_SFN_CAUSE_MAX_BYTES);
    return send(aws, &(const struct nd_aws_call){.what = "SendTaskFailure"}, request, NULL, err);
}
