#include "watchdog.h"
#include "last_words.h"
#include "nightdesk/base/alloc.h"
#include "nightdesk/core/outcome.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LOOK_MS 200
#define ASLEEP_MS 2000 /* between two looks: this process was stopped, or its machine slept */

struct watchdog {
    struct watchdog_config config;
    pthread_t thread;
    atomic_llong fed_ms;
    int64_t began_ms;
    pthread_mutex_t mutex;
    pthread_cond_t ended_now;
    bool ended;
};

static int64_t now(const struct watchdog *dog)
{
    return dog->config.host->monotonic_ms(dog->config.host->ctx);
}

/* No lock, no allocation, no orderly end, no wait for who reads stderr: whatever hangs may hold them. */
static _Noreturn void bark(const char *why, int64_t ms)
{
    char line[128];
    int len = snprintf(line, sizeof line, "nightdesk: %s %lld s: ended by the watchdog, to be tried again\n",
                       why, (long long)(ms / 1000));
    last_words(line, (size_t)len);
    _exit(ND_EXIT_TRY_AGAIN);
}

struct looking {
    int64_t last_ms, stopping_ms; /* stopping_ms: since when it stops; -1: it does not */
};

/* Time in which nothing of the process ran counts for nobody: what wakes up may find out for itself that its
 * lease is gone. */
static void leave_out_sleep(struct watchdog *dog, struct looking *l, int64_t now_ms)
{
    int64_t gap_ms = now_ms - l->last_ms;
    l->last_ms = now_ms;
    if (gap_ms < ASLEEP_MS) return;
    (void)atomic_fetch_add(&dog->fed_ms, gap_ms);
    if (l->stopping_ms >= 0) l->stopping_ms += gap_ms;
}

static void look(struct watchdog *dog, struct looking *l)
{
    const struct watchdog_config *c = &dog->config;
    int64_t now_ms = now(dog), *stopping_ms = &l->stopping_ms;
    leave_out_sleep(dog, l, now_ms);
    bool stopping = atomic_load(c->stop) || (c->stop_ms > 0 && now_ms - dog->began_ms >= c->stop_ms);
    if (stopping && *stopping_ms < 0) *stopping_ms = now_ms;
    if (stopping && now_ms - *stopping_ms >= c->grace_ms)
        bark("told to stop, and still at work after", c->grace_ms);
    if (c->idle_ms > 0 && now_ms - atomic_load(&dog->fed_ms) >= c->idle_ms)
        bark("nothing new became durable in", c->idle_ms);
}

static void *watch(void *arg)
{
    struct watchdog *dog = arg;
    struct looking looking = {.last_ms = dog->began_ms, .stopping_ms = -1};
    (void)pthread_mutex_lock(&dog->mutex);
    while (!dog->ended) {
        struct timespec until;
        (void)clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += LOOK_MS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000;
        until.tv_nsec %= 1000000000;
        (void)pthread_cond_timedwait(&dog->ended_now, &dog->mutex, &until);
        if (!dog->ended) look(dog, &looking);
    }
    (void)pthread_mutex_unlock(&dog->mutex);
    return NULL;
}

struct watchdog *watchdog_start(const struct watchdog_config *config)
{
    struct watchdog *dog = ND_NEW(struct watchdog);
    pthread_condattr_t monotonic;
    dog->config = *config;
    dog->began_ms = now(dog);
    atomic_store(&dog->fed_ms, dog->began_ms);
    (void)pthread_mutex_init(&dog->mutex, NULL);
    (void)pthread_condattr_init(&monotonic);
    (void)pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    (void)pthread_cond_init(&dog->ended_now, &monotonic);
    (void)pthread_condattr_destroy(&monotonic);
    if (pthread_create(&dog->thread, NULL, watch, dog) == 0) return dog;
    nd_free(dog);
    return NULL;
}

void watchdog_fed(struct watchdog *dog)
{
    if (dog) atomic_store(&dog->fed_ms, now(dog));
}

void watchdog_end(struct watchdog *dog)
{
    if (!dog) return;
    (void)pthread_mutex_lock(&dog->mutex);
    dog->ended = true;
    (void)pthread_cond_signal(&dog->ended_now);
    (void)pthread_mutex_unlock(&dog->mutex);
    (void)pthread_join(dog->thread, NULL);
    (void)pthread_cond_destroy(&dog->ended_now);
    (void)pthread_mutex_destroy(&dog->mutex);
    nd_free(dog);
}
