/**
 * The outside world in one struct: clock, sleep, randomness, environment. Nothing else in nightdesk calls
 * time(), sleeps or draws random numbers; the program, the tests and the fuzzers each bring one.
 */
#ifndef NIGHTDESK_BASE_HOST_H
#define NIGHTDESK_BASE_HOST_H

#include "nightdesk/base/error.h"
#include <stdint.h>

struct nd_host {
    int64_t (*now_ms)(void *ctx);       /* wall clock, ms since 1970 UTC: for records, never for leases */
    int64_t (*monotonic_ms)(void *ctx); /* CLOCK_BOOTTIME: counts while the machine sleeps */
    void (*sleep_ms)(void *ctx, int64_t ms); /* may return early on a signal */
    enum nd_rc (*random)(void *ctx, uint8_t *out, size_t len, struct nd_error *err);
    void *ctx;
};

/** The real one. */
const struct nd_host *nd_host_posix(void);

/** "2026-11-24T06:00:00Z" (RFC 3339, UTC, whole seconds). */
#define ND_TIME_BYTES 21
void nd_time_format(int64_t ms, char out[ND_TIME_BYTES]);
/** Reads that form (and one with an offset or a fraction, which is dropped). ND_BAD_INPUT otherwise. */
enum nd_rc nd_time_parse(const char *text, int64_t *ms, struct nd_error *err);
/** 128 random bits as 32 hex digits. */
enum nd_rc nd_random_id(const struct nd_host *host, char out[33], struct nd_error *err);

#endif
