#include "aws_operations.h"
#include "nightdesk/aws/dynamodb.h"
#include "nightdesk/aws/s3.h"
#include "nightdesk/aws/quotas.h"
#include "nightdesk/aws/sns.h"
#include "nightdesk/aws/sts.h"
#include "nightdesk/base/alloc.h"
#include "rig.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void need(enum nd_rc rc, const struct nd_error *err)
{
    ck_assert_msg(rc == ND_OK, "setting up: %s", nd_test_chain(rc, err));
}

static void nothing(struct attempt *a)
{
    (void)a;
}

/* ---- DynamoDB ---- */

static struct nd_json *key_of(const struct attempt *a, const char *sk)
{
    struct nd_json *key = nd_json_object();
    nd_item_set_str(key, "pk", a->name);
    nd_item_set_str(key, "sk", sk);
    return key;
}

static void put_item(struct attempt *a, const char *sk)
{
    struct nd_error err = {0};
    struct nd_json *item = key_of(a, sk);
    nd_item_set_int(item, "n", 0);
    const struct nd_dynamodb_write write = {.kind = ND_DYNAMODB_PUT, .item = item};
    need(nd_dynamodb_write(a->calm, a->place, &write, NULL, &err), &err);
    nd_json_free(item);
}

static void prepare_item(struct attempt *a)
{
    put_item(a, "a");
}

/* Its n, or -1 when there is none. */
static int64_t item_n(struct attempt *a)
{
    struct nd_error err = {0};
    struct nd_json *key = key_of(a, "a"), *item = NULL;
    enum nd_rc rc = nd_dynamodb_get(a->calm, a->place, key, &item, &err);
    int64_t n = rc == ND_OK ? nd_item_int(item, "n", -2) : -1;
    ck_assert_msg(rc == ND_OK || rc == ND_NOT_FOUND, "%s", nd_test_chain(rc, &err));
    nd_json_free(key);
    nd_json_free(item);
    return n;
}

static int count_item(struct attempt *a)
{
    return item_n(a) >= 0;
}

static int count_gone(struct attempt *a)
{
    return item_n(a) < 0;
}

static int count_n(struct attempt *a)
{
    return (int)item_n(a);
}

static enum nd_rc get_item(struct attempt *a, struct nd_error *err)
{
    struct nd_json *key = key_of(a, "a"), *item = NULL;
    enum nd_rc rc = nd_dynamodb_get(a->aws, a->place, key, &item, err);
    if (rc == ND_OK) ck_assert_str_eq(nd_item_str(item, "pk"), a->name);
    nd_json_free(key);
    nd_json_free(item);
    return rc;
}

static enum nd_rc see_item(void *ctx, const struct nd_json *item, struct nd_error *err)
{
    (void)err;
    ck_assert_ptr_nonnull(nd_item_str(item, "pk"));
    ++*(unsigned *)ctx;
    return ND_OK;
}

static enum nd_rc query(struct attempt *a, struct nd_error *err)
{
    unsigned seen = 0;
    struct nd_json *values = nd_json_object();
    nd_item_set_str(values, ":pk", a->name);
    const struct nd_dynamodb_query all = {.table = a->place, .where = "pk = :pk", .values = values};
    enum nd_rc rc = nd_dynamodb_query(a->aws, &all, see_item, &seen, err);
    if (rc == ND_OK) ck_assert_uint_eq(seen, 1);
    nd_json_free(values);
    return rc;
}

static enum nd_rc get_items(struct attempt *a, struct nd_error *err)
{
    unsigned seen = 0;
    struct nd_json *there = key_of(a, "a"), *absent = key_of(a, "b");
    const struct nd_json *const keys[] = {there, absent};
    enum nd_rc rc = nd_dynamodb_get_many(a->aws, a->place, keys, 2, see_item, &seen, err);
    if (rc == ND_OK) ck_assert_uint_eq(seen, 1);
    nd_json_free(there);
    nd_json_free(absent);
    return rc;
}

static enum nd_rc put_new_item(struct attempt *a, struct nd_error *err)
{
    struct nd_json *item = key_of(a, "a");
    const struct nd_dynamodb_write write = {
        .kind = ND_DYNAMODB_PUT, .item = item, .when = "attribute_not_exists(pk)"};
    nd_item_set_int(item, "n", 1);
    enum nd_rc rc = nd_dynamodb_write(a->aws, a->place, &write, NULL, err);
    nd_json_free(item);
    return rc;
}

/* No update of the store's counts up; this one shows if it was done twice. */
static struct nd_dynamodb_write counting(struct attempt *a, struct nd_json **key, struct nd_json **values)
{
    *key = key_of(a, "a");
    *values = nd_json_object();
    nd_item_set_int(*values, ":one", 1);
    return (struct nd_dynamodb_write){
        .kind = ND_DYNAMODB_UPDATE, .item = *key, .set = "SET n = n + :one", .values = *values};
}

