/** robots.txt (RFC 9309): what a site asks programs not to read. */
#ifndef ND_WEB_ROBOTS_H
#define ND_WEB_ROBOTS_H

#include "nightdesk/base/bytes.h"

#define ROBOTS_MAX_BYTES ((size_t)500 << 10) /* what lies behind is not looked at */
#define ROBOTS_RULES_MAX 5000
#define ROBOTS_PATTERN_MAX_BYTES 2048

struct robots {
    struct robots_rule {
        bool allow;
        char *pattern; /* a path with "*" for anything and "$" at the end for the end */
    } * rule;
    size_t n, cap;
    int64_t pause_ms; /* Crawl-delay; 0: none said */
};
/** The rules for that program: those of all its groups, or of all groups for "*". */
void robots_parse(struct robots *out, struct nd_view text, const char *agent);
void robots_release(struct robots *robots);
/** path with its query. The longest pattern that matches decides; of two equal ones, the one that allows. */
bool robots_allow(const struct robots *robots, struct nd_view path);

#endif
