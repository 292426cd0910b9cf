/* A worker that was taken for dead wakes while another takes its run. */
#include "rig.h"

static struct {
    struct rig *rig;
    struct nd_lease *lease;
    struct nd_meta *meta;
    bool awake;
} sleeper;

/* Wakes once the other has read the head: it dices for its commit's id then. */
static enum nd_rc wake(void *ctx, uint8_t *out, size_t len, struct nd_error *err)
{
    if (!sleeper.awake) {
        struct nd_reserve reserve = rig_reserve(1, 70);
        struct nd_error why = {0};
        sleeper.awake = true;
        rig_next(sleeper.meta);
        sleeper.meta->ledger.reserved_microusd += 70;
        struct nd_commit commit = {.meta = sleeper.meta, .reserves = &reserve, .reserve_count = 1};
        nd_ck_ok(sleeper.rig->store->ops->commit(sleeper.rig->store, sleeper.lease, &commit, &why), &why);
    }
    return nd_host_posix()->random(ctx, out, len, err);
}

START_TEST(one_that_wakes_in_between_keeps_its_run)
{
    struct rig rig = rig_open(_i);
    struct nd_meta meta, theirs;
    struct nd_lease lease = rig_start(&rig, "run-1", &meta), other;
    struct nd_host host = *nd_host_posix();
    sleeper.rig = &rig;
    sleeper.lease = &lease;
    sleeper.meta = &meta;
    host.random = wake;
    struct nd_store *rival = rig_aws_open(&host);
    nd_ck_rc(rival->ops->lease_take(rival, "run-1", &other, &theirs, &rig.err), ND_RETRY, &rig.err);
    nd_ck_note(&rig.err, "another worker");
    ck_assert(sleeper.awake);
    nd_store_close(rival);
    rig.store->ops->lease_release(rig.store, &lease);
    rig_close(&rig);
}
END_TEST

RIG_MAIN("contract/aws_takeover", one_that_wakes_in_between_keeps_its_run)