static enum nd_rc update_item(struct attempt *a, struct nd_error *err)
{
    struct nd_json *key, *values;
    const struct nd_dynamodb_write write = counting(a, &key, &values);
    enum nd_rc rc = nd_dynamodb_write(a->aws, a->place, &write, NULL, err);
    nd_json_free(key);
    nd_json_free(values);
    return rc;
}

static enum nd_rc delete_item(struct attempt *a, struct nd_error *err)
{
    struct nd_json *key = key_of(a, "a");
    const struct nd_dynamodb_write write = {.kind = ND_DYNAMODB_DELETE, .item = key};
    enum nd_rc rc = nd_dynamodb_write(a->aws, a->place, &write, NULL, err);
    nd_json_free(key);
    return rc;
}

static enum nd_rc transact(struct attempt *a, struct nd_error *err)
{
    struct nd_json *key, *values, *item = key_of(a, "b");
    struct nd_dynamodb_refusal refusal = {0};
    const struct nd_dynamodb_write writes[] = {counting(a, &key, &values),
                                               {.kind = ND_DYNAMODB_PUT, .item = item}};
    enum nd_rc rc = nd_dynamodb_transact(a->aws, a->place, writes, 2, a->name, &refusal, err);
    nd_json_free(refusal.stands);
    nd_json_free(item);
    nd_json_free(key);
    nd_json_free(values);
    return rc;
}

/* ---- S3 ---- */

#define BODY "an object's bytes"

static enum nd_rc put_body(struct nd_aws *aws, struct attempt *a, bool if_absent, struct nd_error *err)
{
    const struct nd_s3_condition condition = {.if_absent = if_absent};
    return nd_s3_put(aws, a->place, a->name, ND_VIEW(BODY), "text/plain", &condition, err);
}

static void prepare_object(struct attempt *a)
{
    struct nd_error err = {0};
    need(put_body(a->calm, a, true, &err), &err);
}

static enum nd_rc note_version(void *ctx, const struct nd_s3_entry *entry, struct nd_error *err)
{
    (void)entry;
    (void)err;
    ++*(int *)ctx;
    return ND_OK;
}

static int count_versions(struct attempt *a)
{
    struct nd_error err = {0};
    int count = 0;
    need(nd_s3_versions(a->calm, a->place, a->name, note_version, &count, &err), &err);
    return count;
}

static int count_all_gone(struct attempt *a)
{
    return count_versions(a) == 0;
}

static int count_hidden(struct attempt *a)
{
    struct nd_error err = {0};
    struct nd_s3_object object;
    enum nd_rc rc = nd_s3_head(a->calm, a->place, a->name, &object, &err);
    return rc == ND_NOT_FOUND;
}

static enum nd_rc put_object(struct attempt *a, struct nd_error *err)
{
    return put_body(a->aws, a, true, err);
}

static enum nd_rc get_object(struct attempt *a, struct nd_error *err)
{
    struct nd_bytes out = ND_BYTES(200000);
    enum nd_rc rc = nd_s3_get(a->aws, a->place, a->name, &out, err);
    if (rc == ND_OK) nd_ck_view(nd_bytes_view(&out), BODY);
    nd_bytes_release(&out);
    return rc;
}

static enum nd_rc head_object(struct attempt *a, struct nd_error *err)
{
    struct nd_s3_object object;
    enum nd_rc rc = nd_s3_head(a->aws, a->place, a->name, &object, err);
    if (rc == ND_OK) ck_assert_int_eq(object.size_bytes, (int64_t)strlen(BODY));
    return rc;
}

static enum nd_rc delete_object(struct attempt *a, struct nd_error *err)
{
    return nd_s3_delete(a->aws, a->place, a->name, NULL, err);
}

static enum nd_rc delete_objects(struct attempt *a, struct nd_error *err)
{
    return nd_s3_delete_all(a->aws, a->place, a->name, err);
}

static enum nd_rc list_objects(struct attempt *a, struct nd_error *err)
{
    int count = 0;
    enum nd_rc rc = nd_s3_list(a->aws, a->place, a->name, note_version, &count, err);
    if (rc == ND_OK) ck_assert_int_eq(count, 1);
    return rc;
}

static enum nd_rc list_versions(struct attempt *a, struct nd_error *err)
{
    int count = 0;
    enum nd_rc rc = nd_s3_versions(a->aws, a->place, a->name, note_version, &count, err);
    if (rc == ND_OK) ck_assert_int_eq(count, 1);
    return rc;
}

