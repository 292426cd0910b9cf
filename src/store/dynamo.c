#include "dynamo.h"
#include "nightdesk/aws/s3.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/store/store.h"
#include "rules.h"

#include <stdio.h>
#include <string.h>

#define LEASE_MS 30000
#define LEASE_MIN_MS 300 /* so short in tests only */

/* ---- what the files of this store share ---- */

char *nd_dynamo_object_key(const char *run_id, const char *rest)
{
    return nd_sprintf("runs/%s/%s", run_id, rest);
}

enum nd_rc nd_dynamo_head_get(struct dynamo_store *s, const char *run_id, struct dynamo_head *out,
                              struct nd_error *err)
{
    enum nd_rc rc = nd_rules_run_id(run_id, err);
    if (rc != ND_OK) return rc;
    struct nd_json *key = nd_dynamo_key(run_id, "META"), *item = NULL;
    rc = nd_dynamodb_get(s->aws, s->table, key, &item, err);
    if (rc == ND_NOT_FOUND) {
        nd_error_clear(err);
        (void)nd_fail(err, ND_NOT_FOUND, "there is no run '%.64s'", run_id);
    }
    if (rc == ND_OK) rc = nd_dynamo_head_parse(item, run_id, out, err);
    nd_json_free(key);
    nd_json_free(item);
    return rc;
}

enum nd_rc nd_dynamo_each(struct dynamo_store *s, const char *run_id, const char *sk_prefix,
                          nd_visit_item *visit, void *ctx, struct nd_error *err)
{
    struct nd_json *values = nd_json_object();
    char *pk = nd_sprintf("RUN#%s", run_id);
    nd_item_set_str(values, ":pk", pk);
    if (*sk_prefix) nd_item_set_str(values, ":sk", sk_prefix);
    const struct nd_dynamodb_query query = {.table = s->table,
                                            .where =
                                                *sk_prefix ? "pk = :pk AND begins_with(sk, :sk)" : "pk = :pk",
                                            .values = values};
    enum nd_rc rc = nd_dynamodb_query(s->aws, &query, visit, ctx, err);
    nd_json_free(values);
    nd_free(pk);
    return rc;
}

enum nd_rc nd_dynamo_settle(struct dynamo_store *s, const struct nd_dynamodb_write *writes, size_t count,
                            struct nd_dynamodb_refusal *refusal, struct nd_error *err)
{
    char token[33];
    enum nd_rc rc = nd_random_id(s->host, token, err);
    if (rc != ND_OK) return rc;
    rc = ND_UNKNOWN;
    for (unsigned tried = 0; rc == ND_UNKNOWN && tried < ND_DYNAMO_TRIES; tried++) {
        if (tried) s->host->sleep_ms(s->host->ctx, INT64_C(50) << tried);
        nd_error_clear(err);
        rc = nd_dynamodb_transact(s->aws, s->table, writes, count, token, refusal, err);
    }
    return rc;
}

/* ---- runs ---- */

/* The request lies there first; the same one may lie there already, from a try that ended in between. */
static enum nd_rc put_request(struct dynamo_store *s, const char *run_id, struct nd_view request,
                              struct nd_error *err)
{
    const struct nd_s3_condition once = {.if_absent = true};
    struct nd_bytes stands = ND_BYTES(ND_REQUEST_MAX_BYTES);
    char *key = nd_dynamo_object_key(run_id, "request.json");
    enum nd_rc rc = nd_s3_put(s->aws, s->bucket, key, request, "application/json", &once, err);
    if (rc == ND_CONFLICT) {
        nd_error_clear(err);
        rc = nd_s3_get(s->aws, s->bucket, key, &stands, err);
        if (rc == ND_OK && !nd_view_eq(nd_bytes_view(&stands), request))
            rc = nd_fail(err, ND_CONFLICT, "run '%s' exists already, with another request", run_id);
    }
    nd_bytes_release(&stands);
    nd_free(key);
    return rc;
}

