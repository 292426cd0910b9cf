/* What only the store in AWS has: the gate that the head names for the state machine, and objects far away.
 */
#include "rig.h"
#include "nightdesk/aws/dynamodb.h"

static void ck_gate(const char *wanted)
{
    struct nd_json *item = rig_aws_item("run-1", "META");
    const char *gate = nd_item_str(item, "gate");
    ck_assert_str_eq(gate ? gate : "none", wanted);
    nd_json_free(item);
}

static void commit(struct rig *rig, const struct nd_lease *lease, struct nd_meta *meta,
                   enum nd_outcome outcome, const struct nd_approval *approval)
{
    rig_next(meta);
    meta->outcome = outcome;
    struct nd_commit c = {.meta = meta, .approvals = approval, .approval_count = approval ? 1 : 0};
    nd_ck_ok(rig->store->ops->commit(rig->store, lease, &c, &rig->err), &rig->err);
}

static void decide(struct rig *rig, const struct nd_approval *a)
{
    nd_ck_ok(rig->store->ops->decide(rig->store, "run-1", a->gate, a->n, a->shown_sha256,
                                     ND_VIEW("{\"decision\":\"approve\"}"), NULL, &rig->err),
             &rig->err);
}

START_TEST(the_gate_that_a_run_waits_at_is_named)
{
    struct rig rig = rig_open(_i);
    struct nd_meta meta;
    struct nd_lease lease = rig_start(&rig, "run-1", &meta);
    struct nd_approval first = rig_approval("plan", 1), second = rig_approval("outline", 1);
    ck_gate("none");
    commit(&rig, &lease, &meta, ND_AWAITING_APPROVAL, &first);
    ck_gate("APPROVAL#plan#1");
    commit(&rig, &lease, &meta, ND_RUNNING, NULL);
    ck_gate("none");
    commit(&rig, &lease, &meta, ND_AWAITING_APPROVAL, NULL);
    ck_gate("APPROVAL#plan#1");
    decide(&rig, &first);
    second.opened_ms--; /* an open one counts before a decided one, whatever the clock said */
    commit(&rig, &lease, &meta, ND_AWAITING_APPROVAL, &second);
    ck_gate("APPROVAL#outline#1");
    commit(&rig, &lease, &meta, ND_AWAITING_APPROVAL, NULL);
    ck_gate("APPROVAL#outline#1");
    rig.store->ops->lease_release(rig.store, &lease);
    rig_close(&rig);
}
END_TEST

/* The person decides after the phase has looked, and before it ends waiting: the machine's wait begins with
 * the decision there, and is over at once. Without a gate it would have nothing to wait for. */
START_TEST(a_gate_that_was_decided_meanwhile_is_named)
{
    struct rig rig = rig_open(_i);
    struct nd_meta meta;
    struct nd_lease lease = rig_start(&rig, "run-1", &meta);
    struct nd_approval plan = rig_approval("plan", 1);
    commit(&rig, &lease, &meta, ND_AWAITING_APPROVAL, &plan);
    commit(&rig, &lease, &meta, ND_RUNNING, NULL);
    decide(&rig, &plan);
    commit(&rig, &lease, &meta, ND_AWAITING_APPROVAL, NULL);
    ck_gate("APPROVAL#plan#1");
    rig.store->ops->lease_release(rig.store, &lease);
    rig_close(&rig);
}
END_TEST

/* An object is the same however often it is put: that one could not be stored ends no other lane's work, as
 * a commit whose fate is open must. */
START_TEST(an_object_that_is_not_taken_is_asked_for_again)
{
    struct rig rig = rig_open(_i);
    struct nd_meta meta;
    struct nd_lease lease = rig_start(&rig, "run-1", &meta);
    struct nd_objects *objects = NULL;
    char sha256[ND_SHA256_HEX];
    nd_ck_ok(rig.store->ops->objects(rig.store, "run-1", &objects, &rig.err), &rig.err);
    rig_proxy("POST", "fault", "{\"op\":\"PutObject\",\"fault\":\"error\",\"skip\":0,\"times\":9}", NULL);
    nd_ck_rc(nd_objects_put(objects, ND_VIEW("an answer"), sha256, &rig.err), ND_RETRY, &rig.err);
    nd_error_clear(&rig.err);
    rig_proxy("DELETE", "log", "", NULL);
    nd_ck_ok(nd_objects_put(objects, ND_VIEW("an answer"), sha256, &rig.err), &rig.err);
    nd_objects_close(objects);
    rig.store->ops->lease_release(rig.store, &lease);
    rig_close(&rig);
}
END_TEST

RIG_MAIN("contract/aws_head", the_gate_that_a_run_waits_at_is_named,
         a_gate_that_was_decided_meanwhile_is_named, an_object_that_is_not_taken_is_asked_for_again)
