#include "nightdesk/aws/dynamodb.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/base/hash.h"
#include "json_call.h"

#include <string.h>

#define BATCH_TRIES 8
#define ANSWER_MS 5000 /* a lease lives for thirty seconds */

static const struct nd_aws_service service = {.prefix = "dynamodb",
                                              .signing = "dynamodb",
                                              .variable = "AWS_ENDPOINT_URL_DYNAMODB",
                                              .attempts = 4,
                                              .base_ms = 25};

/* ---- calling ---- */

/* An answer whose checksum is wrong is a torn one. */
static struct nd_verdict judge(const struct nd_aws_call *call, struct nd_aws_answer *answer,
                               struct nd_verdict by_table)
{
    struct nd_view given = nd_http_header(&answer->http, "x-amz-crc32");
    int64_t sum = 0;
    bool wrong = !nd_view_int(given, &sum) || sum != (int64_t)nd_crc32(nd_bytes_view(&answer->http.body));
    (void)call;
    if (given.len && wrong) return nd_aws_torn(answer, "the answer's checksum is wrong");
    return nd_aws_json_judge(answer, by_table);
}

/* Sends the request, which it frees. *out is the answer's document: also that of a refusal, NULL when there
 * is none. */
static enum nd_rc send(struct nd_aws *aws, const struct nd_aws_call *call, struct nd_json *request,
                       struct nd_json **out, struct nd_error *err)
{
    struct nd_aws_answer answer;
    struct nd_aws_call sent = *call;
    sent.service = &service;
    sent.total_ms = ANSWER_MS;
    sent.max_body_bytes = ND_DYNAMODB_PAGE_MAX_BYTES;
    if (!sent.judge) sent.judge = judge;
    enum nd_rc rc = nd_aws_json_send(aws, &sent, "DynamoDB_20120810", request, &answer, err);
    *out = answer.document;
    answer.document = NULL;
    nd_aws_answer_release(&answer);
    return rc;
}

static void set_copy(struct nd_json *request, const char *member, const struct nd_json *value)
{
    if (value) nd_json_set(request, member, nd_json_copy(value));
}

static void set_text(struct nd_json *request, const char *member, const char *text)
{
    if (text) nd_json_set_str(request, member, text);
}

/* Takes an item out of an answer: NULL when it is no object. */
static struct nd_json *item_of(const struct nd_json *parent, const char *member)
{
    const struct nd_json *item = nd_json_get(parent, member);
    return nd_json_kind(item) == ND_JSON_OBJECT && nd_json_len(item) ? nd_json_copy(item) : NULL;
}

/* ---- reading ---- */

static struct nd_verdict judge_item(const struct nd_aws_call *call, struct nd_aws_answer *answer,
                                    struct nd_verdict by_table)
{
    struct nd_verdict verdict = judge(call, answer, by_table);
    const struct nd_json *item = nd_json_get(answer->document, "Item");
    if (verdict.kind != ND_ANSWER_FINE || !item) return verdict;
    ND_JSON_EACH(member, (const struct nd_json *)call->asked)
    {
        if (!nd_json_equal(member, nd_json_get(item, nd_json_name(member))))
            return nd_aws_torn(answer, "the answer is about another item");
    }
    return verdict;
}

enum nd_rc nd_dynamodb_get(struct nd_aws *aws, const char *table, const struct nd_json *key,
                           struct nd_json **item, struct nd_error *err)
{
    struct nd_json *request = nd_json_object(), *answer = NULL;
    nd_json_set_str(request, "TableName", table);
    set_copy(request, "Key", key);
    nd_json_set_bool(request, "ConsistentRead", true);
    const struct nd_aws_call call = {
        .what = "GetItem", .effect = ND_AWS_READS, .judge = judge_item, .asked = key};
    enum nd_rc rc = send(aws, &call, request, &answer, err);
    if (rc == ND_OK) {
        struct nd_json *found = item_of(answer, "Item");
        if (found) {
            *item = found;
        } else {
            rc = nd_fail(err, ND_NOT_FOUND, "table '%.80s' has no such item", table);
        }
    }
    nd_json_free(answer);
    return rc;
}

static struct nd_verdict judge_batch(const struct nd_aws_call *call, struct nd_aws_answer *answer,
                                     struct nd_verdict by_table)
{
    struct nd_verdict verdict = judge(call, answer, by_table);
    bool whole = verdict.kind != ND_ANSWER_FINE ||
                 nd_json_kind(nd_json_get(answer->document, "Responses")) == ND_JSON_OBJECT;
    return whole ? verdict : nd_aws_torn(answer, "the answer has no Responses");
}

static struct nd_json *batch_of(const char *table, const struct nd_json *const *keys, size_t count)
{
    struct nd_json *asked = nd_json_object(), *list = nd_json_set(asked, "Keys", nd_json_array());
    for (size_t i = 0; i < count; i++) nd_json_add(list, nd_json_copy(keys[i]));
    nd_json_set_bool(asked, "ConsistentRead", true);
    struct nd_json *tables = nd_json_object();
    nd_json_set(tables, table, asked);
    return tables;
}

