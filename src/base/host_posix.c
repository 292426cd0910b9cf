#include "nightdesk/base/host.h"

#include <errno.h>
#include <string.h>
#include <sys/random.h>
#include <time.h>

static int64_t clock_ms(clockid_t clock)
{
    struct timespec at = {0};
    (void)clock_gettime(clock, &at);
    return (int64_t)at.tv_sec * 1000 + at.tv_nsec / 1000000;
}

static int64_t now_ms(void *ctx)
{
    (void)ctx;
    return clock_ms(CLOCK_REALTIME);
}

static int64_t monotonic_ms(void *ctx)
{
    (void)ctx;
    return clock_ms(CLOCK_BOOTTIME);
}

static void sleep_ms(void *ctx, int64_t ms)
{
    (void)ctx;
    if (ms <= 0) return;
    struct timespec length = {.tv_sec = ms / 1000, .tv_nsec = (ms % 1000) * 1000000};
    (void)nanosleep(&length, NULL);
}

static enum nd_rc random_bytes(void *ctx, uint8_t *out, size_t len, struct nd_error *err)
{
    (void)ctx;
    for (size_t done = 0; done < len;) {
        ssize_t got = getrandom(out + done, len - done, 0);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0)
            return nd_fail(err, ND_BROKEN, "the system gives no random bytes: %s", strerrorname_np(errno));
        done += (size_t)got;
    }
    return ND_OK;
}

const struct nd_host *nd_host_posix(void)
{
    static const struct nd_host host = {
        .now_ms = now_ms, .monotonic_ms = monotonic_ms, .sleep_ms = sleep_ms, .random = random_bytes};
    return &host;
}
