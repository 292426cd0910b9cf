#include "nightdesk/document/document.h"

#include <string.h>

/* The end of the class that opens at p ("[a-z]"), or NULL when it does not close. */
static const char *class_end(const char *p)
{
    const char *at = p + 1;
    if (*at == '!') at++;
    if (*at == ']') at++;
    while (*at && *at != ']' && *at != '/') at++;
    return *at == ']' ? at : NULL;
}

static bool in_class(const char *p, const char *end, char c)
{
    bool negated = p[1] == '!', found = false;
    for (const char *at = p + 1 + negated; at < end; at++) {
        if (at + 2 < end && at[1] == '-') {
            found = found || (c >= at[0] && c <= at[2]);
            at += 2;
        } else {
            found = found || c == *at;
        }
    }
    return found != negated;
}

/* What one element of the pattern matches at c, without * and **; moves *pattern behind it. */
static bool match_one(const char **pattern, char c)
{
    const char *p = *pattern;
    const char *end = *p == '[' ? class_end(p) : NULL;
    *pattern = end ? end + 1 : p + 1;
    if (*p == '?') return c != '/';
    return end ? c != '/' && in_class(p, end, c) : c == *p;
}

/* Backtracks to the last * and the last ** only, which is enough and keeps it fast. */
static bool match(const char *p, const char *s)
{
    const char *star = NULL, *star_at = NULL, *deep = NULL, *deep_at = NULL;
    for (;;) {
        if (p[0] == '*' && p[1] == '*') {
            p += p[2] == '/' ? 3 : 2; /* "a" + "**" + "/b" also matches "a/b" */
            deep = p;
            deep_at = s;
            star = NULL;
            continue;
        }
        if (*p == '*') {
            star = ++p;
            star_at = s;
            continue;
        }
        if (*s == '\0' && *p == '\0') return true;
        const char *next = p;
        if (*s && *p && match_one(&next, *s)) {
            p = next;
            s++;
        } else if (star && *star_at && *star_at != '/') {
            p = star;
            s = ++star_at;
        } else if (deep && *deep_at) {
            p = deep;
            s = ++deep_at;
            star = NULL;
        } else {
            return false;
        }
    }
}

bool nd_glob_match(const char *pattern, const char *path)
{
    const char *name = strrchr(path, '/');
    return match(pattern, strchr(pattern, '/') || !name ? path : name + 1);
}