/* Takes the tables that are asked for; *left are those that were not answered, NULL when all were. */
static enum nd_rc get_batch(struct nd_aws *aws, const char *table, struct nd_json *asked,
                            nd_visit_item *visit, void *ctx, struct nd_json **left, struct nd_error *err)
{
    struct nd_json *request = nd_json_object(), *answer = NULL;
    nd_json_set(request, "RequestItems", asked);
    const struct nd_aws_call call = {.what = "BatchGetItem", .effect = ND_AWS_READS, .judge = judge_batch};
    enum nd_rc rc = send(aws, &call, request, &answer, err);
    *left = rc == ND_OK ? item_of(answer, "UnprocessedKeys") : NULL;
    const struct nd_json *items = nd_json_get(nd_json_get(answer, "Responses"), table);
    const struct nd_json *item = rc == ND_OK ? nd_json_first(items) : NULL;
    for (; rc == ND_OK && item; item = nd_json_next(item)) rc = visit(ctx, item, err);
    nd_json_free(answer);
    return rc;
}

enum nd_rc nd_dynamodb_get_many(struct nd_aws *aws, const char *table, const struct nd_json *const *keys,
                                size_t count, nd_visit_item *visit, void *ctx, struct nd_error *err)
{
    const struct nd_host *host = nd_aws_host(aws);
    enum nd_rc rc = ND_OK;
    for (size_t at = 0; rc == ND_OK && at < count; at += ND_DYNAMODB_BATCH_MAX) {
        size_t some = count - at < ND_DYNAMODB_BATCH_MAX ? count - at : ND_DYNAMODB_BATCH_MAX;
        struct nd_json *left = batch_of(table, keys + at, some);
        for (unsigned tried = 0; rc == ND_OK && left && tried < BATCH_TRIES; tried++) {
            if (tried) host->sleep_ms(host->ctx, INT64_C(25) << tried);
            rc = get_batch(aws, table, left, visit, ctx, &left, err);
        }
        if (rc == ND_OK && left)
            rc = nd_fail(err, ND_RETRY, "dynamodb answers only a part of BatchGetItem: table '%.80s' is busy",
                         table);
        nd_json_free(left);
    }
    return rc;
}

static enum nd_rc visit_page(const struct nd_json *answer, nd_visit_item *visit, void *ctx,
                             struct nd_error *err)
{
    const struct nd_json *items = nd_json_get(answer, "Items");
    enum nd_rc rc = ND_OK;
    if (nd_json_kind(items) != ND_JSON_ARRAY)
        return nd_fail(err, ND_BROKEN, "dynamodb answers Query without an array of Items");
    ND_JSON_EACH(item, items)
    {
        rc = nd_json_kind(item) == ND_JSON_OBJECT
                 ? visit(ctx, item, err)
                 : nd_fail(err, ND_BROKEN, "dynamodb's Items hold what is no item");
        if (rc != ND_OK) break;
    }
    return rc;
}

enum nd_rc nd_dynamodb_query(struct nd_aws *aws, const struct nd_dynamodb_query *query, nd_visit_item *visit,
                             void *ctx, struct nd_error *err)
{
    struct nd_json *after = NULL; /* the key of the page before */
    enum nd_rc rc = ND_OK;
    do {
        struct nd_json *request = nd_json_object(), *answer = NULL;
        nd_json_set_str(request, "TableName", query->table);
        set_text(request, "IndexName", query->index);
        nd_json_set_str(request, "KeyConditionExpression", query->where);
        set_copy(request, "ExpressionAttributeNames", query->names);
        set_copy(request, "ExpressionAttributeValues", query->values);
        set_copy(request, "ExclusiveStartKey", after);
        if (query->backward) nd_json_set_bool(request, "ScanIndexForward", false);
        if (!query->index) nd_json_set_bool(request, "ConsistentRead", true);
        rc = send(aws, &(const struct nd_aws_call){.what = "Query", .effect = ND_AWS_READS}, request, &answer,
                  err);
        struct nd_json *next = rc == ND_OK ? item_of(answer, "LastEvaluatedKey") : NULL;
        if (rc == ND_OK) rc = visit_page(answer, visit, ctx, err);
        if (rc == ND_OK && next && after && nd_json_equal(next, after))
            rc = nd_fail(err, ND_BROKEN, "dynamodb's Query gives the same page for ever");
        nd_json_free(answer);
        nd_json_free(after);
        after = next;
    } while (rc == ND_OK && after);
    nd_json_free(after);
    return rc;
}

/* ---- writing ---- */

static const char *const operations[] = {
    [ND_DYNAMODB_PUT] = "PutItem", [ND_DYNAMODB_UPDATE] = "UpdateItem", [ND_DYNAMODB_DELETE] = "DeleteItem"};
static const char *const members[] = {
    [ND_DYNAMODB_PUT] = "Put", [ND_DYNAMODB_UPDATE] = "Update", [ND_DYNAMODB_DELETE] = "Delete"};

