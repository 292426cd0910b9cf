/* What others than the lease holder write: decisions, control, removal. */
#include "dynamo.h"
#include "nightdesk/aws/s3.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/store/store.h"
#include "rules.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define DECIDE_TRIES 4

/* ---- CONTROL ---- */

static const struct {
    const char *name;
    size_t at;
} control_members[] = {
    {"ceiling", offsetof(struct nd_control, ceiling_microusd)},
    {"tool_calls_per_lane", offsetof(struct nd_control, tool_calls_per_lane)},
    {"tool_calls_per_run", offsetof(struct nd_control, tool_calls_per_run)},
    {"steps_per_lane", offsetof(struct nd_control, steps_per_lane)},
    {"wall_max", offsetof(struct nd_control, wall_max_ms)},
};
#define CONTROL_MEMBERS (sizeof control_members / sizeof control_members[0])

/* One write of what is set; `set`, key and values are what the write borrows. */
struct control_write {
    struct nd_dynamodb_write write;
    struct nd_json *key, *values;
    struct nd_bytes set;
};

static void control_write_init(struct control_write *w, const char *run_id, const struct nd_control *c)
{
    *w = (struct control_write){
        .key = nd_dynamo_key(run_id, "CONTROL"), .values = nd_json_object(), .set = ND_BYTES(512)};
    if (c->cancel) {
        nd_bytes_add_str(&w->set, "SET cancel = :cancel");
        nd_item_set_bool(w->values, ":cancel", true);
    }
    for (size_t i = 0; i < CONTROL_MEMBERS; i++) {
        int64_t value = *(const int64_t *)(const void *)((const char *)c + control_members[i].at);
        char name[32];
        if (value < 0) continue;
        (void)snprintf(name, sizeof name, ":%s", control_members[i].name);
        nd_bytes_addf(&w->set, "%s%s = %s", w->set.len ? ", " : "SET ", control_members[i].name, name);
        nd_item_set_int(w->values, name, value);
    }
    w->write = (struct nd_dynamodb_write){.kind = ND_DYNAMODB_UPDATE,
                                          .item = w->key,
                                          .set = nd_bytes_view(&w->set).data,
                                          .when = "attribute_exists(pk)",
                                          .values = w->values};
}

static void control_write_release(struct control_write *w)
{
    nd_json_free(w->key);
    nd_json_free(w->values);
    nd_bytes_release(&w->set);
}

enum nd_rc nd_dynamo_control_get(struct nd_store *store, const char *run_id, struct nd_control *out,
                                 struct nd_error *err)
{
    struct dynamo_store *s = (struct dynamo_store *)store;
    enum nd_rc rc = nd_rules_run_id(run_id, err);
    if (rc != ND_OK) return rc;
    struct nd_json *key = nd_dynamo_key(run_id, "CONTROL"), *item = NULL;
    struct nd_control control = ND_CONTROL_NONE;
    rc = nd_dynamodb_get(s->aws, s->table, key, &item, err);
    if (rc == ND_NOT_FOUND) {
        nd_error_clear(err);
        (void)nd_fail(err, ND_NOT_FOUND, "there is no run '%.64s'", run_id);
    }
    if (rc == ND_OK) {
        control.cancel = nd_item_bool(item, "cancel", false);
        for (size_t i = 0; i < CONTROL_MEMBERS; i++)
            *(int64_t *)(void *)((char *)&control + control_members[i].at) =
                nd_item_int(item, control_members[i].name, -1);
        *out = control;
    }
    nd_json_free(key);
    nd_json_free(item);
    return rc;
}

enum nd_rc nd_dynamo_control_put(struct nd_store *store, const char *run_id, const struct nd_control *c,
                                 struct nd_error *err)
{
    struct dynamo_store *s = (struct dynamo_store *)store;
    struct nd_dynamodb_refusal refusal = {0};
    struct nd_control before;
    struct control_write w;
    enum nd_rc rc = nd_dynamo_control_get(store, run_id, &before, err);
    if (rc != ND_OK) return rc;
    control_write_init(&w, run_id, c);
    if (w.set.len) rc = nd_dynamo_settle(s, &w.write, 1, &refusal, err);
    if (rc == ND_CONFLICT) {
        nd_error_clear(err);
        rc = nd_fail(err, ND_NOT_FOUND, "there is no run '%.64s'", run_id);
    }
    nd_json_free(refusal.stands);
    control_write_release(&w);
    return rc;
}

