#include "url.h"
#include <string.h>
#include <strings.h>

#define PORT_MAX 65535

static const char name_chars[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
static const char ip6_chars[] = "0123456789abcdefABCDEF:.";

static bool only(struct nd_view v, const char *chars)
{
    for (size_t i = 0; i < v.len; i++)
        if (v.data[i] == 0 || !strchr(chars, v.data[i])) return false;
    return v.len > 0;
}

/* Printable ASCII without the backslash, which some parsers take for a slash. */
static bool is_plain(struct nd_view url)
{
    for (size_t i = 0; i < url.len; i++)
        if (url.data[i] <= ' ' || url.data[i] > '~' || url.data[i] == '\\') return false;
    return true;
}

static struct nd_view authority_of(struct nd_view url)
{
    size_t start = nd_view_starts(url, "http://") ? 7 : nd_view_starts(url, "https://") ? 8 : url.len;
    size_t end = start;
    while (end < url.len && !strchr("/?#", url.data[end])) end++;
    return nd_view_sub(url, start, end);
}

/* "", ":" or ":8080" */
static bool is_port(struct nd_view v)
{
    int64_t port = 1;
    if (v.len <= 1) return v.len == 0 || v.data[0] == ':';
    struct nd_view digits = nd_view_sub(v, 1, v.len);
    return v.data[0] == ':' && only(digits, "0123456789") && nd_view_int(digits, &port) && port > 0 &&
           port <= PORT_MAX;
}

struct nd_view nd_url_host(struct nd_view url)
{
    struct nd_view none = {NULL, 0}, authority = authority_of(url), host, rest;
    if (url.len > ND_HTTP_URL_MAX_BYTES || !is_plain(url)) return none;
    bool is_ip6 = nd_view_starts(authority, "[");
    size_t end = nd_view_find(authority, is_ip6 ? ND_VIEW("]") : ND_VIEW(":"), 0);
    if (is_ip6 && end == SIZE_MAX) return none;
    host = nd_view_sub(authority, is_ip6 ? 1 : 0, end);
    rest = end == SIZE_MAX ? none : nd_view_sub(authority, is_ip6 ? end + 1 : end, authority.len);
    return only(host, is_ip6 ? ip6_chars : name_chars) && is_port(rest) ? host : none;
}

struct nd_view url_authority(struct nd_view url)
{
    return nd_url_host(url).len ? authority_of(url) : (struct nd_view){NULL, 0};
}

/* Four decimal numbers of at most 255, the first of them 127: other spellings may be names to a resolver. */
static bool is_loopback4(struct nd_view host)
{
    size_t at = 0;
    for (int i = 0; i < 4; i++) {
        size_t end = nd_view_find(host, ND_VIEW("."), at);
        struct nd_view part = nd_view_sub(host, at, end == SIZE_MAX ? host.len : end);
        int64_t number;
        bool last = end == SIZE_MAX;
        if (last != (i == 3) || !only(part, "0123456789") || (part.len > 1 && part.data[0] == '0') ||
            !nd_view_int(part, &number) || number > 255 || (i == 0 && number != 127))
            return false;
        at = end + 1;
    }
    return true;
}

bool nd_url_is_local(struct nd_view url)
{
    struct nd_view host = nd_url_host(url);
    bool is_named = host.len == strlen("localhost") && strncasecmp(host.data, "localhost", host.len) == 0;
    return is_named || nd_view_is(host, "::1") || is_loopback4(host);
}