/* ---- Step Functions ---- */

static enum nd_rc start_by(struct nd_aws *aws, struct attempt *a, struct nd_error *err)
{
    return nd_sfn_start(aws, a->machine, a->name, ND_VIEW("{}"), a->arn, err);
}

static void prepare_execution(struct attempt *a)
{
    struct nd_error err = {0};
    need(start_by(a->calm, a, &err), &err);
}

static enum nd_rc start(struct attempt *a, struct nd_error *err)
{
    enum nd_rc rc = start_by(a->aws, a, err);
    if (rc == ND_OK) ck_assert_str_eq(a->arn + strlen(a->arn) - strlen(a->name), a->name);
    return rc;
}

static int status_of(struct attempt *a, const char *arn)
{
    struct nd_error err = {0};
    struct nd_sfn_execution execution;
    enum nd_rc rc = nd_sfn_describe(a->calm, arn, &execution, &err);
    if (rc == ND_NOT_FOUND) return -1;
    need(rc, &err);
    int status = (int)execution.status;
    nd_sfn_execution_release(&execution);
    return status;
}

/* arn:aws:states:…:stateMachine:m -> arn:aws:states:…:execution:m:NAME */
static int count_execution(struct attempt *a)
{
    static const char kind[] = ":stateMachine:";
    const char *at = strstr(a->machine, kind);
    ck_assert_ptr_nonnull(at);
    char *arn =
        nd_sprintf("%.*s:execution:%s:%s", (int)(at - a->machine), a->machine, at + strlen(kind), a->name);
    int count = status_of(a, arn) >= 0;
    nd_free(arn);
    return count;
}

static int count_stopped(struct attempt *a)
{
    return status_of(a, a->arn) == ND_SFN_ABORTED;
}

static enum nd_rc look_at_machine(struct attempt *a, struct nd_error *err)
{
    bool active = false;
    enum nd_rc rc = nd_sfn_machine(a->aws, a->machine, &active, err);
    if (rc == ND_OK) ck_assert(active);
    return rc;
}

static enum nd_rc describe(struct attempt *a, struct nd_error *err)
{
    struct nd_sfn_execution execution;
    enum nd_rc rc = nd_sfn_describe(a->aws, a->arn, &execution, err);
    if (rc != ND_OK) return rc;
    ck_assert_int_eq(execution.status, ND_SFN_RUNNING);
    nd_sfn_execution_release(&execution);
    return rc;
}

static enum nd_rc stop(struct attempt *a, struct nd_error *err)
{
    return nd_sfn_stop(a->aws, a->arn, "Cancelled", "by a person", err);
}

static void prepare_task(struct attempt *a)
{
    struct nd_bytes token = ND_BYTES(ND_SFN_TOKEN_MAX_BYTES - 1);
    rig_proxy("POST", "task", "", &token);
    (void)snprintf(a->token, sizeof a->token, "%s", nd_bytes_view(&token).data);
    nd_bytes_release(&token);
}

static int count_answers(struct attempt *a)
{
    struct nd_bytes path = ND_BYTES(8000), out = ND_BYTES(10);
    nd_bytes_add_str(&path, "answers/");
    for (const char *c = a->token; *c; c++) nd_bytes_addf(&path, "%%%02X", (unsigned)(unsigned char)*c);
    rig_proxy("GET", nd_bytes_view(&path).data, "", &out);
    int count = atoi(nd_bytes_view(&out).data);
    nd_bytes_release(&path);
    nd_bytes_release(&out);
    return count;
}

static enum nd_rc task_success(struct attempt *a, struct nd_error *err)
{
    return nd_sfn_task_success(a->aws, a->token, ND_VIEW("{\"decision\":\"approve\"}"), err);
}

static enum nd_rc task_failure(struct attempt *a, struct nd_error *err)
{
    return nd_sfn_task_failure(a->aws, a->token, "Cancelled", "by a person", err);
}

/* ---- SNS and credentials ---- */

static enum nd_rc publish(struct attempt *a, struct nd_error *err)
{
    return nd_sns_publish(a->aws, a->topic, "a subject", ND_VIEW("a message"), err);
}

static enum nd_rc fetch_keys(struct attempt *a, struct nd_error *err)
{
    char source[96];
    int64_t expires_ms = 0;
    enum nd_rc rc = nd_aws_identity(a->aws, source, &expires_ms, err);
    if (rc == ND_OK) ck_assert_str_eq(source, "container");
    return rc;
}

static enum nd_rc list_subscriptions(struct attempt *a, struct nd_error *err)
{
    struct nd_sns_subscriptions found = {7, 7};
    enum nd_rc rc = nd_sns_subscriptions(a->aws, a->topic, &found, err);
    if (rc == ND_OK) ck_assert_uint_eq(found.confirmed + found.pending, 0);
    return rc;
}

