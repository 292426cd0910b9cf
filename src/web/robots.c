#include "robots.h"
#include "nightdesk/base/alloc.h"
#include <string.h>
#include <strings.h>

#define PAUSE_MAX_S 3600

static struct nd_view next_line(struct nd_view text, size_t *at)
{
    size_t end = *at;
    while (end < text.len && text.data[end] != '\n' && text.data[end] != '\r') end++;
    struct nd_view line = nd_view_sub(text, *at, end);
    *at = end + 1;
    size_t comment = nd_view_find(line, ND_VIEW("#"), 0);
    return nd_view_trim(nd_view_sub(line, 0, comment));
}

/* "Disallow: /x" -> name and value; false for a line that is no such thing. */
static bool split_line(struct nd_view line, struct nd_view *name, struct nd_view *value)
{
    size_t colon = nd_view_find(line, ND_VIEW(":"), 0);
    if (colon == SIZE_MAX) return false;
    *name = nd_view_trim(nd_view_sub(line, 0, colon));
    *value = nd_view_trim(nd_view_sub(line, colon + 1, line.len));
    return true;
}

static bool is_word(struct nd_view v, const char *word)
{
    return v.len == strlen(word) && strncasecmp(v.data, word, v.len) == 0;
}

/* The product token: letters, '-' and '_' at the value's start. */
static bool names_agent(struct nd_view value, const char *agent)
{
    size_t len = strlen(agent);
    if (value.len < len || strncasecmp(value.data, agent, len) != 0) return false;
    char next = value.len > len ? value.data[len] : '\0';
    return !((next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z') || next == '-' || next == '_');
}

static void add_rule(struct robots *r, bool allow, struct nd_view pattern)
{
    bool fits = r->n < ROBOTS_RULES_MAX && pattern.len <= ROBOTS_PATTERN_MAX_BYTES;
    if (pattern.len == 0 || !fits) return;
    ND_GROW(r->rule, r->n, r->cap);
    r->rule[r->n++] = (struct robots_rule){allow, nd_view_dup(pattern)};
}

/* Whole seconds, or with a fraction that is dropped. */
static int64_t pause_of(struct nd_view value)
{
    int64_t seconds = 0;
    size_t point = nd_view_find(value, ND_VIEW("."), 0);
    bool ok = nd_view_int(nd_view_sub(value, 0, point), &seconds) && seconds >= 0 && seconds <= PAUSE_MAX_S;
    return ok ? seconds * 1000 : 0;
}

/* All groups of one name; false: there is none. */
static bool parse_groups(struct robots *out, struct nd_view text, const char *agent)
{
    bool any = false, ours = false, in_names = false;
    for (size_t at = 0; at < text.len;) {
        struct nd_view name, value;
        if (!split_line(next_line(text, &at), &name, &value)) continue;
        if (is_word(name, "user-agent")) {
            bool match = agent ? names_agent(value, agent) : nd_view_is(value, "*");
            ours = in_names ? ours || match : match;
            any = any || match;
            in_names = true;
            continue;
        }
        bool allow = is_word(name, "allow"), rule = allow || is_word(name, "disallow");
        if (rule || is_word(name, "crawl-delay")) in_names = false;
        if (ours && rule) add_rule(out, allow, value);
        if (ours && is_word(name, "crawl-delay")) out->pause_ms = pause_of(value);
    }
    return any;
}

void robots_parse(struct robots *out, struct nd_view text, const char *agent)
{
    struct nd_view looked_at = nd_view_sub(text, 0, ROBOTS_MAX_BYTES);
    if (nd_view_starts(looked_at, "\xef\xbb\xbf")) looked_at = nd_view_sub(looked_at, 3, looked_at.len);
    *out = (struct robots){.n = 0};
    if (!parse_groups(out, looked_at, agent)) (void)parse_groups(out, looked_at, NULL);
}

void robots_release(struct robots *robots)
{
    for (size_t i = 0; i < robots->n; i++) nd_free(robots->rule[i].pattern);
    nd_free(robots->rule);
    *robots = (struct robots){.n = 0};
}

/* "*" stands for anything, "$" at the end for the end; what went wrong is tried again behind the last "*". */
static bool matches(const char *pattern, struct nd_view path)
{
    const char *star = NULL;
    size_t at = 0, from = 0;
    for (const char *p = pattern;;) {
        bool ends = p[0] == '\0' || (p[0] == '$' && p[1] == '\0' && at == path.len);
        if (ends) return true;
        if (*p == '*') {
            star = ++p;
            from = at;
        } else if (at < path.len && *p == path.data[at]) {
            p++;
            at++;
        } else if (star && from < path.len) {
            p = star;
            at = ++from;
        } else {
            return false;
        }
    }
}

bool robots_allow(const struct robots *robots, struct nd_view path)
{
    size_t longest = 0;
    bool allow = true;
    if (nd_view_is(path, "/robots.txt")) return true;
    for (size_t i = 0; i < robots->n; i++) {
        const struct robots_rule *rule = &robots->rule[i];
        size_t len = strlen(rule->pattern);
        if (len < longest || !matches(rule->pattern, path)) continue;
        allow = len > longest ? rule->allow : allow || rule->allow;
        longest = len;
    }
    return allow;
}
