/* Two threads halt a run for different reasons at the same moment: the reason told is that of the halt that
 * won. */
#include "nd_test.h"
#include "run.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

enum { ROUNDS = 40000 };

struct race {
    struct nd_run run;
    atomic_uint at_start;
};

static void meet(struct race *race, unsigned round)
{
    atomic_fetch_add(&race->at_start, 1);
    while (atomic_load(&race->at_start) < 2 * round) sched_yield();
}

static void *lose_the_model(void *ctx)
{
    struct race *race = ctx;
    struct nd_error err = {0};
    (void)nd_fail(&err, ND_RETRY, "the model is gone");
    for (unsigned round = 1; round <= ROUNDS; round++) {
        meet(race, 2 * round - 1);
        nd_run_leave(&race->run, ND_RETRY, &err);
        meet(race, 2 * round);
    }
    return NULL;
}

START_TEST(the_reason_told_is_that_of_the_halt)
{
    static struct race race;
    struct nd_error err = {0}, told;
    pthread_t other;
    (void)pthread_mutex_init(&race.run.mutex, NULL);
    (void)pthread_cond_init(&race.run.work, NULL);
    (void)pthread_cond_init(&race.run.news, NULL);
    (void)nd_fail(&err, ND_LOST_LEASE, "another has it");
    ck_assert_int_eq(pthread_create(&other, NULL, lose_the_model, &race), 0);
    for (unsigned round = 1; round <= ROUNDS; round++) {
        race.run.halt = ND_GO;
        meet(&race, 2 * round - 1);
        nd_run_fatal(&race.run, ND_LOST_LEASE, &err);
        meet(&race, 2 * round);
        ck_assert_int_eq(nd_run_halted(&race.run), ND_HALT_FATAL);
        ck_assert_int_eq(nd_run_fatal_rc(&race.run, &told), ND_LOST_LEASE);
    }
    (void)pthread_join(other, NULL);
}
END_TEST

ND_TEST_MAIN("engine/halt", the_reason_told_is_that_of_the_halt)
