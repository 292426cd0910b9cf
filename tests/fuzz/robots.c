/* robots.txt, then a path: rules stay within their limits, and a file that forbids nothing allows all. */
#include "fuzz.h"
#include "robots.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nd_view rest = fuzz_view(data, size), path = fuzz_part(&rest);
    struct robots robots;
    robots_parse(&robots, rest, "nightdesk");
    FUZZ_CHECK(robots.n <= ROBOTS_RULES_MAX && robots.pause_ms >= 0);
    bool forbids = false;
    for (size_t i = 0; i < robots.n; i++) {
        forbids = forbids || !robots.rule[i].allow;
        FUZZ_CHECK(strlen(robots.rule[i].pattern) <= ROBOTS_PATTERN_MAX_BYTES);
    }
    FUZZ_CHECK(robots_allow(&robots, path) || forbids);
    FUZZ_CHECK(robots_allow(&robots, ND_VIEW("/robots.txt")));
    robots_release(&robots);
    return 0;
}