/* ---- decisions ---- */

struct decision {
    const char *run_id, *gate, *shown_sha256;
    unsigned n;
    struct nd_view text;
    const struct nd_control *control;
};

static enum nd_rc gate_item(struct dynamo_store *s, const struct decision *d, struct nd_json **item,
                            struct nd_error *err)
{
    char sk[ND_DYNAMO_SK_BYTES];
    enum nd_rc rc = nd_rules_run_id(d->run_id, err);
    if (rc != ND_OK) return rc;
    nd_dynamo_gate_sk(d->gate, d->n, sk);
    struct nd_json *key = nd_dynamo_key(d->run_id, sk);
    rc = nd_dynamodb_get(s->aws, s->table, key, item, err);
    nd_json_free(key);
    if (rc == ND_NOT_FOUND) {
        nd_error_clear(err);
        (void)nd_fail(err, ND_NOT_FOUND, "run '%.64s' has no gate '%.31s' %u", d->run_id, d->gate, d->n);
    }
    return rc;
}

/* Whether the decision may be written on what stands now; *again: it stands already. */
static enum nd_rc judge(struct dynamo_store *s, const struct decision *d, bool *again, struct nd_error *err)
{
    struct nd_bytes shown = ND_BYTES(ND_COMMIT_MAX_BYTES), decision = ND_BYTES(ND_COMMIT_MAX_BYTES);
    struct nd_approval stands;
    struct nd_json *item = NULL;
    enum nd_rc rc = gate_item(s, d, &item, err);
    if (rc == ND_OK) rc = nd_dynamo_approval_parse(item, &stands, &shown, &decision, err);
    if (rc == ND_OK) rc = nd_rules_decide(&stands, d->shown_sha256, d->text, again, err);
    nd_json_free(item);
    nd_bytes_release(&shown);
    nd_bytes_release(&decision);
    return rc;
}

static enum nd_rc write_decision(struct dynamo_store *s, const struct decision *d, struct nd_error *err)
{
    char sk[ND_DYNAMO_SK_BYTES];
    struct nd_dynamodb_refusal refusal = {0};
    const struct nd_control none = ND_CONTROL_NONE;
    struct control_write control;
    struct nd_json *values = nd_json_object();
    nd_dynamo_gate_sk(d->gate, d->n, sk);
    struct nd_json *key = nd_dynamo_key(d->run_id, sk);
    nd_item_set_view(values, ":d", d->text);
    nd_item_set_str(values, ":s", d->shown_sha256);
    control_write_init(&control, d->run_id, d->control ? d->control : &none);
    const struct nd_dynamodb_write writes[] = {
        {.kind = ND_DYNAMODB_UPDATE,
         .item = key,
         .set = "SET decision = :d",
         .when = "shown_sha256 = :s AND attribute_not_exists(decision)",
         .values = values},
        control.write};
    enum nd_rc rc = nd_dynamo_settle(s, writes, control.set.len ? 2 : 1, &refusal, err);
    nd_json_free(refusal.stands);
    control_write_release(&control);
    nd_json_free(key);
    nd_json_free(values);
    return rc;
}

enum nd_rc nd_dynamo_decide(struct nd_store *store, const char *run_id, const char *gate, unsigned n,
                            const char *shown_sha256, struct nd_view decision,
                            const struct nd_control *control, struct nd_error *err)
{
    struct dynamo_store *s = (struct dynamo_store *)store;
    const struct decision d = {run_id, gate, shown_sha256, n, decision, control};
    enum nd_rc rc = ND_CONFLICT;
    for (unsigned tried = 0; rc == ND_CONFLICT && tried < DECIDE_TRIES; tried++) {
        bool again = false;
        nd_error_clear(err);
        rc = judge(s, &d, &again, err);
        if (rc != ND_OK || again) return rc;
        rc = write_decision(s, &d, err); /* ND_CONFLICT: somebody was faster, look at what stands now */
    }
    return rc;
}