static struct nd_json *write_json(const char *table, const struct nd_dynamodb_write *w)
{
    struct nd_json *json = nd_json_object();
    nd_json_set_str(json, "TableName", table);
    set_copy(json, w->kind == ND_DYNAMODB_PUT ? "Item" : "Key", w->item);
    set_text(json, "UpdateExpression", w->set);
    set_text(json, "ConditionExpression", w->when);
    set_copy(json, "ExpressionAttributeNames", w->names);
    set_copy(json, "ExpressionAttributeValues", w->values);
    if (w->when) nd_json_set_str(json, "ReturnValuesOnConditionCheckFailure", "ALL_OLD");
    return json;
}

enum nd_rc nd_dynamodb_write(struct nd_aws *aws, const char *table, const struct nd_dynamodb_write *write,
                             struct nd_json **stands, struct nd_error *err)
{
    struct nd_json *answer = NULL;
    const struct nd_aws_call call = {.what = operations[write->kind], .effect = ND_AWS_ONCE};
    enum nd_rc rc = send(aws, &call, write_json(table, write), &answer, err);
    if (rc == ND_CONFLICT && stands) *stands = item_of(answer, "Item");
    nd_json_free(answer);
    return rc;
}

/* ---- transactions ---- */

static bool is_busy(const char *code)
{
    static const char *const busy[] = {"TransactionConflict", "ThrottlingError",
                                       "ProvisionedThroughputExceeded"};
    for (size_t i = 0; i < sizeof busy / sizeof busy[0]; i++)
        if (strcmp(code, busy[i]) == 0) return true;
    return false;
}

/* What a cancelled transaction says about each of its writes: a failed condition counts first, then what is
 * wrong with the request, then others' traffic. */
static struct nd_verdict judge_reasons(struct nd_aws_answer *answer, struct nd_verdict by_table)
{
    bool has_busy = false, has_other = false;
    ND_JSON_EACH(reason, nd_json_get(answer->document, "CancellationReasons"))
    {
        const char *code = nd_json_get_str(reason, "Code");
        if (!code || strcmp(code, "None") == 0) continue;
        if (strcmp(code, "ConditionalCheckFailed") == 0) return by_table;
        nd_aws_set_message(answer, nd_view_of(code));
        if (is_busy(code)) {
            has_busy = true;
        } else {
            has_other = true;
        }
    }
    if (has_busy && !has_other) return (struct nd_verdict){ND_ANSWER_THROTTLED, ND_RETRY};
    return (struct nd_verdict){ND_ANSWER_FINAL, ND_BAD_INPUT};
}

static struct nd_verdict judge_transaction(const struct nd_aws_call *call, struct nd_aws_answer *answer,
                                           struct nd_verdict by_table)
{
    struct nd_verdict verdict = judge(call, answer, by_table);
    if (verdict.kind != ND_ANSWER_FINAL || strcmp(answer->code, "TransactionCanceledException") != 0)
        return verdict;
    return judge_reasons(answer, by_table);
}

static enum nd_rc find_refusal(const struct nd_json *answer, size_t count, struct nd_dynamodb_refusal *out,
                               struct nd_error *err)
{
    const struct nd_json *reasons = nd_json_get(answer, "CancellationReasons");
    size_t at = 0;
    ND_JSON_EACH(reason, reasons)
    {
        const char *code = nd_json_get_str(reason, "Code");
        if (code && strcmp(code, "ConditionalCheckFailed") == 0 && at < count) {
            *out = (struct nd_dynamodb_refusal){at, item_of(reason, "Item")};
            return ND_CONFLICT;
        }
        at++;
    }
    nd_error_clear(err);
    return nd_fail(err, ND_BROKEN, "dynamodb cancels a transaction and gives no reason");
}

enum nd_rc nd_dynamodb_transact(struct nd_aws *aws, const char *table, const struct nd_dynamodb_write *writes,
                                size_t count, const char *token, struct nd_dynamodb_refusal *refusal,
                                struct nd_error *err)
{
    if (count == 0 || count > ND_DYNAMODB_TRANSACTION_MAX)
        return nd_fail(err, ND_OVER_LIMIT, "a transaction has %zu writes, wanted 1 to %d", count,
                       ND_DYNAMODB_TRANSACTION_MAX);
    struct nd_json *request = nd_json_object(), *answer = NULL;
    struct nd_json *items = nd_json_set(request, "TransactItems", nd_json_array());
    for (size_t i = 0; i < count; i++) {
        struct nd_json *item = nd_json_add(items, nd_json_object());
        nd_json_set(item, members[writes[i].kind], write_json(table, &writes[i]));
    }
    nd_json_set_str(request, "ClientRequestToken", token);
    const struct nd_aws_call call = {
        .what = "TransactWriteItems", .effect = ND_AWS_ONCE, .judge = judge_transaction};
    enum nd_rc rc = send(aws, &call, request, &answer, err);
    if (rc == ND_CONFLICT) rc = find_refusal(answer, count, refusal, err);
    nd_json_free(answer);
    return rc;
}
