/*
 * Every operation of the store in AWS by every fault that the proxy injects into it: the same story is told
 * each time, and each time it must end as if nothing had happened. Nothing is lost, nothing is done twice,
 * every read was consistent.
 */
#include "rig.h"
#include "nightdesk/base/alloc.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- faults ---- */

static const char *const operations[] = {
    "TransactWriteItems", "PutItem", "UpdateItem", "DeleteItem", "GetItem",
    "BatchGetItem",       "Query",   "PutObject",  "GetObject",  "ListObjectVersions",
    "DeleteObjects"};
static const char *const faults[] = {"conflict", "throttle",  "unsent",      "error",      "unavailable",
                                     "gateway",  "expired",   "lost",        "torn",       "shorter",
                                     "headcut",  "errordone", "resetbefore", "resetafter", "crc",
                                     "junk",     "html",      "empty",       "cuttext"};
#define OPERATIONS (sizeof operations / sizeof operations[0])
#define FAULTS (sizeof faults / sizeof faults[0])

static void inject(const char *operation, const char *fault, unsigned skip, unsigned times)
{
    char *rule = nd_sprintf("{\"op\":\"%s\",\"fault\":\"%s\",\"skip\":%u,\"times\":%u}", operation, fault,
                            skip, times);
    rig_proxy("POST", "fault", rule, NULL);
    nd_free(rule);
}

static unsigned count_in_log(const char *text)
{
    struct nd_bytes log = ND_BYTES(ND_MIB);
    unsigned found = 0;
    rig_proxy("GET", "log", "", &log);
    for (size_t at = 0; (at = nd_view_find(nd_bytes_view(&log), nd_view_of(text), at)) != SIZE_MAX; at++)
        found++;
    nd_bytes_release(&log);
    return found;
}

/* ---- the story ---- */

/* A store that may be asked again: what the engine does with ND_RETRY. */
#define AGAIN(rig, call)                                                                                     \
    do {                                                                                                     \
        enum nd_rc again_rc = ND_RETRY;                                                                      \
        for (int again_i = 0; again_rc == ND_RETRY && again_i < 4; again_i++) {                              \
            nd_error_clear(&(rig)->err);                                                                     \
            again_rc = (call);                                                                               \
        }                                                                                                    \
        nd_ck_rc(again_rc, ND_OK, &(rig)->err);                                                              \
    } while (0)

/* The engine's way: after an answer that leaves it open, look, and send the same again if it did not happen.
 */
static void commit(struct rig *rig, const struct nd_lease *lease, const struct nd_commit *c)
{
    struct nd_store *s = rig->store;
    for (int tried = 0; tried < 5; tried++) {
        struct nd_meta stands;
        nd_error_clear(&rig->err);
        enum nd_rc rc = s->ops->commit(s, lease, c, &rig->err);
        if (rc == ND_OK) return;
        if (rc == ND_RETRY) continue;
        nd_ck_rc(rc, ND_UNKNOWN, &rig->err);
        AGAIN(rig, s->ops->meta(s, c->meta->run_id, &stands, &rig->err));
        ck_assert_uint_eq(stands.fence, c->meta->fence);
        if (strcmp(stands.commit_id, c->meta->commit_id) == 0) return;
        ck_assert_uint_eq(stands.rev + 1, c->meta->rev);
    }
    ck_abort_msg("the commit was never taken: %s", nd_test_chain(rig->err.rc, &rig->err));
}

static void work(struct rig *rig, const struct nd_lease *lease, struct nd_meta *meta)
{
    struct nd_record record = rig_record(0, "0", 0);
    struct nd_reserve reserves[] = {rig_reserve(1, 300), rig_reserve(2, 40)};
    struct nd_approval approval = rig_approval("plan", 1);
    const char *released[] = {reserves[0].id};
    rig_next(meta);
    meta->ledger.reserved_microusd = 340;
    struct nd_commit reserve = {.meta = meta, .reserves = reserves, .reserve_count = 2};
    commit(rig, lease, &reserve);
    rig_next(meta);
    meta->ledger.reserved_microusd = 40;
    meta->ledger.spent_microusd = 7;
    struct nd_commit done = {.meta = meta,
                             .records = &record,
                             .record_count = 1,
                             .released = released,
                             .released_count = 1,
                             .approvals = &approval,
                             .approval_count = 1};
    commit(rig, lease, &done);
    rig_next(meta);
    struct nd_commit renewal = {.meta = meta};
    commit(rig, lease, &renewal);
}

static void keep_objects(struct rig *rig)
{
    struct nd_objects *o = NULL;
    struct nd_bytes out = ND_BYTES(100);
    char sha256[ND_SHA256_HEX];
    AGAIN(rig, rig->store->ops->objects(rig->store, "run-1", &o, &rig->err));
    for (int i = 0; i < 2; i++) {
        AGAIN(rig, nd_objects_put(o, ND_VIEW("page text"), sha256, &rig->err));
        AGAIN(rig, nd_objects_name_put(o, "reading/x", ND_VIEW("page text"), &rig->err));
    }
    AGAIN(rig, nd_objects_name_get(o, "reading/x", &out, &rig->err));
    nd_ck_view(nd_bytes_view(&out), "page text");
    nd_ck_rc(nd_objects_name_put(o, "reading/x", ND_VIEW("other text"), &rig->err), ND_CONFLICT, &rig->err);
    nd_objects_close(o);
    nd_bytes_release(&out);
}