enum nd_rc nd_store_aws_task_token(struct nd_store *aws_store, const char *run_id, const char *gate,
                                   unsigned n, struct nd_bytes *out, struct nd_error *err)
{
    const struct decision d = {.run_id = run_id, .gate = gate, .n = n};
    struct nd_json *item = NULL;
    enum nd_rc rc = gate_item((struct dynamo_store *)aws_store, &d, &item, err);
    const char *token = rc == ND_OK ? nd_item_str(item, "task_token") : NULL;
    if (rc == ND_OK && !token)
        rc = nd_fail(err, ND_NOT_FOUND, "nobody waits at gate '%.31s' %u of run '%s'", gate, n, run_id);
    if (token) nd_bytes_add_str(out, token);
    nd_json_free(item);
    return rc;
}

enum nd_rc nd_store_aws_refuse(struct nd_store *aws_store, const char *run_id, const char *reason,
                               struct nd_error *err)
{
    struct dynamo_store *s = (struct dynamo_store *)aws_store;
    enum nd_rc rc = nd_rules_run_id(run_id, err);
    if (rc != ND_OK) return rc;
    struct nd_json *item = nd_dynamo_key(run_id, "REFUSAL");
    nd_item_set_str(item, "reason", reason);
    const struct nd_dynamodb_write put = {.kind = ND_DYNAMODB_PUT, .item = item};
    rc = nd_dynamodb_write(s->aws, s->table, &put, NULL, err);
    nd_json_free(item);
    return rc;
}

/* ---- removal: the run is taken for good, then its objects go, its items, and META last ---- */

static enum nd_rc fence_off(struct dynamo_store *s, const struct dynamo_head *before, struct nd_error *err)
{
    struct dynamo_head after = *before;
    int64_t sent_ms = 0;
    enum nd_rc rc = nd_random_id(s->host, after.meta.commit_id, err);
    after.removing = true;
    after.held = false;
    after.meta.fence++;
    after.meta.rev++;
    return rc == ND_OK ? nd_dynamo_head_replace(s, before, &after, &sent_ms, err) : rc;
}

static enum nd_rc drop_item(struct dynamo_store *s, const char *run_id, const char *sk, struct nd_error *err)
{
    struct nd_json *key = nd_dynamo_key(run_id, sk);
    const struct nd_dynamodb_write drop = {.kind = ND_DYNAMODB_DELETE, .item = key};
    enum nd_rc rc = ND_UNKNOWN;
    for (unsigned tried = 0; rc == ND_UNKNOWN && tried < ND_DYNAMO_TRIES; tried++) {
        nd_error_clear(err);
        rc = nd_dynamodb_write(s->aws, s->table, &drop, NULL, err); /* twice is as once */
    }
    nd_json_free(key);
    return rc;
}

struct removal {
    struct dynamo_store *s;
    const char *run_id;
};

static enum nd_rc drop_visited(void *ctx, const struct nd_json *item, struct nd_error *err)
{
    struct removal *r = ctx;
    const char *sk = nd_item_str(item, "sk");
    if (!sk || strcmp(sk, "META") == 0) return ND_OK;
    return drop_item(r->s, r->run_id, sk, err);
}

enum nd_rc nd_dynamo_remove(struct nd_store *store, const char *run_id, struct nd_error *err)
{
    struct dynamo_store *s = (struct dynamo_store *)store;
    struct removal removal = {s, run_id};
    struct dynamo_head head;
    enum nd_rc rc = nd_dynamo_wait_free(s, run_id, &head, err);
    if (rc == ND_OK) rc = fence_off(s, &head, err);
    if (rc == ND_RETRY) (void)nd_while(err, "a worker holds run '%s'", run_id);
    if (rc != ND_OK) return rc;
    char *prefix = nd_dynamo_object_key(run_id, "");
    rc = nd_s3_delete_all(s->aws, s->bucket, prefix, err);
    if (rc == ND_OK) rc = nd_dynamo_each(s, run_id, "", drop_visited, &removal, err);
    if (rc == ND_OK) rc = drop_item(s, run_id, "META", err);
    nd_free(prefix);
    return rc;
}
