/* When a provider takes requests again, by the counters in its headers. */
#include "judge.h"
#include "nd_test.h"

#define NOW INT64_C(1795514400000) /* 2026-11-24T10:00:00Z */

START_TEST(counters)
{
    static const struct {
        const char *headers;
        int64_t pause_ms;
    } rows[] = {
        {"", 0},
        {"x-ratelimit-remaining-requests: 0\r\nx-ratelimit-reset-requests: 1s\r\n", 1000},
        {"X-RateLimit-Remaining-Requests: 0\r\nX-RateLimit-Reset-Requests: 1m0.5s\r\n", 60500},
        {"x-ratelimit-remaining-tokens: 0\r\nx-ratelimit-reset-tokens: 120ms\r\n", 120},
        {"x-ratelimit-remaining-requests: 3\r\nx-ratelimit-reset-requests: 1s\r\n", 0},
        {"x-ratelimit-remaining-requests: -1\r\nx-ratelimit-reset-requests: 2s\r\n", 2000},
        {"x-ratelimit-remaining-requests: 0\r\nx-ratelimit-reset-requests: 6h\r\n", ND_HTTP_WAIT_MAX_MS},
        {"x-ratelimit-remaining-requests: 0\r\nx-ratelimit-reset-requests: 99999999999999999s\r\n", 0},
        {"x-ratelimit-remaining-requests: 0\r\nx-ratelimit-reset-requests: soon\r\n", 0},
        {"x-ratelimit-remaining-requests: 0\r\nx-ratelimit-reset-requests: 5\r\n", 0},
        {"x-ratelimit-remaining-requests: 0\r\nx-ratelimit-reset-requests: .s\r\n", 0},
        {"x-ratelimit-remaining-requests: 0\r\n", 0},
        {"x-ratelimit-remaining-requests: x\r\nx-ratelimit-reset-requests: 1s\r\n", 0},
        {"anthropic-ratelimit-requests-remaining: 0\r\nanthropic-ratelimit-requests-reset: "
         "2026-11-24T10:00:09Z\r\n",
         9000},
        {"anthropic-ratelimit-requests-remaining: 0\r\nanthropic-ratelimit-requests-reset: "
         "2026-11-24T09:00:00Z\r\n",
         0},
        {"anthropic-ratelimit-input-tokens-remaining: 0\r\nanthropic-ratelimit-input-tokens-reset: "
         "2027-01-01T00:00:00Z\r\n",
         ND_HTTP_WAIT_MAX_MS},
        {"x-ratelimit-remaining-requests: 0\r\nx-ratelimit-reset-requests: "
         "1s\r\nx-ratelimit-remaining-tokens: 0\r\n"
         "x-ratelimit-reset-tokens: 3s\r\n",
         3000},
    };
    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct nd_http_answer answer = {.headers = ND_BYTES(ND_HTTP_HEADERS_MAX_BYTES)};
        nd_bytes_add_str(&answer.headers, rows[i].headers);
        int64_t pause = judge_pause_ms(&answer, NOW);
        ck_assert_msg(pause == rows[i].pause_ms, "row %zu gives %lld", i, (long long)pause);
        nd_http_answer_release(&answer);
    }
}
END_TEST

ND_TEST_MAIN("model/pause", counters)