static void decide(struct rig *rig)
{
    struct nd_store *s = rig->store;
    struct nd_control control = ND_CONTROL_NONE;
    struct nd_approval shown = rig_approval("plan", 1);
    control.ceiling_microusd = 9;
    AGAIN(rig, s->ops->decide(s, "run-1", "plan", 1, shown.shown_sha256,
                              ND_VIEW("{\"decision\":\"approve\"}"), &control, &rig->err));
    control.steps_per_lane = 5;
    AGAIN(rig, s->ops->control_put(s, "run-1", &control, &rig->err));
    AGAIN(rig, s->ops->control_get(s, "run-1", &control, &rig->err));
    ck_assert_int_eq(control.ceiling_microusd, 9);
    ck_assert_int_eq(control.steps_per_lane, 5);
}

static enum nd_rc see_meta(void *ctx, const struct nd_meta *meta, struct nd_error *err)
{
    (void)err;
    ck_assert_str_eq(meta->run_id, "run-1");
    ++*(unsigned *)ctx;
    return ND_OK;
}

/* What must stand at the end, whatever happened on the way. */
static void look_at_all(struct rig *rig, const struct nd_meta *wanted)
{
    struct nd_store *s = rig->store;
    struct nd_bytes request = ND_BYTES(1000);
    unsigned listed = 0;
    struct nd_meta stands;
    AGAIN(rig, s->ops->meta(s, "run-1", &stands, &rig->err));
    rig_ck_meta(&stands, wanted);
    AGAIN(rig, s->ops->request(s, "run-1", &request, &rig->err));
    nd_ck_view(nd_bytes_view(&request), "{\"topic\":\"owls\"}");
    AGAIN(rig, s->ops->list(s, see_meta, &listed, &rig->err));
    ck_assert_uint_eq(listed, 1);
    struct rig_count count = rig_count(rig, "run-1");
    ck_assert_uint_eq(count.records, 1);
    ck_assert_uint_eq(count.reserves, 1);
    ck_assert_int_eq(count.open_microusd, 0);
    ck_assert_int_eq(count.unknown_microusd, 40);
    ck_assert_uint_eq(count.approvals, 1);
    nd_bytes_release(&request);
}

static void tell_story(struct rig *rig)
{
    struct nd_store *s = rig->store;
    struct nd_meta meta = rig_meta("run-1"), taken;
    struct nd_lease lease = {0};
    AGAIN(rig, s->ops->create(s, &meta, RIG_REQUEST, &rig->err));
    AGAIN(rig, s->ops->lease_take(s, "run-1", &lease, &meta, &rig->err));
    ck_assert_uint_eq(meta.fence, 1);
    work(rig, &lease, &meta);
    keep_objects(rig);
    decide(rig);
    s->ops->lease_release(s, &lease);
    AGAIN(rig, s->ops->lease_take(s, "run-1", &lease, &taken, &rig->err));
    ck_assert_uint_eq(taken.fence, 2);
    ck_assert_uint_eq(taken.rev, meta.rev + 1);
    ck_assert_int_eq(taken.ledger.unknown_microusd, 40);
    look_at_all(rig, &taken);
    s->ops->lease_release(s, &lease);
    AGAIN(rig, s->ops->remove(s, "run-1", &rig->err));
    enum nd_rc rc = ND_RETRY;
    for (int i = 0; rc == ND_RETRY && i < 4; i++) {
        nd_error_clear(&rig->err);
        rc = s->ops->meta(s, "run-1", &meta, &rig->err);
    }
    nd_ck_rc(rc, ND_NOT_FOUND, &rig->err);
}

/* Each cell: one fault into the first, second … request of one operation, over the whole story. */
START_TEST(a_story_ends_well_whatever_goes_wrong)
{
    const char *operation = operations[(size_t)_i / FAULTS], *fault = faults[(size_t)_i % FAULTS];
    unsigned hits = 0;
    struct rig rig = rig_open(RIG_AWS);
    rig_proxy("DELETE", "log", "", NULL);
    inject(operation, fault, 0, 1);
    inject(operation, fault, 2, 1);
    inject(operation, fault, 3, 1);
    tell_story(&rig);
    char *line = nd_sprintf(" %s", fault);
    hits = count_in_log(line);
    nd_free(line);
    ck_assert_msg(hits >= 1, "%s never met %s", operation, fault);
    ck_assert_uint_eq(count_in_log(" eventual "), 0);
    rig_close(&rig);
}
END_TEST

/* Every cell, or every so many-th: a number that has no part in common with that of the faults, so that each
 * has its turn. */
int main(void)
{
    const char *given = getenv("ND_STORY_STEP");
    int step = given ? atoi(given) : 1;
    Suite *suite = suite_create("contract/aws_faults");
    TCase *matrix = tcase_create("matrix");
    for (int cell = 0; cell < (int)(OPERATIONS * FAULTS); cell += step)
        tcase_add_loop_test(matrix, a_story_ends_well_whatever_goes_wrong, cell, cell + 1);
    suite_add_tcase(suite, matrix);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