static enum nd_rc put_head(struct dynamo_store *s, const struct nd_meta *meta, struct nd_error *err)
{
    const struct dynamo_head head = {.meta = *meta};
    struct nd_dynamodb_refusal refusal = {0};
    struct nd_json *item = nd_dynamo_head_item(&head), *control = nd_dynamo_key(meta->run_id, "CONTROL");
    const struct nd_dynamodb_write writes[] = {
        {.kind = ND_DYNAMODB_PUT, .item = item, .when = "attribute_not_exists(pk)"},
        {.kind = ND_DYNAMODB_PUT, .item = control, .when = "attribute_not_exists(pk)"}};
    enum nd_rc rc = nd_dynamo_settle(s, writes, 2, &refusal, err);
    if (rc == ND_CONFLICT) {
        nd_error_clear(err);
        (void)nd_fail(err, ND_CONFLICT, "run '%s' exists already", meta->run_id);
    }
    nd_json_free(refusal.stands);
    nd_json_free(item);
    nd_json_free(control);
    return rc;
}

static enum nd_rc dynamo_create(struct nd_store *store, const struct nd_meta *meta, struct nd_view request,
                                struct nd_error *err)
{
    struct dynamo_store *s = (struct dynamo_store *)store;
    enum nd_rc rc = nd_rules_create(meta, request, err);
    if (rc == ND_OK) rc = put_request(s, meta->run_id, request, err);
    return rc == ND_OK ? put_head(s, meta, err) : rc;
}

static enum nd_rc dynamo_meta(struct nd_store *store, const char *run_id, struct nd_meta *out,
                              struct nd_error *err)
{
    struct dynamo_head head;
    enum nd_rc rc = nd_dynamo_head_get((struct dynamo_store *)store, run_id, &head, err);
    if (rc == ND_OK) *out = head.meta;
    return rc;
}

static enum nd_rc dynamo_request(struct nd_store *store, const char *run_id, struct nd_bytes *out,
                                 struct nd_error *err)
{
    struct dynamo_store *s = (struct dynamo_store *)store;
    enum nd_rc rc = nd_rules_run_id(run_id, err);
    if (rc != ND_OK) return rc;
    char *key = nd_dynamo_object_key(run_id, "request.json");
    rc = nd_s3_get(s->aws, s->bucket, key, out, err);
    if (rc == ND_NOT_FOUND) {
        nd_error_clear(err);
        (void)nd_fail(err, ND_NOT_FOUND, "there is no run '%.64s'", run_id);
    }
    nd_free(key);
    return rc;
}

/* ---- handles ---- */

static void dynamo_close(struct nd_store *store)
{
    struct dynamo_store *s = (struct dynamo_store *)store;
    nd_dynamo_holds_free(s);
    (void)pthread_mutex_destroy(&s->mutex);
    nd_free(s->table);
    nd_free(s->bucket);
    nd_free(s);
}

static const struct nd_store_ops dynamo_ops = {
    .name = "aws",
    .inline_max = ND_DYNAMO_INLINE_MAX,
    .create = dynamo_create,
    .meta = dynamo_meta,
    .request = dynamo_request,
    .lease_take = nd_dynamo_lease_take,
    .lease_release = nd_dynamo_lease_release,
    .commit = nd_dynamo_commit,
    .records = nd_dynamo_records,
    .reserves = nd_dynamo_reserves,
    .approvals = nd_dynamo_approvals,
    .decide = nd_dynamo_decide,
    .control_get = nd_dynamo_control_get,
    .control_put = nd_dynamo_control_put,
    .list = nd_dynamo_list,
    .remove = nd_dynamo_remove,
    .objects = nd_dynamo_objects,
    .close = dynamo_close,
};

enum nd_rc nd_store_aws_open(struct nd_store **out, const struct nd_store_aws_config *config,
                             struct nd_error *err)
{
    int64_t lease_ms = config->lease_ms ? config->lease_ms : LEASE_MS;
    if (!config->table || !*config->table || !config->bucket || !*config->bucket)
        return nd_fail(err, ND_CONFIG, "the store in AWS needs the names of a table and a bucket");
    if (lease_ms < LEASE_MIN_MS)
        return nd_fail(err, ND_BROKEN, "a lease of %lld ms is too short, wanted %d", (long long)lease_ms,
                       LEASE_MIN_MS);
    struct dynamo_store *s = ND_NEW(struct dynamo_store);
    *s = (struct dynamo_store){.base = {.ops = &dynamo_ops},
                               .aws = config->aws,
                               .host = config->host,
                               .table = nd_strdup(config->table),
                               .bucket = nd_strdup(config->bucket),
                               .lease_ms = lease_ms};
    (void)pthread_mutex_init(&s->mutex, NULL);
    *out = &s->base;
    return ND_OK;
}