/* ---- who asks, and how much there is ---- */

static enum nd_rc ask_who(struct attempt *a, struct nd_error *err)
{
    char arn[ND_STS_ARN_BYTES];
    enum nd_rc rc = nd_sts_whoami(a->aws, arn, err);
    if (rc == ND_OK) ck_assert_ptr_nonnull(strstr(arn, ":assumed-role/task/"));
    return rc;
}

static enum nd_rc ask_quota(struct attempt *a, struct nd_error *err)
{
    double value = 0;
    enum nd_rc rc = nd_quota_get(a->aws, "vpc", "L-DF5E4CA3", &value, err); /* interfaces in a region */
    if (rc == ND_OK) ck_assert(value > 1);
    return rc;
}

/* clang-format off */
const struct operation operations[] = {
    {"GetItem", "dynamodb", OPERATION_READS, ANSWER_JSON, ND_OK, prepare_item, get_item, NULL},
    {"BatchGetItem", "dynamodb", OPERATION_READS, ANSWER_JSON, ND_OK, prepare_item, get_items, NULL},
    {"Query", "dynamodb", OPERATION_READS, ANSWER_JSON, ND_OK, prepare_item, query, NULL},
    {"PutItem", "dynamodb", OPERATION_ONCE, ANSWER_JSON, ND_CONFLICT, nothing, put_new_item, count_item},
    {"UpdateItem", "dynamodb", OPERATION_ONCE, ANSWER_JSON, ND_OK, prepare_item, update_item, count_n},
    {"DeleteItem", "dynamodb", OPERATION_ONCE, ANSWER_JSON, ND_OK, prepare_item, delete_item, count_gone},
    {"TransactWriteItems", "dynamodb", OPERATION_ONCE, ANSWER_JSON, ND_OK, prepare_item, transact, count_n},
    {"PutObject", "s3", OPERATION_REPEATED, ANSWER_EMPTY, ND_CONFLICT, nothing, put_object, count_versions},
    {"GetObject", "s3", OPERATION_READS, ANSWER_OBJECT, ND_OK, prepare_object, get_object, NULL},
    {"HeadObject", "s3", OPERATION_READS, ANSWER_HEAD, ND_OK, prepare_object, head_object, NULL},
    {"DeleteObject", "s3", OPERATION_REPEATED, ANSWER_NOTHING, ND_OK, prepare_object, delete_object, count_hidden},
    {"DeleteObjects", "s3", OPERATION_REPEATED, ANSWER_XML, ND_OK, prepare_object, delete_objects, count_all_gone},
    {"ListObjectsV2", "s3", OPERATION_READS, ANSWER_XML, ND_OK, prepare_object, list_objects, NULL},
    {"ListObjectVersions", "s3", OPERATION_READS, ANSWER_XML, ND_OK, prepare_object, list_versions, NULL},
    {"StartExecution", "states", OPERATION_REPEATED, ANSWER_JSON, ND_OK, nothing, start, count_execution},
    {"DescribeExecution", "states", OPERATION_READS, ANSWER_JSON, ND_OK, prepare_execution, describe, NULL},
    {"DescribeStateMachine", "states", OPERATION_READS, ANSWER_JSON, ND_OK, nothing, look_at_machine, NULL},
    {"StopExecution", "states", OPERATION_REPEATED, ANSWER_JSON, ND_OK, prepare_execution, stop, count_stopped},
    {"SendTaskSuccess", "states", OPERATION_REPEATED, ANSWER_JSON, ND_NOT_FOUND, prepare_task, task_success, count_answers},
    {"SendTaskFailure", "states", OPERATION_REPEATED, ANSWER_JSON, ND_NOT_FOUND, prepare_task, task_failure, count_answers},
    {"Publish", "sns", OPERATION_REPEATED, ANSWER_XML, ND_OK, nothing, publish, NULL},
    {"ListSubscriptionsByTopic", "sns", OPERATION_READS, ANSWER_XML, ND_OK, nothing, list_subscriptions, NULL},
    {"GetCallerIdentity", "sts", OPERATION_READS, ANSWER_XML, ND_OK, nothing, ask_who, NULL},
    {"GetServiceQuota", "servicequotas", OPERATION_READS, ANSWER_JSON, ND_OK, nothing, ask_quota, NULL},
    {"Credentials", "the container endpoint", OPERATION_KEYS, ANSWER_JSON, ND_OK, nothing, fetch_keys, NULL},
};
/* clang-format on */
const size_t operation_count = sizeof operations / sizeof operations[0];
